//! Replays: runs of a mapping over what is stored, and the pages of what they examine.

use jiff::civil::Date;

use super::batches::names;
use super::revisions::{self, Revision};
use super::sql::{Param, Query, params, sql};
use super::{KeyedHash, Row, Session, StoreError, Tx};
use crate::model::{Instant, QuarantineId, ReplayId, RevisionId, SchemeId};
use crate::store::quarantine::{self, Quarantined};

/// Where a replay stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReplayState {
    /// It works, or waits for a process that goes on with it.
    Running,
    /// Everything was examined.
    Done,
    /// Somebody stopped it; what it made until then stands.
    Cancelled,
}

names!(ReplayState { Running = "running", Done = "done", Cancelled = "cancelled" });

/// What a replay examines, one after the other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// Records in force.
    Kept,
    /// Refused records that wait.
    Waiting,
}

names!(Phase { Kept = "kept", Waiting = "waiting" });

/// A replay as stored.
#[derive(Clone, Debug)]
pub struct Replay {
    /// Its id.
    pub id: ReplayId,
    /// Whose records.
    pub scheme: SchemeId,
    /// Id of the mapping.
    pub mapping: String,
    /// Its version.
    pub version: String,
    /// Hash of its text, in hexadecimal.
    pub mapping_hash: String,
    /// Its text.
    pub text: String,
    /// Where it stands.
    pub state: ReplayState,
    /// What it examines now.
    pub phase: Phase,
    /// The last id that was examined in this phase.
    pub position: Option<Vec<u8>>,
    /// Records to examine, counted when it began.
    pub total: u64,
    /// What it came to until now, as JSON.
    pub report: String,
    /// When it began: what came later is not examined.
    pub started_at: Instant,
    /// Who is answerable.
    pub started_by: String,
    /// When its last page was written.
    pub touched_at: Instant,
    /// When it ended.
    pub finished_at: Option<Instant>,
}

/// A record in force with its live revision.
#[derive(Clone, Debug)]
pub struct KeptRow {
    /// The live revision.
    pub revision: Revision,
    /// Hash of the record's id.
    pub key: KeyedHash,
    /// Hash of the mapping that made it.
    pub made_by: Option<String>,
}

/// A refused record that waits, with the age of its file.
#[derive(Clone, Debug)]
pub struct WaitingRow {
    /// The refused record.
    pub refused: Quarantined,
    /// The day that its file describes, when the sender says it.
    pub data_as_of: Option<Date>,
    /// How old the data of its file is.
    pub recorded_at: Instant,
}

/// Which records a mapping is tried on.
#[derive(Clone, Copy)]
pub struct Examined<'e> {
    /// Whose.
    pub scheme: &'e SchemeId,
    /// Read with a mapping of this id, in whatever version.
    pub mapping: &'e str,
}

macro_rules! columns {
    () => {
        "id, scheme, mapping, version, mapping_hash, text, state, phase, position, total, report, started_at, started_by, \
         touched_at, finished_at"
    };
}

fn read(mut row: Row) -> Result<Replay, StoreError> {
    Ok(Replay {
        id: row.take()?,
        scheme: row.take()?,
        mapping: row.take()?,
        version: row.take()?,
        mapping_hash: row.take()?,
        text: row.take()?,
        state: row.take()?,
        phase: row.take()?,
        position: row.take_optional()?,
        total: row.take()?,
        report: row.take()?,
        started_at: row.take()?,
        started_by: row.take()?,
        touched_at: row.take()?,
        finished_at: row.take_optional()?,
    })
}

// `cross join` keeps SQLite from another order of tables: the newest revisions come first without sorting them all.
sql! {
    KEPT: Query = Query::same(
        "select v.id, v.record_id, v.batch_id, v.number, v.state, v.content, v.recorded_at, v.data_as_of, v.received_at,
            v.line, v.warnings, v.sealed, v.mapping, v.mapping_hash, r.record_key, coalesce(v.mapping_hash, b.mapping_hash)
         from revisions as v cross join records as r cross join batches as b
         where v.state = 'live' and r.id = v.record_id and r.scheme = $1
            and b.id = v.batch_id and b.kind = 'records' and substr(b.mapping, 1, length($2)) = $2
            and v.id < $3
         order by v.id desc limit $4",
    );
    WAITING: Query = Query::same(
        "select q.id, q.batch_id, q.scheme, q.record_key, q.content, q.state, q.line, q.received_at, q.closed_at, q.sealed,
            b.data_as_of, b.recorded_at
         from quarantine as q cross join batches as b
         where q.scheme = $1 and q.state = 'open'
            and b.id = q.batch_id and b.kind = 'records' and b.state = 'released'
            and substr(b.mapping, 1, length($2)) = $2
            and q.id > $3 and q.id < $4
         order by q.id limit $5",
    );
    TOTAL: Query = Query::same(
        "select (select count(*) from records where scheme = $1 and state <> 'staged')
            + (select count(*) from quarantine where scheme = $1 and state = 'open')",
    );
    WAIT_ABOUT: Query = Query::differing(
        "select distinct record_key from quarantine
         where state = 'open' and record_key in (select unhex(value) from json_each($1))",
        "select distinct record_key from quarantine where state = 'open' and record_key = any($1)",
    );
    NAMED: Query = Query::differing(
        "select distinct record_key from quarantine
         where state not in ('staged', 'dismissed') and record_key in (select unhex(value) from json_each($1))",
        "select distinct record_key from quarantine
         where state not in ('staged', 'dismissed') and record_key = any($1)",
    );
    ADD: Query = Query::same(
        "insert into replays (id, scheme, mapping, version, mapping_hash, text, state, phase, total, report, started_at,
            started_by, touched_at)
         values ($1, $2, $3, $4, $5, $6, 'running', 'kept', $7, $8, $9, $10, $9)",
    );
    BY_ID: Query = Query::same(concat!("select ", columns!(), " from replays where id = $1"));
    RUNNING: Query = Query::same(concat!(
        "select ", columns!(), " from replays where state = 'running' order by id limit 1"
    ));
    LIST: Query = Query::same(concat!(
        "select ", columns!(), " from replays where mapping = $1 and (id < $2 or $2 is null) order by id desc limit $3"
    ));
    ADVANCE: Query = Query::same(
        "update replays set phase = $2, position = $3, report = $4, touched_at = $5 where id = $1 and state = 'running'",
    );
    END: Query = Query::same(
        "update replays set state = $2, finished_at = $3, touched_at = $3 where id = $1 and state = 'running'",
    );
}

