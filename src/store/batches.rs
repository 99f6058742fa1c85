//! Batches: one row for each file or message of a scheme. The model of a topic file; see [`sql`](super::sql).

use jiff::civil::Date;

use super::sql::{Query, below, params, sql};
use super::{Row, Session, StoreError, Tx};
use crate::model::{BatchId, Instant, SchemeId};

/// What a batch holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BatchKind {
    /// Beneficiary records.
    Records,
    /// Events about records.
    Events,
}

/// Whether a file says everything.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Mode {
    /// What changed; absent records are untouched.
    #[default]
    Delta,
    /// The whole list: what is absent has ended.
    Snapshot,
}

/// Where a batch stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BatchState {
    /// Chunks arrive; nothing of it counts yet.
    Receiving,
    /// Complete, but a person must look at it first.
    Held,
    /// Being made live, page by page.
    Releasing,
    /// Live.
    Released,
    /// A person refused it.
    Discarded,
    /// Its sender never finished.
    Abandoned,
}

/// Gives an enum its stored names.
macro_rules! names {
    ($type:ident { $($variant:ident = $name:literal),* $(,)? }) => {
        impl $type {
            /// As stored and shown.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// From what is stored or asked for.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($name => Some(Self::$variant),)* _ => None }
            }
        }

        impl super::Cell for $type {
            type Raw = String;

            fn from_raw(raw: String) -> Option<Self> {
                Self::parse(&raw)
            }
        }

        impl From<$type> for super::Param<'_> {
            fn from(value: $type) -> Self {
                Self::from(value.name())
            }
        }
    };
}

pub(super) use names;

names!(BatchKind { Records = "records", Events = "events" });
names!(Mode { Delta = "delta", Snapshot = "snapshot" });
names!(BatchState {
    Receiving = "receiving",
    Held = "held",
    Releasing = "releasing",
    Released = "released",
    Discarded = "discarded",
    Abandoned = "abandoned",
});

/// What became of the records of a batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize)]
pub struct Counts {
    /// Read from the file, broken ones too.
    pub received: u64,
    /// Valid.
    pub accepted: u64,
    /// Accepted and never seen before.
    pub new_records: u64,
    /// Accepted and different from what was known.
    pub changed: u64,
    /// Accepted and already known exactly so.
    pub unchanged: u64,
    /// Accepted, but older than what is known: kept aside, changing nothing.
    pub stale: u64,
    /// Not valid: in quarantine.
    pub refused: u64,
    /// Warnings on accepted records.
    pub warnings: u64,
    /// Known records that a snapshot no longer holds.
    pub absent: u64,
    /// Records that were read with a value put right in the hub.
    pub corrected: u64,
}

/// A batch as stored.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Its id.
    pub id: BatchId,
    /// Who sent it.
    pub scheme: SchemeId,
    /// Records or events.
    pub kind: BatchKind,
    /// Delta or snapshot.
    pub mode: Mode,
    /// Where it stands.
    pub state: BatchState,
    /// The sender's key for "this is the same sending".
    pub idempotency_key: Option<String>,
    /// Hash of the whole body, once it was read.
    pub body_hash: Option<Vec<u8>>,
    /// How often this key began to send; only the newest may write.
    pub epoch: i64,
    /// The sender's file name, sealed for this batch.
    pub file_name: Option<Vec<u8>>,
    /// Id and version of the mapping that read it.
    pub mapping: Option<String>,
    /// Hash of that mapping.
    pub mapping_hash: Option<String>,
    /// The day that the data describes, when the sender says it.
    pub data_as_of: Option<Date>,
    /// The moment of that day, else of arrival: decides which of two files is older.
    pub recorded_at: Instant,
    /// When it began to arrive.
    pub received_at: Instant,
    /// When it was complete.
    pub finished_at: Option<Instant>,
    /// When it became live.
    pub released_at: Option<Instant>,
    /// Why it is held: `refused` or `absent`.
    pub hold_reason: Option<String>,
    /// False when the file broke off.
    pub complete: bool,
    /// What became of its records.
    pub counts: Counts,
    /// Values dropped on entry, `{"field": count}`.
    pub dropped: String,
}

