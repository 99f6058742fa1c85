//! Opens a batch: the same sending is recognised by its key, an unfinished one is replaced.

use crate::model::{BatchId, Instant};
use crate::operations::body::{Body, End, Measured};
use crate::operations::hub::Hub;
use crate::store::batches::{Batch, BatchKind, BatchState, Counts};
use crate::store::seal::Owner;

use super::{IntakeError, Receipt, Submission, release};

/// What the opening came to.
pub(in crate::operations) enum Opened {
    /// It was received before; this is the first receipt.
    Known(Box<Receipt>),
    /// It is to be read.
    New(Box<Batch>, Body),
}

/// Which program reads a batch: for the batch's own record.
#[derive(Clone, Debug)]
pub(in crate::operations) struct ReadBy {
    pub(in crate::operations) kind: BatchKind,
    pub(in crate::operations) mapping: Option<String>,
    pub(in crate::operations) hash: Option<String>,
}

/// What the sealed file name of a batch belongs to.
#[must_use]
pub fn file_name_owner(id: &BatchId) -> Owner<'_> {
    Owner { table: "batches", row: id.as_bytes() }
}

/// A body that is only read to be compared may be this long: the limit of the formats for whole files.
const COMPARED: u64 = 64 << 30;

pub(in crate::operations) async fn open(
    hub: &Hub,
    submission: Submission,
    read_by: ReadBy,
) -> Result<Opened, IntakeError> {
    let batch = new_batch(hub, &submission, read_by);
    if submission.dry_run {
        return Ok(Opened::New(Box::new(batch), submission.body));
    }
    let mut tx = hub.store().begin().await?;
    if tx.begin_batch(&batch).await? {
        tx.commit().await?;
        return Ok(Opened::New(Box::new(batch), submission.body));
    }
    let key = batch.idempotency_key.as_deref().unwrap_or_default();
    let first = tx.batch_by_key(&batch.scheme, key).await?;
    // Keys collide only with a row that is there, and rows are never deleted.
    let first = first.ok_or(IntakeError::Replaced)?;
    match first.state {
        BatchState::Receiving | BatchState::Abandoned => {
            let again = Batch {
                id: first.id,
                epoch: first.epoch + 1,
                file_name: seal_name(hub, &first.id, submission.file_name.as_deref()),
                ..batch
            };
            tx.take_over_batch(&again).await?;
            tx.forget_staged(again.id).await?;
            tx.forget_quarantine(again.id).await?;
            tx.commit().await?;
            Ok(Opened::New(Box::new(again), submission.body))
        }
        BatchState::Held | BatchState::Releasing | BatchState::Released | BatchState::Discarded => {
            drop(tx);
            known(hub, first, submission.body).await
        }
    }
}

/// The first receipt, when the body is the same.
async fn known(hub: &Hub, first: Batch, body: Body) -> Result<Opened, IntakeError> {
    let hash = tokio::task::spawn_blocking(move || Measured::new(body).finish(COMPARED));
    match hash.await.map_err(IntakeError::Stopped)? {
        End::BrokeOff => return Err(IntakeError::BrokeOff),
        End::Whole(hash) if first.body_hash.as_deref() == Some(&hash[..]) => {}
        End::Whole(_) | End::TooLong => return Err(IntakeError::KeyReused { batch: first.id }),
    }
    let batch = match first.state {
        // The process that released it may have died.
        BatchState::Releasing => release::release(hub, first).await?,
        BatchState::Receiving
        | BatchState::Held
        | BatchState::Released
        | BatchState::Discarded
        | BatchState::Abandoned => first,
    };
    Ok(Opened::Known(Box::new(Receipt { replayed: true, ..Receipt::of(&batch) })))
}

fn new_batch(hub: &Hub, submission: &Submission, read_by: ReadBy) -> Batch {
    let now = hub.now();
    let id = BatchId::new(now, hub.random());
    Batch {
        id,
        scheme: submission.scheme.clone(),
        kind: read_by.kind,
        mode: submission.mode,
        state: BatchState::Receiving,
        idempotency_key: submission.idempotency_key.clone(),
        body_hash: None,
        epoch: 1,
        file_name: seal_name(hub, &id, submission.file_name.as_deref()),
        mapping: read_by.mapping,
        mapping_hash: read_by.hash,
        data_as_of: submission.data_as_of,
        recorded_at: submission.data_as_of.map_or(now, Instant::start_of),
        received_at: now,
        finished_at: None,
        released_at: None,
        hold_reason: None,
        complete: false,
        counts: Counts::default(),
        dropped: "{}".to_owned(),
    }
}

fn seal_name(hub: &Hub, id: &BatchId, name: Option<&str>) -> Option<Vec<u8>> {
    name.map(|name| hub.store().keys().seal(file_name_owner(id), name.as_bytes()))
}
