//! Records: the live state of each, found by keyed hash. Their history is [`revisions`](super::revisions).

use jiff::civil::Date;

use super::batches::names;
use super::seal::Owner;
use super::sql::{Bulk, Kind, Param, Query, params, sql};
use super::{KeyedHash, Keys, Row, Session, StoreError, Tx};
use crate::model::{BatchId, BeneficiaryRecord, Instant, RecordId, SchemeId};

/// Where a record stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RecordState {
    /// It does not count: named by a batch that is not released, or withdrawn by its scheme.
    Staged,
    /// Known.
    Live,
    /// A snapshot no longer held it: its coverages are closed.
    Absent,
}

names!(RecordState { Staged = "staged", Live = "live", Absent = "absent" });

/// The hash by which a scheme's record is found.
#[must_use]
pub fn record_key(keys: &Keys, scheme: &SchemeId, record_id: &str) -> KeyedHash {
    keys.hash("record", &[scheme.as_str(), record_id])
}

/// The hash by which the records of a contract are found.
#[must_use]
pub fn contract_key(keys: &Keys, scheme: &SchemeId, contract_id: &str) -> KeyedHash {
    keys.hash("contract", &[scheme.as_str(), contract_id])
}

/// What a batch must know of a record to judge a new revision of it.
#[derive(Clone, Debug)]
pub struct KnownRecord {
    /// Its id.
    pub id: RecordId,
    /// Its hash.
    pub key: KeyedHash,
    /// Where it stands.
    pub state: RecordState,
    /// Number of its live revision; 0 when there is none.
    pub revision: i64,
    /// Hash of its live revision.
    pub content: Option<Vec<u8>>,
    /// How old the data of its live revision is.
    pub recorded_at: Option<Instant>,
}

/// A record with its sealed effective document.
#[derive(Clone, Debug)]
pub struct StoredRecord {
    /// Its id.
    pub id: RecordId,
    /// Who sent it.
    pub scheme: SchemeId,
    /// Its hash.
    pub key: KeyedHash,
    /// Hash of its contract.
    pub contract_key: Option<KeyedHash>,
    /// Where it stands.
    pub state: RecordState,
    /// Number of its live revision.
    pub revision: i64,
    /// Hash of its live revision as received.
    pub content: Vec<u8>,
    /// How old its data is.
    pub recorded_at: Instant,
    /// The batch that brought the live revision.
    pub batch_id: BatchId,
    /// Sealed effective record: the live revision with its corrections and events.
    pub current: Vec<u8>,
    /// When the hub first met it.
    pub created_at: Instant,
    /// When the effective record last changed.
    pub updated_at: Instant,
    /// The day from which a snapshot no longer held it.
    pub absent_since: Option<Date>,
}

impl StoredRecord {
    /// The effective record.
    ///
    /// # Errors
    /// When the sealed document does not open.
    pub fn open(&self, keys: &Keys) -> Result<BeneficiaryRecord, StoreError> {
        let plain = keys.open(current_owner(&self.id), &self.current)?;
        BeneficiaryRecord::from_json(&plain).map_err(|_| StoreError::Sealed)
    }
}

/// What the sealed effective document of a record belongs to.
#[must_use]
pub fn current_owner(id: &RecordId) -> Owner<'_> {
    Owner { table: "records", row: id.as_bytes() }
}

macro_rules! columns {
    () => {
        "id, scheme, record_key, contract_key, state, revision, content, recorded_at, batch_id, current, created_at, \
         updated_at, absent_since"
    };
}

fn read(mut row: Row) -> Result<StoredRecord, StoreError> {
    Ok(StoredRecord {
        id: row.take()?,
        scheme: row.take()?,
        key: row.take()?,
        contract_key: row.take_optional()?,
        state: row.take()?,
        revision: row.take()?,
        content: row.take()?,
        recorded_at: row.take()?,
        batch_id: row.take()?,
        current: row.take()?,
        created_at: row.take()?,
        updated_at: row.take()?,
        absent_since: row.take_optional()?,
    })
}

fn read_known(mut row: Row) -> Result<KnownRecord, StoreError> {
    Ok(KnownRecord {
        id: row.take()?,
        key: row.take()?,
        state: row.take()?,
        revision: row.take()?,
        content: row.take_optional()?,
        recorded_at: row.take_optional()?,
    })
}

