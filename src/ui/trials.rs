//! Match rules tried on everybody before they are published: who would become one person, who would come apart, and whose
//! coverage that decides. The trial is the hub's ([`what_if`]); here it is begun, watched, stopped and read.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use super::form::Form;
use super::page::{done, page};
use super::shell::{Section, Shell};
use super::visit::Member;
use super::words::Words;
use crate::http::{App, Code, Named, Problem};
use crate::model::{Scope, WhatIfId};
use crate::operations::library::{FileId, Kind};
use crate::operations::versions::{self, Named as Version};
use crate::operations::what_if::{self, Report, Trial, TrialState, WhatIfError};

/// How far a trial is.
pub struct Far {
    /// Whether it goes on.
    pub runs: bool,
    /// Records looked at.
    pub done: String,
    total: String,
    /// In per cent.
    pub share: u64,
}

/// How far it is, in words.
pub fn far(words: Words, trial: &Trial) -> Far {
    Far {
        runs: trial.state == TrialState::Running,
        done: words.number(trial.done),
        total: words.number(trial.total),
        share: (trial.done * 100).checked_div(trial.total).unwrap_or(0).min(100),
    }
}

/// A trial that the address names.
///
/// # Errors
/// `not_found`, and when the store fails.
pub async fn seen(app: &App, id: WhatIfId) -> Result<Trial, Problem> {
    what_if::trial(app.hub(), id).await?.ok_or(Problem::new(Code::NotFound))
}

/// Begins one with a version of the match rules. While another runs, that one is shown.
pub async fn begin(
    member: Member,
    State(app): State<App>,
    form: Form,
) -> Result<Response, Problem> {
    let member = member.with(Scope::Admin)?;
    let (hub, by) = (app.hub(), &member.caller);
    let file = FileId { kind: Kind::Identity, name: Kind::Identity.name().to_owned() };
    let version = versions::version(hub, by, &file, Version::Hash(form.text("hash"))).await?;
    let version = version.ok_or(Problem::new(Code::NotFound))?;
    match what_if::begin(hub, by, version.text, hub.today()).await {
        Ok(trial) => Ok(Redirect::to(&format!("/ui/trials/{}", trial.id)).into_response()),
        Err(WhatIfError::Busy(running)) => Ok(done(&format!("/ui/trials/{running}"), "trial-busy")),
        Err(error) => Err(error.into()),
    }
}

/// People who would be joined, or one who would come apart and into how many.
struct Example {
    people: Vec<String>,
    into: Option<String>,
}

/// A record whose question would be answered otherwise.
struct Flip {
    record: String,
    before: String,
    after: String,
}

#[derive(Template)]
#[template(path = "trial.html")]
struct View {
    shell: Shell,
    id: String,
    rules: String,
    hash: String,
    state: String,
    tone: &'static str,
    by: String,
    at: String,
    far: Far,
    came_to: Option<CameTo>,
}

/// What a trial came to, in words.
struct CameTo {
    versions: String,
    facts: Vec<(String, String, &'static str)>,
    nothing: bool,
    some: String,
    joins: Vec<Example>,
    parts: Vec<Example>,
    flips: Vec<Flip>,
}

/// One, and how far it is.
pub async fn show(
    member: Member,
    State(app): State<App>,
    Named(id): Named<WhatIfId>,
) -> Result<Response, Problem> {
    let member = member.with(Scope::Admin)?;
    let words = member.visit.words;
    let trial = seen(&app, id).await?;
    let view = View {
        shell: Shell::new(&member, Section::Workshop, "page-trial"),
        id: id.to_string(),
        rules: format!("/ui/mappings/identity/identity?version={}", trial.hash),
        state: words.named("page-trial", trial.state.name()),
        tone: match trial.state {
            TrialState::Running => "",
            TrialState::Done => "good",
            TrialState::Cancelled => "warn",
        },
        by: trial.started_by.clone(),
        at: words.moment(trial.started_at),
        far: far(words, &trial),
        came_to: trial.report.as_ref().map(|report| CameTo::of(words, report)),
        hash: trial.hash,
    };
    page(words, &view)
}

impl CameTo {
    fn of(words: Words, report: &Report) -> Self {
        let flips = &report.flips;
        let facts = [
            ("records", report.records, ""),
            ("before", report.people_before, ""),
            ("after", report.people_after, ""),
            ("joined", report.joined, "warn"),
            ("parted", report.parted, "warn"),
            ("gained", flips.gained, "warn"),
            ("lost", flips.lost, "bad"),
            ("other", flips.other_scheme, "warn"),
        ];
        let day = report.as_of.parse().map_or_else(|_| report.as_of.clone(), |day| words.day(day));
        let versions = [
            ("model", report.model.clone().into()),
            ("force", report.in_force.clone().into()),
            ("day", day.into()),
        ];
        let example = |one: &what_if::Example, into: Option<String>| Example {
            people: one.people.iter().map(ToString::to_string).collect(),
            into,
        };
        let into =
            |one: &what_if::Example| words.count("page-trial-parts-into", one.groups.len() as u64);
        let parts = report.parted_examples.iter();
        Self {
            versions: words.with("page-trial-versions", &versions),
            facts: facts
                .map(|(name, count, tone)| {
                    let tone = if count == 0 { "" } else { tone };
                    (words.named("page-trial-count", name), words.number(count), tone)
                })
                .into(),
            nothing: report.joined == 0 && report.parted == 0,
            some: words.count("page-trial-some", what_if::EXAMPLES as u64),
            joins: report.joined_examples.iter().map(|one| example(one, None)).collect(),
            parts: parts.map(|one| example(one, Some(into(one)))).collect(),
            flips: report.flip_examples.iter().map(|flip| Flip::of(words, flip)).collect(),
        }
    }
}

impl Flip {
    fn of(words: Words, flip: &what_if::Flip) -> Self {
        // « eligible ml-canam »
        let said = |answer: &str| match answer.split_once(' ') {
            Some((verdict, scheme)) => format!("{} · {scheme}", words.named("verdict", verdict)),
            None => words.named("verdict", answer),
        };
        Self {
            record: flip.record.to_string(),
            before: said(&flip.before),
            after: said(&flip.after),
        }
    }
}

/// Stops it; there is nothing to take back.
pub async fn stop(
    member: Member,
    State(app): State<App>,
    Named(id): Named<WhatIfId>,
    _: Form,
) -> Result<Response, Problem> {
    member.with(Scope::Admin)?;
    let running = seen(&app, id).await?;
    if !what_if::cancel(app.hub(), id).await? {
        return Err(Problem::new(Code::Conflict).with("reason", running.state.name()));
    }
    Ok(done(&format!("/ui/trials/{id}"), "trial-stopped"))
}
