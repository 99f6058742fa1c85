//! Invented people as intake and linker leave them: records with their numbers, links and statements. One in [`TWICE`] is
//! insured by a second scheme as well.

use dankun::eligibility::facts::Statement;
use dankun::model::record::{HumanName, Identifier, NameUse, Person, Sex, Source};
use dankun::model::{BatchId, BeneficiaryRecord, PersonId, RecordId, SchemeId};
use dankun::operations::Hub;
use dankun::store::KeyedHash;
use dankun::store::Tx;
use dankun::store::identifiers::{StoredIdentifier, identifier_key};
use dankun::store::people::Link;
use dankun::store::records::{RecordState, StoredRecord, current_owner, record_key};
use serde_json::json;

use crate::people::{Dice, Somebody, somebody};

/// One in so many is insured by a second scheme as well.
pub const TWICE: usize = 6;

/// The records of some people.
pub fn records(page: &[usize], people: usize) -> Vec<Record> {
    let of = |number: &usize| {
        let second = number.is_multiple_of(TWICE);
        let schemes = if second { &["ml-utm", "ml-canam"][..] } else { &["ml-utm"] };
        let number = *number;
        schemes
            .iter()
            .zip(0..)
            .map(move |(scheme, place)| Record::new(number, place, scheme, people))
    };
    page.iter().flat_map(of).collect()
}

/// Writes records and lets the index know them.
pub async fn put(hub: &Hub, records: &[Record]) {
    let mut tx = hub.store().begin().await.unwrap();
    write(hub, &mut tx, records).await;
    tx.commit().await.unwrap();
    let mut index = hub.index_mut();
    for record in records {
        index.upsert(record.id, &record.says);
    }
}

pub fn person(number: usize, people: usize) -> Somebody {
    somebody(people, &mut Dice::new(1 + number as u64))
}

/// A record.
pub struct Record {
    pub id: RecordId,
    pub person: PersonId,
    pub scheme: SchemeId,
    nina: String,
    pub says: BeneficiaryRecord,
    pub statement: Statement,
    /// In which contract, of those that have one.
    pub contract: Option<KeyedHash>,
    /// Which sending brought it.
    pub batch: BatchId,
    /// Its position in the log.
    pub seq: u64,
}

impl Record {
    pub fn new(number: usize, place: u8, scheme: &str, people: usize) -> Self {
        let somebody = person(number, people);
        let scheme: SchemeId = scheme.parse().unwrap();
        let package = if place == 0 { "CP" } else { "AMO" };
        let statement = json!({
            "scheme": scheme, "birth_date": born(&somebody),
            "sex": if somebody.is_female { "female" } else { "male" },
            "coverages": [{
                "scheme": scheme, "package": package, "enrolled_on": "2024-10-01",
                "start": "2025-01-01", "end": "2026-12-31",
            }],
        });
        Self {
            id: RecordId::from_bytes(id(number, place)),
            person: PersonId::from_bytes(id(number, 9)),
            nina: nina(number),
            says: beneficiary(&somebody, &scheme, number, place),
            statement: serde_json::from_value(statement).unwrap(),
            scheme,
            contract: None,
            batch: BatchId::from_bytes([1; 16]),
            seq: 1,
        }
    }
}

/// Writes records.
pub async fn write(hub: &Hub, tx: &mut Tx, records: &[Record]) {
    let (keys, now) = (hub.store().keys(), hub.now());
    let stored: Vec<StoredRecord> = records
        .iter()
        .map(|record| StoredRecord {
            id: record.id,
            scheme: record.scheme.clone(),
            key: record_key(keys, &record.scheme, &record.says.source.record_id),
            contract_key: record.contract,
            state: RecordState::Live,
            revision: 1,
            content: vec![1; 32],
            recorded_at: now,
            batch_id: record.batch,
            current: keys
                .seal(current_owner(&record.id), &serde_json::to_vec(&record.says).unwrap()),
            created_at: now,
            updated_at: now,
            absent_since: None,
        })
        .collect();
    let identifiers: Vec<StoredIdentifier> = records
        .iter()
        .map(|record| StoredIdentifier {
            key: identifier_key(keys, "ml-nina", &record.nina),
            record_id: record.id,
            system: "ml-nina".to_owned(),
        })
        .collect();
    let links: Vec<Link> = records
        .iter()
        .map(|record| Link { record: record.id, person: record.person, seq: record.seq })
        .collect();
    let statements: Vec<(RecordId, Statement)> =
        records.iter().map(|record| (record.id, record.statement.clone())).collect();
    tx.put_records(&stored).await.unwrap();
    tx.put_identifiers(&[], &identifiers).await.unwrap();
    tx.put_links(&links, now).await.unwrap();
    tx.put_statements(keys, &statements, now).await.unwrap();
}

fn beneficiary(
    somebody: &Somebody,
    scheme: &SchemeId,
    number: usize,
    place: u8,
) -> BeneficiaryRecord {
    BeneficiaryRecord {
        source: Source {
            scheme: scheme.clone(),
            record_id: record_id(number, place),
            recorded_at: None,
        },
        person: Person {
            names: vec![HumanName {
                usage: NameUse::Official,
                family: Some(somebody.family.clone()),
                given: vec![somebody.given.clone()],
                ..HumanName::default()
            }],
            sex: if somebody.is_female { Sex::Female } else { Sex::Male },
            birth_date: born(somebody).parse().ok(),
            birth_place: None,
            death_date: None,
            identifiers: vec![Identifier { system: "ml-nina".to_owned(), value: nina(number) }],
            phones: vec![somebody.phone.clone()],
            addresses: Vec::new(),
            nationality: None,
            marital_status: None,
            employment: None,
        },
        household: None,
        coverages: Vec::new(),
        extensions: serde_json::Map::new(),
    }
}

pub fn born(somebody: &Somebody) -> String {
    let (year, month, day) = somebody.born;
    format!("{year:04}-{month:02}-{day:02}")
}

pub fn record_id(number: usize, place: u8) -> String {
    format!("UTM-{place:03}-{number:07}/00")
}

pub fn nina(number: usize) -> String {
    format!("1{number:013}A")
}

/// Ids as time orders them: later numbers later.
pub fn id(number: usize, place: u8) -> [u8; 16] {
    let mut bytes = [place; 16];
    bytes[..8].copy_from_slice(&(number as u64).to_be_bytes());
    bytes
}
