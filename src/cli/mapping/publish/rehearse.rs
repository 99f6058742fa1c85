//! What a publication would come to, found out on this side: the hub keeps nothing of it.

use crate::cli::failure::Failure;
use crate::cli::library;
use crate::cli::mapping::held::{Changed, Files, Held};
use crate::cli::screen::Screen;
use crate::operations::library::{DataFile, FileId, Kind, Library, Problem};

/// The changes, when everything would work.
///
/// # Errors
/// All the problems of all files, and every `version:` that was published with another text.
pub async fn rehearse(
    hub: &Files,
    held: &[Held],
    new: &[(&DataFile, Option<String>)],
    screen: &Screen,
) -> Result<Vec<Changed>, Failure> {
    let mut files = in_force(hub, held, new).await?;
    files.extend(new.iter().map(|(file, _)| (*file).clone()));
    let mut problems = Vec::new();
    for (file, _) in new.iter().filter(|(file, _)| file.kind == Kind::Mapping) {
        if let Some(mapping) = Library::check_mapping(&files, file).0 {
            let found = mapping.run_tests().diagnostics(&mapping, &file.text);
            problems.extend(found.into_iter().map(|diagnostic| Problem::Mapping {
                diagnostic: Box::new(diagnostic),
                text: file.text.clone(),
            }));
        }
    }
    problems.extend(Library::compile(files).err().unwrap_or_default());
    problems.retain(Problem::is_error);
    if !problems.is_empty() {
        return Err(library::refuse(&problems, screen.language()));
    }
    let mut changes = Vec::new();
    for (file, _) in new {
        changes.push(change(hub, held, file).await?);
    }
    Ok(changes)
}

/// What counts in the hub, without the files that are to be replaced.
async fn in_force(
    hub: &Files,
    held: &[Held],
    new: &[(&DataFile, Option<String>)],
) -> Result<Vec<DataFile>, Failure> {
    let mut files = Vec::new();
    for id in held.iter().filter(|held| held.in_force.is_some()).filter_map(Held::id) {
        if new.iter().any(|(file, _)| file.id() == id) {
            continue;
        }
        if let Some(text) = hub.version(&id, "in_force").await?.and_then(|told| told.text) {
            let path = format!("{}/{}", id.kind.name(), id.name);
            files.push(DataFile { kind: id.kind, name: id.name, path, text });
        }
    }
    Ok(files)
}

async fn change(hub: &Files, held: &[Held], file: &DataFile) -> Result<Changed, Failure> {
    let (id, hash) = (file.id(), super::hash(file));
    let there = held.iter().find(|held| held.id().as_ref() == Some(&id));
    if let (Some(label), Some(_)) = (file.label(), there) {
        refuse_same_label(hub, &id, label, &hash).await?;
    }
    let before = there.and_then(|held| held.in_force.as_ref());
    Ok(Changed {
        kind: id.kind.name().to_owned(),
        name: id.name,
        hash,
        version: file.label().map(str::to_owned),
        before: before.map(|version| version.hash.clone()),
    })
}

async fn refuse_same_label(
    hub: &Files,
    id: &FileId,
    label: &str,
    hash: &str,
) -> Result<(), Failure> {
    let published = |state: &str| matches!(state, "in_force" | "superseded" | "published");
    let same = hub.versions(id).await?.into_iter().any(|told| {
        told.version.as_deref() == Some(label) && told.hash != hash && published(&told.state)
    });
    if !same {
        return Ok(());
    }
    Err(Failure::usage(
        "problem-version_published.detail",
        &[("file", &id.to_string()), ("version", label)],
    ))
}
