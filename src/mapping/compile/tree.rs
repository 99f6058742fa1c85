//! The target of a mapping: its rules as a tree in the order of the target document.

use super::super::diagnostic::Code;
use super::super::names::Names;
use super::super::path::{KEYED, TargetStep, parse_target, schema_path};
use super::super::program::Rule;
use super::super::spec::{Spec, Word};
use super::super::target::{Branch, FIELDS, LISTS, Takes, order, takes};
use super::super::value::Shape;
use super::super::verb::Verb;
use super::super::yaml::Span;
use super::rules;

/// A tree that grows rule by rule.
#[derive(Default)]
struct Grown {
    fields: Vec<(String, Grown)>,
    elements: Vec<(String, Grown)>,
    leaf: Option<(usize, Takes)>,
    appended: Vec<usize>,
}

/// Compiles the rules of `fields`.
pub fn compile(
    spec: &Spec,
    names: &mut Names<'_>,
    line: &impl Fn(&Span) -> u32,
) -> (Vec<Rule>, Branch) {
    let mut compiled = Vec::new();
    let mut root = Grown::default();
    for (path, list) in &spec.fields {
        let Some((steps, takes)) = target(path, names) else { continue };
        // Several rules for a whole list append to it, as `[]` would.
        let several = takes == Takes::Texts && list.len() > 1;
        let appends = several || steps.last() == Some(&TargetStep::Append);
        // A rule that cannot be read fills its field all the same: one mistake, one message.
        root.at(&steps);
        if list.len() > 1 && !appends {
            let span = list.get(1).map_or_else(|| path.span.clone(), |rule| rule.span.clone());
            names.problems.error(Code::FilledTwice, span).arg("field", &path.value);
        }
        for rule in list {
            let Some(rule) =
                rules::compile(&path.value, Some(takes), rule, spec.on_error, names, line)
            else {
                continue;
            };
            shapes(path, &rule, takes, appends, names);
            table_results(path, &rule, takes, names);
            let index = compiled.len();
            compiled.push(rule);
            let place = root.at(&steps);
            if appends {
                place.appended.push(index);
            } else if place.leaf.replace((index, takes)).is_some() {
                names
                    .problems
                    .error(Code::FilledTwice, path.span.clone())
                    .arg("field", &path.value);
            }
        }
    }
    required(&root, "", spec, names);
    root.hub();
    (compiled, root.branch(""))
}

fn target(path: &Word, names: &mut Names<'_>) -> Option<(Vec<TargetStep>, Takes)> {
    let mut steps = match parse_target(&path.value) {
        Ok(steps) => steps,
        Err(error) => {
            names
                .problems
                .error(Code::BadPath, path.span.clone())
                .arg("path", &path.value)
                .arg("at", (error.at + 1).to_string());
            return None;
        }
    };
    if matches!(steps.last(), Some(TargetStep::Label(_))) {
        let list = schema_path(&steps);
        let value = KEYED.iter().find(|(known, _, _)| *known == list).and_then(|found| found.2);
        steps.extend(value.map(|value| TargetStep::Key(value.to_owned())));
    }
    let field = schema_path(&steps);
    match takes(&field) {
        Some(Takes::Hub) | None => {
            let known = FIELDS.iter().filter(|f| f.1 != Takes::Hub).map(|f| f.0);
            let problem = names.problems.error(Code::UnknownTarget, path.span.clone());
            problem.arg("field", &path.value);
            if let Some(name) = super::super::diagnostic::nearest(&field, known) {
                problem.nearest = Some(name);
            }
            None
        }
        Some(takes) => one_against_many(path, steps, takes, names),
    }
}

/// Every list on the way needs a name or `[]`, and nothing else may have one.
fn one_against_many(
    path: &Word,
    steps: Vec<TargetStep>,
    takes: Takes,
    names: &mut Names<'_>,
) -> Option<(Vec<TargetStep>, Takes)> {
    let mut so_far = String::new();
    let mut wrong = false;
    for (i, step) in steps.iter().enumerate() {
        let TargetStep::Key(key) = step else { continue };
        if !so_far.is_empty() {
            so_far.push('.');
        }
        so_far.push_str(key);
        let next = steps.get(i + 1);
        let chosen = matches!(next, Some(TargetStep::Label(_) | TargetStep::Append));
        let whole_list = takes == Takes::Texts && next.is_none();
        let list = LISTS.contains(&so_far.as_str());
        wrong |= list != chosen && !(list && whole_list);
        wrong |= next == Some(&TargetStep::Append) && i + 2 < steps.len();
    }
    if wrong {
        names.problems.error(Code::OneAgainstMany, path.span.clone()).arg("field", &path.value);
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
            .arg("found", rule.shape.name());
    }
}

