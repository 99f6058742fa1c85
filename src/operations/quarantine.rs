//! A refused record is put right: read again with the corrected values, and kept like any other once it is valid.
//!
//! A correction is bound to the bad value. It is kept as an overlay ([`overlays`]) that holds against tomorrow's file
//! until the scheme changes that value itself, and the scheme can ask for the list ([`corrections`]) to mend its own
//! data.

pub mod alike;
pub mod cells;
pub(in crate::operations) mod overlays;
mod reread;

use std::sync::Arc;

use super::hub::Hub;
use super::intake::open::{self, Opened, ReadBy};
use super::intake::read::{Drive, Ended, Found};
use super::intake::settle::{self, Dangling};
use super::intake::stage::{self, Resolution, Staging};
use super::intake::{self, IntakeError, Submission};
use super::kept::{KeptRefusal, KeptRevision};
use crate::mapping::Mapping;
use crate::model::{BatchId, CorrectionId, Instant, Issue, QuarantineId, RecordId, SchemeId};
use crate::operations::body::{Body, Measured};
use crate::store::StoreError;
use crate::store::batches::{Batch, BatchKind};
use crate::store::corrections::Correction as Stored;
use crate::store::quarantine::QuarantineState;
use crate::store::records::record_key;

use overlays::{Overlaid, seal};
use reread::{Reread, reread};

pub use crate::store::corrections::CorrectionState;

/// How a refused record is put right.
pub enum Correction {
    /// Other values for some fields, each field as the issues name it.
    Fields(Vec<(String, String)>),
    /// Another text for the whole record, in the scheme's own format: a row, an element, an object.
    Raw(String),
}

/// What came of a correction.
pub enum CorrectOutcome {
    /// The record is kept.
    Accepted {
        /// The record.
        record: RecordId,
        /// The batch that brought it.
        batch: BatchId,
    },
    /// It still waits.
    StillRefused {
        /// Everything that is wrong with it now.
        issues: Vec<Issue>,
    },
}

/// Why a correction was not tried.
#[derive(Debug, thiserror::Error)]
pub enum CorrectError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such refused record.
    #[error("no refused record `{0}`")]
    Unknown(QuarantineId),
    /// It was corrected, dismissed or sent again since.
    #[error("refused record `{0}` does not wait any more")]
    NotOpen(QuarantineId),
    /// An event, or a record of a mapping that is gone: to be sent again by its scheme.
    #[error("refused record `{0}` has to be sent again by its scheme")]
    NotCorrectable(QuarantineId),
    /// Keeping the record failed.
    #[error(transparent)]
    Intake(IntakeError),
}

/// A correction as its scheme is told of it.
pub struct Told {
    /// Its id.
    pub id: CorrectionId,
    /// Whose record.
    pub scheme: SchemeId,
    /// The scheme's own id of the record, when it could be read. Personal.
    pub record_id: Option<String>,
    /// The field as the scheme writes it; none when the whole record was replaced.
    pub field: Option<String>,
    /// The scheme's value. Personal.
    pub bad: String,
    /// What the hub reads in its place. Personal.
    pub good: String,
    /// `active` or `lapsed`.
    pub state: CorrectionState,
    /// Since when.
    pub created_at: Instant,
    /// Who made it.
    pub created_by: String,
}

/// A page of corrections, the oldest first, after one.
///
/// # Errors
/// When the store fails or a correction does not open.
pub async fn corrections(
    hub: &Hub,
    scheme: Option<&SchemeId>,
    state: Option<CorrectionState>,
    after: Option<CorrectionId>,
    limit: u32,
) -> Result<Vec<Told>, StoreError> {
    let found = hub.store().read().await?.correction_page(scheme, state, after, limit).await?;
    found.into_iter().map(|stored| overlays::told(hub.store().keys(), stored)).collect()
}

/// Reads a refused record again with corrected values. When it is valid it is kept as if its scheme had sent it so, and
/// the correction holds for the scheme's next files; otherwise it waits on and nothing is kept of the correction.
///
/// # Errors
/// When the record does not wait, or the store fails.
pub async fn correct(
    hub: &Hub,
    actor: &str,
    id: QuarantineId,
    correction: Correction,
) -> Result<CorrectOutcome, CorrectError> {
    let mut session = hub.store().read().await?;
    let refused = session.quarantined(id).await?.ok_or(CorrectError::Unknown(id))?;
    if refused.state != QuarantineState::Open {
        return Err(CorrectError::NotOpen(id));
    }
    let batch = session.batch(refused.batch_id).await?.ok_or(CorrectError::Unknown(id))?;
    drop(session);
    let mapping = mapping_of(hub, &batch).ok_or(CorrectError::NotCorrectable(id))?;
    let kept = KeptRefusal::open(&refused, hub.store().keys())?;
    let known = overlays::of_record(hub, &refused.scheme, &kept).await?;

    let read = Arc::clone(&mapping);
    let (scheme, today, given) = (refused.scheme.clone(), hub.today(), kept.clone());
    let id_of = {
        let hub = hub.clone();
        move || CorrectionId::new(hub.now(), hub.random())
    };
    let reread = tokio::task::spawn_blocking(move || {
        reread(&read, scheme, today, &given, correction, known, &id_of)
    });
    let reread = reread.await.map_err(|error| CorrectError::Intake(IntakeError::Stopped(error)))?;
    let Reread { revision, unresolved, overlaid } = match reread {
        Ok(reread) => reread,
        Err(issues) => return Ok(CorrectOutcome::StillRefused { issues }),
    };
    let issues = dangling(hub, &batch, &unresolved).await?;
    if !issues.is_empty() {
        return Ok(CorrectOutcome::StillRefused { issues });
    }
    let corrections = overlaid
        .into_iter()
        .map(|overlaid| stored(hub, &refused.scheme, &kept, &batch, overlaid, actor))
        .collect();
    let resolution = Resolution { refused: id, corrections };
    keep(hub, &batch, &mapping, revision, unresolved, resolution, actor).await
}

