//! The second factor: begun, proved once, then asked for at each sign-in. Who begins it or takes it away shows the
//! password.
//!
//! Until it is proved nothing is stored: the page carries the secret in its own form, as it must be shown to its holder
//! anyway.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::super::Hub;
use super::{Account, AccountError, note, sign_in, totp};

/// A new secret.
#[must_use]
pub fn offer(hub: &Hub) -> Vec<u8> {
    hub.random::<{ totp::SECRET }>().to_vec()
}

/// A secret as a form carries it.
#[must_use]
pub fn written(secret: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(secret)
}

/// A secret out of a form.
#[must_use]
pub fn read(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok().filter(|secret| secret.len() == totp::SECRET)
}

/// What came of the proof of a second factor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Proof {
    /// It is asked for from now on.
    Taken,
    /// The code is not that of the moment, or the account has a second factor already.
    WrongCode,
    /// The password is another one.
    WrongPassword,
}

/// Takes a secret for an account whose password was shown once more, with a code of it: whoever finds a browser left
/// alone must not shut its owner out. An account that has one keeps it.
///
/// # Errors
/// When it was tried too often, or the store fails.
pub async fn confirm(
    hub: &Hub,
    account: &Account,
    secret: &[u8],
    (code, password): (&str, &str),
) -> Result<Proof, AccountError> {
    if !sign_in::shows_password(hub, account, password).await? {
        return Ok(Proof::WrongPassword);
    }
    let Some(step) = totp::matching(secret, code, hub.now()) else { return Ok(Proof::WrongCode) };
    let keys = hub.store().keys();
    let mut tx = hub.store().begin().await?;
    let row = tx.account(keys, account.id).await?;
    if row.is_none_or(|row| row.second_factor.is_some()) {
        return Ok(Proof::WrongCode);
    }
    tx.set_second_factor(keys, account.id, Some((secret, step))).await?;
    let actor = account.caller().actor();
    note(hub, &mut tx, &actor, "account.second_factor", Some(account.id), json!({ "on": true }))
        .await?;
    tx.commit().await?;
    Ok(Proof::Taken)
}

/// Takes the second factor from an account whose password was shown once more; `false` when it was another one.
///
/// # Errors
/// When it was tried too often, or the store fails.
pub async fn remove(hub: &Hub, account: &Account, password: &str) -> Result<bool, AccountError> {
    let keys = hub.store().keys();
    if !sign_in::shows_password(hub, account, password).await? {
        return Ok(false);
    }
    let mut tx = hub.store().begin().await?;
    tx.set_second_factor(keys, account.id, None).await?;
    let actor = account.caller().actor();
    note(hub, &mut tx, &actor, "account.second_factor", Some(account.id), json!({ "on": false }))
        .await?;
    tx.commit().await?;
    Ok(true)
}
