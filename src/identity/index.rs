//! The index: lines, postings, edges and people, kept in step with the records.
//!
//! [`Index::upsert`] and [`Index::remove`] only note what changed; [`Index::settle`] scores what is
//! new and groups the touched neighbourhoods again. After [`Index::recount`] the state is a function
//! of the records alone, whatever the order in which they came.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::contested::Contested;
use super::edge::{Edge, Lifts};
use super::facts::Held;
use super::household::Households;
use super::ids::Ids;
use super::retrieve::{Filed, Postings, Slot};
use crate::matching::lists::{ListId, Lists};
use crate::matching::{Context, Frequencies, Line, Model, Objection, Vocabulary};
use crate::model::{BeneficiaryRecord, RecordId};

/// A pair that is worth keeping; its explanation is derived again when asked for.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct EdgeWeight {
    /// Final weight among the others, in bits.
    pub weight: f32,
    /// Why it may not join by itself.
    pub objection: Option<Objection>,
}

/// What a person, or an event, said about two records.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Assertion {
    /// They are one person.
    Same,
    /// They are two.
    Different,
}

/// One person as the index sees them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Cluster {
    /// Their records, in order of id; never empty.
    pub records: Vec<RecordId>,
}

/// What a settlement changed.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Settled {
    /// People that are new or have other records than before, in order.
    pub clusters: Vec<Cluster>,
    /// Records whose edges may have changed, in order.
    pub touched: Vec<RecordId>,
    /// Records whose candidates could not be looked through to the end: they need a person.
    pub truncated: Vec<RecordId>,
}

/// The index.
pub struct Index {
    pub(super) model: Arc<Model>,
    pub(super) vocabulary: Vocabulary,
    pub(super) frequencies: Frequencies,
    pub(super) lines: Vec<Line>,
    pub(super) ids: Ids,
    pub(super) postings: Postings,
    pub(super) households: Households,
    /// By slot: whom a record looks like, and how much.
    pub(super) edges: Lists<(Slot, Edge)>,
    pub(super) lifts: Lifts,
    pub(super) held: Held,
    /// By slot: whose record it is.
    pub(super) home: Vec<ListId>,
    /// The records of each person.
    pub(super) people: Lists<Slot>,
    pub(super) dirty: BTreeSet<Slot>,
    pub(super) moved: BTreeSet<Slot>,
    pub(super) contested: Contested,
    pub(super) truncated: BTreeSet<Slot>,
    /// Records, as counted, when everybody was last looked for.
    pub(super) anew: f32,
    position: u64,
}

/// No person yet.
pub(super) const HOMELESS: ListId = ListId::MAX;

impl Index {
    /// An empty index that decides by `model`.
    #[must_use]
    pub fn new(model: Arc<Model>) -> Self {
        Self {
            lifts: Lifts::of(&model.together),
            model,
            vocabulary: Vocabulary::default(),
            frequencies: Frequencies::default(),
            lines: Vec::new(),
            ids: Ids::default(),
            postings: Postings::default(),
            households: Households::default(),
            edges: Lists::default(),
            held: Held::default(),
            home: Vec::new(),
            people: Lists::default(),
            dirty: BTreeSet::new(),
            moved: BTreeSet::new(),
            contested: Contested::default(),
            truncated: BTreeSet::new(),
            anew: Frequencies::default().records(),
            position: 0,
        }
    }

    /// The model it decides by.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The position of the log up to which it holds everything; whoever feeds it keeps this.
    #[must_use]
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// Notes up to where in the log it holds everything.
    pub const fn advance(&mut self, position: u64) {
        self.position = position;
    }

