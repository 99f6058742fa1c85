//! Revisions: what schemes sent about records, staged by a batch and made live when it is released.

use jiff::civil::Date;

use super::batches::names;
use super::seal::Owner;
use super::sql::{Bulk, Kind, Param, Query, params, sql};
use super::{Row, Session, StoreError, Tx};
use crate::model::{BatchId, Instant, RecordId, RevisionId};

/// Where a revision stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RevisionState {
    /// Its batch is not released.
    Staged,
    /// What is known now.
    Live,
    /// A later one took its place.
    Superseded,
    /// It was older than what was known when it came: kept aside.
    Stale,
    /// It pointed to a record that nobody sent: in quarantine.
    Refused,
}

names!(RevisionState {
    Staged = "staged",
    Live = "live",
    Superseded = "superseded",
    Stale = "stale",
    Refused = "refused",
});

/// One revision.
#[derive(Clone, Debug)]
pub struct Revision {
    /// Its id.
    pub id: RevisionId,
    /// Of which record.
    pub record_id: RecordId,
    /// Who brought it.
    pub batch_id: BatchId,
    /// 1, 2, … among those that became live; 0 for all others.
    pub number: i64,
    /// Where it stands.
    pub state: RevisionState,
    /// Hash of what was received.
    pub content: Vec<u8>,
    /// How old its data is.
    pub recorded_at: Instant,
    /// The day that its data describes, when the sender says it.
    pub data_as_of: Option<Date>,
    /// When it came.
    pub received_at: Instant,
    /// Line in the sender's file; 0 when there is none.
    pub line: u64,
    /// Number of its warnings.
    pub warnings: u64,
    /// Sealed: the raw record, the canonical one, its place and its warnings.
    pub sealed: Vec<u8>,
    /// The mapping that made it; none for the one that read its batch.
    pub made_by: Option<MadeBy>,
}

/// Which mapping made a revision again from what was received.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MadeBy {
    /// Its id and version, such as `ml-utm/1.2.0`.
    pub mapping: String,
    /// Hash of its text, in hexadecimal.
    pub hash: String,
}

/// What the sealed part of a revision belongs to.
#[must_use]
pub fn revision_owner(id: &RevisionId) -> Owner<'_> {
    Owner { table: "revisions", row: id.as_bytes() }
}

/// What a batch says about a known record beside revisions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mark {
    /// It holds the record exactly as known.
    Same,
    /// It is a snapshot and no longer holds the record.
    Absent,
}

names!(Mark { Same = "same", Absent = "absent" });

macro_rules! columns {
    () => {
        "id, record_id, batch_id, number, state, content, recorded_at, data_as_of, received_at, line, warnings, sealed, \
         mapping, mapping_hash"
    };
}

fn read(mut row: Row) -> Result<Revision, StoreError> {
    take(&mut row)
}

/// The revision whose columns come next.
pub(super) fn take(row: &mut Row) -> Result<Revision, StoreError> {
    Ok(Revision {
        id: row.take()?,
        record_id: row.take()?,
        batch_id: row.take()?,
        number: row.take()?,
        state: row.take()?,
        content: row.take()?,
        recorded_at: row.take()?,
        data_as_of: row.take_optional()?,
        received_at: row.take()?,
        line: row.take()?,
        warnings: row.take()?,
        sealed: row.take()?,
        made_by: match (row.take_optional()?, row.take_optional()?) {
            (Some(mapping), Some(hash)) => Some(MadeBy { mapping, hash }),
            _ => None,
        },
    })
}

