//! Writes chunks of a batch that do not count yet, each in one transaction.

use std::collections::HashMap;

use rustc_hash::FxHashSet;

use crate::model::{Instant, QuarantineId, RecordId, RevisionId};
use crate::operations::hub::Hub;
use crate::store::batches::{Batch, Mode};
use crate::store::corrections::Correction;
use crate::store::quarantine::{Defect, QuarantineState, Quarantined};
use crate::store::records::{KnownRecord, RecordState};
use crate::store::revisions::{Mark, Revision, RevisionState};
use crate::store::{KeyedHash, StoreError};

use super::IntakeError;

/// A few hundred outcomes, sealed and hashed.
#[derive(Default)]
pub(in crate::operations) struct Chunk {
    pub(in crate::operations) accepted: Vec<Accepted>,
    pub(in crate::operations) refused: Vec<Refused>,
}

/// A valid record.
pub(in crate::operations) struct Accepted {
    pub(in crate::operations) key: KeyedHash,
    /// For the record, should it be new.
    pub(in crate::operations) record: RecordId,
    pub(in crate::operations) revision: RevisionId,
    pub(in crate::operations) content: KeyedHash,
    pub(in crate::operations) line: u64,
    pub(in crate::operations) warnings: u64,
    pub(in crate::operations) sealed: Vec<u8>,
}

/// A refused record.
pub(in crate::operations) struct Refused {
    pub(in crate::operations) id: QuarantineId,
    pub(in crate::operations) key: Option<KeyedHash>,
    pub(in crate::operations) content: KeyedHash,
    pub(in crate::operations) line: u64,
    pub(in crate::operations) defects: Vec<Defect>,
    pub(in crate::operations) sealed: Vec<u8>,
}

/// What a revision means for what is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::operations) enum Verdict {
    New,
    Changed,
    Unchanged,
    Stale,
}

/// Judges a revision: by its content, then by the age of its data, never by the order of arrival.
pub(in crate::operations) fn judge(
    known: Option<&KnownRecord>,
    content: &[u8],
    recorded_at: Instant,
) -> Verdict {
    let Some(known) = known else { return Verdict::New };
    let older = known.recorded_at.is_some_and(|before| before > recorded_at);
    match known.state {
        // One that was withdrawn, too: newer data of it begins anew.
        RecordState::Staged if !older => Verdict::New,
        RecordState::Live if known.content.as_deref() == Some(content) => Verdict::Unchanged,
        RecordState::Staged | RecordState::Live | RecordState::Absent if older => Verdict::Stale,
        RecordState::Staged | RecordState::Live | RecordState::Absent => Verdict::Changed,
    }
}

/// A batch while it is read.
pub(in crate::operations) struct Staging {
    pub(in crate::operations) batch: Batch,
    pub(in crate::operations) dry_run: bool,
    /// Whether one refused record holds all of them.
    pub(in crate::operations) whole: bool,
    /// The records of a snapshot, refused ones too: they are not absent.
    pub(in crate::operations) seen: Option<FxHashSet<KeyedHash>>,
    /// The refused record that this batch puts right.
    pub(in crate::operations) resolution: Option<Resolution>,
}

/// A refused record that is put right, and what is to hold for tomorrow's file.
pub(in crate::operations) struct Resolution {
    pub(in crate::operations) refused: QuarantineId,
    pub(in crate::operations) corrections: Vec<Correction>,
}

impl Staging {
    pub(in crate::operations) fn new(batch: Batch, dry_run: bool) -> Self {
        let seen = (batch.mode == Mode::Snapshot).then(FxHashSet::default);
        Self { batch, dry_run, whole: false, seen, resolution: None }
    }

    /// Writes a chunk, or only counts it in a dry run.
    pub(in crate::operations) async fn write(
        &mut self,
        hub: &Hub,
        chunk: Chunk,
    ) -> Result<(), IntakeError> {
        if let Some(seen) = &mut self.seen {
            seen.extend(chunk.accepted.iter().map(|accepted| accepted.key));
            seen.extend(chunk.refused.iter().filter_map(|refused| refused.key));
        }
        self.batch.counts.received += (chunk.accepted.len() + chunk.refused.len()) as u64;
        self.batch.counts.refused += chunk.refused.len() as u64;
        if self.dry_run { self.look(hub, &chunk).await } else { self.keep(hub, chunk).await }
    }

    async fn look(&mut self, hub: &Hub, chunk: &Chunk) -> Result<(), IntakeError> {
        let keys: Vec<KeyedHash> = chunk.accepted.iter().map(|accepted| accepted.key).collect();
        let known = hub.store().read().await?.known_records(&self.batch.scheme, &keys).await?;
        let known = by_key(known);
        for accepted in &chunk.accepted {
            let _ = self.count(known.get(&accepted.key), accepted);
        }
        Ok(())
    }

