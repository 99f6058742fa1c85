//! What subscribers were told, what waits and what was given up, to be tried again.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::form::Form;
use super::listing::{self, LINES, Pager};
use super::page::{done, page};
use super::shell::{Section, Shell};
use super::visit::Member;
use super::words::Words;
use crate::http::{App, Code, Named, Params, Problem, narrowed};
use crate::model::{DeliveryId, Scope};
use crate::operations::deliver::{self, DeliveryRow};

/// Where a message may stand.
const STATES: [&str; 4] = ["abandoned", "waiting", "leased", "done"];

/// Which.
#[derive(Deserialize)]
pub struct Wanted {
    state: Option<String>,
    after: Option<String>,
}

struct Row {
    id: String,
    scheme: String,
    what: String,
    state: &'static str,
    said: String,
    attempts: String,
    failure: Option<String>,
    at: String,
    retry: bool,
}

impl Row {
    fn of(words: Words, row: &DeliveryRow) -> Self {
        let name = row.state.name();
        Self {
            id: row.id.to_string(),
            scheme: row.scheme.to_string(),
            what: row.kind.name().to_owned(),
            state: match name {
                "done" => "good",
                "abandoned" => "bad",
                _ => "",
            },
            said: words.named("page-delivery", name),
            attempts: words.number(u64::from(row.attempts)),
            failure: row.failure.clone(),
            at: words.moment(row.created_at),
            retry: name == "abandoned" || (name == "waiting" && row.attempts > 0),
        }
    }
}

#[derive(Template)]
#[template(path = "deliveries.html")]
struct List {
    shell: Shell,
    states: Vec<(&'static str, String, bool)>,
    any: bool,
    subscriptions: Vec<(String, String, String)>,
    rows: Vec<Row>,
    pager: Pager,
}

/// Messages, the newest first, and who subscribed.
pub async fn list(
    member: Member,
    State(app): State<App>,
    Params(wanted): Params<Wanted>,
) -> Result<Response, Problem> {
    let member = member.with(Scope::DeliveriesManage)?;
    let words = member.visit.words;
    let own = narrowed(&member.caller, Scope::DeliveriesManage)?;
    let state = wanted.state.as_deref().filter(|state| STATES.contains(state));
    let after = wanted.after.as_deref();
    let before: Option<DeliveryId> = listing::said(after);
    let mut found = deliver::deliveries(app.hub(), own, state, before, LINES + 1).await?;
    let pager =
        listing::cut(&mut found, LINES, (after, &[("state", state)]), |last| last.id.to_string());
    let subscriptions = deliver::subscriptions(app.hub(), own).await?;
    let list = List {
        shell: Shell::new(&member, Section::Deliveries, "page-deliveries"),
        states: STATES
            .map(|name| (name, words.named("page-delivery", name), state == Some(name)))
            .into(),
        any: state.is_none(),
        subscriptions: subscriptions
            .into_iter()
            .map(|one| (one.scheme.to_string(), one.url, words.moment(one.created_at)))
            .collect(),
        pager,
        rows: found.iter().map(|row| Row::of(words, row)).collect(),
    };
    page(words, &list)
}

/// Tries a message again at once.
pub async fn retry(
    member: Member,
    State(app): State<App>,
    Named(id): Named<DeliveryId>,
    _: Form,
) -> Result<Response, Problem> {
    let member = member.with(Scope::DeliveriesManage)?;
    let row = deliver::delivery(app.hub(), id).await?;
    let row =
        row.filter(|row| member.caller.sees(&row.scheme)).ok_or(Problem::new(Code::NotFound))?;
    if deliver::retry(app.hub(), row.id).await? {
        Ok(done("/ui/deliveries", "delivery-retried"))
    } else {
        Err(Problem::new(Code::Conflict).with("reason", row.state.name()))
    }
}
