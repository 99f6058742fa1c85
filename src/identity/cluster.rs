//! From scored pairs to people: average linkage with restraint.
//!
//! Two groups merge on the average over all pairs between them, absent pairs counted against, so
//! that one lucky edge does not chain strangers together. A pair that may not be one person keeps
//! its groups apart for good; a group that fits two rivals about equally well waits for a person.
//! The result is a function of the set of nodes and edges: ties fall to the smaller record id.

use std::collections::{BTreeMap, BTreeSet};

use crate::matching::model::Thresholds;

/// How two records of a neighbourhood relate.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Tie {
    /// A final weight in bits.
    Weight(f32),
    /// A person, or an event, said that they are one.
    Same,
    /// They must not be one.
    Apart,
}

/// A tie between two nodes, given by their places in the neighbourhood.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Edge {
    /// The smaller place.
    pub a: usize,
    /// The larger place.
    pub b: usize,
    /// How they relate.
    pub tie: Tie,
}

/// What became of a neighbourhood.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Outcome {
    /// Groups of places; every place is in one, each group and the whole in ascending order.
    pub groups: Vec<Vec<usize>>,
    /// Pairs of first places of groups that would merge but for a rival that fits about as well.
    pub contested: Vec<(usize, usize)>,
}

#[derive(Clone, Copy, Default)]
struct Link {
    sum: f32,
    pairs: u32,
    apart: bool,
}

struct Group {
    members: Vec<usize>,
    links: BTreeMap<usize, Link>,
}

struct Linkage<'t> {
    groups: BTreeMap<usize, Group>,
    thresholds: &'t Thresholds,
}

/// Groups the nodes `0..count`, which stand in ascending order of record id.
#[must_use]
pub fn cluster(count: usize, edges: &[Edge], thresholds: &Thresholds) -> Outcome {
    let mut linkage = Linkage::new(count, edges, thresholds);
    let mut contested: BTreeSet<(usize, usize)> = BTreeSet::new();
    while let Some((one, other)) = linkage.best(&contested) {
        if linkage.has_rival(one, other) {
            contested.insert((one, other));
            continue;
        }
        linkage.merge(one, other);
        // What was said about the two groups was said about other groups than the new one.
        contested.retain(|(a, b)| ![*a, *b].iter().any(|group| *group == one || *group == other));
    }
    let groups = linkage.groups.into_values().map(|group| group.members).collect();
    Outcome { groups, contested: contested.into_iter().collect() }
}

impl<'t> Linkage<'t> {
    fn new(count: usize, edges: &[Edge], thresholds: &'t Thresholds) -> Self {
        let single = |place| Group { members: vec![place], links: BTreeMap::new() };
        let groups = (0..count).map(|place| (place, single(place))).collect();
        let mut linkage = Self { groups, thresholds };
        for edge in edges {
            let link = match edge.tie {
                Tie::Weight(weight) => Link {
                    sum: weight.clamp(thresholds.absent, thresholds.ceiling),
                    pairs: 1,
                    apart: false,
                },
                Tie::Apart => Link { sum: thresholds.absent, pairs: 1, apart: true },
                Tie::Same => continue,
            };
            linkage.put(edge.a, edge.b, link);
            linkage.put(edge.b, edge.a, link);
        }
        let mut home: Vec<usize> = (0..count).collect();
        for edge in edges.iter().filter(|edge| edge.tie == Tie::Same) {
            let (one, other) = (home[edge.a].min(home[edge.b]), home[edge.a].max(home[edge.b]));
            if one != other {
                linkage.merge(one, other);
                home.iter_mut().filter(|place| **place == other).for_each(|place| *place = one);
            }
        }
        linkage
    }

    fn put(&mut self, from: usize, to: usize, link: Link) {
        if let Some(group) = self.groups.get_mut(&from) {
            group.links.insert(to, link);
        }
    }

    /// The average weight between two groups; none when they must stay apart.
    fn average(&self, one: usize, other: usize) -> Option<f32> {
        let (a, b) = (self.groups.get(&one)?, self.groups.get(&other)?);
        let link = a.links.get(&other).copied().unwrap_or_default();
        if link.apart {
            return None;
        }
        let all = a.members.len() * b.members.len();
        let absent = all - (link.pairs as usize).min(all);
        #[allow(clippy::cast_precision_loss, reason = "groups are small")]
        let average = (link.sum + absent as f32 * self.thresholds.absent) / all as f32;
        Some(average)
    }

