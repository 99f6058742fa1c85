//! History made again with another version of its mapping.
//!
//! A replay examines what is stored page by page, as [`super::preview`] does, and writes what differs: the next revision
//! of a record in force, with the version and hash that made it; a refused record that is valid now leaves the
//! quarantine; a record in force that would be refused stays in force, and its refusal waits beside it. What stays the
//! same writes nothing. Changes reach the linker as those of any file do.
//!
//! Each page is one transaction with the place where it ended, so a replay that died goes on with the next page: by
//! whoever takes the lease, a hub that serves ([`step`]) or the command line.

pub(in crate::operations) mod diff;
pub(in crate::operations) mod examine;
pub(in crate::operations) mod history;
pub(in crate::operations) mod remade;
pub mod report;
mod write;

use std::sync::Arc;

use tracing::{info, warn};

use super::hub::Hub;
use super::library::{FileId, Kind, Problem};
use super::preview::{self, Candidate, Edition};
use super::versions::LifeError;
use crate::model::{AuditId, Instant, ReplayId, SchemeId};
use crate::store::StoreError;
use crate::store::audit::Entry;
use crate::store::leases::Lease;
use crate::store::replays::{Phase, Replay as Stored};
use crate::store::revisions::MadeBy;

use examine::Judge;
use history::History;
use report::{Report, Tally};
use write::Writer;

pub use crate::store::replays::ReplayState;

/// Name of the lease.
const LEASE: &str = "replay";
/// How long a replay may be silent before another process goes on with it, in milliseconds: many pages.
const LEASE_MILLIS: i64 = 15_000;

/// A replay and how far it is.
#[derive(Clone, Debug)]
pub struct Replay {
    /// Its id.
    pub id: ReplayId,
    /// Whose records.
    pub scheme: SchemeId,
    /// What makes them again.
    pub edition: Edition,
    /// Where it stands.
    pub state: ReplayState,
    /// How many records there were to examine when it began.
    pub total: u64,
    /// What it came to until now.
    pub report: Report,
    /// When it began.
    pub started_at: Instant,
    /// Who is answerable.
    pub started_by: String,
    /// When it ended.
    pub finished_at: Option<Instant>,
}

impl From<Stored> for Replay {
    fn from(stored: Stored) -> Self {
        let edition =
            Edition { id: stored.mapping, version: stored.version, hash: stored.mapping_hash };
        Self {
            id: stored.id,
            scheme: stored.scheme,
            edition,
            state: stored.state,
            total: stored.total,
            // Written by this program as such an object.
            report: serde_json::from_str(&stored.report).unwrap_or_default(),
            started_at: stored.started_at,
            started_by: stored.started_by,
            finished_at: stored.finished_at,
        }
    }
}

