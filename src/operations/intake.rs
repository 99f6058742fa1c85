//! A file arrives: read, translate, keep, settle, release.
//!
//! 1. [`submit`] opens a batch under the sender's idempotency key. The same key with the same body gets the first
//!    receipt; a sending that never finished is replaced by the newer one.
//! 2. [`read`] parses on a thread of its own and hands over chunks of outcomes, sealed and hashed already.
//! 3. [`stage`] writes each chunk in one transaction: staged revisions, refused records. Nothing of it counts yet.
//! 4. [`settle`] ends the reading in one transaction: references, what a snapshot no longer holds, the hold limits.
//! 5. [`release`] makes the batch live, page by page; each page can be repeated, so a crash only means a later end.

mod hold;
pub(in crate::operations) mod open;
pub(in crate::operations) mod read;
pub(in crate::operations) mod release;
pub(in crate::operations) mod settle;
pub(in crate::operations) mod stage;
pub(in crate::operations) mod translate;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::body::Body;
use super::hub::Hub;
use super::quarantine::overlays::Overlays;
use crate::model::{BatchId, Instant, SchemeId};
use crate::store::StoreError;
use crate::store::batches::{Batch, BatchState, Counts, Mode};

pub use hold::{discard, release_held};
pub use open::file_name_owner;
pub use release::resume;

/// A file or a record, as a sender hands it over.
pub struct Submission {
    /// Who sends.
    pub scheme: SchemeId,
    /// What changed, or everything.
    pub mode: Mode,
    /// The same key means the same sending.
    pub idempotency_key: Option<String>,
    /// The sender's name for the file.
    pub file_name: Option<String>,
    /// The day that the data describes, when the sender says it.
    pub data_as_of: Option<Date>,
    /// Another format than the mapping declares, such as one record as JSON.
    pub format: Option<String>,
    /// Says what would happen and changes nothing.
    pub dry_run: bool,
    /// Holds the sending as soon as one of its records is refused.
    pub whole: bool,
    /// Who is answerable, for the audit log: a key or an operator.
    pub actor: String,
    /// The bytes.
    pub body: Body,
}

impl Submission {
    /// A delta without any extras.
    #[must_use]
    pub fn new(scheme: SchemeId, body: Body) -> Self {
        Self {
            scheme,
            mode: Mode::Delta,
            idempotency_key: None,
            file_name: None,
            data_as_of: None,
            format: None,
            dry_run: false,
            whole: false,
            actor: "system".to_owned(),
            body,
        }
    }
}

/// What the sender gets back.
#[derive(Clone, Debug, Serialize)]
pub struct Receipt {
    /// The batch; ask for it again under `/v1/batches/{batch}`.
    pub batch: BatchId,
    /// Whose.
    pub scheme: SchemeId,
    /// `delta` or `snapshot`.
    pub mode: &'static str,
    /// `released`, `held` …; `preview` for a dry run.
    pub state: &'static str,
    /// Why it is held: `refused`, `absent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold_reason: Option<String>,
    /// False when the file broke off: what came before counts, the rest has to be sent again.
    pub complete: bool,
    /// True when this sending was already received: these are the counts of the first one.
    pub replayed: bool,
    /// What became of the records.
    #[serde(flatten)]
    pub counts: Counts,
    /// Values dropped on entry because neither law nor purpose needs them, by field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub dropped: BTreeMap<String, u64>,
    /// When it began to arrive.
    pub received_at: Instant,
    /// When it became live.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub released_at: Option<Instant>,
}

impl Receipt {
    /// The receipt of a stored batch.
    #[must_use]
    pub fn of(batch: &Batch) -> Self {
        Self {
            batch: batch.id,
            scheme: batch.scheme.clone(),
            mode: batch.mode.name(),
            state: batch.state.name(),
            hold_reason: batch.hold_reason.clone(),
            complete: batch.complete,
            replayed: false,
            counts: batch.counts,
            // Written by this program as such an object.
            dropped: serde_json::from_str(&batch.dropped).unwrap_or_default(),
            received_at: batch.received_at,
            released_at: batch.released_at,
        }
    }
}

/// Why a sending was not taken at all.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The store failed; a resend completes what was begun.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nobody has described how this scheme writes.
    #[error("no mapping reads what `{scheme}` sends")]
    UnknownScheme {
        /// The scheme that was named.
        scheme: String,
        /// The schemes that can send.
        known: Vec<String>,
    },
    /// The mapping does not read this format.
    #[error("`{format}` is no format that can be sent here")]
    UnknownFormat {
        /// As asked for.
        format: String,
    },
    /// The idempotency key was used for another body.
    #[error("this idempotency key was used for another body, in batch `{batch}`")]
    KeyReused {
        /// The first batch.
        batch: BatchId,
    },
    /// A newer sending with the same idempotency key took over.
    #[error("a newer sending with the same idempotency key replaced this one")]
    Replaced,
    /// The connection broke before the body was whole; nothing of it counts.
    #[error("the body broke off before its end")]
    BrokeOff,
    /// There is no such batch, or it does not wait.
    #[error("no batch `{batch}` waits for this")]
    NotHeld {
        /// As asked for.
        batch: BatchId,
    },
    /// The parser ended without a result: a fault of this program.
    #[error("the parser stopped unexpectedly")]
    Stopped(#[source] tokio::task::JoinError),
}

/// Receives a file.
///
/// # Errors
/// When the scheme is unknown, the key was used for another body, the body broke off, or the store failed. What is
/// wrong with single records is not an error: it is counted in the receipt and waits in quarantine.
pub async fn submit(hub: &Hub, submission: Submission) -> Result<Receipt, IntakeError> {
    let translation = translate::Translation::new(hub, &submission)?;
    let read_by = translation.read_by();
    let recorded_at = submission.data_as_of.map_or_else(|| hub.now(), Instant::start_of);
    let overlays = Overlays::load(hub, &submission.scheme, recorded_at).await?;
    let (actor, dry_run, whole) = (submission.actor.clone(), submission.dry_run, submission.whole);
    match open::open(hub, submission, read_by).await? {
        open::Opened::Known(receipt) => Ok(*receipt),
        open::Opened::New(batch, body) => {
            let staging = stage::Staging { whole, ..stage::Staging::new(*batch, dry_run) };
            receive(hub, staging, body, translation.drive(overlays), &actor).await
        }
    }
}

/// Reads a batch to its end and releases it.
pub(in crate::operations) async fn receive(
    hub: &Hub,
    mut staging: stage::Staging,
    body: Body,
    drive: read::Drive,
    actor: &str,
) -> Result<Receipt, IntakeError> {
    let dry_run = staging.dry_run;
    let mut reading = read::Reading::start(hub, &staging.batch, body, drive);
    while let Some(chunk) = reading.next().await {
        staging.write(hub, chunk).await?;
    }
    let ending = match reading.ending().await {
        Ok(ending) => ending,
        Err(error) => {
            // With a key the sender can complete it; without one nobody ever will.
            if staging.batch.idempotency_key.is_none() && !dry_run {
                stage::forget(hub, &staging.batch).await?;
            }
            return Err(error);
        }
    };
    let batch = settle::settle(hub, staging, ending, actor).await?;
    if dry_run {
        return Ok(Receipt { state: "preview", ..Receipt::of(&batch) });
    }
    match batch.state {
        BatchState::Releasing => Ok(Receipt::of(&release::release(hub, batch).await?)),
        BatchState::Receiving
        | BatchState::Held
        | BatchState::Released
        | BatchState::Discarded
        | BatchState::Abandoned => Ok(Receipt::of(&batch)),
    }
}
