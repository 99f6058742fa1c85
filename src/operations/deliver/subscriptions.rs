//! Who wants to hear: made, listed, ended.

use super::{Hub, SubscriptionRow};
use crate::delivery::address::{AddressError, Reach};
use crate::delivery::plan::Kind;
use crate::delivery::signature::Secret;
use crate::model::{SchemeId, SubscriptionId};
use crate::store::StoreError;

/// A subscription to be made.
#[derive(Clone, Debug)]
pub struct NewSubscription {
    /// Whose people it is about, and in whose format it is told.
    pub scheme: SchemeId,
    /// Where messages go.
    pub url: String,
    /// Which kinds; empty means all.
    pub kinds: Vec<Kind>,
}

/// Why a subscription is not made.
#[derive(Debug, thiserror::Error)]
pub enum SubscribeError {
    /// The address may not be called.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a subscription to what happens from now on, with a new secret.
///
/// # Errors
/// When the address may not be called as far as its text tells, or the store fails.
pub async fn subscribe(
    hub: &Hub,
    reach: Reach,
    new: NewSubscription,
) -> Result<SubscriptionRow, SubscribeError> {
    reach.check_url(&new.url)?;
    let now = hub.now();
    let mut tx = hub.store().begin().await?;
    let row = SubscriptionRow {
        id: SubscriptionId::new(now, hub.random()),
        scheme: new.scheme,
        url: new.url,
        kinds: new.kinds,
        secret: Secret::from_random(hub.random()),
        log_seq: tx.log_end().await?,
        created_at: now,
        active: true,
    };
    tx.insert_subscription(hub.store().keys(), &row).await?;
    tx.commit().await?;
    tracing::info!(subscription.id = %row.id, scheme = %row.scheme, "subscribed `{}`", row.id);
    Ok(row)
}

/// The subscriptions of a scheme, or of all.
///
/// # Errors
/// When the store fails.
pub async fn subscriptions(
    hub: &Hub,
    scheme: Option<&SchemeId>,
) -> Result<Vec<SubscriptionRow>, StoreError> {
    hub.store().read().await?.subscriptions(hub.store().keys(), scheme).await
}

/// Ends a subscription of a scheme, or of any; what waits for it is given up. `false` when there is
/// none.
///
/// # Errors
/// When the store fails.
pub async fn unsubscribe(
    hub: &Hub,
    scheme: Option<&SchemeId>,
    id: SubscriptionId,
) -> Result<bool, StoreError> {
    let mut tx = hub.store().begin().await?;
    let found = tx.subscription(hub.store().keys(), id).await?;
    let theirs = found.is_some_and(|row| scheme.is_none_or(|scheme| *scheme == row.scheme));
    let ended = theirs && tx.end_subscription(id).await?;
    if ended {
        tx.withdraw_deliveries(id, hub.now()).await?;
    }
    tx.commit().await?;
    Ok(ended)
}
