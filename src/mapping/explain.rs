//! How a value came about: the steps that each rule took for one record.

use std::collections::{BTreeSet, VecDeque};

use jiff::civil::Date;

use crate::model::Place;

use super::Mapping;
use super::outcome::Outcome;
use super::path::{SourcePath, Step as PathStep};
use super::places::Finder;
use super::program::{Problem, Rule, Tracer};
use super::run::{Element, Flow, Whole};
use super::scene::{Input, Scene};
use super::value::Value;
use super::verb::Verb;

/// What becomes of one record, and how.
pub struct Explained {
    /// The ways of its values, in the order in which they are made.
    pub ways: Vec<Explanation>,
    /// What becomes of it.
    pub outcome: Outcome,
}

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
    /// Where the sender's value stands; nothing for a constant or what is absent.
    pub source: Option<Source>,
    /// The steps.
    pub steps: Vec<Step>,
}

/// Where a value comes from.
#[derive(Clone, PartialEq, Eq)]
pub struct Source {
    /// A path of the language, with the number of the item that was taken, or the name of a value.
    pub path: String,
    /// Its place in the file; nothing for a value of the mapping.
    pub place: Option<Place>,
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
    /// For each record its ways.
    records: Vec<Vec<Explanation>>,
    /// For each way of each record what it reads first.
    read: Vec<Vec<Option<Read>>>,
    /// The numbers of the items in whose groups the rules stand.
    items: Vec<usize>,
    /// What the step that comes next takes.
    taken: Option<Taken>,
    /// The rows of the mapping's tables that were taken, by their places.
    rows: BTreeSet<usize>,
}

/// What a rule reads first.
enum Read {
    /// A named value, by its index.
    Value(u16),
    /// A path, the numbers of the items on the way to it, and the offset of what stands there.
    Cell { path: u16, items: Box<[u32]>, at: Option<u32> },
}

impl Read {
    fn of(input: Input, scene: &Scene<'_, '_>) -> Option<Self> {
        match input {
            Input::Path(path) => {
                let (items, at) = (scene.items(path), scene.slot(path).at());
                Some(Self::Cell { path, items, at })
            }
            Input::Value(value) => Some(Self::Value(value)),
            Input::RecordId | Input::Today | Input::Result => None,
        }
    }

    const fn at(&self) -> Option<u32> {
        match self {
            Self::Value(_) => None,
            Self::Cell { at, .. } => *at,
        }
    }
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
        if let Some(way) = self.records.last_mut().and_then(|ways| ways.last_mut()) {
            way.steps.push(Step { verb: verb.to_owned(), value, taken: self.taken.take() });
        }
    }
}

impl Tracer for Recorder {
    fn record(&mut self) {
        self.records.push(Vec::new());
        self.read.push(Vec::new());
    }