/// Why records were not examined.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such mapping in force.
    #[error("no such mapping")]
    UnknownMapping {
        /// Those that there are.
        known: Vec<String>,
    },
    /// The candidate is a mapping for something else.
    #[error("the candidate is no mapping `{wanted}`")]
    OtherMapping {
        /// What was asked for.
        wanted: String,
    },
    /// The candidate does not compile.
    #[error("{} problems in the candidate", problems.len())]
    Invalid {
        /// All of them.
        problems: Vec<Problem>,
    },
    /// One replay at a time.
    #[error("replay `{running}` is not at its end")]
    Busy {
        /// Which one runs.
        running: ReplayId,
    },
    /// Another process goes on with it.
    #[error("another process goes on with replay `{0}`")]
    TakenOver(ReplayId),
    /// There is no such replay.
    #[error("no replay `{0}`")]
    Unknown(ReplayId),
    /// There is no such version, or it does not compile.
    #[error(transparent)]
    Version(#[from] LifeError),
    /// A thread ended without a result: a fault of this program.
    #[error("making records stopped unexpectedly")]
    Stopped(#[source] tokio::task::JoinError),
}

/// Begins a replay with the version in force, or with one that was published at some time: what nobody approved makes no
/// history. Nothing is examined yet: see [`drive`] and [`step`].
///
/// # Errors
/// When the mapping or the version is unknown or does not compile, another replay runs, or the store fails.
pub async fn begin(
    hub: &Hub,
    scheme: &SchemeId,
    mapping: &str,
    version: Option<&str>,
    actor: &str,
) -> Result<Replay, ReplayError> {
    let library = hub.library();
    let in_force = preview::in_force(&library, mapping)?;
    let in_force_hash = hex::encode(in_force.hash());
    let text = published(hub, mapping, version.unwrap_or(&in_force_hash)).await?;
    let candidate = Candidate::Text(text.clone());
    let edition = Edition::of(&*preview::compile(hub, &library, mapping, candidate).await?);
    let now = hub.now();
    let mut tx = hub.store().begin().await?;
    if let Some(running) = tx.running_replay().await? {
        return Err(ReplayError::Busy { running: running.id });
    }
    let stored = Stored {
        id: ReplayId::new(now, hub.random()),
        scheme: scheme.clone(),
        mapping: edition.id,
        version: edition.version,
        mapping_hash: edition.hash,
        text,
        state: ReplayState::Running,
        phase: Phase::Kept,
        position: None,
        total: tx.replay_total(scheme).await?,
        report: said(&Report::default()),
        started_at: now,
        started_by: actor.to_owned(),
        touched_at: now,
        finished_at: None,
    };
    tx.add_replay(&stored).await?;
    let replay = Replay::from(stored);
    tx.add_audit(hub.store().keys(), &[entry(hub, &replay, "replay", actor)]).await?;
    tx.commit().await?;
    Ok(replay)
}

/// The text of a version that counted at some time.
async fn published(hub: &Hub, mapping: &str, hash: &str) -> Result<String, ReplayError> {
    let file = FileId { kind: Kind::Mapping, name: mapping.to_owned() };
    let unknown = || LifeError::Unknown(file.clone());
    let mut session = hub.store().read().await?;
    let version = session.version(file.key(), hash).await?.ok_or_else(unknown)?;
    let now = session.library_head().await?.now;
    let counted = session.publications_of(file.key(), hash).await?;
    if counted.iter().any(|one| one.cancelled_at.is_none() && one.from <= now) {
        Ok(version.text)
    } else {
        Err(unknown().into())
    }
}

/// Goes on with a replay to its end, or until it is cancelled. `progress` is called after each page.
///
/// # Errors
/// When another process is at it, its mapping no longer compiles, or the store fails: then it can be gone on with.
pub async fn drive(
    hub: &Hub,
    id: ReplayId,
    progress: impl Fn(&Replay),
) -> Result<Replay, ReplayError> {
    let Some(lease) = take_lease(hub).await? else { return Err(ReplayError::TakenOver(id)) };
    let driven = drive_leased(hub, id, &lease, progress).await;
    let mut tx = hub.store().begin().await?;
    tx.keep_lease(&lease, hub.now()).await?;
    tx.commit().await?;
    driven
}

async fn take_lease(hub: &Hub) -> Result<Option<Lease>, StoreError> {
    let holder = hex::encode(hub.random::<8>());
    let now = hub.now();
    let mut tx = hub.store().begin().await?;
    let lease = tx.take_lease(LEASE, &holder, now, now.plus_millis(LEASE_MILLIS)).await?;
    tx.commit().await?;
    Ok(lease)
}

async fn drive_leased(
    hub: &Hub,
    id: ReplayId,
    lease: &Lease,
    progress: impl Fn(&Replay),
) -> Result<Replay, ReplayError> {
    let stored = hub.store().read().await?.replay(id).await?;
    let mut stored = stored.ok_or(ReplayError::Unknown(id))?;
    let library = hub.library();
    let candidate = Candidate::Text(stored.text.clone());
    let mapping = preview::compile(hub, &library, &stored.mapping, candidate).await?;
    let in_force = preview::in_force(&library, &stored.mapping)?;
    let in_force_hash = hex::encode(in_force.hash());
    let maker = preview::maker(hub, &stored.scheme, mapping, Arc::clone(&in_force)).await?;
    let mut tally = Tally::of(serde_json::from_str(&stored.report).unwrap_or_default());
    let (mut history, mut judge) = (history(&stored), Judge::new());
    while stored.state == ReplayState::Running {
        let rows = history.next(&mut hub.store().read().await?).await?;
        let Some(rows) = rows else { return end(hub, stored.into(), lease).await };
        let mut page = examine::make(hub, &maker, rows).await?;
        judge.judge(hub, &maker, &mut page).await?;
        let now = hub.now();
        let mut tx = hub.store().begin().await?;
        if !tx.keep_lease(lease, now.plus_millis(LEASE_MILLIS)).await? {
            return Err(ReplayError::TakenOver(id));
        }
        let writer = Writer {
            hub: hub.clone(),
            made_by: MadeBy {
                mapping: format!("{}/{}", stored.mapping, stored.version),
                hash: stored.mapping_hash.clone(),
            },
            scheme: stored.scheme.clone(),
            now: now.max(stored.started_at.plus_millis(1)),
        };
        writer.write(&mut tx, &mut page).await?;
        examine::note(&page, &in_force_hash, &mut tally);
        stored.report = said(&tally.report().without_values());
        (stored.phase, stored.position) = (history.phase, Some(history.position.to_vec()));
        if !tx.advance_replay(&stored, now).await? {
            // Cancelled: this page does not count.
            break;
        }
        tx.commit().await?;
        progress(&stored.clone().into());
    }
    replay(hub, id).await?.ok_or(ReplayError::Unknown(id))
}

fn history(stored: &Stored) -> History {
    let position = stored.position.as_deref().and_then(|bytes| bytes.try_into().ok());
    let (scheme, mapping) = (stored.scheme.clone(), stored.mapping.clone());
    match position {
        None => History::new(scheme, mapping, stored.started_at, None),
        Some(position) => {
            History::resume(scheme, mapping, stored.started_at, (stored.phase, position))
        }
    }
}

async fn end(hub: &Hub, replay: Replay, lease: &Lease) -> Result<Replay, ReplayError> {
    let now = hub.now();
    let mut tx = hub.store().begin().await?;
    if !tx.keep_lease(lease, now).await? {
        return Err(ReplayError::TakenOver(replay.id));
    }
    if tx.end_replay(replay.id, ReplayState::Done, now).await? {
        let ended = Replay { state: ReplayState::Done, ..replay.clone() };
        let by = &replay.started_by;
        tx.add_audit(hub.store().keys(), &[entry(hub, &ended, "replay_end", by)]).await?;
    }
    tx.commit().await?;
    let id = replay.id;
    self::replay(hub, id).await?.ok_or(ReplayError::Unknown(id))
}

/// Stops a replay; what it made until now stands. False when it was at its end.
///
/// # Errors
/// When there is no such replay, or the store fails.
pub async fn cancel(hub: &Hub, id: ReplayId, actor: &str) -> Result<bool, ReplayError> {
    let replay = replay(hub, id).await?.ok_or(ReplayError::Unknown(id))?;
    let mut tx = hub.store().begin().await?;
    if !tx.end_replay(id, ReplayState::Cancelled, hub.now()).await? {
        return Ok(false);
    }
    let ended = Replay { state: ReplayState::Cancelled, ..replay };
    tx.add_audit(hub.store().keys(), &[entry(hub, &ended, "replay_end", actor)]).await?;
    tx.commit().await?;
    Ok(true)
}

/// One replay.
///
/// # Errors
/// When the store fails.
pub async fn replay(hub: &Hub, id: ReplayId) -> Result<Option<Replay>, StoreError> {
    Ok(hub.store().read().await?.replay(id).await?.map(Replay::from))
}

/// Replays of a mapping, the newest first, before one.
///
/// # Errors
/// When the store fails.
pub async fn replays(
    hub: &Hub,
    mapping: &str,
    before: Option<ReplayId>,
    limit: u32,
) -> Result<Vec<Replay>, StoreError> {
    let found = hub.store().read().await?.replays(mapping, before, limit).await?;
    Ok(found.into_iter().map(Replay::from).collect())
}

/// Goes on with the oldest replay that runs, when nobody else does.
///
/// # Errors
/// When the store fails.
pub async fn step(hub: &Hub) -> Result<(), ReplayError> {
    let Some(running) = hub.store().read().await?.running_replay().await? else { return Ok(()) };
    let id = running.id;
    match drive(hub, id, |_| {}).await {
        Ok(replay) => {
            let examined = replay.report.counts.examined;
            info!(replay.id = %id, examined, "replay `{id}` examined {examined} records");
            Ok(())
        }
        Err(ReplayError::TakenOver(_)) => Ok(()),
        Err(
            problem @ (ReplayError::UnknownMapping { .. }
            | ReplayError::OtherMapping { .. }
            | ReplayError::Version(_)
            | ReplayError::Invalid { .. }),
        ) => {
            // It would never compile again by itself.
            warn!(replay.id = %id, "the mapping of replay `{id}` does not compile any more: {problem}");
            cancel(hub, id, "system").await?;
            Ok(())
        }
        Err(problem) => Err(problem),
    }
}

fn said(report: &Report) -> String {
    serde_json::to_string(report).expect("counts and names are plain JSON")
}

fn entry(hub: &Hub, replay: &Replay, action: &str, actor: &str) -> Entry {
    let now = hub.now();
    let Edition { id, version, .. } = &replay.edition;
    let counts = serde_json::to_value(replay.report.counts).unwrap_or_default();
    let detail = serde_json::json!({ "mapping": format!("{id}/{version}"), "counts": counts });
    Entry {
        id: AuditId::new(now, hub.random()),
        at: now,
        action: action.to_owned(),
        actor: actor.to_owned(),
        scheme: Some(replay.scheme.clone()),
        subject: Some(replay.id.to_string()),
        purpose: None,
        agreement: None,
        outcome: replay.state.name().to_owned(),
        detail: detail.to_string(),
        personal: None,
    }
}
