//! Who lives with whom, across schemes: a household is seen through the contracts in which its members stand together.
//!
//! Each scheme writes a family down in its own way, and not every member stands in each. Members are people, not rows:
//! somebody who stands in two contracts is one member, with both as evidence.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::Hub;
use super::history::standing;
use super::people::note;
use crate::model::record::Relationship;
use crate::model::{Caller, PersonId, RecordId, SchemeId};
use crate::store::families::Seat;
use crate::store::{KeyedHash, Session, StoreError};

/// A contract of more records is no household (the index says the same): a mutuelle that writes all its members under
/// one number.
pub const LARGEST: usize = 40;

/// The household of a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Household {
    /// The person, when the id was given up.
    pub person: PersonId,
    /// The contracts in which they stand, as far as the caller may see them.
    pub contracts: Vec<Contract>,
    /// Everybody who stands there with them, those first who do so most often.
    pub members: Vec<Member>,
}

/// A contract in which a person stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contract {
    /// Whose contract.
    pub scheme: SchemeId,
    /// The person's record in it.
    pub record: RecordId,
    /// What they are there.
    pub relationship: Option<Relationship>,
    /// Records in it.
    pub records: usize,
    /// Whether it holds so many that it says nothing about a household.
    pub too_large: bool,
}

/// Somebody of the household.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    /// Who; none while the record waits for the linker.
    pub person: Option<PersonId>,
    /// Where they stand together: scheme, their record, what they are there.
    pub seen: Vec<(SchemeId, RecordId, Option<Relationship>)>,
}

/// The household of a person; `None` when the caller may see nothing of them.
///
/// # Errors
/// When the store fails.
pub async fn household(
    hub: &Hub,
    caller: &Caller,
    person: PersonId,
) -> Result<Option<Household>, StoreError> {
    let mut session = hub.store().read().await?;
    let Some(standing) = standing(&mut session, person).await? else { return Ok(None) };
    let own: Vec<RecordId> = session
        .members(standing.now)
        .await?
        .into_iter()
        .filter(|member| caller.sees(&member.scheme))
        .map(|member| member.record)
        .collect();
    if own.is_empty() {
        return Ok(None);
    }
    let families = Families::of(hub, &mut session, &own).await?;
    drop(session);
    let mut contracts = Vec::new();
    let mut members: BTreeMap<(Option<PersonId>, Option<RecordId>), Member> = BTreeMap::new();
    for (own, seats) in &families.contracts {
        let mine = seats.iter().find(|seat| seat.person == Some(standing.now));
        let Some(mine) = mine.or_else(|| seats.first()) else { continue };
        contracts.push(Contract {
            scheme: mine.scheme.clone(),
            record: mine.record,
            relationship: families.relationship(mine.record),
            records: seats.len(),
            too_large: families.too_large.contains(own),
        });
        if families.too_large.contains(own) {
            continue;
        }
        for seat in seats.iter().filter(|seat| seat.person != Some(standing.now)) {
            let key = (seat.person, seat.person.is_none().then_some(seat.record));
            let member = members
                .entry(key)
                .or_insert_with(|| Member { person: seat.person, seen: Vec::new() });
            let relationship = families.relationship(seat.record);
            member.seen.push((seat.scheme.clone(), seat.record, relationship));
        }
    }
    let mut members: Vec<Member> = members.into_values().collect();
    members.sort_by_key(|member| std::cmp::Reverse(member.seen.len()));
    let detail = json!({ "members": members.len() }).to_string();
    note(hub, caller, "read_household", standing.now.to_string(), detail).await?;
    Ok(Some(Household { person: standing.now, contracts, members }))
}

/// The contracts of some records, with everybody in them and what each is there.
pub(super) struct Families {
    /// By contract, its records.
    pub contracts: BTreeMap<[u8; 16], Vec<Seat>>,
    /// Contracts that are no household.
    pub too_large: BTreeSet<[u8; 16]>,
    relationships: BTreeMap<RecordId, Relationship>,
}

impl Families {
    /// Reads them. Of a contract that is too large to be a household only its first records are read.
    pub async fn of(
        hub: &Hub,
        session: &mut Session,
        records: &[RecordId],
    ) -> Result<Self, StoreError> {
        let mut keys: Vec<KeyedHash> =
            session.seats(records).await?.into_iter().map(|seat| seat.contract).collect();
        keys.sort_by_key(|key| *key.as_bytes());
        keys.dedup_by_key(|key| *key.as_bytes());
        let mut contracts: BTreeMap<[u8; 16], Vec<Seat>> = BTreeMap::new();
        let most = u32::try_from(LARGEST + 1).unwrap_or(u32::MAX);
        for seat in session.seats_of_contracts(&keys, most).await? {
            contracts.entry(*seat.contract.as_bytes()).or_default().push(seat);
        }
        let large = contracts.iter().filter(|(_, seats)| seats.len() > LARGEST);
        let too_large: BTreeSet<[u8; 16]> = large.map(|(key, _)| *key).collect();
        let seated: Vec<RecordId> = contracts.values().flatten().map(|seat| seat.record).collect();
        let said = session.statements_of(hub.store().keys(), &seated).await?;
        let relationships =
            said.into_iter().filter_map(|facts| Some((facts.record, facts.says.relationship?)));
        Ok(Self { contracts, too_large, relationships: relationships.collect() })
    }

    /// What somebody is in their contract.
    pub fn relationship(&self, record: RecordId) -> Option<Relationship> {
        self.relationships.get(&record).copied()
    }

    /// The heads of a contract, as people.
    pub fn heads(&self, seats: &[Seat]) -> BTreeSet<PersonId> {
        let heads =
            seats.iter().filter(|seat| self.relationship(seat.record) == Some(Relationship::Head));
        heads.filter_map(|seat| seat.person).collect()
    }
}
