//! One file: where it stands, what can be done next, its text, its versions, and who did what.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::finding::Hindrance;
use super::{About, Of, path, person, short};
use crate::http::{App, Code, Params, Problem};
use crate::model::Scope;
use crate::operations::library::{FileId, Kind};
use crate::operations::versions::{
    self, Filter, Named, Shown, Stage, State as Standing, StepRow, Version, is_author, may,
};
use crate::operations::what_if;
use crate::ui::page::{page, refused};
use crate::ui::shell::{Section, Shell};
use crate::ui::visit::Member;
use crate::ui::words::Words;

/// Versions and steps that are listed.
const SHOWN: u32 = 30;
/// Trials among which one of the text that is shown is looked for.
const TRIALS: u32 = 20;
/// Bytes of a text that is shown line by line: larger ones are tables that nobody reads so.
const READABLE: usize = 256 << 10;

/// Which version.
#[derive(Deserialize)]
pub struct Wanted {
    version: Option<String>,
}

/// One version in the list.
struct Line {
    hash: String,
    short: String,
    label: String,
    state: String,
    tone: &'static str,
    by: String,
    at: String,
    current: bool,
    counts: bool,
    /// Whether the reader may go back to it: it counted before.
    may_return: bool,
}

/// Something that was done.
struct Step {
    at: String,
    said: String,
    by: String,
    short: String,
    hash: String,
}

/// Another draft that could be published in the same moment.
struct Beside {
    path: String,
    /// « mapping:ml-new:1f8a… », as the form sends it.
    value: String,
    said: String,
}

/// What the reader may do with the version that is shown.
#[derive(Default)]
struct Next {
    edit: bool,
    rows: bool,
    test: bool,
    preview: bool,
    approve: bool,
    /// Its author cannot approve it, and somebody must.
    waits_for_other: bool,
    publish: bool,
    withdraw: bool,
    /// Records can be sent by it.
    send: bool,
    /// Match rules are tried on everybody, before they are published.
    try_out: bool,
}

/// The trial of the match rules that are shown.
struct Tried {
    path: String,
    said: String,
    runs: bool,
}

#[derive(Template)]
#[template(path = "workshop/show.html")]
struct Show {
    shell: Shell,
    about: About,
    in_force: Option<(String, String)>,
    draft: Option<String>,
    needs_two: bool,
    version: Line,
    has_draft: bool,
    next: Next,
    tried: Option<Tried>,
    beside: Vec<Beside>,
    lines: Vec<String>,
    versions: Vec<Line>,
    steps: Vec<Step>,
    hindrance: Option<Hindrance>,
}

/// Shows it.
pub async fn show(
    member: Member,
    State(app): State<App>,
    Of(file): Of,
    Params(wanted): Params<Wanted>,
) -> Result<Response, Problem> {
    let member = member.with(Scope::MappingsRead)?;
    let show = look(&app, &member, &file, wanted.version.as_deref()).await?;
    page(member.visit.words, &show)
}

/// Shows it again, with why a step was not taken.
///
/// # Errors
/// As [`show`].
pub async fn hindered(
    app: &App,
    member: &Member,
    (file, hash): (&FileId, &str),
    hindrance: Hindrance,
) -> Result<Response, Problem> {
    let mut show = look(app, member, file, Some(hash)).await?;
    show.hindrance = Some(hindrance);
    refused(member.visit.words, &show)
}

async fn look(
    app: &App,
    member: &Member,
    file: &FileId,
    wanted: Option<&str>,
) -> Result<Show, Problem> {
    let (hub, words) = (app.hub(), member.visit.words);
    let filter = Filter { kind: Some(file.kind), prefix: Some(file.name.clone()), draft: None };
    let listed = versions::list(hub, &member.caller, &filter, None, usize::MAX).await?;
    let listed = listed.into_iter().find(|listed| listed.file == *file);
    let listed = listed.ok_or(Problem::new(Code::NotFound))?;
    let named = wanted.map_or_else(
        || if listed.draft.is_some() { Named::Draft } else { Named::InForce },
        Named::parse,
    );
    let version = versions::version(hub, &member.caller, file, named).await?;
    let version = version.ok_or(Problem::new(Code::NotFound))?;
    let versions = versions::versions(hub, &member.caller, file, None, SHOWN).await?;
    let shown = versions::shown(hub, version).await?;
    let library = hub.library();
    let sees = versions::sees_drafts(&library, &member.caller, file);
    let history = if sees { versions::history(hub, file, None, SHOWN).await? } else { Vec::new() };
    let may_return = may(&library, &member.caller, Scope::MappingsPublish, file);
    let current = shown.version.hash.clone();
    let line = |(version, state): &(Version, Standing)| Line {
        may_return: may_return && *state == Standing::Superseded,
        ..Line::of(words, version, *state, &current)
    };
    let mut next = Next::of(app, member, file, &shown, listed.needs_two);
    let tried = if next.try_out { tried(app, words, &current).await? } else { None };
    // Who joins and parts people sees whom, first.
    next.publish &= !next.try_out || tried.as_ref().is_some_and(|tried| !tried.runs);
    Ok(Show {
        shell: Shell::new(member, Section::Workshop, "page-workshop").titled(file.name.clone()),
        about: About::of(words, file),
        in_force: listed.in_force.as_ref().map(|(version, since)| {
            (version.label.clone().unwrap_or_else(|| short(&version.hash)), words.moment(*since))
        }),
        draft: listed.draft.as_ref().map(|draft| words.named("life-state", draft.stage.name())),
        has_draft: listed.draft.is_some(),
        needs_two: listed.needs_two,
        beside: if next.publish { beside(app, member, file).await? } else { Vec::new() },
        next,
        tried,
        lines: lines(&shown.version.text),
        version: Line::of(words, &shown.version, shown.state, ""),
        versions: versions.iter().map(line).collect(),
        steps: history.iter().map(|row| Step::of(words, row)).collect(),
        hindrance: None,
    })
}

