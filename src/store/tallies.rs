//! Counts of people on a day, kept because counting everybody takes long.

use jiff::civil::Date;

use super::sql::{Query, params, sql};
use super::{Session, StoreError, Tx};
use crate::model::Instant;

sql! {
    KEEP: Query = Query::same(
        "insert into tallies (day, counted_at, counts) values ($1, $2, $3)
         on conflict (day) do update set counted_at = excluded.counted_at, counts = excluded.counts",
    );
    KEPT: Query = Query::same("select counted_at, counts from tallies where day = $1");
}

impl Session {
    /// The counts of a day as JSON, and when they were counted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tally(&mut self, day: Date) -> Result<Option<(Instant, String)>, StoreError> {
        let row = self.fetch_optional(&KEPT, &params![day]).await?;
        row.map(|mut row| Ok((row.take()?, row.take()?))).transpose()
    }
}

impl Tx {
    /// Keeps the counts of a day in place of earlier ones.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_tally(
        &mut self,
        day: Date,
        counts: &str,
        now: Instant,
    ) -> Result<(), StoreError> {
        self.execute(&KEEP, &params![day, now, counts]).await?;
        Ok(())
    }
}
