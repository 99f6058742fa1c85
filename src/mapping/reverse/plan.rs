//! What the way back asks of a mapping for every record, looked up once.

use crate::schema::{self, Schema};

use super::super::path::{TargetStep, parse_target, schema_path};
use super::super::program::Rule;
use super::super::value::Class;

/// See the module.
#[derive(Debug)]
pub struct Plan {
    /// Of each rule of a target field the path that it fills, and how much of it comes back.
    pub fields: Vec<(Option<Vec<TargetStep>>, Class)>,
    /// For each list of the target the labels in the order of the mapping.
    pub labels: Vec<(String, Vec<String>)>,
    /// The fields at the top of the sender's documents, in the order of its schema.
    pub order: Vec<String>,
}

impl Plan {
    /// For the rules of the record's fields and the sender's schema.
    #[must_use]
    pub fn new(fields: &[Rule], schema: Option<&Schema>) -> Self {
        let fields: Vec<(Option<Vec<TargetStep>>, Class)> =
            fields.iter().map(|rule| (parse_target(&rule.name).ok(), rule.class())).collect();
        let labels = labels(fields.iter().filter_map(|(steps, _)| steps.as_deref()));
        let known = schema.map(Schema::fields).unwrap_or_default().iter();
        let order = known.filter_map(|field| match field.steps.as_slice() {
            [schema::Step::Key(key)] => Some(key.clone()),
            _ => None,
        });
        Self { labels, order: order.collect(), fields }
    }
}

fn labels<'p>(paths: impl Iterator<Item = &'p [TargetStep]>) -> Vec<(String, Vec<String>)> {
    let mut labels: Vec<(String, Vec<String>)> = Vec::new();
    for steps in paths {
        for (i, step) in steps.iter().enumerate() {
            let TargetStep::Label(label) = step else { continue };
            let list = schema_path(steps.get(..i).unwrap_or_default());
            match labels.iter_mut().find(|(known, _)| *known == list) {
                Some((_, known)) if known.contains(label) => {}
                Some((_, known)) => known.push(label.clone()),
                None => labels.push((list, vec![label.clone()])),
            }
        }
    }
    labels
}
