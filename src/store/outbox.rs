//! Messages on their way to subscribers, written in the transaction that plans them.
//!
//! A worker leases rows, sends outside any transaction, and records the outcome only while the
//! lease is still its own. `due_at` is when a row may be taken next: its hour for one that waits,
//! the end of the lease for one that is out.

use super::seal::Owner;
use super::sql::{Query, below, params, sql};
use super::{Keys, Row, Session, StoreError, Tx};
use crate::delivery::plan::Kind;
use crate::delivery::{Reason, State};
use crate::model::{DeliveryId, Instant, PersonId, RecordId, SchemeId, SubscriptionId};

/// A message as planned.
#[derive(Clone)]
pub struct NewDelivery {
    /// Its id, which the subscriber sees as `webhook-id`.
    pub id: DeliveryId,
    /// To whom.
    pub subscription: SubscriptionId,
    /// The subscriber's scheme.
    pub scheme: SchemeId,
    /// The record in which the change happened.
    pub record: RecordId,
    /// The person it is about.
    pub person: PersonId,
    /// The log position that gave rise to it.
    pub log_seq: u64,
    /// What happened.
    pub kind: Kind,
    /// The body. Personal.
    pub body: Vec<u8>,
}

/// A message as listed: everything but its body.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeliveryRow {
    /// Its id.
    pub id: DeliveryId,
    /// To whom.
    pub subscription: SubscriptionId,
    /// To whom: the scheme of a subscriber, or a partner by its id in agreements.
    pub to: String,
    /// The record in which the change happened.
    pub record: Option<RecordId>,
    /// The person it is about.
    pub person: Option<PersonId>,
    /// What happened.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// Attempts begun.
    pub attempts: u32,
    /// The status that the subscriber last answered.
    pub http_status: Option<u32>,
    /// How the last attempt failed, such as `status_503`.
    pub failure: Option<String>,
    /// When it was planned.
    pub created_at: Instant,
}

/// A message that a worker holds.
pub struct Leased {
    /// The message; its attempt is already counted.
    pub row: DeliveryRow,
    /// The body, opened.
    pub body: Vec<u8>,
    /// Where it goes, when it has an address of its own; else its subscription says it.
    pub url: Option<String>,
}

/// A message with an address of its own, to be put into the outbox.
#[derive(Clone)]
pub struct NewMessage {
    /// What it answers, or what asked for it: with the position it makes the message the same.
    pub about: SubscriptionId,
    /// To whom, by its id in agreements.
    pub partner: String,
    /// The person it is about, when it tells of a change.
    pub person: Option<PersonId>,
    /// The log position that gave rise to it; 0 when none did.
    pub log_seq: u64,
    /// What it is: a message, or a call.
    pub kind: Kind,
    /// Where it goes.
    pub url: String,
    /// The body of a message, the headers of a call. Personal.
    pub body: Vec<u8>,
}

/// What became of an attempt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// Where the message stands now; never [`State::Leased`].
    pub state: State,
    /// The status that the subscriber answered.
    pub http_status: Option<u32>,
    /// How it failed, when it did.
    pub failure: Option<String>,
}

macro_rules! listed {
    ($which:literal) => {
        concat!(
            "select id, subscription_id, scheme, record_id, person_id, kind, state, due_at, leased_by, closed_at, reason,
               attempts, http_status, failure, created_at
             from outbox where ", $which, " and id < $3 order by id desc limit $4"
        )
    };
}

