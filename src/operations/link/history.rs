//! What becomes history: who was merged or split, by whose decision, and which given-up ids live again.
//!
//! A split gives its smaller parts new ids, but for those who had one before: when a merge is taken back, an id that was
//! given up by it means again whom it meant then.

use std::collections::{BTreeMap, BTreeSet};

use super::{Decided, LinkError};
use crate::identity::Assignment;
use crate::model::{DecisionId, Instant, PersonEventId, PersonId, RecordId};
use crate::operations::Hub;
use crate::store::Tx;
use crate::store::facts::PendingFact;
use crate::store::person_events::{Groups, PersonEvent, PersonEventKind};

/// Events of a person that are looked through for what an id meant when it was given up.
const LOOK_BACK: u32 = 100;

/// Which decisions concern which records, among those that the linker acts on now.
pub(super) struct Causes(BTreeMap<RecordId, DecisionId>);

impl Causes {
    pub fn of(facts: &[PendingFact]) -> Self {
        let both = |fact: &PendingFact| [(fact.a, fact.changed_by), (fact.b, fact.changed_by)];
        Self(facts.iter().flat_map(both).collect())
    }

    /// The decision behind a change of these records.
    pub fn of_records<'r>(
        &self,
        records: impl IntoIterator<Item = &'r RecordId>,
    ) -> Option<DecisionId> {
        records.into_iter().find_map(|record| self.0.get(record).copied())
    }
}

/// Gives the parts of people who were split the ids that they had before they were merged; answers the ids that live
/// again by that.
///
/// Without a merge behind it, a split leaves the id with the largest part ([`assign`](crate::identity::assign())). After
/// one, each id goes where most of the records are that it meant before.
pub(super) async fn rename(
    tx: &mut Tx,
    decided: &mut Decided,
) -> Result<BTreeSet<PersonId>, LinkError> {
    let mut parts: BTreeMap<PersonId, BTreeSet<usize>> = BTreeMap::new();
    for (place, assignment) in decided.assignments.iter().enumerate() {
        for person in assignment.records.iter().filter_map(|record| decided.previous.get(record)) {
            if assignment.person.is_none_or(|given| given == *person) {
                parts.entry(*person).or_default().insert(place);
            }
        }
    }
    let mut revived = BTreeSet::new();
    for (person, places) in parts.into_iter().filter(|(_, places)| places.len() > 1) {
        let mut meanings = Vec::new();
        for old in tx.redirected_to(person).await? {
            meanings.push((old, meant_by(tx, old).await?));
        }
        let named = decided.names(person, &places, meanings);
        // The id itself was where the largest part is; now it is where its own records are.
        if let Some(home) = named.iter().find(|(_, id)| **id == person).map(|(place, _)| *place) {
            for place in places {
                let id = named.get(&place).copied();
                revived.extend(id.filter(|_| place != home));
                decided.assignments[place].person = id;
            }
        }
    }
    Ok(revived)
}

impl Decided {
    /// Which part of a person has which id, as far as ids were given up for that person.
    fn names(
        &self,
        person: PersonId,
        places: &BTreeSet<usize>,
        meanings: Vec<(PersonId, BTreeSet<RecordId>)>,
    ) -> BTreeMap<usize, PersonId> {
        let others: BTreeSet<RecordId> =
            meanings.iter().flat_map(|(_, records)| records).copied().collect();
        let theirs = self.previous.iter().filter(|(_, who)| **who == person);
        let own: BTreeSet<RecordId> =
            theirs.map(|(record, _)| *record).filter(|record| !others.contains(record)).collect();
        let mut named: BTreeMap<usize, PersonId> = BTreeMap::new();
        let itself = std::iter::once((person, own));
        for (id, records) in itself.chain(meanings) {
            let here = |place: &usize| {
                let part = &self.assignments[*place].records;
                part.iter().filter(|record| records.contains(record)).count()
            };
            let free = places.iter().filter(|place| !named.contains_key(place));
            // Of equal parts the first, as everywhere.
            let best = free.map(|place| (here(place), std::cmp::Reverse(*place))).max();
            if let Some((count, std::cmp::Reverse(place))) = best
                && count > 0
            {
                named.insert(place, id);
            }
        }
        named
    }
}

/// The records that an id meant when it was given up.
async fn meant_by(tx: &mut Tx, old: PersonId) -> Result<BTreeSet<RecordId>, LinkError> {
    let events = tx.person_events(old, None, LOOK_BACK).await?;
    let given_up = events
        .into_iter()
        .find(|event| !event.after.contains_key(&old) && event.before.contains_key(&old));
    let meant = given_up.and_then(|mut event| event.before.remove(&old));
    Ok(meant.unwrap_or_default().into_iter().collect())
}

/// The merges and splits of a page. `people` are those of the assignments, in their order.
pub(super) fn events(
    hub: &Hub,
    now: Instant,
    seq: u64,
    decided: &Decided,
    people: &[PersonId],
    causes: &Causes,
) -> Vec<PersonEvent> {
    let groups: Vec<(&Assignment, PersonId)> =
        decided.assignments.iter().zip(people.iter().copied()).collect();
    let mut events = Vec::new();
    for together in connected(&groups, &decided.previous) {
        let (mut before, mut after) = (Groups::new(), Groups::new());
        for (assignment, person) in &together {
            after.entry(*person).or_default().extend(&assignment.records);
        }
        let parts = |record: &RecordId| {
            together.iter().position(|(group, _)| group.records.binary_search(record).is_ok())
        };
        for (assignment, _) in &together {
            for record in &assignment.records {
                if let Some(person) = decided.previous.get(record) {
                    before.entry(*person).or_default().push(*record);
                }
            }
        }
        let merged = together.iter().any(|(assignment, _)| {
            let former: BTreeSet<_> =
                assignment.records.iter().filter_map(|r| decided.previous.get(r)).collect();
            former.len() > 1
        });
        let split = before.values().any(|records| {
            let homes: BTreeSet<_> = records.iter().map(parts).collect();
            homes.len() > 1
        });
        let kind = match (merged, split) {
            (true, false) => PersonEventKind::Merged,
            (false, true) => PersonEventKind::Split,
            (true, true) => PersonEventKind::Regrouped,
            (false, false) => continue,
        };
        events.push(PersonEvent {
            id: PersonEventId::new(now, hub.random()),
            seq,
            kind,
            at: now,
            decision: causes.of_records(before.values().flatten()),
            model: decided.model.clone(),
            before,
            after,
        });
    }
    events
}

/// Groups that share former people, together.
fn connected<'g>(
    groups: &[(&'g Assignment, PersonId)],
    previous: &BTreeMap<RecordId, PersonId>,
) -> Vec<Vec<(&'g Assignment, PersonId)>> {
    let mut home: Vec<usize> = (0..groups.len()).collect();
    let mut first: BTreeMap<PersonId, usize> = BTreeMap::new();
    let root = |home: &[usize], mut place: usize| {
        while home[place] != place {
            place = home[place];
        }
        place
    };
    for (place, (assignment, _)) in groups.iter().enumerate() {
        for person in assignment.records.iter().filter_map(|record| previous.get(record)) {
            let other = *first.entry(*person).or_insert(place);
            let (one, other) = (root(&home, place), root(&home, other));
            home[one.max(other)] = one.min(other);
        }
    }
    let mut together: BTreeMap<usize, Vec<(&Assignment, PersonId)>> = BTreeMap::new();
    for (place, group) in groups.iter().enumerate() {
        together.entry(root(&home, place)).or_default().push(*group);
    }
    together.into_values().collect()
}
