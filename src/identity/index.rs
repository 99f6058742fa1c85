//! The index: lines, postings, edges and people, kept in step with the records.
//!
//! [`Index::upsert`] and [`Index::remove`] only note what changed; [`Index::settle`] scores what is
//! new and groups the touched neighbourhoods again. After [`Index::recount`] the state is a function
//! of the records alone, whatever the order in which they came.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use super::cluster::{self, Tie};
use super::facts::Held;
use super::household::{Acquaintance, Households, Table};
use super::retrieve::{Postings, Slot, Wanted};
use crate::matching::score::most_company;
use crate::matching::{
    Company, Context, Frequencies, Line, Model, Objection, Score, Vocabulary, score,
};
use crate::model::{BeneficiaryRecord, RecordId};

/// The shares are counted again when the population has grown or shrunk by this factor since: with
/// one tenth a share is at most a seventh of a bit out of date.
const RECOUNT: f32 = 1.1;
/// Records in one piece of work for one of the two threads of a large settlement.
const PARALLEL_FROM: usize = 512;

/// An edge as kept: the explanation is derived again when asked for.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct EdgeWeight {
    /// Final weight, in bits.
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
    edges: Vec<SmallVec<[(Slot, EdgeWeight); 2]>>,
    pub(super) held: Held,
    pub(super) home: Vec<u32>,
    pub(super) people: FxHashMap<u32, Vec<Slot>>,
    next_person: u32,
    dirty: BTreeSet<Slot>,
    moved: BTreeSet<Slot>,
    contested: BTreeSet<(RecordId, RecordId)>,
    position: u64,
}

/// No person yet.
const HOMELESS: u32 = u32::MAX;

