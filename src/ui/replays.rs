//! History made again with a mapping: begun, watched, stopped.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::form::Form;
use super::listing::{self, LINES, Pager};
use super::page::{done, page};
use super::shell::{Section, Shell};
use super::visit::Member;
use super::words::Words;
use crate::http::{App, Code, Named, Params, Problem, known_scheme, own};
use crate::model::{ReplayId, SchemeId, Scope};
use crate::operations::replay::{self, Replay, ReplayState};

/// Which.
#[derive(Deserialize)]
pub struct Which {
    scheme: Option<String>,
    after: Option<String>,
}

/// A replay in words.
pub struct Row {
    id: String,
    scheme: String,
    version: String,
    at: String,
    by: String,
    said: String,
    tone: &'static str,
    pub runs: bool,
    pub examined: String,
    total: String,
    pub share: u64,
}

impl Row {
    pub fn of(words: Words, replay: &Replay) -> Self {
        let examined = replay.report.counts.examined;
        Self {
            id: replay.id.to_string(),
            scheme: replay.scheme.to_string(),
            version: format!("{}/{}", replay.edition.id, replay.edition.version),
            at: words.moment(replay.started_at),
            by: replay.started_by.clone(),
            said: words.named("page-replay", replay.state.name()),
            tone: match replay.state {
                ReplayState::Running => "",
                ReplayState::Done => "good",
                ReplayState::Cancelled => "warn",
            },
            runs: replay.state == ReplayState::Running,
            examined: words.number(examined),
            total: words.number(replay.total),
            share: (examined * 100).checked_div(replay.total).unwrap_or(0).min(100),
        }
    }
}

#[derive(Template)]
#[template(path = "replays.html")]
struct List {
    shell: Shell,
    schemes: Vec<(String, bool)>,
    chosen: Option<String>,
    rows: Vec<Row>,
    pager: Pager,
    may_begin: bool,
}

/// The schemes whose records a mapping of theirs reads, as far as the member may see them.
fn schemes(app: &App, member: &Member) -> Vec<SchemeId> {
    let library = app.hub().library();
    let read = |id: &SchemeId| member.caller.sees(id) && library.mapping(id.as_str()).is_some();
    library.registry().schemes().map(|scheme| scheme.id.clone()).filter(read).collect()
}

/// The replays of a scheme, the newest first.
pub async fn list(
    member: Member,
    State(app): State<App>,
    Params(which): Params<Which>,
) -> Result<Response, Problem> {
    let member = member.with(Scope::MappingsRead)?;
    let words = member.visit.words;
    let known = schemes(&app, &member);
    let asked: Option<SchemeId> = listing::said(which.scheme.as_deref());
    let chosen = asked.filter(|asked| known.contains(asked)).or_else(|| known.first().cloned());
    let after = which.after.as_deref();
    let before: Option<ReplayId> = listing::said(after);
    let mut found = match &chosen {
        Some(scheme) => replay::replays(app.hub(), scheme.as_str(), before, LINES + 1).await?,
        None => Vec::new(),
    };
    let narrowing = [("scheme", chosen.as_ref().map(SchemeId::as_str))];
    let pager = listing::cut(&mut found, LINES, (after, &narrowing), |last| last.id.to_string());
    let theirs = found.iter().filter(|replay| member.caller.sees(&replay.scheme));
    let list = List {
        shell: Shell::new(&member, Section::Workshop, "page-replays"),
        schemes: known.iter().map(|id| (id.to_string(), Some(id) == chosen.as_ref())).collect(),
        chosen: chosen.as_ref().map(ToString::to_string),
        rows: theirs.map(|replay| Row::of(words, replay)).collect(),
        pager,
        may_begin: member.caller.may(Scope::MappingsPublish),
    };
    page(words, &list)
}

/// Begins one with the mapping in force.
pub async fn begin(
    member: Member,
    State(app): State<App>,
    form: Form,
) -> Result<Response, Problem> {
    let member = member.with(Scope::MappingsPublish)?;
    let scheme = known_scheme(&app, form.text("scheme"))?;
    own(&member.caller, &scheme, Scope::MappingsPublish)?;
    let actor = member.caller.actor();
    let begun = replay::begin(app.hub(), &scheme, scheme.as_str(), None, &actor).await?;
    Ok(Redirect::to(&format!("/ui/replays/{}", begun.id)).into_response())
}

#[derive(Template)]
#[template(path = "replay.html")]
struct One {
    shell: Shell,
    row: Row,
    facts: Vec<(String, String)>,
    may_stop: bool,
}

/// One, and how far it is.
pub async fn show(
    member: Member,
    State(app): State<App>,
    Named(id): Named<ReplayId>,
) -> Result<Response, Problem> {
    let member = member.with(Scope::MappingsRead)?;
    let words = member.visit.words;
    let replay = seen(&app, &member, id).await?;
    let counts = &replay.report.counts;
    let facts = [
        ("unchanged", counts.unchanged),
        ("changed", counts.changed),
        ("newly_refused", counts.newly_refused),
        ("newly_accepted", counts.newly_accepted),
        ("still_refused", counts.still_refused + counts.refused_otherwise + counts.refused_before),
        ("gone", counts.gone + counts.no_record),
        ("renamed", counts.renamed),
        ("overtaken", counts.overtaken),
    ];
    let one = One {
        shell: Shell::new(&member, Section::Workshop, "page-replay"),
        facts: facts
            .map(|(name, count)| (words.named("page-replay-count", name), words.number(count)))
            .into(),
        may_stop: member.caller.may(Scope::MappingsPublish) && replay.state == ReplayState::Running,
        row: Row::of(words, &replay),
    };
    page(words, &one)
}

/// A replay that the member may see.
pub async fn seen(app: &App, member: &Member, id: ReplayId) -> Result<Replay, Problem> {
    let replay = replay::replay(app.hub(), id).await?;
    let replay = replay.filter(|replay| member.caller.sees(&replay.scheme));
    replay.ok_or(Problem::new(Code::NotFound))
}

/// Stops it; what it made until now stands.
pub async fn stop(
    member: Member,
    State(app): State<App>,
    Named(id): Named<ReplayId>,
    _: Form,
) -> Result<Response, Problem> {
    let member = member.with(Scope::MappingsPublish)?;
    let running = seen(&app, &member, id).await?;
    if !replay::cancel(app.hub(), id, &member.caller.actor()).await? {
        return Err(Problem::new(Code::Conflict).with("reason", running.state.name()));
    }
    Ok(done(&format!("/ui/replays/{id}"), "replay-stopped"))
}
