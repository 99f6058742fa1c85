//! The draft held against the checks that every mapping must pass: what they refuse is taken back to
//! `ignore`, then the sample's record becomes the first test.

use serde_json::Value;

use super::super::compile::{Library, compile};
use super::super::diagnostic::{Diagnostic, Weight};
use super::super::outcome::Outcome;
use super::super::{Mapping, spec::Format};
use super::plan::{Line, Plan, Undecided};
use super::reasons::Reason;
use super::survey::Survey;
use super::yaml_text::scalar;
use super::{Ask, InferError, without_hub, write};
use crate::messages;
use crate::schema::Catalog;

/// A draft that passes.
pub struct Settled {
    /// What is left of the plan.
    pub plan: Plan,
    /// The mapping's text.
    pub mapping: String,
}

/// How often a refused rule may be taken out: each round takes at least one.
const ROUNDS: usize = 40;

/// Writes, checks and mends until the checks pass.
pub fn settle(
    ask: &Ask<'_>,
    survey: &Survey,
    mut plan: Plan,
    schema: &str,
    mut sample: Value,
) -> Result<Settled, InferError> {
    let target = ask.library.schemas.get("beneficiary/1");
    let target = target.map(|schema| ("beneficiary/1".to_owned(), schema.document().to_string()));
    let own = (format!("{}/1", ask.scheme), schema.to_owned());
    let schemas = Catalog::parse(target.into_iter().chain([own]))
        .map_err(|errors| InferError::Uncompilable(format!("{errors:?}")))?;
    let library = Library { schemas: &schemas, codes: ask.library.codes };
    let mut text = String::new();
    for _ in 0..ROUNDS {
        text = write::mapping(ask, survey, &plan, &sample, None);
        let (mapping, problems) = compile(&text, "draft.yaml", &library);
        let Some(mapping) = mapping else {
            if take_back(&mut plan, &text, &problems) {
                continue;
            }
            break;
        };
        match first_outcome(&mapping) {
            Ok(expect) => {
                let expect = without_hub(expect);
                let text = write::mapping(ask, survey, &plan, &sample, Some(&expect));
                return Ok(Settled { plan, mapping: text });
            }
            // A cell that could not be invented stays empty; without any that can, there is no test.
            Err(fields) if fields.iter().any(|field| empty(&mut sample, field)) => {}
            Err(_) => return Ok(Settled { plan, mapping: text }),
        }
    }
    // Half a draft is more than none: what is wrong with it the check says line by line.
    let warning = messages::text(ask.language, "infer-unchecked", &[]);
    Ok(Settled { plan, mapping: format!("# {warning}\n{text}") })
}

/// What the sample's record becomes, or the fields for which it is refused.
fn first_outcome(mapping: &Mapping) -> Result<Value, Vec<String>> {
    let xml = mapping.spec.source.format == Format::Xml;
    let given = mapping.given(None, xml);
    let explained = mapping.explain_element(&given, None, super::super::cases::TODAY);
    match explained.into_iter().next().map(|record| record.outcome) {
        Some(Outcome::Accepted(record)) => {
            serde_json::from_slice(&record.canonical).map_err(|_| Vec::new())
        }
        Some(Outcome::Refused(refusal)) => {
            Err(refusal.issues.into_iter().filter_map(|issue| issue.field).collect())
        }
        None => Err(Vec::new()),
    }
}

/// Takes a field out of the sample, by the name that messages show; false when it is not there.
fn empty(sample: &mut Value, field: &str) -> bool {
    let Some(map) = sample.as_object_mut() else { return false };
    if map.remove(field).is_some() {
        return true;
    }
    let mut at = sample;
    let steps: Vec<&str> = field.split(['.', '/']).collect();
    let Some((last, groups)) = steps.split_last() else { return false };
    for step in groups {
        let key = step.split('[').next().unwrap_or(step);
        let below = match at {
            Value::Object(map) => map.get_mut(key),
            _ => None,
        };
        let Some(below) = below else { return false };
        at = if below.is_array() {
            let Some(first) = below.get_mut(0) else { return false };
            first
        } else {
            below
        };
    }
    at.as_object_mut().is_some_and(|map| map.remove(*last).is_some())
}

/// Takes out the rules and the ignored fields on whose lines errors stand; false when there is none.
fn take_back(plan: &mut Plan, text: &str, problems: &[Diagnostic]) -> bool {
    let mut taken = false;
    for problem in problems.iter().filter(|problem| problem.weight == Weight::Error) {
        let line = text.lines().nth(problem.line.saturating_sub(1) as usize).unwrap_or_default();
        let on_line = |rule: &Line| line.starts_with(&format!("  {}: ", rule.target));
        let refused: Vec<Line> = plan.fields.extract_if(.., |rule| on_line(rule)).collect();
        let values: Vec<Line> = plan.values.extract_if(.., |rule| on_line(rule)).collect();
        for value in &values {
            plan.fields.retain(|rule| !rule.rule.contains(&value.target));
            plan.checks.retain(|check| !check.contains(&value.target));
        }
        let ignored = plan.undecided.len();
        plan.undecided.retain(|left| !line.starts_with(&format!("    - {} #", scalar(&left.path))));
        taken |= !refused.is_empty() || !values.is_empty() || plan.undecided.len() < ignored;
        for rule in refused.into_iter().chain(values) {
            leave(plan, &rule, problem.code.number());
        }
    }
    taken
}

/// Puts what a refused rule read under `ignore`, unless another rule reads it.
fn leave(plan: &mut Plan, refused: &Line, code: &str) {
    let read = |plan: &Plan, path: &String| {
        let lines = plan.fields.iter().chain(&plan.values);
        lines.flat_map(|line| &line.reads).chain(&plan.also_read).any(|other| other == path)
    };
    for path in &refused.reads {
        let known = plan.undecided.iter().any(|undecided| undecided.path == *path);
        if !read(plan, path) && !known {
            plan.undecided.push(Undecided {
                path: path.clone(),
                might: vec![(refused.target.clone(), refused.score)],
                reasons: vec![Reason::Refused(code.to_owned())],
            });
        }
    }
}
