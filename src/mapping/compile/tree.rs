//! The target of a mapping: its rules, and those of the repeated groups in it, level by level.

mod grown;

use crate::model::Severity;

use super::super::diagnostic::Code;
use super::super::group::Group;
use super::super::names::Names;
use super::super::path::{KEYED, PathError, TargetStep, parse_target, schema_path};
use super::super::program::Rule;
use super::super::spec::{GroupSpec, RuleSpec, Spec, Word};
use super::super::target::{Branch, FIELDS, LISTS, Takes, takes};
use super::super::value::Shape;
use super::super::verb::Verb;
use super::super::yaml::Span;
use super::{rules, suggest};

use grown::Grown;

/// What the rules of a record, or of an item of a group, are compiled to.
#[derive(Default)]
struct Compiled {
    fields: Vec<Rule>,
    groups: Vec<Group>,
    tree: Grown,
}

/// Compiles the rules of `fields`.
pub fn compile(
    spec: &Spec,
    names: &mut Names<'_>,
    line: &impl Fn(&Span) -> u32,
) -> (Vec<Rule>, Vec<Group>, Branch) {
    let mut compiler = Compiler { on_error: spec.on_error, names, line };
    let mut compiled = compiler.level(&Place::default(), &spec.fields, &spec.groups);
    compiled.tree.required("", &written(spec), compiler.names);
    compiled.tree.hub();
    (compiled.fields, compiled.groups, compiled.tree.branch(""))
}

/// The fields of the record with their places.
fn written(spec: &Spec) -> Vec<(String, Span)> {
    let schema_path_of = |word: &Word| {
        parse_target(&word.value).ok().map(|steps| (schema_path(&steps), word.span.clone()))
    };
    spec.fields.iter().filter_map(|(word, _)| schema_path_of(word)).collect()
}

/// Where rules stand: in the record, or in a group.
#[derive(Default)]
struct Place {
    /// Path of the group in the target's schema, such as `coverages`.
    path: String,
    /// The group's name with a dot, such as `coverages[].`.
    prefix: String,
}

impl Place {
    /// The path in the target's schema of a field or group that stands here.
    fn full(&self, steps: &[TargetStep]) -> String {
        let dot = if self.path.is_empty() { "" } else { "." };
        format!("{}{dot}{}", self.path, schema_path(steps))
    }
}

/// Compiles level after level.
struct Compiler<'c, 'n, L> {
    on_error: Option<Severity>,
    names: &'c mut Names<'n>,
    line: &'c L,
}

impl<L: Fn(&Span) -> u32> Compiler<'_, '_, L> {
    fn level(
        &mut self,
        place: &Place,
        fields: &[(Word, Vec<RuleSpec>)],
        groups: &[(Word, GroupSpec)],
    ) -> Compiled {
        let mut compiled = Compiled::default();
        for (path, list) in fields {
            self.field(place, path, list, &mut compiled);
        }
        for (path, group) in groups {
            self.group(place, path, group, &mut compiled);
        }
        compiled
    }

    fn field(&mut self, place: &Place, path: &Word, list: &[RuleSpec], compiled: &mut Compiled) {
        let Some((steps, takes)) = target(place, path, self.names) else { return };
        // Several rules for a whole list append to it, as `[]` would.
        let several = takes == Takes::Texts && list.len() > 1;
        let appends = several || steps.last() == Some(&TargetStep::Append);
        // A rule that cannot be read fills its field all the same: one mistake, one message.
        compiled.tree.at(&steps);
        if list.len() > 1 && !appends {
            let span = list.get(1).map_or_else(|| path.span.clone(), |rule| rule.span.clone());
            let problem = self.names.problems.error(Code::FilledTwice, span);
            problem.arg("field", &path.value).arg("variant", "list");
        }
        let name = format!("{}{}", place.prefix, path.value);
        for rule in list {
            let compile = rules::compile;
            let Some(rule) =
                compile(&name, Some(takes), rule, self.on_error, self.names, self.line)
            else {
                continue;
            };
            shapes(path, &rule, takes, appends, self.names);
            table_results(path, &rule, takes, self.names);
            let index = compiled.fields.len();
            compiled.fields.push(rule);
            let filled = compiled.tree.at(&steps);
            if appends {
                filled.appended.push(index);
            } else if filled.leaf.replace((index, takes)).is_some() && list.len() == 1 {
                self.names
                    .problems
                    .error(Code::FilledTwice, path.span.clone())
                    .arg("field", &path.value);
            }
        }
    }

    fn group(&mut self, place: &Place, path: &Word, spec: &GroupSpec, compiled: &mut Compiled) {
        let Some(steps) = list(place, path, self.names) else { return };
        let full = place.full(&steps);
        let way = self.names.enter(&spec.each, spec.numbers.as_ref()).unwrap_or_default();
        let name = format!("{}{}", place.prefix, path.value);
        let inner = Place { path: full, prefix: format!("{name}.") };
        let when = spec.when.as_ref().and_then(|when| self.names.when(when));
        let key = spec.key.as_ref().and_then(|key| self.names.input(&key.value, &key.span));
        let found = self.level(&inner, &spec.fields, &spec.groups);
        self.names.leave(&way);
        compiled.tree.at(&steps).groups.push((
            compiled.groups.len(),
            path.span.clone(),
            found.tree,
        ));
        compiled.groups.push(Group {
            name: name.into(),
            way: way.into(),
            when,
            key,
            fields: found.fields,
            groups: found.groups,
        });
    }
}

/// The steps of a target path.
fn steps(path: &Word, names: &mut Names<'_>) -> Option<Vec<TargetStep>> {
    let bad = |error: PathError| {
        names
            .problems
            .error(Code::BadPath, path.span.clone())
            .arg("path", &path.value)
            .arg("at", (error.at + 1).to_string());
    };
    parse_target(&path.value).map_err(bad).ok()
}

