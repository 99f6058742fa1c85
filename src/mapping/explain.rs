//! How a value came about: the steps that each rule took for one record.

use std::collections::{BTreeSet, VecDeque};

use jiff::civil::Date;

use super::Mapping;
use super::outcome::Outcome;
use super::program::{Problem, Rule, Tracer};
use super::run::{Element, Flow, Whole};
use super::value::Value;
use super::verb::Verb;

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
    /// Which branch or row of a table it took.
    pub taken: Option<Taken>,
}

/// What a step took of several.
#[derive(Clone, PartialEq, Eq)]
pub enum Taken {
    /// A branch of `choose`, from 1.
    Branch(usize),
    /// A row of a table: its text, and its line where it stands in the mapping itself.
    Row(String, Option<u32>),
}

/// Records all steps.
#[derive(Default)]
struct Recorder {
    ways: Vec<Explanation>,
    /// The numbers of the items in whose groups the rules stand.
    items: Vec<usize>,
    /// What the step that comes next takes.
    taken: Option<Taken>,
    /// The rows of the mapping's tables that were taken, by their places.
    rows: BTreeSet<usize>,
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
            way.steps.push(Step { verb: verb.to_owned(), value, taken: self.taken.take() });
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

    fn branch(&mut self, branch: usize) {
        self.taken = Some(Taken::Branch(branch + 1));
    }

    fn before(&mut self, verb: &Verb, value: &Value<'_>) {
        let Verb::Table(table) = verb else { return };
        let texts: Vec<&str> = match value {
            Value::Text(text) => vec![text],
            Value::List(texts) => texts.iter().map(|text| &**text).collect(),
            Value::Absent | Value::Date(_) => Vec::new(),
        };
        for text in texts.into_iter().filter(|text| table.has(text)) {
            let own = table.own_row(text);
            self.rows.extend(own.map(|row| row.span.start));
            self.taken = Some(Taken::Row(text.to_owned(), own.map(|row| row.line)));
        }
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
        element: &Whole<'_>,
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
        let (ways, _, outcomes) = self.traced(element, field, today);
        (ways, outcomes)
    }

    /// The same, with the places of the rows of tables that were taken.
    pub(super) fn traced(
        &self,
        element: &impl Element,
        field: Option<&str>,
        today: Date,
    ) -> (Vec<Explanation>, BTreeSet<usize>, Vec<Outcome>) {
        let mut recorder = Recorder::default();
        let mut outcomes = VecDeque::new();
        Flow::new(self, self.id(), today).element(element, &mut recorder, &mut outcomes);
        let is_value = |name: &str| self.program.values.iter().any(|rule| *rule.name == *name);
        let wanted = |way: &Explanation| {
            field
                .is_none_or(|field| field == way.field || field == way.rule || is_value(&way.field))
        };
        recorder.ways.retain(|way| wanted(way));
        (recorder.ways, recorder.rows, outcomes.into())
    }
}
