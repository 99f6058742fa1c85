//! The examples in a mapping's file: what goes in, what is expected, what comes back.

pub(super) mod given;

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde_json::Value as Json;

use crate::model::Severity;

use super::Mapping;
use super::diagnostic::{Code, Diagnostic, Diagnostics};
use super::json::JsonBytes;
use super::outcome::Outcome;
use super::run::Element as _;
use super::spec::{Format, TestSpec};
use super::yaml::{Kind, Node};

use given::Given;

/// What the examples of a mapping show.
#[derive(Clone, Debug, Default)]
pub struct TestReport {
    /// Examples that ran.
    pub run: usize,
    /// Those that failed.
    pub failures: Vec<CaseFailure>,
    /// Target fields that no example fills.
    pub untouched: Vec<String>,
}

/// An example that failed.
#[derive(Clone, Debug)]
pub struct CaseFailure {
    /// Its name in French.
    pub name_fr: String,
    /// Its name in English.
    pub name_en: String,
    /// Offset of the example in the file, in bytes.
    pub at: usize,
    /// One line for each difference: path, expected, found.
    pub differences: Vec<String>,
}

impl TestReport {
    /// As problems of the mapping's file: failing examples are errors, fields that no example fills
    /// are warnings.
    #[must_use]
    pub fn diagnostics(&self, mapping: &Mapping, text: &str) -> Vec<Diagnostic> {
        let mut problems = Diagnostics::default();
        for failure in &self.failures {
            problems
                .error(Code::FailingTest, failure.at..failure.at)
                .arg("name", &failure.name_fr)
                .arg("differences", failure.differences.join("; "));
        }
        for field in &self.untouched {
            let span = mapping.spec.field_span(field).unwrap_or(0..0);
            problems.warning(Code::Untested, span).arg("field", field);
        }
        problems.finish(&mapping.file, text)
    }

    /// Whether every example holds.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

/// The day on which examples run: later than any invented date that is not meant to be in the future.
pub(super) const TODAY: Date = Date::constant(2026, 7, 1);

impl Mapping {
    /// Runs the examples of the file.
    #[must_use]
    pub fn run_tests(&self) -> TestReport {
        let mut report = TestReport::default();
        let mut touched = BTreeSet::new();
        for test in &self.tests {
            report.run += 1;
            let differences = self.run_case(test, &mut touched);
            if !differences.is_empty() {
                report.failures.push(CaseFailure {
                    name_fr: test.name.fr.clone(),
                    name_en: test.name.en.clone(),
                    at: test.span.start,
                    differences,
                });
            }
        }
        let names = self.program.rules().map(|rule| rule.name.to_string());
        let mut untouched: Vec<String> = names.filter(|name| !touched.contains(name)).collect();
        untouched.dedup();
        report.untouched = untouched;
        report
    }