/// The columns of a batch, in the order of [`read`].
macro_rules! columns {
    () => {
        "id, scheme, kind, mode, state, idempotency_key, body_hash, epoch, file_name, mapping, mapping_hash, \
         data_as_of, recorded_at, received_at, finished_at, released_at, hold_reason, complete, received, accepted, \
         new_records, changed, unchanged, stale, refused, warnings, absent, corrected, dropped"
    };
}

macro_rules! newest {
    ($which:literal) => {
        concat!("select ", columns!(), " from batches where ", $which, " and id < $2 order by id desc limit $3")
    };
}

fn read(mut row: Row) -> Result<Batch, StoreError> {
    Ok(Batch {
        id: row.take()?,
        scheme: row.take()?,
        kind: row.take()?,
        mode: row.take()?,
        state: row.take()?,
        idempotency_key: row.take_optional()?,
        body_hash: row.take_optional()?,
        epoch: row.take()?,
        file_name: row.take_optional()?,
        mapping: row.take_optional()?,
        mapping_hash: row.take_optional()?,
        data_as_of: row.take_optional()?,
        recorded_at: row.take()?,
        received_at: row.take()?,
        finished_at: row.take_optional()?,
        released_at: row.take_optional()?,
        hold_reason: row.take_optional()?,
        complete: row.take()?,
        counts: Counts {
            received: row.take()?,
            accepted: row.take()?,
            new_records: row.take()?,
            changed: row.take()?,
            unchanged: row.take()?,
            stale: row.take()?,
            refused: row.take()?,
            warnings: row.take()?,
            absent: row.take()?,
            corrected: row.take()?,
        },
        dropped: row.take()?,
    })
}

sql! {
    BEGIN: Query = Query::same(
        "insert into batches (id, scheme, kind, mode, state, idempotency_key, epoch, file_name, mapping, mapping_hash,
            data_as_of, recorded_at, received_at, touched_at, complete, received, accepted, new_records, changed,
            unchanged, stale, refused, warnings, absent, corrected, dropped)
         values ($1, $2, $3, $4, 'receiving', $5, 1, $6, $7, $8, $9, $10, $11, $11, $12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '{}')
         on conflict (scheme, idempotency_key) do nothing",
    );
    BY_ID: Query = Query::same(concat!("select ", columns!(), " from batches where id = $1"));
    BY_KEY: Query = Query::same(concat!(
        "select ", columns!(), " from batches where scheme = $1 and idempotency_key = $2"
    ));
    NEWEST: Query = Query::same(newest!("cast($1 as text) is null"));
    NEWEST_OF_SCHEME: Query = Query::same(newest!("scheme = $1"));
    HELD: Query = Query::same(newest!("state = 'held' and (scheme = $1 or $1 is null)"));
    UNTOUCHED: Query = Query::same(concat!(
        "select ", columns!(), " from batches where state = $1 and touched_at < $2 order by id"
    ));
    TAKE_OVER: Query = Query::same(
        "update batches set epoch = epoch + 1, touched_at = $2, received_at = $2, recorded_at = $3, mode = $4,
            mapping = $5, mapping_hash = $6, file_name = $7, data_as_of = $8, state = 'receiving'
         where id = $1 and state in ('receiving', 'abandoned')",
    );
    TOUCH: Query = Query::same(
        "update batches set touched_at = $3, received = $4, refused = $5
         where id = $1 and epoch = $2 and state = 'receiving'",
    );
    FINISH: Query = Query::same(
        "update batches set state = $3, body_hash = $4, finished_at = $5, touched_at = $5, hold_reason = $6,
            complete = $7, received = $8, accepted = $9, new_records = $10, changed = $11, unchanged = $12, stale = $13,
            refused = $14, warnings = $15, absent = $16, dropped = $17, corrected = $18
         where id = $1 and epoch = $2 and state = 'receiving'",
    );
    TOUCH_RELEASING: Query = Query::same(
        "update batches set touched_at = $2 where id = $1 and state = 'releasing'",
    );
    MOVE: Query = Query::same(
        "update batches set state = $3, touched_at = $4,
            released_at = case when $3 = 'released' then $4 else released_at end
         where id = $1 and state = $2",
    );
}

