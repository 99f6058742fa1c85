//! A hub that knows so many people, as intake and linker leave them, and the questions about them.

use std::net::SocketAddr;

use dankun::delivery::address::Reach;
use dankun::delivery::client::{Client, Timeouts};
use dankun::eligibility::facts::Statement;
use dankun::http::{App, Limits};
use dankun::model::record::{HumanName, Identifier, NameUse, Person, Sex, Source};
use dankun::model::{
    BatchId, BeneficiaryRecord, Caller, Holder, PersonId, RecordId, SchemeId, Scope,
};
use dankun::operations::keys::{self, NewKey};
use dankun::operations::{Hub, HubConfig};
use dankun::store::Tx;
use dankun::store::identifiers::{StoredIdentifier, identifier_key};
use dankun::store::people::Link;
use dankun::store::records::{RecordState, StoredRecord, current_owner, record_key};
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::cluster::Place;
use crate::load::{Request, post};
use crate::people::{Dice, Somebody, somebody};

/// Records in one transaction.
const PAGE: usize = 2_000;

/// Every question is about a day in the middle of what everybody has paid for.
const DAY: &str = "2026-02-01";

/// One in so many is insured by a second scheme as well.
const TWICE: usize = 6;

pub struct World {
    hub: Hub,
    people: usize,
    key: String,
}

impl World {
    /// Fills the store and the index of a hub.
    pub async fn fill(place: &Place, people: usize) -> Self {
        let mut config = HubConfig::new(&place.url);
        config.key_file = Some(place.key_file());
        let hub = Hub::open(config).await.unwrap();
        let numbers: Vec<usize> = (0..people).collect();
        for page in numbers.chunks(PAGE) {
            put(&hub, page, people).await;
        }
        hub.index_mut().settle();
        let new = NewKey {
            title: "bench".to_owned(),
            holder: Holder::Partner("ci-cnam".to_owned()),
            scopes: vec![Scope::EligibilityAsk],
            purposes: Vec::new(),
            valid_days: None,
        };
        let (_, key) = keys::create(&hub, &Caller::local_operator(), new).await.unwrap();
        Self { hub, people, key: key.to_string() }
    }

    /// Serves on a free port, with every layer of the interface.
    pub async fn serve(&self) -> SocketAddr {
        let client = Client::new(Reach::Anywhere, Timeouts::default()).unwrap();
        let app = App::new(self.hub.clone(), client, Limits::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        tokio::spawn(dankun::http::serve_requests(listener, app, stop));
        address
    }

    /// What the bare handler is asked: one record each.
    pub fn bare_requests(&self, count: usize) -> Vec<Request> {
        let ids = self.chosen(count).map(|number| RecordId::from_bytes(id(number, 0)));
        ids.map(|id| post("/", None, &hex::encode(id.as_bytes()))).collect()
    }

    /// By the number of a scheme, and every third by the national one.
    pub fn by_identifier(&self, count: usize) -> Vec<Request> {
        let number = |number: usize| match number % 3 {
            0 => json!({ "type": "NINA", "value": nina(number) }),
            _ => json!({ "type": "ML-UTM", "value": record_id(number, 0) }),
        };
        let asked = self.chosen(count).map(|one| json!({ "identifiers": [number(one)] }));
        asked.map(|subject| self.question(&subject)).collect()
    }

    /// By name, sex and day of birth.
    pub fn by_demographics(&self, count: usize) -> Vec<Request> {
        let asked = self.chosen(count).map(|number| {
            let somebody = person(number, self.people);
            json!({ "demographics": {
                "family": somebody.family,
                "given": somebody.given,
                "sex": if somebody.is_female { "female" } else { "male" },
                "birth_date": born(&somebody),
            } })
        });
        asked.map(|subject| self.question(&subject)).collect()
    }

    fn question(&self, subject: &serde_json::Value) -> Request {
        let question = json!({
            "purpose": "CARE_AUTHORISATION", "as_of": DAY, "country_of_care": "CI", "signed": "answer",
            "subject": subject,
        });
        post("/v1/eligibility", Some(&self.key), &question.to_string())
    }

    /// People by chance, the same every time.
    fn chosen(&self, count: usize) -> impl Iterator<Item = usize> {
        let (mut dice, people) = (Dice::new(99), self.people as u64);
        (0..count).map(move |_| usize::try_from(dice.roll(people)).unwrap())
    }
}

fn person(number: usize, people: usize) -> Somebody {
    somebody(people, &mut Dice::new(1 + number as u64))
}

async fn put(hub: &Hub, page: &[usize], people: usize) {
    let records: Vec<Record> = page
        .iter()
        .flat_map(|number| {
            let second = number % TWICE == 0;
            let schemes = if second { &["ml-utm", "ml-canam"][..] } else { &["ml-utm"] };
            schemes
                .iter()
                .zip(0..)
                .map(|(scheme, place)| Record::new(*number, place, scheme, people))
        })
        .collect();
    let mut tx = hub.store().begin().await.unwrap();
    write(hub, &mut tx, &records).await;
    tx.commit().await.unwrap();
    let mut index = hub.index_mut();
    for record in &records {
        index.upsert(record.id, &record.says);
    }
}

struct Record {
    id: RecordId,
    person: PersonId,
    scheme: SchemeId,
    nina: String,
    says: BeneficiaryRecord,
    statement: Statement,
}

impl Record {
    fn new(number: usize, place: u8, scheme: &str, people: usize) -> Self {
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
        }
    }
}

async fn write(hub: &Hub, tx: &mut Tx, records: &[Record]) {
    let (keys, now) = (hub.store().keys(), hub.now());
    let stored: Vec<StoredRecord> = records
        .iter()
        .map(|record| StoredRecord {
            id: record.id,
            scheme: record.scheme.clone(),
            key: record_key(keys, &record.scheme, &record.says.source.record_id),
            contract_key: None,
            state: RecordState::Live,
            revision: 1,
            content: vec![1; 32],
            recorded_at: now,
            batch_id: BatchId::from_bytes([1; 16]),
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
        .map(|record| Link { record: record.id, person: record.person, seq: 1 })
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

fn born(somebody: &Somebody) -> String {
    let (year, month, day) = somebody.born;
    format!("{year:04}-{month:02}-{day:02}")
}

fn record_id(number: usize, place: u8) -> String {
    format!("UTM-{place:03}-{number:07}/00")
}

fn nina(number: usize) -> String {
    format!("1{number:013}A")
}

/// Ids as time orders them: later numbers later.
fn id(number: usize, place: u8) -> [u8; 16] {
    let mut bytes = [place; 16];
    bytes[..8].copy_from_slice(&(number as u64).to_be_bytes());
    bytes
}
