//! The way back: from a canonical record to the sender's format.
//!
//! For each source path that rules read, the rules are undone in their order until one has
//! something to say. `back` adds what cannot be derived. What no path takes is the loss.

mod read;
mod write;

use serde_json::Value as Json;

use crate::format::events::Events;
use crate::model::{Issue, IssueCode, Place};

use super::Mapping;
use super::condition::Condition;
use super::diagnostic::Code;
use super::names::{Names, bad_condition};
use super::path::{SourcePath, TargetStep, parse_target};
use super::program::{Origin, Rule, Then};
use super::scene::Input;
use super::spec::{Format, OriginSpec, RuleSpec, Spec, Word};
use super::template::{Piece, pieces, unfill};
use super::value::{Class, Value};
use super::verb::{self, Verb};

use read::Canonical;
use write::Tree;

/// What had no place in the sender's format.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Loss {
    /// Canonical fields that were present and are not written, such as `person.marital_status`.
    pub lost: Vec<String>,
    /// Canonical fields that were written with less than they say.
    pub reduced: Vec<(String, Class)>,
    /// The sender's fields that its schema asks for and that nothing in the record fills.
    pub missing: Vec<String>,
}

/// How much of a field the way back restores.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldClass {
    /// Target field.
    pub field: String,
    /// The sender's field, when one takes it.
    pub source: Option<String>,
    /// The class of the weakest step.
    pub class: Class,
}

/// A rule of `back`.
#[derive(Debug)]
pub struct BackRule {
    path: SourcePath,
    origin: BackOrigin,
    when: Option<TargetWhen>,
    steps: Vec<Verb>,
    own: bool,
}

#[derive(Debug)]
enum BackOrigin {
    First(Vec<Vec<TargetStep>>),
    Constant(String),
    Template(Vec<Piece<Vec<TargetStep>>>),
    Choose(Vec<(Option<TargetWhen>, BackThen)>),
}

#[derive(Debug)]
enum BackThen {
    Path(Vec<TargetStep>),
    Constant(String),
}

/// A condition over the canonical record.
#[derive(Debug)]
struct TargetWhen {
    condition: Condition,
    paths: Vec<Vec<TargetStep>>,
}

impl BackRule {
    /// Compiles a rule; its steps are written as on the way there and are undone.
    pub fn compile(
        path: &Word,
        rule: &RuleSpec,
        spec: &Spec,
        names: &mut Names<'_>,
    ) -> Option<Self> {
        let written = names.expand(&path.value).to_owned();
        let parsed = if spec.source.format == Format::Csv {
            Ok(SourcePath::column(&written))
        } else {
            SourcePath::parse(&written)
        };
        let source = match parsed {
            Ok(source) => source,
            Err(error) => {
                bad_path(path, error.at, names);
                return None;
            }
        };
        let origin = match &rule.origin {
            OriginSpec::From(paths) => {
                BackOrigin::First(paths.iter().map(|p| target(p, names)).collect::<Option<_>>()?)
            }
            OriginSpec::Value(word) => BackOrigin::Constant(word.value.clone()),
            OriginSpec::Template(word) => {
                let found = pieces(&word.value)?;
                let resolved = found.into_iter().map(|piece| match piece {
                    Piece::Text(text) => Some(Piece::Text(text)),
                    Piece::Hole(name) => parse_target(&name).ok().map(Piece::Hole),
                });
                match resolved.collect() {
                    Some(resolved) => BackOrigin::Template(resolved),
                    None => {
                        bad_path(word, 0, names);
                        return None;
                    }
                }
            }
            OriginSpec::Choose(branches) => {
                let mut chosen = Vec::new();
                for branch in branches {
                    let when = match &branch.when {
                        Some(when) => Some(TargetWhen::compile(when, names)?),
                        None => None,
                    };
                    let then = if branch.is_path {
                        BackThen::Path(target(&branch.then, names)?)
                    } else {
                        BackThen::Constant(branch.then.value.clone())
                    };
                    chosen.push((when, then));
                }
                BackOrigin::Choose(chosen)
            }
        };
        let when = match &rule.when {
            Some(when) => Some(TargetWhen::compile(when, names)?),
            None => None,
        };
        let steps = rule.steps.iter().filter_map(|step| verb::build(step, names)).collect();
        Some(Self { path: source, origin, when, steps, own: rule.own })
    }

