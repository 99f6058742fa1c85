//! One refused record: what was sent with what is wrong marked, put right here, or taken from the list.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::defects::field;
use super::form::Form;
use super::page::{done, page, refused};
use super::shell::{Section, Shell};
use super::visit::Member;
use super::words::Words;
use crate::http::{App, Code, Named, Params, Problem, narrowed};
use crate::mapping::Mapping;
use crate::messages;
use crate::model::{Issue, QuarantineId, SchemeId, Scope, Severity};
use crate::operations::batches::{self, Filter, QuarantineState, Waiting};
use crate::operations::quarantine::{self, CorrectOutcome, Correction, cells::cells};

/// Lines of a page.
const LINES: u32 = 30;
/// Letters of a record that cannot be taken apart.
const RAW: usize = 20_000;

/// One cell of what was sent.
pub struct Cell {
    pub name: String,
    pub value: String,
    pub wrong: bool,
}

/// One thing that is wrong.
pub struct Said {
    pub title: String,
    pub line: String,
    pub expected: Option<String>,
    pub mend: String,
    pub error: bool,
}

/// A refused record as it is shown.
pub struct Shown {
    pub path: String,
    pub record_id: Option<String>,
    pub scheme: String,
    pub line: Option<u64>,
    pub at: String,
    pub cells: Vec<Cell>,
    /// The record as sent.
    pub raw: String,
    pub said: Vec<Said>,
}

impl Shown {
    /// In words; with its cells where `mapping` can take it apart.
    pub fn of(words: Words, waiting: &Waiting, mapping: Option<&Mapping>) -> Self {
        let kept = &waiting.kept;
        let wrong =
            |name: &str| kept.issues.iter().any(|issue| issue.field.as_deref() == Some(name));
        let apart = mapping.and_then(|mapping| cells(mapping, kept)).unwrap_or_default();
        let cell = |(name, value): (String, String)| Cell { wrong: wrong(&name), name, value };
        Self {
            path: format!("/ui/refusals/{}", waiting.id),
            record_id: kept.record_id.clone(),
            scheme: waiting.scheme.to_string(),
            line: (kept.place.line > 0).then_some(kept.place.line),
            at: words.moment(waiting.received_at),
            cells: apart.into_iter().map(cell).collect(),
            raw: String::from_utf8_lossy(&kept.raw).chars().take(RAW).collect(),
            said: said(words, &kept.issues),
        }
    }
}

fn said(words: Words, issues: &[Issue]) -> Vec<Said> {
    let say = |issue: &Issue| {
        let text = messages::issue(issue, words.0);
        let error = issue.severity == Severity::Error;
        Said { title: text.title, line: text.line, expected: text.expected, mend: text.mend, error }
    };
    issues.iter().map(say).collect()
}

/// Which.
#[derive(Deserialize)]
pub struct Wanted {
    scheme: Option<String>,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "refusals.html")]
struct List {
    shell: Shell,
    schemes: Vec<(String, bool)>,
    all: bool,
    rows: Vec<Shown>,
    next: Option<String>,
}

/// Refused records that wait, in the order of their arrival.
pub async fn list(
    member: Member,
    State(app): State<App>,
    Params(wanted): Params<Wanted>,
) -> Result<Response, Problem> {
    let member = member.with(Scope::RecordsRead)?;
    let words = member.visit.words;
    let own = narrowed(&member.caller, Scope::RecordsRead)?;
    let asked: Option<SchemeId> = wanted.scheme.as_deref().and_then(|text| text.parse().ok());
    let after: Option<QuarantineId> = wanted.after.as_deref().and_then(|text| text.parse().ok());
    let filter = Filter {
        scheme: own.or(asked.as_ref()),
        state: Some(QuarantineState::Open),
        ..Filter::default()
    };
    let mut found = batches::page(app.hub(), &filter, after, LINES + 1).await?;
    let more = found.len() > LINES as usize;
    found.truncate(LINES as usize);
    let library = app.hub().library();
    let known = library.registry().schemes().map(|known| known.id.clone());
    let choice = |id: SchemeId| (id.to_string(), Some(&id) == asked.as_ref());
    let list = List {
        shell: Shell::new(&member, Section::Refusals, "page-refusals"),
        schemes: if own.is_some() { Vec::new() } else { known.map(choice).collect() },
        all: asked.is_none(),
        next: found.last().filter(|_| more).map(|last| {
            let scheme = asked.as_ref().map(|id| format!("scheme={id}&")).unwrap_or_default();
            format!("{scheme}after={}", last.id)
        }),
        rows: found.iter().map(|waiting| Shown::of(words, waiting, None)).collect(),
    };
    page(words, &list)
}