sql! {
    ADD: Bulk = Bulk::insert(
        "revisions",
        &[
            ("id", Kind::Bytes),
            ("record_id", Kind::Bytes),
            ("batch_id", Kind::Bytes),
            ("number", Kind::Integer),
            ("state", Kind::Text),
            ("content", Kind::Bytes),
            ("recorded_at", Kind::Integer),
            ("data_as_of", Kind::Text),
            ("received_at", Kind::Integer),
            ("line", Kind::Integer),
            ("warnings", Kind::Integer),
            ("sealed", Kind::Bytes),
            ("mapping", Kind::Text),
            ("mapping_hash", Kind::Text),
        ],
        "",
    );
    OF_BATCH: Query = Query::same(concat!(
        "select ", columns!(), " from revisions
         where batch_id = $1 and state = $2 and (id > $3 or $3 is null) order by id limit $4"
    ));
    // Two releases may not judge the same record at once. SQLite has one writer anyway.
    LOCK: Query = Query::differing(
        "select id from records where id in (select unhex(value) from json_each($1)) order by id",
        "select id from records where id = any($1) order by id for update",
    );
    LIVE: Query = Query::differing(
        concat!("select ", columns!(), " from revisions
         where record_id in (select unhex(value) from json_each($1)) and state = 'live'"),
        concat!("select ", columns!(), " from revisions where record_id = any($1) and state = 'live'"),
    );
    OF_RECORD: Query = Query::same(concat!(
        "select ", columns!(), " from revisions where record_id = $1 order by id desc limit $2"
    ));
    STAGED_OF: Query = Query::same(concat!(
        "select ", columns!(), " from revisions where batch_id = $1 and record_id = $2 and state = 'staged'"
    ));
    WARNED: Query = Query::same(concat!(
        "select ", columns!(), " from revisions
         where state = 'live' and warnings > 0 and (id > $1 or $1 is null) order by id limit $2"
    ));
    SUPERSEDE: Query = Query::differing(
        "update revisions set state = 'superseded'
         where record_id in (select unhex(value) from json_each($1)) and state = 'live'",
        "update revisions set state = 'superseded' where record_id = any($1) and state = 'live'",
    );
    SETTLE: Query = Query::differing(
        "update revisions set state = $2, number = 1 + (
            select coalesce(max(r.number), 0) from revisions as r where r.record_id = revisions.record_id)
         where id in (select unhex(value) from json_each($1))",
        "update revisions set state = $2, number = 1 + (
            select coalesce(max(r.number), 0) from revisions as r where r.record_id = revisions.record_id)
         where id = any($1)",
    );
    SET_ASIDE: Query = Query::differing(
        "update revisions set state = $2 where id in (select unhex(value) from json_each($1))",
        "update revisions set state = $2 where id = any($1)",
    );
    FORGET_STAGED: Query =
        Query::same("delete from revisions where batch_id = $1 and state = 'staged'");
    MARK: Bulk = Bulk::insert(
        "batch_marks",
        &[("batch_id", Kind::Bytes), ("record_id", Kind::Bytes), ("mark", Kind::Text)],
        "on conflict (batch_id, record_id) do update set mark = excluded.mark",
    );
    MARKED: Query = Query::same(
        "select record_id from batch_marks
         where batch_id = $1 and mark = $2 order by record_id limit $3",
    );
    UNMARK_SOME: Query = Query::differing(
        "delete from batch_marks where batch_id = $1 and record_id in (select unhex(value) from json_each($2))",
        "delete from batch_marks where batch_id = $1 and record_id = any($2)",
    );
    UNMARK: Query = Query::same("delete from batch_marks where batch_id = $1");
}

