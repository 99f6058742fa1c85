//! What a settlement does: candidates are found and scored, then the touched neighbourhoods are
//! grouped again.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use super::edge::Edge;
use super::household::{Acquaintance, Table};
use super::index::{Index, Settled};
use super::retrieve::{Slot, Wanted};
use crate::matching::{Frequencies, Score, Seen, score};
use crate::model::RecordId;

/// The shares are counted again when the population has grown or shrunk by this factor since: with
/// one tenth a share is at most a seventh of a bit out of date.
const RECOUNT: f32 = 1.1;
/// Records in one piece of work for one of the two threads of a large settlement.
const PARALLEL_FROM: usize = 512;

type Found = (Slot, Vec<(Slot, Edge)>, bool);

impl Index {
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

    fn put_edges(&mut self, slot: Slot, edges: Vec<(Slot, Edge)>) {
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
                let sure = edges.filter(|(_, edge)| edge.alone >= join && edge.objection.is_none());
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
    ) -> Vec<(Slot, Edge)> {
        let context = self.context();
        let prepared = context.prepare(self.lines[slot as usize]);
        let thresholds = &self.model.thresholds;
        let mut edges = Vec::new();
        for other in candidates.iter().copied().filter(|other| *other != slot) {
            let alone = score(&prepared, &self.lines[other as usize], Seen::NOTHING, context);
            if alone.weight < thresholds.look {
                continue;
            }
            let scored = self.score_pair(&prepared, slot, other, acquaintance);
            if scored.weight >= thresholds.keep {
                edges.push((other, Edge::of(&scored)));
            }
        }
        edges
    }

    pub(super) fn score_pair(
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
}
