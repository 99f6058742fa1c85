//! From how a question names its subject to the people who may be meant.
//!
//! First without the store ([`sought`]): a number becomes its keyed hash, a description the record that the index finds.
//! Then in the store ([`resolve`]), for many questions in as few statements as for one. What is known about those people
//! is [`facts`](super::facts).

use std::collections::{BTreeMap, BTreeSet};

use crate::eligibility::Subject as Asked;
use crate::eligibility::question::{self, Number};
use crate::eligibility::registry::NumberKind;
use crate::identity;
use crate::model::{PersonId, RecordId, SchemeId};
use crate::operations::Hub;
use crate::operations::library::Library;
use crate::store::coverages::Subject;
use crate::store::identifiers::identifier_key;
use crate::store::records::record_key;
use crate::store::{KeyedHash, Session, StoreError};

/// People behind one number that are compared: more is no identification.
const PEOPLE: usize = 4;

/// Whom a question may mean.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::operations) enum Subjects {
    /// Less was given than it takes to look for somebody.
    TooLittle,
    /// More people than can be told apart.
    Several,
    /// These; nobody, or more than one only when a number leads to several.
    These(Vec<Subject>),
}

/// What the store is asked for: nothing personal, and no more than it takes.
#[derive(Clone, Debug)]
pub(in crate::operations) enum Sought {
    /// Numbers; those that lead to somebody must lead to the same.
    Numbers(Vec<SoughtNumber>),
    /// The person of this id, or into whom they were merged.
    Person(PersonId),
    /// This record.
    Record(RecordId),
    /// Nothing: it is known already who is meant.
    Known(Subjects),
}

/// A number by its hashes; without any it leads to nobody.
#[derive(Clone, Default, Debug)]
pub(in crate::operations) struct SoughtNumber {
    /// As the id of a record of a scheme.
    record: Option<(SchemeId, KeyedHash)>,
    /// As an identifier that a record bears. Another scheme may know a person by the number of a record.
    identifier: Option<KeyedHash>,
}

/// The people who may be meant; more than one only when a number leads to several.
pub(in crate::operations) async fn subjects(
    hub: &Hub,
    library: &Library,
    session: &mut Session,
    asked: &Asked,
) -> Result<Subjects, StoreError> {
    let mut found = resolve(session, &[sought(hub, library, asked)]).await?;
    Ok(found.pop().expect("one question has one outcome"))
}

/// What is to be looked for in the store.
pub(in crate::operations) fn sought(hub: &Hub, library: &Library, asked: &Asked) -> Sought {
    if !asked.suffices() {
        return Sought::Known(Subjects::TooLittle);
    }
    match asked {
        Asked::Identifiers(numbers) => {
            Sought::Numbers(numbers.iter().map(|number| hashed(hub, library, number)).collect())
        }
        Asked::Demographics(person) => by_description(hub, person),
        Asked::Person(person) => Sought::Person(*person),
        Asked::Record(record) => Sought::Record(*record),
    }
}

fn hashed(hub: &Hub, library: &Library, number: &Number) -> SoughtNumber {
    let keys = hub.store().keys();
    let value = number.value.expose().trim();
    let identifier = |system: &str| Some(identifier_key(keys, system, &normalised(value)));
    match &number.kind {
        None => SoughtNumber::default(),
        Some(NumberKind::System(system)) => {
            SoughtNumber { record: None, identifier: identifier(system) }
        }
        Some(NumberKind::Record(scheme)) => {
            let registered = library.registry().scheme(scheme);
            SoughtNumber {
                record: Some((scheme.clone(), record_key(keys, scheme, value))),
                identifier: registered.and_then(|known| identifier(&known.record_number.system)),
            }
        }
    }
}

/// The first record of whoever the index finds. The index may be a moment ahead of the links or behind them, so the
/// person is taken from the links of that record.
fn by_description(hub: &Hub, person: &question::Demographics) -> Sought {
    // A statement of its own: the index stays locked no longer than the search takes.
    let found = hub.index().search(&described(person));
    match found {
        identity::Found::None => Sought::Known(Subjects::These(Vec::new())),
        identity::Found::Ambiguous(_) => Sought::Known(Subjects::Several),
        identity::Found::One(records) => records
            .first()
            .map_or(Sought::Known(Subjects::These(Vec::new())), |first| Sought::Record(*first)),
    }
}

/// Looks everything up, and answers in the order of what is sought. What is staged is not found: it counts for nothing
/// yet.
pub(in crate::operations) async fn resolve(
    session: &mut Session,
    sought: &[Sought],
) -> Result<Vec<Subjects>, StoreError> {
    let (numbers, records) = (by_number(session, sought).await?, by_record(session, sought).await?);
    let mut found = Vec::with_capacity(sought.len());
    for one in sought {
        found.push(match one {
            Sought::Known(subjects) => subjects.clone(),
            Sought::Numbers(sought) => numbers.common(sought),
            Sought::Record(record) => these(records.get(record).copied().into_iter().collect()),
            Sought::Person(person) => these(by_person(session, *person).await?),
        });
    }
    Ok(found)
}

