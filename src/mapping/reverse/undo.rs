//! One record: its rules undone, one after the other, into its place in the sender's element.

use std::borrow::Cow;

use super::super::Mapping;
use super::super::path::{SourcePath, Step, TargetStep};
use super::super::program::{Origin, Rule, Then};
use super::super::scene::{Input, Nowhere, When};
use super::super::spec::Format;
use super::super::template::unfill;
use super::super::value::{Class, Value};
use super::super::verb::Verb;
use super::Loss;
use super::document::Document;
use super::node::Node;
use super::read::Canonical;
use super::seat::Seat;
use super::write::Tree;

/// A record on its way into its place.
pub struct Undoing<'a, 'm> {
    mapping: &'m Mapping,
    tree: &'a mut Tree<'m>,
    seat: &'a Seat,
    /// The sender's id of the record.
    id: Option<String>,
    /// The items of repeated groups that are being written, from the record down.
    items: Vec<(u16, u32)>,
    /// The earlier document, when there is one.
    base: Option<&'a Node>,
}

/// Undoes steps from the last to the first.
pub(super) fn undo<'v>(steps: &[Verb], value: Value<'v>) -> Option<Value<'v>> {
    steps.iter().rev().try_fold(value, |value, verb| verb.back(value)).filter(|v| !v.is_absent())
}

/// Whether a rule makes this value of a text. What follows from a condition on other fields is not
/// known here.
fn reads_as(rule: &Rule, text: &str, said: &Value<'_>) -> bool {
    let conditional = |verb: &Verb| matches!(verb, Verb::EstimatedWhen(_) | Verb::YearOnlyWhen(_));
    if rule.steps.iter().any(conditional) {
        return true;
    }
    let text = Value::text(text.to_owned());
    let read = rule.steps.iter().try_fold(text, |value, verb| verb.run(value, &Nowhere));
    read.is_ok_and(|read| read.shown() == said.shown())
}

impl<'a, 'm> Undoing<'a, 'm> {
    /// Into this place of a document.
    pub const fn new(mapping: &'m Mapping, tree: &'a mut Tree<'m>, seat: &'a Seat) -> Self {
        Self { mapping, tree, seat, id: None, items: Vec::new(), base: None }
    }

    /// Onto an earlier document.
    #[must_use]
    pub const fn onto(mut self, base: &'a Node) -> Self {
        self.base = Some(base);
        self
    }

