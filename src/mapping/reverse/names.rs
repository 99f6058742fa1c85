//! Names in one column that several rules take apart are put together again by all of them.

use super::super::function::name::{Order, Parts, join};
use super::super::program::{Origin, Rule};
use super::super::scene::Input;
use super::super::value::Value;
use super::super::verb::{Part, Verb};
use super::read::Canonical;
use super::undo::Undoing;

/// What the rules that take the same column apart have found.
struct Whole<'m, 'd> {
    inputs: &'m [Input],
    order: Order,
    parts: Parts,
    rules: Vec<(&'m Rule, Value<'d>)>,
}

impl<'m> Undoing<'_, 'm> {
    /// Writes whole names; answers the target fields that are in them.
    pub(super) fn whole_names(&mut self, canonical: &Canonical<'_>) -> Vec<&'m str> {
        let mut wholes: Vec<Whole<'m, '_>> = Vec::new();
        let mapping = self.mapping();
        for (rule, (steps, _)) in mapping.program.fields.iter().zip(&mapping.plan.fields) {
            let (Some((part, order)), Origin::First(inputs)) = (name_part(rule), &rule.origin)
            else {
                continue;
            };
            let Some(value) = steps.as_deref().and_then(|path| canonical.look(path)) else {
                continue;
            };
            let found =
                wholes.iter().position(|whole| *whole.inputs == **inputs && whole.order == order);
            let at = found.unwrap_or_else(|| {
                let (parts, rules) = (Parts::default(), Vec::new());
                wholes.push(Whole { inputs, order, parts, rules });
                wholes.len() - 1
            });
            if let Some(whole) = wholes.get_mut(at) {
                whole.rules.push((rule, value.clone()));
                add(&mut whole.parts, part, value);
            }
        }
        let mut written = Vec::new();
        for whole in wholes.iter().filter(|whole| whole.rules.len() > 1) {
            let text = Value::text(join(&whole.parts, whole.order));
            let taken = whole.inputs.iter().find(|input| self.input(**input, &text));
            if let Some(input) = taken {
                let said =
                    whole.rules.iter().filter(|(rule, value)| self.is_said(rule, *input, value));
                written.extend(said.map(|(rule, _)| &*rule.name));
            }
        }
        written
    }
}

/// The part that a rule takes of a name as the last of its steps.
fn name_part(rule: &Rule) -> Option<(Part, Order)> {
    match rule.steps.last() {
        Some(Verb::NamePart(part, order)) => Some((*part, *order)),
        Some(_) | None => None,
    }
}

fn add(parts: &mut Parts, part: Part, value: Value<'_>) {
    let texts = match value {
        Value::List(items) => items.into_iter().map(|item| item.into_owned()).collect(),
        other => other.shown().map(|text| text.into_owned()).into_iter().collect::<Vec<_>>(),
    };
    match part {
        Part::Family => parts.family = Some(texts.join(" ")),
        Part::Given => parts.given = texts,
        Part::Prefix => parts.prefix = texts,
    }
}
