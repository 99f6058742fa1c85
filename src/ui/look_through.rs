//! A file looked through before it is sent: what the hub would say, with what is wrong marked, and what its records become.
//! Nothing of it is kept.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use tokio::task::spawn_blocking;

use super::defects::{Defect, defect};
use super::form::Upload;
use super::page::{page, refused};
use super::refusals::{Cell, Said, cells_marked, said};
use super::shell::{Section, Shell};
use super::visit::Member;
use super::words::Words;
use crate::http::{App, Problem};
use crate::mapping::Mapping;
use crate::messages;
use crate::model::{Issue, Scope};
use crate::operations::translate::CANONICAL;
use crate::operations::translate::glance::{Became, Glance, SHOWN, Sheet, Target, glance};

/// Letters of a record that are shown.
const RAW: usize = 8_000;

/// A record that would be refused, as it is shown.
struct Shown {
    record_id: Option<String>,
    line: Option<u64>,
    cells: Vec<Cell>,
    raw: String,
    raw_is_whole: bool,
    said: Vec<Said>,
}

/// What a record became, as it is shown.
struct Form {
    record_id: String,
    canonical: String,
    other: Option<String>,
    /// Why the other format cannot say it.
    unsaid: Vec<String>,
}

/// What a file came to, in words.
struct Found {
    complete: bool,
    figures: Vec<(String, String, &'static str)>,
    defects: Vec<Defect>,
    refused: Vec<Shown>,
    taken: Vec<Form>,
    some: String,
    dropped: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "look_through.html")]
struct View {
    shell: Shell,
    /// Formats that a file can have: name, whether chosen.
    from: Vec<(String, bool)>,
    /// Formats into which it can be put: name, title, whether chosen.
    to: Vec<(String, String, bool)>,
    pasted: String,
    wrong: Option<String>,
    found: Option<Found>,
    may_send: bool,
}

impl View {
    fn of(app: &App, member: &Member, chosen: (&str, &str)) -> Self {
        let library = app.hub().library();
        let words = member.visit.words;
        let known: Vec<&str> = library.mappings().map(|mapping| mapping.id()).collect();
        // A scheme's own people look through their own files.
        let seen = |id: &&&str| {
            member.caller.runs_the_hub() || id.parse().is_ok_and(|id| member.caller.sees(&id))
        };
        let to = |id: &str| (id.to_owned(), id.to_owned(), id == chosen.1);
        let canonical = words.say("page-look-canonical");
        let first = (CANONICAL.to_owned(), canonical, chosen.1 == CANONICAL);
        Self {
            shell: Shell::new(member, Section::Records, "page-look"),
            from: known.iter().filter(seen).map(|id| ((*id).to_owned(), *id == chosen.0)).collect(),
            to: std::iter::once(first).chain(known.iter().copied().map(to)).collect(),
            pasted: String::new(),
            wrong: None,
            found: None,
            may_send: member.caller.may(Scope::RecordsWrite),
        }
    }
}

/// Where a file is chosen.
pub async fn show(member: Member, State(app): State<App>) -> Result<Response, Problem> {
    let member = member.with(Scope::MappingsRead)?;
    page(member.visit.words, &View::of(&app, &member, ("", CANONICAL)))
}

/// Looks it through.
pub async fn take(
    member: Member,
    State(app): State<App>,
    upload: Upload,
) -> Result<Response, Problem> {
    let member = member.with(Scope::MappingsRead)?;
    let words = member.visit.words;
    let Upload { form, file } = upload;
    let (from, to) = (form.text("scheme"), form.text("to"));
    let mut view = View::of(&app, &member, (from, to));
    form.exact("pasted").clone_into(&mut view.pasted);
    let from = view.from.iter().find(|(_, chosen)| *chosen);
    let library = app.hub().library();
    let mapping = from.and_then(|(id, _)| library.mapping(id)).cloned();
    let pasted = file.is_empty();
    let bytes = if pasted { form.exact("pasted").as_bytes().to_vec() } else { file };
    if bytes.trim_ascii().is_empty() {
        view.wrong = Some(words.say("page-start-no-file"));
        return refused(words, &view);
    }
    let Some(mapping) = mapping else {
        view.wrong = Some(words.say("page-look-no-format"));
        return refused(words, &view);
    };
    let target = library.mapping(to).cloned();
    let seen = look(&app, Arc::clone(&mapping), target, (bytes, pasted)).await?;
    view.found = Some(Found::of(words, seen));
    page(words, &view)
}

async fn look(
    app: &App,
    from: Arc<Mapping>,
    to: Option<Arc<Mapping>>,
    sent: (Vec<u8>, bool),
) -> Result<Glance, Problem> {
    let today = app.hub().today();
    let work = spawn_blocking(move || {
        let target = to.as_deref().map_or(Target::Canonical, Target::Format);
        glance(&from, &target, sent, today)
    });
    let done = work.await.map_err(|error| Problem::internal(&error))?;
    done.map_err(|error| Problem::internal(&error))
}

impl Found {
    fn of(words: Words, seen: Glance) -> Self {
        let taken = seen.received.saturating_sub(seen.refused);
        let bad = if seen.refused > 0 { "bad" } else { "" };
        let figures = [
            ("received", seen.received, ""),
            ("taken", taken, "good"),
            ("refused", seen.refused, bad),
        ];
        let groups = seen.defects.iter();
        Self {
            complete: seen.complete,
            figures: figures
                .map(|(name, count, tone)| {
                    (words.named("page-look", name), words.number(count), tone)
                })
                .into(),
            defects: groups
                .filter_map(|group| defect(words, (&group.first, group.records), String::new()))
                .collect(),
            refused: seen.first_refused.into_iter().map(|sheet| shown(words, sheet)).collect(),
            taken: seen.first_taken.into_iter().map(|one| form(words, one)).collect(),
            some: words.count("page-look-some", SHOWN as u64),
            dropped: seen
                .dropped
                .into_iter()
                .map(|(field, times)| (field, words.number(times)))
                .collect(),
        }
    }
}

fn shown(words: Words, sheet: Sheet) -> Shown {
    let text = String::from_utf8_lossy(&sheet.raw);
    Shown {
        record_id: sheet.record_id,
        line: (sheet.place.line > 0).then_some(sheet.place.line),
        cells: cells_marked(sheet.cells.unwrap_or_default(), &sheet.issues),
        raw_is_whole: text.chars().nth(RAW).is_none(),
        raw: text.chars().take(RAW).collect(),
        said: said(words, &sheet.issues),
    }
}

fn form(words: Words, one: Became) -> Form {
    let pretty = serde_json::from_slice::<serde_json::Value>(&one.canonical)
        .and_then(|value| serde_json::to_string_pretty(&value));
    let line = |issue: &Issue| messages::issue(issue, words.0).line;
    let (other, unsaid) = match one.other {
        None => (None, Vec::new()),
        Some(Ok(bytes)) => (Some(String::from_utf8_lossy(&bytes).into_owned()), Vec::new()),
        Some(Err(issues)) => (None, issues.iter().map(line).collect()),
    };
    Form { record_id: one.record_id, canonical: pretty.unwrap_or_default(), other, unsaid }
}
