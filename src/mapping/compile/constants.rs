//! Constants of the mapping, and what is told of values: what a constant cannot be is the author's fault
//! and told by the check, never blamed on a sender's record.

use std::collections::BTreeSet;

use crate::model::PartialDate;

use super::super::diagnostic::{Code, Diagnostics};
use super::super::group::Group;
use super::super::program::{Origin, Rule};
use super::super::scene::{Input, Nowhere};
use super::super::spec::{OriginSpec, RuleSpec, Spec, Word};
use super::super::value::Value;
use super::super::verb::Verb;

/// Rules that read a value tell its sender's way of writing dates.
pub fn forms(values: &[Rule], fields: &mut [Rule], groups: &mut [Group]) {
    for rule in fields.iter_mut().filter(|rule| rule.form.is_none()) {
        let Origin::First(inputs) = &rule.origin else { continue };
        let form = inputs.iter().find_map(|input| match input {
            Input::Value(value) => values.get(usize::from(*value))?.form.clone(),
            Input::Path(_) | Input::RecordId | Input::Today | Input::Result => None,
        });
        rule.form = form;
    }
    for group in groups {
        forms(values, &mut group.fields, &mut group.groups);
    }
}

/// Reports constants that are not what their steps, or the verbs that look at them, take.
pub fn check(spec: &Spec, values: &[Rule], fields: &[Rule], problems: &mut Diagnostics) {
    for (name, rule) in &spec.values {
        own_steps(name, rule, values, problems);
    }
    for (name, rules) in &spec.fields {
        rules.iter().for_each(|rule| own_steps(name, rule, fields, problems));
    }
    let days = values.iter().chain(fields).flat_map(|rule| &rule.steps).filter_map(day);
    for value in days.collect::<BTreeSet<_>>() {
        let Some(rule) = values.get(usize::from(value)) else { continue };
        let (Origin::Constant(text), []) = (&rule.origin, rule.steps.as_slice()) else { continue };
        let written = spec.values.iter().find(|(name, _)| *name.value == *rule.name);
        if let (Err(_), Some(word)) =
            (text.parse::<PartialDate>(), written.and_then(|(_, rule)| constant(rule)))
        {
            let problem = problems.error(Code::BadArgument, word.span.clone());
            problem.arg("verb", "born_at").arg("value", &word.value).arg("expected", "2026-06-30");
        }
    }
}

/// The value whose text a verb takes for a day.
fn day(verb: &Verb) -> Option<u16> {
    match verb {
        Verb::BornAt(age) => match age.input() {
            Some(Input::Value(value)) => Some(value),
            Some(_) | None => None,
        },
        _ => None,
    }
}

fn constant(rule: &RuleSpec) -> Option<&Word> {
    match &rule.origin {
        OriginSpec::Value(word) => Some(word),
        OriginSpec::From(_) | OriginSpec::Template(_) | OriginSpec::Choose(_) => None,
    }
}

/// A constant through the steps of its own rule that look at nothing else.
fn own_steps(name: &Word, spec: &RuleSpec, rules: &[Rule], problems: &mut Diagnostics) {
    let Some(word) = constant(spec) else { return };
    let same = |rule: &&Rule| {
        rule.name.ends_with(&*name.value)
            && matches!(&rule.origin, Origin::Constant(text) if **text == *word.value)
    };
    let Some(rule) = rules.iter().find(same) else { return };
    let mut value = Value::text(&*word.value);
    for verb in rule.steps.iter().take_while(|verb| verb.inputs().is_empty()) {
        match verb.run(value, &Nowhere) {
            Ok(next) => value = next,
            Err(_) => {
                let expected = rule.form.as_deref().unwrap_or(verb.name());
                let problem = problems.error(Code::BadArgument, word.span.clone());
                problem.arg("verb", verb.name()).arg("value", &word.value);
                problem.arg("expected", expected);
                return;
            }
        }
    }
}
