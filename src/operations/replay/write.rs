//! Writes what became of a page, in the transaction that also says how far the replay is.
//!
//! What was judged before the transaction is looked at again here: a file may have come in between, and newer data is
//! never replaced.

use std::collections::{HashMap, HashSet};

use crate::model::{BeneficiaryRecord, Instant, Issue, QuarantineId, RecordId, RevisionId};
use crate::operations::effective::{self, Basis};
use crate::operations::hub::Hub;
use crate::operations::intake::settle::defects;
use crate::operations::kept::{KeptRefusal, KeptRevision};
use crate::store::quarantine::{Defect, QuarantineState, Quarantined, quarantine_owner};
use crate::store::records::{KnownRecord, RecordState, StoredRecord, record_key};
use crate::store::revisions::{MadeBy, Revision, RevisionState, revision_owner};
use crate::store::{KeyedHash, Keys, StoreError, Tx};

use super::examine::{Became, Kept, Page, Waited, Waiting, content, is_overtaken};
use super::remade::Valid;

/// What every page of a replay is written with.
pub(in crate::operations) struct Writer {
    pub(in crate::operations) hub: Hub,
    pub(in crate::operations) made_by: MadeBy,
    pub(in crate::operations) scheme: crate::model::SchemeId,
    /// Later than everything that is examined, so that what is written is not.
    pub(in crate::operations) now: Instant,
}

/// A record that gets another revision.
struct Again {
    record: StoredRecord,
    revision: Revision,
    base: BeneficiaryRecord,
    known: bool,
}

impl Writer {
    /// Writes a page; what turns out to be overtaken is marked so.
    pub(in crate::operations) async fn write(
        &self,
        tx: &mut Tx,
        page: &mut Page,
    ) -> Result<(), StoreError> {
        let again = match page {
            Page::Kept(page) => self.kept(tx, page).await?,
            Page::Waiting(page) => self.waiting(tx, page).await?,
        };
        let revisions: Vec<Revision> = again.iter().map(|again| again.revision.clone()).collect();
        let ids: Vec<RevisionId> = revisions.iter().map(|revision| revision.id).collect();
        let records: Vec<RecordId> = again.iter().map(|again| again.record.id).collect();
        tx.add_revisions(&revisions).await?;
        if !ids.is_empty() {
            tx.make_live(&ids, &records).await?;
        }
        let bases = again.into_iter().map(|again| Basis {
            data_as_of: again.revision.data_as_of,
            record: again.record,
            base: again.base,
            known: again.known,
        });
        effective::write(tx, self.keys(), bases.collect(), None, self.now).await
    }

    fn keys(&self) -> &Keys {
        self.hub.store().keys()
    }

    async fn kept(&self, tx: &mut Tx, page: &mut [Kept]) -> Result<Vec<Again>, StoreError> {
        let differs = |kept: &&Kept| matches!(kept.became, Became::Other(..) | Became::Refused(_));
        let ids: Vec<RecordId> =
            page.iter().filter(differs).map(|kept| kept.row.revision.record_id).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        tx.lock_records(&ids).await?;
        let live: HashSet<RevisionId> =
            tx.live_revisions(&ids).await?.into_iter().map(|revision| revision.id).collect();
        let mut records: HashMap<RecordId, StoredRecord> =
            tx.records(&ids).await?.into_iter().map(|record| (record.id, record)).collect();
        let (mut again, mut refused) = (Vec::new(), Vec::new());
        for kept in page {
            match &kept.became {
                Became::Other(..) | Became::Refused(_) if !live.contains(&kept.row.revision.id) => {
                    kept.became = Became::Overtaken;
                }
                Became::Other(valid, _) => {
                    if let Some(record) = records.remove(&kept.row.revision.record_id) {
                        again.push(self.remade(kept, valid, record)?);
                    }
                }
                Became::Refused(issues) => refused.push(self.refused(kept, issues)),
                Became::Same(_)
                | Became::RefusedBefore
                | Became::Overtaken
                | Became::Renamed(_)
                | Became::Gone => {}
            }
        }
        tx.quarantine(&refused).await?;
        Ok(again)
    }