    /// The two groups that fit best, well enough to merge.
    fn best(&self, contested: &BTreeSet<(usize, usize)>) -> Option<(usize, usize)> {
        let mut best: Option<(f32, (usize, usize))> = None;
        for (one, group) in &self.groups {
            for other in group.links.range(one + 1..).map(|(other, _)| other) {
                let pair = (*one, *other);
                let Some(average) = self.average(*one, *other) else { continue };
                let better = best.is_none_or(|(most, _)| average > most);
                if average >= self.thresholds.join && better && !contested.contains(&pair) {
                    best = Some((average, pair));
                }
            }
        }
        best.map(|(_, pair)| pair)
    }

    /// Whether a third group fits one of the two about as well and cannot be the same as the other.
    fn has_rival(&self, one: usize, other: usize) -> bool {
        let Some(fit) = self.average(one, other) else { return true };
        let least = fit - self.thresholds.margin;
        let rivals = |group: usize, partner: usize| {
            let links = self.groups.get(&group).into_iter().flat_map(|group| group.links.keys());
            links.copied().filter(move |rival| *rival != partner).any(|rival| {
                let close = self.average(group, rival).is_some_and(|average| average > least);
                close && self.average(partner, rival).is_none_or(|between| between < 0.0)
            })
        };
        rivals(one, other) || rivals(other, one)
    }

    fn merge(&mut self, one: usize, other: usize) {
        let (Some(mut kept), Some(gone)) = (self.groups.remove(&one), self.groups.remove(&other))
        else {
            return;
        };
        kept.members.extend(gone.members);
        kept.members.sort_unstable();
        kept.links.remove(&other);
        for (third, link) in gone.links {
            if third == one {
                continue;
            }
            let sum = kept.links.entry(third).or_default();
            sum.sum += link.sum;
            sum.pairs += link.pairs;
            sum.apart |= link.apart;
        }
        for (third, link) in &kept.links {
            if let Some(group) = self.groups.get_mut(third) {
                group.links.remove(&other);
                group.links.insert(one, *link);
            }
        }
        self.groups.insert(one, kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THRESHOLDS: Thresholds = Thresholds {
        join: 5.0,
        near: 2.0,
        in_spite: 2.0,
        in_contract: 2.0,
        keep: -6.0,
        look: -14.0,
        review: -1.0,
        margin: 3.0,
        search: 3.0,
        search_by_year: 3.0,
        search_margin: 3.0,
        absent: -8.0,
        ceiling: 16.0,
    };

    #[track_caller]
    fn check(count: usize, edges: &[(usize, usize, Tie)], expected: &[&[usize]]) {
        let edges: Vec<Edge> =
            edges.iter().map(|(a, b, tie)| Edge { a: *a, b: *b, tie: *tie }).collect();
        assert_eq!(cluster(count, &edges, &THRESHOLDS).groups, expected);
    }

    #[test]
    fn pairs_over_the_threshold_join() {
        check(3, &[(0, 1, Tie::Weight(9.0)), (1, 2, Tie::Weight(4.0))], &[&[0, 1], &[2]]);
    }

    #[test]
    fn a_chain_of_two_lucky_edges_breaks() {
        let edges =
            [(0, 1, Tie::Weight(13.0)), (2, 3, Tie::Weight(13.0)), (1, 2, Tie::Weight(8.0))];
        check(4, &edges, &[&[0, 1], &[2, 3]]);
    }

    #[test]
    fn a_record_that_fits_two_people_equally_well_waits() {
        let edges = [(0, 1, Tie::Weight(9.0)), (1, 2, Tie::Weight(8.5)), (0, 2, Tie::Apart)];
        check(3, &edges, &[&[0], &[1], &[2]]);
    }

    #[test]
    fn the_clearly_better_of_two_wins() {
        let edges = [(0, 1, Tie::Weight(14.0)), (1, 2, Tie::Weight(8.5)), (0, 2, Tie::Apart)];
        check(3, &edges, &[&[0, 1], &[2]]);
    }

    #[test]
    fn a_persons_word_joins_and_parts() {
        check(2, &[(0, 1, Tie::Same)], &[&[0, 1]]);
        check(2, &[(0, 1, Tie::Apart)], &[&[0], &[1]]);
    }
}
