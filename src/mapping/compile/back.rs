//! What the way back cannot give: steps that nothing undoes, and examples that ask for it all the same.

use super::super::diagnostic::Code;
use super::super::names::Names;
use super::super::spec::{GroupSpec, OriginSpec, RuleSpec, Spec};
use super::super::template::{Piece, pieces};
use super::super::value::Class;
use super::super::verb;
use super::super::yaml::Span;
use super::placed::rules;

/// A source field as one rule reads it.
struct Reading {
    path: String,
    /// The step that nothing undoes, when there is one.
    one_way: Option<(String, Span)>,
    accepted: bool,
}

/// Checks every source field that rules read: one of the rules must be able to write it again.
pub fn check(spec: &Spec, names: &mut Names<'_>) {
    let mut readings = Vec::new();
    for placed in rules(spec) {
        readings.extend(reads(placed.rule, spec, names, 0).into_iter().filter_map(|reading| {
            Some(Reading { path: placed.source(&reading.path)?, ..reading })
        }));
    }
    for (_, group) in &spec.groups {
        without_key(group, names);
    }
    let written: Vec<String> = written(spec, names);
    let mut lost: Vec<&str> = Vec::new();
    for reading in &readings {
        let Some((verb, span)) = &reading.one_way else { continue };
        let others = readings.iter().any(|r| r.path == reading.path && r.one_way.is_none());
        if others || written.contains(&reading.path) {
            continue;
        }
        lost.push(&reading.path);
        if !reading.accepted {
            names
                .problems
                .warning(Code::NoWayBack, span.clone())
                .arg("verb", verb)
                .arg("field", &reading.path);
        }
    }
    cannot_return(spec, &lost, names);
}

/// Groups of rules whose items nothing tells apart.
fn without_key(group: &GroupSpec, names: &mut Names<'_>) {
    if group.key.is_none() {
        names.problems.warning(Code::NoKey, group.each.span.clone());
    }
    for (_, inner) in &group.groups {
        without_key(inner, names);
    }
}

/// Fields that `back` or the record id writes.
fn written(spec: &Spec, names: &Names<'_>) -> Vec<String> {
    let back = spec.back.iter().map(|(path, _)| names.expand(&path.value).to_owned());
    let own = spec.source.record_id.iter();
    let ids = own.chain(spec.source.records.iter().map(|records| &records.record_id));
    let holes = ids.filter_map(|id| pieces(&id.value)).flatten().filter_map(|piece| match piece {
        Piece::Hole(name) => Some(names.expand(&name).to_owned()),
        Piece::Text(_) => None,
    });
    back.chain(holes).collect()
}

/// Values that are made of values are followed only so far; longer chains are a cycle, told elsewhere.
const DEEPEST: usize = 16;

fn reads(rule: &RuleSpec, spec: &Spec, names: &Names<'_>, depth: usize) -> Vec<Reading> {
    let one_way = rule.steps.iter().find(|step| {
        verb::declaration(&step.verb.value).is_some_and(|verb| verb.class == Class::OneWay)
    });
    let one_way = one_way.map(|step| (step.verb.value.clone(), step.verb.span.clone()));
    let paths: Vec<&str> = match &rule.origin {
        OriginSpec::From(paths) => paths.iter().map(|path| path.value.as_str()).collect(),
        OriginSpec::Value(_) | OriginSpec::Template(_) | OriginSpec::Choose(_) => Vec::new(),
    };
    let mut found = Vec::new();
    for path in paths {
        let value = spec.values.iter().find(|(name, _)| name.value == path);
        match value {
            Some((_, value)) if depth < DEEPEST => {
                found.extend(reads(value, spec, names, depth + 1).into_iter().map(|inner| {
                    Reading {
                        one_way: inner.one_way.or_else(|| one_way.clone()),
                        accepted: inner.accepted || rule.one_way,
                        path: inner.path,
                    }
                }));
            }
            _ => found.push(Reading {
                path: names.expand(path).to_owned(),
                one_way: one_way.clone(),
                accepted: rule.one_way,
            }),
        }
    }
    found
}

/// An example that asks for a field to come back that nothing writes.
fn cannot_return(spec: &Spec, lost: &[&str], names: &mut Names<'_>) {
    for test in &spec.tests {
        let Some(except) = &test.round_trip else { continue };
        let excepted: Vec<&str> = except.iter().map(|name| names.expand(name)).collect();
        let given = |path: &&str| {
            [test.given.as_ref(), spec.sample.as_ref()]
                .into_iter()
                .flatten()
                .any(|node| node.get(path).is_some_and(|value| !value.is_null()))
        };
        let mut asked: Vec<&str> =
            lost.iter().copied().filter(|path| given(path) && !excepted.contains(path)).collect();
        asked.dedup();
        for path in asked {
            let problem = names.problems.error(Code::CannotReturn, test.span.clone());
            problem.arg("field", path).arg("name", &test.name.en);
        }
    }
}
