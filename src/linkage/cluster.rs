//! Records grouped into people, with restraint.
//!
//! Two groups are joined by what all pairs between them weigh: the mean, with a premium for the
//! best pair, because one good pair says more about two people than a middling many. A pair that
//! was never a candidate counts as [`ABSENT`]. The heaviest join comes first. Connected components
//! would chain strangers together; this does not.
//!
//! Weights are whole thousandths of a bit, so that sums do not depend on their order.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use rustc_hash::FxHashMap;

/// Bits of a pair that is no candidate, or not worth keeping.
pub const ABSENT: f32 = -6.0;
/// Share of the best pair in the weight of a join.
const BEST: f64 = 0.25;
/// Units of a bit.
const UNITS: f32 = 1024.0;

/// Two records and the weight of their being one person, in bits.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Edge {
    /// The smaller record.
    pub one: u32,
    /// The larger record.
    pub other: u32,
    /// Bits.
    pub weight: f32,
}

/// What is known of the pairs between two groups.
#[derive(Clone, Copy)]
struct Between {
    sum: i64,
    pairs: u32,
    best: i64,
}

impl Between {
    #[allow(clippy::cast_possible_truncation, reason = "a weight is a few hundred bits at most")]
    fn of(weight: f32) -> Self {
        let units = (weight * UNITS).round() as i64;
        Self { sum: units, pairs: 1, best: units }
    }

    fn add(&mut self, other: Self) {
        self.sum += other.sum;
        self.pairs += other.pairs;
        self.best = self.best.max(other.best);
    }

    /// The weight of joining groups of these sizes, in units.
    #[allow(clippy::cast_precision_loss, reason = "sums are far below 2^52")]
    fn weight(self, sizes: [u32; 2]) -> f64 {
        let all = f64::from(sizes[0]) * f64::from(sizes[1]);
        let absent = (all - f64::from(self.pairs)) * f64::from(ABSENT * UNITS);
        let mean = (self.sum as f64 + absent) / all;
        (1.0 - BEST) * mean + BEST * self.best as f64
    }
}

/// A join that may be made, as long as both groups are what they were.
struct Join {
    weight: f64,
    groups: [u32; 2],
    sizes: [u32; 2],
}