fn these(found: Vec<Subject>) -> Subjects {
    if found.len() > PEOPLE { Subjects::Several } else { Subjects::These(found) }
}

async fn by_person(session: &mut Session, person: PersonId) -> Result<Vec<Subject>, StoreError> {
    let person = session.redirect(person).await?.unwrap_or(person);
    let members = session.members(person).await?;
    let first = members.first();
    Ok(first
        .map(|member| Subject { person: Some(person), record: member.record })
        .into_iter()
        .collect())
}

async fn by_record(
    session: &mut Session,
    sought: &[Sought],
) -> Result<BTreeMap<RecordId, Subject>, StoreError> {
    let records: Vec<RecordId> = sought
        .iter()
        .filter_map(|one| if let Sought::Record(record) = one { Some(*record) } else { None })
        .collect();
    if records.is_empty() {
        return Ok(BTreeMap::new());
    }
    let found = session.subjects(&records).await?;
    Ok(found.into_iter().map(|subject| (subject.record, subject)).collect())
}

/// To whom numbers lead, by their hashes.
#[derive(Default)]
struct Bearers {
    records: BTreeMap<(SchemeId, KeyedHash), Subject>,
    identifiers: BTreeMap<KeyedHash, Vec<Subject>>,
}

async fn by_number(session: &mut Session, sought: &[Sought]) -> Result<Bearers, StoreError> {
    let mut found = Bearers::default();
    let (mut records, mut identifiers): (BTreeMap<&SchemeId, Vec<KeyedHash>>, Vec<KeyedHash>) =
        Default::default();
    for one in sought {
        let Sought::Numbers(numbers) = one else { continue };
        for number in numbers {
            if let Some((scheme, key)) = &number.record {
                records.entry(scheme).or_default().push(*key);
            }
            identifiers.extend(number.identifier);
        }
    }
    for (scheme, keys) in records {
        let named = session.subjects_of_records(scheme, &keys).await?;
        found.records.extend(named.into_iter().map(|(key, one)| ((scheme.clone(), key), one)));
    }
    // The same number may be asked for twice at once; its bearers are listed once.
    identifiers.sort_unstable();
    identifiers.dedup();
    if !identifiers.is_empty() {
        for (key, subject) in session.subjects_of_identifiers(&identifiers).await? {
            found.identifiers.entry(key).or_default().push(subject);
        }
    }
    Ok(found)
}

impl Bearers {
    /// The people that all the numbers lead to, each once. A number that leads to nobody says nothing against the others.
    fn common(&self, numbers: &[SoughtNumber]) -> Subjects {
        let mut common: Option<BTreeSet<Subject>> = None;
        for number in numbers {
            let found = self.of(number);
            if found.is_empty() {
                continue;
            }
            let shared: BTreeSet<Subject> = match &common {
                None => found,
                Some(known) => known
                    .iter()
                    .filter(|subject| found.iter().any(|other| same(subject, other)))
                    .copied()
                    .collect(),
            };
            if shared.is_empty() {
                return Subjects::Several;
            }
            common = Some(shared);
        }
        these(common.unwrap_or_default().into_iter().collect())
    }

    /// The people that one number leads to, each once.
    fn of(&self, number: &SoughtNumber) -> BTreeSet<Subject> {
        if let Some(subject) = number.record.as_ref().and_then(|key| self.records.get(key)) {
            return BTreeSet::from([*subject]);
        }
        let mut people: BTreeSet<Subject> = BTreeSet::new();
        let found = number.identifier.and_then(|key| self.identifiers.get(&key));
        for subject in found.into_iter().flatten() {
            if !people.iter().any(|known| same(known, subject)) {
                people.insert(*subject);
            }
        }
        people
    }
}

/// Whether two subjects are one: the same person, or the same record while it has no person.
pub(in crate::operations) fn same(a: &Subject, b: &Subject) -> bool {
    match (a.person, b.person) {
        (Some(a), Some(b)) => a == b,
        _ => a.record == b.record,
    }
}

/// A number as canonical records write it: no blanks, upper case.
pub(in crate::operations) fn normalised(value: &str) -> String {
    value.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect()
}

/// A description as the index takes it.
pub(in crate::operations) fn described(person: &question::Demographics) -> identity::Demographics {
    identity::Demographics {
        family: person.family.expose().clone(),
        given: person.given.expose().clone(),
        sex: person.sex,
        birth_date: person.birth_date,
        phone: person.phone.as_ref().map(|phone| phone.expose().clone()),
    }
}
