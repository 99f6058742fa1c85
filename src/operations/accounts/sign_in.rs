//! Letting people in: a name, a password, perhaps a code; and a wait that grows while guesses are wrong.
//!
//! An attempt is counted before it is looked at, so that a hundred at once are a hundred. Names that nobody has are
//! counted, hashed, written down and answered as those that somebody has: nobody learns who has an account, from what is
//! said or from how long it takes.

use serde_json::json;
use zeroize::Zeroizing;

use super::super::Hub;
use super::sessions::{self, Begun};
use super::{Account, AccountError, HOUR, MINUTE, noted, password, totp};
use crate::model::{AccountId, AccountName, Instant};
use crate::store::accounts::AccountRow;
use crate::store::{KeyedHash, StoreError, Tx};

/// Wrong attempts in a row that cost no wait: people mistype.
const FREE: u32 = 5;
/// The first wait, in milliseconds; it doubles up to [`LONGEST_WAIT`].
const FIRST_WAIT: i64 = MINUTE / 2;
/// The longest wait: longer would let anybody keep others out.
const LONGEST_WAIT: i64 = 15 * MINUTE;
/// After so long a wrong attempt is forgotten.
const FORGOTTEN: i64 = 24 * HOUR;
/// How long the code is waited for after the password.
const CODE: i64 = 5 * MINUTE;

/// Somebody who showed the right password.
pub enum Entered {
    /// Let in: what the browser shows from now on.
    In(Zeroizing<String>),
    /// The code of the second factor is asked for: what the browser shows with it.
    CodeNeeded(Zeroizing<String>),
}

/// Why somebody is not let in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No such name, or another password, or another code.
    #[error("wrong name, password or code")]
    Wrong,
    /// Too many wrong attempts under this name.
    #[error("to be tried again later")]
    Wait {
        /// From when on.
        until: Instant,
    },
    /// The time for the code is over, or the password was not shown before.
    #[error("to be begun again")]
    Begin,
}

/// Lets in whoever shows a name and its password. `agent` is the browser as it names itself.
///
/// # Errors
/// When they do not fit, when it was tried too often, or when the store fails.
pub async fn enter(
    hub: &Hub,
    name: &str,
    shown: &str,
    agent: &str,
) -> Result<Entered, SignInError> {
    if let Some(until) = count(hub, name).await? {
        return Err(SignInError::Wait { until });
    }
    let keys = hub.store().keys();
    let row = match name.parse::<AccountName>() {
        Ok(name) => hub.store().read().await?.account_by_name(keys, &name).await?,
        Err(_) => None,
    };
    let open = row.as_ref().filter(|row| row.disabled_at.is_none());
    let fits = password::matches(hub, shown, open.and_then(|row| row.password.as_deref())).await;
    let mut tx = hub.store().begin().await?;
    let Some(row) = open.filter(|_| fits) else {
        tell(hub, &mut tx, row.as_ref(), "refused").await?;
        tx.commit().await?;
        return Err(SignInError::Wrong);
    };
    let needs_code = row.second_factor.is_some();
    let begun = sessions::begin(hub, &mut tx, row.id, agent, !needs_code).await?;
    if needs_code {
        tx.commit().await?;
        return Ok(Entered::CodeNeeded(begun.secret));
    }
    let secret = let_in(hub, tx, row, begun, None).await?;
    Ok(Entered::In(secret))
}

/// Lets in whoever showed the password before, under `pending`, and shows the code now. The browser shows another text
/// from then on.
///
/// # Errors
/// When the code is wrong or was used, the time for it is over, it was tried too often, or the store fails.
pub async fn confirm(
    hub: &Hub,
    pending: &str,
    code: &str,
    agent: &str,
) -> Result<Zeroizing<String>, SignInError> {
    let now = hub.now();
    let keys = hub.store().keys();
    let mut session = hub.store().read().await?;
    let sitting = session.session_by_secret(&sessions::hash(hub, pending)).await?;
    let waits = |sitting: &crate::store::sessions::SessionRow| {
        sitting.verified_at.is_none()
            && sitting.ended_at.is_none()
            && sitting.created_at.plus_millis(CODE) > now
    };
    let sitting = sitting.filter(waits).ok_or(SignInError::Begin)?;
    let row = session.account(keys, sitting.account).await?;
    drop(session);
    let row = row.filter(|row| row.disabled_at.is_none()).ok_or(SignInError::Begin)?;
    if let Some(until) = count(hub, row.name.as_str()).await? {
        return Err(SignInError::Wait { until });
    }
    let secret = row.second_factor.as_deref().ok_or(SignInError::Begin)?;
    let step = totp::matching(secret, code, now);
    let mut tx = hub.store().begin().await?;
    let taken = match step {
        Some(step) => tx.take_step(row.id, step).await?,
        None => false,
    };
    if !taken {
        tell(hub, &mut tx, Some(&row), "wrong_code").await?;
        tx.commit().await?;
        return Err(SignInError::Wrong);
    }
    tx.end_session(sitting.id, row.id, now).await?;
    let begun = sessions::begin(hub, &mut tx, row.id, agent, true).await?;
    Ok(let_in(hub, tx, &row, begun, None).await?)
}