impl PartialEq for Join {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Join {}

impl PartialOrd for Join {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Join {
    fn cmp(&self, other: &Self) -> Ordering {
        self.weight.total_cmp(&other.weight).then_with(|| other.groups.cmp(&self.groups))
    }
}

/// The cluster of each record: the first record in it. `edges` in any order, each pair once.
#[must_use]
pub fn cluster(records: usize, edges: &[Edge], threshold: f32) -> Vec<u32> {
    let components = components(records, edges, threshold);
    let mut inside: Vec<(u32, Edge)> = edges
        .iter()
        .map(|edge| (components[edge.one as usize], *edge))
        .filter(|(component, edge)| *component == components[edge.other as usize])
        .collect();
    inside.sort_unstable_by_key(|(component, edge)| (*component, edge.one, edge.other));
    let mut clusters: Vec<u32> = (0..).take(records).collect();
    for component in inside.chunk_by(|a, b| a.0 == b.0) {
        if let [(_, only)] = component {
            clusters[only.other as usize] = only.one;
        } else {
            let edges: Vec<Edge> = component.iter().map(|(_, edge)| *edge).collect();
            agglomerate(&edges, threshold, &mut clusters);
        }
    }
    clusters
}

/// The connected component of each record over the edges above the threshold: its first record.
fn components(records: usize, edges: &[Edge], threshold: f32) -> Vec<u32> {
    let mut roots: Vec<u32> = (0..).take(records).collect();
    for edge in edges.iter().filter(|edge| edge.weight > threshold) {
        let (one, other) = (root(&mut roots, edge.one), root(&mut roots, edge.other));
        roots[one.max(other) as usize] = one.min(other);
    }
    (0..).take(records).map(|record| root(&mut roots, record)).collect()
}

fn root(roots: &mut [u32], record: u32) -> u32 {
    let mut at = record;
    while roots[at as usize] != at {
        roots[at as usize] = roots[roots[at as usize] as usize];
        at = roots[at as usize];
    }
    at
}

/// A group of records on its way to a cluster; `None` once it is part of another.
type Group = Option<(u32, FxHashMap<u32, Between>)>;

/// Joins the records of one component.
fn agglomerate(edges: &[Edge], threshold: f32, clusters: &mut [u32]) {
    let mut members: Vec<u32> = edges.iter().flat_map(|edge| [edge.one, edge.other]).collect();
    members.sort_unstable();
    members.dedup();
    let place = |record: u32| members.binary_search(&record).expect("an end of an edge") as u32;
    let mut groups: Vec<Group> = members.iter().map(|_| Some((1, FxHashMap::default()))).collect();
    let threshold = f64::from(threshold * UNITS);
    let mut joins = BinaryHeap::new();
    for edge in edges {
        let ends = [place(edge.one), place(edge.other)];
        let between = Between::of(edge.weight);
        for [here, there] in [ends, [ends[1], ends[0]]] {
            if let Some((_, neighbours)) = &mut groups[here as usize] {
                neighbours.insert(there, between);
            }
        }
        let weight = between.weight([1, 1]);
        if weight > threshold {
            joins.push(Join { weight, groups: ends, sizes: [1, 1] });
        }
    }
    while let Some(join) = joins.pop() {
        let size = |group: u32| groups[group as usize].as_ref().map_or(0, |(size, _)| *size);
        if join.groups.map(size) == join.sizes {
            clusters[members[join.groups[1] as usize] as usize] = members[join.groups[0] as usize];
            unite(&mut groups, join.groups, threshold, &mut joins);
        }
    }
    for record in members {
        let mut first = clusters[record as usize];
        while clusters[first as usize] != first {
            first = clusters[first as usize];
        }
        clusters[record as usize] = first;
    }
}

/// Makes the second group a part of the first, and offers the joins that are now possible.
fn unite(
    groups: &mut [Group],
    [kept, gone]: [u32; 2],
    threshold: f64,
    joins: &mut BinaryHeap<Join>,
) {
    let Some((moved, theirs)) = groups[gone as usize].take() else { return };
    let Some((size, mut ours)) = groups[kept as usize].take() else { return };
    let size = size + moved;
    ours.remove(&gone);
    for (neighbour, between) in theirs {
        if neighbour == kept {
            continue;
        }
        ours.entry(neighbour).and_modify(|known| known.add(between)).or_insert(between);
    }
    for (neighbour, between) in &ours {
        let Some((their_size, neighbours)) = &mut groups[*neighbour as usize] else { continue };
        neighbours.remove(&gone);
        neighbours.insert(kept, *between);
        let (ends, sizes) = if kept < *neighbour {
            ([kept, *neighbour], [size, *their_size])
        } else {
            ([*neighbour, kept], [*their_size, size])
        };
        let weight = between.weight(sizes);
        if weight > threshold {
            joins.push(Join { weight, groups: ends, sizes });
        }
    }
    groups[kept as usize] = Some((size, ours));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(records: usize, edges: &[(u32, u32, f32)], expected: &[u32]) {
        let mut edges: Vec<Edge> = edges
            .iter()
            .map(|(one, other, weight)| Edge { one: *one, other: *other, weight: *weight })
            .collect();
        assert_eq!(cluster(records, &edges, 0.0), expected);
        edges.reverse();
        assert_eq!(cluster(records, &edges, 0.0), expected, "in the other order");
    }

    #[test]
    fn a_chain_of_weak_pairs_is_not_one_person() {
        check(4, &[(0, 1, 8.0), (1, 2, 1.0), (2, 3, 8.0)], &[0, 0, 2, 2]);
    }

    #[test]
    fn one_bad_pair_does_not_part_three_good_ones() {
        check(3, &[(0, 1, 9.0), (1, 2, 9.0), (0, 2, -3.0)], &[0, 0, 0]);
    }

    #[test]
    fn records_without_pairs_stay_alone() {
        check(3, &[(0, 2, -1.0)], &[0, 1, 2]);
    }
}
