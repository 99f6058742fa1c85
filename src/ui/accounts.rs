//! Who may work here: accounts made, given another role, closed, and begun again.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::form::Form;
use super::page::{done, page, refused};
use super::shell::{Section, Shell};
use super::visit::Member;
use super::words::Words;
use crate::http::{App, Named, Problem};
use crate::model::{AccountId, AccountName, Role, SchemeId};
use crate::operations::accounts::{self, Account, AccountError, NewAccount};

/// A choice of a form.
struct Choice {
    value: String,
    title: String,
    about: String,
    chosen: bool,
}

/// What an account may do, to be chosen.
struct Rights {
    roles: Vec<Choice>,
    schemes: Vec<Choice>,
}

impl Rights {
    fn of(app: &App, words: Words, role: Option<Role>, scheme: Option<&SchemeId>) -> Self {
        let role_choice = |one: &Role| Choice {
            value: one.name().to_owned(),
            title: words.named("page-role", one.name()),
            about: words.named("page-role-about", one.name()),
            chosen: role == Some(*one),
        };
        let whole = Choice {
            value: String::new(),
            title: words.say("page-account-whole-hub"),
            about: String::new(),
            chosen: scheme.is_none(),
        };
        let library = app.hub().library();
        let scheme_choice = |one: &SchemeId| Choice {
            value: one.to_string(),
            title: one.to_string(),
            about: String::new(),
            chosen: scheme == Some(one),
        };
        // A scheme that has left the registry stays the account's: no choice at all would be the whole hub.
        let gone = scheme.filter(|scheme| library.registry().scheme(scheme).is_none());
        let schemes = library.registry().schemes().map(|known| &known.id).chain(gone);
        Self {
            roles: Role::ALL.iter().map(role_choice).collect(),
            schemes: std::iter::once(whole).chain(schemes.map(scheme_choice)).collect(),
        }
    }
}

/// A line of the list.
struct Row {
    id: String,
    name: String,
    role: String,
    scheme: Option<String>,
    second_factor: bool,
    invited: bool,
    closed: bool,
    created: String,
    created_by: String,
}

impl Row {
    fn of(words: Words, account: &Account) -> Self {
        Self {
            id: account.id.to_string(),
            name: account.name.to_string(),
            role: words.named("page-role", account.role.name()),
            scheme: account.scheme.as_ref().map(ToString::to_string),
            second_factor: account.has_second_factor,
            invited: !account.has_password,
            closed: account.disabled_at.is_some(),
            created: words.moment(account.created_at),
            created_by: account.created_by.clone(),
        }
    }
}

#[derive(Template)]
#[template(path = "accounts.html")]
struct List {
    shell: Shell,
    rows: Vec<Row>,
    rights: Rights,
    name: String,
    name_wrong: Option<String>,
    role_wrong: Option<String>,
}

async fn listed(
    app: &App,
    member: &Member,
    chosen: (Option<Role>, Option<&SchemeId>),
) -> Result<List, Problem> {
    let words = member.visit.words;
    let all = accounts::list(app.hub(), &member.caller).await?;
    Ok(List {
        shell: Shell::new(member, Section::Accounts, "page-accounts"),
        rows: all.iter().map(|account| Row::of(words, account)).collect(),
        rights: Rights::of(app, words, chosen.0, chosen.1),
        name: String::new(),
        name_wrong: None,
        role_wrong: None,
    })
}

/// Every account, and a form for another one.
pub async fn list(member: Member, State(app): State<App>) -> Result<Response, Problem> {
    page(member.visit.words, &listed(&app, &member, (None, None)).await?)
}

#[derive(Template)]
#[template(path = "account_link.html")]
struct LinkMade {
    shell: Shell,
    name: String,
    link: String,
}

