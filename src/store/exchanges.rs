//! Messages of other registries that are answered later: taken once, worked on under a lease, kept for whoever asks again.
//!
//! The answer and what leaves with it are written in the transaction that closes the message, so a crash means that it is
//! worked on once more and answered once.

use super::seal::Owner;
use super::sql::{Bulk, Kind, Query, params, sql};
use super::{KeyedHash, Keys, Row, Session, StoreError, Tx};
use crate::model::{ExchangeId, Instant, KeyId};

/// A message as taken.
pub struct NewExchange {
    /// The correlation id.
    pub id: ExchangeId,
    /// Who sent it: kind and id of the holder of its key, such as `partner:ci-cnam`.
    pub partner: String,
    /// The access key with which it came; none from the hub's own machine.
    pub key: Option<KeyId>,
    /// What it is, such as `search`.
    pub action: &'static str,
    /// Hash of the sender's id of it.
    pub message_key: KeyedHash,
    /// Hashes of the names by which its sender may ask for it.
    pub names: Vec<KeyedHash>,
    /// Where the answer goes.
    pub callback: Option<String>,
    /// What it says. Personal.
    pub body: Vec<u8>,
}

/// A message that a worker holds.
pub struct Taken {
    /// The correlation id.
    pub id: ExchangeId,
    /// The access key with which it came.
    pub key: Option<KeyId>,
    /// What it is.
    pub action: String,
    /// Attempts, this one counted.
    pub attempts: u32,
    /// Where the answer goes.
    pub callback: Option<String>,
    /// What it says; none when it does not open.
    pub body: Option<Vec<u8>>,
}

/// A message of which its sender asks what became of it.
pub struct Kept {
    /// The correlation id.
    pub id: ExchangeId,
    /// What it is.
    pub action: String,
    /// What it said.
    pub body: Vec<u8>,
    /// The answer, once there is one.
    pub answer: Option<Vec<u8>>,
}

sql! {
    ADD: Query = Query::same(
        "insert into exchanges (id, partner, key_id, action, message_key, state, due_at, attempts, received_at, callback,
           sealed)
         values ($1, $2, $3, $4, $5, 'waiting', $6, 0, $6, $7, $8)
         on conflict (partner, message_key) do nothing",
    );
    ADD_NAMES: Bulk = Bulk::insert(
        "exchange_names",
        &[("partner", Kind::Text), ("name", Kind::Bytes), ("exchange_id", Kind::Bytes)],
        "on conflict (partner, name, exchange_id) do nothing",
    );
    // On SQLite the one writer is the lock; on PostgreSQL workers pass over what another one is just taking.
    LEASE: Query = Query::differing(
        "update exchanges set state = 'leased', due_at = $2, leased_by = $3, attempts = attempts + 1
         where id in (select id from exchanges where state in ('waiting', 'leased') and due_at <= $1
           order by due_at, id limit 1)
         returning id, key_id, action, attempts, callback, sealed",
        "update exchanges set state = 'leased', due_at = $2, leased_by = $3, attempts = attempts + 1
         where id in (select id from exchanges where state in ('waiting', 'leased') and due_at <= $1
           order by due_at, id limit 1 for update skip locked)
         returning id, key_id, action, attempts, callback, sealed",
    );
    CLOSE: Query = Query::same(
        "update exchanges set state = 'done', closed_at = $4, leased_by = null, answer = $5
         where id = $1 and state = 'leased' and leased_by = $2 and attempts = $3",
    );
    NAMED: Query = Query::same(
        "select e.id, e.action, e.sealed, e.answer from exchange_names n join exchanges e on e.id = n.exchange_id
         where n.partner = $1 and n.name = $2 order by e.id desc limit $3",
    );
    BY_ID: Query = Query::same(
        "select id, action, sealed, answer from exchanges where partner = $1 and id = $2",
    );
    FORGET_NAMES: Query = Query::same(
        "delete from exchange_names where exchange_id in
           (select id from exchanges where state = 'done' and closed_at < $1)",
    );
    FORGET: Query = Query::same("delete from exchanges where state = 'done' and closed_at < $1");
}

