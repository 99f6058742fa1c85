//! One refused record: what was sent with what is wrong marked, put right here, or taken from the list.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::defects::field;
use super::form::Form;
use super::listing::{Asked, LINES, Pager};
use super::page::{done, page, refused};
use super::shell::{Section, Shell};
use super::visit::Member;
use super::words::Words;
use crate::http::{App, Code, Named, Params, Problem};
use crate::mapping::Mapping;
use crate::messages;
use crate::model::{Issue, QuarantineId, Scope, Severity};
use crate::operations::batches::{self, Filter, QuarantineState, Waiting};
use crate::operations::quarantine::{self, CorrectOutcome, Correction, cells::cells};

/// Letters of a record that are shown; a longer one cannot be rewritten here.
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
    /// The record as sent, or its beginning.
    pub raw: String,
    /// Whether that is all of it, letter by letter: only then it can be rewritten.
    pub raw_is_whole: bool,
    pub said: Vec<Said>,
}

impl Shown {
    /// In words; with its cells where `mapping` can take it apart.
    pub fn of(words: Words, waiting: &Waiting, mapping: Option<&Mapping>) -> Self {
        let kept = &waiting.kept;
        let apart = mapping.and_then(|mapping| cells(mapping, kept)).unwrap_or_default();
        let text = String::from_utf8_lossy(&kept.raw);
        let cut = text.chars().nth(RAW).is_some();
        Self {
            path: format!("/ui/refusals/{}", waiting.id),
            record_id: kept.record_id.clone(),
            scheme: waiting.scheme.to_string(),
            line: (kept.place.line > 0).then_some(kept.place.line),
            at: words.moment(waiting.received_at),
            cells: cells_marked(apart, &kept.issues),
            raw_is_whole: !cut && std::str::from_utf8(&kept.raw).is_ok(),
            raw: text.chars().take(RAW).collect(),
            said: said(words, &kept.issues),
        }
    }
}

/// Cells with those marked of which something is said.
pub fn cells_marked(cells: Vec<(String, String)>, issues: &[Issue]) -> Vec<Cell> {
    let wrong = |name: &str| issues.iter().any(|issue| issue.field.as_deref() == Some(name));
    let cell = |(name, value): (String, String)| Cell { wrong: wrong(&name), name, value };
    cells.into_iter().map(cell).collect()
}

/// What is wrong with a record, in words.
pub fn said(words: Words, issues: &[Issue]) -> Vec<Said> {
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
    pager: Pager,
}

/// Refused records that wait, in the order of their arrival.
pub async fn list(
    member: Member,
    State(app): State<App>,
    Params(wanted): Params<Wanted>,
) -> Result<Response, Problem> {
    let member = member.with(Scope::RecordsRead)?;
    let words = member.visit.words;
    let (scheme, after) = (wanted.scheme.as_deref(), wanted.after.as_deref());
    let asked = Asked::of(&member, Scope::RecordsRead, scheme, after)?;
    let filter =
        Filter { scheme: asked.scheme(), state: Some(QuarantineState::Open), ..Filter::default() };
    let mut found = batches::page(app.hub(), &filter, asked.after(), LINES + 1).await?;
    let pager = asked.cut(&mut found, LINES, &[], |last| last.id.to_string());
    let list = List {
        shell: Shell::new(&member, Section::Refusals, "page-refusals"),
        schemes: asked.schemes(&app, &member),
        all: asked.of_all(),
        pager,
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
    /// The whole record as somebody rewrote it; as it was sent until then.
    rewritten: String,
    whole_open: bool,
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
        let whole = form.filter(|form| is_whole(form)).map(|form| form.exact("raw"));
        let fields = fields(words, waiting, issues, &form.map(typed).unwrap_or_default());
        Self {
            shell: Shell::new(member, Section::Refusals, "page-refusal"),
            batch: waiting.batch.to_string(),
            waits: waiting.state == "open",
            state: words.named("page-refusal-state", waiting.state),
            // Events are sent again by their schemes; nobody corrects them here.
            may_correct: member.caller.may(Scope::QuarantineWrite) && mapping.is_some(),
            refused_again: form.is_some(),
            whole_open: whole.is_some() || fields.is_empty(),
            rewritten: whole.unwrap_or(&shown.raw).to_owned(),
            fields,
            shown,
        }
    }
}

/// Whether a form rewrites the whole record.
fn is_whole(form: &Form) -> bool {
    form.text("whole") == "yes"
}

/// What a form gives for each field that it names.
fn typed(form: &Form) -> Vec<(String, String)> {
    let given = |(at, value): (&str, &str)| {
        (form.exact(&format!("field-{at}")).to_owned(), value.trim().to_owned())
    };
    form.beginning("to-").map(given).collect()
}

/// The fields that somebody has written into or that are wrong, each once, with what was typed or else what was sent.
fn fields(
    words: Words,
    waiting: &Waiting,
    issues: &[Issue],
    typed: &[(String, String)],
) -> Vec<Field> {
    let sent = waiting
        .kept
        .issues
        .iter()
        .chain(issues)
        .filter_map(|issue| Some((field(issue)?, issue.value.clone().unwrap_or_default())));
    let mut fields: Vec<Field> = Vec::new();
    for (name, value) in typed.iter().cloned().chain(sent) {
        if fields.iter().all(|known| known.name != name) {
            fields.push(Field { at: fields.len(), name, value, wrong: Vec::new() });
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
    let correction = if is_whole(&form) {
        Correction::Raw(form.exact("raw").replace("\r\n", "\n"))
    } else {
        Correction::Fields(typed(&form))
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
