//! Running one rule: its value, its steps and its checks, and what is told of a failure.

use std::borrow::Cow;

use crate::model::{Expected, IssueCode, Severity};

use super::super::extract::Slot;
use super::super::scene::{Input, Scene, When};
use super::super::target::Takes;
use super::super::value::{Class, Value};
use super::super::verb::{Failure, Verb};
use super::{Check, Origin, Problem, Rule, Then, Tracer, tell, with_values};

impl Rule {
    /// Runs the rule: its result, and the wanted path to blame for it.
    pub(in crate::mapping) fn run<'r, T: Tracer>(
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
    pub(super) fn failed(
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