    fn run_case(&self, test: &TestSpec, touched: &mut BTreeSet<String>) -> Vec<String> {
        let xml = self.spec.source.format == Format::Xml;
        let given = Given::new(self.sample.as_ref(), test.given.as_ref(), xml);
        let (ways, outcomes) = self.explain_element(&given, None, TODAY);
        touched.extend(
            ways.into_iter()
                .filter(|way| way.steps.iter().any(|step| step.value.is_some()))
                .map(|way| way.rule),
        );
        let chosen = outcomes.into_iter().find(|outcome| {
            let id = match outcome {
                Outcome::Accepted(record) => Some(&record.record_id),
                Outcome::Refused(refusal) => refusal.record_id.as_ref(),
            };
            test.record.is_none() || test.record.as_ref() == id
        });
        let Some(outcome) = chosen else {
            return vec!["record: -".to_owned()];
        };
        let mut differences = Vec::new();
        let issues = match &outcome {
            Outcome::Accepted(record) => &record.warnings,
            Outcome::Refused(refusal) => &refusal.issues,
        };
        for expected in &test.issues {
            let found = issues.iter().any(|issue| {
                issue.code == expected.code
                    && expected.at.as_ref().is_none_or(|at| issue.field.as_ref() == Some(at))
                    && expected.severity.is_none_or(|severity| issue.severity == severity)
            });
            if !found {
                let at = expected.at.as_deref().unwrap_or("*");
                let said: Vec<String> = issues.iter().map(|issue| format!("{issue:?}")).collect();
                let said = said.join("; ");
                differences
                    .push(format!("expect_issue: {} at {at} ≠ {said}", expected.code.name()));
            }
        }
        if test.issues.is_empty() {
            for issue in issues.iter().filter(|issue| issue.severity == Severity::Error) {
                let value = issue.value.as_deref().unwrap_or_default();
                differences.push(format!("{issue:?} « {value} »"));
            }
        }
        if let Outcome::Accepted(record) = &outcome {
            let canonical: Json = serde_json::from_slice(&record.canonical).unwrap_or_default();
            if let Some(expect) = &test.expect {
                compare(expect, &canonical, "", &mut differences);
            }
            if let Some(except) = &test.round_trip {
                self.round_trip(&given, &record.canonical, except, &mut differences);
            }
        } else if test.expect.is_some() && test.issues.is_empty() {
            differences.push("expect: -".to_owned());
        }
        differences
    }

    /// Every field that the mapping reads comes back as given.
    fn round_trip(
        &self,
        given: &Given,
        canonical: &[u8],
        except: &[String],
        out: &mut Vec<String>,
    ) {
        let mut json = JsonBytes::default();
        if self.reverse(canonical, &mut json).is_err() {
            out.push("round_trip: -".to_owned());
            return;
        }
        let back: Json = serde_json::from_slice(&json.into_bytes()).unwrap_or_default();
        let mut sent = JsonBytes::default();
        let walked = given.walk(&mut sent);
        let sent: Json = match walked {
            Ok(()) => serde_json::from_slice(&sent.into_bytes()).unwrap_or_default(),
            Err(_) => Json::Null,
        };
        for (path, shown) in self.paths.iter().zip(&self.shown) {
            if !path.at_record() || except.contains(shown) {
                continue;
            }
            let keys = path.keys();
            let at = |document: &Json| {
                keys.iter().try_fold(document.clone(), |at, key| at.get(key).cloned())
            };
            let Some(sent) = at(&sent).filter(|sent| sent.is_string() || sent.is_number()) else {
                continue;
            };
            if self.is_empty_cell(&sent) {
                continue;
            }
            let back = at(&back).unwrap_or_default();
            if back != sent {
                out.push(format!("round_trip: {shown}: {sent} ≠ {back}"));
            }
        }
    }

    fn is_empty_cell(&self, json: &Json) -> bool {
        let text = json.as_str().unwrap_or("-").trim();
        json.is_string() && self.spec.source.empty.iter().any(|empty| empty == text)
    }
}

/// What is expected, as a part of what is there.
fn compare(expected: &Node, found: &Json, path: &str, out: &mut Vec<String>) {
    let below =
        |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match &expected.kind {
        Kind::Null => {
            if !found.is_null() {
                out.push(format!("{path}: - ≠ {found}"));
            }
        }
        Kind::Text(text) => {
            let same = match found {
                Json::String(found) => found == text,
                Json::Null => false,
                other => {
                    let written = other.to_string();
                    written == *text
                }
            };
            if !same {
                out.push(format!("{path}: {text} ≠ {found}"));
            }
        }
        Kind::Map(entries) => {
            for entry in entries {
                let found = found.get(&entry.key).unwrap_or(&Json::Null);
                compare(&entry.value, found, &below(&entry.key), out);
            }
        }
        Kind::List(items) => {
            let count = found.as_array().map_or(0, Vec::len);
            if count != items.len() {
                out.push(format!("{path}: {} ≠ {count}", items.len()));
            }
            for (index, item) in items.iter().enumerate() {
                let found = found.get(index).unwrap_or(&Json::Null);
                compare(item, found, &format!("{path}[{index}]"), out);
            }
        }
    }
}