/// A field that rules fill, and what it takes.
fn target(place: &Place, path: &Word, names: &mut Names<'_>) -> Option<(Vec<TargetStep>, Takes)> {
    let mut steps = steps(path, names)?;
    if matches!(steps.last(), Some(TargetStep::Label(_))) {
        let list = place.full(&steps);
        let value = KEYED.iter().find(|(known, _, _)| *known == list).and_then(|found| found.2);
        steps.extend(value.map(|value| TargetStep::Key(value.to_owned())));
    }
    let field = place.full(&steps);
    // What tells the elements of a list apart is a label of the record's rules, a field of a group's.
    let keyed = KEYED
        .iter()
        .any(|(list, key, _)| *list == place.path && steps == [TargetStep::Key((*key).to_owned())]);
    match takes(&field) {
        Some(Takes::Hub) if keyed => Some((steps, Takes::Text)),
        Some(Takes::Hub) | None => {
            unknown(path, &place.path, &steps, names);
            None
        }
        Some(takes) => one_against_many(place, path, steps, takes, names),
    }
}

/// A list that a group fills.
fn list(place: &Place, path: &Word, names: &mut Names<'_>) -> Option<Vec<TargetStep>> {
    let steps = steps(path, names)?;
    let full = place.full(&steps);
    let takes = takes(&full);
    if takes.is_none() && !FIELDS.iter().any(|(field, ..)| field.starts_with(&format!("{full}."))) {
        unknown(path, &place.path, &steps, names);
        return None;
    }
    if takes.is_some() || steps.last() != Some(&TargetStep::Append) {
        let problem = names.problems.error(Code::OneAgainstMany, path.span.clone());
        problem.arg("field", &path.value);
        if takes == Some(Takes::Texts) {
            problem.arg("variant", "texts");
        }
        return None;
    }
    Some(one_against_many(place, path, steps, Takes::Text, names)?.0)
}

fn unknown(path: &Word, around: &str, steps: &[TargetStep], names: &mut Names<'_>) {
    let problem = names.problems.error(Code::UnknownTarget, path.span.clone());
    problem.arg("field", &path.value);
    if matches!(&*schema_path(steps), "source.scheme" | "source.record_id" | "coverages.scheme") {
        problem.arg("variant", "hub");
        return;
    }
    if let Some(name) = suggest::field(around, &path.value, steps) {
        problem.meant(name);
    }
}

/// Every list on the way needs a name or `[]`, and nothing else may have one.
fn one_against_many(
    place: &Place,
    path: &Word,
    steps: Vec<TargetStep>,
    takes: Takes,
    names: &mut Names<'_>,
) -> Option<(Vec<TargetStep>, Takes)> {
    let mut wrong = false;
    for (i, step) in steps.iter().enumerate() {
        let TargetStep::Key(_) = step else { continue };
        let so_far = place.full(steps.get(..=i).unwrap_or_default());
        let next = steps.get(i + 1);
        let chosen = matches!(next, Some(TargetStep::Label(_) | TargetStep::Append));
        let whole_list = takes == Takes::Texts && next.is_none();
        let list = LISTS.contains(&so_far.as_str());
        wrong |= list != chosen && !(list && whole_list);
        wrong |= next == Some(&TargetStep::Append) && i + 2 < steps.len();
    }
    if wrong {
        let problem = names.problems.error(Code::OneAgainstMany, path.span.clone());
        problem.arg("field", &path.value);
        let meant = suggest::labelled(&schema_path(&steps), &steps);
        if meant != path.value {
            problem.meant(meant);
        }
        return None;
    }
    Some((steps, takes))
}

fn shapes(path: &Word, rule: &Rule, takes: Takes, appends: bool, names: &mut Names<'_>) {
    let fits = match (takes.shape(), rule.shape) {
        (_, Shape::Any) | (Shape::Any, _) => true,
        (Shape::List, Shape::List | Shape::Text) => true,
        (Shape::List, Shape::Date) => appends,
        (Shape::Text, Shape::Date) => takes == Takes::Text,
        (wanted, found) => wanted == found,
    };
    let unread_date = takes.shape() == Shape::Date && rule.shape == Shape::Any && {
        // A cell that goes into a date field must have been read as one: here, or in a named value.
        let named = match &rule.origin {
            super::super::program::Origin::First(inputs) => {
                inputs.iter().all(|i| matches!(i, super::super::scene::Input::Value(_)))
            }
            _ => true,
        };
        !named
    };
    if !fits || unread_date {
        names
            .problems
            .error(Code::WrongInput, path.span.clone())
            .arg("verb", &path.value)
            .arg("expected", takes.shape().name())
            .arg("found", rule.shape.name())
            .arg("help-id", rules::step_between(rule.shape, takes.shape()));
    }
}

/// Codes that a shared table gives and the target does not have; rows of this file are checked where
/// they stand.
fn table_results(path: &Word, rule: &Rule, takes: Takes, names: &mut Names<'_>) {
    let allowed: &[&str] = match takes {
        Takes::Code(codes) => codes,
        Takes::Boolean => &["true", "false"],
        Takes::Text | Takes::PartialDate | Takes::Day | Takes::Texts | Takes::Hub => return,
    };
    let Some(Verb::Table(table)) = rule.steps.last().filter(|verb| verb.is_shared_table()) else {
        return;
    };
    for code in table.results().filter(|code| !allowed.contains(code)) {
        let problem = names.problems.error(Code::NotAllowed, path.span.clone());
        problem.arg("value", code).arg("expected", allowed.join(", "));
        problem.nearest = super::super::diagnostic::nearest(code, allowed.iter().copied());
    }
}
