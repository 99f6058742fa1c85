//! Public ids for people: stable through every regrouping.
//!
//! Groups of records come and go without names; people keep their ids. A merge keeps the oldest
//! id, a split leaves the id with the largest fragment, and an id that is given up redirects for
//! ever to the person who has most of its records.

use std::collections::{BTreeMap, BTreeSet};

use super::index::Cluster;
use crate::model::{PersonId, RecordId};

/// What happens to one group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assignment {
    /// The records, in order of id.
    pub records: Vec<RecordId>,
    /// Who they are: an id that exists, or none and a new one is to be made.
    pub person: Option<PersonId>,
    /// Ids that are given up for this person, oldest first.
    pub redirected: Vec<PersonId>,
    /// How the group came to be.
    pub change: Change,
}

/// How a group came to be.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Change {
    /// Records that belonged to nobody.
    New,
    /// New records came to a person.
    Joined,
    /// People turned out to be one.
    Merged,
    /// A person turned out to be several.
    Split,
    /// A person lost records that are gone.
    Shrunk,
    /// As before.
    Unchanged,
}

/// Gives changed groups their ids.
///
/// `previous` holds the person of every record of the groups that had one, and of every other record
/// that those people had: people who lose all their records are found by that.
#[must_use]
pub fn assign(previous: &BTreeMap<RecordId, PersonId>, clusters: &[Cluster]) -> Vec<Assignment> {
    let mut sizes: BTreeMap<PersonId, usize> = BTreeMap::new();
    previous.values().for_each(|person| *sizes.entry(*person).or_insert(0) += 1);
    // Claims: how many of a person's records are in a group. The id goes to the largest fragment,
    // of equals to the one with the smallest record id.
    let mut holder: BTreeMap<PersonId, (usize, usize)> = BTreeMap::new();
    let mut claims: Vec<BTreeMap<PersonId, usize>> = Vec::with_capacity(clusters.len());
    let mut order: Vec<usize> = (0..clusters.len()).collect();
    order.sort_by_key(|place| clusters[*place].records.first().copied());
    for cluster in clusters {
        let mut claim = BTreeMap::new();
        for person in cluster.records.iter().filter_map(|record| previous.get(record)) {
            *claim.entry(*person).or_insert(0) += 1;
        }
        claims.push(claim);
    }
    for place in order {
        for (person, count) in &claims[place] {
            let best = holder.entry(*person).or_insert((place, *count));
            if *count > best.1 {
                *best = (place, *count);
            }
        }
    }
    let describe = |(place, cluster): (usize, &Cluster)| {
        let held: Vec<PersonId> = claims[place]
            .keys()
            .filter(|person| holder.get(person).is_some_and(|(home, _)| *home == place))
            .copied()
            .collect();
        // Ids are ordered by time, so the first is the oldest.
        let person = held.first().copied();
        let redirected: Vec<PersonId> = held.iter().skip(1).copied().collect();
        let known: usize = claims[place].values().sum();
        let people: BTreeSet<&PersonId> = claims[place].keys().collect();
        let whole = |person: &&PersonId| claims[place].get(*person) == sizes.get(*person);
        let change = if known == 0 {
            Change::New
        } else if !redirected.is_empty() {
            Change::Merged
        } else if !people.iter().all(whole) {
            let lost = person.and_then(|person| sizes.get(&person)).copied().unwrap_or(0);
            let elsewhere = clusters.iter().enumerate().any(|(other, _)| {
                other != place && people.iter().any(|person| claims[other].contains_key(person))
            });
            if elsewhere || lost == 0 { Change::Split } else { Change::Shrunk }
        } else if known < cluster.records.len() {
            Change::Joined
        } else {
            Change::Unchanged
        };
        Assignment { records: cluster.records.clone(), person, redirected, change }
    };
    clusters.iter().enumerate().map(describe).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Instant;

    fn record(number: u8) -> RecordId {
        RecordId::from_bytes([number; 16])
    }

    fn person(number: i64) -> PersonId {
        PersonId::new(Instant::from_millis(number), [0; 10])
    }

    fn groups(groups: &[&[u8]]) -> Vec<Cluster> {
        let group = |records: &&[u8]| Cluster {
            records: records.iter().map(|number| record(*number)).collect(),
        };
        groups.iter().map(group).collect()
    }

    fn before(links: &[(u8, i64)]) -> BTreeMap<RecordId, PersonId> {
        links.iter().map(|(number, who)| (record(*number), person(*who))).collect()
    }

    #[test]
    fn a_merge_keeps_the_oldest_id_and_redirects_the_other() {
        let made = assign(&before(&[(1, 20), (2, 10)]), &groups(&[&[1, 2]]));
        assert_eq!(made[0].person, Some(person(10)));
        assert_eq!(made[0].redirected, [person(20)]);
        assert_eq!(made[0].change, Change::Merged);
    }

    #[test]
    fn a_split_leaves_the_id_with_the_largest_fragment() {
        let made = assign(&before(&[(1, 10), (2, 10), (3, 10)]), &groups(&[&[1], &[2, 3]]));
        assert_eq!((made[0].person, made[0].change), (None, Change::Split));
        assert_eq!((made[1].person, made[1].change), (Some(person(10)), Change::Split));
    }

    #[test]
    fn new_records_come_to_a_person_or_make_one() {
        let made = assign(&before(&[(1, 10)]), &groups(&[&[1, 2], &[3]]));
        assert_eq!((made[0].person, made[0].change), (Some(person(10)), Change::Joined));
        assert_eq!((made[1].person, made[1].change), (None, Change::New));
    }

    #[test]
    fn a_person_who_loses_a_record_that_is_gone_stays() {
        let made = assign(&before(&[(1, 10), (2, 10)]), &groups(&[&[1]]));
        assert_eq!((made[0].person, made[0].change), (Some(person(10)), Change::Shrunk));
    }
}
