//! How a value came about: the steps that each rule took for one record.

use std::collections::VecDeque;

use jiff::civil::Date;

use super::Mapping;
use super::outcome::Outcome;
use super::program::{Problem, Rule, Tracer};
use super::run::{Element, Flow};
use super::value::Value;

/// The way of one value.
#[derive(Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Target field, with the number of the item in a repeated group (`coverages[2].status`), or name
    /// of a value.
    pub field: String,
    /// The field as the mapping names it (`coverages[].status`).
    pub rule: String,
    /// Line of the rule in the mapping.
    pub line: u32,
    /// The steps.
    pub steps: Vec<Step>,
}

/// One step of the way.
#[derive(Clone, PartialEq, Eq)]
pub struct Step {
    /// The verb; `from` for the beginning, `problem` for a code.
    pub verb: String,
    /// The value after it, or the code; `None` when absent. Personal.
    pub value: Option<String>,
}

/// Records all steps.
#[derive(Default)]
struct Recorder {
    ways: Vec<Explanation>,
    /// The numbers of the items in whose groups the rules stand.
    items: Vec<usize>,
}

impl Recorder {
    /// The name of a rule with the numbers of the items.
    fn numbered(&self, rule: &str) -> String {
        let mut parts = rule.split("[]");
        let mut named = parts.next().unwrap_or_default().to_owned();
        let mut items = self.items.iter();
        for part in parts {
            let item = items.next().map(ToString::to_string).unwrap_or_default();
            named.push_str(&format!("[{item}]{part}"));
        }
        named
    }

    fn add(&mut self, verb: &str, value: Option<String>) {
        if let Some(way) = self.ways.last_mut() {
            way.steps.push(Step { verb: verb.to_owned(), value });
        }
    }
}

impl Tracer for Recorder {
    fn origin(&mut self, rule: &Rule, value: &Value<'_>) {
        self.ways.push(Explanation {
            field: self.numbered(&rule.name),
            rule: rule.name.to_string(),
            line: rule.line,
            steps: Vec::new(),
        });
        self.add("from", value.shown().map(|text| text.into_owned()));
    }

    fn step(&mut self, verb: &'static str, value: &Value<'_>) {
        self.add(verb, value.shown().map(|text| text.into_owned()));
    }

    fn problem(&mut self, problem: &Problem) {
        self.add("problem", Some(problem.code.to_string()));
    }

    fn enter(&mut self, item: usize) {
        self.items.push(item);
    }

    fn leave(&mut self) {
        self.items.pop();
    }
}

impl Mapping {
    /// The ways of one record's values: of a target field (and the named values it may use), or of
    /// all fields. Beside them what becomes of the record.
    #[must_use]
    pub fn explain(
        &self,
        element: &crate::format::Frame<'_>,
        field: Option<&str>,
        today: Date,
    ) -> (Vec<Explanation>, Vec<Outcome>) {
        self.explain_element(element, field, today)
    }

    pub(super) fn explain_element(
        &self,
        element: &impl Element,
        field: Option<&str>,
        today: Date,
    ) -> (Vec<Explanation>, Vec<Outcome>) {
        let mut recorder = Recorder::default();
        let mut outcomes = VecDeque::new();
        Flow::new(self, self.id(), today).element(element, &mut recorder, &mut outcomes);
        let is_value = |name: &str| self.program.values.iter().any(|rule| *rule.name == *name);
        let wanted = |way: &Explanation| {
            field
                .is_none_or(|field| field == way.field || field == way.rule || is_value(&way.field))
        };
        recorder.ways.retain(|way| wanted(way));
        (recorder.ways, outcomes.into())
    }
}