impl Session {
    /// A batch by its id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn batch(&mut self, id: BatchId) -> Result<Option<Batch>, StoreError> {
        let row = self.fetch_optional(&BY_ID, &params![&id]).await?;
        row.map(read).transpose()
    }

    /// The batch that a scheme sent under this idempotency key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn batch_by_key(
        &mut self,
        scheme: &SchemeId,
        key: &str,
    ) -> Result<Option<Batch>, StoreError> {
        let row = self.fetch_optional(&BY_KEY, &params![scheme, key]).await?;
        row.map(read).transpose()
    }

    /// Batches, newest first, before `before` when given.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn batches(
        &mut self,
        scheme: Option<&SchemeId>,
        before: Option<BatchId>,
        limit: u32,
    ) -> Result<Vec<Batch>, StoreError> {
        let query = if scheme.is_some() { &NEWEST_OF_SCHEME } else { &NEWEST };
        let rows = self.fetch(query, &params![scheme, below(before.as_ref()), limit]).await?;
        rows.into_iter().map(read).collect()
    }

    /// Batches that wait for a person's word, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn held_batches(
        &mut self,
        scheme: Option<&SchemeId>,
        limit: u32,
    ) -> Result<Vec<Batch>, StoreError> {
        let rows = self.fetch(&HELD, &params![scheme, below::<BatchId>(None), limit]).await?;
        rows.into_iter().map(read).collect()
    }

    /// Batches in `state` that nobody touched since `before`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn batches_untouched(
        &mut self,
        state: BatchState,
        before: Instant,
    ) -> Result<Vec<Batch>, StoreError> {
        let rows = self.fetch(&UNTOUCHED, &params![state, before]).await?;
        rows.into_iter().map(read).collect()
    }
}

impl Tx {
    /// Begins a batch; false when its scheme already used its idempotency key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_batch(&mut self, batch: &Batch) -> Result<bool, StoreError> {
        let params = params![
            &batch.id,
            &batch.scheme,
            batch.kind,
            batch.mode,
            batch.idempotency_key.as_deref(),
            batch.file_name.as_deref(),
            batch.mapping.as_deref(),
            batch.mapping_hash.as_deref(),
            batch.data_as_of,
            batch.recorded_at,
            batch.received_at,
            batch.complete,
        ];
        Ok(self.execute(&BEGIN, &params).await? == 1)
    }

    /// Lets a new sending of an unfinished batch replace the older one, which can write no more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_over_batch(&mut self, batch: &Batch) -> Result<bool, StoreError> {
        let params = params![
            &batch.id,
            batch.received_at,
            batch.recorded_at,
            batch.mode,
            batch.mapping.as_deref(),
            batch.mapping_hash.as_deref(),
            batch.file_name.as_deref(),
            batch.data_as_of,
        ];
        Ok(self.execute(&TAKE_OVER, &params).await? == 1)
    }

    /// Says that this sending is alive, and how much of it was read; false when it was replaced by a newer one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_batch(
        &mut self,
        id: BatchId,
        epoch: i64,
        read: &Counts,
        now: Instant,
    ) -> Result<bool, StoreError> {
        let bound = params![&id, epoch, now, read.received, read.refused];
        Ok(self.execute(&TOUCH, &bound).await? == 1)
    }

    /// Says that the release of a batch goes on, and keeps other processes from going on with it until this
    /// transaction ends; false when it is not being released.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_releasing(&mut self, id: BatchId, now: Instant) -> Result<bool, StoreError> {
        Ok(self.execute(&TOUCH_RELEASING, &params![&id, now]).await? == 1)
    }

    /// Writes how the reading ended; false when this sending was replaced by a newer one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish_batch(&mut self, batch: &Batch) -> Result<bool, StoreError> {
        let counts = &batch.counts;
        let params = params![
            &batch.id,
            batch.epoch,
            batch.state,
            batch.body_hash.as_deref(),
            batch.finished_at,
            batch.hold_reason.as_deref(),
            batch.complete,
            counts.received,
            counts.accepted,
            counts.new_records,
            counts.changed,
            counts.unchanged,
            counts.stale,
            counts.refused,
            counts.warnings,
            counts.absent,
            &batch.dropped,
            counts.corrected,
        ];
        Ok(self.execute(&FINISH, &params).await? == 1)
    }

    /// Moves a batch from one state to the next; false when it was not in the first one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn move_batch(
        &mut self,
        id: BatchId,
        from: BatchState,
        to: BatchState,
        now: Instant,
    ) -> Result<bool, StoreError> {
        Ok(self.execute(&MOVE, &params![&id, from, to, now]).await? == 1)
    }
}