    /// The next revision of a record in force. Its id follows that of the one before: so it keeps its place in the
    /// order of what was received.
    fn remade(
        &self,
        kept: &Kept,
        valid: &Valid,
        mut record: StoredRecord,
    ) -> Result<Again, StoreError> {
        let before = &kept.row.revision;
        let sealed = KeptRevision {
            canonical: valid.canonical.clone(),
            warnings: valid.warnings.clone(),
            ..kept.kept.clone()
        };
        let id = following(before.id);
        let revision = self.revision(id, &sealed, Revision { id, ..before.clone() });
        record.revision += 1;
        record.content.clone_from(&revision.content);
        Ok(Again { record, base: read(valid)?, revision, known: true })
    }

    /// A staged revision that holds `kept` and is otherwise like another one.
    fn revision(&self, id: RevisionId, kept: &KeptRevision, like: Revision) -> Revision {
        let content = self.keys().hash_bytes("content", [&kept.raw[..], &kept.canonical]);
        Revision {
            number: 0,
            state: RevisionState::Staged,
            content: content.as_bytes().to_vec(),
            warnings: kept.warnings.len() as u64,
            sealed: self.keys().seal(revision_owner(&id), &kept.to_bytes()),
            made_by: Some(self.made_by.clone()),
            ..like
        }
    }

    /// What waits from now on beside the record in force, in the file that brought it.
    fn refused(&self, kept: &Kept, issues: &[Issue]) -> (Quarantined, Vec<Defect>) {
        let id = QuarantineId::new(self.now, self.hub.random());
        let Kept { row, kept, .. } = kept;
        let refusal = KeptRefusal {
            record_id: Some(kept.record_id.clone()),
            place: kept.place.clone(),
            raw: kept.raw.clone(),
            issues: issues.to_vec(),
            around: kept.around.clone(),
        };
        let refused = Quarantined {
            id,
            batch_id: row.revision.batch_id,
            scheme: self.scheme.clone(),
            record_key: Some(row.key),
            content: self.keys().hash_bytes("raw", [&refusal.raw[..]]).as_bytes().to_vec(),
            state: QuarantineState::Open,
            line: row.revision.line,
            received_at: row.revision.received_at,
            closed_at: None,
            sealed: self.keys().seal(quarantine_owner(&id), &refusal.to_bytes()),
        };
        (refused, defects(issues))
    }

    async fn waiting(&self, tx: &mut Tx, page: &mut [Waiting]) -> Result<Vec<Again>, StoreError> {
        let known = self.known(tx, page).await?;
        let mut again = Vec::new();
        for waiting in page {
            let id = waiting.row.refused.id;
            let closed = match &waiting.outcome {
                Waited::Refused => continue,
                Waited::RefusedOtherwise(issues) => {
                    self.retell(tx, waiting, issues).await?;
                    continue;
                }
                Waited::Accepted(valid) => {
                    let before = known.get(&self.key(&valid.record_id));
                    let before = before.ok_or(StoreError::Missing { what: "staged record" })?;
                    let content = content(self.keys(), &waiting.kept, valid);
                    if is_overtaken(Some(before), &content, &waiting.row) {
                        QuarantineState::Superseded
                    } else {
                        QuarantineState::Corrected
                    }
                }
                Waited::Overtaken | Waited::Nothing => QuarantineState::Superseded,
            };
            // Somebody else may have settled it since it was read.
            let waited = tx.close_quarantined(id, closed, self.now).await?;
            match &waiting.outcome {
                Waited::Accepted(valid) if waited && closed == QuarantineState::Corrected => {
                    if let Some(before) = known.get(&self.key(&valid.record_id)) {
                        again.push(self.accepted(waiting, valid, before)?);
                    }
                }
                Waited::Accepted(_) => waiting.outcome = Waited::Overtaken,
                Waited::Overtaken
                | Waited::Nothing
                | Waited::Refused
                | Waited::RefusedOtherwise(_) => {}
            }
        }
        Ok(again)
    }

    fn key(&self, record_id: &str) -> KeyedHash {
        record_key(self.keys(), &self.scheme, record_id)
    }