    fn applies(&self, canonical: &Canonical<'_>) -> bool {
        self.when.as_ref().is_none_or(|when| when.holds(canonical))
    }

    fn value(&self, canonical: &mut Canonical<'_>) -> Option<Value<'static>> {
        if !self.applies(canonical) {
            return None;
        }
        let value = match &self.origin {
            BackOrigin::First(paths) => paths.iter().find_map(|path| canonical.take(path))?,
            BackOrigin::Constant(text) => return Some(Value::text(text.clone())),
            BackOrigin::Template(pieces) => {
                let mut filled = String::new();
                for piece in pieces {
                    match piece {
                        Piece::Text(text) => filled.push_str(text),
                        Piece::Hole(path) => filled.push_str(&canonical.take(path)?.shown()?),
                    }
                }
                Value::text(filled)
            }
            BackOrigin::Choose(branches) => {
                let holds = |when: &Option<TargetWhen>, canonical: &Canonical<'_>| {
                    when.as_ref().is_none_or(|when| when.holds(canonical))
                };
                match branches.iter().find(|(when, _)| holds(when, canonical)) {
                    Some((_, BackThen::Constant(text))) => return Some(Value::text(text.clone())),
                    Some((_, BackThen::Path(path))) => canonical.take(path)?,
                    None => return None,
                }
            }
        };
        let undone = self.steps.iter().rev().try_fold(value, |value, verb| match verb {
            // Nothing undoes these; in a rule written for the way back they are wanted themselves.
            Verb::Hash => Some(value.each_text(|text| verb::fingerprint(&text).into())),
            Verb::Uuid(name) => Some(value.each_text(|text| verb::named_uuid(name, &text).into())),
            verb => verb.back(value),
        });
        undone.filter(|value| !value.is_absent())
    }
}

impl TargetWhen {
    fn compile(text: &Word, names: &mut Names<'_>) -> Option<Self> {
        match Condition::parse(&text.value) {
            Ok(condition) => {
                let paths: Option<Vec<_>> =
                    condition.paths().iter().map(|used| parse_target(&used.path).ok()).collect();
                let Some(paths) = paths else {
                    bad_path(text, 0, names);
                    return None;
                };
                Some(Self { condition, paths })
            }
            Err(error) => {
                bad_condition(&mut names.problems, text, &error.problem);
                None
            }
        }
    }

    fn holds(&self, canonical: &Canonical<'_>) -> bool {
        let texts: Vec<Option<String>> = self
            .paths
            .iter()
            .map(|path| {
                canonical.look(path).map(|value| value.shown().unwrap_or_default().into_owned())
            })
            .collect();
        self.condition.eval(|index| texts.get(index)?.as_deref())
    }
}

fn target(word: &Word, names: &mut Names<'_>) -> Option<Vec<TargetStep>> {
    match parse_target(&word.value) {
        Ok(steps) => Some(steps),
        Err(error) => {
            bad_path(word, error.at, names);
            None
        }
    }
}

fn bad_path(word: &Word, at: usize, names: &mut Names<'_>) {
    names
        .problems
        .error(Code::BadPath, word.span.clone())
        .arg("path", &word.value)
        .arg("at", (at + 1).to_string());
}

