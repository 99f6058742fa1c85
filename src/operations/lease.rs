//! Work that one process does at a time: its lease is prolonged while it works, and free within seconds when it dies.
//!
//! A lease keeps two processes from doing the same at once; it does not make their writes safe. Whoever writes under it
//! checks it in the same transaction ([`Tx::keep_lease`](crate::store::Tx::keep_lease)), or can be done twice without harm.

use std::pin::pin;
use std::time::Duration;

use tracing::warn;

use super::Hub;
use crate::model::Instant;
use crate::store::StoreError;
use crate::store::leases::Lease;

/// How long a holder may be silent before another takes over, in milliseconds. So long does the work rest after a crash.
const SILENCE: i64 = 5_000;
/// How often a holder at work says that it is alive. Four beats may be lost.
const BEAT: Duration = Duration::from_secs(1);

/// The moment until which a lease that is used now holds.
pub(super) fn prolonged(now: Instant) -> Instant {
    now.plus_millis(SILENCE)
}

/// Takes a lease; none when somebody else is at work.
///
/// # Errors
/// When the store fails.
pub(super) async fn take(hub: &Hub, name: &'static str) -> Result<Option<Lease>, StoreError> {
    let holder = hex::encode(hub.random::<8>());
    let now = hub.now();
    let mut tx = hub.store().begin().await?;
    let lease = tx.take_lease(name, &holder, now, prolonged(now)).await?;
    tx.commit().await?;
    Ok(lease)
}

/// Works under a lease, which is prolonged again and again, and gives it up.
///
/// # Errors
/// When the store fails as the lease is given up: whoever comes next waits until it ends.
pub(super) async fn holding<T>(
    hub: &Hub,
    lease: &Lease,
    work: impl Future<Output = T>,
) -> Result<T, StoreError> {
    let worked = beating(hub, lease, work).await;
    let mut tx = hub.store().begin().await?;
    tx.keep_lease(lease, hub.now()).await?;
    tx.commit().await?;
    Ok(worked)
}

/// Works, and says again and again that it is alive. A beat that has begun is let finish: half of a transaction that nobody
/// waits for any more would stay open on its connection.
async fn beating<T>(hub: &Hub, lease: &Lease, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    loop {
        tokio::select! {
            worked = &mut work => return worked,
            () = tokio::time::sleep(BEAT) => {}
        }
        let mut beat = pin!(beat(hub, lease));
        tokio::select! {
            worked = &mut work => {
                beat.await;
                return worked;
            }
            () = &mut beat => {}
        }
    }
}

/// Prolongs the lease. That it was lost is for the next write to find out.
async fn beat(hub: &Hub, lease: &Lease) {
    if let Err(problem) = prolong(hub, lease).await {
        let problem = &problem as &dyn std::error::Error;
        warn!(error = problem, "the lease of the {} was not prolonged", lease.name);
    }
}

async fn prolong(hub: &Hub, lease: &Lease) -> Result<(), StoreError> {
    let mut tx = hub.store().begin().await?;
    tx.keep_lease(lease, prolonged(hub.now())).await?;
    tx.commit().await
}
