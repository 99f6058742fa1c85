//! The keys that sign answers: made when there is none, replaced when they are old, revoked when they are lost.
//!
//! The last key that is not revoked signs. Older ones stay published, so that what they signed can be proved for ever.
//! Every process keeps the key for a minute: that is how long a revoked one may still sign elsewhere.

use std::sync::Arc;

use zeroize::Zeroizing;

pub use crate::store::signing_keys::SigningKeyRow;

use super::DAY;
use crate::model::{Caller, Instant};
use crate::operations::Hub;
use crate::proof::{KeySet, SigningKey};
use crate::store::StoreError;

/// How old a key grows before another one signs.
const REPLACED_AFTER: i64 = 90 * DAY;

/// How long a process signs without looking whether the key still counts, in milliseconds.
const KEPT: i64 = 60 * 1000;

/// The key that signs now.
///
/// # Errors
/// When the store fails or the key does not open.
pub async fn current(hub: &Hub) -> Result<Arc<SigningKey>, StoreError> {
    let now = hub.now();
    if let Some(key) = hub.signer(|since| since.plus_millis(KEPT) > now) {
        return Ok(key);
    }
    let mut rows = hub.store().read().await?.signing_keys().await?;
    if signing(&rows).is_none_or(|row| row.created_at.plus_millis(REPLACED_AFTER) <= now) {
        rows = make(hub, &rows).await?;
    }
    let row = signing(&rows).ok_or(StoreError::Sealed)?;
    let seed = hub.store().read().await?.signing_seed(hub.store().keys(), row).await?;
    let key = Arc::new(SigningKey::from_seed(&seed));
    hub.keep_signer(Arc::clone(&key), now);
    Ok(key)
}

fn signing(rows: &[SigningKeyRow]) -> Option<&SigningKeyRow> {
    rows.iter().rev().find(|row| row.revoked_at.is_none())
}

/// Makes the next key, unless another process does at the same moment; answers every key there is then.
async fn make(hub: &Hub, known: &[SigningKeyRow]) -> Result<Vec<SigningKeyRow>, StoreError> {
    let seed = Zeroizing::new(hub.random::<32>());
    let row = SigningKeyRow {
        generation: known.last().map_or(1, |last| last.generation + 1),
        public: SigningKey::from_seed(&seed).public().clone(),
        created_at: hub.now(),
        revoked_at: None,
    };
    let mut tx = hub.store().begin().await?;
    if tx.add_signing_key(hub.store().keys(), &row, &seed).await? {
        tracing::info!(
            key.id = row.public.id,
            "answers are signed with the key `{}`",
            row.public.id
        );
    }
    let rows = tx.signing_keys().await?;
    tx.commit().await?;
    Ok(rows)
}

/// Lets another key sign from now on.
///
/// # Errors
/// When the store fails.
pub async fn rotate(hub: &Hub, by: &Caller) -> Result<SigningKeyRow, StoreError> {
    let known = list(hub).await?;
    let rows = make(hub, &known).await?;
    hub.forget_signer();
    let row = signing(&rows).cloned().ok_or(StoreError::Sealed)?;
    tracing::info!(key.id = row.public.id, by = %by.holder, "replaced the key that signs answers");
    Ok(row)
}

/// Takes a key out of the published set: nothing that it signed is to be believed any more. `false` when there is no
/// such key, or it was revoked before.
///
/// # Errors
/// When the store fails.
pub async fn revoke(hub: &Hub, by: &Caller, id: &str) -> Result<bool, StoreError> {
    let mut tx = hub.store().begin().await?;
    let revoked = tx.revoke_signing_key(id, hub.now()).await?;
    tx.commit().await?;
    hub.forget_signer();
    if revoked {
        tracing::warn!(key.id = id, by = %by.holder, "revoked the signing key `{id}`");
    }
    Ok(revoked)
}

/// Every key, the oldest first.
///
/// # Errors
/// When the store fails.
pub async fn list(hub: &Hub) -> Result<Vec<SigningKeyRow>, StoreError> {
    hub.store().read().await?.signing_keys().await
}

/// The keys that are published. There is always one: whoever saves the set before the first answer can check that.
///
/// # Errors
/// When the store fails.
pub async fn published(hub: &Hub) -> Result<KeySet, StoreError> {
    current(hub).await?;
    let believed = list(hub).await?.into_iter().filter(|row| row.revoked_at.is_none());
    Ok(KeySet::new(believed.map(|row| row.public).collect()))
}

/// A key that a process signs with, and since when.
pub(in crate::operations) type Kept = Option<(Arc<SigningKey>, Instant)>;
