//! A whole mapping in short: what it reads, what it writes, what it can refuse and what it can lose.

mod lost;

use std::collections::BTreeMap;

use crate::model::{IssueCode, Severity};

use super::Mapping;
use super::program::{Check, Rule};
use super::scene::Input;
use super::target::Takes;
use super::value::Class;
use super::verb::{Verb, declaration};

/// What a mapping does.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// The sender's fields that it reads, in its order.
    pub reads: Vec<Read>,
    /// The target fields that it fills.
    pub writes: Vec<Writes>,
    /// What it can find wrong with a record.
    pub refuses: Vec<Refuses>,
    /// What does not come back.
    pub loses: Vec<Lost>,
}

/// A field of the sender.
#[derive(Clone, Debug)]
pub struct Read {
    /// Its name, as the sender's.
    pub field: String,
    /// The target fields and values that read it.
    pub by: Vec<String>,
}

/// A target field.
#[derive(Clone, Debug)]
pub struct Writes {
    /// Its path.
    pub field: String,
    /// Line of its rule.
    pub line: u32,
    /// The sender's fields of which it is made.
    pub from: Vec<String>,
    /// The verbs on the way.
    pub steps: Vec<&'static str>,
    /// How much of it comes back.
    pub class: Class,
}

/// One thing that can be wrong with a record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refuses {
    /// Its code.
    pub code: IssueCode,
    /// Whether the record is refused for it, or a field left out.
    pub severity: Severity,
    /// The target field, or `checks`, `schema`, `refers`.
    pub target: String,
    /// Line in the mapping.
    pub line: u32,
    /// The sender's fields that are looked at.
    pub fields: Vec<String>,
}

/// What does not come back, or with less than it said.
#[derive(Clone, Debug)]
pub struct Lost {
    /// A field of the sender that is left, or a target field that comes back with less.
    pub field: String,
    /// How.
    pub class: Class,
}

impl Mapping {
    /// What the mapping does.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let rules = || self.program.values.iter().chain(self.program.rules());
        let mut read: BTreeMap<u16, Vec<String>> = BTreeMap::new();
        for rule in rules() {
            for path in self.paths_of(rule) {
                let by = read.entry(path).or_default();
                if by.last().map(String::as_str) != Some(&*rule.name) {
                    by.push(rule.name.to_string());
                }
            }
        }
        let reads = read.into_iter().map(|(path, by)| Read { field: self.field(path), by });
        let writes = self.program.rules().map(|rule| Writes {
            field: rule.name.to_string(),
            line: rule.line,
            from: self.fields_of(rule),
            steps: rule.steps.iter().map(Verb::name).collect(),
            class: rule.class(),
        });
        Summary {
            reads: reads.collect(),
            writes: writes.collect(),
            refuses: self.refuses(),
            loses: self.loses(),
        }
    }

    fn field(&self, path: u16) -> String {
        self.shown.get(usize::from(path)).cloned().unwrap_or_default()
    }

    fn fields_of(&self, rule: &Rule) -> Vec<String> {
        self.paths_of(rule).into_iter().map(|path| self.field(path)).collect()
    }

    /// The paths that a rule reads, its conditions included, values followed to theirs.
    fn paths_of(&self, rule: &Rule) -> Vec<u16> {
        self.paths_in(rule.inputs())
    }

    /// The paths that inputs stand for.
    fn paths_in(&self, inputs: impl IntoIterator<Item = Input>) -> Vec<u16> {
        let mut paths = Vec::new();
        for input in inputs {
            let found = match input {
                Input::Path(path) => vec![path],
                // A value is made of values before it only, so that this ends.
                Input::Value(value) => {
                    let value = self.program.values.get(usize::from(value));
                    value.map(|value| self.paths_of(value)).unwrap_or_default()
                }
                Input::RecordId | Input::Today | Input::Result => Vec::new(),
            };
            for path in found {
                if !paths.contains(&path) {
                    paths.push(path);
                }
            }
        }
        paths
    }

    fn refuses(&self) -> Vec<Refuses> {
        let mut found: Vec<Refuses> = Vec::new();
        for rule in self.program.values.iter().chain(self.program.rules()) {
            let mut add = |code: IssueCode, severity: Severity| {
                let refuses = Refuses {
                    code: rule.code.unwrap_or(code),
                    severity,
                    target: rule.name.to_string(),
                    line: rule.line,
                    fields: self.fields_of(rule),
                };
                if !found.contains(&refuses) {
                    found.push(refuses);
                }
            };
            for verb in &rule.steps {
                match verb {
                    Verb::Table(table) => {
                        if let Some(severity) = table.fails() {
                            add(IssueCode::UnknownCode, severity);
                        }
                    }
                    verb => {
                        if let Some(code) = declaration(verb.name()).and_then(|d| d.fails) {
                            add(code, rule.on_error);
                        }
                    }
                }
            }
            for check in &rule.checks {
                match check {
                    Check::NotFuture => add(IssueCode::FutureDate, rule.on_error),
                    Check::Holds(_) => add(IssueCode::CheckFailed, rule.on_error),
                }
            }
            let given_codes = rule.steps.iter().any(|verb| matches!(verb, Verb::Table(_)));
            match rule.takes {
                Some(Takes::Day) => add(IssueCode::BadDate, rule.on_error),
                Some(Takes::Boolean) if rule.reads && !given_codes => {
                    add(IssueCode::WrongType, rule.on_error);
                }
                Some(Takes::Code(_)) if rule.reads && !given_codes => {
                    add(IssueCode::UnknownCode, rule.on_error);
                }
                _ => {}
            }
        }
        found.extend(self.program.checks.iter().map(|check| Refuses {
            code: check.code,
            severity: check.severity,
            target: "checks".to_owned(),
            line: check.line,
            fields: vec![check.at.to_string()],
        }));
        found.extend(self.refers.iter().map(|refers| Refuses {
            code: refers.code,
            severity: Severity::Error,
            target: "refers".to_owned(),
            line: 1,
            fields: vec![self.field(refers.field)],
        }));
        found.extend(self.asked());
        found
    }

    /// What the sender's schema asks.
    fn asked(&self) -> Vec<Refuses> {
        let Some(schema) = &self.schema else { return Vec::new() };
        let refuses = |code: IssueCode, fields: Vec<String>| Refuses {
            code,
            severity: Severity::Error,
            target: "schema".to_owned(),
            line: 1,
            fields,
        };
        let fields = |wanted: &dyn Fn(&crate::schema::FieldInfo) -> bool| -> Vec<String> {
            schema.fields().iter().filter(|f| wanted(f)).map(|f| f.path.clone()).collect()
        };
        let formed = |field: &crate::schema::FieldInfo| {
            field.pattern.is_some() || field.min_length.is_some() || field.max_length.is_some()
        };
        [
            (IssueCode::MissingMandatory, fields(&|field| field.required)),
            (IssueCode::UnknownCode, fields(&|field| !field.codes.is_empty())),
            (IssueCode::BadFormat, fields(&formed)),
        ]
        .into_iter()
        .filter(|(_, fields)| !fields.is_empty())
        .map(|(code, fields)| refuses(code, fields))
        .collect()
    }
}
