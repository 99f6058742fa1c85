//! Problems of a file, gathered for a person: grouped by code and field, the most frequent first,
//! each with a few places and with how to mend it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::failure::Failure;
use super::screen::Screen;
use crate::messages;
use crate::model::{Issue, IssueCode, Severity};

/// Places shown for each group; the rest is counted.
const EXAMPLES: usize = 3;

/// Groups kept: field names come from the sender, so a hostile file could name millions.
const GROUPS: usize = 1_000;

/// What was wrong, grouped. Its memory does not grow with the file.
#[derive(Default)]
pub struct Tally {
    groups: BTreeMap<(Reverse<Severity>, IssueCode, Option<String>), Group>,
    /// Records refused.
    pub refused: u64,
    /// Records accepted.
    pub accepted: u64,
    /// Fields left out of accepted records.
    pub warnings: u64,
}

#[derive(Default)]
struct Group {
    count: u64,
    examples: Vec<Issue>,
}

impl Tally {
    /// Counts an issue, and keeps it when it is one of the first of its kind.
    pub fn add(&mut self, issue: &Issue) {
        if issue.severity == Severity::Warning {
            self.warnings += 1;
        }
        let full = self.groups.len() >= GROUPS;
        let mut key = (Reverse(issue.severity), issue.code, issue.field.clone());
        if full && !self.groups.contains_key(&key) {
            key.2 = None;
        }
        let group = self.groups.entry(key).or_default();
        group.count += 1;
        if group.examples.len() < EXAMPLES {
            group.examples.push(issue.clone());
        }
    }

    /// Whether nothing was wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Says every group, refusals first, the most frequent first.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn print(&self, screen: &Screen) -> Result<(), Failure> {
        for severity in [Severity::Error, Severity::Warning] {
            let mut groups: Vec<_> =
                self.groups.iter().filter(|(key, _)| key.0.0 == severity).collect();
            if groups.is_empty() {
                continue;
            }
            groups.sort_by_key(|(_, group)| Reverse(group.count));
            screen.heading(&screen.text(&format!("report-{}", severity.name()), &[]))?;
            for ((_, code, field), group) in groups {
                print_group(*code, field.as_deref(), group, screen)?;
            }
        }
        Ok(())
    }

    /// The groups for machines.
    #[must_use]
    pub fn json(&self) -> Value {
        let groups = self.groups.iter().map(|((severity, code, field), group)| {
            json!({
                "severity": severity.0.name(),
                "number": code.number(),
                "code": code.name(),
                "field": field,
                "count": group.count,
            })
        });
        Value::Array(groups.collect())
    }
}

fn print_group(
    code: IssueCode,
    field: Option<&str>,
    group: &Group,
    screen: &Screen,
) -> Result<(), Failure> {
    let Some(first) = group.examples.first() else {
        return Ok(());
    };
    let said = messages::issue(first, screen.language());
    let field = field.map(|field| format!(" · {field}")).unwrap_or_default();
    let title = screen.bold(&format!("{} {}{field}", code.number(), said.title));
    screen.line(&format!(
        "\n  {title} · {}",
        screen.text("report-times", &[("count", group.count.into())])
    ))?;
    for issue in &group.examples {
        screen.line(&format!("    {}", messages::issue(issue, screen.language()).line))?;
    }
    let more = group.count - group.examples.len() as u64;
    if more > 0 {
        screen.line(&format!("    {}", screen.text("report-more", &[("count", more.into())])))?;
    }
    if let Some(expected) = said.expected {
        let said = screen.text("expected", &[("expected", expected.into())]);
        screen.line(&format!("    {said}"))?;
    }
    screen.line(&format!("    {}", screen.text("report-mend", &[("mend", said.mend.into())])))?;
    if let Some(rule) = &first.rule {
        let place = format!("{}:{} ({})", rule.file, rule.line, rule.target);
        screen.line(&format!("    {}", screen.text("report-rule", &[("rule", place.into())])))?;
    }
    Ok(())
}

/// One issue for machines, with its words in the caller's language.
#[must_use]
pub fn json(issue: &Issue, screen: &Screen) -> Value {
    let said = messages::issue(issue, screen.language());
    json!({
        "severity": issue.severity.name(),
        "number": issue.code.number(),
        "code": issue.code.name(),
        "source_record_id": issue.record_id,
        "line": (issue.place.line > 0).then_some(issue.place.line),
        "path": issue.place.path,
        "field": issue.field,
        "value": issue.value,
        "expected": said.expected,
        "title": said.title,
        "detail": said.detail,
        "mend": said.mend,
        "rule": issue.rule.as_ref().map(|rule| {
            json!({ "file": rule.file, "line": rule.line, "target": rule.target })
        }),
    })
}