sql! {
    DELIVERY_INSERT: Query = Query::same(
        "insert into outbox (id, subscription_id, scheme, record_id, person_id, log_seq, kind, state, due_at, attempts,
           created_at, sealed)
         values ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, 0, $8, $9)
         on conflict (subscription_id, log_seq, kind) do nothing",
    );
    MESSAGE_INSERT: Query = Query::same(
        "insert into outbox (id, subscription_id, scheme, person_id, log_seq, kind, state, due_at, attempts, created_at,
           url, sealed)
         values ($1, $2, $3, $4, $5, $6, 'waiting', $7, 0, $7, $8, $9)
         on conflict (subscription_id, log_seq, kind) do nothing",
    );
    // On SQLite the one writer is the lock; on PostgreSQL workers pass over what another one is just taking.
    DELIVERY_LEASE: Query = Query::differing(
        "update outbox set state = 'leased', due_at = $2, leased_by = $3, attempts = attempts + 1
         where id in (select id from outbox where state in ('waiting', 'leased') and due_at <= $1
           order by due_at, id limit $4)
         returning id, subscription_id, scheme, record_id, person_id, kind, state, due_at, leased_by, closed_at, reason,
           attempts, http_status, failure, created_at, sealed, url",
        "update outbox set state = 'leased', due_at = $2, leased_by = $3, attempts = attempts + 1
         where id in (select id from outbox where state in ('waiting', 'leased') and due_at <= $1
           order by due_at, id limit $4 for update skip locked)
         returning id, subscription_id, scheme, record_id, person_id, kind, state, due_at, leased_by, closed_at, reason,
           attempts, http_status, failure, created_at, sealed, url",
    );
    DELIVERY_SETTLE: Query = Query::same(
        "update outbox set state = $4, due_at = $5, closed_at = $6, reason = $7, http_status = $8, failure = $9,
           leased_by = null
         where id = $1 and state = 'leased' and leased_by = $2 and attempts = $3",
    );
    DELIVERY_RETRY: Query = Query::same(
        "update outbox set state = 'waiting', due_at = $2, attempts = 0, closed_at = null, reason = null
         where id = $1 and state in ('abandoned', 'waiting')",
    );
    DELIVERIES: Query = Query::same(listed!("cast($1 as text) is null and (state = $2 or $2 is null)"));
    DELIVERIES_OF_SCHEME: Query = Query::same(listed!("scheme = $1 and (state = $2 or $2 is null)"));
    // Few among many that are done, whatever their scheme.
    DELIVERIES_ABANDONED: Query =
        Query::same(listed!("(scheme = $1 or $1 is null) and state = $2 and state = 'abandoned'"));
    DELIVERIES_UNDERWAY: Query =
        Query::same(listed!("(scheme = $1 or $1 is null) and state = $2 and state in ('waiting', 'leased')"));
    DELIVERY: Query = Query::same(
        "select id, subscription_id, scheme, record_id, person_id, kind, state, due_at, leased_by, closed_at, reason,
           attempts, http_status, failure, created_at
         from outbox where id = $1",
    );
    DELIVERIES_TOLD: Query = Query::same(
        "select count(*) from outbox where subscription_id = $1 and record_id = $2 and kind = $3
           and created_at >= $4",
    );
    DELIVERY_LAST: Query = Query::same(
        "select state from outbox where subscription_id = $1 order by id desc limit 1",
    );
    DELIVERIES_OPEN: Query = Query::same(
        "select count(*) from outbox where state in ('waiting', 'leased')",
    );
    DELIVERIES_WITHDRAW: Query = Query::same(
        "update outbox set state = 'abandoned', closed_at = $2, reason = 'unsubscribed'
         where subscription_id = $1 and state = 'waiting'",
    );
}

const fn owner(id: &DeliveryId) -> Owner<'_> {
    Owner { table: "outbox", row: id.as_bytes() }
}

impl DeliveryRow {
    fn read(row: &mut Row) -> Result<Self, StoreError> {
        let id = row.take()?;
        let (subscription, to) = (row.take()?, row.take()?);
        let (record, person) = (row.take_optional()?, row.take_optional()?);
        let kind: String = row.take()?;
        let kind = Kind::parse(&kind).ok_or(StoreError::Unexpected { column: 5 })?;
        let state = read_state(row)?;
        Ok(Self {
            id,
            subscription,
            to,
            record,
            person,
            kind,
            state,
            attempts: row.take()?,
            http_status: row.take_optional()?,
            failure: row.take_optional()?,
            created_at: row.take()?,
        })
    }
}

/// From `state, due_at, leased_by, closed_at, reason`.
fn read_state(row: &mut Row) -> Result<State, StoreError> {
    let state: String = row.take()?;
    let due: Instant = row.take()?;
    let by: Option<String> = row.take_optional()?;
    let closed: Option<Instant> = row.take_optional()?;
    let reason: Option<String> = row.take_optional()?;
    let at = closed.unwrap_or(due);
    match (state.as_str(), reason.as_deref().and_then(Reason::parse)) {
        ("waiting", _) => Ok(State::Waiting { due }),
        ("leased", _) => Ok(State::Leased { until: due, by: by.unwrap_or_default() }),
        ("done", _) => Ok(State::Done { at }),
        ("abandoned", Some(reason)) => Ok(State::Abandoned { at, reason }),
        _ => Err(StoreError::Unexpected { column: 6 }),
    }
}

