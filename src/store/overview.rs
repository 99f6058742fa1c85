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

sql! {
    REFUSED: Query = Query::same(
        "select scheme, count(*) from quarantine where state = 'open' group by scheme",
    );
    HELD: Query = Query::same(
        "select count(*) from batches where state = 'held' and (scheme = $1 or $1 is null)",
    );
    ABANDONED: Query = Query::same(
        "select count(*) from outbox where state = 'abandoned' and (scheme = $1 or $1 is null)",
    );
    ARRIVED: Query = Query::same(
        "select received_at / 86400000 as day, cast(sum(received) as bigint), cast(sum(refused) as bigint)
         from batches where (scheme = $1 or $1 is null) and received_at >= $2
         group by received_at / 86400000 order by day",
    );
    LAST: Query = Query::same(
        "select scheme, max(received_at) from batches where kind = 'records' group by scheme",
    );
}

impl Session {
    /// Refused records that wait, by scheme.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refused_by_scheme(&mut self) -> Result<Vec<(SchemeId, u64)>, StoreError> {
        let rows = self.fetch(&REFUSED, &[]).await?;
        rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
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
    pub async fn count_abandoned(&mut self, scheme: Option<&SchemeId>) -> Result<u64, StoreError> {
        self.fetch_one(&ABANDONED, &params![scheme]).await?.take()
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

    /// When each scheme last sent records.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_sendings(&mut self) -> Result<Vec<(SchemeId, Instant)>, StoreError> {
        let rows = self.fetch(&LAST, &[]).await?;
        rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
    }
}
