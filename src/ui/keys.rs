//! Access keys: who may call this hub by a program. A key is shown once.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::form::Form;
use super::page::{done, page, refused};
use super::shell::{Section, Shell};
use super::visit::Member;
use super::words::Words;
use crate::http::{App, Code, Named, Problem};
use crate::model::{Holder, Instant, KeyId, Scope};
use crate::operations::keys::{self, KeyRow, NewKey};

struct Row {
    id: String,
    holder: String,
    title: String,
    scopes: String,
    state: &'static str,
    said: String,
    used: Option<String>,
    alive: bool,
}

impl Row {
    fn of(words: Words, row: &KeyRow, now: Instant) -> Self {
        let (state, said) = match (row.revoked_at, row.expires_at) {
            (Some(at), _) => ("bad", words.of("page-key-revoked", "day", words.day(at.date()))),
            (None, Some(at)) if at <= now => {
                ("bad", words.of("page-key-expired", "day", words.day(at.date())))
            }
            (None, Some(at)) => ("good", words.of("page-key-until", "day", words.day(at.date()))),
            (None, None) => ("good", words.say("page-key-active")),
        };
        let scopes: Vec<&str> = row.scopes.iter().map(|scope| scope.name()).collect();
        Self {
            id: row.id.to_string(),
            holder: row.holder.to_string(),
            title: row.title.clone(),
            scopes: scopes.join(" · "),
            alive: state == "good",
            state,
            said,
            used: row.last_used_at.map(|at| words.moment(at)),
        }
    }
}

#[derive(Template)]
#[template(path = "keys.html")]
struct List {
    shell: Shell,
    rows: Vec<Row>,
    kinds: Vec<(&'static str, String, bool)>,
    scopes: Vec<(&'static str, String, bool)>,
    holder: String,
    title: String,
    days: String,
    holder_wrong: Option<String>,
    scopes_wrong: Option<String>,
    days_wrong: Option<String>,
}

async fn listed(app: &App, member: &Member, form: Option<&Form>) -> Result<List, Problem> {
    let words = member.visit.words;
    let now = app.hub().now();
    let rows = keys::list(app.hub()).await?;
    let text = |name: &str| form.map(|form| form.text(name).to_owned()).unwrap_or_default();
    let kind = text("kind");
    let chosen =
        |scope: &Scope| form.is_some_and(|form| form.all("scope").any(|name| name == scope.name()));
    Ok(List {
        shell: Shell::new(member, Section::Keys, "page-keys"),
        rows: rows.iter().rev().map(|row| Row::of(words, row, now)).collect(),
        kinds: ["scheme", "partner", "operator"]
            .map(|name| {
                (
                    name,
                    words.named("page-holder", name),
                    kind == name || (kind.is_empty() && name == "scheme"),
                )
            })
            .into(),
        scopes: Scope::ALL
            .iter()
            .map(|scope| {
                (
                    scope.name(),
                    words.named("page-scope", scope.name().replace(':', "-")),
                    chosen(scope),
                )
            })
            .collect(),
        holder: text("holder"),
        title: text("title"),
        days: text("days"),
        holder_wrong: None,
        scopes_wrong: None,
        days_wrong: None,
    })
}

/// Every key, and a form for another one.
pub async fn list(member: Member, State(app): State<App>) -> Result<Response, Problem> {
    let member = member.with(Scope::Admin)?;
    page(member.visit.words, &listed(&app, &member, None).await?)
}

#[derive(Template)]
#[template(path = "key_made.html")]
struct Made {
    shell: Shell,
    holder: String,
    secret: String,
}

/// Gives a key, and shows its secret this once.
pub async fn create(
    member: Member,
    State(app): State<App>,
    form: Form,
) -> Result<Response, Problem> {
    let member = member.with(Scope::Admin)?;
    let words = member.visit.words;
    let holder = Holder::parse(form.text("kind"), form.text("holder"));
    let holder = holder.filter(|holder| match holder {
        Holder::Scheme(scheme) => app.hub().library().registry().scheme(scheme).is_some(),
        Holder::Partner(_) | Holder::Operator(_) => true,
    });
    let scopes: Vec<Scope> = form.all("scope").filter_map(Scope::parse).collect();
    let days = days_of(&form);
    let (Some(holder), false, Some(valid_days)) = (holder.clone(), scopes.is_empty(), days) else {
        let mut again = listed(&app, &member, Some(&form)).await?;
        again.holder_wrong = holder.is_none().then(|| words.say("page-key-bad-holder"));
        again.scopes_wrong = scopes.is_empty().then(|| words.say("page-key-no-scope"));
        again.days_wrong = days.is_none().then(|| words.say("page-key-bad-days"));
        return refused(words, &again);
    };
    let new = NewKey {
        title: form.text("title").chars().take(200).collect(),
        holder,
        scopes,
        purposes: Vec::new(),
        valid_days,
    };
    let (row, secret) = keys::create(app.hub(), &member.caller, new).await?;
    let made = Made {
        shell: Shell::new(&member, Section::Keys, "page-key-made"),
        holder: row.holder.to_string(),
        secret: secret.to_string(),
    };
    page(words, &made)
}

/// For how many days, for ever when nothing is typed; `None` for what is no such number.
fn days_of(form: &Form) -> Option<Option<u32>> {
    match form.text("days") {
        "" => Some(None),
        days => days.parse().ok().filter(|days| (1..=LONGEST).contains(days)).map(Some),
    }
}

/// The longest that a key may be given out for by its days: ten years.
const LONGEST: u32 = 3650;

/// Withdraws a key.
pub async fn revoke(
    member: Member,
    State(app): State<App>,
    Named(id): Named<KeyId>,
    _: Form,
) -> Result<Response, Problem> {
    let member = member.with(Scope::Admin)?;
    if keys::revoke(app.hub(), &member.caller, id).await? {
        Ok(done("/ui/keys", "key-revoked"))
    } else {
        Err(Problem::new(Code::NotFound))
    }
}
