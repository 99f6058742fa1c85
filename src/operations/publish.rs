//! Data files in force: an empty store takes the shipped ones, afterwards what was published counts.
//!
//! [`opened`] gives a process its library when it starts, [`follow`] keeps it in step: it asks the store for one number
//! and compiles only when that number or the hour of a publication says so. How a version gets there is told in
//! [`versions`](super::versions).

use std::time::Duration;

use super::Hub;
use super::library::{DataFile, FileId, Kind, Library, Problem};
use crate::model::Instant;
use crate::store::publications::{Head, InForce, Manner, Publication};
use crate::store::versions::{Stage, Version};
use crate::store::{Session, Store, StoreError};

/// Who published the files that came with the program.
const SHIPPED: &str = "shipped";
/// Longest pause between two looks at the number: every process follows a publication within a second, and what one
/// process asks of the database in a day is less than one push of a thousand records.
const IDLE: Duration = Duration::from_millis(400);
/// First pause after a change: where one file was published, others often follow.
const BUSY: Duration = Duration::from_millis(50);

/// Why there is no library in force.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The files do not compile.
    #[error("{} problems in the data files, the first: {}", .0.len(), first(.0))]
    Library(Vec<Problem>),
    /// The compiler gave up in the middle of its work.
    #[error("the data files could not be compiled")]
    Stopped(#[source] tokio::task::JoinError),
}

fn first(problems: &[Problem]) -> String {
    problems.first().map(ToString::to_string).unwrap_or_default()
}

/// Up to where a library follows the publications of a store.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Position {
    seq: i64,
    as_of: Instant,
    next: Option<Instant>,
}

impl Position {
    const fn of(head: Head) -> Self {
        Self { seq: head.seq, as_of: head.now, next: head.next }
    }

    /// Whether nothing has begun to count since.
    fn holds(&self, head: &Head) -> bool {
        self.seq == head.seq && self.next.is_none_or(|next| head.now < next)
    }

    /// Whether this one saw more than the other.
    #[must_use]
    pub fn is_after(&self, other: &Self) -> bool {
        (self.seq, self.as_of) > (other.seq, other.as_of)
    }
}

/// The library that counts in a store when a process starts. When nothing was ever published there, `shipped` is
/// published and counts; otherwise the published files are compiled, and a kind or name that only `shipped` has is
/// published as well: a newer program may need files that older ones did not have.
///
/// # Errors
/// When the store fails or a published file no longer compiles.
pub async fn opened(
    store: &Store,
    shipped: Library,
    now: Instant,
) -> Result<(Library, Position), PublishError> {
    let (mut head, mut files) = in_force(&mut store.read().await?).await?;
    if !missing(&files, &shipped).is_empty() {
        add_missing(store, &shipped, now).await?;
        (head, files) = in_force(&mut store.read().await?).await?;
    }
    let position = Position::of(head);
    let same = |file: &DataFile| {
        let hash = file.hash().to_hex();
        files.iter().any(|kept| {
            kept.version.file() == file.id().key() && kept.version.hash == hash.as_str()
        })
    };
    if files.len() == shipped.files().len() && shipped.files().iter().all(same) {
        return Ok((shipped, position));
    }
    Ok((compile(data_files(files)).await?, position))
}

/// Publishes what only `shipped` has, when another process has not done so meanwhile.
async fn add_missing(store: &Store, shipped: &Library, now: Instant) -> Result<(), StoreError> {
    let mut tx = store.begin().await?;
    let most = u32::try_from(shipped.files().len()).unwrap_or(u32::MAX);
    let head = tx.advance_library(most).await?;
    let files = tx.in_force_at(head.now).await?;
    for (seq, file) in (head.seq + 1..).zip(missing(&files, shipped)) {
        let version = version(file, Stage::Tested, SHIPPED, now);
        tx.save_version(&version).await?;
        let publication = Publication {
            seq,
            kind: version.kind,
            name: version.name,
            hash: version.hash,
            from: head.now,
            manner: Manner::Shipped,
            published_at: now,
            published_by: SHIPPED.to_owned(),
            cancelled_at: None,
        };
        tx.add_publication(&publication).await?;
    }
    tx.commit().await
}

