//! The compiled mapping: rules that run over the slots of one record.
//!
//! One interpreter serves every purpose: `R: Tracer` is `()` when records are translated and nothing
//! is left of it, and a recorder for `explain`.

mod inputs;
mod listed;

use std::borrow::Cow;

use crate::model::{Expected, IssueCode, Severity};

use super::extract::Slot;
use super::group::{Group, Made};
use super::page::Page;
use super::scene::{Input, Named, Scene, When};
use super::target::Takes;
use super::template::Template;
use super::value::{Class, Shape, Value};
use super::verb::{Failure, Verb};

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

impl Rule {
    /// Runs the rule: its result, and the wanted path to blame for it.
    pub(super) fn run<'r, T: Tracer>(
        &'r self,
        scene: &Scene<'_, 'r>,
        problems: &mut Vec<Problem>,
        tracer: &mut T,
    ) -> (Value<'r>, Option<u16>) {
        if self.when.as_ref().is_some_and(|when| !scene.holds(when)) {
            return (Value::Absent, None);
        }
        let (mut value, input) = self.origin(scene, tracer);
        let blamed = input.and_then(|input| scene.path(input));
        tracer.origin(self, &value, input, scene);
        for (step, verb) in self.steps.iter().enumerate() {
            tracer.before(verb, &value);
            let tried = match value {
                Value::List(items) if verb.judges_each() => {
                    Ok(self.each_of(items, step, scene, blamed, problems, tracer))
                }
                value => verb.run(value, scene),
            };
            value = match tried {
                Ok(value) => value,
                Err(failure) => {
                    let (problem, instead) = self.failed(scene, blamed, *failure);
                    tracer.problem(&problem);
                    tell(problem, problems);
                    match instead {
                        Some(instead) => Value::Text(Cow::Owned(instead.into())),
                        None => return (Value::Absent, blamed),
                    }
                }
            };
            tracer.step(verb.name(), &value);
        }
        let fits = self.fits(&value, scene, blamed, problems, tracer);
        (if fits { value } else { Value::Absent }, blamed)
    }

    #[inline]
    fn origin<'r, T: Tracer>(
        &'r self,
        scene: &Scene<'_, 'r>,
        tracer: &mut T,
    ) -> (Value<'r>, Option<Input>) {
        match &self.origin {
            Origin::First(inputs) => {
                for input in inputs {
                    let value = scene.value(*input);
                    if !value.is_absent() {
                        return (value, Some(*input));
                    }
                }
                (Value::Absent, inputs.first().copied())
            }
            Origin::Constant(text) => (Value::Text(Cow::Borrowed(text)), None),
            Origin::Template(template) => {
                let text = template.fill(|input| scene.text(input));
                let value = text.map_or(Value::Absent, |text| Value::Text(Cow::Owned(text)));
                (value, template.inputs().next())
            }
            Origin::Choose(branches) => {
                let holds =
                    |when: &Option<When>| when.as_ref().is_none_or(|when| scene.holds(when));
                let Some(taken) = branches.iter().position(|(when, _)| holds(when)) else {
                    return (Value::Absent, None);
                };
                tracer.branch(taken);
                match &branches[taken].1 {
                    Then::Input(input) => (scene.value(*input), Some(*input)),
                    Then::Constant(text) => (Value::Text(Cow::Borrowed(text)), None),
                }
            }
        }
    }

    /// Whether the result passes the rule's checks and the target takes it.
    #[inline]
    fn fits<T: Tracer>(
        &self,
        value: &Value<'_>,
        scene: &Scene<'_, '_>,
        blamed: Option<u16>,
        problems: &mut Vec<Problem>,
        tracer: &mut T,
    ) -> bool {
        let open = matches!(
            self.takes,
            None | Some(Takes::Text | Takes::PartialDate | Takes::Texts | Takes::Hub)
        );
        if value.is_absent() || (open && self.checks.is_empty()) {
            return true;
        }
        let mut fits = true;
        let mut report = |code: IssueCode, expected: Expected| {
            let problem = self.problem(scene, blamed, code, self.on_error, Some(expected));
            tracer.problem(&problem);
            tell(problem, problems);
            fits = false;
        };
        for check in &self.checks {
            match check {
                Check::NotFuture => {
                    let future = matches!(value, Value::Date(date) if date.begins_after(scene.day));
                    if future {
                        report(
                            IssueCode::FutureDate,
                            Expected::Form(format!("<= {}", scene.today)),
                        );
                    }
                }
                Check::Holds(when) => {
                    let shown = value.shown();
                    let scene =
                        Scene { result: shown.as_deref(), ..with_values(scene, scene.values) };
                    if !scene.holds(when) {
                        report(IssueCode::CheckFailed, Expected::Condition(when.text.to_string()));
                    }
                }
            }
        }
        match (self.takes, value) {
            (Some(Takes::Day), Value::Date(date))
                if date.to_date().is_none() || date.is_approximate() =>
            {
                let form = self.form.as_deref().unwrap_or("yyyy-MM-dd");
                report(IssueCode::BadDate, Expected::Form(form.to_owned()));
            }
            (Some(Takes::Code(codes)), Value::Text(text)) if !codes.contains(&&**text) => {
                let codes = codes.iter().map(|code| (*code).to_owned()).collect();
                report(IssueCode::UnknownCode, Expected::OneOf(codes));
            }
            (Some(Takes::Boolean), Value::Text(text)) if !matches!(&**text, "true" | "false") => {
                report(IssueCode::WrongType, Expected::Type("boolean".to_owned()));
            }
            _ => {}
        }
        fits
    }

    /// What is told of a step that failed, and what takes the value's place.
    fn failed(
        &self,
        scene: &Scene<'_, '_>,
        blamed: Option<u16>,
        failure: Failure,
    ) -> (Problem, Option<Box<str>>) {
        let Failure { code, expected, severity, instead, blame, shown } = failure;
        let severity = severity.unwrap_or(self.on_error);
        let other = blame.and_then(|input| scene.path(input));
        let mut problem = self.problem(scene, other.or(blamed), code, severity, expected);
        if let Some(path) = other {
            problem.value = scene.slot(path).text().map(str::to_owned);
        }
        if let Some(shown) = shown {
            problem.value = Some(shown.into());
        }
        (problem, instead)
    }

    fn problem(
        &self,
        scene: &Scene<'_, '_>,
        blamed: Option<u16>,
        code: IssueCode,
        severity: Severity,
        expected: Option<Expected>,
    ) -> Problem {
        let path = blamed;
        let slot = path.map(|path| scene.slot(path));
        // Of a text made of several fields the whole is wrong, not the first of them.
        let value = match &self.origin {
            Origin::Template(template) => template.fill(|input| scene.text(input)),
            Origin::First(_) | Origin::Constant(_) | Origin::Choose(_) => {
                slot.and_then(Slot::text).map(str::to_owned)
            }
        };
        Problem {
            code: self.code.unwrap_or(code),
            severity,
            path,
            items: path.map(|path| scene.items(path)).unwrap_or_default(),
            listed: false,
            field: None,
            at: slot.and_then(Slot::at),
            value,
            expected,
            line: self.line,
            target: self.name.clone(),
        }
    }

    /// How much the way back restores: the class of the weakest step.
    #[must_use]
    pub fn class(&self) -> Class {
        let steps = self.steps.iter().map(Verb::class).max().unwrap_or(Class::Exact);
        let origin = match &self.origin {
            Origin::First(inputs) if inputs.len() > 1 => Class::Partial,
            Origin::First(_) | Origin::Constant(_) => Class::Exact,
            Origin::Template(_) | Origin::Choose(_) => Class::Partial,
        };
        steps.max(origin)
    }
}
