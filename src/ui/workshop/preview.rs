//! What a draft would change among the records that were received last: counted, and grouped by what differs, before
//! anybody approves it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::finding::{Hindrance, findings};
use super::{About, Of, show};
use crate::http::{App, Code, Problem};
use crate::messages;
use crate::model::{IssueCode, SchemeId, Scope};
use crate::operations::library::{FileId, Kind};
use crate::operations::preview::{Candidate, Trial, preview};
use crate::operations::replay::ReplayError;
use crate::operations::replay::report::{Change, Counts, Example, Group, Report};
use crate::operations::versions;
use crate::ui::form::Form;
use crate::ui::page::page;
use crate::ui::shell::{Section, Shell};
use crate::ui::visit::Member;
use crate::ui::words::Words;

/// Records that are tried when nobody says.
const USUAL: u64 = 1_000;
/// Records that are tried at most while a reader waits: some seconds on an old machine.
const MOST: u64 = 20_000;

/// A count of the report: its words and its number.
struct Count {
    said: String,
    number: String,
    tone: &'static str,
}

/// Differences of one sort, such as « fields changed ».
struct Sort {
    title: String,
    kinds: Vec<Kinds>,
}

/// One kind of difference with some of its records.
struct Kinds {
    what: String,
    records: String,
    examples: Vec<Shown>,
}

struct Shown {
    name: String,
    before: Option<String>,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "workshop/preview.html")]
struct Preview {
    shell: Shell,
    about: About,
    hash: String,
    last: u64,
    most: String,
    counts: Vec<Count>,
    notes: Vec<String>,
    sorts: Vec<Sort>,
    entitled: bool,
    nothing: bool,
}

/// Tries it.
pub async fn show(
    member: Member,
    State(app): State<App>,
    Of(file): Of,
    form: Form,
) -> Result<Response, Problem> {
    let member = member.with(Scope::MappingsWrite)?;
    let words = member.visit.words;
    let scheme = scheme(&app, &member, &file)?;
    let hash = form.text("hash").to_owned();
    let last = form.text("last").parse().unwrap_or(USUAL).clamp(1, MOST);
    let entitled = member.caller.may(Scope::RecordsRead) && member.caller.sees(&scheme);
    let candidate = Candidate::Version(hash.clone());
    let trial = Trial { scheme, mapping: file.name.clone(), candidate, last: Some(last) };
    let tried = match preview(app.hub(), trial, |_, _| {}).await {
        Ok(tried) => tried,
        Err(error) => {
            let hindrance = hindrance(words, error)?;
            return show::hindered(&app, &member, (&file, &hash), hindrance).await;
        }
    };
    versions::previewed(app.hub(), &member.caller, &file, &hash).await?;
    let report = if entitled { tried.report } else { tried.report.without_values() };
    let shell = Shell::new(&member, Section::Workshop, "page-preview");
    page(
        words,
        &Preview {
            shell,
            about: About::of(words, &file),
            hash,
            last,
            most: words.number(MOST),
            counts: counts(words, &report.counts),
            notes: notes(words, &report),
            nothing: report.counts.examined == 0,
            sorts: sorts(words, &report),
            entitled,
        },
    )
}

/// Whose records a mapping reads, when the reader may act for that scheme.
fn scheme(app: &App, member: &Member, file: &FileId) -> Result<SchemeId, Problem> {
    let scheme: Option<SchemeId> = file.name.parse().ok();
    let library = app.hub().library();
    let known = scheme.filter(|scheme| {
        file.kind == Kind::Mapping
            && library.registry().scheme(scheme).is_some()
            && member.caller.sees(scheme)
    });
    known.ok_or(Problem::new(Code::NotFound))
}

fn hindrance(words: Words, error: ReplayError) -> Result<Hindrance, Problem> {
    match error {
        ReplayError::Version(error) => Hindrance::of(words, error),
        ReplayError::Invalid { problems } => Ok(Hindrance {
            said: words.count("page-hindered-wrong", problems.len() as u64),
            findings: findings(words, &problems),
        }),
        other => Err(other.into()),
    }
}

/// What became of the records; what did not happen is left out.
fn counts(words: Words, counts: &Counts) -> Vec<Count> {
    let all = [
        ("examined", counts.examined, ""),
        ("unchanged", counts.unchanged, ""),
        ("changed", counts.changed, "warn"),
        ("newly-refused", counts.newly_refused, "bad"),
        ("newly-accepted", counts.newly_accepted, "good"),
        ("renamed", counts.renamed, "warn"),
        ("gone", counts.gone, "warn"),
        ("refused-before", counts.refused_before, ""),
        ("overtaken", counts.overtaken, ""),
        ("no-record", counts.no_record, ""),
        ("still-refused", counts.still_refused, ""),
        ("refused-otherwise", counts.refused_otherwise, ""),
    ];
    let happened = all.into_iter().filter(|(name, count, _)| *count > 0 || *name == "examined");
    happened
        .map(|(name, count, tone)| Count {
            said: words.named("replay", name),
            number: words.number(count),
            tone,
        })
        .collect()
}

fn notes(words: Words, report: &Report) -> Vec<String> {
    let all = [
        ("replay-other-warnings", report.other_warnings),
        ("replay-made-by-older", report.made_by_older),
    ];
    all.into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(key, count)| words.count(key, count))
        .collect()
}

/// The groups by sort of change; the report has them in that order.
fn sorts(words: Words, report: &Report) -> Vec<Sort> {
    let mut sorts: Vec<(Change, Sort)> = Vec::new();
    for group in &report.groups {
        let change = group.kind.change;
        if sorts.last().is_none_or(|(last, _)| *last != change) {
            let title = words.named("replay-change", change.name());
            sorts.push((change, Sort { title, kinds: Vec::new() }));
        }
        if let Some((_, sort)) = sorts.last_mut() {
            sort.kinds.push(kinds(words, group));
        }
    }
    sorts.into_iter().map(|(_, sort)| sort).collect()
}

fn kinds(words: Words, group: &Group) -> Kinds {
    let issue = group.kind.issue.as_deref().map(|number| {
        let code = IssueCode::find(number);
        let title =
            code.map(|code| messages::text(words.0, &format!("issue-{}.title", code.name()), &[]));
        format!("{number} {}", title.unwrap_or_default())
    });
    let what: Vec<String> = group.kind.field.clone().into_iter().chain(issue).collect();
    Kinds {
        what: what.join(" · "),
        records: words.count("page-records-count", group.records),
        examples: group.examples.iter().map(|example| shown(words, example)).collect(),
    }
}

fn shown(words: Words, example: &Example) -> Shown {
    let name = example.record_id.as_deref().unwrap_or(&example.record);
    let line = words.of("page-line", "line", example.line);
    let text =
        |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Shown {
        name: if example.line > 0 { format!("{name}, {line}") } else { name.to_owned() },
        before: example.before.as_ref().map(text),
        after: example.after.as_ref().map(text),
    }
}
