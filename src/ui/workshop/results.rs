//! What a text does: what is wrong with it, what the records of a sample become, what the way back loses. The same for a
//! page that is sent again and for an editor that asks after every pause.

use askama::Template;

use super::finding::{Finding, findings};
use crate::http::Problem;
use crate::mapping::{Class, Explanation, Outcome};
use crate::messages;
use crate::model::{Issue, Severity};
use crate::operations::workshop::{Look, Tried};
use crate::ui::visit::Member;
use crate::ui::words::Words;

/// Letters of a record that cannot be taken apart.
const RAW: usize = 4_000;

/// The way of one value.
struct Way {
    field: String,
    /// Line of the rule in the text.
    line: u32,
    source: Option<String>,
    /// What was sent, and what came of it.
    sent: Option<String>,
    value: Option<String>,
    /// Verb by verb, when there is more than one.
    steps: Vec<(String, String)>,
}

struct Said {
    line: String,
    mend: String,
    error: bool,
}

/// One record of the sample.
struct Record {
    name: Option<String>,
    accepted: bool,
    cells: Vec<(String, String)>,
    raw: String,
    issues: Vec<Said>,
    ways: Vec<Way>,
    whole: Option<String>,
}

/// A field that does not come back whole.
struct Lossy {
    field: String,
    source: Option<String>,
    class: String,
}

/// What is shown of it.
#[derive(Template)]
#[template(path = "workshop/results.html")]
pub struct Results {
    shell: Say,
    summary: String,
    tone: &'static str,
    findings: Vec<Finding>,
    fixable: bool,
    examples: Option<String>,
    records: Vec<Record>,
    /// Why there are no records, when some were asked for.
    without: Option<String>,
    lossy: Vec<Lossy>,
}

/// As the shell of a view says things, for a template that stands in one and alone.
pub struct Say {
    words: Words,
}

impl Say {
    fn say(&self, key: &str) -> String {
        self.words.say(key)
    }
}

impl Results {
    /// In words. `asked` says whether the text was to be tried on a sample.
    pub fn of(member: &Member, look: &Look, asked: bool) -> Self {
        let words = member.visit.words;
        let errors = look.problems.iter().filter(|problem| problem.is_error()).count();
        let warnings = look.problems.len() - errors;
        let (tone, summary) = summary(words, errors, warnings);
        let without = asked && look.tried.is_empty();
        let without = without.then(|| {
            let why = if errors > 0 { "errors" } else { "nothing" };
            words.named("page-without", why)
        });
        Self {
            shell: Say { words },
            summary,
            tone,
            findings: findings(words, &look.problems),
            fixable: true,
            examples: look.examples.map(|run| words.count("page-examples", run as u64)),
            records: look.tried.iter().map(|tried| record(words, tried)).collect(),
            without,
            lossy: lossy(words, look),
        }
    }

    /// In one line, for who does not see the list.
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// As a part of a page.
    ///
    /// # Errors
    /// `internal`, when the template fails.
    pub fn html(&self) -> Result<String, Problem> {
        self.render().map_err(|failed| Problem::internal(&failed))
    }
}

fn summary(words: Words, errors: usize, warnings: usize) -> (&'static str, String) {
    let errors_said = words.count("page-errors", errors as u64);
    let warnings_said = words.count("page-warnings", warnings as u64);
    match (errors, warnings) {
        (0, 0) => ("good", words.say("page-no-problem")),
        (0, _) => ("warn", warnings_said),
        (_, 0) => ("bad", errors_said),
        _ => ("bad", format!("{errors_said}, {warnings_said}")),
    }
}

fn record(words: Words, tried: &Tried) -> Record {
    let (name, issues, whole) = match &tried.outcome {
        Outcome::Accepted(record) => {
            let whole = serde_json::from_slice::<serde_json::Value>(&record.canonical).ok();
            let whole = whole.and_then(|whole| serde_json::to_string_pretty(&whole).ok());
            (Some(record.record_id.clone()), &record.warnings, whole)
        }
        Outcome::Refused(refusal) => (refusal.record_id.clone(), &refusal.issues, None),
    };
    let raw = String::from_utf8_lossy(&tried.raw);
    Record {
        name,
        accepted: whole.is_some(),
        cells: tried.cells.clone().unwrap_or_default(),
        raw: raw.chars().take(RAW).collect(),
        issues: issues.iter().map(|issue| said(words, issue)).collect(),
        ways: tried.ways.iter().map(way).collect(),
        whole,
    }
}

fn said(words: Words, issue: &Issue) -> Said {
    let text = messages::issue(issue, words.0);
    let line = format!("{} · {}", issue.code.number(), text.line);
    Said { line, mend: text.mend, error: issue.severity == Severity::Error }
}

fn way(way: &Explanation) -> Way {
    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "∅".to_owned());
    let steps: Vec<(String, String)> =
        way.steps.iter().map(|step| (step.verb.clone(), shown(&step.value))).collect();
    Way {
        field: way.field.clone(),
        line: way.line,
        source: way.source.as_ref().map(|source| source.path.clone()),
        sent: way.steps.first().and_then(|step| step.value.clone()),
        value: way.steps.last().and_then(|step| step.value.clone()),
        steps: if steps.len() > 1 { steps } else { Vec::new() },
    }
}

fn lossy(words: Words, look: &Look) -> Vec<Lossy> {
    let loses = |class: &Class| *class != Class::Exact;
    let found = look.classes.iter().filter(|found| loses(&found.class));
    found
        .map(|found| Lossy {
            field: found.field.clone(),
            source: found.source.clone(),
            class: words.named("assist-class", found.class.name()),
        })
        .collect()
}
