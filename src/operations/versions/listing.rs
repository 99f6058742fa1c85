//! Which files there are, which versions of them, and who did what with those.

use std::collections::BTreeMap;

use crate::model::{AuditId, Caller, Instant, Scope};
use crate::operations::Hub;
use crate::operations::library::{FileId, Kind};
use crate::store::publications::Publication;
use crate::store::versions::{StepRow, Version};

use super::{LifeError, State, rights};
use crate::store::StoreError;
use crate::store::versions::Stage;

/// Which files.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Filter {
    /// Only of this kind.
    pub kind: Option<Kind>,
    /// Only those that have an open draft, or none.
    pub draft: Option<bool>,
    /// Only those whose name begins so.
    pub prefix: Option<String>,
}

/// A file of the library.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listed {
    /// Which.
    pub file: FileId,
    /// The version that counts, and since when.
    pub in_force: Option<(Version, Instant)>,
    /// The open draft, for those who may see it.
    pub draft: Option<Version>,
    /// What is published for later, in the order of its time.
    pub to_come: Vec<Publication>,
    /// Whether a second person must approve a version.
    pub needs_two: bool,
}

/// A version with its history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    /// The version.
    pub version: Version,
    /// Where it stands.
    pub state: State,
    /// Its publications, the newest first.
    pub publications: Vec<Publication>,
    /// What was done with it, the newest first.
    pub steps: Vec<StepRow>,
}

/// How a version is named.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Named<'n> {
    /// By its hash.
    Hash(&'n str),
    /// The one that counts.
    InForce,
    /// The open draft.
    Draft,
}

impl<'n> Named<'n> {
    /// `in_force`, `draft`, or a hash.
    #[must_use]
    pub fn parse(text: &'n str) -> Self {
        match text {
            "in_force" => Self::InForce,
            "draft" => Self::Draft,
            hash => Self::Hash(hash),
        }
    }
}

/// Steps that are shown with a version: a draft that is checked again and again has many.
const STEPS: u32 = 100;

/// Open drafts that hold up and wait for a second person's word, as far as the caller may give it.
///
/// # Errors
/// When the store fails.
pub async fn to_approve(hub: &Hub, caller: &Caller) -> Result<u64, StoreError> {
    if !caller.may(Scope::MappingsPublish) {
        return Ok(0);
    }
    let library = hub.library();
    let drafts = hub.store().read().await?.drafts().await?;
    let waits = |draft: &&Version| {
        let tested = matches!(draft.stage, Stage::Tested | Stage::Previewed);
        tested
            && !rights::is_author(caller, draft)
            && id(draft).is_some_and(|file| {
                rights::needs_two(&library, &file)
                    && rights::may(&library, caller, Scope::MappingsPublish, &file)
            })
    };
    Ok(drafts.iter().filter(waits).count() as u64)
}

/// Files in order of kind and name, after `after`.
///
/// # Errors
/// When the store fails.
pub async fn list(
    hub: &Hub,
    caller: &Caller,
    filter: &Filter,
    after: Option<&FileId>,
    limit: usize,
) -> Result<Vec<Listed>, LifeError> {
    let library = hub.library();
    let mut session = hub.store().read().await?;
    let now = session.library_head().await?.now;
    let mut files: BTreeMap<FileId, Listed> = BTreeMap::new();
    for kept in session.in_force_at(now).await? {
        if let Some(file) = id(&kept.version) {
            entry(&mut files, file).in_force = Some((kept.version, kept.since));
        }
    }
    for draft in session.drafts().await? {
        let Some(file) = id(&draft) else { continue };
        if rights::sees_drafts(&library, caller, &file) {
            entry(&mut files, file).draft = Some(draft);
        }
    }
    for one in session.publications_to_come(now).await? {
        let file = Kind::parse(&one.kind).map(|kind| FileId { kind, name: one.name.clone() });
        let Some(file) = file else { continue };
        if files.contains_key(&file) || rights::sees_drafts(&library, caller, &file) {
            entry(&mut files, file).to_come.push(one);
        }
    }
    let wanted = |listed: &Listed| {
        filter.kind.is_none_or(|kind| kind == listed.file.kind)
            && filter.draft.is_none_or(|draft| draft == listed.draft.is_some())
            && filter.prefix.as_ref().is_none_or(|prefix| listed.file.name.starts_with(prefix))
            && after.is_none_or(|after| listed.file > *after)
    };
    let mut listed: Vec<Listed> = files.into_values().filter(wanted).take(limit).collect();
    for one in &mut listed {
        one.needs_two = rights::needs_two(&library, &one.file);
    }
    Ok(listed)
}