/// Codes that a table gives and the target does not have.
fn table_results(path: &Word, rule: &Rule, takes: Takes, names: &mut Names<'_>) {
    let allowed: &[&str] = match takes {
        Takes::Code(codes) => codes,
        Takes::Boolean => &["true", "false"],
        Takes::Text | Takes::PartialDate | Takes::Day | Takes::Texts | Takes::Hub => return,
    };
    let Some(Verb::Table(table)) = rule.steps.last() else { return };
    for code in table.results().filter(|code| !allowed.contains(code)) {
        let problem = names.problems.error(Code::NotAllowed, path.span.clone());
        problem.arg("value", code).arg("expected", allowed.join(", "));
        problem.nearest = super::super::diagnostic::nearest(code, allowed.iter().copied());
    }
}

/// Required fields of groups that the mapping fills.
fn required(grown: &Grown, path: &str, spec: &Spec, names: &mut Names<'_>) {
    for (name, below) in &grown.fields {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        required(below, &path, spec, names);
        for (_, element) in &below.elements {
            required_in(element, &path, spec, names);
            required(element, &path, spec, names);
        }
        if !below.fields.is_empty() {
            required_in(below, &path, spec, names);
        }
    }
}

fn required_in(group: &Grown, path: &str, spec: &Spec, names: &mut Names<'_>) {
    for (field, takes, needed) in FIELDS {
        let Some(name) = field.strip_prefix(path).and_then(|rest| rest.strip_prefix('.')) else {
            continue;
        };
        let there = group.fields.iter().any(|(known, _)| known == name);
        if *needed && *takes != Takes::Hub && !name.contains('.') && !there {
            let starts = |key: &str| {
                parse_target(key).is_ok_and(|steps| schema_path(&steps).starts_with(path))
            };
            let span =
                spec.fields.iter().find(|(key, _)| starts(&key.value)).map(|f| f.0.span.clone());
            names.problems.error(Code::NotFilled, span.unwrap_or(0..0)).arg("field", *field);
        }
    }
}

impl Grown {
    fn at(&mut self, steps: &[TargetStep]) -> &mut Self {
        let Some((step, rest)) = steps.split_first() else { return self };
        let (list, name) = match step {
            TargetStep::Key(key) => (&mut self.fields, key),
            TargetStep::Label(label) => (&mut self.elements, label),
            TargetStep::Append => return self,
        };
        let index = list.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
            list.push((name.clone(), Self::default()));
            list.len() - 1
        });
        list[index].1.at(rest)
    }

    /// The groups that every document has.
    fn hub(&mut self) {
        for name in ["source", "person"] {
            self.at(&[TargetStep::Key(name.to_owned())]);
        }
    }

    fn branch(self, path: &str) -> Branch {
        if let Some((rule, takes)) = self.leaf {
            return Branch::Result { rule, takes };
        }
        if !self.appended.is_empty() {
            return Branch::Results(self.appended);
        }
        if !self.elements.is_empty() {
            let elements = self.elements.into_iter();
            return Branch::List(
                elements.map(|(label, group)| group.element(path, label)).collect(),
            );
        }
        Branch::Object(self.object(path))
    }

    fn element(self, path: &str, label: String) -> Branch {
        let mut fields = self.object(path);
        if let Some((_, key, _)) = KEYED.iter().find(|(known, _, _)| *known == path) {
            fields.insert(0, ((*key).into(), Branch::Fixed(label.into())));
        } else if path == "coverages" {
            fields.insert(0, ("scheme".into(), Branch::Scheme));
        }
        Branch::Object(fields)
    }

    fn object(self, path: &str) -> Vec<(Box<str>, Branch)> {
        let mut fields: Vec<(String, Box<str>, Branch)> = Vec::new();
        for (name, below) in self.fields {
            let full = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            let branch = below.branch(&full);
            fields.push((full, name.into(), branch));
        }
        fields.sort_by_key(|(full, _, _)| order(full));
        let mut fields: Vec<_> =
            fields.into_iter().map(|(_, name, branch)| (name, branch)).collect();
        if path == "source" {
            fields.insert(0, ("record_id".into(), Branch::RecordId));
            fields.insert(0, ("scheme".into(), Branch::Scheme));
        }
        fields
    }
}
