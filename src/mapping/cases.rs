//! The examples in a mapping's file: what goes in, what is expected, what comes back.

mod difference;
pub(super) mod given;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::Value as Json;

use crate::model::{Language, Severity};

use super::Mapping;
use super::diagnostic::{Code, Diagnostic, Diagnostics};
use super::json::JsonBytes;
use super::outcome::Outcome;
use super::run::Element as _;
use super::spec::{Format, TestSpec};
use super::table::OwnRow;
use super::verb::Verb;
use super::yaml::{Kind, Node};

use given::Given;

pub use difference::Difference;

/// What the examples of a mapping show.
#[derive(Clone, Debug, Default)]
pub struct TestReport {
    /// Examples that ran.
    pub run: usize,
    /// Those that failed.
    pub failures: Vec<CaseFailure>,
    /// Target fields that no example fills.
    pub untouched: Vec<String>,
    /// For each of the mapping's tables the rows through which no example goes, when there are any.
    pub untouched_rows: Vec<Vec<OwnRow>>,
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
    /// What is otherwise than expected.
    pub differences: Vec<Difference>,
}

impl TestReport {
    /// As problems of the mapping's file: failing examples are errors, fields that no example fills
    /// are warnings.
    #[must_use]
    pub fn diagnostics(&self, mapping: &Mapping, text: &str) -> Vec<Diagnostic> {
        let mut problems = Diagnostics::default();
        for failure in &self.failures {
            let problem = problems.error(Code::FailingTest, failure.at..failure.at);
            for (name, differences, language) in [
                ("name.fr", "differences.fr", Language::French),
                ("name.en", "differences.en", Language::English),
            ] {
                let said: Vec<String> =
                    failure.differences.iter().map(|found| found.say(language)).collect();
                problem.arg(name, failure.name(language)).arg(differences, said.join(" · "));
            }
        }
        // Without any example there is one thing to say, and it has been said.
        let untouched = self.untouched.iter().filter(|_| self.run > 0);
        for field in untouched {
            let span = mapping.spec.field_span(field).unwrap_or(0..0);
            problems.warning(Code::Untested, span).arg("field", field);
        }
        // Rows are much alike: one line says which of them all no example touches.
        let rows: Vec<&OwnRow> = self.untouched_rows.iter().flatten().collect();
        if let Some(first) = rows.first() {
            let mut codes: Vec<&str> = rows.iter().take(LISTED).map(|row| &*row.from).collect();
            if rows.len() > LISTED {
                codes.push("…");
            }
            let problem = problems.warning(Code::UntestedRow, first.span.clone());
            problem.arg("code", codes.join(", "));
        }
        problems.finish(&mapping.file, text)
    }

