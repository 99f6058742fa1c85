//! A text is changed: in a plain field that is sent, or in an editor that asks [`super::live`] meanwhile. Saving makes
//! a draft; whoever saved in between is never written over unseen.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::finding::Hindrance;
use super::live;
use super::results::Results;
use super::rows::has_rows;
use super::{About, Of, path};
use crate::http::{App, Code, Problem};
use crate::model::Scope;
use crate::operations::library::{FileId, Kind, Problem as FileProblem};
use crate::operations::versions::{self, LifeError, Named, Seen};
use crate::operations::workshop::{self, Ground, Look, Sample, blank};
use crate::ui::form::LongForm;
use crate::ui::page::{done, with_nonce};
use crate::ui::shell::{Section, Shell};
use crate::ui::visit::Member;
use crate::ui::words::Words;

#[derive(Template)]
#[template(path = "workshop/edit.html")]
struct Edit {
    shell: Shell,
    about: About,
    nonce: String,
    /// The hash of what the work began with; empty for a file that is new.
    seen: String,
    text: String,
    changed: bool,
    /// Words for the script, as JSON.
    words_of_script: String,
    /// On which records the text is tried: name, title, whether chosen. Empty for what reads no records.
    sources: Vec<(&'static str, String, bool)>,
    sample: String,
    found: Found,
    hindrance: Option<Hindrance>,
    stale: bool,
    begun: bool,
    /// Whether nothing of it was saved yet.
    fresh: bool,
    /// Whether it can be shown as a table, too.
    has_rows: bool,
}

/// What is found in the text when the page is written: for its reader, and for the script.
struct Found {
    results: String,
    summary: String,
    /// With their places, as JSON.
    problems: String,
}

impl Default for Found {
    fn default() -> Self {
        Self { results: String::new(), summary: String::new(), problems: "[]".to_owned() }
    }
}

/// What somebody works on.
pub struct Work {
    pub text: String,
    seen: String,
    pub source: &'static str,
    sample: String,
    changed: bool,
    /// Whether it was drafted just now.
    begun: bool,
}

impl Work {
    /// As it was sent.
    pub fn of(LongForm(form): &LongForm) -> Self {
        Self {
            // Browsers send every end of line as two signs.
            text: form.exact("text").replace("\r\n", "\n"),
            seen: form.text("seen").to_owned(),
            source: source(form.text("source")),
            sample: form.exact("sample").replace("\r\n", "\n"),
            changed: true,
            begun: false,
        }
    }

    /// On what it is tried.
    pub fn sample(&self) -> Sample {
        match self.source {
            "own" => Sample::Text(self.sample.clone()),
            "received" => Sample::Received,
            _ => Sample::Nothing,
        }
    }
}

fn source(name: &str) -> &'static str {
    ["own", "received"].into_iter().find(|known| *known == name).unwrap_or("none")
}

/// Opens a file: its draft, or what counts.
pub async fn show(
    member: Member,
    State(app): State<App>,
    Of(file): Of,
) -> Result<Response, Problem> {
    let member = writer(&app, member, &file)?;
    let source = if member.caller.may(Scope::RecordsRead) { "received" } else { "none" };
    let (seen, text, source) = match newest(&app, &member, &file).await? {
        Some(found) => (found.hash, found.text, source),
        // Of a file that is not there yet, nothing was received.
        None => (String::new(), shape(&app, &member, &file)?, "none"),
    };
    let changed = seen.is_empty();
    let work = Work { seen, text, source, sample: String::new(), changed, begun: false };
    tell(&app, &member, &file, work, None).await
}

/// What stands in a file that nobody has written yet.
fn shape(app: &App, member: &Member, file: &FileId) -> Result<String, Problem> {
    let library = app.hub().library();
    let schemes: Vec<_> = library.registry().schemes().map(|scheme| scheme.id.clone()).collect();
    let (language, today) = (member.visit.words.0, app.hub().today());
    let ground = Ground { language, today, schemes: &schemes };
    blank(file, &ground).ok_or(Problem::new(Code::NotFound))
}

/// Opens the mapping of a scheme that was just begun, beside its sample.
///
/// # Errors
/// When the store fails.
pub async fn begun(
    app: &App,
    member: &Member,
    file: &FileId,
    sample: String,
) -> Result<Response, Problem> {
    let found = newest(app, member, file).await?.ok_or(Problem::new(Code::NotFound))?;
    let work = Work {
        seen: found.hash,
        text: found.text,
        source: "own",
        sample,
        changed: false,
        begun: true,
    };
    tell(app, member, file, work, None).await
}

/// Checks a text, mends it, or saves it.
pub async fn take(
    member: Member,
    State(app): State<App>,
    Of(file): Of,
    form: LongForm,
) -> Result<Response, Problem> {
    let member = writer(&app, member, &file)?;
    let mut work = Work::of(&form);
    let fix = form.0.text("fix");
    if !fix.is_empty() {
        work.text = mended(&app, &member, &file, &work.text, fix).await?;
        return tell(&app, &member, &file, work, None).await;
    }
    if form.0.text("do") != "save" {
        return tell(&app, &member, &file, work, None).await;
    }
    match save(&app, &member, &file, &work).await {
        Ok(()) => Ok(done(&path(&file), "draft-saved")),
        Err(error) => tell(&app, &member, &file, work, Some(error)).await,
    }
}

/// Lets only those on who may change the file.
///
/// # Errors
/// `not_permitted`.
pub fn writer(app: &App, member: Member, file: &FileId) -> Result<Member, Problem> {
    let scope = Scope::MappingsWrite;
    if versions::may(&app.hub().library(), &member.caller, scope, file) {
        Ok(member)
    } else {
        Err(LifeError::NotPermitted { scope, file: file.clone() }.into())
    }
}

