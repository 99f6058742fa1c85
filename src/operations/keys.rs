//! Access keys: given once, recognised by their hash, withdrawn.
//!
//! A key is `dk_` and 256 random bits; the store holds only a keyed hash, so that neither the
//! database nor a copy of it opens the door.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use zeroize::Zeroizing;

pub use crate::store::keys::KeyRow;

use super::Hub;
use super::tokens::{self, Seen};
use crate::model::{AuditId, Caller, Holder, Instant, KeyId, Scope};
use crate::store::audit::Entry;
use crate::store::{KeyedHash, Keys, StoreError, Tx};

const PREFIX: &str = "dk_";
/// 32 bytes in base64url without padding.
const SECRET_LENGTH: usize = 43;
const DAY: i64 = 24 * 60 * 60 * 1000;
/// How old the note of the last use may grow before it is written again: a write for each call
/// would cost more than the call.
const USE_NOTED_EVERY: i64 = 60 * 1000;

/// A key to be given.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// What it is for, in words.
    pub title: String,
    /// Whose it will be.
    pub holder: Holder,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// For which purposes it may ask; empty means those that the agreements allow.
    pub purposes: Vec<String>,
    /// Days until it ends by itself.
    pub valid_days: Option<u32>,
}

/// Why somebody is not let in.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Nobody gave out this key.
    #[error("nobody gave out this key")]
    Unknown,
    /// It was withdrawn, or its time is over.
    #[error("the key `{0}` is no longer valid")]
    Expired(KeyId),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Gives a key. The text is what its holder keeps; nobody can be told it a second time.
///
/// # Errors
/// When the store fails.
pub async fn create(
    hub: &Hub,
    by: &Caller,
    new: NewKey,
) -> Result<(KeyRow, Zeroizing<String>), StoreError> {
    let now = hub.now();
    let random = Zeroizing::new(hub.random::<32>());
    let secret = Zeroizing::new(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(random.as_slice())));
    let row = KeyRow {
        id: KeyId::new(now, hub.random()),
        title: new.title,
        holder: new.holder,
        scopes: new.scopes,
        purposes: new.purposes,
        created_at: now,
        expires_at: new.valid_days.map(|days| now.plus_millis(i64::from(days) * DAY)),
        revoked_at: None,
        last_used_at: None,
    };
    let mut tx = hub.store().begin().await?;
    tx.insert_key(&row, &hash(hub.store().keys(), &secret)).await?;
    let scopes: Vec<&str> = row.scopes.iter().map(|scope| scope.name()).collect();
    let detail = json!({ "holder": row.holder.to_string(), "scopes": scopes });
    note(hub, &mut tx, by, ("key.created", row.id), detail).await?;
    tx.commit().await?;
    tracing::info!(key.id = %row.id, holder = %row.holder, by = %by.holder, "gave key `{}`", row.id);
    Ok((row, secret))
}

/// Who shows this key, or a token that was lent for it.
///
/// # Errors
/// When nobody gave it out, when it is no longer valid, or when the store fails.
pub async fn authenticate(hub: &Hub, shown: &str) -> Result<Caller, KeyError> {
    let keys = hub.store().keys();
    let now = hub.now();
    let found = match tokens::read(keys, shown, now) {
        Seen::Of(id) => hub.store().read().await?.key_by_id(id).await?,
        Seen::Over(id) => return Err(KeyError::Expired(id)),
        Seen::Nothing if !is_shaped(shown) => return Err(KeyError::Unknown),
        Seen::Nothing => {
            hub.gathers().keys.join(hash(keys, shown), |hashes| by_secrets(hub, hashes)).await?
        }
    };
    let row = found.ok_or(KeyError::Unknown)?;
    if !in_force(&row, now) {
        return Err(KeyError::Expired(row.id));
    }
    if row.last_used_at.is_none_or(|last| last.plus_millis(USE_NOTED_EVERY) <= now) {
        let mut tx = hub.store().begin().await?;
        tx.key_used(row.id, now).await?;
        tx.commit().await?;
    }
    Ok(caller(row))
}