/// Makes an account, and shows its link this once.
pub async fn create(
    member: Member,
    State(app): State<App>,
    form: Form,
) -> Result<Response, Problem> {
    let words = member.visit.words;
    let role = Role::parse(form.text("role"));
    let scheme = scheme_of(&form)?;
    let mut again = listed(&app, &member, (role, scheme.as_ref())).await?;
    form.text("name").clone_into(&mut again.name);
    let name = form.text("name").parse::<AccountName>();
    let (Ok(name), Some(role)) = (&name, role) else {
        again.name_wrong = name.is_err().then(|| words.say("page-account-bad-name"));
        again.role_wrong = role.is_none().then(|| words.say("page-account-no-role"));
        return refused(words, &again);
    };
    let new = NewAccount { name: name.clone(), role, scheme };
    match accounts::create(app.hub(), &member.caller, new).await {
        Ok((account, secret)) => link_made(&member, &account, &secret),
        Err(AccountError::NameTaken) => {
            again.name_wrong = Some(words.say("page-account-name-taken"));
            refused(words, &again)
        }
        Err(AccountError::NameOfScheme) => {
            again.name_wrong = Some(words.say("page-account-name-scheme"));
            refused(words, &again)
        }
        Err(error) => Err(error.into()),
    }
}

/// The scheme that was chosen, none for the whole hub. What is no scheme is not the whole hub.
fn scheme_of(form: &Form) -> Result<Option<SchemeId>, Problem> {
    match form.all("scheme").next().map(str::trim) {
        Some("") => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| Problem::parameter("scheme", "?")),
        None => Err(Problem::parameter("scheme", "?")),
    }
}

fn link_made(member: &Member, account: &Account, secret: &str) -> Result<Response, Problem> {
    let shell = Shell::new(member, Section::Accounts, "page-account-link");
    let name = account.name.to_string();
    let link = format!("{}{}", member.visit.origin, super::welcome_path(secret));
    page(member.visit.words, &LinkMade { shell, name, link })
}

#[derive(Template)]
#[template(path = "account_edit.html")]
struct Edit {
    shell: Shell,
    row: Row,
    rights: Rights,
    own: bool,
    wrong: Option<String>,
}

impl Edit {
    fn of(app: &App, member: &Member, account: &Account, wrong: Option<String>) -> Self {
        let words = member.visit.words;
        let row = Row::of(words, account);
        Self {
            shell: Shell::new(member, Section::Accounts, "page-accounts").titled(row.name.clone()),
            rights: Rights::of(app, words, Some(account.role), account.scheme.as_ref()),
            own: account.id == member.seated.account.id,
            row,
            wrong,
        }
    }
}

/// One account.
pub async fn show(
    member: Member,
    State(app): State<App>,
    Named(id): Named<AccountId>,
) -> Result<Response, Problem> {
    let account = accounts::one(app.hub(), &member.caller, id).await?;
    page(member.visit.words, &Edit::of(&app, &member, &account, None))
}

/// Gives it another role.
pub async fn change(
    member: Member,
    State(app): State<App>,
    Named(id): Named<AccountId>,
    form: Form,
) -> Result<Response, Problem> {
    let role = Role::parse(form.text("role")).ok_or_else(|| Problem::parameter("role", "?"))?;
    let scheme = scheme_of(&form)?;
    let changed = accounts::change_role(app.hub(), &member.caller, id, role, scheme.as_ref()).await;
    settled(&app, &member, id, changed, "account-changed").await
}

/// Closes it, or opens it again.
pub async fn set_open(
    member: Member,
    State(app): State<App>,
    Named(id): Named<AccountId>,
    form: Form,
) -> Result<Response, Problem> {
    let open = form.text("open") == "yes";
    let changed = accounts::set_open(app.hub(), &member.caller, id, open).await;
    settled(&app, &member, id, changed, if open { "account-opened" } else { "account-closed" })
        .await
}

/// Takes password and second factor away, and shows a link this once.
pub async fn reset(
    member: Member,
    State(app): State<App>,
    Named(id): Named<AccountId>,
    _: Form,
) -> Result<Response, Problem> {
    let account = accounts::one(app.hub(), &member.caller, id).await?;
    let secret = accounts::reset(app.hub(), &member.caller, id).await?;
    link_made(&member, &account, &secret)
}

async fn settled(
    app: &App,
    member: &Member,
    id: AccountId,
    changed: Result<(), AccountError>,
    said: &str,
) -> Result<Response, Problem> {
    match changed {
        Ok(()) => Ok(done(&format!("/ui/accounts/{id}"), said)),
        Err(AccountError::LastAdministrator) => {
            let words = member.visit.words;
            let account = accounts::one(app.hub(), &member.caller, id).await?;
            let wrong = Some(words.say("page-account-last"));
            refused(words, &Edit::of(app, member, &account, wrong))
        }
        Err(error) => Err(error.into()),
    }
}