/// The draft of a file, or what counts of it.
///
/// # Errors
/// When the store fails.
pub async fn newest(
    app: &App,
    member: &Member,
    file: &FileId,
) -> Result<Option<versions::Version>, LifeError> {
    let (hub, by) = (app.hub(), &member.caller);
    match versions::version(hub, by, file, Named::Draft).await? {
        Some(draft) => Ok(Some(draft)),
        None => versions::version(hub, by, file, Named::InForce).await,
    }
}

async fn save(app: &App, member: &Member, file: &FileId, work: &Work) -> Result<(), LifeError> {
    let seen = if work.seen.is_empty() { Seen::Nothing } else { Seen::Version(&work.seen) };
    let data = versions::file(file, work.text.clone())?;
    versions::draft(app.hub(), &member.caller, &data, seen).await?;
    Ok(())
}

/// The text with a correction made, when it still offers it.
async fn mended(
    app: &App,
    member: &Member,
    file: &FileId,
    text: &str,
    fix: &str,
) -> Result<String, Problem> {
    let found = looked(app, member, file, text, Sample::Nothing).await?;
    let chosen = fix.split_once('.').and_then(|(at, number)| {
        let (at, number): (usize, usize) = (at.parse().ok()?, number.parse().ok()?);
        match found.problems.get(at)? {
            FileProblem::Mapping { diagnostic, .. } => diagnostic.corrections.get(number),
            FileProblem::File(_)
            | FileProblem::Schema(_)
            | FileProblem::Document(_)
            | FileProblem::Missing(_) => None,
        }
    });
    Ok(chosen.map_or_else(|| text.to_owned(), |correction| correction.apply(text)))
}

/// What is found in a text. One that is no file of ours any more is one problem.
///
/// # Errors
/// When it says that it is another file, or the store fails.
pub async fn looked(
    app: &App,
    member: &Member,
    file: &FileId,
    text: &str,
    sample: Sample,
) -> Result<Look, LifeError> {
    match versions::file(file, text.to_owned()) {
        Ok(data) => workshop::look(app.hub(), &member.caller, data, sample).await,
        Err(LifeError::File(error)) => Ok(Look::wrong(FileProblem::File(error))),
        Err(error) => Err(error),
    }
}

async fn tell(
    app: &App,
    member: &Member,
    file: &FileId,
    mut work: Work,
    error: Option<LifeError>,
) -> Result<Response, Problem> {
    let words = member.visit.words;
    let stale = matches!(error, Some(LifeError::Stale { .. }));
    if let Some(LifeError::Stale { current, .. }) = &error {
        // Who saves once more has been told of the other text.
        work.seen = current.clone().unwrap_or_default();
    }
    let mut hindrance = error.map(|error| Hindrance::of(words, error)).transpose()?;
    let mut found = Found::default();
    match looked(app, member, file, &work.text, work.sample()).await {
        Ok(look) => {
            let results = Results::of(member, &look, work.source != "none");
            found.problems = Value::from(live::problems(words, &look, &work.text)).to_string();
            (found.summary, found.results) = (results.summary().to_owned(), results.html()?);
        }
        Err(error) => hindrance = hindrance.or(Some(Hindrance::of(words, error)?)),
    }
    let refused = hindrance.is_some();
    let nonce = hex::encode(app.hub().random::<16>());
    let edit = Edit {
        shell: Shell::new(member, Section::Workshop, "page-workshop").titled(file.name.clone()),
        about: About::of(words, file),
        nonce: nonce.clone(),
        fresh: work.seen.is_empty(),
        has_rows: has_rows(file.kind) && !work.seen.is_empty(),
        seen: work.seen,
        changed: work.changed,
        words_of_script: script(words).to_string(),
        sources: sources(member, file, work.source),
        text: work.text,
        sample: work.sample,
        found,
        hindrance,
        stale,
        begun: work.begun,
    };
    let status = if refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    with_nonce(status, words, &edit, &nonce)
}

fn sources(member: &Member, file: &FileId, chosen: &str) -> Vec<(&'static str, String, bool)> {
    if file.kind != Kind::Mapping {
        return Vec::new();
    }
    let known = ["received", "own", "none"].into_iter();
    let known = known.filter(|name| *name != "received" || member.caller.may(Scope::RecordsRead));
    let words = member.visit.words;
    known.map(|name| (name, words.named("page-source", name), name == chosen)).collect()
}

/// What the editor says by itself: its own phrases are English.
fn script(words: Words) -> Value {
    const PHRASES: [(&str, &str); 17] = [
        ("Find", "find"),
        ("Replace", "replace"),
        ("next", "next"),
        ("previous", "previous"),
        ("all", "all"),
        ("match case", "case"),
        ("regexp", "regexp"),
        ("by word", "word"),
        ("replace", "replace-one"),
        ("replace all", "replace-all"),
        ("close", "close"),
        ("Go to line", "line"),
        ("go", "go"),
        ("Completions", "completions"),
        ("Diagnostics", "diagnostics"),
        ("No diagnostics", "no-diagnostics"),
        ("current match", "current"),
    ];
    let phrases: serde_json::Map<String, Value> = PHRASES
        .into_iter()
        .map(|(english, key)| (english.to_owned(), words.named("page-editor", key).into()))
        .collect();
    json!({
        "checking": words.say("page-editor-checking"),
        "failed": words.say("page-editor-failed"),
        "editor": phrases,
    })
}