impl Session {
    /// Messages, the newest first, of one scheme or all and in one state or all, before an id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn deliveries(
        &mut self,
        scheme: Option<&SchemeId>,
        state: Option<&str>,
        before: Option<DeliveryId>,
        limit: u32,
    ) -> Result<Vec<DeliveryRow>, StoreError> {
        let query = match (state, scheme) {
            (Some("abandoned"), _) => &DELIVERIES_ABANDONED,
            (Some("waiting" | "leased"), _) => &DELIVERIES_UNDERWAY,
            (_, Some(_)) => &DELIVERIES_OF_SCHEME,
            (_, None) => &DELIVERIES,
        };
        let bound = params![scheme, state, below(before.as_ref()), limit];
        let rows = self.fetch(query, &bound).await?;
        rows.into_iter().map(|mut row| DeliveryRow::read(&mut row)).collect()
    }

    /// One message.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delivery(&mut self, id: DeliveryId) -> Result<Option<DeliveryRow>, StoreError> {
        let row = self.fetch_optional(&DELIVERY, &params![&id]).await?;
        row.map(|mut row| DeliveryRow::read(&mut row)).transpose()
    }

    /// Whether a subscriber has been told of such a thing in this record since a moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn was_told(
        &mut self,
        subscription: SubscriptionId,
        record: RecordId,
        kind: Kind,
        since: Instant,
    ) -> Result<bool, StoreError> {
        let bound = params![&subscription, &record, kind.name(), since];
        let count: u64 = self.fetch_one(&DELIVERIES_TOLD, &bound).await?.take()?;
        Ok(count > 0)
    }

    /// Whether the last message of a subscription was given up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_abandoned(&mut self, id: SubscriptionId) -> Result<bool, StoreError> {
        let row = self.fetch_optional(&DELIVERY_LAST, &params![&id]).await?;
        row.map_or(Ok(false), |mut row| Ok(row.take::<String>()? == "abandoned"))
    }

    /// How many messages wait or are out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_deliveries(&mut self) -> Result<u64, StoreError> {
        self.fetch_one(&DELIVERIES_OPEN, &[]).await?.take()
    }
}

impl Tx {
    /// Puts a message into the outbox, due at once. The same subscription, log position and kind
    /// make it the same message: planning twice changes nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_delivery(
        &mut self,
        keys: &Keys,
        new: &NewDelivery,
        now: Instant,
    ) -> Result<bool, StoreError> {
        let bound = params![
            &new.id,
            &new.subscription,
            &new.scheme,
            &new.record,
            &new.person,
            new.log_seq,
            new.kind.name(),
            now,
            keys.seal(owner(&new.id), &new.body),
        ];
        Ok(self.execute(&DELIVERY_INSERT, &bound).await? == 1)
    }

    /// Puts a message with an address of its own into the outbox, due at once. What it is about and the log position make
    /// it the same message: writing it twice changes nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_message(
        &mut self,
        keys: &Keys,
        (id, new): (DeliveryId, &NewMessage),
        now: Instant,
    ) -> Result<bool, StoreError> {
        let bound = params![
            &id,
            &new.about,
            &new.partner,
            new.person.as_ref(),
            new.log_seq,
            new.kind.name(),
            now,
            &new.url,
            keys.seal(owner(&id), &new.body),
        ];
        Ok(self.execute(&MESSAGE_INSERT, &bound).await? == 1)
    }

    /// Takes at most `limit` messages that are due, until `until`, and counts their attempt.
    ///
    /// # Errors
    /// When the database fails or a body does not open.
    pub async fn lease_deliveries(
        &mut self,
        keys: &Keys,
        worker: &str,
        now: Instant,
        until: Instant,
        limit: u32,
    ) -> Result<Vec<Leased>, StoreError> {
        let rows = self.fetch(&DELIVERY_LEASE, &params![now, until, worker, limit]).await?;
        rows.into_iter()
            .map(|mut columns| {
                let row = DeliveryRow::read(&mut columns)?;
                let sealed: Vec<u8> = columns.take()?;
                let body = keys.open(owner(&row.id), &sealed)?;
                Ok(Leased { row, body, url: columns.take_optional()? })
            })
            .collect()
    }

    /// Records what became of an attempt; `false` when the lease ran out and another worker has
    /// the message now: then its outcome counts, not ours.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settle_delivery(
        &mut self,
        leased: &DeliveryRow,
        worker: &str,
        outcome: &Outcome,
        now: Instant,
    ) -> Result<bool, StoreError> {
        let (due, closed, reason) = match &outcome.state {
            State::Waiting { due } => (*due, None, None),
            State::Leased { until, .. } => (*until, None, None),
            State::Done { at } => (now, Some(*at), None),
            State::Abandoned { at, reason } => (now, Some(*at), Some(reason.name())),
        };
        let bound = params![
            &leased.id,
            worker,
            leased.attempts,
            outcome.state.name(),
            due,
            closed,
            reason,
            outcome.http_status,
            outcome.failure.as_deref(),
        ];
        Ok(self.execute(&DELIVERY_SETTLE, &bound).await? == 1)
    }

    /// Lets a message that was given up, or that waits, be tried again from the start of the
    /// schedule; `false` when it is done, out, or not there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retry_delivery(
        &mut self,
        id: DeliveryId,
        now: Instant,
    ) -> Result<bool, StoreError> {
        Ok(self.execute(&DELIVERY_RETRY, &params![&id, now]).await? == 1)
    }

    /// Gives up what waits for a subscription that ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn withdraw_deliveries(
        &mut self,
        subscription: SubscriptionId,
        now: Instant,
    ) -> Result<u64, StoreError> {
        self.execute(&DELIVERIES_WITHDRAW, &params![&subscription, now]).await
    }
}
