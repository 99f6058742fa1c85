//! The index: lines, postings, edges and people, kept in step with the records.
//!
//! [`Index::upsert`] and [`Index::remove`] only note what changed; [`Index::settle`] scores what is
//! new and groups the touched neighbourhoods again. After [`Index::recount`] the state is a function
//! of the records alone, whatever the order in which they came.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::edge::Edge;
use super::facts::Held;
use super::household::Households;
use super::retrieve::{Filed, Postings, Slot};
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
    pub(super) ids: Vec<RecordId>,
    pub(super) by_id: FxHashMap<RecordId, Slot>,
    free: Vec<Slot>,
    pub(super) postings: Postings,
    pub(super) households: Households,
    pub(super) edges: Vec<SmallVec<[(Slot, Edge); 2]>>,
    pub(super) held: Held,
    pub(super) home: Vec<u32>,
    pub(super) people: FxHashMap<u32, Vec<Slot>>,
    pub(super) next_person: u32,
    pub(super) dirty: BTreeSet<Slot>,
    pub(super) moved: BTreeSet<Slot>,
    pub(super) contested: BTreeSet<(RecordId, RecordId)>,
    pub(super) truncated: BTreeSet<Slot>,
    /// Records, as counted, when everybody was last looked for.
    pub(super) anew: f32,
    position: u64,
}

/// No person yet.
pub(super) const HOMELESS: u32 = u32::MAX;

impl Index {
    /// An empty index that decides by `model`.
    #[must_use]
    pub fn new(model: Arc<Model>) -> Self {
        Self {
            model,
            vocabulary: Vocabulary::default(),
            frequencies: Frequencies::default(),
            lines: Vec::new(),
            ids: Vec::new(),
            by_id: FxHashMap::default(),
            free: Vec::new(),
            postings: Postings::default(),
            households: Households::default(),
            edges: Vec::new(),
            held: Held::default(),
            home: Vec::new(),
            people: FxHashMap::default(),
            next_person: 0,
            dirty: BTreeSet::new(),
            moved: BTreeSet::new(),
            contested: BTreeSet::new(),
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
        self.by_id.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// How many people it sees.
    #[must_use]
    pub fn people(&self) -> usize {
        self.people.len()
    }

    /// Adds a record or replaces its former content. Takes effect at [`Index::settle`].
    pub fn upsert(&mut self, id: RecordId, record: &BeneficiaryRecord) {
        let line = self.vocabulary.line(record, &self.model);
        if let Some(slot) = self.by_id.get(&id).copied() {
            self.forget(slot);
            self.lines[slot as usize] = line;
            self.enter(slot);
            return;
        }
        let slot = if let Some(slot) = self.free.pop() {
            self.lines[slot as usize] = line;
            self.ids[slot as usize] = id;
            slot
        } else {
            self.lines.push(line);
            self.ids.push(id);
            self.edges.push(SmallVec::new());
            self.home.push(HOMELESS);
            Slot::try_from(self.lines.len() - 1).expect("fewer than 2^32 records")
        };
        self.by_id.insert(id, slot);
        self.enter(slot);
    }

    /// Forgets a record. Takes effect at [`Index::settle`].
    pub fn remove(&mut self, id: RecordId) {
        let Some(slot) = self.by_id.remove(&id) else { return };
        self.forget(slot);
        self.dirty.remove(&slot);
        self.moved.remove(&slot);
        self.truncated.remove(&slot);
        let person = std::mem::replace(&mut self.home[slot as usize], HOMELESS);
        if let Some(records) = self.people.get_mut(&person) {
            records.retain(|other| *other != slot);
            self.moved.extend(records.iter().copied());
            if records.is_empty() {
                self.people.remove(&person);
            }
        }
        self.free.push(slot);
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
        self.moved.extend(self.by_id.get(&id).copied());
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
        self.dirty.extend(self.households.members(line.household).iter().copied());
        self.drop_edges(slot);
    }

    pub(super) fn drop_edges(&mut self, slot: Slot) {
        for (other, _) in std::mem::take(&mut self.edges[slot as usize]) {
            self.edges[other as usize].retain(|(back, _)| *back != slot);
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
        self.contested.contains(&(one.min(other), one.max(other)))
    }

    /// Everybody, in order.
    #[must_use]
    pub fn clusters(&self) -> Vec<Cluster> {
        let mut all: Vec<Cluster> =
            self.people.values().map(|records| self.cluster(records)).collect();
        all.sort_unstable();
        all
    }

    /// The records of the person whose record this is, in order of id.
    #[must_use]
    pub fn person_of(&self, id: RecordId) -> Option<Cluster> {
        let slot = self.by_id.get(&id)?;
        self.people.get(&self.home[*slot as usize]).map(|records| self.cluster(records))
    }

    pub(super) fn cluster(&self, records: &[Slot]) -> Cluster {
        let mut records: Vec<RecordId> =
            records.iter().map(|slot| self.ids[*slot as usize]).collect();
        records.sort_unstable();
        Cluster { records }
    }
}
