//! What subscribers were told, what waits and what was given up, to be tried again.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::form::Form;
use super::listing::{self, LINES, Pager};
use super::page::{done, page, refused};
use super::shell::{Section, Shell};
use super::visit::Member;
use super::words::Words;
use crate::http::{App, Code, Named, Params, Problem, known_scheme, narrowed, own};
use crate::model::{DeliveryId, Scope, SubscriptionId};
use crate::operations::deliver::{self, DeliveryRow, Kind, NewSubscription, SubscribeError};

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
            scheme: row.to.clone(),
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

/// Who is told, and where.
struct Subscription {
    id: String,
    scheme: String,
    url: String,
    since: String,
}

#[derive(Template)]
#[template(path = "deliveries.html")]
struct List {
    shell: Shell,
    states: Vec<(&'static str, String, bool)>,
    any: bool,
    subscriptions: Vec<Subscription>,
    schemes: Vec<(String, bool)>,
    kinds: Vec<(&'static str, bool)>,
    url: String,
    url_wrong: Option<String>,
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
    page(member.visit.words, &listed(&app, &member, &wanted, None).await?)
}

async fn listed(
    app: &App,
    member: &Member,
    wanted: &Wanted,
    form: Option<&Form>,
) -> Result<List, Problem> {
    let words = member.visit.words;
    let own = narrowed(&member.caller, Scope::DeliveriesManage)?;
    let state = wanted.state.as_deref().filter(|state| STATES.contains(state));
    let after = wanted.after.as_deref();
    let before: Option<DeliveryId> = listing::said(after);
    let mut found = deliver::deliveries(app.hub(), own, state, before, LINES + 1).await?;
    let pager =
        listing::cut(&mut found, LINES, (after, &[("state", state)]), |last| last.id.to_string());
    let subscriptions = deliver::subscriptions(app.hub(), own).await?;
    let library = app.hub().library();
    let known = library.registry().schemes().map(|scheme| &scheme.id);
    let text = |name: &str| form.map(|form| form.text(name)).unwrap_or_default();
    let chosen =
        |kind: &Kind| form.is_some_and(|form| form.all("kind").any(|name| name == kind.name()));
    Ok(List {
        shell: Shell::new(member, Section::Deliveries, "page-deliveries"),
        states: STATES
            .map(|name| (name, words.named("page-delivery", name), state == Some(name)))
            .into(),
        any: state.is_none(),
        subscriptions: subscriptions
            .into_iter()
            .map(|one| Subscription {
                id: one.id.to_string(),
                scheme: one.scheme.to_string(),
                url: one.url,
                since: words.moment(one.created_at),
            })
            .collect(),
        schemes: known
            .filter(|id| member.caller.sees(id))
            .map(|id| (id.to_string(), id.as_str() == text("scheme")))
            .collect(),
        kinds: Kind::ALL.iter().map(|kind| (kind.name(), chosen(kind))).collect(),
        url: text("url").to_owned(),
        url_wrong: None,
        pager,
        rows: found.iter().map(|row| Row::of(words, row)).collect(),
    })
}

#[derive(Template)]
#[template(path = "subscription_made.html")]
struct Made {
    shell: Shell,
    scheme: String,
    url: String,
    secret: String,
}

/// Subscribes a scheme to what happens from now on, and shows the secret of its signatures this once.
pub async fn subscribe(
    member: Member,
    State(app): State<App>,
    form: Form,
) -> Result<Response, Problem> {
    let member = member.with(Scope::DeliveriesManage)?;
    let words = member.visit.words;
    let scheme = known_scheme(&app, form.text("scheme"))?;
    own(&member.caller, &scheme, Scope::DeliveriesManage)?;
    let kinds =
        form.all("kind").filter_map(|name| Kind::ALL.into_iter().find(|kind| kind.name() == name));
    let new = NewSubscription { scheme, url: form.text("url").to_owned(), kinds: kinds.collect() };
    match deliver::subscribe(app.hub(), app.reach(), new).await {
        Ok(row) => {
            let made = Made {
                shell: Shell::new(&member, Section::Deliveries, "page-subscription-made"),
                scheme: row.scheme.to_string(),
                secret: row.secret.reveal().to_string(),
                url: row.url,
            };
            page(words, &made)
        }
        Err(SubscribeError::Address(_)) => {
            let wanted = Wanted { state: None, after: None };
            let mut again = listed(&app, &member, &wanted, Some(&form)).await?;
            again.url_wrong = Some(words.say("page-subscription-bad-url"));
            refused(words, &again)
        }
        Err(SubscribeError::Store(failed)) => Err(failed.into()),
    }
}

/// Ends a subscription; what still waits for it is given up.
pub async fn unsubscribe(
    member: Member,
    State(app): State<App>,
    Named(id): Named<SubscriptionId>,
    _: Form,
) -> Result<Response, Problem> {
    let member = member.with(Scope::DeliveriesManage)?;
    let own = narrowed(&member.caller, Scope::DeliveriesManage)?;
    if deliver::unsubscribe(app.hub(), own, id).await? {
        Ok(done("/ui/deliveries", "unsubscribed"))
    } else {
        Err(Problem::new(Code::NotFound))
    }
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
    let row = row
        .filter(|row| member.caller.sees_what_is_of(&row.to))
        .ok_or(Problem::new(Code::NotFound))?;
    if deliver::retry(app.hub(), row.id).await? {
        Ok(done("/ui/deliveries", "delivery-retried"))
    } else {
        Err(Problem::new(Code::Conflict).with("reason", row.state.name()))
    }
}
