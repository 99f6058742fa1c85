//! What a settlement does: candidates are found and scored, then the touched neighbourhoods are
//! grouped again.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use super::edge::Edge;
use super::household::{Acquaintance, Table};
use super::index::{Index, Settled};
use super::retrieve::{Slot, Wanted};
use crate::matching::symbols::Symbol;
use crate::matching::variants::variants;
use crate::matching::{Frequencies, Prepared, Seen, Weighed, weigh};
use crate::model::RecordId;

/// The shares are counted again when the population has grown or shrunk by this factor since: with
/// one tenth a share is at most a seventh of a bit out of date.
const RECOUNT: f32 = 1.1;
/// Everybody is looked for again when the population has grown or shrunk by this factor since. Until then only the pairs
/// that are kept are weighed with the new shares: what shares move meanwhile lifts no pair from below `keep` to a review.
/// So a register that comes in pieces costs about twice as much as one that comes at once, and not eleven times.
const ANEW: f32 = 2.0;
/// A weight that moves by less than this, in bits, changes nobody's neighbourhood.
const MOVED: f32 = 0.1;
/// Records in one piece of work for one of the two threads of a large settlement.
const PARALLEL_FROM: usize = 512;

/// Records whose edges are found before they are put into place: what waits takes memory.
const PIECE: usize = 1 << 16;

/// What is done about a pair that would be nothing without its households.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Far {
    /// Left: the households are not looked at.
    Left,
    /// Looked at, and set aside.
    Aside,
}

type Found = (Slot, Vec<(Slot, Edge)>, bool);

impl Index {
    /// Counts the shares of all values again and scores every pair anew at the next settlement.
    pub fn recount(&mut self) {
        self.count_shares();
        self.dirty.extend(self.ids.slots());
        self.anew = self.frequencies.records();
    }

    /// Counts the shares of all values and learns forms of names; who bears a form that is new, or none any more, is
    /// looked for again.
    fn count_shares(&mut self) {
        let before: BTreeSet<(Symbol, Symbol)> =
            self.vocabulary.symbols.learnt().iter().copied().collect();
        let lines = || self.ids.slots().map(|slot| &self.lines[slot as usize]);
        // What was learnt before must not hide what teaches it again.
        self.vocabulary.symbols.learn(Vec::new(), &self.model.equivalences);
        let learnt = variants(lines(), &self.vocabulary, &self.model);
        self.vocabulary.symbols.learn(learnt, &self.model.equivalences);
        self.frequencies = Frequencies::count(lines(), &self.vocabulary);
        let after: BTreeSet<(Symbol, Symbol)> =
            self.vocabulary.symbols.learnt().iter().copied().collect();
        let changed: FxHashSet<Symbol> =
            before.symmetric_difference(&after).flat_map(|(one, other)| [*one, *other]).collect();
        let bears = |slot: &Slot| {
            let line = &self.lines[*slot as usize];
            line.given().chain(line.family()).any(|name| changed.contains(&name))
        };
        self.dirty.extend(self.ids.slots().filter(bears));
    }

