//! One-time links: with one, the holder of an account chooses a password; with the very first, somebody who is nobody yet
//! becomes the administrator of the hub. Only the keyed hash of a link is kept.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use zeroize::Zeroizing;

use super::super::Hub;
use super::{AccountError, HOUR, note, password, rights, sign_in};
use crate::model::{AccountId, AccountName, Role};
use crate::store::accounts::{AccountRow, Link};
use crate::store::{KeyedHash, StoreError, Tx};

/// How long an invitation waits, in milliseconds: somebody is on leave, or comes to the office once a week.
const INVITATION: i64 = 7 * 24 * HOUR;
/// How long the first administrator's link waits: each start of the hub prints a new one.
const FIRST: i64 = 24 * HOUR;

/// The secret of the link that makes the first administrator; none once somebody has an account. An earlier one is
/// over.
///
/// # Errors
/// When the store fails.
pub async fn first_link(hub: &Hub) -> Result<Option<Zeroizing<String>>, StoreError> {
    let mut tx = hub.store().begin().await?;
    tx.take_turn_at_accounts().await?;
    if tx.count_accounts().await? > 0 {
        return Ok(None);
    }
    let secret = link_to(hub, &mut tx, None, FIRST).await?;
    tx.commit().await?;
    Ok(Some(secret))
}

/// Whom a link lets in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Invited {
    /// Whoever opens it first: they choose a name.
    FirstAdministrator,
    /// The holder of this account.
    Holder(AccountName),
}

/// Whom a link lets in, while it may be used.
///
/// # Errors
/// When it is over, or the store fails.
pub async fn invited(hub: &Hub, secret: &str) -> Result<Invited, AccountError> {
    let mut session = hub.store().read().await?;
    let link = session.open_link(&hash(hub, secret), hub.now()).await?;
    match link.ok_or(AccountError::LinkOver)?.account {
        None => Ok(Invited::FirstAdministrator),
        Some(id) => {
            let row = session.account(hub.store().keys(), id).await?;
            let row = row.filter(|row| row.disabled_at.is_none());
            row.map(|row| Invited::Holder(row.name)).ok_or(AccountError::LinkOver)
        }
    }
}

/// Uses a link up: its holder has chosen a password. `name` counts for the first administrator only.
///
/// # Errors
/// When the link is over, the password will not do, the name is taken, or the store fails.
pub async fn accept(
    hub: &Hub,
    secret: &str,
    name: &AccountName,
    chosen: &str,
) -> Result<AccountName, AccountError> {
    let name = match invited(hub, secret).await? {
        Invited::Holder(own) => own,
        Invited::FirstAdministrator => name.clone(),
    };
    password::check(chosen, &name).map_err(AccountError::Weak)?;
    let hashed = password::hash(hub, chosen).await;
    let now = hub.now();
    let mut tx = hub.store().begin().await?;
    tx.take_turn_at_accounts().await?;
    let link = tx.open_link(&hash(hub, secret), now).await?.ok_or(AccountError::LinkOver)?;
    if !tx.use_link(&hash(hub, secret), now).await? {
        return Err(AccountError::LinkOver);
    }
    match link.account {
        Some(id) => {
            tx.set_password(id, Some(&hashed)).await?;
            tx.end_sessions(id, None, now).await?;
            note(hub, &mut tx, name.as_str(), "account.password", Some(id), json!({})).await?;
        }
        None => add_first(hub, &mut tx, &name, hashed).await?,
    }
    tx.forget_failures(&sign_in::attempts(hub, name.as_str())).await?;
    tx.commit().await?;
    Ok(name)
}

/// The first administrator, unless somebody was faster.
async fn add_first(
    hub: &Hub,
    tx: &mut Tx,
    name: &AccountName,
    hashed: String,
) -> Result<(), AccountError> {
    if tx.count_accounts().await? > 0 {
        return Err(AccountError::LinkOver);
    }
    super::no_scheme(hub, name)?;
    let now = hub.now();
    let row = AccountRow {
        id: AccountId::new(now, hub.random()),
        name: name.clone(),
        role: Role::Administrator,
        scheme: None,
        password: Some(hashed),
        second_factor: None,
        last_step: None,
        created_at: now,
        created_by: name.to_string(),
        disabled_at: None,
    };
    if !tx.insert_account(&row).await? {
        return Err(AccountError::NameTaken);
    }
    note(hub, tx, name.as_str(), "account.created", Some(row.id), rights(&row)).await?;
    Ok(())
}

/// The secret of a link with which the holder of an account chooses a password; earlier ones are over.
pub(super) async fn invite(
    hub: &Hub,
    tx: &mut Tx,
    account: AccountId,
) -> Result<Zeroizing<String>, StoreError> {
    link_to(hub, tx, Some(account), INVITATION).await
}

async fn link_to(
    hub: &Hub,
    tx: &mut Tx,
    account: Option<AccountId>,
    lasts: i64,
) -> Result<Zeroizing<String>, StoreError> {
    let now = hub.now();
    let secret = secret(hub);
    let link = Link { account, expires_at: now.plus_millis(lasts) };
    tx.replace_link(&hash(hub, &secret), link, now).await?;
    Ok(secret)
}

/// 256 random bits in letters that survive a copy and a line break in a letter.
pub(super) fn secret(hub: &Hub) -> Zeroizing<String> {
    let random = Zeroizing::new(hub.random::<32>());
    Zeroizing::new(URL_SAFE_NO_PAD.encode(random.as_slice()))
}

fn hash(hub: &Hub, secret: &str) -> KeyedHash {
    hub.store().keys().hash("account link", &[secret])
}
