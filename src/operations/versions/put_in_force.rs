//! Versions are published together, now or for a moment to come; the library with all of them must compile, and the
//! libraries of every later publication too.
//!
//! Compiling takes longer than a transaction should last: everything is prepared first, then written only if nobody
//! published in between, else prepared again.

use std::collections::BTreeMap;

use serde_json::json;

use crate::model::{Caller, Instant, Scope};
use crate::operations::Hub;
use crate::operations::library::{DataFile, FileId, Kind, Library, Problem};
use crate::operations::publish;
use crate::store::Session;
use crate::store::publications::{Head, InForce, Manner, Publication};
use crate::store::versions::{Stage, Version};

use super::steps::{note, reach};
use super::{LifeError, check, rights};

/// How often a publication is prepared anew because others were faster.
const ATTEMPTS: u32 = 5;

/// One version of one file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chosen {
    /// Which file.
    pub file: FileId,
    /// Which version.
    pub hash: String,
}

/// One change that a publication makes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Planned {
    /// Which file.
    pub file: FileId,
    /// The version that will count.
    pub version: Version,
    /// The hash of the one that counts until then.
    pub before: Option<String>,
}

/// What a publication would do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    /// The changes; a version that counts already is none.
    pub changes: Vec<Planned>,
    /// From when on; none is at once.
    pub at: Option<Instant>,
    head: Head,
    manner: Manner,
}

/// Says what a publication would do, with everything checked that [`publish`] checks.
///
/// # Errors
/// As [`publish`].
pub async fn plan(
    hub: &Hub,
    by: &Caller,
    chosen: &[Chosen],
    at: Option<Instant>,
) -> Result<Plan, LifeError> {
    prepare(hub, by, chosen, at, Manner::Published).await
}

/// Publishes versions together: at once, or at a moment of the database's clock. This process follows before it
/// answers, the others within a second.
///
/// # Errors
/// When the caller may not, a version is missing, given up, wrong, lacks the approval that its scheme demands, or stands
/// under a `version:` that was published with another text. Then nothing is published.
pub async fn publish(
    hub: &Hub,
    by: &Caller,
    chosen: &[Chosen],
    at: Option<Instant>,
) -> Result<Plan, LifeError> {
    put(hub, by, chosen, at, Manner::Published).await
}

/// Goes back to a version that counted before: the one of this hash, or the one before the present one. Whoever may
/// publish does it at once: it was approved when it was published first.
///
/// # Errors
/// As [`publish`], and when there is nothing to go back to.
pub async fn rollback(
    hub: &Hub,
    by: &Caller,
    file: &FileId,
    to: Option<&str>,
) -> Result<Plan, LifeError> {
    rights::granted(&hub.library(), by, Scope::MappingsPublish, file)?;
    let mut session = hub.store().read().await?;
    let now = session.library_head().await?.now;
    let present = session.in_force_hash(file.key(), now).await?;
    let mut counted = session.publications(file.key(), None, u32::MAX).await?;
    drop(session);
    counted.retain(|one| one.cancelled_at.is_none() && one.from <= now);
    counted.sort_by_key(|one| std::cmp::Reverse((one.from, one.seq)));
    let meant = |one: &&Publication| match to {
        Some(to) => one.hash == to,
        None => present.as_ref() != Some(&one.hash),
    };
    let found = counted.iter().find(meant);
    let hash = found.ok_or_else(|| LifeError::NothingEarlier(file.clone()))?.hash.clone();
    let chosen = [Chosen { file: file.clone(), hash }];
    put(hub, by, &chosen, None, Manner::RolledBack).await
}

async fn put(
    hub: &Hub,
    by: &Caller,
    chosen: &[Chosen],
    at: Option<Instant>,
    manner: Manner,
) -> Result<Plan, LifeError> {
    for _ in 0..ATTEMPTS {
        let plan = prepare(hub, by, chosen, at, manner).await?;
        if plan.changes.is_empty() || write(hub, by, &plan).await? {
            publish::follow(hub).await?;
            return Ok(plan);
        }
    }
    Err(LifeError::Busy)
}

async fn prepare(
    hub: &Hub,
    by: &Caller,
    chosen: &[Chosen],
    at: Option<Instant>,
    manner: Manner,
) -> Result<Plan, LifeError> {
    let mut session = hub.store().read().await?;
    let head = session.library_head().await?;
    if at.is_some_and(|at| at <= head.now) {
        return Err(LifeError::Past);
    }
    let from = at.unwrap_or(head.now);
    let files = session.in_force_at(from).await?;
    let mut changes: Vec<Planned> = Vec::new();
    for one in chosen {
        rights::granted(&hub.library(), by, Scope::MappingsPublish, &one.file)?;
        let before = files.iter().find(|kept| kept.version.file() == one.file.key());
        let before = before.map(|kept| kept.version.hash.clone());
        if before.as_ref() == Some(&one.hash) || changes.iter().any(|other| other.file == one.file)
        {
            continue;
        }
        let version = may_count(hub, &mut session, one, head.now).await?;
        changes.push(Planned { file: one.file.clone(), version, before });
    }
    let futures = libraries(&mut session, &changes, head, from).await?;
    drop(session);
    compile(futures, &changes, manner).await?;
    if manner == Manner::Published {
        let problems = changes.iter().flat_map(|change| check::bolder(hub, &change.version));
        let problems: Vec<Problem> = problems.collect();
        if !problems.is_empty() {
            return Err(LifeError::Wrong(problems));
        }
    }
    Ok(Plan { changes, at, head, manner })
}

