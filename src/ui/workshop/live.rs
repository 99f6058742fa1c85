//! What the editor asks after every pause: what is wrong with the text and what it does, what could stand at the cursor,
//! what stands there. Answers are JSON with places as scripts count them.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::Of;
use super::edit::{Work, looked, writer};
use super::finding::{Finding, Hindrance};
use super::results::Results;
use super::units::Units;
use crate::http::{App, Problem};
use crate::mapping::assist::ProposalKind;
use crate::mapping::{Diagnostic, Weight};
use crate::operations::library::{DataFile, Kind, Problem as FileProblem};
use crate::operations::workshop::{self, Look};
use crate::ui::form::LongForm;
use crate::ui::visit::Member;
use crate::ui::words::Words;

/// For the editor: problems with their places and corrections, and the results as a part of the page.
pub async fn look(
    member: Member,
    State(app): State<App>,
    Of(file): Of,
    form: LongForm,
) -> Result<Response, Problem> {
    let member = writer(&app, member, &file)?;
    let words = member.visit.words;
    let work = Work::of(&form);
    let look = match looked(&app, &member, &file, &work.text, work.sample()).await {
        Ok(look) => look,
        Err(error) => {
            let said = Hindrance::of(words, error)?.said;
            return Ok(Json(json!({ "problems": [], "said": said, "html": "" })).into_response());
        }
    };
    let results = Results::of(&member, &look, work.source != "none");
    let problems = problems(words, &look, &work.text);
    let answer =
        json!({ "problems": problems, "said": results.summary(), "html": results.html()? });
    Ok(Json(answer).into_response())
}

/// The problems of a text with their places and corrections.
pub fn problems(words: Words, look: &Look, text: &str) -> Vec<Value> {
    let units = Units::of(text);
    look.problems.iter().map(|problem| told(words, problem, &units)).collect()
}

/// One problem with its place and its corrections.
fn told(words: Words, problem: &FileProblem, units: &Units<'_>) -> Value {
    let whole_line = |line: usize, message: String| {
        let (from, to) = units.of_line(line);
        json!({ "from": from, "to": to, "severity": "error", "code": "", "message": message, "fixes": [] })
    };
    match problem {
        FileProblem::Mapping { diagnostic, .. } => diagnosed(words, diagnostic, units),
        FileProblem::Document(document) => {
            whole_line(document.line.unwrap_or(1), document.fault.say(words.0))
        }
        FileProblem::File(_) | FileProblem::Schema(_) | FileProblem::Missing(_) => {
            whole_line(1, Finding::of(words, 0, problem).message)
        }
    }
}

fn diagnosed(words: Words, diagnostic: &Diagnostic, units: &Units<'_>) -> Value {
    let edit = |(span, text): &(std::ops::Range<usize>, String)| json!({ "from": units.before(span.start), "to": units.before(span.end), "insert": text });
    let fixes: Vec<Value> = diagnostic
        .corrections
        .iter()
        .map(|one| {
            let edits: Vec<Value> = one.edits.iter().map(edit).collect();
            json!({ "title": one.title(words.0), "edits": edits })
        })
        .collect();
    let help = diagnostic.help(words.0).map(|help| format!("\n{help}")).unwrap_or_default();
    json!({
        "from": units.before(diagnostic.span.start),
        "to": units.before(diagnostic.span.end),
        "severity": if diagnostic.weight == Weight::Error { "error" } else { "warning" },
        "code": diagnostic.code.number(),
        "message": format!("{}{help}", diagnostic.message(words.0)),
        "fixes": fixes,
    })
}

/// For the editor: what could be written at a place, or what stands there.
pub async fn help(
    member: Member,
    State(app): State<App>,
    Of(file): Of,
    form: LongForm,
) -> Result<Response, Problem> {
    let member = writer(&app, member, &file)?;
    let (hub, language) = (app.hub(), member.visit.words.0);
    let text = Work::of(&form).text;
    let units = Units::of(&text);
    let at = units.byte(form.0.text("at").parse().unwrap_or_default());
    // Only mappings have help; and a file that says that it is another one is helped all the same.
    let data = DataFile {
        kind: file.kind,
        name: file.name.clone(),
        path: file.name.clone(),
        text: text.clone(),
    };
    if file.kind != Kind::Mapping {
        return Ok(Json(json!({ "proposals": [], "hover": null })).into_response());
    }
    if form.0.text("what") == "hover" {
        let hover = workshop::hover(hub, data, at, language).await?;
        let hover = hover.map(|hover| {
            json!({ "from": units.before(hover.span.start), "to": units.before(hover.span.end), "text": hover.text })
        });
        return Ok(Json(json!({ "hover": hover })).into_response());
    }
    let proposals = workshop::complete(hub, data, at, language).await?;
    let proposals: Vec<Value> = proposals
        .into_iter()
        .map(|one| {
            json!({
                "label": one.label,
                "insert": one.insert,
                "from": units.before(one.replace.start),
                "to": units.before(one.replace.end),
                "kind": kind(one.kind),
                "detail": one.detail,
                "meaning": one.meaning,
            })
        })
        .collect();
    Ok(Json(json!({ "proposals": proposals })).into_response())
}

const fn kind(kind: ProposalKind) -> &'static str {
    match kind {
        ProposalKind::Key => "key",
        ProposalKind::Verb => "verb",
        ProposalKind::Target => "target",
        ProposalKind::Source => "source",
        ProposalKind::Name => "name",
        ProposalKind::Table => "table",
        ProposalKind::Code => "code",
        ProposalKind::Function => "function",
    }
}
