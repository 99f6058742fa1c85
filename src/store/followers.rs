//! Who follows whom between registries: what of somebody with a number, or of everybody in a scheme.

use super::seal::Owner;
use super::sql::{Bulk, Kind, Query, params, sql};
use super::{KeyedHash, Keys, Row, Session, StoreError, Tx};
use crate::model::{Instant, PersonId, RecordId, SchemeId, SubscriptionId};

/// A follower.
#[derive(Clone)]
pub struct Follower {
    /// The code of the subscription.
    pub id: SubscriptionId,
    /// Who follows: kind and id of the holder of a key, such as `partner:ci-cnam`.
    pub holder: String,
    /// For which purpose.
    pub purpose: String,
    /// What of them.
    pub event: String,
    /// Of everybody in this scheme; else of whoever bears a target.
    pub scheme: Option<SchemeId>,
    /// Since when.
    pub since: Instant,
    /// The sender's words that a notice repeats. Personal.
    pub body: Vec<u8>,
}

/// The event of those who are only called, whatever happened.
pub const CALL: &str = "call";

/// The columns of a follower, in the order of [`read`].
macro_rules! follower {
    ($which:literal) => {
        concat!("select id, holder, purpose, event, scheme, created_at, sealed from followers where ", $which)
    };
}

/// Who follows a number that one of the records of the person `$2` bears, or by which one is called.
macro_rules! by_number {
    () => {
        "select t.follower_id from person_links l join identifiers i on i.record_id = l.record_id
             join follower_targets t on t.key = i.key where l.person_id = $2
           union
           select t.follower_id from person_links l join records r on r.id = l.record_id
             join follower_targets t on t.key = r.record_key where l.person_id = $2"
    };
}

sql! {
    ADD: Query = Query::same(
        "insert into followers (id, holder, wish, purpose, event, scheme, state, created_at, sealed)
         values ($1, $2, $3, $4, $5, $6, 'active', $7, $8)
         on conflict do nothing",
    );
    ADD_TARGETS: Bulk = Bulk::insert(
        "follower_targets",
        &[("key", Kind::Bytes), ("follower_id", Kind::Bytes)],
        "on conflict (key, follower_id) do nothing",
    );
    // Whoever follows the scheme of a record, or bears a number that one of the person's records bears, or is called so.
    OF_PERSON: Query = Query::same(concat!(
        follower!("state = 'active'"),
        " and id in (
           select id from followers where state = 'active' and scheme = $1
           union ", by_number!(), ") order by id",
    ));
    ACTIVE: Query =
        Query::same("select count(*) from (select 1 from followers where state = 'active' limit 1) active");
    // Whoever is to be called because of a record, also when it is withdrawn and its person has it no more.
    CALLERS: Query = Query::same(concat!(
        follower!("state = 'active' and event = 'call'"),
        " and id in (
           select f.id from records r join followers f on f.scheme = r.scheme where r.id = $1
           union
           select t.follower_id from records r join follower_targets t on t.key = r.record_key where r.id = $1
           union ", by_number!(), ") order by id",
    ));
    CALLER: Query = Query::same(follower!("id = $1 and holder = $2 and event = 'call' and state = 'active'"));
    STATE: Query = Query::same("select state from followers where id = $1 and holder = $2");
    END: Query = Query::same("update followers set state = 'ended' where id = $1 and state = 'active'");
    FORGET_TARGETS: Query = Query::same("delete from follower_targets where follower_id = $1");
    WATCHED: Query = Query::same("select log_seq from follower_watch where id = 1");
    WATCH: Query = Query::same("update follower_watch set log_seq = $1 where id = 1 and log_seq < $1");
    NOTIFIED: Query = Query::same(
        "select count(*) from outbox where subscription_id = $1 and person_id = $2 and created_at >= $3",
    );
}

const fn owner(id: &SubscriptionId) -> Owner<'_> {
    Owner { table: "followers", row: id.as_bytes() }
}

