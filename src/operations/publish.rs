//! Data files in force: an empty store takes the shipped ones, afterwards what was published counts.

use std::collections::BTreeMap;

use super::library::{DataFile, Kind, Library, Problem};
use crate::model::Instant;
use crate::store::published::Published;
use crate::store::{Store, StoreError};

/// Who published the files that came with the program.
const SHIPPED: &str = "shipped";

/// Why there is no library in force.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The files do not compile.
    #[error("{} problems in the data files, the first: {}", .0.len(), first(.0))]
    Library(Vec<Problem>),
}

fn first(problems: &[Problem]) -> String {
    problems.first().map(ToString::to_string).unwrap_or_default()
}

/// The library that counts in a store. When nothing was ever published there, `shipped` is published
/// and counts; otherwise the published files are compiled, and a kind or name that only `shipped`
/// has is published as well: a newer program may need files that older ones did not have.
///
/// # Errors
/// When the store fails or a published file no longer compiles.
pub async fn in_force(
    store: &Store,
    shipped: Library,
    now: Instant,
) -> Result<Library, PublishError> {
    let published = store.read().await?.published().await?;
    let known: BTreeMap<_, _> =
        published.iter().map(|file| ((&*file.kind, &*file.name), &*file.hash)).collect();
    let mut missing = Vec::new();
    let mut same = true;
    for file in shipped.files() {
        let hash = file.hash().to_hex();
        match known.get(&(file.kind.name(), &*file.name)) {
            Some(published) => same &= *published == hash.as_str(),
            None => missing.push(version(file, 1)),
        }
    }
    if !missing.is_empty() {
        let mut tx = store.begin().await?;
        tx.publish(&missing, SHIPPED, now).await?;
        tx.commit().await?;
    }
    if same && published.len() + missing.len() == shipped.files().len() {
        return Ok(shipped);
    }
    let files = published.into_iter().chain(missing).filter_map(data_file).collect();
    Library::compile(files).map_err(PublishError::Library)
}

/// Publishes files as the next version of each; a file that is already in force as it is stays.
/// The whole library, with these files in place, must compile. Answers how many are new.
///
/// # Errors
/// When the store fails, or the library would not compile: then nothing is published.
pub async fn publish(
    store: &Store,
    files: &[DataFile],
    by: &str,
    now: Instant,
) -> Result<usize, PublishError> {
    let mut tx = store.begin().await?;
    let mut in_force: BTreeMap<_, _> = tx
        .published()
        .await?
        .into_iter()
        .map(|file| ((file.kind.clone(), file.name.clone()), file))
        .collect();
    let mut new = Vec::new();
    for file in files {
        let key = (file.kind.name().to_owned(), file.name.clone());
        let before = in_force.get(&key).map_or(0, |file| file.version);
        let next = version(file, before + 1);
        if in_force.get(&key).is_none_or(|file| file.hash != next.hash) {
            in_force.insert(key, next.clone());
            new.push(next);
        }
    }
    let whole = in_force.into_values().filter_map(data_file).collect();
    Library::compile(whole).map_err(PublishError::Library)?;
    tx.publish(&new, by, now).await?;
    tx.commit().await?;
    Ok(new.len())
}

fn version(file: &DataFile, version: i64) -> Published {
    Published {
        kind: file.kind.name().to_owned(),
        name: file.name.clone(),
        version,
        text: file.text.clone(),
        hash: file.hash().to_hex().to_string(),
    }
}

/// A published file for the compiler; kinds that only a newer program knows are left out.
fn data_file(file: Published) -> Option<DataFile> {
    let kind = Kind::parse(&file.kind)?;
    let path = format!("{}/{}@{}", file.kind, file.name, file.version);
    Some(DataFile { kind, name: file.name, path, text: file.text })
}