/// The mapping that read a batch, as it is now.
fn mapping_of(hub: &Hub, batch: &Batch) -> Option<Arc<Mapping>> {
    if batch.kind != BatchKind::Records {
        return None;
    }
    let (id, _) = batch.mapping.as_deref()?.split_once('/')?;
    hub.library().mapping(id).cloned()
}

/// What to say of references to records that are nowhere.
async fn dangling(
    hub: &Hub,
    batch: &Batch,
    unresolved: &[(String, String, Issue)],
) -> Result<Vec<Issue>, StoreError> {
    let keys = hub.store().keys();
    let all: Vec<Dangling> = unresolved
        .iter()
        .map(|(from, to, issue)| Dangling {
            from: record_key(keys, &batch.scheme, from),
            to: record_key(keys, &batch.scheme, to),
            issue: issue.clone(),
        })
        .collect();
    let mut session = hub.store().read().await?;
    let nowhere = settle::nowhere(&mut session, batch, &all).await?;
    Ok(nowhere.into_iter().map(|dangling| dangling.issue.clone()).collect())
}

fn stored(
    hub: &Hub,
    scheme: &SchemeId,
    kept: &KeptRefusal,
    batch: &Batch,
    overlaid: Overlaid,
    actor: &str,
) -> Stored {
    let keys = hub.store().keys();
    let field = overlaid.field.as_deref().unwrap_or(overlays::WHOLE);
    Stored {
        id: overlaid.id,
        scheme: scheme.clone(),
        record_key: overlays::key_of(keys, scheme, kept.record_id.as_deref(), &kept.raw),
        field: field.to_owned(),
        bad_key: keys.hash("correction", &[field, &overlaid.bad]),
        sealed: seal(keys, &overlaid, kept.record_id.as_deref(), batch.recorded_at),
        state: CorrectionState::Active,
        created_at: hub.now(),
        created_by: actor.to_owned(),
    }
}

/// Keeps the corrected record by the way of every record: a batch of one.
async fn keep(
    hub: &Hub,
    first: &Batch,
    mapping: &Mapping,
    revision: KeptRevision,
    unresolved: Vec<(String, String, Issue)>,
    resolution: Resolution,
    actor: &str,
) -> Result<CorrectOutcome, CorrectError> {
    let id = resolution.refused;
    let key = record_key(hub.store().keys(), &first.scheme, &revision.record_id);
    let body = Body::from_reader(std::io::Cursor::new(revision.raw.clone()));
    let submission = Submission {
        data_as_of: first.data_as_of,
        actor: actor.to_owned(),
        ..Submission::new(first.scheme.clone(), body)
    };
    let read_by = ReadBy {
        kind: BatchKind::Records,
        mapping: Some(format!("{}/{}", mapping.id(), mapping.version())),
        hash: Some(hex::encode(mapping.hash())),
    };
    let drive: Drive = Box::new(move |_: Measured, emit: &mut dyn FnMut(Found) -> bool| {
        emit(Found::Accepted { kept: revision });
        Ended { unresolved, complete: true, corrected: 1, ..Ended::default() }
    });
    let opened = open::open(hub, submission, read_by).await.map_err(CorrectError::Intake)?;
    let Opened::New(batch, body) = opened else { return Err(CorrectError::NotOpen(id)) };
    let begun = (*batch).clone();
    let staging = Staging { resolution: Some(resolution), ..Staging::new(*batch, false) };
    match intake::receive(hub, staging, body, drive, actor).await {
        Ok(_) => {}
        Err(IntakeError::Replaced) => {
            // Somebody else was faster: nothing of this batch may stay.
            stage::forget(hub, &begun).await?;
            return Err(CorrectError::NotOpen(id));
        }
        Err(error) => return Err(CorrectError::Intake(error)),
    }
    let known = hub.store().read().await?.known_records(&first.scheme, &[key]).await?;
    let record = known.first().ok_or(StoreError::Missing { what: "corrected record" })?.id;
    Ok(CorrectOutcome::Accepted { record, batch: begun.id })
}