    /// Scores what changed and groups the touched neighbourhoods again.
    pub fn settle(&mut self) -> Settled {
        let growth = self.frequencies.growth(self.ids.len());
        let since_anew = growth * self.frequencies.records() / self.anew;
        let outgrown = |growth: f32, factor: f32| !(1.0 / factor..=factor).contains(&growth);
        let mut newly_counted = false;
        if outgrown(growth, RECOUNT) {
            if outgrown(since_anew, ANEW) {
                self.recount();
            } else {
                self.count_shares();
                newly_counted = true;
            }
        }
        let dirty: Vec<Slot> = std::mem::take(&mut self.dirty).into_iter().collect();
        let mut truncated: Vec<RecordId> = Vec::new();
        // All edges of what changed go before any new one comes: an edge between two of them would
        // otherwise be dropped again.
        dirty.iter().for_each(|slot| self.drop_edges(*slot));
        for piece in dirty.chunks(PIECE) {
            for (slot, edges, cut) in
                self.in_parallel(piece, |index, slots| index.weigh_found(slots))
            {
                if cut {
                    truncated.push(self.ids[slot as usize]);
                    self.truncated.insert(slot);
                } else {
                    self.truncated.remove(&slot);
                }
                self.put_edges(slot, edges);
            }
        }
        if newly_counted {
            self.reweigh(&dirty);
        }
        let by_company = self.in_parallel(&dirty, |index, slots| index.weigh_company(slots));
        for (slot, edges, _) in by_company {
            self.put_edges(slot, edges);
        }
        let near = self.with_neighbours(&dirty);
        let acquainted = self.in_parallel(&near, |index, slots| index.weigh_acquainted(slots));
        for (slot, edges, _) in acquainted {
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

    /// Weighs the kept pairs of records that have not changed with the new shares.
    fn reweigh(&mut self, dirty: &[Slot]) {
        let mut slots: Vec<Slot> = self.ids.slots().collect();
        slots.retain(|slot| !self.edges.get(*slot).is_empty());
        slots.sort_unstable();
        let is_dirty = |slot: &Slot| dirty.binary_search(slot).is_ok();
        slots.retain(|slot| !is_dirty(slot));
        let weighed = self.in_parallel(&slots, |index, slots| {
            let mut acquaintance = Acquaintance::default();
            let weigh = |slot: &Slot| {
                let kept = index.edges.get(*slot).iter().map(|(other, _)| *other);
                let others = kept.filter(|other| other > slot && !is_dirty(other));
                let prepared = index.context().prepare(index.lines[*slot as usize]);
                let edge = |other: Slot| {
                    let pair = index.weigh_pair(&prepared, *slot, other, &mut acquaintance);
                    (other, Edge::of(&pair))
                };
                (*slot, others.map(edge).collect(), false)
            };
            slots.iter().map(weigh).collect()
        });
        for (slot, edges, _) in weighed {
            for (other, edge) in edges {
                self.replace_edge(slot, other, edge);
            }
        }
    }

    /// Puts a kept pair's new weight in place of the old one; those whose neighbourhood it changes are moved.
    fn replace_edge(&mut self, slot: Slot, other: Slot, edge: Edge) {
        let keep = self.model.thresholds.keep;
        for (from, to) in [(slot, other), (other, slot)] {
            let list = self.edges.get_mut(from);
            let Some((_, known)) = list.iter_mut().find(|(known, _)| *known == to) else {
                continue;
            };
            let is_moved = (known.alone - edge.alone).abs() >= MOVED;
            let crosses = (known.alone >= keep) != (edge.alone >= keep);
            let changed = is_moved || crosses || known.objection != edge.objection;
            *known = edge.aside(known.is_aside());
            if changed {
                self.moved.insert(from);
            }
        }
    }

    fn put_edges(&mut self, slot: Slot, edges: Vec<(Slot, Edge)>) {
        for (other, edge) in edges {
            for (from, to) in [(slot, other), (other, slot)] {
                match self.edges.get_mut(from).iter_mut().find(|(known, _)| *known == to) {
                    Some((_, known)) => *known = edge,
                    None => self.edges.push(from, (to, edge)),
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
    fn weigh_found(&self, slots: &[Slot]) -> Vec<Found> {
        let mut acquaintance = Acquaintance::default();
        let mut result = Vec::with_capacity(slots.len());
        for slot in slots {
            let line = &self.lines[*slot as usize];
            let candidates =
                self.postings.candidates(&Wanted::of(line, &self.vocabulary), self.filed());
            let edges = self.weigh_all(*slot, &candidates.slots, &mut acquaintance, Far::Left);
            result.push((*slot, edges, candidates.truncated));
        }
        result
    }

    /// The edges of records to the members of households that theirs is acquainted with.
    fn weigh_company(&self, slots: &[Slot]) -> Vec<Found> {
        let join = self.model.thresholds.join;
        let mut acquaintance = Acquaintance::default();
        let mut result = Vec::new();
        for slot in slots {
            let own = self.lines[*slot as usize].household;
            let mut homes: BTreeSet<u32> = BTreeSet::new();
            for member in self.households.members(own).iter().filter(|member| *member != slot) {
                let edges = self.strong_edges(*member);
                let sure = edges.filter(|(_, edge)| edge.alone >= join && edge.objection.is_none());
                homes.extend(sure.map(|(other, _)| self.lines[*other as usize].household));
            }
            homes.remove(&own);
            let known: FxHashSet<Slot> =
                self.edges.get(*slot).iter().map(|(other, _)| *other).collect();
            let members = homes.iter().flat_map(|home| self.households.members(*home));
            let new: Vec<Slot> = members.copied().filter(|other| !known.contains(other)).collect();
            // Acquainted households may outweigh whatever the two records themselves say.
            let edges = self.weigh_all(*slot, &new, &mut acquaintance, Far::Aside);
            if !edges.is_empty() {
                result.push((*slot, edges, false));
            }
        }
        result
    }

    fn weigh_all(
        &self,
        slot: Slot,
        candidates: &[Slot],
        acquaintance: &mut Acquaintance,
        far: Far,
    ) -> Vec<(Slot, Edge)> {
        let context = self.context();
        let prepared = context.prepare(self.lines[slot as usize]);
        let mut edges = Vec::new();
        for other in candidates.iter().copied().filter(|other| *other != slot) {
            let line = &self.lines[other as usize];
            let mut weighed = weigh(&prepared, line, Seen::NOTHING, context);
            let is_far = weighed.weight < self.model.thresholds.look;
            if is_far && far == Far::Left {
                continue;
            }
            let seen = self.seen(slot, other, acquaintance);
            if seen != Seen::NOTHING {
                weighed = weigh(&prepared, line, seen, context);
            }
            if self.may_be_worth(&weighed) {
                edges.push((other, Edge::of(&weighed).aside(is_far)));
            }
        }
        edges
    }

    /// These records and those whom they look like.
    fn with_neighbours(&self, slots: &[Slot]) -> Vec<Slot> {
        let neighbours = slots.iter().flat_map(|slot| self.strong_edges(*slot));
        let mut all: Vec<Slot> = neighbours.map(|(other, _)| *other).collect();
        all.extend_from_slice(slots);
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The edges of records to those who have a third in common with them, where it lifts the pair to a review: evidence
    /// that no list holds.
    fn weigh_acquainted(&self, slots: &[Slot]) -> Vec<Found> {
        let mut acquaintance = Acquaintance::default();
        let mut result = Vec::new();
        for slot in slots {
            let known: FxHashSet<Slot> =
                self.edges.get(*slot).iter().map(|(other, _)| *other).collect();
            let thirds = self.strong_edges(*slot).map(|(third, _)| *third);
            let mut new: Vec<Slot> = thirds
                .flat_map(|third| self.strong_edges(third))
                .map(|(other, _)| *other)
                .collect();
            new.retain(|other| other > slot && !known.contains(other));
            new.sort_unstable();
            new.dedup();
            let prepared = self.context().prepare(self.lines[*slot as usize]);
            let edge = |other: Slot| {
                let pair = self.weigh_pair(&prepared, *slot, other, &mut acquaintance);
                let edge = Edge::of(&pair);
                let weight = self.final_weight(*slot, other, &edge).weight;
                (weight >= self.model.thresholds.review).then_some((other, edge.aside(true)))
            };
            let edges: Vec<(Slot, Edge)> = new.into_iter().filter_map(edge).collect();
            if !edges.is_empty() {
                result.push((*slot, edges, false));
            }
        }
        result
    }

    pub(super) fn weigh_pair(
        &self,
        prepared: &Prepared,
        slot: Slot,
        other: Slot,
        acquaintance: &mut Acquaintance,
    ) -> Weighed {
        let seen = self.seen(slot, other, acquaintance);
        weigh(prepared, &self.lines[other as usize], seen, self.context())
    }

    /// What the households of two records say about them.
    pub(super) fn seen(&self, slot: Slot, other: Slot, acquaintance: &mut Acquaintance) -> Seen {
        let table = Table { lines: &self.lines, ids: self.ids.by_slot() };
        acquaintance.company((slot, other), &self.households, table, self.context())
    }
}