/// The version, when nothing but its content could forbid to publish it.
async fn may_count(
    hub: &Hub,
    session: &mut Session,
    Chosen { file, hash }: &Chosen,
    now: Instant,
) -> Result<Version, LifeError> {
    let found = session.version(file.key(), hash).await?;
    let version = found.ok_or_else(|| LifeError::Unknown(file.clone()))?;
    let publications = session.publications_of(file.key(), hash).await?;
    if publications.iter().any(|one| one.cancelled_at.is_none() && one.from <= now) {
        // It counted before: everything was asked then.
        return Ok(version);
    }
    if version.stage == Stage::Withdrawn {
        return Err(LifeError::Withdrawn(file.clone()));
    }
    if let Some(label) = &version.label
        && session.published_under(file.key(), label, hash).await?.is_some()
    {
        return Err(LifeError::SameLabel { file: file.clone(), label: label.clone() });
    }
    if version.stage != Stage::Approved && rights::needs_two(&hub.library(), file) {
        return Err(LifeError::NotApproved { file: file.clone(), hash: hash.clone() });
    }
    Ok(version)
}

/// The files at `from` with the changes in place, and at the moment of every later publication.
async fn libraries(
    session: &mut Session,
    changes: &[Planned],
    head: Head,
    from: Instant,
) -> Result<Vec<Vec<DataFile>>, LifeError> {
    let later = session.publications_to_come(head.now).await?;
    let mut moments: Vec<Instant> = later.iter().map(|one| one.from).collect();
    moments.retain(|moment| *moment > from);
    moments.insert(0, from);
    moments.dedup();
    let mut libraries = Vec::new();
    for moment in moments {
        let mut files: BTreeMap<(String, String), InForce> = BTreeMap::new();
        for file in session.in_force_at(moment).await? {
            files.insert((file.version.kind.clone(), file.version.name.clone()), file);
        }
        for change in changes {
            let key = (change.version.kind.clone(), change.version.name.clone());
            // What is published for a later moment counts from that moment on.
            if files.get(&key).is_none_or(|kept| kept.since <= from) {
                files.insert(key, InForce { version: change.version.clone(), since: from });
            }
        }
        libraries.push(publish::data_files(files.into_values()));
    }
    Ok(libraries)
}

/// Compiles every one of the libraries; in the first, the examples of what is new are run.
async fn compile(
    libraries: Vec<Vec<DataFile>>,
    changes: &[Planned],
    manner: Manner,
) -> Result<(), LifeError> {
    let new: Vec<DataFile> =
        changes.iter().filter_map(|change| publish::data_file(change.version.clone())).collect();
    let new: Vec<DataFile> = match manner {
        // In an emergency an example of yesterday is no reason to stay with what is worse.
        Manner::RolledBack => Vec::new(),
        Manner::Published | Manner::Shipped => new
            .into_iter()
            .filter(|file| matches!(file.kind, Kind::Mapping | Kind::Identity))
            .collect(),
    };
    let compiled = tokio::task::spawn_blocking(move || {
        let mut problems = Vec::new();
        for (index, files) in libraries.into_iter().enumerate() {
            if index == 0 {
                for file in &new {
                    problems.extend(check::failing_examples(&files, file));
                }
            }
            problems.extend(Library::compile(files).err().unwrap_or_default());
        }
        problems.retain(Problem::is_error);
        problems
    });
    let problems = compiled.await.map_err(LifeError::Stopped)?;
    if problems.is_empty() { Ok(()) } else { Err(LifeError::Wrong(problems)) }
}

/// Writes what was prepared, unless somebody published since: then false.
async fn write(hub: &Hub, by: &Caller, plan: &Plan) -> Result<bool, LifeError> {
    let mut tx = hub.store().begin().await?;
    let count = u32::try_from(plan.changes.len()).unwrap_or(u32::MAX);
    let head = tx.advance_library(count).await?;
    if head.seq != plan.head.seq {
        return Ok(false);
    }
    let from = match plan.at {
        Some(at) if at <= head.now => return Err(LifeError::Past),
        Some(at) => at,
        None => head.now,
    };
    for (seq, change) in (head.seq + 1..).zip(&plan.changes) {
        let (file, mut version) = (&change.file, change.version.clone());
        for stage in [Stage::Checked, Stage::Tested] {
            reach(hub, &mut tx, by, file, &mut version, stage).await?;
        }
        let publication = Publication {
            seq,
            kind: version.kind,
            name: version.name,
            hash: version.hash,
            from,
            manner: plan.manner,
            published_at: hub.now(),
            published_by: by.holder.to_string(),
            cancelled_at: None,
        };
        tx.add_publication(&publication).await?;
        tx.close_draft(file.key(), &publication.hash).await?;
        let detail = json!({ "from": from, "instead_of": change.before, "seq": seq });
        note(hub, &mut tx, by, (file, &publication.hash), plan.manner.name(), detail).await?;
    }
    tx.commit().await?;
    Ok(true)
}