    /// What is known of the records that are accepted, each named and locked.
    async fn known(
        &self,
        tx: &mut Tx,
        page: &[Waiting],
    ) -> Result<HashMap<KeyedHash, KnownRecord>, StoreError> {
        let accepted = page.iter().filter_map(|waiting| match &waiting.outcome {
            Waited::Accepted(valid) => Some(self.key(&valid.record_id)),
            Waited::Overtaken | Waited::Nothing | Waited::Refused | Waited::RefusedOtherwise(_) => {
                None
            }
        });
        let mut keys: Vec<KeyedHash> = accepted.collect();
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        keys.sort_unstable();
        let new = |key: &KeyedHash| (RecordId::new(self.now, self.hub.random()), *key);
        tx.stage_records(&self.scheme, &keys.iter().map(new).collect::<Vec<_>>(), self.now).await?;
        let ids = tx.known_records(&self.scheme, &keys).await?;
        tx.lock_records(&ids.iter().map(|record| record.id).collect::<Vec<_>>()).await?;
        let known = tx.known_records(&self.scheme, &keys).await?;
        Ok(known.into_iter().map(|record| (record.key, record)).collect())
    }

    fn accepted(
        &self,
        waiting: &Waiting,
        valid: &Valid,
        before: &KnownRecord,
    ) -> Result<Again, StoreError> {
        let row = &waiting.row;
        let id = RevisionId::from_bytes(*row.refused.id.as_bytes());
        let kept = KeptRevision {
            record_id: valid.record_id.clone(),
            place: waiting.kept.place.clone(),
            raw: waiting.kept.raw.clone(),
            canonical: valid.canonical.clone(),
            warnings: valid.warnings.clone(),
            around: waiting.kept.around.clone(),
        };
        let like = Revision {
            id,
            record_id: before.id,
            batch_id: row.refused.batch_id,
            number: 0,
            state: RevisionState::Staged,
            content: Vec::new(),
            recorded_at: row.recorded_at,
            data_as_of: row.data_as_of,
            received_at: row.refused.received_at,
            line: row.refused.line,
            warnings: 0,
            sealed: Vec::new(),
            made_by: None,
        };
        let revision = self.revision(id, &kept, like);
        let record = StoredRecord {
            id: before.id,
            scheme: self.scheme.clone(),
            key: before.key,
            contract_key: None,
            state: RecordState::Live,
            revision: before.revision + 1,
            content: revision.content.clone(),
            recorded_at: row.recorded_at,
            batch_id: row.refused.batch_id,
            current: Vec::new(),
            created_at: self.now,
            updated_at: self.now,
            absent_since: None,
        };
        Ok(Again { record, base: read(valid)?, revision, known: before.revision > 0 })
    }

    async fn retell(
        &self,
        tx: &mut Tx,
        waiting: &Waiting,
        issues: &[Issue],
    ) -> Result<(), StoreError> {
        let id = waiting.row.refused.id;
        let legible = issues.iter().find_map(|issue| issue.record_id.clone());
        let record_id = legible.or_else(|| waiting.kept.record_id.clone());
        let key = record_id.as_deref().map(|record_id| self.key(record_id));
        let kept = KeptRefusal { record_id, issues: issues.to_vec(), ..waiting.kept.clone() };
        let sealed = self.keys().seal(quarantine_owner(&id), &kept.to_bytes());
        tx.retell_quarantined(id, key.as_ref(), &sealed, &defects(issues)).await?;
        Ok(())
    }
}

fn read(valid: &Valid) -> Result<BeneficiaryRecord, StoreError> {
    BeneficiaryRecord::from_json(&valid.canonical).map_err(|_| StoreError::Sealed)
}

/// The id right after another one; its last 48 bits are random, so nobody else has it.
fn following(id: RevisionId) -> RevisionId {
    RevisionId::from_bytes(u128::from_be_bytes(*id.as_bytes()).wrapping_add(1).to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remade_revision_stands_right_after_the_one_that_it_replaces() {
        let id = RevisionId::new(Instant::from_millis(1_000), [3; 10]);
        assert!(following(id) > id);
        assert!(following(id) < RevisionId::new(Instant::from_millis(1_000), [4; 10]));
    }
}
