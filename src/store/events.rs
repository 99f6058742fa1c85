//! Events as schemes pushed them, each once.

use jiff::civil::Date;

use super::seal::Owner;
use super::sql::{Bulk, Kind, Param, Query, params, sql};
use super::{KeyedHash, Row, Session, StoreError, Tx};
use crate::model::{BatchId, EventId, Instant, SchemeId};

/// An event.
#[derive(Clone, Debug)]
pub struct StoredEvent {
    /// The hub's id of it.
    pub id: EventId,
    /// The scheme whose record it is about.
    pub scheme: SchemeId,
    /// The sender's id of it.
    pub event_id: String,
    /// The batch in which it came first.
    pub batch_id: BatchId,
    /// Its type, as senders write it.
    pub kind: String,
    /// The record that it names.
    pub record_key: KeyedHash,
    /// The contract, when it reaches every record of it.
    pub contract_key: Option<KeyedHash>,
    /// The day from which it is so.
    pub effective_on: Date,
    /// When it came.
    pub received_at: Instant,
    /// Sealed: the event as sent.
    pub sealed: Vec<u8>,
}

/// What the sealed part of an event belongs to.
#[must_use]
pub fn event_owner(id: &EventId) -> Owner<'_> {
    Owner { table: "events", row: id.as_bytes() }
}

macro_rules! columns {
    () => {
        "id, scheme, event_id, batch_id, kind, record_key, contract_key, effective_on, received_at, sealed"
    };
}

fn read(mut row: Row) -> Result<StoredEvent, StoreError> {
    Ok(StoredEvent {
        id: row.take()?,
        scheme: row.take()?,
        event_id: row.take()?,
        batch_id: row.take()?,
        kind: row.take()?,
        record_key: row.take()?,
        contract_key: row.take_optional()?,
        effective_on: row.take()?,
        received_at: row.take()?,
        sealed: row.take()?,
    })
}

sql! {
    ADD: Bulk = Bulk::insert(
        "events",
        &[
            ("id", Kind::Bytes),
            ("scheme", Kind::Text),
            ("event_id", Kind::Text),
            ("batch_id", Kind::Bytes),
            ("kind", Kind::Text),
            ("record_key", Kind::Bytes),
            ("contract_key", Kind::Bytes),
            ("effective_on", Kind::Text),
            ("received_at", Kind::Integer),
            ("sealed", Kind::Bytes),
        ],
        "on conflict (scheme, event_id) do nothing",
    );
    KNOWN: Query = Query::same("select id from events where scheme = $1 and event_id = $2");
    OF_RECORDS: Query = Query::differing(
        concat!("select ", columns!(), " from events
         where record_key in (select unhex(value) from json_each($1)) order by effective_on, event_id"),
        concat!("select ", columns!(), " from events where record_key = any($1) order by effective_on, event_id"),
    );
    OF_CONTRACTS: Query = Query::differing(
        concat!("select ", columns!(), " from events
         where contract_key in (select unhex(value) from json_each($1)) order by effective_on, event_id"),
        concat!("select ", columns!(), " from events where contract_key = any($1) order by effective_on, event_id"),
    );
    ANY: Query = Query::same("select 1 from events limit 1");
    COUNT: Query = Query::same("select count(*) from events");
}

impl Session {
    /// Whether this event was already received.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn knows_event(
        &mut self,
        scheme: &SchemeId,
        event_id: &str,
    ) -> Result<bool, StoreError> {
        Ok(self.fetch_optional(&KNOWN, &params![scheme, event_id]).await?.is_some())
    }

    /// The events that name one of these records or reach one of these contracts; one may come twice.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn events_about(
        &mut self,
        records: &[KeyedHash],
        contracts: &[KeyedHash],
    ) -> Result<Vec<StoredEvent>, StoreError> {
        // Most hubs receive millions of records before their first event.
        if self.fetch_optional(&ANY, &[]).await?.is_none() {
            return Ok(Vec::new());
        }
        let mut rows = self.fetch(&OF_RECORDS, &[Param::keys(records)]).await?;
        rows.extend(self.fetch(&OF_CONTRACTS, &[Param::keys(contracts)]).await?);
        rows.into_iter().map(read).collect()
    }

    /// How many events are known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn event_count(&mut self) -> Result<u64, StoreError> {
        self.fetch_one(&COUNT, &[]).await?.take()
    }
}

impl Tx {
    /// Adds events; one that is already known stays as it is. Answers how many are new.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_events(&mut self, events: &[StoredEvent]) -> Result<u64, StoreError> {
        let rows: Vec<_> = events
            .iter()
            .map(|event| {
                params![
                    &event.id,
                    &event.scheme,
                    &event.event_id,
                    &event.batch_id,
                    &event.kind,
                    &event.record_key,
                    event.contract_key.as_ref(),
                    event.effective_on,
                    event.received_at,
                    &event.sealed,
                ]
            })
            .collect();
        self.insert_many(&ADD, &rows).await
    }
}
