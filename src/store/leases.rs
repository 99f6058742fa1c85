//! Work that only one process may do at a time: a row with a deadline and an epoch that every write of its holder
//! checks, so that a holder who slept through the deadline can write no more.

use super::sql::{Query, params, sql};
use super::{Session, StoreError, Tx};
use crate::model::Instant;

/// A lease that was taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lease {
    /// What for.
    pub name: &'static str,
    /// Counts the holders.
    pub epoch: i64,
}

sql! {
    TAKE: Query = Query::same(
        "insert into leases (name, epoch, holder, until) values ($1, 1, $2, $3)
         on conflict (name) do update set epoch = leases.epoch + 1, holder = excluded.holder, until = excluded.until
         where leases.until <= $4",
    );
    EPOCH: Query = Query::same("select epoch from leases where name = $1 and holder = $2");
    KEEP: Query = Query::same("update leases set until = $3 where name = $1 and epoch = $2");
}

impl Session {
    async fn lease_epoch(&mut self, name: &str, holder: &str) -> Result<Option<i64>, StoreError> {
        let row = self.fetch_optional(&EPOCH, &params![name, holder]).await?;
        row.map(|mut row| row.take()).transpose()
    }
}

impl Tx {
    /// Takes a lease until `until`; none when somebody else holds it. `holder` names this attempt and no other.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_lease(
        &mut self,
        name: &'static str,
        holder: &str,
        now: Instant,
        until: Instant,
    ) -> Result<Option<Lease>, StoreError> {
        if self.execute(&TAKE, &params![name, holder, until, now]).await? == 0 {
            return Ok(None);
        }
        let epoch = self.lease_epoch(name, holder).await?;
        Ok(epoch.map(|epoch| Lease { name, epoch }))
    }

    /// Prolongs a lease, or ends it with `until` in the past; false when another holder has taken it meanwhile, and
    /// then nothing more may be written under it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_lease(&mut self, lease: &Lease, until: Instant) -> Result<bool, StoreError> {
        Ok(self.execute(&KEEP, &params![lease.name, lease.epoch, until]).await? == 1)
    }
}
