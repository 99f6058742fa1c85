//! `dankun accounts`: who may work at the page.

use serde_json::json;

use super::arguments::Common;
use super::connection::Connection;
use super::failure::{Failure, Outcome};
use super::screen::Screen;
use crate::model::{AccountId, AccountName, Caller, Role, SchemeId};
use crate::operations::Hub;
use crate::operations::accounts::{self, Account, AccountError, NewAccount, sign_in};
use crate::ui;

/// Create, list, reset and close the accounts of people who work at the hub's page.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    connection: Connection,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Create an account; the link with which its holder chooses a password is shown once
    Create {
        /// Name with which its holder signs in
        name: AccountName,
        /// administrator, mapper, steward, auditor or viewer
        #[arg(long, value_name = "ROLE", value_parser = Role::among_known)]
        role: Role,
        /// The only scheme in which it may work [default: the whole hub]
        #[arg(long, value_name = "SCHEME")]
        scheme: Option<SchemeId>,
    },
    /// List every account
    List,
    /// Take password and second factor from an account, and show a new link once
    Reset {
        /// Name of the account
        name: AccountName,
    },
    /// Close an account and end its sessions
    Close {
        /// Name of the account
        name: AccountName,
    },
    /// Open a closed account again
    Open {
        /// Name of the account
        name: AccountName,
    },
}

/// Does one of the five.
///
/// # Errors
/// When the hub does not open, or what is asked cannot be done.
pub async fn run(args: Args, common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    let hub = args.connection.open(common).await?;
    let by = Caller::local_operator();
    match args.verb {
        Verb::Create { name, role, scheme } => {
            let shown = name.to_string();
            let new = NewAccount { name, role, scheme };
            let (_, secret) = accounts::create(&hub, &by, new).await.map_err(failed(&shown))?;
            link(&shown, &secret, screen)?;
        }
        Verb::List => {
            for account in accounts::list(&hub, &by).await.map_err(failed(""))? {
                print(&account, screen)?;
            }
        }
        Verb::Reset { name } => {
            let id = id_of(&hub, &name).await?;
            let secret = accounts::reset(&hub, &by, id).await.map_err(failed(name.as_str()))?;
            link(name.as_str(), &secret, screen)?;
        }
        Verb::Close { name } => set_open(&hub, &by, &name, false, screen).await?,
        Verb::Open { name } => set_open(&hub, &by, &name, true, screen).await?,
    }
    Ok(Outcome::Done)
}

async fn set_open(
    hub: &Hub,
    by: &Caller,
    name: &AccountName,
    open: bool,
    screen: &Screen,
) -> Result<(), Failure> {
    let id = id_of(hub, name).await?;
    accounts::set_open(hub, by, id, open).await.map_err(failed(name.as_str()))?;
    if screen.json() {
        return screen.value(&json!({ "account": name.as_str(), "open": open }));
    }
    let key = if open { "accounts-now-open" } else { "accounts-now-closed" };
    screen.say(key, &[("name", name.as_str().into())])
}

async fn id_of(hub: &Hub, name: &AccountName) -> Result<AccountId, Failure> {
    let found = sign_in::id_of(hub, name).await.map_err(Failure::operation)?;
    found.ok_or_else(|| Failure::usage("accounts-unknown", &[("name", name.as_str())]))
}

fn failed(name: &str) -> impl FnOnce(AccountError) -> Failure + '_ {
    move |error| {
        let key = match error {
            AccountError::NameTaken => "accounts-taken",
            AccountError::NameOfScheme => "accounts-of-scheme",
            AccountError::UnknownScheme => "accounts-unknown-scheme",
            AccountError::LastAdministrator => "accounts-last",
            AccountError::Unknown => "accounts-unknown",
            AccountError::Store(_)
            | AccountError::NotPermitted
            | AccountError::LinkOver
            | AccountError::TryLater { .. }
            | AccountError::Weak(_) => return Failure::operation(error),
        };
        Failure::usage(key, &[("name", name)])
    }
}

fn link(name: &str, secret: &str, screen: &Screen) -> Result<(), Failure> {
    let path = ui::welcome_path(secret);
    if screen.json() {
        return screen.value(&json!({ "account": name, "link": path }));
    }
    screen.say("accounts-link", &[("name", name.into()), ("path", path.into())])
}

fn print(account: &Account, screen: &Screen) -> Result<(), Failure> {
    if screen.json() {
        return screen.value(&json!({
            "id": account.id,
            "account": account.name.as_str(),
            "role": account.role.name(),
            "scheme": account.scheme,
            "second_factor": account.has_second_factor,
            "invited": !account.has_password,
            "closed_at": account.disabled_at,
            "created_at": account.created_at,
        }));
    }
    let state = match (account.disabled_at, account.has_password) {
        (Some(_), _) => "page-account-is-closed",
        (None, false) => "page-account-is-invited",
        (None, true) => "page-account-is-open",
    };
    let scheme = account.scheme.as_ref().map(ToString::to_string);
    let place = scheme.unwrap_or_else(|| screen.text("page-account-whole-hub", &[]));
    let role = screen.text(&format!("page-role-{}", account.role.name()), &[]);
    screen.line(&format!("{} · {role} · {place} · {}", account.name, screen.text(state, &[])))
}
