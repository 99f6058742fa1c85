//! The way back: from canonical records to the sender's format.
//!
//! For each source path that rules read, the rules are undone in their order until one has
//! something to say. `back` adds what cannot be derived. What no path takes is the loss. Records that
//! were read out of one element are put into one element again ([`Gathering`]).

mod base;
mod document;
mod edit;
mod gather;
mod groups;
mod measure;
mod names;
mod node;
mod plan;
mod read;
mod rule;
mod seat;
mod undo;
mod write;

use crate::format::events::Events;
use crate::model::{Issue, IssueCode, Place};

use super::Mapping;
use super::group::Group;
use super::program::{Origin, Rule};
use super::scene::Input;
use super::spec::Format;
use super::value::Class;

pub use base::Base;
pub use gather::{Gathered, Gathering};
pub use measure::{FieldTrip, Form, RoundTrip, RoundTripReport};
pub use plan::Plan;
pub use rule::BackRule;

use document::Document;
use node::Node;
use seat::{Belonging, Seat};
use undo::Undoing;
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

/// One element of the sender's format, ready to be written.
pub struct Built<'m> {
    tree: Tree<'m>,
    order: &'m [String],
    /// What each record lost, in the order in which they were gathered.
    pub losses: Vec<Loss>,
}

impl<'m> Built<'m> {
    /// The elements that it takes in the sender's file: one, or the rows that make one record.
    pub fn parts(self) -> impl Iterator<Item = Built<'m>> {
        let order = self.order;
        let rows = self.tree.into_rows().into_iter();
        rows.map(move |tree| Built { tree, order, losses: Vec::new() })
    }
}

impl Built<'_> {
    /// Writes the element.
    pub fn write(self, out: &mut impl for<'o> Events<'o>) {
        self.tree.write(self.order, out);
    }

    /// What the document as a whole lacks is told of its first record.
    fn tell_missing(&mut self) {
        if let Some(first) = self.losses.first_mut() {
            first.missing.extend(self.tree.missing());
        }
        for loss in &mut self.losses {
            loss.missing.sort();
            loss.missing.dedup();
        }
    }
}

impl Mapping {
    /// Writes one canonical record in the sender's format. Several that belong into one element are
    /// written by [`Mapping::build`].
    ///
    /// # Errors
    /// When the bytes are no JSON document.
    pub fn reverse(
        &self,
        canonical: &[u8],
        out: &mut impl for<'o> Events<'o>,
    ) -> Result<Loss, Vec<Issue>> {
        let mut built = if self.has_nested() || self.spec.source.format == Format::Canonical {
            self.build(&Gathered::of_one(self, canonical)?)
        } else {
            self.build_one(&parse(canonical)?)
        };
        let loss = built.losses.pop().unwrap_or_default();
        built.write(out);
        Ok(loss)
    }

    /// Puts the records of one element into it.
    #[must_use]
    pub fn build<T>(&self, gathered: &Gathered<T>) -> Built<'_> {
        if self.spec.source.format == Format::Canonical {
            let document = gathered.documents().next().unwrap_or_default();
            let losses = vec![Loss::default()];
            return Built { tree: Tree::of(&document), order: &[], losses };
        }
        let mut tree = self.tree();
        let losses = self.fill(&mut tree, gathered, &gathered.seats(self), None);
        self.built(tree, losses)
    }

    /// Puts a record that stands alone into an element of its own.
    fn build_one(&self, document: &Document<'_>) -> Built<'_> {
        let kind = Belonging::of(document, self).kind;
        let seat = Seat::new(self, kind, 0, true);
        let mut tree = self.tree();
        let loss = Undoing::new(self, &mut tree, &seat).record(document);
        self.built(tree, vec![loss])
    }

    fn built<'m>(&'m self, tree: Tree<'m>, losses: Vec<Loss>) -> Built<'m> {
        let mut built = Built { tree, order: &self.plan.order, losses };
        built.tell_missing();
        built
    }

    /// Whether a text stands for nothing in the sender's files.
    fn is_empty_text(&self, text: &str) -> bool {
        self.spec.source.empty.iter().any(|empty| empty == text.trim())
    }

    fn tree(&self) -> Tree<'_> {
        let rows = self.rows.as_ref().map(|rows| &*rows.name);
        let tree = Tree::new(self.schema.as_deref(), self.spec.source.format).of_rows(rows);
        // What a group could not say after all is taken out again.
        if self.program.groups.is_empty() { tree } else { tree.keeping() }
    }

    /// Puts each record into its place. What stands in the element itself is said by its own record,
    /// not by those within it, so that one comes first.
    fn fill<'m, T>(
        &'m self,
        tree: &mut Tree<'m>,
        gathered: &Gathered<T>,
        seats: &[Seat],
        base: Option<&Node>,
    ) -> Vec<Loss> {
        let mut losses = vec![Loss::default(); seats.len()];
        for nested in [false, true] {
            let those = gathered.records().zip(seats).zip(&mut losses);
            for ((record, seat), loss) in those.filter(|((_, seat), _)| seat.is_nested() == nested)
            {
                let mut undoing = Undoing::new(self, tree, seat);
                if let Some(base) = base {
                    undoing = undoing.onto(base);
                }
                *loss = undoing.record(&record.document());
            }
        }
        losses
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
            .chain(self.program.groups.iter().flat_map(|group| self.classes_of(group)))
            .collect()
    }

    /// The same of a group: items below another repeated group that has no rules have no way back.
    fn classes_of(&self, group: &Group) -> Vec<FieldClass> {
        let fields = group.fields.iter().map(|rule| {
            let path = self.first_path(rule);
            let returns = group.way.len() == 1 && (path.is_some() || !rule.reads);
            let class = if returns { rule.class() } else { Class::OneWay };
            let source = path.and_then(|path| self.shown.get(usize::from(path)).cloned());
            FieldClass { field: rule.name.to_string(), source, class }
        });
        fields.chain(group.groups.iter().flat_map(|inner| self.classes_of(inner))).collect()
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
                Input::Value(_) | Input::RecordId | Input::Today | Input::Result => None,
            }),
            Origin::Constant(_) | Origin::Choose(_) => None,
        }
    }
}

/// The document of a canonical record.
fn parse(canonical: &[u8]) -> Result<Document<'_>, Vec<Issue>> {
    Document::parse(canonical)
        .ok_or_else(|| vec![Issue::error(IssueCode::InvalidTarget, Place::default())])
}