/// Undoes steps from the last to the first.
fn undo(steps: &[Verb], value: Value<'static>) -> Option<Value<'static>> {
    steps.iter().rev().try_fold(value, |value, verb| verb.back(value)).filter(|v| !v.is_absent())
}

impl Mapping {
    /// Writes a canonical record in the sender's format.
    ///
    /// # Errors
    /// When the bytes are no JSON document.
    pub fn reverse<'o>(
        &self,
        canonical: &[u8],
        out: &mut impl Events<'o>,
    ) -> Result<Loss, Vec<Issue>> {
        let document: Json = serde_json::from_slice(canonical)
            .map_err(|_| vec![Issue::error(IssueCode::InvalidTarget, Place::default())])?;
        if self.spec.source.format == Format::Canonical {
            write::document(&document, out);
            return Ok(Loss::default());
        }
        let mut canonical = Canonical::new(&document, self.labels(), self.id());
        let mut tree = Tree::new(self.schema.as_deref(), self.spec.source.format);
        let mut reduced = Vec::new();
        // Fields for this scheme's own numbers and codes, of which the record has only another's.
        let mut unknown: Vec<&SourcePath> = Vec::new();
        for rule in &self.back {
            if rule.own && !canonical.is_own(&[]) {
                unknown.extend(rule.applies(&canonical).then_some(&rule.path));
                continue;
            }
            let mark = canonical.mark();
            let value = rule.value(&mut canonical);
            if !value.is_some_and(|value| tree.settle(&rule.path.steps, &value)) {
                canonical.put_back(mark);
            }
        }
        for rule in &self.program.fields {
            let Ok(steps) = parse_target(&rule.name) else { continue };
            let Some(value) = canonical.look(&steps) else { continue };
            // The number or code of another scheme has no place here.
            if rule.own && !canonical.is_own(&steps) {
                unknown.extend(self.first_path(rule).and_then(|p| self.paths.get(usize::from(p))));
                continue;
            }
            let written = self.undo_rule(rule, value, &mut tree);
            if written {
                canonical.take(&steps);
                let class = rule.class();
                if class > Class::EqualUpToForm {
                    reduced.push((rule.name.to_string(), class));
                }
            }
        }
        self.undo_record_id(&mut canonical, &mut tree);
        let lost = canonical.untouched();
        let id = self.kinds.iter().take(1).flat_map(|kind| kind.id.inputs());
        unknown.extend(id.filter_map(|input| match input {
            Input::Path(path) => self.paths.get(usize::from(path)),
            Input::Value(_) | Input::RecordId | Input::Today | Input::Result => None,
        }));
        let mut missing = tree.missing();
        let unknown = unknown.into_iter().filter(|path| !path.up && !tree.has(&path.steps));
        missing.extend(unknown.map(|path| self.shown_of(path)));
        missing.sort();
        missing.dedup();
        tree.write(&self.columns_in_order(), out);
        reduced.sort();
        reduced.dedup();
        Ok(Loss { lost, reduced, missing })
    }

    /// The static report: how much of each field the way back restores.
    #[must_use]
    pub fn classes(&self) -> Vec<FieldClass> {
        let fields = self.program.fields.iter();
        fields
            .map(|rule| {
                let path = self.first_path(rule);
                let class =
                    if path.is_some() || !rule.reads { rule.class() } else { Class::OneWay };
                let source = path.and_then(|path| self.shown.get(usize::from(path)).cloned());
                FieldClass { field: rule.name.to_string(), source, class }
            })
            .collect()
    }

    /// Undoes a rule into the source path that it reads; false when nothing can be written.
    fn undo_rule(&self, rule: &Rule, value: Value<'static>, tree: &mut Tree<'_>) -> bool {
        let Some(value) = undo(&rule.steps, value) else { return false };
        match &rule.origin {
            Origin::First(inputs) => {
                inputs.iter().any(|input| self.undo_input(*input, &value, tree))
            }
            Origin::Template(template) => {
                let text = value.shown().unwrap_or_default().into_owned();
                let Some(parts) = unfill(template.pieces(), &text) else { return false };
                parts.into_iter().fold(false, |any, (input, text)| {
                    self.undo_input(input, &Value::text(text), tree) || any
                })
            }
            // A constant comes back by itself, but only what it says.
            Origin::Constant(constant) => value.shown().is_some_and(|shown| *shown == **constant),
            Origin::Choose(branches) => {
                let says = |then: &Then| match then {
                    Then::Constant(text) => value.shown().is_some_and(|shown| *shown == **text),
                    Then::Input(_) => false,
                };
                branches.iter().any(|(_, then)| says(then))
            }
        }
    }

    fn undo_input(&self, input: Input, value: &Value<'static>, tree: &mut Tree<'_>) -> bool {
        match input {
            Input::Path(path) => match self.paths.get(usize::from(path)) {
                Some(path) if !path.up => tree.set(&path.steps, value),
                Some(_) | None => false,
            },
            Input::Value(index) => match self.program.values.get(usize::from(index)) {
                Some(rule) => self.undo_rule(rule, value.clone(), tree),
                None => false,
            },
            Input::RecordId => true,
            Input::Today | Input::Result => false,
        }
    }

    /// A path as messages show it.
    fn shown_of(&self, path: &SourcePath) -> String {
        let known = self.paths.iter().position(|known| known == path);
        let shown = known.and_then(|index| self.shown.get(index)).cloned();
        let separator = if self.spec.source.format == Format::Xml { '/' } else { '.' };
        shown.unwrap_or_else(|| path.shown(separator))
    }

    fn first_path(&self, rule: &Rule) -> Option<u16> {
        match &rule.origin {
            Origin::First(inputs) => inputs.iter().find_map(|input| match input {
                Input::Path(path) => Some(*path),
                Input::Value(value) => {
                    self.first_path(self.program.values.get(usize::from(*value))?)
                }
                Input::RecordId | Input::Today | Input::Result => None,
            }),
            Origin::Template(template) => template.inputs().find_map(|input| match input {
                Input::Path(path) => Some(path),
                _ => None,
            }),
            Origin::Constant(_) | Origin::Choose(_) => None,
        }
    }

    /// The record id goes back into the fields that it was made of, where no rule has filled them.
    fn undo_record_id(&self, canonical: &mut Canonical<'_>, tree: &mut Tree<'_>) {
        let steps = [TargetStep::Key("source".to_owned()), TargetStep::Key("record_id".to_owned())];
        if !canonical.is_own(&steps) {
            return;
        }
        let Some(id) = canonical.take(&steps) else { return };
        let id = id.shown().unwrap_or_default().into_owned();
        // The first kind whose form the id has; nested records are written as elements of their own.
        let found = self.kinds.iter().find_map(|kind| unfill(kind.id.pieces(), &id));
        for (input, text) in found.unwrap_or_default() {
            self.undo_input(input, &Value::text(text), tree);
        }
    }

    /// For each list of the target the labels in the order of the mapping.
    fn labels(&self) -> Vec<(String, Vec<String>)> {
        let mut labels: Vec<(String, Vec<String>)> = Vec::new();
        for rule in &self.program.fields {
            let Ok(steps) = parse_target(&rule.name) else { continue };
            for (i, step) in steps.iter().enumerate() {
                let TargetStep::Label(label) = step else { continue };
                let list = super::path::schema_path(steps.get(..i).unwrap_or_default());
                match labels.iter_mut().find(|(known, _)| *known == list) {
                    Some((_, known)) if known.contains(label) => {}
                    Some((_, known)) => known.push(label.clone()),
                    None => labels.push((list, vec![label.clone()])),
                }
            }
        }
        labels
    }

    fn columns_in_order(&self) -> Vec<String> {
        match &self.schema {
            Some(schema) => {
                let top = schema.fields().iter().filter_map(|field| match field.steps.as_slice() {
                    [crate::schema::Step::Key(key)] => Some(key.clone()),
                    _ => None,
                });
                top.collect()
            }
            None => Vec::new(),
        }
    }
}