/// A field that can be written anew.
struct Field {
    at: usize,
    name: String,
    value: String,
    wrong: Vec<String>,
}

#[derive(Template)]
#[template(path = "refusal.html")]
struct One {
    shell: Shell,
    shown: Shown,
    batch: String,
    fields: Vec<Field>,
    waits: bool,
    state: String,
    may_correct: bool,
    refused_again: bool,
}

impl One {
    /// `issues` are those of now: of what was sent, or of a correction that did not do.
    fn of(
        app: &App,
        member: &Member,
        waiting: &Waiting,
        issues: &[Issue],
        form: Option<&Form>,
    ) -> Self {
        let words = member.visit.words;
        let mapping = app.hub().library().mapping(waiting.scheme.as_str()).cloned();
        let mut shown = Shown::of(words, waiting, mapping.as_deref());
        shown.said = said(words, issues);
        Self {
            shell: Shell::new(member, Section::Refusals, "page-refusal"),
            batch: waiting.batch.to_string(),
            fields: fields(words, waiting, issues, form),
            waits: waiting.state == "open",
            state: words.named("page-refusal-state", waiting.state),
            // Events are sent again by their schemes; nobody corrects them here.
            may_correct: member.caller.may(Scope::QuarantineWrite) && mapping.is_some(),
            refused_again: form.is_some(),
            shown,
        }
    }
}

/// The fields that are wrong, or that somebody has written into, each once.
fn fields(words: Words, waiting: &Waiting, issues: &[Issue], form: Option<&Form>) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for issue in waiting.kept.issues.iter().chain(issues) {
        let Some(name) = field(issue) else { continue };
        if fields.iter().all(|known| known.name != name) {
            let at = fields.len();
            let typed = form.map(|form| form.exact(&format!("to-{at}")).to_owned());
            let value = typed.unwrap_or_else(|| issue.value.clone().unwrap_or_default());
            fields.push(Field { at, name, value, wrong: Vec::new() });
        }
    }
    for issue in issues {
        let named = |one: &&mut Field| issue.field.as_deref() == Some(one.name.as_str());
        if let Some(known) = fields.iter_mut().find(named) {
            known.wrong.push(messages::issue(issue, words.0).detail);
        }
    }
    fields
}

/// A refused record that the member may see.
async fn own(app: &App, member: &Member, id: QuarantineId) -> Result<Waiting, Problem> {
    let waiting = batches::one(app.hub(), id).await?;
    let waiting = waiting.filter(|waiting| member.caller.sees(&waiting.scheme));
    waiting.ok_or(Problem::new(Code::NotFound))
}

/// One refused record.
pub async fn show(
    member: Member,
    State(app): State<App>,
    Named(id): Named<QuarantineId>,
) -> Result<Response, Problem> {
    let member = member.with(Scope::RecordsRead)?;
    let waiting = own(&app, &member, id).await?;
    let one = One::of(&app, &member, &waiting, &waiting.kept.issues, None);
    page(member.visit.words, &one)
}

/// Puts it right: some fields, or the whole record as it is typed.
pub async fn correct(
    member: Member,
    State(app): State<App>,
    Named(id): Named<QuarantineId>,
    form: Form,
) -> Result<Response, Problem> {
    let member = member.with(Scope::QuarantineWrite)?;
    let waiting = own(&app, &member, id).await?;
    let correction = if form.text("whole") == "yes" {
        Correction::Raw(form.exact("raw").replace("\r\n", "\n"))
    } else {
        let named = |(at, value): (&str, &str)| {
            (form.exact(&format!("field-{at}")).to_owned(), value.trim().to_owned())
        };
        Correction::Fields(form.beginning("to-").map(named).collect())
    };
    let actor = member.caller.actor();
    match quarantine::correct(app.hub(), &actor, id, correction).await? {
        CorrectOutcome::Accepted { .. } => {
            Ok(done(&format!("/ui/batches/{}", waiting.batch), "record-corrected"))
        }
        CorrectOutcome::StillRefused { issues } => {
            let one = One::of(&app, &member, &waiting, &issues, Some(&form));
            refused(member.visit.words, &one)
        }
    }
}

/// Takes it from the list, without correcting it.
pub async fn dismiss(
    member: Member,
    State(app): State<App>,
    Named(id): Named<QuarantineId>,
    _: Form,
) -> Result<Response, Problem> {
    let member = member.with(Scope::QuarantineWrite)?;
    let waiting = own(&app, &member, id).await?;
    if !batches::dismiss(app.hub(), &waiting, &member.caller.actor()).await? {
        return Ok(Redirect::to(&format!("/ui/refusals/{id}")).into_response());
    }
    Ok(done(&format!("/ui/batches/{}", waiting.batch), "record-dismissed"))
}
