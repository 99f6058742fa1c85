//! What the first view of the page counts: what waits for a person, what arrived, who sent when.

use super::sql::{Query, params, sql};
use super::{Session, StoreError};
use crate::model::{Instant, SchemeId};

/// What arrived on one day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Arrived {
    /// Days since 1970-01-01, in UTC.
    pub day: i64,
    /// Records received.
    pub received: u64,
    /// Of them, refused.
    pub refused: u64,
}

/// How many of a kind are counted: of more it is enough to know that there are more.
pub const MOST_COUNTED: u64 = 10_000;

/// A count that ends at [`MOST_COUNTED`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// How many, at most [`MOST_COUNTED`] of a kind.
    pub count: u64,
    /// Whether there are more.
    pub more: bool,
}

impl Tally {
    /// Of a query that counts one more than [`MOST_COUNTED`] at most.
    fn of(found: u64) -> Self {
        Self { count: found.min(MOST_COUNTED), more: found > MOST_COUNTED }
    }
}

impl std::iter::Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), |all, one| Self {
            count: all.count + one.count,
            more: all.more || one.more,
        })
    }
}

sql! {
    REFUSED: Query = Query::same(
        "select count(*) from (select 1 from quarantine where scheme = $1 and state = 'open' limit $2) as waiting",
    );
    HELD: Query = Query::same(
        "select count(*) from batches where state = 'held' and (scheme = $1 or $1 is null)",
    );
    ABANDONED: Query = Query::same(
        "select count(*) from (select 1 from outbox where state = 'abandoned' and (scheme = $1 or $1 is null) limit $2)
            as abandoned",
    );
    ARRIVED: Query = Query::same(
        "select received_at / 86400000 as day, cast(sum(received) as bigint), cast(sum(refused) as bigint)
         from batches where (scheme = $1 or $1 is null) and received_at >= $2
         group by received_at / 86400000 order by day",
    );
    LAST: Query = Query::same(
        "select received_at from batches where scheme = $1 and kind = 'records' order by received_at desc limit 1",
    );
    OPEN: Query = Query::same(
        "select count(*) from (select 1 from reviews where state = 'open' limit $1) as waiting",
    );
    OPEN_OF_SCHEME: Query = Query::same(
        "select count(*) from (select 1 from reviews v
            join records ra on ra.id = v.a join records rb on rb.id = v.b
            where v.state = 'open' and (v.scheme_a = $1 or v.scheme_b = $1 or v.scheme_a is null)
                and (ra.scheme = $1 or rb.scheme = $1)
            order by v.rank, v.id limit $2) as waiting",
    );
    RECORDS: Query = Query::same(
        "select scheme, count(*) from records where state = 'live' group by scheme",
    );
    PEOPLE: Query = Query::same("select count(*) from people where state = 'active'");
    WAITING: Query = Query::same("select count(*) from inbox");
}

impl Session {
    /// Refused records of a scheme that wait.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_refused(&mut self, scheme: &SchemeId) -> Result<Tally, StoreError> {
        let found = self.fetch_one(&REFUSED, &params![scheme, MOST_COUNTED + 1]).await?.take();
        found.map(Tally::of)
    }

    /// Batches that a person must release.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_held(&mut self, scheme: Option<&SchemeId>) -> Result<u64, StoreError> {
        self.fetch_one(&HELD, &params![scheme]).await?.take()
    }

    /// Deliveries that were given up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_abandoned(
        &mut self,
        scheme: Option<&SchemeId>,
    ) -> Result<Tally, StoreError> {
        let found = self.fetch_one(&ABANDONED, &params![scheme, MOST_COUNTED + 1]).await?.take();
        found.map(Tally::of)
    }

    /// Reviews that wait, of all or of those in which a scheme has a record.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_open_reviews(
        &mut self,
        scheme: Option<&SchemeId>,
    ) -> Result<Tally, StoreError> {
        let mut row = match scheme {
            None => self.fetch_one(&OPEN, &params![MOST_COUNTED + 1]).await?,
            Some(scheme) => {
                self.fetch_one(&OPEN_OF_SCHEME, &params![scheme, MOST_COUNTED + 1]).await?
            }
        };
        row.take().map(Tally::of)
    }

    /// What arrived since a moment, day by day; days on which nothing arrived are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn arrived_since(
        &mut self,
        scheme: Option<&SchemeId>,
        since: Instant,
    ) -> Result<Vec<Arrived>, StoreError> {
        let rows = self.fetch(&ARRIVED, &params![scheme, since]).await?;
        rows.into_iter()
            .map(|mut row| {
                Ok(Arrived { day: row.take()?, received: row.take()?, refused: row.take()? })
            })
            .collect()
    }

    /// When a scheme last sent records.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_sending(&mut self, scheme: &SchemeId) -> Result<Option<Instant>, StoreError> {
        let row = self.fetch_optional(&LAST, &params![scheme]).await?;
        row.map(|mut row| row.take()).transpose()
    }

    /// Records that count, by scheme. Reads an entry of an index for each record.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_records(&mut self) -> Result<Vec<(SchemeId, u64)>, StoreError> {
        let rows = self.fetch(&RECORDS, &[]).await?;
        rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
    }

    /// People who have records. Reads a row for each person.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_people(&mut self) -> Result<u64, StoreError> {
        self.fetch_one(&PEOPLE, &[]).await?.take()
    }

    /// Records that wait for the linker.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_waiting(&mut self) -> Result<u64, StoreError> {
        self.fetch_one(&WAITING, &[]).await?.take()
    }
}
