//! The inbox of the linker: records that changed and are not linked yet.

use super::batches::names;
use super::sql::{Bulk, Kind, Param, Query, params, sql};
use super::{Session, StoreError, Tx};
use crate::model::{BatchId, Instant, RecordId};

/// What happened to a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InboxChange {
    /// It is new or different.
    Upsert,
    /// It is gone for good.
    Remove,
}

names!(InboxChange { Upsert = "upsert", Remove = "remove" });

/// One waiting change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InboxEntry {
    /// To forget it by, once it is linked. Positions are not the order of commits: never remember "up to here".
    pub position: i64,
    /// Which record.
    pub record_id: RecordId,
    /// The batch that brought it; none for a correction or an event of the hub itself.
    pub batch_id: Option<BatchId>,
    /// What happened.
    pub change: InboxChange,
}

sql! {
    ENQUEUE: Bulk = Bulk::insert(
        "inbox",
        &[
            ("record_id", Kind::Bytes),
            ("batch_id", Kind::Bytes),
            ("change", Kind::Text),
            ("enqueued_at", Kind::Integer),
        ],
        "",
    );
    NEXT: Query =
        Query::same("select position, record_id, batch_id, change from inbox order by position limit $1");
    DONE: Query = Query::differing(
        "delete from inbox where position in (select value from json_each($1))",
        "delete from inbox where position = any($1)",
    );
    LENGTH: Query = Query::same("select count(*) from inbox");
    OF_BATCH: Query = Query::same("select count(*) from inbox where batch_id = $1");
}

impl Session {
    /// What waits, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn inbox(&mut self, limit: u32) -> Result<Vec<InboxEntry>, StoreError> {
        let rows = self.fetch(&NEXT, &params![limit]).await?;
        let read = |mut row: super::Row| {
            Ok(InboxEntry {
                position: row.take()?,
                record_id: row.take()?,
                batch_id: row.take_optional()?,
                change: row.take()?,
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// How many changes wait.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn inbox_length(&mut self) -> Result<u64, StoreError> {
        self.fetch_one(&LENGTH, &[]).await?.take()
    }

    /// How many changes of one batch wait: for `?wait=linked`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn inbox_of_batch(&mut self, batch: BatchId) -> Result<u64, StoreError> {
        self.fetch_one(&OF_BATCH, &params![&batch]).await?.take()
    }
}

impl Tx {
    /// Puts changed records into the inbox.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn enqueue(
        &mut self,
        records: &[RecordId],
        batch: Option<BatchId>,
        change: InboxChange,
        now: Instant,
    ) -> Result<(), StoreError> {
        let batch = batch.as_ref();
        let rows: Vec<_> =
            records.iter().map(|record| params![record, batch, change, now]).collect();
        self.insert_many(&ENQUEUE, &rows).await?;
        Ok(())
    }

    /// Forgets entries that [`Session::inbox`] gave and that are linked now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_inbox(&mut self, entries: &[InboxEntry]) -> Result<(), StoreError> {
        // By exact positions: a lower one may commit after this list was read.
        let positions = entries.iter().map(|entry| entry.position).collect();
        self.execute(&DONE, &[Param::Numbers(positions)]).await?;
        Ok(())
    }
}