impl Session {
    /// A page of the revisions that a batch brought, in order of id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revisions_of_batch(
        &mut self,
        batch: BatchId,
        state: RevisionState,
        after: Option<RevisionId>,
        limit: u32,
    ) -> Result<Vec<Revision>, StoreError> {
        let params = params![&batch, state, after.as_ref(), limit];
        self.fetch(&OF_BATCH, &params).await?.into_iter().map(read).collect()
    }

    /// The live revisions of these records.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn live_revisions(
        &mut self,
        records: &[RecordId],
    ) -> Result<Vec<Revision>, StoreError> {
        self.fetch(&LIVE, &[Param::keys(records)]).await?.into_iter().map(read).collect()
    }

    /// The revisions of a record, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revisions_of_record(
        &mut self,
        record: RecordId,
        limit: u32,
    ) -> Result<Vec<Revision>, StoreError> {
        self.fetch(&OF_RECORD, &params![&record, limit]).await?.into_iter().map(read).collect()
    }

    /// The revision of a record that a batch staged.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn staged_revision(
        &mut self,
        batch: BatchId,
        record: RecordId,
    ) -> Result<Option<Revision>, StoreError> {
        let row = self.fetch_optional(&STAGED_OF, &params![&batch, &record]).await?;
        row.map(read).transpose()
    }

    /// A page of live revisions that have warnings, in order of id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revisions_with_warnings(
        &mut self,
        after: Option<RevisionId>,
        limit: u32,
    ) -> Result<Vec<Revision>, StoreError> {
        self.fetch(&WARNED, &params![after.as_ref(), limit]).await?.into_iter().map(read).collect()
    }

    /// Records that a batch marked, the first ones in order of id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn marked_records(
        &mut self,
        batch: BatchId,
        mark: Mark,
        limit: u32,
    ) -> Result<Vec<RecordId>, StoreError> {
        let params = params![&batch, mark, limit];
        self.fetch(&MARKED, &params).await?.into_iter().map(|mut row| row.take()).collect()
    }
}

impl Tx {
    /// Adds revisions.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_revisions(&mut self, revisions: &[Revision]) -> Result<(), StoreError> {
        let rows: Vec<_> = revisions
            .iter()
            .map(|revision| {
                params![
                    &revision.id,
                    &revision.record_id,
                    &revision.batch_id,
                    revision.number,
                    revision.state,
                    &revision.content,
                    revision.recorded_at,
                    revision.data_as_of,
                    revision.received_at,
                    revision.line,
                    revision.warnings,
                    &revision.sealed,
                    revision.made_by.as_ref().map(|made_by| made_by.mapping.as_str()),
                    revision.made_by.as_ref().map(|made_by| made_by.hash.as_str()),
                ]
            })
            .collect();
        self.insert_many(&ADD, &rows).await?;
        Ok(())
    }

    /// Keeps other transactions from judging these records until this one ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_records(&mut self, records: &[RecordId]) -> Result<(), StoreError> {
        self.fetch(&LOCK, &[Param::keys(records)]).await?;
        Ok(())
    }

    /// Makes these revisions the live ones of their records.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn make_live(
        &mut self,
        revisions: &[RevisionId],
        records: &[RecordId],
    ) -> Result<(), StoreError> {
        self.execute(&SUPERSEDE, &[Param::keys(records)]).await?;
        let params = [Param::keys(revisions), Param::from(RevisionState::Live)];
        self.execute(&SETTLE, &params).await?;
        Ok(())
    }

    /// Sets revisions aside: stale, refused.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_aside(
        &mut self,
        revisions: &[RevisionId],
        state: RevisionState,
    ) -> Result<(), StoreError> {
        self.execute(&SET_ASIDE, &[Param::keys(revisions), Param::from(state)]).await?;
        Ok(())
    }

    /// Forgets what a batch staged, its marks too.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_staged(&mut self, batch: BatchId) -> Result<(), StoreError> {
        self.execute(&FORGET_STAGED, &params![&batch]).await?;
        self.execute(&UNMARK, &params![&batch]).await?;
        Ok(())
    }

    /// Marks known records for when the batch is released.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mark_records(
        &mut self,
        batch: BatchId,
        mark: Mark,
        records: &[RecordId],
    ) -> Result<(), StoreError> {
        let rows: Vec<_> = records.iter().map(|record| params![&batch, record, mark]).collect();
        self.insert_many(&MARK, &rows).await?;
        Ok(())
    }

    /// Forgets the marks of a batch on these records.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unmark_some(
        &mut self,
        batch: BatchId,
        records: &[RecordId],
    ) -> Result<(), StoreError> {
        self.execute(&UNMARK_SOME, &[Param::from(&batch), Param::keys(records)]).await?;
        Ok(())
    }

    /// Forgets the marks of a batch.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unmark_records(&mut self, batch: BatchId) -> Result<(), StoreError> {
        self.execute(&UNMARK, &params![&batch]).await?;
        Ok(())
    }
}