// Lists of keys: SQLite has no arrays, see `sql`. A record without a live revision is never shown.
sql! {
    KNOWN: Query = Query::differing(
        "select id, record_key, state, revision, content, recorded_at from records
         where scheme = $1 and record_key in (select unhex(value) from json_each($2))",
        "select id, record_key, state, revision, content, recorded_at from records
         where scheme = $1 and record_key = any($2)",
    );
    KNOWN_BY_IDS: Query = Query::differing(
        "select id, record_key, state, revision, content, recorded_at from records
         where id in (select unhex(value) from json_each($1))",
        "select id, record_key, state, revision, content, recorded_at from records where id = any($1)",
    );
    STAGE: Bulk = Bulk::insert(
        "records",
        &[
            ("id", Kind::Bytes),
            ("scheme", Kind::Text),
            ("record_key", Kind::Bytes),
            ("state", Kind::Text),
            ("revision", Kind::Integer),
            ("created_at", Kind::Integer),
            ("updated_at", Kind::Integer),
        ],
        "on conflict (scheme, record_key) do nothing",
    );
    PUT: Bulk = Bulk::insert(
        "records",
        &[
            ("id", Kind::Bytes),
            ("scheme", Kind::Text),
            ("record_key", Kind::Bytes),
            ("contract_key", Kind::Bytes),
            ("state", Kind::Text),
            ("revision", Kind::Integer),
            ("content", Kind::Bytes),
            ("recorded_at", Kind::Integer),
            ("batch_id", Kind::Bytes),
            ("current", Kind::Bytes),
            ("created_at", Kind::Integer),
            ("updated_at", Kind::Integer),
            ("absent_since", Kind::Text),
        ],
        "on conflict (id) do update set contract_key = excluded.contract_key, state = excluded.state,
            revision = excluded.revision, content = excluded.content, recorded_at = excluded.recorded_at,
            batch_id = excluded.batch_id, current = excluded.current, updated_at = excluded.updated_at,
            absent_since = excluded.absent_since",
    );
    BY_IDS: Query = Query::differing(
        concat!("select ", columns!(), " from records
         where id in (select unhex(value) from json_each($1)) and state <> 'staged' order by id"),
        concat!("select ", columns!(), " from records where id = any($1) and state <> 'staged' order by id"),
    );
    BY_KEYS: Query = Query::differing(
        concat!("select ", columns!(), " from records
         where record_key in (select unhex(value) from json_each($1)) and state <> 'staged' order by id"),
        concat!("select ", columns!(), " from records where record_key = any($1) and state <> 'staged' order by id"),
    );
    BY_CONTRACTS: Query = Query::differing(
        concat!("select ", columns!(), " from records
         where contract_key in (select unhex(value) from json_each($1)) and state <> 'staged' order by id"),
        concat!("select ", columns!(), " from records where contract_key = any($1) and state <> 'staged' order by id"),
    );
    PAGE: Query = Query::same(concat!(
        "select ", columns!(), " from records
         where (scheme = $1 or $1 is null) and (id > $2 or $2 is null) and state <> 'staged' order by id limit $3"
    ));
    CHANGED: Query = Query::same(concat!(
        "select ", columns!(), " from records
         where (scheme = $1 or $1 is null) and updated_at >= $2 and updated_at < $3 and (id > $4 or $4 is null)
            and state <> 'staged' order by id limit $5"
    ));
    COUNT_CHANGED: Query = Query::same(
        "select count(*) from records
         where (scheme = $1 or $1 is null) and updated_at >= $2 and updated_at < $3 and state <> 'staged'",
    );
    LIVE_KEYS: Query = Query::same(
        "select id, record_key from records
         where scheme = $1 and state = 'live' and recorded_at <= $2 and (id > $3 or $3 is null) order by id limit $4",
    );
    CONFIRM: Query = Query::same(
        "update records set recorded_at = $2
         where recorded_at < $2
            and id in (select record_id from batch_marks where batch_id = $1 and mark = 'same')",
    );
}

impl Session {
    /// Those of `keys` that are known in any state.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn known_records(
        &mut self,
        scheme: &SchemeId,
        keys: &[KeyedHash],
    ) -> Result<Vec<KnownRecord>, StoreError> {
        let rows = self.fetch(&KNOWN, &params![scheme, Param::keys(keys)]).await?;
        rows.into_iter().map(read_known).collect()
    }

    /// What is known of these records, in any state.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn known_records_by_ids(
        &mut self,
        ids: &[RecordId],
    ) -> Result<Vec<KnownRecord>, StoreError> {
        let rows = self.fetch(&KNOWN_BY_IDS, &[Param::keys(ids)]).await?;
        rows.into_iter().map(read_known).collect()
    }

    /// Records by their ids.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn records(&mut self, ids: &[RecordId]) -> Result<Vec<StoredRecord>, StoreError> {
        let rows = self.fetch(&BY_IDS, &[Param::keys(ids)]).await?;
        rows.into_iter().map(read).collect()
    }

    /// Records by their hashes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn records_by_keys(
        &mut self,
        keys: &[KeyedHash],
    ) -> Result<Vec<StoredRecord>, StoreError> {
        let rows = self.fetch(&BY_KEYS, &[Param::keys(keys)]).await?;
        rows.into_iter().map(read).collect()
    }

    /// Every record of these contracts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn records_of_contracts(
        &mut self,
        contracts: &[KeyedHash],
    ) -> Result<Vec<StoredRecord>, StoreError> {
        let rows = self.fetch(&BY_CONTRACTS, &[Param::keys(contracts)]).await?;
        rows.into_iter().map(read).collect()
    }

    /// A page of records in order of id, after `after`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record_page(
        &mut self,
        scheme: Option<&SchemeId>,
        after: Option<RecordId>,
        limit: u32,
    ) -> Result<Vec<StoredRecord>, StoreError> {
        let rows = self.fetch(&PAGE, &params![scheme, after.as_ref(), limit]).await?;
        rows.into_iter().map(read).collect()
    }

    /// A page of the records that last changed within a span, its end excluded, in order of id, after `after`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn changed_within(
        &mut self,
        scheme: Option<&SchemeId>,
        (since, until): (Instant, Instant),
        after: Option<RecordId>,
        limit: u32,
    ) -> Result<Vec<StoredRecord>, StoreError> {
        let params = params![scheme, since, until, after.as_ref(), limit];
        self.fetch(&CHANGED, &params).await?.into_iter().map(read).collect()
    }

    /// How many records last changed within a span, its end excluded.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_changed_within(
        &mut self,
        scheme: Option<&SchemeId>,
        (since, until): (Instant, Instant),
    ) -> Result<u64, StoreError> {
        let row = self.fetch_optional(&COUNT_CHANGED, &params![scheme, since, until]).await?;
        row.map_or(Ok(0), |mut row| row.take())
    }

    /// A page of ids and hashes of the live records of a scheme whose data is not newer than `recorded_at`, in order
    /// of id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn live_keys(
        &mut self,
        scheme: &SchemeId,
        recorded_at: Instant,
        after: Option<RecordId>,
        limit: u32,
    ) -> Result<Vec<(RecordId, KeyedHash)>, StoreError> {
        let params = params![scheme, recorded_at, after.as_ref(), limit];
        let rows = self.fetch(&LIVE_KEYS, &params).await?;
        rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
    }
}