    /// The earlier document.
    pub(super) const fn base(&self) -> Option<&'a Node> {
        self.base
    }

    /// Goes into an item of a repeated group.
    pub(super) fn enter(&mut self, level: u16, number: u32) {
        self.items.push((level, number));
    }

    /// Goes back to what stands around it.
    pub(super) fn leave(&mut self) {
        self.items.pop();
    }

    /// How much has been written, for [`Undoing::undo_puts`].
    pub(super) fn tree_mark(&self) -> usize {
        self.tree.mark()
    }

    /// What was written after the mark is not said after all.
    pub(super) fn undo_puts(&mut self, mark: usize) {
        self.tree.put_back(mark);
    }

    /// The steps to a path of the record, or of the item that is being written; none for what has no
    /// place.
    fn place<'p>(&self, path: &'p SourcePath) -> Option<Cow<'p, [Step]>> {
        if path.level == 0 {
            return self.seat.at(path);
        }
        let levels = &self.mapping.levels;
        let number = |level: u16| self.items.iter().find(|(known, _)| *known == level);
        let mut way = std::iter::successors(Some(path.level), |level| levels.parent(*level));
        if path.up > 0 || !way.all(|level| level == 0 || number(level).is_some()) {
            return None;
        }
        let item = |level| number(level).map_or(Step::All, |(_, number)| Step::Nth(*number));
        let steps = SourcePath::of(levels.steps(path, &item));
        self.seat.at(&steps).map(|steps| Cow::Owned(steps.into_owned()))
    }

    /// The mapping whose way back it is.
    pub(super) const fn mapping(&self) -> &'m Mapping {
        self.mapping
    }

    /// Writes a record; what is missing in the document as a whole is not yet in its loss.
    pub fn record(&mut self, document: &Document<'_>) -> Loss {
        let mapping = self.mapping;
        self.id = document.record_id().map(str::to_owned);
        let mut canonical = Canonical::new(document, &mapping.plan.labels, mapping.id());
        let (mut reduced, mut conditional, mut constants) = (Vec::new(), Vec::new(), Vec::new());
        // Fields for this scheme's own numbers and codes, of which the record has only another's.
        let mut unknown: Vec<&SourcePath> = Vec::new();
        for rule in &mapping.back {
            if rule.own && !canonical.is_own(&[]) {
                unknown.extend(rule.applies(&canonical).then_some(&rule.path));
                continue;
            }
            let mark = canonical.mark();
            let value = rule.value(&mut canonical);
            if !value.is_some_and(|value| self.settle(&rule.path, &value)) {
                canonical.put_back(mark);
            }
        }
        let whole = self.whole_names(&canonical);
        for (rule, (steps, class)) in mapping.program.fields.iter().zip(&mapping.plan.fields) {
            let Some(steps) = steps else { continue };
            let Some((leaf, value)) = canonical.find_value(steps) else { continue };
            if whole.contains(&&*rule.name) {
                canonical.take_leaf(leaf);
                continue;
            }
            // The number or code of another scheme has no place here.
            if rule.own && !canonical.is_own(steps) {
                unknown.extend(
                    mapping.first_path(rule).and_then(|p| mapping.paths.get(usize::from(p))),
                );
                continue;
            }
            if self.rule(rule, value) {
                canonical.take_leaf(leaf);
                if matches!(rule.origin, Origin::Constant(_)) {
                    constants.push(steps.as_slice());
                }
                if let Some(when) = &rule.when {
                    conditional.push((when, steps));
                }
                if *class > Class::EqualUpToForm {
                    reduced.push((rule.name.to_string(), *class));
                }
            }
        }
        self.record_id(&mut canonical);
        reduced.extend(self.groups(&mut canonical).reduced);
        for (when, steps) in conditional {
            if !self.would_hold(when) {
                canonical.leave(steps);
            }
        }
        canonical.leave_alone(&constants);
        let id = mapping.kinds.get(self.seat.kind()).into_iter().flat_map(|kind| kind.id.inputs());
        unknown.extend(id.filter_map(|input| match input {
            Input::Path(path) => mapping.paths.get(usize::from(path)),
            Input::Value(_) | Input::RecordId | Input::Today | Input::Result => None,
        }));
        let unknown = unknown
            .into_iter()
            .filter(|path| self.seat.at(path).is_some_and(|steps| !self.tree.has(&steps)));
        let missing = unknown.map(|path| self.shown_of(path)).collect();
        reduced.sort();
        reduced.dedup();
        Loss { lost: canonical.untouched(), reduced, missing }
    }

    /// Writes only the record's own numbers: how many of them contradict its id; `None` when the id
    /// has not the form that it has in this place.
    pub fn numbers(&mut self, document: &Document<'_>) -> Option<usize> {
        let mapping = self.mapping;
        self.id = document.record_id().map(str::to_owned);
        let mut canonical = Canonical::new(document, &mapping.plan.labels, mapping.id());
        if !self.record_id(&mut canonical) {
            return None;
        }
        let fields = mapping.program.fields.iter().zip(&mapping.plan.fields);
        let values = fields.filter(|(rule, _)| rule.own).filter_map(|(rule, (steps, _))| {
            let steps = steps.as_deref()?;
            let value = canonical.look(steps).filter(|_| canonical.is_own(steps))?;
            Some((rule, value))
        });
        Some(values.filter(|(rule, value)| !self.rule(rule, value.clone())).count())
    }

    /// Whether a rule would read what stands there now, as far as its condition is about fields.
    pub(super) fn would_hold(&self, when: &When) -> bool {
        let is_path = |input: &Input| matches!(input, Input::Path(_));
        let text = |input: Input| match input {
            Input::Path(path) => {
                let path = self.mapping.paths.get(usize::from(path))?;
                self.tree.text(&self.place(path)?)
            }
            Input::Value(_) | Input::RecordId | Input::Today | Input::Result => None,
        };
        !when.inputs().iter().all(is_path) || when.holds_for(text)
    }

    /// Undoes a rule into the source path that it reads; false when nothing can be written.
    pub(super) fn rule(&mut self, rule: &Rule, value: Value<'_>) -> bool {
        let Some(undone) = undo(&rule.steps, value.clone()) else { return false };
        let (said, value) = (value, undone);
        match &rule.origin {
            Origin::First(inputs) => {
                let written = inputs.iter().find(|input| self.input(**input, &value));
                written.is_some_and(|input| self.is_said(rule, *input, &said))
            }
            Origin::Template(template) => {
                let text = value.shown().unwrap_or_default().into_owned();
                let Some(parts) = unfill(template.pieces(), &text) else { return false };
                parts
                    .into_iter()
                    .fold(false, |any, (input, text)| self.input(input, &Value::text(text)) || any)
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

    /// Whether a rule will read what the record says where `back` had the say before it.
    pub(super) fn is_said(&self, rule: &Rule, input: Input, said: &Value<'_>) -> bool {
        let Input::Path(path) = input else { return true };
        let path = self.mapping.paths.get(usize::from(path));
        let settled = path.and_then(|path| self.tree.settled(&self.seat.at(path)?));
        settled.is_none_or(|text| reads_as(rule, text, said))
    }

    pub(super) fn input(&mut self, input: Input, value: &Value<'_>) -> bool {
        let mapping = self.mapping;
        match input {
            Input::Path(path) => {
                mapping.paths.get(usize::from(path)).is_some_and(|path| self.set(path, value))
            }
            Input::Value(index) => match mapping.program.values.get(usize::from(index)) {
                Some(rule) => self.rule(rule, value.clone()),
                None => false,
            },
            Input::RecordId => value.shown().as_deref() == self.id.as_deref(),
            Input::Today | Input::Result => false,
        }
    }

    fn set(&mut self, path: &SourcePath, value: &Value<'_>) -> bool {
        let Some(steps) = self.place(path) else { return false };
        if self.seat.is_told(path, self.mapping) {
            return self.tree.says(&steps, value);
        }
        (!self.mapping.has_nested() || self.tree.knows(&steps)) && self.tree.set(&steps, value)
    }

    fn settle(&mut self, path: &SourcePath, value: &Value<'_>) -> bool {
        let Some(steps) = self.place(path) else { return false };
        // Of several rules for a field the first had the say; another one says it only when it agrees.
        if let Some(text) = self.tree.settled(&steps) {
            return value.shown().is_some_and(|shown| *shown == *text);
        }
        (!self.mapping.has_nested() || self.tree.knows(&steps)) && self.tree.settle(&steps, value)
    }

    /// The record id goes back into the fields that it was made of, where no rule has filled them;
    /// false when it is not of the form that it has in this place.
    fn record_id(&mut self, canonical: &mut Canonical<'_>) -> bool {
        let steps = [TargetStep::Key("source".to_owned()), TargetStep::Key("record_id".to_owned())];
        if !canonical.is_own(&steps) {
            return false;
        }
        let Some(id) = canonical.take(&steps) else { return false };
        let id = id.shown().unwrap_or_default().into_owned();
        let kind = self.mapping.kinds.get(self.seat.kind());
        let Some(found) = kind.and_then(|kind| unfill(kind.id.pieces(), &id)) else { return false };
        for (input, text) in found {
            self.input(input, &Value::text(text));
        }
        true
    }

    /// A path as messages show it.
    fn shown_of(&self, path: &SourcePath) -> String {
        let known = self.mapping.paths.iter().position(|known| known == path);
        let shown = known.and_then(|index| self.mapping.shown.get(index)).cloned();
        let separator = if self.mapping.spec.source.format == Format::Xml { '/' } else { '.' };
        shown.unwrap_or_else(|| path.shown(separator))
    }
}

impl Mapping {
    /// Whether records stand inside the elements of others.
    pub(super) fn has_nested(&self) -> bool {
        self.kinds.iter().any(|kind| kind.each.is_some())
    }
}