    async fn keep(&mut self, hub: &Hub, chunk: Chunk) -> Result<(), IntakeError> {
        let now = hub.now();
        let batch = self.batch.id;
        let mut tx = hub.store().begin().await?;
        if !tx.touch_batch(batch, self.batch.epoch, &self.batch.counts, now).await? {
            return Err(IntakeError::Replaced);
        }
        let keys: Vec<KeyedHash> = chunk.accepted.iter().map(|accepted| accepted.key).collect();
        let mut known = by_key(tx.known_records(&self.batch.scheme, &keys).await?);
        let mut new: Vec<(RecordId, KeyedHash)> = chunk
            .accepted
            .iter()
            .filter(|accepted| !known.contains_key(&accepted.key))
            .map(|accepted| (accepted.record, accepted.key))
            .collect();
        // In one order for all: two files of a scheme at once must not wait for each other.
        new.sort_unstable_by_key(|(_, key)| *key);
        let staged = tx.stage_records(&self.batch.scheme, &new, now).await?;
        if staged < new.len() as u64 {
            // Another file named some of them first.
            known = by_key(tx.known_records(&self.batch.scheme, &keys).await?);
        }
        let mut revisions = Vec::with_capacity(chunk.accepted.len());
        let mut same = Vec::new();
        for accepted in chunk.accepted {
            let before = known.get(&accepted.key);
            let record_id = before.map_or(accepted.record, |before| before.id);
            match self.count(before, &accepted) {
                Verdict::Unchanged => same.push(record_id),
                Verdict::New | Verdict::Changed | Verdict::Stale => {
                    revisions.push(self.revision(record_id, accepted));
                }
            }
        }
        tx.add_revisions(&revisions).await?;
        tx.mark_records(batch, Mark::Same, &same).await?;
        tx.quarantine(&self.quarantined(chunk.refused)).await?;
        tx.commit().await?;
        Ok(())
    }

    fn count(&mut self, known: Option<&KnownRecord>, accepted: &Accepted) -> Verdict {
        let verdict = judge(known, accepted.content.as_bytes(), self.batch.recorded_at);
        let counts = &mut self.batch.counts;
        counts.accepted += 1;
        counts.warnings += accepted.warnings;
        *counts.of(verdict) += 1;
        verdict
    }

    fn revision(&self, record_id: RecordId, accepted: Accepted) -> Revision {
        Revision {
            id: accepted.revision,
            record_id,
            batch_id: self.batch.id,
            number: 0,
            state: RevisionState::Staged,
            content: accepted.content.as_bytes().to_vec(),
            recorded_at: self.batch.recorded_at,
            data_as_of: self.batch.data_as_of,
            received_at: self.batch.received_at,
            line: accepted.line,
            warnings: accepted.warnings,
            sealed: accepted.sealed,
            made_by: None,
        }
    }

    pub(in crate::operations) fn quarantined(
        &self,
        refused: Vec<Refused>,
    ) -> Vec<(Quarantined, Vec<Defect>)> {
        refused
            .into_iter()
            .map(|refused| {
                let record = Quarantined {
                    id: refused.id,
                    batch_id: self.batch.id,
                    scheme: self.batch.scheme.clone(),
                    record_key: refused.key,
                    content: refused.content.as_bytes().to_vec(),
                    state: QuarantineState::Staged,
                    line: refused.line,
                    received_at: self.batch.received_at,
                    closed_at: None,
                    sealed: refused.sealed,
                };
                (record, refused.defects)
            })
            .collect()
    }
}

impl crate::store::batches::Counts {
    /// The count that a verdict belongs to.
    pub(in crate::operations) const fn of(&mut self, verdict: Verdict) -> &mut u64 {
        match verdict {
            Verdict::New => &mut self.new_records,
            Verdict::Changed => &mut self.changed,
            Verdict::Unchanged => &mut self.unchanged,
            Verdict::Stale => &mut self.stale,
        }
    }
}

fn by_key(known: Vec<KnownRecord>) -> HashMap<KeyedHash, KnownRecord> {
    known.into_iter().map(|record| (record.key, record)).collect()
}

/// Forgets what an abandoned sending staged.
pub(in crate::operations) async fn forget(hub: &Hub, batch: &Batch) -> Result<(), StoreError> {
    let mut tx = hub.store().begin().await?;
    tx.forget_staged(batch.id).await?;
    tx.forget_quarantine(batch.id).await?;
    tx.move_batch(
        batch.id,
        crate::store::batches::BatchState::Receiving,
        crate::store::batches::BatchState::Abandoned,
        hub.now(),
    )
    .await?;
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(state: RecordState, recorded_at: i64) -> KnownRecord {
        KnownRecord {
            id: RecordId::from_bytes([1; 16]),
            key: KeyedHash::from_slice(&[1; 16]).unwrap(),
            state,
            revision: 1,
            content: Some(vec![1]),
            recorded_at: Some(Instant::from_millis(recorded_at)),
        }
    }

    #[test]
    fn a_revision_is_judged_by_content_then_by_age() {
        let at = Instant::from_millis(10);
        let live = |recorded_at| known(RecordState::Live, recorded_at);
        assert_eq!(judge(None, &[1], at), Verdict::New);
        assert_eq!(judge(Some(&known(RecordState::Staged, 10)), &[1], at), Verdict::New);
        // Withdrawn since: an older file does not bring it back.
        assert_eq!(judge(Some(&known(RecordState::Staged, 20)), &[1], at), Verdict::Stale);
        assert_eq!(judge(Some(&live(20)), &[1], at), Verdict::Unchanged);
        assert_eq!(judge(Some(&live(20)), &[2], at), Verdict::Stale);
        assert_eq!(judge(Some(&live(10)), &[2], at), Verdict::Changed);
        assert_eq!(judge(Some(&known(RecordState::Absent, 5)), &[1], at), Verdict::Changed);
    }
}