impl Line {
    fn of(words: Words, version: &Version, state: Standing, current: &str) -> Self {
        let tone = match state {
            Standing::InForce => "good",
            Standing::Published | Standing::Before(Stage::Approved) => "warn",
            Standing::Before(_) | Standing::Superseded => "",
        };
        Self {
            short: short(&version.hash),
            label: version.label.clone().unwrap_or_default(),
            state: words.named("life-state", state.name()),
            tone,
            by: person(words, &version.written_by),
            at: words.moment(version.written_at),
            current: version.hash == current,
            counts: state == Standing::InForce,
            may_return: false,
            hash: version.hash.clone(),
        }
    }
}

impl Step {
    fn of(words: Words, row: &StepRow) -> Self {
        Self {
            at: words.moment(row.at),
            said: words.named("page-step", &row.step),
            by: person(words, &row.actor),
            short: short(&row.hash),
            hash: row.hash.clone(),
        }
    }
}

impl Next {
    fn of(app: &App, member: &Member, file: &FileId, shown: &Shown, needs_two: bool) -> Self {
        let library = app.hub().library();
        let write = may(&library, &member.caller, Scope::MappingsWrite, file);
        let publish = may(&library, &member.caller, Scope::MappingsPublish, file);
        let (open, approved) = match shown.state {
            Standing::Before(Stage::Withdrawn) | Standing::InForce | Standing::Superseded => {
                (false, false)
            }
            Standing::Before(stage) => (true, stage == Stage::Approved),
            Standing::Published => (false, true),
        };
        let own = is_author(&member.caller, &shown.version);
        let counts_now = file.kind == Kind::Mapping && counts(app, file);
        Self {
            send: counts_now && member.caller.may(Scope::RecordsWrite),
            edit: write,
            rows: write && super::rows::has_rows(file.kind),
            test: open && write,
            preview: open && write && counts_now,
            try_out: file.kind == Kind::Identity
                && (open || shown.state == Standing::Published)
                && member.caller.may(Scope::Admin),
            approve: open && publish && !approved && !own,
            waits_for_other: open && needs_two && !approved && own,
            publish: open && publish && (approved || !needs_two),
            withdraw: write && (open || (shown.state == Standing::Published && publish)),
        }
    }
}

/// Whether records of this mapping can be there already.
fn counts(app: &App, file: &FileId) -> bool {
    app.hub().library().mapping(&file.name).is_some()
}

/// Other open drafts of the same scheme: a new scheme is a schema, a mapping and an entry of the registry, of which none
/// works without the others.
async fn beside(app: &App, member: &Member, file: &FileId) -> Result<Vec<Beside>, Problem> {
    let words = member.visit.words;
    let drafts = versions::drafts(app.hub(), &member.caller).await?;
    let other = |draft: Version| {
        let id = FileId::new(Kind::parse(&draft.kind)?, &draft.name)?;
        let ours = id != *file && versions::belong_together(&id, file);
        ours.then(|| Beside {
            path: path(&id),
            value: format!("{}:{}:{}", id.kind.name(), id.name, draft.hash),
            said: format!("{} {}", words.named("page-kind", id.kind.name()), id.name),
        })
    };
    Ok(drafts.into_iter().filter_map(other).collect())
}

/// What the last trial of a text came to; one that was stopped says nothing.
async fn tried(app: &App, words: Words, hash: &str) -> Result<Option<Tried>, Problem> {
    let trials = what_if::trials(app.hub(), TRIALS).await?;
    let ours = |trial: &what_if::Trial| {
        trial.hash == hash && trial.state != what_if::TrialState::Cancelled
    };
    let last = trials.into_iter().find(ours);
    Ok(last.map(|trial| Tried {
        path: format!("/ui/trials/{}", trial.id),
        runs: trial.report.is_none(),
        said: trial.report.as_ref().map_or_else(
            || words.say("page-running"),
            |report| {
                let counts = [("joined", report.joined.into()), ("parted", report.parted.into())];
                words.with("page-trial-came-to", &counts)
            },
        ),
    }))
}

fn lines(text: &str) -> Vec<String> {
    if text.len() > READABLE { Vec::new() } else { text.lines().map(str::to_owned).collect() }
}
