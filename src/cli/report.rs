//! Problems of a file, gathered for a person: grouped by defect, the most frequent first, each with a
//! few places, with how to mend it and with the line of the mapping that found it.

use serde_json::{Value, json};

use super::failure::Failure;
use super::screen::Screen;
use crate::messages;
use crate::model::{Defect, Defects, Group, Issue, RulePlace, Severity};

/// What was wrong, grouped by defect. Its memory does not grow with the file.
#[derive(Default)]
pub struct Tally {
    defects: Defects,
    /// Records refused.
    pub refused: u64,
    /// Records accepted.
    pub accepted: u64,
    /// Fields left out of accepted records.
    pub warnings: u64,
}

impl Tally {
    /// Counts everything that is wrong with a record.
    pub fn add(&mut self, issues: &[Issue]) {
        let warnings = issues.iter().filter(|issue| issue.severity == Severity::Warning);
        self.warnings += warnings.count() as u64;
        self.defects.add(issues);
    }

    /// Whether nothing was wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.defects.is_empty()
    }

    /// Says every group, refusals first, the most frequent first.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn print(&self, screen: &Screen) -> Result<(), Failure> {
        let mut told = None;
        for (defect, group) in self.defects.groups() {
            if told != Some(defect.severity) {
                let heading = format!("report-{}", defect.severity.name());
                screen.heading(&screen.text(&heading, &[]))?;
                told = Some(defect.severity);
            }
            print_group(defect, group, screen)?;
        }
        Ok(())
    }

    /// The groups for machines.
    #[must_use]
    pub fn json(&self) -> Value {
        let groups = self.defects.groups().into_iter().map(|(defect, group)| {
            json!({
                "severity": defect.severity.name(),
                "number": defect.code.number(),
                "code": defect.code.name(),
                "field": defect.field,
                "count": group.records,
                "rule": defect.rule.as_ref().map(rule_json),
            })
        });
        Value::Array(groups.collect())
    }
}

fn print_group(defect: &Defect, group: &Group, screen: &Screen) -> Result<(), Failure> {
    let Some(first) = group.first.first() else {
        return Ok(());
    };
    let said = messages::issue(first, screen.language());
    let field = defect.field.as_ref().map(|field| format!(" · {field}")).unwrap_or_default();
    let title = screen.bold(&format!("{} {}{field}", defect.code.number(), said.title));
    screen.line(&format!(
        "\n  {title} · {}",
        screen.text("report-times", &[("count", group.records.into())])
    ))?;
    for issue in &group.first {
        screen.line(&format!("    {}", messages::issue(issue, screen.language()).line))?;
    }
    let more = group.records - group.first.len() as u64;
    if more > 0 {
        screen.line(&format!("    {}", screen.text("report-more", &[("count", more.into())])))?;
    }
    if let Some(expected) = said.expected {
        let said = screen.text("expected", &[("expected", expected.into())]);
        screen.line(&format!("    {said}"))?;
    }
    screen.line(&format!("    {}", screen.text("report-mend", &[("mend", said.mend.into())])))?;
    if let Some(rule) = &defect.rule {
        let place = ("rule", rule_place(rule).into());
        screen.line(&format!("    {}", screen.text("report-rule", &[place])))?;
    }
    Ok(())
}

/// The line of the mapping, as people follow it: `mappings/ml-utm.yaml:31 (person.birth_date)`.
#[must_use]
pub fn rule_place(rule: &RulePlace) -> String {
    format!("{}:{} ({})", rule.file, rule.line, rule.target)
}

fn rule_json(rule: &RulePlace) -> Value {
    json!({ "file": rule.file, "line": rule.line, "target": rule.target })
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
        "rule": issue.rule.as_ref().map(rule_json),
    })
}