/// Forgets wrong attempts, writes the sign-in down, and commits. `provider` has answered for them, when not a password.
pub(super) async fn let_in(
    hub: &Hub,
    mut tx: Tx,
    row: &AccountRow,
    begun: Begun,
    provider: Option<&str>,
) -> Result<Zeroizing<String>, StoreError> {
    tx.forget_failures(&attempts(hub, row.name.as_str())).await?;
    let detail = match provider {
        Some(provider) => json!({ "session": begun.id, "provider": provider }),
        None => json!({ "session": begun.id }),
    };
    let actor = Account::of(row).caller().actor();
    noted(hub, &mut tx, (&actor, "sign_in", "let_in"), Some(row.id), detail).await?;
    tx.commit().await?;
    Ok(begun.secret)
}

/// Who stands in the log when nobody has the name that was tried: a name may be a password typed into the wrong field.
pub(super) const NOBODY: &str = "nobody";

/// Writes down that somebody was not let in; what is tried under names that nobody has, too.
pub(super) async fn tell(
    hub: &Hub,
    tx: &mut Tx,
    row: Option<&AccountRow>,
    outcome: &str,
) -> Result<(), StoreError> {
    let actor = row.map_or_else(|| NOBODY.to_owned(), |row| Account::of(row).caller().actor());
    noted(hub, tx, (&actor, "sign_in", outcome), row.map(|row| row.id), json!({})).await
}

/// Whether somebody who is in shows the password once more. An attempt counts as one at the door: a browser that was
/// left alone is no place to guess.
pub(super) async fn shows_password(
    hub: &Hub,
    account: &Account,
    shown: &str,
) -> Result<bool, AccountError> {
    if let Some(until) = count(hub, account.name.as_str()).await? {
        return Err(AccountError::TryLater { until });
    }
    let row = hub.store().read().await?.account(hub.store().keys(), account.id).await?;
    let row = row.ok_or(AccountError::Unknown)?;
    let fits = password::matches(hub, shown, row.password.as_deref()).await;
    let mut tx = hub.store().begin().await?;
    if fits {
        tx.forget_failures(&attempts(hub, account.name.as_str())).await?;
    } else {
        tell(hub, &mut tx, Some(&row), "refused").await?;
    }
    tx.commit().await?;
    Ok(fits)
}

/// Counts an attempt under a name, unless it comes too early: then from when on it may come.
async fn count(hub: &Hub, name: &str) -> Result<Option<Instant>, StoreError> {
    let now = hub.now();
    let name = attempts(hub, name);
    let mut tx = hub.store().begin().await?;
    tx.take_turn_at_failures(&name).await?;
    if let Some((failures, last)) = tx.failures(&name).await? {
        let until = last.plus_millis(wait(failures));
        if until > now {
            return Ok(Some(until));
        }
    }
    tx.add_failure(&name, now, now.plus_millis(-FORGOTTEN)).await?;
    tx.commit().await?;
    Ok(None)
}

/// Under which hash attempts are counted: the name as an account would have it.
pub(super) fn attempts(hub: &Hub, name: &str) -> KeyedHash {
    let folded: String = name.trim().chars().take(80).flat_map(char::to_lowercase).collect();
    hub.store().keys().hash("sign in", &[&folded])
}

/// How long nobody may try after so many wrong attempts, in milliseconds.
fn wait(failures: u32) -> i64 {
    match failures.checked_sub(FREE) {
        None => 0,
        Some(more) => FIRST_WAIT.saturating_mul(1 << more.min(16)).min(LONGEST_WAIT),
    }
}

/// The account of a name, for the command line.
///
/// # Errors
/// When the store fails.
pub async fn id_of(hub: &Hub, name: &AccountName) -> Result<Option<AccountId>, StoreError> {
    let row = hub.store().read().await?.account_by_name(hub.store().keys(), name).await?;
    Ok(row.map(|row| row.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_and_ends_at_a_quarter_of_an_hour() {
        let waits: Vec<i64> = (0..14).map(|failures| wait(failures) / 1000).collect();
        assert_eq!(waits, [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900, 900]);
        assert_eq!(wait(u32::MAX), LONGEST_WAIT);
    }
}
