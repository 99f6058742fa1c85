//! What was learnt, as part of a model file: classes with their share and the chances of each level.

use std::fmt::Write;

use super::compare::{LEVELS, levels};
use super::mixture::{Class, Meaning, Mixture};
use super::model::{map, text};
use super::table::Field;
use crate::mapping::diagnostic::{Code, Diagnostics};
use crate::mapping::yaml::{Kind as NodeKind, Node, scalar_of};

/// The classes as the end of a model file.
#[must_use]
pub fn write(mixture: &Mixture, fields: &[Field]) -> String {
    let mut out = String::from("trained:\n");
    for class in &mixture.classes {
        let _ = writeln!(out, "  - meaning: {}", class.meaning.name());
        let _ = writeln!(out, "    share: {}", class.share);
        out.push_str("    chances:\n");
        for (field, chances) in fields.iter().zip(&class.chances) {
            let last = usize::from(levels(field.kind.comparison()));
            let numbers: Vec<String> = chances[1..=last].iter().map(f64::to_string).collect();
            let _ = writeln!(out, "      {}: [{}]", scalar_of(&field.name), numbers.join(", "));
        }
    }
    out
}

/// Reads the classes of a model with these fields.
pub(super) fn read(node: &Node, fields: &[&Field], problems: &mut Diagnostics) -> Option<Mixture> {
    let NodeKind::List(items) = &node.kind else {
        problems.error(Code::WrongType, node.span.clone()).arg("expected", "list");
        return None;
    };
    let classes: Vec<Class> =
        items.iter().filter_map(|item| class(item, fields, problems)).collect();
    if !classes.first().is_some_and(|class| class.meaning == Meaning::Same) {
        let problem = problems.error(Code::BadValue, node.span.clone());
        problem.arg("value", "trained").arg("expected", "meaning: same");
        return None;
    }
    (classes.len() == items.len()).then_some(Mixture { classes, rounds: 0 })
}

fn class(node: &Node, fields: &[&Field], problems: &mut Diagnostics) -> Option<Class> {
    map(node, &["meaning", "share", "chances"], problems)?;
    let mut need = |key: &str| {
        let found = node.get(key);
        if found.is_none() {
            let start = node.span.start;
            problems.error(Code::MissingKey, start..start).arg("key", key);
        }
        found
    };
    let (meaning, share, chances) = (need("meaning")?, need("share")?, need("chances")?);
    let name = text(meaning, problems)?;
    let Some(meaning) = Meaning::parse(&name) else {
        let problem = problems.error(Code::BadValue, meaning.span.clone());
        let known = ["same", "same_elsewhere", "household", "chance"];
        problem.arg("value", &name).arg("expected", known.join(", ")).nearest(&name, known);
        return None;
    };
    let share = chance(share, problems)?;
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    map(chances, &names, problems)?;
    let read: Vec<[f64; LEVELS]> =
        fields.iter().filter_map(|field| of_field(chances, field, problems)).collect();
    (read.len() == fields.len()).then_some(Class { meaning, share, chances: read })
}

fn of_field(chances: &Node, field: &Field, problems: &mut Diagnostics) -> Option<[f64; LEVELS]> {
    let last = usize::from(levels(field.kind.comparison()));
    let Some(node) = chances.get(&field.name) else {
        let start = chances.span.start;
        problems.error(Code::MissingKey, start..start).arg("key", &field.name);
        return None;
    };
    let NodeKind::List(items) = &node.kind else {
        problems.error(Code::WrongType, node.span.clone()).arg("expected", "list");
        return None;
    };
    let read: Vec<f64> = items.iter().filter_map(|item| chance(item, problems)).collect();
    if read.len() != last {
        let problem = problems.error(Code::BadValue, node.span.clone());
        problem.arg("value", items.len().to_string()).arg("expected", last.to_string());
        return None;
    }
    let mut levels = [0.0; LEVELS];
    levels[1..=last].copy_from_slice(&read);
    Some(levels)
}

fn chance(node: &Node, problems: &mut Diagnostics) -> Option<f64> {
    let written = text(node, problems)?;
    let read: Option<f64> = written.parse().ok().filter(|chance| (0.0..=1.0).contains(chance));
    if read.is_none() {
        let problem = problems.error(Code::BadValue, node.span.clone());
        problem.arg("value", &written).arg("expected", "0 … 1");
    }
    read
}
