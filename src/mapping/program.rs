//! The compiled mapping: rules that run over the slots of one record.
//!
//! One interpreter serves every purpose: `R: Tracer` is `()` when records are translated and nothing
//! is left of it, and a recorder for `explain`.

mod inputs;
mod listed;
mod rule;

use crate::model::{Expected, IssueCode, Severity};

use super::extract::Slot;
use super::group::{Group, Made};
use super::page::Page;
use super::scene::{Input, Named, Scene, When};
use super::target::Takes;
use super::template::Template;
use super::value::{Shape, Value};
use super::verb::Verb;

/// Where a value comes from.
#[derive(Debug)]
pub enum Origin {
    /// The first input that is present.
    First(Box<[Input]>),
    /// A constant.
    Constant(Box<str>),
    /// A text made of inputs.
    Template(Template),
    /// The first branch that holds.
    Choose(Vec<(Option<When>, Then)>),
}

/// What a branch gives.
#[derive(Debug)]
pub enum Then {
    /// An input.
    Input(Input),
    /// A constant.
    Constant(Box<str>),
}

/// A check of a rule's result.
#[derive(Debug)]
pub enum Check {
    /// A date that is not after the day of the run.
    NotFuture,
    /// A condition.
    Holds(When),
}

/// A compiled rule.
#[derive(Debug)]
pub struct Rule {
    /// Where the value comes from.
    pub origin: Origin,
    /// When.
    pub when: Option<When>,
    /// Steps.
    pub steps: Vec<Verb>,
    /// Checks.
    pub checks: Vec<Check>,
    /// What a failure means.
    pub on_error: Severity,
    /// Reported instead of the verb's code.
    pub code: Option<IssueCode>,
    /// Whether the value means something to this scheme alone, so that the way back writes it only
    /// for what is this scheme's own.
    pub own: bool,
    /// The target field, or the name of the value.
    pub name: Box<str>,
    /// Line in the mapping's file.
    pub line: u32,
    /// What the target takes.
    pub takes: Option<Takes>,
    /// Whether it reads the sender's record.
    pub reads: bool,
    /// Shape of the result.
    pub shape: Shape,
    /// How the sender writes the date that it gives.
    pub form: Option<Box<str>>,
}

/// A rule across fields.
#[derive(Debug)]
pub struct AcrossCheck {
    /// When the record has the problem.
    pub when: When,
    /// The problem.
    pub code: IssueCode,
    /// Path of the field it is reported at, when the mapping reads it.
    pub path: Option<u16>,
    /// The field as messages show it.
    pub at: Box<str>,
    /// Severity.
    pub severity: Severity,
    /// What should have been.
    pub expected: Expected,
    /// Line in the mapping's file.
    pub line: u32,
}

/// A problem of one record, before it has a place in the file.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    /// Code.
    pub code: IssueCode,
    /// Severity.
    pub severity: Severity,
    /// The wanted path that is to blame.
    pub path: Option<u16>,
    /// For each repeated group on the way to it the number of the item.
    pub items: Box<[u32]>,
    /// Whether the path is a list, of which the offset tells the one text that is to blame.
    pub listed: bool,
    /// The field, when no path is.
    pub field: Option<Box<str>>,
    /// Offset in the frame.
    pub at: Option<u32>,
    /// What was there.
    pub value: Option<String>,
    /// What was expected.
    pub expected: Option<Expected>,
    /// Line in the mapping's file.
    pub line: u32,
    /// Target field, or name of the value or check.
    pub target: Box<str>,
}

/// Sees the steps of rules.
pub trait Tracer {
    /// Whether it wants to hear of every step: then a record may not take the short way.
    const LISTENS: bool = true;
    /// The rules of the next record begin.
    fn record(&mut self) {}
    /// The value with which a rule begins, and what it was read from.
    fn origin(
        &mut self,
        _rule: &Rule,
        _value: &Value<'_>,
        _input: Option<Input>,
        _scene: &Scene<'_, '_>,
    ) {
    }
    /// The branch of a choice that is taken, counted from 0, before the value that it gives.
    fn branch(&mut self, _branch: usize) {}
    /// The value before a step.
    fn before(&mut self, _verb: &Verb, _value: &Value<'_>) {}
    /// The value after a step.
    fn step(&mut self, _verb: &'static str, _value: &Value<'_>) {}
    /// A problem.
    fn problem(&mut self, _problem: &Problem) {}
    /// The rules of a group begin, for the item that will be the given one of its list.
    fn enter(&mut self, _item: usize) {}
    /// They end.
    fn leave(&mut self) {}
}

impl Tracer for () {
    const LISTENS: bool = false;
}

/// A compiled mapping, but for what reading a file needs.
#[derive(Debug)]
pub struct Program {
    /// Named values, in order.
    pub values: Vec<Rule>,
    /// Rules of target fields.
    pub fields: Vec<Rule>,
    /// Repeated groups of the target.
    pub groups: Vec<Group>,
    /// Rules across fields.
    pub checks: Vec<AcrossCheck>,
    /// How the target is written.
    pub page: Page,
}

impl Program {
    /// Every rule of a target field, those of groups too.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.fields.iter().chain(self.groups.iter().flat_map(Group::rules))
    }

    /// Runs all rules: values, fields, checks. Problems are added to `problems`.
    pub fn run<'r, T: Tracer>(
        &'r self,
        record: &Scene<'_, 'r>,
        named: &mut Vec<Named<'r>>,
        made: &mut Made<'r>,
        problems: &mut Vec<Problem>,
        tracer: &mut T,
    ) {
        for rule in &self.values {
            let (value, path) = rule.run(&with_values(record, named), problems, tracer);
            named.push(Named::new(value, path));
        }
        let scene = with_values(record, named);
        for rule in &self.fields {
            made.add(rule, rule.run(&scene, problems, tracer).0);
        }
        for group in &self.groups {
            made.groups.push(group.run(&scene, problems, tracer));
        }
        for check in &self.checks {
            if scene.holds(&check.when) {
                let slot = check.path.map(|path| scene.slot(path));
                tell(
                    Problem {
                        code: check.code,
                        severity: check.severity,
                        path: None,
                        items: Box::default(),
                        listed: false,
                        field: Some(check.at.clone()),
                        at: slot.and_then(Slot::at),
                        value: slot.and_then(Slot::text).map(str::to_owned),
                        expected: Some(check.expected.clone()),
                        line: check.line,
                        target: "checks".into(),
                    },
                    problems,
                );
            }
        }
    }
}

/// One record has at most so many problems; what an item of a group lacks is often what all lack.
const MOST_PROBLEMS: usize = 1000;

/// Adds a problem. Beyond the most, only the first error counts: it refuses the record.
fn tell(problem: Problem, problems: &mut Vec<Problem>) {
    let error = |problem: &Problem| problem.severity == Severity::Error;
    if problems.len() < MOST_PROBLEMS || (error(&problem) && !problems.iter().any(error)) {
        problems.push(problem);
    }
}

fn with_values<'s, 'r>(record: &Scene<'s, 'r>, values: &'s [Named<'r>]) -> Scene<'s, 'r> {
    Scene { values, result: None, ..*record }
}