    /// How many records it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.len() == 0
    }

    /// How many people it sees.
    #[must_use]
    pub fn people(&self) -> usize {
        self.people.filled()
    }

    /// Adds a record or replaces its former content. Takes effect at [`Index::settle`].
    pub fn upsert(&mut self, id: RecordId, record: &BeneficiaryRecord) {
        if let Some(slot) = self.ids.slot(id) {
            self.forget(slot);
            self.lines[slot as usize] = self.vocabulary.line(record, &self.model);
            self.enter(slot);
            return;
        }
        let line = self.vocabulary.line(record, &self.model);
        let slot = self.ids.enter(id);
        if slot as usize == self.lines.len() {
            self.lines.push(line);
            self.home.push(HOMELESS);
        } else {
            self.lines[slot as usize] = line;
        }
        self.enter(slot);
    }

    /// Forgets a record. Takes effect at [`Index::settle`].
    pub fn remove(&mut self, id: RecordId) {
        let Some(slot) = self.ids.remove(id) else { return };
        self.forget(slot);
        self.dirty.remove(&slot);
        self.moved.remove(&slot);
        self.truncated.remove(&slot);
        let person = std::mem::replace(&mut self.home[slot as usize], HOMELESS);
        self.leave(person, slot);
        self.moved.extend(self.people.get(person).iter().copied());
    }

    /// Takes a record from a person; a person without records is none.
    pub(super) fn leave(&mut self, person: ListId, slot: Slot) {
        if person == HOMELESS {
            return;
        }
        self.people.retain(person, |other| *other != slot);
        if self.people.get(person).is_empty() {
            self.people.give_up(person);
        }
    }

    /// Holds two records to be one person, whatever the evidence.
    pub fn assert_same(&mut self, one: RecordId, other: RecordId) {
        self.assert(one, other, Assertion::Same);
    }

    /// Holds two records to be two people, whatever the evidence.
    pub fn assert_different(&mut self, one: RecordId, other: RecordId) {
        self.assert(one, other, Assertion::Different);
    }

    pub(super) fn assert(&mut self, one: RecordId, other: RecordId, assertion: Assertion) {
        if self.held.put(one, other, assertion) {
            self.unsettle(one);
            self.unsettle(other);
        }
    }

    /// Has the neighbourhood of a record grouped again at the next settlement.
    pub(super) fn unsettle(&mut self, id: RecordId) {
        self.moved.extend(self.ids.slot(id));
    }

    fn enter(&mut self, slot: Slot) {
        let line = self.lines[slot as usize];
        self.postings.add(slot, &line, &self.vocabulary);
        self.households.add(slot, line.household);
        self.dirty.insert(slot);
        // The others of the household gain company.
        self.dirty.extend(self.households.members(line.household).iter().copied());
    }

    fn forget(&mut self, slot: Slot) {
        let line = self.lines[slot as usize];
        self.postings.remove(slot, &line, &self.vocabulary);
        self.households.remove(slot, line.household);
        self.vocabulary.forget(&mut self.lines[slot as usize]);
        self.dirty.extend(self.households.members(line.household).iter().copied());
        self.drop_edges(slot);
    }

    pub(super) fn drop_edges(&mut self, slot: Slot) {
        let others: Vec<Slot> = self.edges.get(slot).iter().map(|(other, _)| *other).collect();
        self.edges.clear(slot);
        for other in others {
            self.edges.retain(other, |(back, _)| *back != slot);
            self.moved.insert(other);
        }
    }

    pub(super) fn context(&self) -> Context<'_> {
        Context { model: &self.model, vocabulary: &self.vocabulary, frequencies: &self.frequencies }
    }

    pub(super) fn filed(&self) -> Filed<'_> {
        Filed { lines: &self.lines, vocabulary: &self.vocabulary }
    }

    /// Whether two records would be one person but for a rival that fits about as well.
    #[must_use]
    pub fn is_contested(&self, one: RecordId, other: RecordId) -> bool {
        self.contested.contains(one, other)
    }

    /// Everybody, in order.
    #[must_use]
    pub fn clusters(&self) -> Vec<Cluster> {
        let mut all: Vec<Cluster> =
            self.people.iter().map(|records| self.cluster(records)).collect();
        all.sort_unstable();
        all
    }

    /// The records of the person whose record this is, in order of id.
    #[must_use]
    pub fn person_of(&self, id: RecordId) -> Option<Cluster> {
        let records = self.people.get(self.home[self.ids.slot(id)? as usize]);
        (!records.is_empty()).then(|| self.cluster(records))
    }

    pub(super) fn cluster(&self, records: &[Slot]) -> Cluster {
        let mut records: Vec<RecordId> =
            records.iter().map(|slot| self.ids[*slot as usize]).collect();
        records.sort_unstable();
        Cluster { records }
    }
}