impl Session {
    /// A page of the records in force, the last received first, before `before`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kept_page(
        &mut self,
        of: Examined<'_>,
        before: RevisionId,
        limit: u32,
    ) -> Result<Vec<KeptRow>, StoreError> {
        let mapping = format!("{}/", of.mapping);
        let rows = self.fetch(&KEPT, &params![of.scheme, &mapping, &before, limit]).await?;
        let read = |mut row: Row| {
            Ok(KeptRow {
                revision: revisions::take(&mut row)?,
                key: row.take()?,
                made_by: row.take_optional()?,
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// A page of the refused records that wait, the first received first, between two ids.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn waiting_page(
        &mut self,
        of: Examined<'_>,
        after: QuarantineId,
        before: QuarantineId,
        limit: u32,
    ) -> Result<Vec<WaitingRow>, StoreError> {
        let mapping = format!("{}/", of.mapping);
        let params = params![of.scheme, &mapping, &after, &before, limit];
        let read = |mut row: Row| {
            Ok(WaitingRow {
                refused: quarantine::take(&mut row)?,
                data_as_of: row.take_optional()?,
                recorded_at: row.take()?,
            })
        };
        self.fetch(&WAITING, &params).await?.into_iter().map(read).collect()
    }

    /// How many records of a scheme there are to examine, in force and waiting.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replay_total(&mut self, scheme: &SchemeId) -> Result<u64, StoreError> {
        self.fetch_one(&TOTAL, &params![scheme]).await?.take()
    }

    /// Those of `records` about which something waits.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn waiting_about(
        &mut self,
        records: &[KeyedHash],
    ) -> Result<Vec<KeyedHash>, StoreError> {
        let rows = self.fetch(&WAIT_ABOUT, &[Param::keys(records)]).await?;
        rows.into_iter().map(|mut row| row.take()).collect()
    }

    /// Those of `records` that were sent and refused at some time, and not dismissed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refused_once(
        &mut self,
        records: &[KeyedHash],
    ) -> Result<Vec<KeyedHash>, StoreError> {
        let rows = self.fetch(&NAMED, &[Param::keys(records)]).await?;
        rows.into_iter().map(|mut row| row.take()).collect()
    }

    /// A replay.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replay(&mut self, id: ReplayId) -> Result<Option<Replay>, StoreError> {
        self.fetch_optional(&BY_ID, &params![&id]).await?.map(read).transpose()
    }

    /// The oldest replay that is not at its end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn running_replay(&mut self) -> Result<Option<Replay>, StoreError> {
        self.fetch_optional(&RUNNING, &params![]).await?.map(read).transpose()
    }

    /// Replays of a mapping, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replays(
        &mut self,
        mapping: &str,
        before: Option<ReplayId>,
        limit: u32,
    ) -> Result<Vec<Replay>, StoreError> {
        let rows = self.fetch(&LIST, &params![mapping, before.as_ref(), limit]).await?;
        rows.into_iter().map(read).collect()
    }
}

impl Tx {
    /// Adds a replay that has examined nothing yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_replay(&mut self, replay: &Replay) -> Result<(), StoreError> {
        let params = params![
            &replay.id,
            &replay.scheme,
            &replay.mapping,
            &replay.version,
            &replay.mapping_hash,
            &replay.text,
            replay.total,
            &replay.report,
            replay.started_at,
            &replay.started_by,
        ];
        self.execute(&ADD, &params).await?;
        Ok(())
    }

    /// Writes how far a replay is; false when it does not run any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn advance_replay(
        &mut self,
        replay: &Replay,
        now: Instant,
    ) -> Result<bool, StoreError> {
        let position = replay.position.as_deref();
        let params = params![&replay.id, replay.phase, position, &replay.report, now];
        Ok(self.execute(&ADVANCE, &params).await? == 1)
    }

    /// Ends a replay; false when it had ended before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_replay(
        &mut self,
        id: ReplayId,
        state: ReplayState,
        now: Instant,
    ) -> Result<bool, StoreError> {
        Ok(self.execute(&END, &params![&id, state, now]).await? == 1)
    }
}
