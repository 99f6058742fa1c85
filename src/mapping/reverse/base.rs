//! Writing onto an earlier document of the sender: what the mapping leaves out, and the form in which
//! a value was written, come back from there where the value still means the same.
//!
//! The records are undone twice: as the earlier document has them, and as they are now. What comes
//! out alike is left as the sender wrote it; only the differences are written. So a record that has
//! not changed gives the sender's document again, to the letter.

use std::borrow::Cow;
use std::collections::VecDeque;

use jiff::civil::Date;
use serde_json::Value as Json;

use crate::format::events::Events;
use crate::model::{Issue, Place};

use super::super::Mapping;
use super::super::amend::reader_of_one;
use super::super::json::JsonBytes;
use super::super::level::{Each, from_element};
use super::super::outcome::{Around, Outcome};
use super::super::path::{SourcePath, Step};
use super::super::run::{Element, Flow};
use super::Built;
use super::document::Document;
use super::edit::Grown;
use super::gather::{Gathered, Record};
use super::measure::Form;
use super::node::Node;
use super::seat::Seat;
use super::undo::Undoing;
use super::write::{Put, Tree};

/// An element as its sender wrote it, with the records that were read out of it.
pub struct Base {
    root: Node,
    records: Vec<Known>,
    /// Whether all of its records could be read.
    whole: bool,
}

/// A record of the element.
struct Known {
    /// The record, and which of the mapping's kinds it is.
    record: Record<()>,
    /// The way to it.
    path: Vec<Step>,
}

impl Base {
    /// The ids of the records that could be read.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.records.iter().filter_map(|known| known.record.id())
    }

    fn position(&self, id: Option<&str>) -> Option<usize> {
        self.records.iter().position(|known| id.is_some() && known.record.id() == id)
    }

    /// The element as a document.
    #[must_use]
    pub fn document(&self) -> Json {
        let mut json = JsonBytes::default();
        self.root.write(false, &mut json);
        serde_json::from_slice(&json.into_bytes()).unwrap_or_default()
    }

    /// Whether all of its records could be read.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.whole
    }

    /// Its records as they were, in one element.
    #[must_use]
    pub fn gathered(&self) -> Gathered<()> {
        Gathered::of(self.records.iter().map(|known| known.record.clone()).collect())
    }

    pub(super) const fn root(&self) -> &Node {
        &self.root
    }

    /// Where one of its records stands in it.
    pub(super) fn seat(&self, mapping: &Mapping, index: usize) -> Seat {
        let known = self.records.get(index);
        let (kind, ordinal) = known.map_or((0, 0), |known| {
            let ordinal = match known.path.last() {
                Some(Step::Nth(ordinal)) => *ordinal as usize,
                Some(Step::Key(_) | Step::Last | Step::All | Step::Where(_) | Step::Pick(..))
                | None => 0,
            };
            (known.record.kind, ordinal)
        });
        Seat::new(mapping, kind, ordinal, true)
    }
}

impl Mapping {
    /// Reads an element to write onto; `None` when it cannot be read at all.
    #[must_use]
    pub fn base(&self, element: &[u8], around: &Around, today: Date) -> Option<Base> {
        let mut file = self.elements(reader_of_one(self, element, around));
        let element = file.next()?.ok()?;
        let mut grown = Grown::default();
        element.walk(&mut grown).ok()?;
        Some(self.base_from(&element, grown.finish(), around, today))
    }

    /// The same of a record that is at hand as a document: XML with `@` before the names of
    /// attributes and `#text` for a text beside them, repeated elements as lists.
    #[must_use]
    pub fn base_of(&self, document: &Json, today: Date) -> Base {
        let tree = Tree::shown(document, self.spec.source.format);
        let standing = Built { tree, order: &[], losses: Vec::new() };
        let root = standing.root().clone();
        self.base_from(&standing, root, &Around::default(), today)
    }