/// The keys of these hashes, each where its hash stands.
async fn by_secrets(hub: &Hub, hashes: Vec<KeyedHash>) -> Result<Vec<Option<KeyRow>>, StoreError> {
    let found: BTreeMap<KeyedHash, KeyRow> =
        hub.store().read().await?.keys_by_secrets(&hashes).await?.into_iter().collect();
    Ok(hashes.iter().map(|hash| found.get(hash).cloned()).collect())
}

/// Whoever holds a key, with what it may do now; none when it is no longer valid.
///
/// # Errors
/// When the store fails.
pub(super) async fn holder(hub: &Hub, id: KeyId) -> Result<Option<Caller>, StoreError> {
    let row = hub.store().read().await?.key_by_id(id).await?;
    Ok(row.filter(|row| in_force(row, hub.now())).map(caller))
}

fn caller(row: KeyRow) -> Caller {
    Caller {
        key: Some(row.id),
        holder: row.holder,
        scopes: row.scopes,
        purposes: row.purposes,
        account: None,
    }
}

/// Every key that was given, the oldest first.
///
/// # Errors
/// When the store fails.
pub async fn list(hub: &Hub) -> Result<Vec<KeyRow>, StoreError> {
    hub.store().read().await?.keys().await
}

/// Withdraws a key from now on; `false` when there is none, or it was withdrawn before.
///
/// # Errors
/// When the store fails.
pub async fn revoke(hub: &Hub, by: &Caller, id: KeyId) -> Result<bool, StoreError> {
    let mut tx = hub.store().begin().await?;
    let revoked = tx.revoke_key(id, hub.now()).await?;
    if revoked {
        note(hub, &mut tx, by, ("key.revoked", id), json!({})).await?;
    }
    tx.commit().await?;
    if revoked {
        tracing::info!(key.id = %id, by = %by.holder, "withdrew key `{id}`");
    }
    Ok(revoked)
}

/// Who may call is written down in the transaction of the change.
async fn note(
    hub: &Hub,
    tx: &mut Tx,
    by: &Caller,
    (action, key): (&str, KeyId),
    detail: Value,
) -> Result<(), StoreError> {
    let now = hub.now();
    let entry = Entry {
        id: AuditId::new(now, hub.random()),
        at: now,
        action: action.to_owned(),
        actor: by.actor(),
        scheme: None,
        subject: Some(key.to_string()),
        purpose: None,
        agreement: None,
        outcome: "done".to_owned(),
        detail: detail.to_string(),
        personal: None,
    };
    tx.add_audit(hub.store().keys(), &[entry]).await
}

fn in_force(row: &KeyRow, now: Instant) -> bool {
    row.revoked_at.is_none() && row.expires_at.is_none_or(|end| now < end)
}

/// Whether a text can be a key at all; what cannot be one is not worth a look into the store.
fn is_shaped(shown: &str) -> bool {
    shown.strip_prefix(PREFIX).is_some_and(|secret| secret.len() == SECRET_LENGTH)
}

/// The look-up by hash takes as long for a wrong key as for a right one: an attacker cannot choose
/// the hash without the hub's own key, so timing says nothing about how close a guess was.
fn hash(keys: &Keys, secret: &str) -> KeyedHash {
    keys.hash("access key", &[secret])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> KeyRow {
        KeyRow {
            id: KeyId::new(Instant::from_millis(0), [0; 10]),
            title: String::new(),
            holder: Holder::Operator("bamako".to_owned()),
            scopes: Vec::new(),
            purposes: Vec::new(),
            created_at: Instant::from_millis(0),
            expires_at: Some(Instant::from_millis(1_000)),
            revoked_at: None,
            last_used_at: None,
        }
    }

    #[test]
    fn a_key_ends_at_its_hour_and_when_it_is_withdrawn() {
        assert!(in_force(&row(), Instant::from_millis(999)));
        assert!(!in_force(&row(), Instant::from_millis(1_000)));
        let revoked = KeyRow { revoked_at: Some(Instant::from_millis(5)), ..row() };
        assert!(!in_force(&revoked, Instant::from_millis(6)));
    }

    #[test]
    fn what_cannot_be_a_key_is_not_looked_up() {
        for wrong in
            ["", "dk_", "dk_short", "Bearer", "sk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]
        {
            assert!(!is_shaped(wrong), "{wrong}");
        }
        assert!(is_shaped(&format!("dk_{}", "A".repeat(SECRET_LENGTH))));
    }
}
