//! The people who work at the page: accounts, how they are let in for the first time, what they may do.
//!
//! Only who runs the whole hub makes accounts, gives them another role, closes them. Nobody chooses a password for
//! somebody else: a new account, and one whose password is lost, gets a one-time link ([`links`]). [`sign_in`] lets people
//! in, [`providers`] those whom their institution knows, [`sessions`] knows them again, [`second_factor`] asks for more than a password. Whatever changes who may come in
//! stands in the audit log, in the transaction of the change.

pub mod links;
pub mod password;
pub mod providers;
pub mod second_factor;
pub mod sessions;
pub mod sign_in;
pub mod totp;

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::Hub;
use crate::model::account;
use crate::model::{AccountId, AccountName, AuditId, Caller, Instant, Role, SchemeId, Scope};
use crate::store::accounts::AccountRow;
use crate::store::audit::Entry;
use crate::store::{StoreError, Tx};
use password::Weakness;

pub use links::{Invited, accept, first_link, invited};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// An account, without its secrets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// With which its holder signs in.
    pub name: AccountName,
    /// What it is for.
    pub role: Role,
    /// In which scheme; none: in the whole hub.
    pub scheme: Option<SchemeId>,
    /// Whether its holder has chosen a password.
    pub has_password: bool,
    /// Whether a code is asked for beside the password.
    pub has_second_factor: bool,
    /// When it was made.
    pub created_at: Instant,
    /// By whom.
    pub created_by: String,
    /// Since when it lets nobody in.
    pub disabled_at: Option<Instant>,
}

impl Account {
    fn of(row: &AccountRow) -> Self {
        Self {
            id: row.id,
            name: row.name.clone(),
            role: row.role,
            scheme: row.scheme.clone(),
            has_password: row.password.is_some(),
            has_second_factor: row.second_factor.is_some(),
            created_at: row.created_at,
            created_by: row.created_by.clone(),
            disabled_at: row.disabled_at,
        }
    }

    /// The account as operations know it.
    #[must_use]
    pub fn caller(&self) -> Caller {
        account::caller(self.id, &self.name, self.role, self.scheme.as_ref())
    }
}

/// Why an account is not changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Only who runs the whole hub may.
    #[error("only who runs the hub changes accounts")]
    NotPermitted,
    /// No such account.
    #[error("no such account")]
    Unknown,
    /// Somebody has this name.
    #[error("the name is taken")]
    NameTaken,
    /// A scheme has this name: in the audit log nobody could tell the two apart.
    #[error("the name is that of a scheme")]
    NameOfScheme,
    /// No such scheme in the registry.
    #[error("no such scheme")]
    UnknownScheme,
    /// Nobody would be left who runs the hub.
    #[error("the last administrator of the hub")]
    LastAdministrator,
    /// The link was used, is too old, or nobody gave it out.
    #[error("the link is over")]
    LinkOver,
    /// Too many wrong passwords.
    #[error("to be tried again later")]
    TryLater {
        /// From when on.
        until: Instant,
    },
    /// The password will not do.
    #[error("the password will not do")]
    Weak(Weakness),
}

/// An account to be made.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// With which its holder signs in.
    pub name: AccountName,
    /// What it is for.
    pub role: Role,
    /// In which scheme; none: in the whole hub.
    pub scheme: Option<SchemeId>,
}

/// Every account, by name.
///
/// # Errors
/// When the caller may not know, or the store fails.
pub async fn list(hub: &Hub, by: &Caller) -> Result<Vec<Account>, AccountError> {
    may(by)?;
    let rows = hub.store().read().await?.accounts(hub.store().keys()).await?;
    Ok(rows.iter().map(Account::of).collect())
}

/// One account.
///
/// # Errors
/// When the caller may not know, there is none, or the store fails.
pub async fn one(hub: &Hub, by: &Caller, id: AccountId) -> Result<Account, AccountError> {
    may(by)?;
    let row = hub.store().read().await?.account(hub.store().keys(), id).await?;
    row.as_ref().map(Account::of).ok_or(AccountError::Unknown)
}

/// Makes an account, and the secret of the link with which its holder chooses a password.
///
/// # Errors
/// When the caller may not, the name is taken, the scheme is unknown, or the store fails.
pub async fn create(
    hub: &Hub,
    by: &Caller,
    new: NewAccount,
) -> Result<(Account, Zeroizing<String>), AccountError> {
    may(by)?;
    known(hub, new.scheme.as_ref())?;
    no_scheme(hub, &new.name)?;
    let now = hub.now();
    let row = AccountRow {
        id: AccountId::new(now, hub.random()),
        name: new.name,
        role: new.role,
        scheme: new.scheme,
        password: None,
        second_factor: None,
        last_step: None,
        created_at: now,
        created_by: by.actor(),
        disabled_at: None,
    };
    let mut tx = hub.store().begin().await?;
    if !tx.insert_account(&row).await? {
        return Err(AccountError::NameTaken);
    }
    note(hub, &mut tx, &by.actor(), "account.created", Some(row.id), rights(&row)).await?;
    let secret = links::invite(hub, &mut tx, row.id).await?;
    tx.commit().await?;
    tracing::info!(account.id = %row.id, "made account `{}`", row.id);
    Ok((Account::of(&row), secret))
}

