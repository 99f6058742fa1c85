//! One rule.

use crate::model::Severity;

use super::super::diagnostic::{Code, Mending};
use super::super::names::Names;
use super::super::program::{Check, Origin, Rule, Then};
use super::super::scene::Input;
use super::super::spec::{OriginSpec, RuleSpec, Word, synonyms};
use super::super::target::Takes;
use super::super::value::Shape;
use super::super::verb::{self, Verb};
use super::super::yaml::Span;

/// Compiles a rule of `fields` (`takes` is what the target takes) or of `values`.
pub fn compile(
    name: &str,
    takes: Option<Takes>,
    spec: &RuleSpec,
    on_error: Option<Severity>,
    names: &mut Names<'_>,
    line: &impl Fn(&Span) -> u32,
) -> Option<Rule> {
    let origin = origin(spec, names);
    let when = spec.when.as_ref().map(|when| names.when(when));
    let (steps, shape) = steps(spec, on_error, names);
    let checks = checks(spec, names);
    if let (OriginSpec::Value(word), Some(takes)) = (&spec.origin, takes) {
        constant(word, takes, names);
    }
    if let (OriginSpec::Choose(branches), Some(takes), true) =
        (&spec.origin, takes, steps.is_empty())
    {
        for branch in branches.iter().filter(|branch| !branch.is_path) {
            constant(&branch.then, takes, names);
        }
    }
    let origin = origin?;
    let form = steps.iter().rev().find_map(|verb| match verb {
        Verb::Date(dates) => Some(dates.shown().into()),
        _ => None,
    });
    Some(Rule {
        reads: !matches!(&origin, Origin::Constant(_)) && !only_constants(&origin),
        origin,
        when: when.flatten(),
        steps,
        checks,
        on_error: spec.on_error.or(on_error).unwrap_or(Severity::Error),
        code: spec.code,
        own: spec.own,
        name: name.into(),
        line: line(&spec.span),
        takes,
        shape,
        form,
    })
}

fn only_constants(origin: &Origin) -> bool {
    match origin {
        Origin::Choose(branches) => {
            branches.iter().all(|(_, then)| matches!(then, Then::Constant(_)))
        }
        Origin::Constant(_) => true,
        Origin::First(_) | Origin::Template(_) => false,
    }
}

fn origin(spec: &RuleSpec, names: &mut Names<'_>) -> Option<Origin> {
    Some(match &spec.origin {
        OriginSpec::From(paths) => {
            let inputs: Vec<Option<Input>> =
                paths.iter().map(|path| names.text(&path.value, &path.span)).collect();
            Origin::First(inputs.into_iter().collect::<Option<Box<[Input]>>>()?)
        }
        OriginSpec::Value(word) => Origin::Constant(word.value.as_str().into()),
        OriginSpec::Template(word) => Origin::Template(names.template(word)?),
        OriginSpec::Choose(branches) => {
            let mut compiled = Vec::new();
            for (i, branch) in branches.iter().enumerate() {
                let when = match &branch.when {
                    Some(when) => Some(names.when(when)?),
                    None => None,
                };
                if when.is_none() && i + 1 < branches.len() {
                    let next = &branches[i + 1];
                    let next = next.when.as_ref().unwrap_or(&next.then).span.clone();
                    names
                        .problems
                        .error(Code::Unreachable, next)
                        .arg("reason-id", "unreachable-else");
                }
                let then = if branch.is_path {
                    Then::Input(names.text(&branch.then.value, &branch.then.span)?)
                } else {
                    Then::Constant(branch.then.value.as_str().into())
                };
                compiled.push((when, then));
            }
            Origin::Choose(compiled)
        }
    })
}

fn steps(spec: &RuleSpec, on_error: Option<Severity>, names: &mut Names<'_>) -> (Vec<Verb>, Shape) {
    let mut shape = match &spec.origin {
        OriginSpec::From(paths) => {
            let listed = paths.iter().any(|path| names.expand(&path.value).contains("[]"));
            if listed { Shape::List } else { Shape::Any }
        }
        OriginSpec::Value(_) | OriginSpec::Template(_) | OriginSpec::Choose(_) => Shape::Text,
    };
    let mut steps = Vec::new();
    for step in &spec.steps {
        let Some(declared) = verb::declaration(&step.verb.value) else { continue };
        // Text verbs take each text of a list.
        let through_list =
            shape == Shape::List && declared.takes == Shape::Text && declared.gives == Shape::Text;
        if !shape.fits(declared.takes) && !through_list {
            names
                .problems
                .error(Code::WrongInput, step.verb.span.clone())
                .arg("verb", declared.name)
                .arg("expected", declared.takes.name())
                .arg("found", shape.name())
                .arg("help-id", step_between(shape, declared.takes));
        }
        let silent = spec.on_error.is_none() && on_error.is_none();
        if let (Some(code), true) = (declared.fails, silent) {
            let text = names.problems.text();
            let problem = names.problems.error(Code::CanFail, step.verb.span.clone());
            problem.arg("verb", declared.name).arg("code", code.name());
            for severity in ["error", "warning"] {
                let new = format!("on_error: {severity}");
                let edit = with_key(&text, &spec.span, &new);
                problem.mend(Mending::Add, new, vec![edit]);
            }
        }
        if !through_list && declared.gives != Shape::Any {
            shape = declared.gives;
        }
        steps.extend(verb::build(step, names));
        if let Some(Verb::NamePart(part, _)) = steps.last() {
            shape = if *part == verb::Part::Family { Shape::Text } else { Shape::List };
        }
    }
    (steps, shape)
}

/// A rule with one more key, in either way of writing groups.
fn with_key(text: &str, rule: &Span, key: &str) -> (Span, String) {
    let written = text.get(rule.clone()).unwrap_or_default();
    if written.starts_with('{') && written.ends_with('}') {
        let inner = written.trim_end_matches('}').trim_end();
        let at = rule.start + inner.len();
        return (at..at, format!(", {key}"));
    }
    let line = text.get(..rule.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    (rule.start..rule.start, format!("{key}\n{}", " ".repeat(rule.start - line)))
}

fn checks(spec: &RuleSpec, names: &mut Names<'_>) -> Vec<Check> {
    let mut checks = Vec::new();
    for check in &spec.checks {
        if check.value.split_whitespace().eq(["not", "future"]) {
            checks.push(Check::NotFuture);
            continue;
        }
        names.in_check = true;
        checks.extend(names.when(check).map(Check::Holds));
        names.in_check = false;
    }
    checks
}

/// The words for the step that makes one kind of value of another.
pub(super) const fn step_between(found: Shape, wanted: Shape) -> &'static str {
    match (found, wanted) {
        (Shape::List, Shape::Text) => "step-to-text",
        (Shape::Text | Shape::Any, Shape::List) => "step-to-list",
        (Shape::Text | Shape::Any, Shape::Date) => "step-to-date",
        _ => "step-none",
    }
}

/// A constant that the target does not take.
fn constant(word: &Word, takes: Takes, names: &mut Names<'_>) {
    let allowed: &[&str] = match takes {
        Takes::Code(codes) => codes,
        Takes::Boolean => &["true", "false"],
        Takes::Text | Takes::PartialDate | Takes::Day | Takes::Texts | Takes::Hub => return,
    };
    if !allowed.contains(&word.value.as_str()) {
        let problem = names.problems.error(Code::NotAllowed, word.span.clone());
        problem.arg("value", &word.value).arg("expected", allowed.join(", "));
        match synonyms::value(&word.value, allowed) {
            Some(code) => problem.meant(code),
            None => problem.nearest(&word.value, allowed.iter().copied()),
        };
    }
}