type Found = (Slot, Vec<(Slot, EdgeWeight)>, bool);

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

    fn drop_edges(&mut self, slot: Slot) {
        for (other, _) in std::mem::take(&mut self.edges[slot as usize]) {
            self.edges[other as usize].retain(|(back, _)| *back != slot);
            self.moved.insert(other);
        }
    }

    pub(super) fn context(&self) -> Context<'_> {
        Context { model: &self.model, vocabulary: &self.vocabulary, frequencies: &self.frequencies }
    }

    /// Counts the shares of all values again and scores every pair anew at the next settlement.
    pub fn recount(&mut self) {
        let lines = self.by_id.values().map(|slot| &self.lines[*slot as usize]);
        self.frequencies = Frequencies::count(lines, &self.vocabulary);
        self.dirty.extend(self.by_id.values().copied());
    }

    /// Scores what changed and groups the touched neighbourhoods again.
    pub fn settle(&mut self) -> Settled {
        let growth = self.frequencies.growth(self.by_id.len());
        if !(1.0 / RECOUNT..=RECOUNT).contains(&growth) {
            self.recount();
        }
        let dirty: Vec<Slot> = std::mem::take(&mut self.dirty).into_iter().collect();
        let mut truncated: Vec<RecordId> = Vec::new();
        let direct = self.in_parallel(&dirty, |index, slots| index.score_found(slots));
        // All edges of what changed go before any new one comes: an edge between two of them would
        // otherwise be dropped again.
        dirty.iter().for_each(|slot| self.drop_edges(*slot));
        for (slot, edges, cut) in direct {
            if cut {
                truncated.push(self.ids[slot as usize]);
            }
            self.put_edges(slot, edges);
        }
        let by_company = self.in_parallel(&dirty, |index, slots| index.score_company(slots));
        for (slot, edges, _) in by_company {
            self.put_edges(slot, edges);
        }
        self.moved.extend(dirty.iter().copied());
        let moved = std::mem::take(&mut self.moved);
        let mut touched: Vec<RecordId> =
            moved.iter().map(|slot| self.ids[*slot as usize]).collect();
        touched.sort_unstable();
        truncated.sort_unstable();
        Settled { clusters: self.regroup(&moved), touched, truncated }
    }

    fn put_edges(&mut self, slot: Slot, edges: Vec<(Slot, EdgeWeight)>) {
        for (other, edge) in edges {
            for (from, to) in [(slot, other), (other, slot)] {
                let list = &mut self.edges[from as usize];
                match list.iter_mut().find(|(known, _)| *known == to) {
                    Some((_, known)) => *known = edge,
                    None => list.push((to, edge)),
                }
                self.moved.insert(from);
            }
        }
    }

    /// Runs `work` over the slots, on two threads when there are many.
    fn in_parallel<F>(&self, slots: &[Slot], work: F) -> Vec<Found>
    where
        F: Fn(&Self, &[Slot]) -> Vec<Found> + Sync,
    {
        if slots.len() < PARALLEL_FROM {
            return work(self, slots);
        }
        let (first, second) = slots.split_at(slots.len() / 2);
        std::thread::scope(|scope| {
            let other = scope.spawn(|| work(self, second));
            let mut found = work(self, first);
            // A panic in the other half is a panic of the whole.
            found.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            found
        })
    }

    /// The edges of records to those who share evidence with them.
    fn score_found(&self, slots: &[Slot]) -> Vec<Found> {
        let mut acquaintance = Acquaintance::default();
        let mut result = Vec::with_capacity(slots.len());
        for slot in slots {
            let line = &self.lines[*slot as usize];
            let candidates = self.postings.candidates(&Wanted::of(line, &self.vocabulary));
            let edges = self.score_all(*slot, &candidates.slots, &mut acquaintance);
            result.push((*slot, edges, candidates.truncated));
        }
        result
    }

    /// The edges of records to the members of households that theirs is acquainted with.
    fn score_company(&self, slots: &[Slot]) -> Vec<Found> {
        let join = self.model.thresholds.join;
        let mut acquaintance = Acquaintance::default();
        let mut result = Vec::new();
        for slot in slots {
            let own = self.lines[*slot as usize].household;
            let mut homes: BTreeSet<u32> = BTreeSet::new();
            for member in self.households.members(own).iter().filter(|member| *member != slot) {
                let edges = self.edges[*member as usize].iter();
                let sure =
                    edges.filter(|(_, edge)| edge.weight >= join && edge.objection.is_none());
                homes.extend(sure.map(|(other, _)| self.lines[*other as usize].household));
            }
            homes.remove(&own);
            let known: FxHashSet<Slot> =
                self.edges[*slot as usize].iter().map(|(other, _)| *other).collect();
            let members = homes.iter().flat_map(|home| self.households.members(*home));
            let new: Vec<Slot> = members.copied().filter(|other| !known.contains(other)).collect();
            result.push((*slot, self.score_all(*slot, &new, &mut acquaintance), false));
        }
        result
    }

    fn score_all(
        &self,
        slot: Slot,
        candidates: &[Slot],
        acquaintance: &mut Acquaintance,
    ) -> Vec<(Slot, EdgeWeight)> {
        let context = self.context();
        let prepared = context.prepare(self.lines[slot as usize]);
        let least = self.model.thresholds.review - most_company(context);
        let mut edges = Vec::new();
        for other in candidates.iter().copied().filter(|other| *other != slot) {
            let alone = score(&prepared, &self.lines[other as usize], Company::Unknown, context);
            if alone.weight < least {
                continue;
            }
            let scored = self.score_pair(&prepared, slot, other, acquaintance);
            if scored.weight >= self.model.thresholds.review {
                let edge = EdgeWeight { weight: scored.weight, objection: scored.objection };
                edges.push((other, edge));
            }
        }
        edges
    }

    fn score_pair(
        &self,
        prepared: &crate::matching::Prepared,
        slot: Slot,
        other: Slot,
        acquaintance: &mut Acquaintance,
    ) -> Score {
        let context = self.context();
        let table = Table { lines: &self.lines, ids: &self.ids };
        let company = acquaintance.company((slot, other), &self.households, table, context);
        score(prepared, &self.lines[other as usize], company, context)
    }

    /// The waterfall of a pair, scored with the shares of the last count.
    #[must_use]
    pub fn explain(&self, one: RecordId, other: RecordId) -> Option<Score> {
        // The smaller id is the left side, so that a pair has one explanation.
        let left = *self.by_id.get(&one.min(other))?;
        let right = *self.by_id.get(&one.max(other))?;
        let prepared = self.context().prepare(self.lines[left as usize]);
        Some(self.score_pair(&prepared, left, right, &mut Acquaintance::default()))
    }

    /// The edges of a record, in order of the other's id.
    #[must_use]
    pub fn edges(&self, id: RecordId) -> Vec<(RecordId, EdgeWeight)> {
        let Some(slot) = self.by_id.get(&id) else { return Vec::new() };
        let edges = self.edges[*slot as usize].iter();
        let mut found: Vec<_> =
            edges.map(|(other, edge)| (self.ids[*other as usize], *edge)).collect();
        found.sort_unstable_by_key(|(id, _)| *id);
        found
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

    /// The tie of two records that an edge or an assertion connects.
    fn tie(&self, one: RecordId, other: RecordId, edge: Option<EdgeWeight>) -> Tie {
        match self.held.of(one, other) {
            Some(Assertion::Same) => return Tie::Same,
            Some(Assertion::Different) => return Tie::Apart,
            None => {}
        }
        let thresholds = &self.model.thresholds;
        let Some(edge) = edge else { return Tie::Weight(thresholds.absent) };
        match edge.objection {
            None => Tie::Weight(edge.weight),
            Some(Objection::DifferentNumbers | Objection::PerhapsTwins) => Tie::Apart,
            // Not enough to join by itself, and no argument against.
            Some(Objection::TooFewFields | Objection::OppositeSex) => {
                Tie::Weight(edge.weight.min(thresholds.join - 1.0))
            }
        }
    }

    /// Groups the neighbourhoods of the slots again and returns who is new or has changed.
    fn regroup(&mut self, moved: &BTreeSet<Slot>) -> Vec<Cluster> {
        let mut seen: FxHashSet<Slot> = FxHashSet::default();
        let mut changed = Vec::new();
        for slot in moved {
            if self.home.get(*slot as usize).is_none()
                || !self.is_live(*slot)
                || seen.contains(slot)
            {
                continue;
            }
            let neighbourhood = self.neighbourhood(*slot);
            seen.extend(neighbourhood.iter().copied());
            self.regroup_one(neighbourhood, &mut changed);
        }
        changed.sort_unstable();
        changed
    }

    fn is_live(&self, slot: Slot) -> bool {
        self.by_id.get(&self.ids[slot as usize]) == Some(&slot)
    }

    /// All records that strong edges, assertions or a common past connect with a record.
    fn neighbourhood(&self, start: Slot) -> Vec<Slot> {
        let least = self.model.thresholds.join - self.model.thresholds.margin;
        let mut found: FxHashSet<Slot> = FxHashSet::default();
        let mut open = vec![start];
        while let Some(slot) = open.pop() {
            if !found.insert(slot) {
                continue;
            }
            let strong = self.edges[slot as usize].iter().filter(|(_, edge)| edge.weight >= least);
            open.extend(strong.map(|(other, _)| *other));
            open.extend(self.people.get(&self.home[slot as usize]).into_iter().flatten());
            open.extend(self.asserted_same(self.ids[slot as usize]));
        }
        let mut slots: Vec<Slot> = found.into_iter().collect();
        slots.sort_unstable_by_key(|slot| self.ids[*slot as usize]);
        slots
    }

    fn asserted_same(&self, id: RecordId) -> impl Iterator<Item = Slot> + '_ {
        let others = self.held.others(id).iter();
        let same = others.filter(move |other| self.held.of(id, **other) == Some(Assertion::Same));
        same.filter_map(|other| self.by_id.get(other).copied())
    }

    fn regroup_one(&mut self, slots: Vec<Slot>, changed: &mut Vec<Cluster>) {
        let places: FxHashMap<Slot, usize> =
            slots.iter().enumerate().map(|(place, slot)| (*slot, place)).collect();
        let mut ties: BTreeMap<(usize, usize), Tie> = BTreeMap::new();
        for (place, slot) in slots.iter().enumerate() {
            for (other, edge) in &self.edges[*slot as usize] {
                if let Some(there) = places.get(other).filter(|there| **there > place) {
                    let (one, two) = (self.ids[*slot as usize], self.ids[*other as usize]);
                    ties.insert((place, *there), self.tie(one, two, Some(*edge)));
                }
            }
        }
        for (place, slot) in slots.iter().enumerate() {
            let one = self.ids[*slot as usize];
            for other in self.held.others(one) {
                let there = self.by_id.get(other).and_then(|slot| places.get(slot)).copied();
                if let Some(there) = there.filter(|there| *there > place) {
                    ties.insert((place, there), self.tie(one, *other, None));
                }
            }
        }
        let edges: Vec<cluster::Edge> =
            ties.into_iter().map(|((a, b), tie)| cluster::Edge { a, b, tie }).collect();
        let outcome = cluster::cluster(slots.len(), &edges, &self.model.thresholds);
        let ids: BTreeSet<RecordId> = slots.iter().map(|slot| self.ids[*slot as usize]).collect();
        self.contested.retain(|(one, other)| !ids.contains(one) && !ids.contains(other));
        for (a, b) in outcome.contested {
            let (one, other) = (self.ids[slots[a] as usize], self.ids[slots[b] as usize]);
            self.contested.insert((one.min(other), one.max(other)));
        }
        for group in outcome.groups {
            let members: Vec<Slot> = group.iter().map(|place| slots[*place]).collect();
            self.settle_group(members, changed);
        }
    }

    /// Gives a group its home; a group that was exactly so before keeps it and is no change.
    fn settle_group(&mut self, mut members: Vec<Slot>, changed: &mut Vec<Cluster>) {
        members.sort_unstable();
        let Some(first) = members.first() else { return };
        let home = self.home[*first as usize];
        if self.people.get(&home).is_some_and(|before| *before == members) {
            return;
        }
        let person = self.next_person;
        self.next_person = self.next_person.wrapping_add(1) % HOMELESS;
        for slot in &members {
            let before = std::mem::replace(&mut self.home[*slot as usize], person);
            if let Some(records) = self.people.get_mut(&before) {
                records.retain(|other| other != slot);
                if records.is_empty() {
                    self.people.remove(&before);
                }
            }
        }
        changed.push(self.cluster(&members));
        self.people.insert(person, members);
    }
}