/// Refuses a name that a scheme has.
fn no_scheme(hub: &Hub, name: &AccountName) -> Result<(), AccountError> {
    let library = hub.library();
    let scheme: Option<SchemeId> = name.as_str().parse().ok();
    match scheme.and_then(|scheme| library.registry().scheme(&scheme).map(|_| ())) {
        Some(()) => Err(AccountError::NameOfScheme),
        None => Ok(()),
    }
}

/// Takes password and second factor from an account, ends its sittings, and gives a link with which its holder begins
/// again.
///
/// # Errors
/// When the caller may not, there is no such account, or the store fails.
pub async fn reset(
    hub: &Hub,
    by: &Caller,
    id: AccountId,
) -> Result<Zeroizing<String>, AccountError> {
    may(by)?;
    let now = hub.now();
    let mut tx = hub.store().begin().await?;
    tx.account(hub.store().keys(), id).await?.ok_or(AccountError::Unknown)?;
    tx.set_password(id, None).await?;
    tx.set_second_factor(hub.store().keys(), id, None).await?;
    tx.end_sessions(id, None, now).await?;
    note(hub, &mut tx, &by.actor(), "account.reset", Some(id), json!({})).await?;
    let secret = links::invite(hub, &mut tx, id).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Gives an account another role, in the whole hub or in a scheme. It holds from the next click on.
///
/// # Errors
/// When the caller may not, nobody would be left to run the hub, or the store fails.
pub async fn change_role(
    hub: &Hub,
    by: &Caller,
    id: AccountId,
    role: Role,
    scheme: Option<&SchemeId>,
) -> Result<(), AccountError> {
    may(by)?;
    known(hub, scheme)?;
    let mut tx = hub.store().begin().await?;
    tx.take_turn_at_accounts().await?;
    let row = tx.account(hub.store().keys(), id).await?.ok_or(AccountError::Unknown)?;
    let changed = AccountRow { role, scheme: scheme.cloned(), ..row.clone() };
    if runs_the_hub(&row) && !runs_the_hub(&changed) {
        leave_somebody(hub, &mut tx, id).await?;
    }
    tx.set_role(id, role, scheme).await?;
    let detail = json!({ "from": rights(&row), "to": rights(&changed) });
    note(hub, &mut tx, &by.actor(), "account.role", Some(id), detail).await?;
    Ok(tx.commit().await?)
}

/// Closes an account, which ends its sittings, or opens it again.
///
/// # Errors
/// When the caller may not, nobody would be left to run the hub, or the store fails.
pub async fn set_open(
    hub: &Hub,
    by: &Caller,
    id: AccountId,
    open: bool,
) -> Result<(), AccountError> {
    may(by)?;
    let now = hub.now();
    let mut tx = hub.store().begin().await?;
    tx.take_turn_at_accounts().await?;
    let row = tx.account(hub.store().keys(), id).await?.ok_or(AccountError::Unknown)?;
    if !open {
        if runs_the_hub(&row) {
            leave_somebody(hub, &mut tx, id).await?;
        }
        tx.end_sessions(id, None, now).await?;
    }
    tx.set_disabled(id, (!open).then_some(now)).await?;
    let action = if open { "account.opened" } else { "account.closed" };
    note(hub, &mut tx, &by.actor(), action, Some(id), json!({})).await?;
    Ok(tx.commit().await?)
}

fn may(by: &Caller) -> Result<(), AccountError> {
    if by.runs_the_hub() && by.may(Scope::Admin) { Ok(()) } else { Err(AccountError::NotPermitted) }
}

fn known(hub: &Hub, scheme: Option<&SchemeId>) -> Result<(), AccountError> {
    match scheme {
        Some(scheme) if hub.library().registry().scheme(scheme).is_none() => {
            Err(AccountError::UnknownScheme)
        }
        _ => Ok(()),
    }
}

fn runs_the_hub(row: &AccountRow) -> bool {
    row.role == Role::Administrator && row.scheme.is_none() && row.disabled_at.is_none()
}

/// Refuses what would leave nobody, but `id`, who runs the hub and can sign in.
async fn leave_somebody(hub: &Hub, tx: &mut Tx, id: AccountId) -> Result<(), AccountError> {
    let rows = tx.accounts(hub.store().keys()).await?;
    let others = |row: &&AccountRow| row.id != id && runs_the_hub(row) && row.password.is_some();
    rows.iter().find(others).map(|_| ()).ok_or(AccountError::LastAdministrator)
}

fn rights(row: &AccountRow) -> Value {
    json!({ "role": row.role.name(), "scheme": row.scheme })
}

async fn note(
    hub: &Hub,
    tx: &mut Tx,
    actor: &str,
    action: &str,
    subject: Option<AccountId>,
    detail: Value,
) -> Result<(), StoreError> {
    noted(hub, tx, (actor, action, "done"), subject, detail).await
}

/// An entry of the audit log about an account.
async fn noted(
    hub: &Hub,
    tx: &mut Tx,
    (actor, action, outcome): (&str, &str, &str),
    subject: Option<AccountId>,
    detail: Value,
) -> Result<(), StoreError> {
    let now = hub.now();
    let entry = Entry {
        id: AuditId::new(now, hub.random()),
        at: now,
        action: action.to_owned(),
        actor: actor.to_owned(),
        scheme: None,
        subject: subject.map(|id| id.to_string()),
        purpose: None,
        agreement: None,
        outcome: outcome.to_owned(),
        detail: detail.to_string(),
        personal: None,
    };
    tx.add_audit(hub.store().keys(), &[entry]).await
}
