//! The touched neighbourhoods grouped into people again.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};

use super::cluster::{self, Tie};
use super::edge::Edge;
use super::index::{Assertion, Cluster, Index};
use super::retrieve::Slot;
use crate::matching::Objection;
use crate::model::RecordId;

impl Index {
    /// The tie of two records that an edge connects.
    fn tie(&self, one: Slot, other: Slot, edge: &Edge) -> Tie {
        if edge.is_vetoed() {
            return Tie::Apart;
        }
        let thresholds = &self.model.thresholds;
        let mut weight = self.final_weight(one, other, edge).weight;
        match edge.objection {
            None => {}
            // A person looks at it, however strong the rest is: not enough to join by itself, and no argument against.
            Some(Objection::OppositeSex) => weight = weight.min(thresholds.join - 1.0),
            Some(_) => weight -= thresholds.in_spite,
        }
        if edge.is_in_one_contract() {
            weight -= thresholds.in_contract;
        }
        Tie::Weight(weight)
    }

    /// Groups the neighbourhoods of the slots again and returns who is new or has changed.
    pub(super) fn regroup(&mut self, moved: &BTreeSet<Slot>) -> Vec<Cluster> {
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
        self.ids.slot(self.ids[slot as usize]) == Some(slot)
    }

    /// All records that strong edges, assertions or a common past connect with a record.
    fn neighbourhood(&self, start: Slot) -> Vec<Slot> {
        let least = self.model.thresholds.near;
        let mut found: FxHashSet<Slot> = FxHashSet::default();
        let mut open = vec![start];
        while let Some(slot) = open.pop() {
            if !found.insert(slot) {
                continue;
            }
            let strong = self.strong_edges(slot).filter(|(_, edge)| edge.alone >= least);
            open.extend(strong.map(|(other, _)| *other));
            open.extend(self.people.get(self.home[slot as usize]));
            open.extend(self.held_same(self.ids[slot as usize]));
        }
        let mut slots: Vec<Slot> = found.into_iter().collect();
        slots.sort_unstable_by_key(|slot| self.ids[*slot as usize]);
        slots
    }

    pub(super) fn held_same(&self, id: RecordId) -> impl Iterator<Item = Slot> + '_ {
        let others = self.held.others(id).iter();
        let same = others.filter(move |other| self.held.of(id, **other) == Some(Assertion::Same));
        same.filter_map(|other| self.ids.slot(*other))
    }

    fn regroup_one(&mut self, slots: Vec<Slot>, changed: &mut Vec<Cluster>) {
        let places: FxHashMap<Slot, usize> =
            slots.iter().enumerate().map(|(place, slot)| (*slot, place)).collect();
        let mut ties: BTreeMap<(usize, usize), Tie> = BTreeMap::new();
        for (place, slot) in slots.iter().enumerate() {
            for (other, edge) in self.strong_edges(*slot) {
                if let Some(there) = places.get(other).filter(|there| **there > place) {
                    ties.insert((place, *there), self.tie(*slot, *other, edge));
                }
            }
        }
        for (place, slot) in slots.iter().enumerate() {
            let one = self.ids[*slot as usize];
            for other in self.held.others(one) {
                let there = self.ids.slot(*other).and_then(|slot| places.get(&slot)).copied();
                let tie = match self.held.of(one, *other) {
                    Some(Assertion::Same) => Tie::Same,
                    Some(Assertion::Different) => Tie::Apart,
                    None => continue,
                };
                if let Some(there) = there.filter(|there| *there > place) {
                    ties.insert((place, there), tie);
                }
            }
        }
        let edges: Vec<cluster::Edge> =
            ties.into_iter().map(|((a, b), tie)| cluster::Edge { a, b, tie }).collect();
        let outcome = cluster::cluster(slots.len(), &edges, &self.model.thresholds);
        for slot in &slots {
            self.contested.forget(self.ids[*slot as usize]);
        }
        for (a, b) in outcome.contested {
            self.contested.insert(self.ids[slots[a] as usize], self.ids[slots[b] as usize]);
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
        if self.people.get(self.home[*first as usize]) == members {
            return;
        }
        let person = self.people.unused();
        for slot in &members {
            let before = std::mem::replace(&mut self.home[*slot as usize], person);
            self.leave(before, *slot);
            self.people.push(person, *slot);
        }
        changed.push(self.cluster(&members));
    }
}