    fn base_from(&self, element: &impl Element, root: Node, around: &Around, today: Date) -> Base {
        let mut flow = Flow::new(self, self.id(), today);
        flow.resume(&around.carried);
        let mut outcomes = VecDeque::new();
        flow.element(element, &mut (), &mut outcomes);
        let mut whole = outcomes.iter().all(|outcome| matches!(outcome, Outcome::Accepted(_)));
        let known = outcomes.into_iter().enumerate().filter_map(|(index, outcome)| {
            let Outcome::Accepted(record) = outcome else { return None };
            let document = Document::parse(&record.canonical)?;
            // Records deeper than one group have no way back yet.
            let nested = flow.nested(index);
            let is_nested = |kind: &usize| {
                self.kinds.get(*kind).is_some_and(|kind| kind.each.is_some() == nested.is_some())
            };
            let kinds = (0..self.kinds.len()).filter(is_nested);
            let kind = kinds.into_iter().nth(nested.as_ref().map_or(0, |(kind, ..)| *kind))?;
            let path = nested.map_or_else(Vec::new, |(_, way, items)| {
                from_element(way, items, &SourcePath::of(Vec::new()))
            });
            let record = Record::new(&record.canonical, &document, kind, ());
            Some(Known { record, path })
        });
        let mut records: Vec<Known> = Vec::new();
        for known in known {
            // Of two records of one id a file has only the first.
            let again = records.iter().any(|other| other.record.id() == known.record.id());
            whole &= !again;
            if !again {
                records.push(known);
            }
        }
        Base { root, records, whole }
    }

    /// Puts the records of one element into it as the sender wrote it before. Records of the earlier
    /// element that are not among them are not written.
    #[must_use]
    pub fn build_onto<T>(&self, gathered: &Gathered<T>, base: &Base) -> Built<'_> {
        // Of a wide row the columns of who is gone would stay: it is written anew.
        if self.kinds.iter().any(|kind| kind.columns.is_some()) {
            return self.build(gathered);
        }
        let placed = Placed::new(self, gathered, base);
        let (mut then, mut now) = (self.tree().keeping(), self.tree().keeping());
        let known = base.records.iter().zip(&placed.then);
        for nested in [false, true] {
            for (known, seat) in known.clone() {
                if let Some(seat) = seat.as_ref().filter(|seat| seat.is_nested() == nested) {
                    let undoing = Undoing::new(self, &mut then, seat).onto(&base.root);
                    { undoing }.record(&known.record.document());
                }
            }
        }
        let losses = self.fill(&mut now, gathered, &placed.now, Some(&base.root));
        let mut tree = then;
        let mut before = tree.replace(placed.root);
        if !placed.own_stays {
            before.retain(|put| self.is_nested(&put.path));
        }
        let after = now.replace(Node::Empty);
        self.apply(&mut tree, &before, &after);
        for group in &self.program.groups {
            let level = group.way.first().and_then(|l| self.levels.all().get(usize::from(*l)));
            if let Some(Each::Items(list)) = level.map(|level| &level.each) {
                tree.close_gaps(list);
            }
        }
        let tree = tree.of_rows(self.rows.as_ref().map(|rows| &*rows.name));
        let mut built = Built { tree, order: &self.plan.order, losses };
        built.tell_missing();
        built
    }

    /// Makes the differences between what was put before and after.
    fn apply(&self, tree: &mut Tree<'_>, before: &[Put], after: &[Put]) {
        let mut leaned = false;
        for put in after {
            let same = before.iter().any(|was| was.path == put.path && was.value == put.value);
            // A cell that leans on the rows above would say something else elsewhere.
            let said = tree.text(&put.path).unwrap_or_default();
            let says = |text: Cow<'_, str>| text == said || Form::of(said, &text).is_some();
            let leans = self.is_carried(&put.path) && !put.value.shown().is_some_and(says);
            leaned |= leans;
            if !same || leans {
                tree.overwrite(put);
                if let Some(rows) = &self.rows {
                    tree.leave_to_record(&rows.name, &put.path);
                }
            }
        }
        // Once one cell is written out, no other may say "as above": it has nothing from there.
        if leaned {
            let unsaid = |path: &&SourcePath| !after.iter().any(|put| put.path == path.steps);
            self.carried().filter(unsaid).for_each(|path| tree.remove(&path.steps));
        }
        let gone = |put: &&Put| !after.iter().any(|now| now.path == put.path);
        for put in before.iter().filter(gone) {
            let item = put.path.iter().position(|step| matches!(step, Step::Nth(_)));
            let whole = item.and_then(|at| put.path.get(..=at));
            match whole.filter(|whole| !after.iter().any(|now| now.path.starts_with(whole))) {
                Some(whole) => tree.remove(whole),
                None => tree.remove(&put.path),
            }
        }
    }

    fn is_nested(&self, path: &[Step]) -> bool {
        let each = self.kinds.iter().filter_map(|kind| kind.each.as_ref());
        each.into_iter().any(|each| path.starts_with(&each.steps))
    }

    fn is_carried(&self, path: &[Step]) -> bool {
        self.carried().any(|known| known.steps == path)
    }

    /// The cells that a row may take from the rows above it.
    fn carried(&self) -> impl Iterator<Item = &SourcePath> {
        let inherited = self.inherit.iter().flat_map(|inherit| &inherit.fields);
        let carried = self.carry_down.iter().chain(inherited);
        carried.filter_map(|index| self.paths.get(usize::from(*index)))
    }
}

