//! How records come to their end by their own scheme's word: replaced by another one, or withdrawn.
//!
//! A replacement holds as long as the decision that binds the two records: who takes that back has both again.

use std::collections::BTreeMap;

use super::records::RecordState;
use super::sql::{Query, params, sql};
use super::{Param, Session, StoreError, Tx};
use crate::model::{DecisionId, Instant, RecordId};

sql! {
    // The last decision counts: a record may be given to another survivor once the first decision is taken back.
    REPLACED: Query = Query::differing(
        "select r.record_id, r.survivor_id from replacements r join decisions d on d.id = r.decision_id
         where d.undone_by is null and r.record_id in (select unhex(value) from json_each($1)) order by d.id",
        "select r.record_id, r.survivor_id from replacements r join decisions d on d.id = r.decision_id
         where d.undone_by is null and r.record_id = any($1) order by d.id",
    );
    REPLACE: Query = Query::same(
        "insert into replacements (decision_id, record_id, survivor_id) values ($1, $2, $3)",
    );
    REPLACEMENTS: Query = Query::same(
        "select d.at, r.survivor_id, d.undone_by from replacements r join decisions d on d.id = r.decision_id
         where r.record_id = $1 order by d.at",
    );
    WITHDRAW: Query = Query::same(
        "update records set state = $2, recorded_at = $3, updated_at = $3, absent_since = null where id = $1",
    );
    WITHDRAWN: Query =
        Query::same("insert into withdrawals (record_id, at, withdrawn_by) values ($1, $2, $3)");
    WITHDRAWALS: Query = Query::same("select at from withdrawals where record_id = $1 order by at");
}

impl Session {
    /// Those of the records that are replaced, each with its survivor.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replaced(
        &mut self,
        records: &[RecordId],
    ) -> Result<BTreeMap<RecordId, RecordId>, StoreError> {
        if records.is_empty() {
            return Ok(BTreeMap::new());
        }
        let rows = self.fetch(&REPLACED, &[Param::keys(records)]).await?;
        rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
    }

    /// When and by which record a record was ever replaced, and by which decision that was taken back; the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replacements(
        &mut self,
        record: RecordId,
    ) -> Result<Vec<(Instant, RecordId, Option<DecisionId>)>, StoreError> {
        let rows = self.fetch(&REPLACEMENTS, &params![&record]).await?;
        rows.into_iter()
            .map(|mut row| Ok((row.take()?, row.take()?, row.take_optional()?)))
            .collect()
    }

    /// When a record was ever withdrawn; the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn withdrawals(&mut self, record: RecordId) -> Result<Vec<Instant>, StoreError> {
        let rows = self.fetch(&WITHDRAWALS, &params![&record]).await?;
        rows.into_iter().map(|mut row| row.take()).collect()
    }
}

impl Tx {
    /// Notes that a decision says of a record that another one takes its place.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replace_record(
        &mut self,
        decision: DecisionId,
        record: RecordId,
        survivor: RecordId,
    ) -> Result<(), StoreError> {
        self.execute(&REPLACE, &params![&decision, &record, &survivor]).await?;
        Ok(())
    }

    /// Withdraws a record: it counts no more than one that is not released, until its scheme sends it again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn withdraw_record(
        &mut self,
        record: RecordId,
        by: &str,
        now: Instant,
    ) -> Result<(), StoreError> {
        self.execute(&WITHDRAW, &params![&record, RecordState::Staged, now]).await?;
        self.execute(&WITHDRAWN, &params![&record, now, by]).await?;
        Ok(())
    }
}
