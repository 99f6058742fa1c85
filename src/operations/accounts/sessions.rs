//! Sittings: a browser that was let in is known again, until it rests too long, the day is over, or somebody ends it.
//!
//! What an account may do is read at each click: a role taken away is gone at once.

use serde_json::json;
use zeroize::Zeroizing;

use super::super::Hub;
use super::links::secret;
use super::{Account, AccountError, HOUR, MINUTE, note, password, sign_in};
use crate::model::{AccountId, Instant, SessionId};
use crate::store::sessions::SessionRow;
use crate::store::{KeyedHash, StoreError, Tx};

pub use crate::store::sessions::SessionRow as Sitting;

/// A sitting ends when nothing was clicked for so long, in milliseconds: an office where people come and go.
pub const IDLE: i64 = HOUR;
/// It ends after so long whatever is clicked: a working day.
pub const LONGEST: i64 = 12 * HOUR;
/// How old the note of the last click may grow before it is written again.
const NOTED_EVERY: i64 = MINUTE;
/// How long an ended sitting is kept, for whoever asks who was in.
const KEPT: i64 = 90 * 24 * HOUR;
/// Letters of a browser's name that are kept.
const AGENT: usize = 200;

/// Somebody whose browser was known again.
#[derive(Clone, Debug)]
pub struct Seated {
    /// The sitting.
    pub id: SessionId,
    /// Who.
    pub account: Account,
}

/// A sitting that begins, with what the browser shows from now on.
pub(super) struct Begun {
    pub id: SessionId,
    pub secret: Zeroizing<String>,
}

pub(super) async fn begin(
    hub: &Hub,
    tx: &mut Tx,
    account: AccountId,
    agent: &str,
    verified: bool,
) -> Result<Begun, StoreError> {
    let now = hub.now();
    let secret = secret(hub);
    let row = SessionRow {
        id: SessionId::new(now, hub.random()),
        account,
        created_at: now,
        verified_at: verified.then_some(now),
        seen_at: now,
        agent: agent.chars().filter(|c| !c.is_control()).take(AGENT).collect(),
        ended_at: None,
    };
    tx.begin_session(&row, &hash(hub, &secret), now.plus_millis(-KEPT)).await?;
    Ok(Begun { id: row.id, secret })
}

/// Who shows this text, while the sitting goes on.
///
/// # Errors
/// When the store fails.
pub async fn recognise(hub: &Hub, shown: &str) -> Result<Option<Seated>, StoreError> {
    let now = hub.now();
    let mut session = hub.store().read().await?;
    let Some(row) = session.session_by_secret(&hash(hub, shown)).await? else { return Ok(None) };
    if !goes_on(&row, now) {
        return Ok(None);
    }
    let account = session.account(hub.store().keys(), row.account).await?;
    drop(session);
    let Some(account) = account.filter(|account| account.disabled_at.is_none()) else {
        return Ok(None);
    };
    if row.seen_at.plus_millis(NOTED_EVERY) <= now {
        let mut tx = hub.store().begin().await?;
        tx.session_seen(row.id, now).await?;
        tx.commit().await?;
    }
    Ok(Some(Seated { id: row.id, account: Account::of(&account) }))
}

fn goes_on(row: &SessionRow, now: Instant) -> bool {
    row.verified_at.is_some()
        && row.ended_at.is_none()
        && row.created_at.plus_millis(LONGEST) > now
        && row.seen_at.plus_millis(IDLE) > now
}

/// An account's sittings that go on, the last used first.
///
/// # Errors
/// When the store fails.
pub async fn list(hub: &Hub, account: AccountId) -> Result<Vec<Sitting>, StoreError> {
    let now = hub.now();
    let since = (now.plus_millis(-LONGEST), now.plus_millis(-IDLE));
    let rows = hub.store().read().await?.sessions_of(account, since).await?;
    Ok(rows.into_iter().filter(|row| row.verified_at.is_some()).collect())
}

/// Ends a sitting of an account; `false` when there is none that goes on.
///
/// # Errors
/// When the store fails.
pub async fn end(hub: &Hub, account: &Account, id: SessionId) -> Result<bool, StoreError> {
    let mut tx = hub.store().begin().await?;
    let ended = tx.end_session(id, account.id, hub.now()).await?;
    if ended {
        let detail = json!({ "session": id });
        let actor = account.caller().actor();
        note(hub, &mut tx, &actor, "sign_out", Some(account.id), detail).await?;
    }
    tx.commit().await?;
    Ok(ended)
}

/// Gives an account another password, when the present one was shown; its other sittings end.
///
/// # Errors
/// When the new one will not do, there is no such account, or the store fails; `false` when the present one was
/// another.
pub async fn change_password(
    hub: &Hub,
    seated: &Seated,
    present: &str,
    chosen: &str,
) -> Result<bool, AccountError> {
    let account = &seated.account;
    if !sign_in::shows_password(hub, account, present).await? {
        return Ok(false);
    }
    password::check(chosen, &account.name).map_err(AccountError::Weak)?;
    let hashed = password::hash(hub, chosen).await;
    let mut tx = hub.store().begin().await?;
    tx.set_password(account.id, Some(&hashed)).await?;
    tx.end_sessions(account.id, Some(seated.id), hub.now()).await?;
    let actor = account.caller().actor();
    note(hub, &mut tx, &actor, "account.password", Some(account.id), json!({})).await?;
    tx.commit().await?;
    Ok(true)
}

pub(super) fn hash(hub: &Hub, secret: &str) -> KeyedHash {
    hub.store().keys().hash("session", &[secret])
}