    fn origin(
        &mut self,
        rule: &Rule,
        value: &Value<'_>,
        input: Option<Input>,
        scene: &Scene<'_, '_>,
    ) {
        let way = Explanation {
            field: self.numbered(&rule.name),
            rule: rule.name.to_string(),
            line: rule.line,
            source: None,
            steps: Vec::new(),
        };
        if let (Some(ways), Some(read)) = (self.records.last_mut(), self.read.last_mut()) {
            ways.push(way);
            read.push(input.and_then(|input| Read::of(input, scene)));
        }
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
    /// For each record of an element what becomes of it, and the ways of its values: of all fields, or
    /// of a target field (a group of fields) and the named values on which it rests.
    #[must_use]
    pub fn explain(&self, element: &Whole<'_>, field: Option<&str>, today: Date) -> Vec<Explained> {
        self.explain_element(element, field, today)
    }

    pub(super) fn explain_element(
        &self,
        element: &impl Element,
        field: Option<&str>,
        today: Date,
    ) -> Vec<Explained> {
        let (mut explained, _) = self.traced(element, today);
        if let Some(field) = field {
            let rests_on = self.rests_on(field);
            let wanted = |way: &Explanation| {
                is_or_holds(field, &way.field)
                    || is_or_holds(field, &way.rule)
                    || rests_on.contains(&*way.rule)
            };
            explained.iter_mut().for_each(|record| record.ways.retain(|way| wanted(way)));
        }
        explained
    }

    /// The same for all fields, with the places of the rows of tables that were taken.
    pub(super) fn traced(
        &self,
        element: &impl Element,
        today: Date,
    ) -> (Vec<Explained>, BTreeSet<usize>) {
        self.traced_by(&mut Flow::new(self, self.id(), today), element)
    }

    /// The same by a flow that knows the rows above.
    pub(super) fn traced_by(
        &self,
        flow: &mut Flow<'_>,
        element: &impl Element,
    ) -> (Vec<Explained>, BTreeSet<usize>) {
        let mut recorder = Recorder::default();
        let mut outcomes = VecDeque::new();
        flow.element(element, &mut recorder, &mut outcomes);
        let read = recorder.read.iter().flatten().flatten();
        let mut finder = Finder::new(read.filter_map(Read::at));
        // What cannot be walked has no record, and nothing was read of it.
        drop(element.walk(&mut finder));
        for (ways, read) in recorder.records.iter_mut().zip(&recorder.read) {
            for (way, read) in ways.iter_mut().zip(read) {
                way.source = read.as_ref().and_then(|read| self.source_of(read, element, &finder));
            }
        }
        let mut records = recorder.records.into_iter();
        let explained = outcomes.into_iter().map(|outcome| {
            // A record that cannot be read has no ways.
            let ways = records.next().unwrap_or_default();
            Explained { ways, outcome }
        });
        (explained.collect(), recorder.rows)
    }

    /// The names of the values on which a field rests, directly or through other values.
    fn rests_on(&self, field: &str) -> BTreeSet<&str> {
        let values = &self.program.values;
        let rules = values.iter().chain(self.program.rules());
        let mut open: Vec<_> = rules.filter(|rule| is_or_holds(field, &rule.name)).collect();
        if open.is_empty() {
            // `coverages[2].status` is the third that the rule `coverages[].status` makes.
            let plain = without_numbers(field);
            open = self.program.rules().filter(|rule| is_or_holds(&plain, &rule.name)).collect();
        }
        let mut found = BTreeSet::new();
        while let Some(rule) = open.pop() {
            for input in rule.inputs() {
                let Input::Value(value) = input else { continue };
                let Some(value) = values.get(usize::from(value)) else { continue };
                if found.insert(&*value.name) {
                    open.push(value);
                }
            }
        }
        found
    }

    /// Whether a rule fills this field, or a field of this group.
    #[must_use]
    pub fn fills(&self, field: &str) -> bool {
        let plain = without_numbers(field);
        let mut names = self.program.values.iter().chain(self.program.rules());
        names.any(|rule| is_or_holds(field, &rule.name) || is_or_holds(&plain, &rule.name))
    }

    /// The target fields that rules fill.
    pub fn filled(&self) -> impl Iterator<Item = &str> {
        self.program.rules().map(|rule| &*rule.name)
    }

    fn source_of(&self, read: &Read, element: &impl Element, finder: &Finder) -> Option<Source> {
        let (path, items, at) = match read {
            Read::Value(value) => {
                let value = self.program.values.get(usize::from(*value))?;
                return Some(Source { path: value.name.to_string(), place: None });
            }
            Read::Cell { path, items, at } => (*path, items, (*at)?),
        };
        let path = self.paths.get(usize::from(path))?;
        let item = |level: u16| {
            let depth = self.levels.depth(level).saturating_sub(1);
            PathStep::Nth(items.get(depth).copied().unwrap_or_default())
        };
        let steps = finder.settle(self.levels.steps(path, &item), at);
        let path = SourcePath { up: path.up, level: 0, steps }.written();
        Some(Source { path, place: Some(element.place_of(at)) })
    }
}

/// Whether a field is the other, or a group in which the other stands.
fn is_or_holds(group: &str, field: &str) -> bool {
    field.strip_prefix(group).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// A field with `[]` in place of numbers of items.
fn without_numbers(field: &str) -> String {
    let mut parts = field.split('[');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| match part.split_once(']') {
        Some((number, rest)) if number.parse::<u32>().is_ok() => format!("{plain}[]{rest}"),
        _ => format!("{plain}[{part}"),
    })
}