fn read(keys: &Keys, mut row: Row) -> Result<Follower, StoreError> {
    let id: SubscriptionId = row.take()?;
    Ok(Follower {
        holder: row.take()?,
        purpose: row.take()?,
        event: row.take()?,
        scheme: row.take_optional()?,
        since: row.take()?,
        body: keys.open(owner(&id), &row.take::<Vec<u8>>()?)?,
        id,
    })
}

impl Session {
    /// Who follows the people of a scheme, or this person by a number.
    ///
    /// # Errors
    /// When the database fails or one does not open.
    pub async fn followers(
        &mut self,
        keys: &Keys,
        scheme: &SchemeId,
        person: PersonId,
    ) -> Result<Vec<Follower>, StoreError> {
        let rows = self.fetch(&OF_PERSON, &params![scheme, &person]).await?;
        rows.into_iter().map(|row| read(keys, row)).collect()
    }

    /// Who is to be called because of a record and its person.
    ///
    /// # Errors
    /// When the database fails or one does not open.
    pub async fn callers(
        &mut self,
        keys: &Keys,
        record: RecordId,
        person: PersonId,
    ) -> Result<Vec<Follower>, StoreError> {
        let rows = self.fetch(&CALLERS, &params![&record, &person]).await?;
        rows.into_iter().map(|row| read(keys, row)).collect()
    }

    /// A holder's subscription to calls, while it is active.
    ///
    /// # Errors
    /// When the database fails or it does not open.
    pub async fn caller(
        &mut self,
        keys: &Keys,
        id: SubscriptionId,
        holder: &str,
    ) -> Result<Option<Follower>, StoreError> {
        let row = self.fetch_optional(&CALLER, &params![&id, holder]).await?;
        row.map(|row| read(keys, row)).transpose()
    }

    /// Whether anybody follows anybody.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn anybody_follows(&mut self) -> Result<bool, StoreError> {
        let count: u64 = self.fetch_one(&ACTIVE, &[]).await?.take()?;
        Ok(count > 0)
    }

    /// Whether a holder's subscription is active; none when it has none of this code.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn follows(
        &mut self,
        id: SubscriptionId,
        holder: &str,
    ) -> Result<Option<bool>, StoreError> {
        let row = self.fetch_optional(&STATE, &params![&id, holder]).await?;
        row.map(|mut row| Ok(row.take::<String>()? == "active")).transpose()
    }

    /// Whether a follower has been told of a person since a moment: what it was told is the person as a whole.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn was_notified(
        &mut self,
        id: SubscriptionId,
        person: PersonId,
        since: Instant,
    ) -> Result<bool, StoreError> {
        let count: u64 = self.fetch_one(&NOTIFIED, &params![&id, &person, since]).await?.take()?;
        Ok(count > 0)
    }

    /// Up to which position of the log followers have been told.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn followed(&mut self) -> Result<u64, StoreError> {
        self.fetch_one(&WATCHED, &[]).await?.take()
    }
}

impl Tx {
    /// Keeps a follower with the hashes of the numbers that it names; `wish` makes it the same. `false` when there is such
    /// a one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_follower(
        &mut self,
        keys: &Keys,
        new: &Follower,
        (wish, targets): (&KeyedHash, &[KeyedHash]),
    ) -> Result<bool, StoreError> {
        let bound = params![
            &new.id,
            &new.holder,
            wish,
            &new.purpose,
            &new.event,
            new.scheme.as_ref(),
            new.since,
            keys.seal(owner(&new.id), &new.body),
        ];
        if self.execute(&ADD, &bound).await? == 0 {
            return Ok(false);
        }
        let rows: Vec<_> = targets.iter().map(|target| params![target, &new.id]).collect();
        self.insert_many(&ADD_TARGETS, &rows).await?;
        Ok(true)
    }

    /// Ends a follower; `false` when it ended before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_follower(&mut self, id: SubscriptionId) -> Result<bool, StoreError> {
        self.execute(&FORGET_TARGETS, &params![&id]).await?;
        Ok(self.execute(&END, &params![&id]).await? == 1)
    }

    /// Notes up to which position of the log followers have been told.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn followed_to(&mut self, seq: u64) -> Result<(), StoreError> {
        self.execute(&WATCH, &params![seq]).await?;
        Ok(())
    }
}