/// Where the records of both times sit, and the earlier document without those that are gone.
struct Placed {
    root: Node,
    /// Whether the element's own record is there before and after; else nothing of it is.
    own_stays: bool,
    then: Vec<Option<Seat>>,
    now: Vec<Seat>,
}

impl Placed {
    fn new<T>(mapping: &Mapping, gathered: &Gathered<T>, base: &Base) -> Self {
        let met: Vec<Option<usize>> =
            gathered.records().map(|record| base.position(record.id())).collect();
        let is_own = |kind: usize| mapping.kinds.get(kind).is_some_and(|kind| kind.each.is_none());
        let own_now = gathered.records().any(|record| is_own(record.kind));
        let stays = |index: usize| met.contains(&Some(index));
        let own_stays = base
            .records
            .iter()
            .enumerate()
            .any(|(index, known)| is_own(known.record.kind) && stays(index));
        let mut root = if own_stays { base.root.clone() } else { Node::Object(Vec::new()) };
        let mut then: Vec<Option<Seat>> = base.records.iter().map(|_| None).collect();
        let mut next = Vec::new();
        for (kind, spec) in mapping.kinds.iter().enumerate() {
            let mut kept = Vec::new();
            for (index, known) in base.records.iter().enumerate() {
                if known.record.kind != kind || !stays(index) {
                    continue;
                }
                if let Some(seat) = then.get_mut(index) {
                    *seat = Some(Seat::new(mapping, kind, kept.len(), own_stays));
                }
                if spec.each.is_some() {
                    kept.push(base.root.at(&known.path).cloned().unwrap_or_default());
                }
            }
            next.push(kept.len());
            if let Some(each) = spec.each.as_ref().filter(|each| !each.steps.contains(&Step::All)) {
                root.place(&each.steps, kept);
            }
        }
        let now = gathered.records().zip(&met).map(|(record, met)| {
            let index = met.and_then(|met| then.get(met)?.as_ref()).map(Seat::index);
            let index = index.unwrap_or_else(|| {
                let new = next.get(record.kind).copied().unwrap_or_default();
                if let Some(next) = next.get_mut(record.kind) {
                    *next += 1;
                }
                new
            });
            Seat::new(mapping, record.kind, index, own_now)
        });
        let now = now.collect();
        Self { root, own_stays, then, now }
    }
}

impl Built<'_> {
    pub(super) const fn root(&self) -> &Node {
        self.tree.root()
    }

    /// The element as a document.
    #[must_use]
    pub fn document(&self) -> Json {
        let mut json = JsonBytes::default();
        self.root().write(false, &mut json);
        serde_json::from_slice(&json.into_bytes()).unwrap_or_default()
    }

    /// The element as it would be read again.
    #[must_use]
    pub fn read(&self, mapping: &Mapping, today: Date) -> Vec<Outcome> {
        let mut outcomes = VecDeque::new();
        Flow::new(mapping, mapping.id(), today).element(self, &mut (), &mut outcomes);
        outcomes.into()
    }
}

impl Element for Built<'_> {
    fn walk<'s>(&'s self, sink: &mut impl Events<'s>) -> Result<(), Issue> {
        self.tree.walk(sink);
        Ok(())
    }

    fn place(&self) -> Place {
        Place::default()
    }

    fn place_of(&self, _: u32) -> Place {
        Place::default()
    }

    fn raw(&self) -> &[u8] {
        &[]
    }
}