fn missing<'s>(files: &[InForce], shipped: &'s Library) -> Vec<&'s DataFile> {
    let known = |file: &&DataFile| files.iter().any(|kept| kept.version.file() == file.id().key());
    shipped.files().iter().filter(|file| !known(file)).collect()
}

/// Looks whether something else counts by now, and puts it in force in this process; answers how long to wait until
/// the next look.
///
/// # Errors
/// When the store fails or a published file does not compile here; what was in force stays so.
pub async fn follow(hub: &Hub) -> Result<Duration, PublishError> {
    let mut session = hub.store().read().await?;
    let head = session.library_head().await?;
    if hub.position().holds(&head) {
        return Ok(pause(&head, IDLE));
    }
    let (head, files) = in_force(&mut session).await?;
    drop(session);
    let library = compile(data_files(files)).await?;
    let hash = library.hash();
    if hub.replace_library(library, Position::of(head)) {
        tracing::info!(library.hash = hash, seq = head.seq, "library `{hash}` is in force");
    }
    Ok(pause(&head, BUSY))
}

/// Not later than the next publication that waits for its hour.
fn pause(head: &Head, longest: Duration) -> Duration {
    let until = |next: Instant| next.as_millis().saturating_sub(head.now.as_millis()).max(1);
    let until = head.next.and_then(|next| u64::try_from(until(next)).ok());
    until.map_or(longest, |millis| Duration::from_millis(millis).min(longest))
}

async fn in_force(session: &mut Session) -> Result<(Head, Vec<InForce>), StoreError> {
    // The number first: what is published in between is seen again by the next look.
    let head = session.library_head().await?;
    Ok((head, session.in_force_at(head.now).await?))
}

/// Compiles away from the threads that answer.
pub(super) async fn compile(files: Vec<DataFile>) -> Result<Library, PublishError> {
    let compiled = tokio::task::spawn_blocking(move || Library::compile(files)).await;
    compiled.map_err(PublishError::Stopped)?.map_err(PublishError::Library)
}

/// The files for the compiler, in the order of the shipped ones.
pub(super) fn data_files(files: impl IntoIterator<Item = InForce>) -> Vec<DataFile> {
    let mut files: Vec<DataFile> =
        files.into_iter().filter_map(|file| data_file(file.version)).collect();
    files.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
    files
}

/// A version for the compiler; kinds that only a newer program knows are left out.
pub(super) fn data_file(version: Version) -> Option<DataFile> {
    let kind = Kind::parse(&version.kind)?;
    let path = path(&FileId { kind, name: version.name.clone() }, &version.hash);
    Some(DataFile { kind, name: version.name, path, text: version.text })
}

/// How messages name a version: `mapping/ml-utm@1f8a03d2`.
fn path(file: &FileId, hash: &str) -> String {
    let short: String = hash.chars().take(8).collect();
    format!("{}/{}@{short}", file.kind.name(), file.name)
}

/// A file as the store keeps it.
pub(super) fn version(file: &DataFile, stage: Stage, by: &str, now: Instant) -> Version {
    Version {
        kind: file.kind.name().to_owned(),
        name: file.name.clone(),
        hash: file.hash().to_hex().to_string(),
        label: file.label().map(str::to_owned),
        text: file.text.clone(),
        stage,
        written_by: by.to_owned(),
        written_key: None,
        written_at: now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(seq: i64, now: i64, next: Option<i64>) -> Head {
        Head { seq, now: Instant::from_millis(now), next: next.map(Instant::from_millis) }
    }

    #[test]
    fn a_position_holds_until_the_number_or_the_hour_changes() {
        let position = Position::of(head(7, 1_000, Some(5_000)));
        assert!(position.holds(&head(7, 4_999, Some(5_000))));
        assert!(!position.holds(&head(7, 5_000, None)));
        assert!(!position.holds(&head(8, 1_001, Some(5_000))));
    }

    #[test]
    fn the_pause_ends_with_the_hour_of_the_next_publication() {
        assert_eq!(pause(&head(1, 1_000, None), IDLE), IDLE);
        assert_eq!(pause(&head(1, 1_000, Some(1_030)), IDLE), Duration::from_millis(30));
        assert_eq!(pause(&head(1, 1_000, Some(900_000)), IDLE), IDLE);
    }
}
