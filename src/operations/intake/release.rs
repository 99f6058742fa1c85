//! Makes a settled batch live, page by page. Each page is one transaction and can be repeated: a revision that was
//! made live is no longer staged. What was true when the batch was read is judged again here, for another batch may
//! have been released meanwhile.

use std::collections::HashMap;

use crate::model::{BeneficiaryRecord, RecordId};
use crate::operations::effective::{self, Basis};
use crate::operations::hub::Hub;
use crate::operations::kept::KeptRevision;
use crate::store::batches::{Batch, BatchState};
use crate::store::records::{KnownRecord, RecordState, StoredRecord};
use crate::store::revisions::{Mark, Revision, RevisionState};
use crate::store::{KeyedHash, Keys, StoreError, Tx};

use super::stage::{self, Verdict, judge};

/// Records a transaction: a few hundred make the sync to disk cheap and keep other writers waiting for moments only.
const PAGE: u32 = 500;
/// A sending that was silent for so long is given up: an hour, longer than any network's patience.
const SILENCE_MS: i64 = 3_600_000;

/// Releases a batch to its end.
pub(in crate::operations) async fn release(hub: &Hub, batch: Batch) -> Result<Batch, StoreError> {
    while !release_page(hub, &batch).await? {}
    while !close_page(hub, &batch).await? {}
    let now = hub.now();
    let mut tx = hub.store().begin().await?;
    if tx.touch_releasing(batch.id, now).await? {
        tx.confirm_records(batch.id, batch.recorded_at).await?;
        tx.unmark_records(batch.id).await?;
        tx.move_batch(batch.id, BatchState::Releasing, BatchState::Released, now).await?;
    }
    let released = tx.batch(batch.id).await?;
    tx.commit().await?;
    released.ok_or(StoreError::Missing { what: "batch" })
}

/// Goes on with what a process left behind when it died: releases half-released batches, gives up silent sendings.
///
/// # Errors
/// When the store fails.
pub async fn resume(hub: &Hub) -> Result<(), StoreError> {
    let now = hub.now();
    let mut session = hub.store().read().await?;
    let releasing = session.batches_untouched(BatchState::Releasing, now).await?;
    let silent =
        session.batches_untouched(BatchState::Receiving, now.plus_millis(-SILENCE_MS)).await?;
    drop(session);
    for batch in releasing {
        release(hub, batch).await?;
    }
    for batch in silent {
        stage::forget(hub, &batch).await?;
    }
    Ok(())
}

/// Makes one page of staged revisions live; true when there was none left.
async fn release_page(hub: &Hub, batch: &Batch) -> Result<bool, StoreError> {
    let now = hub.now();
    let keys = hub.store().keys();
    let mut tx = hub.store().begin().await?;
    if !tx.touch_releasing(batch.id, now).await? {
        return Ok(true);
    }
    let staged = tx.revisions_of_batch(batch.id, RevisionState::Staged, None, PAGE).await?;
    if staged.is_empty() {
        return Ok(true);
    }
    let ids: Vec<RecordId> = staged.iter().map(|revision| revision.record_id).collect();
    tx.lock_records(&ids).await?;
    let known = tx.known_records_by_ids(&ids).await?;
    let known: HashMap<RecordId, KnownRecord> =
        known.into_iter().map(|record| (record.id, record)).collect();
    let sorted = Sorted::new(keys, batch, staged, &known)?;
    tx.set_aside(&sorted.same, RevisionState::Superseded).await?;
    tx.set_aside(&sorted.stale, RevisionState::Stale).await?;
    tx.make_live(&sorted.live, &sorted.records).await?;
    tx.supersede_quarantine(&sorted.keys, batch.id, now).await?;
    effective::write(&mut tx, keys, sorted.bases, Some(batch.id), now).await?;
    tx.commit().await?;
    Ok(false)
}

/// A page of revisions by what becomes of them.
#[derive(Default)]
struct Sorted {
    live: Vec<crate::model::RevisionId>,
    same: Vec<crate::model::RevisionId>,
    stale: Vec<crate::model::RevisionId>,
    /// Records of the live ones, their hashes and bases.
    records: Vec<RecordId>,
    keys: Vec<KeyedHash>,
    bases: Vec<Basis>,
}

impl Sorted {
    fn new(
        keys: &Keys,
        batch: &Batch,
        staged: Vec<Revision>,
        known: &HashMap<RecordId, KnownRecord>,
    ) -> Result<Self, StoreError> {
        let mut sorted = Self::default();
        for revision in staged {
            let before = known
                .get(&revision.record_id)
                .ok_or(StoreError::Missing { what: "record of a revision" })?;
            match judge(Some(before), &revision.content, revision.recorded_at) {
                Verdict::Unchanged => sorted.same.push(revision.id),
                Verdict::Stale => sorted.stale.push(revision.id),
                Verdict::New | Verdict::Changed => {
                    sorted.live.push(revision.id);
                    sorted.records.push(before.id);
                    sorted.keys.push(before.key);
                    sorted.bases.push(basis(keys, batch, revision, before)?);
                }
            }
        }
        Ok(sorted)
    }
}

fn basis(
    keys: &Keys,
    batch: &Batch,
    revision: Revision,
    before: &KnownRecord,
) -> Result<Basis, StoreError> {
    let kept = KeptRevision::open(&revision, keys)?;
    let base = BeneficiaryRecord::from_json(&kept.canonical).map_err(|_| StoreError::Sealed)?;
    let record = StoredRecord {
        id: before.id,
        scheme: batch.scheme.clone(),
        key: before.key,
        contract_key: None,
        state: RecordState::Live,
        revision: before.revision + 1,
        content: revision.content,
        recorded_at: revision.recorded_at,
        batch_id: batch.id,
        current: Vec::new(),
        created_at: batch.received_at,
        updated_at: batch.received_at,
        absent_since: None,
    };
    Ok(Basis { record, base, data_as_of: revision.data_as_of, known: before.revision > 0 })
}

/// Closes one page of the records that a snapshot no longer holds; true when there was none left.
async fn close_page(hub: &Hub, batch: &Batch) -> Result<bool, StoreError> {
    let now = hub.now();
    let keys = hub.store().keys();
    let mut tx = hub.store().begin().await?;
    if !tx.touch_releasing(batch.id, now).await? {
        return Ok(true);
    }
    let ids = tx.marked_records(batch.id, Mark::Absent, PAGE).await?;
    if ids.is_empty() {
        return Ok(true);
    }
    close(&mut tx, keys, batch, &ids, now).await?;
    tx.unmark_some(batch.id, &ids).await?;
    tx.commit().await?;
    Ok(false)
}

async fn close(
    tx: &mut Tx,
    keys: &Keys,
    batch: &Batch,
    ids: &[RecordId],
    now: crate::model::Instant,
) -> Result<(), StoreError> {
    tx.lock_records(ids).await?;
    let mut records = tx.records(ids).await?;
    // A newer file may have named some of them since the snapshot was read.
    records.retain(|record| {
        record.state == RecordState::Live && record.recorded_at <= batch.recorded_at
    });
    for record in &mut records {
        record.state = RecordState::Absent;
        record.recorded_at = batch.recorded_at;
        record.absent_since = Some(batch.data_as_of.unwrap_or_else(|| batch.received_at.date()));
    }
    let bases = effective::bases_of(tx, keys, records).await?;
    effective::write(tx, keys, bases, Some(batch.id), now).await
}
