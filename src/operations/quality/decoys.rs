//! Records of nobody, run against the index: what is joined to them is joined by mistake.
//!
//! A decoy is put together from several real people, so that no one of them is meant: a stranger has the family name of
//! one, the given names of another and the birth date of a third; a relative has the household of one and given names
//! and birth date of another; a twin has household, family name and birth date of one and the given names of another.
//! None is stored, in the index or elsewhere.

use super::{Groups, Tally, age_group, below};
use crate::identity::probe::Fate;
use crate::model::{BeneficiaryRecord, RecordId};
use crate::operations::Hub;
use crate::operations::link::LinkError;
use crate::store::StoreError;

/// Decoys of each kind in one measurement: a rate of one in a thousand is seen, and it takes well under a second.
const DECOYS: usize = 1_000;
/// Records that are read at once for their parts.
const READ: u32 = 250;

/// Runs decoys and counts what would become of them.
pub(super) async fn run(hub: &Hub, tally: &mut Tally) -> Result<(), LinkError> {
    let people = parts(hub).await?;
    // Two records of one person make no stranger; with fewer than three people there is nobody to mix.
    if people.len() < 3 {
        return Ok(());
    }
    let today = hub.today();
    let index = hub.index();
    for place in 0..people.len() {
        let one = &people[place];
        let other = &people[(place + people.len() / 3) % people.len()];
        let third = &people[(place + 2 * people.len() / 3) % people.len()];
        for (measure, decoy) in [
            ("decoy_stranger", stranger(one, other, third)),
            ("decoy_relative", relative(one, other)),
            ("decoy_twin", twin(one, other)),
        ] {
            let groups = Groups {
                schemes: vec![decoy.source.scheme.clone()],
                sex: decoy.person.sex,
                age: age_group(decoy.person.birth_date, today),
                cross_border: None,
            };
            tally.add(measure, &groups, matches!(index.probe(&decoy), Fate::Joined(_)));
        }
    }
    Ok(())
}

/// Records of different people, from several places of the store, in an order of chance.
async fn parts(hub: &Hub) -> Result<Vec<BeneficiaryRecord>, StoreError> {
    let mut seen = std::collections::BTreeSet::new();
    let mut found = Vec::new();
    let mut session = hub.store().read().await?;
    let first = session.linked_records(None, 1).await?.pop().map(|record| record.id);
    for turn in 0..DECOYS / 50 {
        if found.len() >= DECOYS {
            break;
        }
        // Ids are ordered by time: some moment between the first record and now, and from the beginning once.
        let after = match first {
            Some(first) if turn > 0 => Some(between(first, hub)),
            _ => None,
        };
        for record in session.linked_records(after, READ).await? {
            if record.person.is_some_and(|person| seen.insert(person)) && found.len() < DECOYS {
                found.push(record.open(hub.store().keys())?);
            }
        }
    }
    drop(session);
    for place in (1..found.len()).rev() {
        let other = below(hub, place as u64 + 1);
        found.swap(place, usize::try_from(other).unwrap_or(place));
    }
    Ok(found)
}

/// A record id of a moment between a record's and now.
fn between(first: RecordId, hub: &Hub) -> RecordId {
    let bytes = first.as_bytes();
    let millis = bytes[..6].iter().fold(0_i64, |sum, byte| (sum << 8) | i64::from(*byte));
    let span = hub.now().as_millis().saturating_sub(millis).max(0);
    let moment = millis + i64::try_from(below(hub, span.unsigned_abs() + 1)).unwrap_or(0);
    RecordId::new(crate::model::Instant::from_millis(moment), [0; 10])
}

/// Nobody in particular, in the format of a record of `one`.
fn bare(one: &BeneficiaryRecord) -> BeneficiaryRecord {
    let mut decoy = one.clone();
    decoy.source.record_id = "decoy".to_owned();
    decoy.person.identifiers.clear();
    decoy.coverages.clear();
    decoy
}

fn with_given_of(mut decoy: BeneficiaryRecord, other: &BeneficiaryRecord) -> BeneficiaryRecord {
    let given = other.person.names.first().map(|name| name.given.clone()).unwrap_or_default();
    decoy.person.names.truncate(1);
    if let Some(name) = decoy.person.names.first_mut() {
        name.given = given;
        name.text = None;
    }
    decoy.person.sex = other.person.sex;
    decoy
}

fn stranger(
    one: &BeneficiaryRecord,
    other: &BeneficiaryRecord,
    third: &BeneficiaryRecord,
) -> BeneficiaryRecord {
    let mut decoy = with_given_of(bare(one), other);
    decoy.person.birth_date = third.person.birth_date;
    decoy.person.addresses.clone_from(&third.person.addresses);
    decoy.person.phones.clear();
    decoy.household = None;
    decoy
}

fn relative(one: &BeneficiaryRecord, other: &BeneficiaryRecord) -> BeneficiaryRecord {
    let mut decoy = with_given_of(bare(one), other);
    decoy.person.birth_date = other.person.birth_date;
    decoy
}

fn twin(one: &BeneficiaryRecord, other: &BeneficiaryRecord) -> BeneficiaryRecord {
    let sex = one.person.sex;
    let mut decoy = with_given_of(bare(one), other);
    decoy.person.sex = sex;
    decoy
}