fn id(version: &Version) -> Option<FileId> {
    Some(FileId { kind: Kind::parse(&version.kind)?, name: version.name.clone() })
}

fn entry(files: &mut BTreeMap<FileId, Listed>, file: FileId) -> &mut Listed {
    files.entry(file.clone()).or_insert_with(|| Listed {
        file,
        in_force: None,
        draft: None,
        to_come: Vec::new(),
        needs_two: false,
    })
}

/// Every open draft that the caller may see.
///
/// # Errors
/// When the store fails.
pub async fn drafts(hub: &Hub, caller: &Caller) -> Result<Vec<Version>, LifeError> {
    let library = hub.library();
    let mut drafts = hub.store().read().await?.drafts().await?;
    drafts
        .retain(|draft| id(draft).is_some_and(|file| rights::sees_drafts(&library, caller, &file)));
    Ok(drafts)
}

/// A version; none when there is none, or none that the caller may see.
///
/// # Errors
/// When the store fails.
pub async fn version(
    hub: &Hub,
    caller: &Caller,
    file: &FileId,
    named: Named<'_>,
) -> Result<Option<Version>, LifeError> {
    let mut session = hub.store().read().await?;
    let found = match named {
        Named::Hash(hash) => session.version(file.key(), hash).await?,
        Named::Draft => session.draft(file.key()).await?,
        Named::InForce => {
            let now = session.library_head().await?.now;
            match session.in_force_hash(file.key(), now).await? {
                Some(hash) => session.version(file.key(), &hash).await?,
                None => None,
            }
        }
    };
    let Some(found) = found else { return Ok(None) };
    let published = !session.publications_of(file.key(), &found.hash).await?.is_empty();
    let visible = published || rights::sees_drafts(&hub.library(), caller, file);
    Ok(visible.then_some(found))
}

/// A version with its state and history.
///
/// # Errors
/// When the store fails.
pub async fn shown(hub: &Hub, version: Version) -> Result<Shown, LifeError> {
    let mut session = hub.store().read().await?;
    let now = session.library_head().await?.now;
    let in_force = session.in_force_hash(version.file(), now).await?;
    let publications = session.publications_of(version.file(), &version.hash).await?;
    let steps = session.version_steps(version.file(), Some(&version.hash), None, STEPS).await?;
    let state = State::of(&version, &publications, in_force.as_deref(), now);
    Ok(Shown { version, state, publications, steps })
}

/// The versions of a file, the newest first, after the one of a hash when one is given.
///
/// # Errors
/// When the store fails, or there is no version of that hash.
pub async fn versions(
    hub: &Hub,
    caller: &Caller,
    file: &FileId,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<(Version, State)>, LifeError> {
    let all = rights::sees_drafts(&hub.library(), caller, file);
    let mut session = hub.store().read().await?;
    let now = session.library_head().await?.now;
    let in_force = session.in_force_hash(file.key(), now).await?;
    let publications = session.publications(file.key(), None, u32::MAX).await?;
    let last = match after {
        Some(hash) => session.version(file.key(), hash).await?,
        None => None,
    };
    let last = last.as_ref().map(|last| (last.written_at, last.hash.as_str()));
    let found = session.versions(file.key(), last, limit).await?;
    let published = |version: &Version| publications.iter().any(|one| one.hash == version.hash);
    let stated = found.into_iter().filter(|version| all || published(version)).map(|version| {
        let state = State::of(&version, &publications, in_force.as_deref(), now);
        (version, state)
    });
    Ok(stated.collect())
}

/// What was done with a file, the newest first, before a step when one is given.
///
/// # Errors
/// When the store fails.
pub async fn history(
    hub: &Hub,
    file: &FileId,
    before: Option<AuditId>,
    limit: u32,
) -> Result<Vec<StepRow>, LifeError> {
    let mut session = hub.store().read().await?;
    Ok(session.version_steps(file.key(), None, before, limit).await?)
}