const fn message(id: &ExchangeId) -> Owner<'_> {
    Owner { table: "exchanges", row: id.as_bytes() }
}

const fn answer(id: &ExchangeId) -> Owner<'_> {
    Owner { table: "exchanges.answer", row: id.as_bytes() }
}

fn kept(keys: &Keys, mut row: Row) -> Result<Kept, StoreError> {
    let id: ExchangeId = row.take()?;
    let action = row.take()?;
    let sealed: Vec<u8> = row.take()?;
    let answered: Option<Vec<u8>> = row.take_optional()?;
    let answered = answered.map(|sealed| keys.open(answer(&id), &sealed)).transpose()?;
    Ok(Kept { id, action, body: keys.open(message(&id), &sealed)?, answer: answered })
}

impl Session {
    /// Messages of a partner that bear a name, the newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails or one does not open.
    pub async fn exchanges_named(
        &mut self,
        keys: &Keys,
        partner: &str,
        name: &KeyedHash,
        limit: u32,
    ) -> Result<Vec<Kept>, StoreError> {
        let rows = self.fetch(&NAMED, &params![partner, name, limit]).await?;
        rows.into_iter().map(|row| kept(keys, row)).collect()
    }

    /// A message of a partner.
    ///
    /// # Errors
    /// When the database fails or it does not open.
    pub async fn exchange(
        &mut self,
        keys: &Keys,
        partner: &str,
        id: ExchangeId,
    ) -> Result<Option<Kept>, StoreError> {
        let row = self.fetch_optional(&BY_ID, &params![partner, &id]).await?;
        row.map(|row| kept(keys, row)).transpose()
    }
}

impl Tx {
    /// Takes a message, due at once; `false` when its sender has sent one of this id before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_exchange(
        &mut self,
        keys: &Keys,
        new: &NewExchange,
        now: Instant,
    ) -> Result<bool, StoreError> {
        let bound = params![
            &new.id,
            &new.partner,
            new.key.as_ref(),
            new.action,
            &new.message_key,
            now,
            new.callback.as_deref(),
            keys.seal(message(&new.id), &new.body),
        ];
        if self.execute(&ADD, &bound).await? == 0 {
            return Ok(false);
        }
        let names: Vec<_> =
            new.names.iter().map(|name| params![&new.partner, name, &new.id]).collect();
        self.insert_many(&ADD_NAMES, &names).await?;
        Ok(true)
    }

    /// Takes the message that has waited longest, until `until`; none when none is due.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lease_exchange(
        &mut self,
        keys: &Keys,
        worker: &str,
        now: Instant,
        until: Instant,
    ) -> Result<Option<Taken>, StoreError> {
        let row = self.fetch_optional(&LEASE, &params![now, until, worker]).await?;
        row.map(|mut row| {
            let id: ExchangeId = row.take()?;
            Ok(Taken {
                key: row.take_optional()?,
                action: row.take()?,
                attempts: row.take()?,
                callback: row.take_optional()?,
                body: keys.open(message(&id), &row.take::<Vec<u8>>()?).ok(),
                id,
            })
        })
        .transpose()
    }

    /// Closes a message with its answer; `false` when the lease ran out and another worker has it now: then its answer
    /// counts, not ours.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn close_exchange(
        &mut self,
        keys: &Keys,
        taken: &Taken,
        worker: &str,
        answered: &[u8],
        now: Instant,
    ) -> Result<bool, StoreError> {
        let sealed = keys.seal(answer(&taken.id), answered);
        let bound = params![&taken.id, worker, taken.attempts, now, sealed];
        Ok(self.execute(&CLOSE, &bound).await? == 1)
    }

    /// Forgets what was closed before a moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_exchanges(&mut self, before: Instant) -> Result<u64, StoreError> {
        self.execute(&FORGET_NAMES, &params![before]).await?;
        self.execute(&FORGET, &params![before]).await
    }
}