    /// Whether every example holds.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

impl CaseFailure {
    /// Its name.
    #[must_use]
    pub fn name(&self, language: Language) -> &str {
        match language {
            Language::French => &self.name_fr,
            Language::English => &self.name_en,
        }
    }
}

/// How many rows of a table are named.
const LISTED: usize = 12;

/// The day on which examples run: later than any invented date that is not meant to be in the future.
pub(super) const TODAY: Date = Date::constant(2026, 7, 1);

impl Mapping {
    /// Runs the examples of the file.
    #[must_use]
    pub fn run_tests(&self) -> TestReport {
        let mut report = TestReport::default();
        let (mut touched, mut rows) = (BTreeSet::new(), BTreeSet::new());
        for test in &self.tests {
            report.run += 1;
            let differences = self.run_case(test, &mut touched, &mut rows);
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
        if !self.tests.is_empty() {
            report.untouched_rows = self.untouched_rows(&rows);
        }
        report
    }

    fn untouched_rows(&self, touched: &BTreeSet<usize>) -> Vec<Vec<OwnRow>> {
        let rules = self.program.values.iter().chain(self.program.rules());
        let tables = rules.flat_map(|rule| &rule.steps).filter_map(|verb| match verb {
            Verb::Table(table) => Some(table),
            _ => None,
        });
        // A table that several rules use is met several times.
        let mut found: BTreeMap<usize, Vec<OwnRow>> = BTreeMap::new();
        for table in tables {
            let untouched = table.own().iter().filter(|row| !touched.contains(&row.span.start));
            let rows: Vec<OwnRow> = untouched.cloned().collect();
            if let Some(first) = rows.first() {
                found.insert(first.span.start, rows);
            }
        }
        found.into_values().collect()
    }

    fn run_case(
        &self,
        test: &TestSpec,
        touched: &mut BTreeSet<String>,
        rows: &mut BTreeSet<usize>,
    ) -> Vec<Difference> {
        let xml = self.spec.source.format == Format::Xml;
        let given = self.given(test.given.as_ref(), xml);
        let (explained, taken) = self.traced(&given, TODAY);
        rows.extend(taken);
        let ways = explained.iter().flat_map(|record| &record.ways);
        touched.extend(
            ways.filter(|way| way.steps.iter().any(|step| step.value.is_some()))
                .map(|way| way.rule.clone()),
        );
        let mut outcomes = explained.into_iter().map(|record| record.outcome);
        let chosen = outcomes.find(|outcome| {
            let id = match outcome {
                Outcome::Accepted(record) => Some(&record.record_id),
                Outcome::Refused(refusal) => refusal.record_id.as_ref(),
            };
            test.record.is_none() || test.record.as_ref() == id
        });
        let Some(outcome) = chosen else {
            return vec![Difference::NoRecord];
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
                let (code, at) = (expected.code, expected.at.clone());
                differences.push(Difference::NotTold { code, at, told: issues.clone() });
            }
        }
        if test.issues.is_empty() {
            let errors = issues.iter().filter(|issue| issue.severity == Severity::Error);
            differences.extend(errors.cloned().map(Difference::Refused));
        }
        if let Outcome::Accepted(record) = &outcome {
            let canonical: Json = serde_json::from_slice(&record.canonical).unwrap_or_default();
            if let Some(expect) = &test.expect {
                compare(expect, &canonical, "", &mut differences);
            }
            if let Some(except) = &test.round_trip {
                self.round_trip(&given, &record.canonical, except, &mut differences);
            }
        }
        differences
    }

    /// The record of an example.
    pub(super) fn given(&self, changes: Option<&Node>, repeats: bool) -> Given {
        let sample = self.sample.as_ref();
        match &self.rows {
            Some(rows) => Given::of_rows(&rows.name, sample, changes, repeats),
            None => Given::new(sample, changes, repeats),
        }
    }

    /// Every field that the mapping reads comes back as given.
    fn round_trip(
        &self,
        given: &Given,
        canonical: &[u8],
        except: &[String],
        out: &mut Vec<Difference>,
    ) {
        let mut json = JsonBytes::default();
        // What the mapping has just written can be read.
        if self.reverse(canonical, &mut json).is_err() {
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
                let (given, back) = (text_of(&sent).unwrap_or_default(), text_of(&back));
                out.push(Difference::NotBack { field: shown.clone(), given, back });
            }
        }
    }

    fn is_empty_cell(&self, json: &Json) -> bool {
        let text = json.as_str().unwrap_or("-").trim();
        json.is_string() && self.spec.source.empty.iter().any(|empty| empty == text)
    }
}

/// A value as people read it; nothing for what is absent.
fn text_of(json: &Json) -> Option<String> {
    match json {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// What is expected, as a part of what is there.
fn compare(expected: &Node, found: &Json, path: &str, out: &mut Vec<Difference>) {
    let below =
        |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    let value = |expected: Option<&String>| Difference::Value {
        path: path.to_owned(),
        expected: expected.cloned(),
        found: text_of(found),
    };
    match &expected.kind {
        Kind::Null => out.extend((!found.is_null()).then(|| value(None))),
        Kind::Text(text) => {
            let same = text_of(found).is_some_and(|found| found == *text);
            out.extend((!same).then(|| value(Some(text))));
        }
        Kind::Map(entries) => {
            for entry in entries {
                let found = found.get(&entry.key).unwrap_or(&Json::Null);
                compare(&entry.value, found, &below(&entry.key), out);
            }
        }
        Kind::List(items) => {
            let (expected, count) = (items.len(), found.as_array().map_or(0, Vec::len));
            if count != expected {
                out.push(Difference::Length { path: path.to_owned(), expected, found: count });
            }
            for (index, item) in items.iter().enumerate() {
                let found = found.get(index).unwrap_or(&Json::Null);
                compare(item, found, &format!("{path}[{index}]"), out);
            }
        }
    }
}