impl Tx {
    /// Names records that were never seen before, so that revisions can hang on them.
    ///
    /// A record that another transaction named meanwhile keeps the id that it got there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn stage_records(
        &mut self,
        scheme: &SchemeId,
        new: &[(RecordId, KeyedHash)],
        now: Instant,
    ) -> Result<u64, StoreError> {
        let row = |(id, key): &'_ (RecordId, KeyedHash)| -> [Param<'static>; 7] {
            [
                Param::from(id.as_bytes().to_vec()),
                Param::from(scheme.as_str().to_owned()),
                Param::from(key.as_bytes().to_vec()),
                Param::from(RecordState::Staged),
                Param::from(0_i64),
                Param::from(now),
                Param::from(now),
            ]
        };
        let rows: Vec<_> = new.iter().map(row).collect();
        self.insert_many(&STAGE, &rows).await
    }

    /// Writes the live state of records.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_records(&mut self, records: &[StoredRecord]) -> Result<(), StoreError> {
        let rows: Vec<_> = records
            .iter()
            .map(|record| {
                params![
                    &record.id,
                    &record.scheme,
                    &record.key,
                    record.contract_key.as_ref(),
                    record.state,
                    record.revision,
                    &record.content,
                    record.recorded_at,
                    &record.batch_id,
                    &record.current,
                    record.created_at,
                    record.updated_at,
                    record.absent_since,
                ]
            })
            .collect();
        self.insert_many(&PUT, &rows).await?;
        Ok(())
    }

    /// Notes that a batch held records exactly as known: data as old as the batch may no longer replace them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn confirm_records(
        &mut self,
        batch: BatchId,
        recorded_at: Instant,
    ) -> Result<u64, StoreError> {
        self.execute(&CONFIRM, &params![&batch, recorded_at]).await
    }
}
