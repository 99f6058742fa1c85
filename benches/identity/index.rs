//! The hub's index: how long it takes to fill, what a record weighs in memory, and one record
//! against all of them.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use dankun::identity::Index;
use dankun::matching::Model;
use dankun::model::record::{Address, HumanName, Identifier, NameUse, Person, Sex, Source};
use dankun::model::{BeneficiaryRecord, PartialDate, RecordId, SchemeId};

use super::figures::{memory, quantiles, say};
use super::people::{Dice, slip, somebody, word};

/// Records that are asked about.
const QUESTIONS: usize = 20_000;
/// The questions that are asked again and again: the commonest names, 1 January, no number.
const WORST: usize = 200;

/// The shipped match model.
pub fn model() -> Arc<Model> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/mappings/identity.yaml");
    let text = std::fs::read_to_string(path).expect("the shipped model");
    Arc::new(Model::parse(&text).expect("the shipped model has no problem"))
}

/// Fills an index with so many records and asks it.
pub fn run(records: usize) {
    let mut index = Index::new(model());
    let mut dice = Dice::new(42);
    let (before, _) = memory();
    let (mut made, start) = (0.0, Instant::now());
    for number in 0..records {
        let making = Instant::now();
        let record = record(number, records, &mut dice);
        made += making.elapsed().as_secs_f64();
        index.upsert(id(number), &record);
    }
    let filled = start.elapsed().as_secs_f64() - made;
    let start = Instant::now();
    let settled = index.settle();
    let grouped = start.elapsed().as_secs_f64();
    drop(settled);
    let (now, peak) = memory();
    let found = format!("{filled:.1} s to fill, {grouped:.1} s to group");
    say(&format!("rebuild, {records} records"), &found, "");
    let each = (now - before) as f64 / records as f64;
    let found = format!("{each:.0} B a record, {:.2} GB at most", peak as f64 / 1e9);
    say("memory of the index", &found, "floor 200 B, aim 160 B");

    let asked = "p99: a million 2 ms, aim 1; ten 6 ms, aim 3";
    // Every other question is about somebody who is there, with a slip in the name.
    let mut again = Dice::new(42);
    let known: Vec<BeneficiaryRecord> = (0..QUESTIONS.min(records) / 2)
        .map(|number| with_slip(record(number, records, &mut again), &mut dice))
        .collect();
    let new = (0..known.len()).map(|number| record(records + number, records, &mut dice));
    let questions: Vec<BeneficiaryRecord> = known.iter().cloned().chain(new).collect();
    say("one against all", &times(&index, &questions), asked);
    let worst: Vec<BeneficiaryRecord> = (0..WORST).map(|_| worst(&mut dice)).collect();
    say("one against all, worst question", &times(&index, &worst), asked);
}

fn times(index: &Index, questions: &[BeneficiaryRecord]) -> String {
    let time = |record: &BeneficiaryRecord| {
        let start = Instant::now();
        black_box(index.probe(record));
        start.elapsed().as_secs_f64()
    };
    let [median, late, worst] = quantiles(questions.iter().map(time).collect());
    format!("p50 {median:.3}, p99 {late:.3}, worst {worst:.3} ms")
}

fn id(number: usize) -> RecordId {
    let mut bytes = [0; 16];
    bytes[8..].copy_from_slice(&(number as u64).to_be_bytes());
    RecordId::from_bytes(bytes)
}

const SCHEMES: [&str; 6] = ["ml-utm", "ml-canam", "ml-anam", "ci-cnam", "sn-cmu", "bf-mutuelle"];

/// The next record of a population of so many: one in six is a second record of somebody, one in
/// three states a national number, two in three a phone.
pub fn record(number: usize, records: usize, dice: &mut Dice) -> BeneficiaryRecord {
    let again = dice.roll(6) == 0;
    let person = if again {
        // Somebody who came before, or comes later: the same seed makes the same person.
        somebody(records, &mut Dice::new(1 + dice.roll(number as u64 + 1)))
    } else {
        somebody(records, &mut Dice::new(1 + number as u64))
    };
    let (year, month, day) = person.born;
    let number_of = |system: &str| Identifier {
        system: system.to_owned(),
        value: format!("{:010}", person.number),
    };
    let date = format!("{year:04}-{month:02}-{day:02}");
    beneficiary(
        number,
        Person {
            names: vec![name(&person.family, &person.given)],
            sex: if person.is_female { Sex::Female } else { Sex::Male },
            birth_date: date.parse::<PartialDate>().ok(),
            identifiers: (dice.roll(3) == 0).then(|| number_of("ml-nina")).into_iter().collect(),
            phones: (dice.roll(3) > 0).then_some(person.phone).into_iter().collect(),
            addresses: vec![address(person.town)],
            ..nobody()
        },
    )
}

fn with_slip(mut record: BeneficiaryRecord, dice: &mut Dice) -> BeneficiaryRecord {
    let name = &mut record.person.names[0];
    name.family = name.family.as_deref().map(|family| slip(family, dice));
    record
}

/// The commonest names, born on 1 January, without number, phone or place.
fn worst(dice: &mut Dice) -> BeneficiaryRecord {
    let year = 1930 + dice.roll(90);
    let person = Person {
        names: vec![name(&word(14_000), &word(600))],
        sex: Sex::Female,
        birth_date: format!("{year}-01-01").parse::<PartialDate>().ok(),
        ..nobody()
    };
    beneficiary(0, person)
}

fn beneficiary(number: usize, person: Person) -> BeneficiaryRecord {
    let scheme = SCHEMES[number % SCHEMES.len()].parse::<SchemeId>().expect("a scheme's name");
    BeneficiaryRecord {
        source: Source { scheme, record_id: format!("R{number}"), recorded_at: None },
        person,
        household: None,
        coverages: Vec::new(),
        extensions: serde_json::Map::new(),
    }
}

fn name(family: &str, given: &str) -> HumanName {
    HumanName {
        usage: NameUse::Official,
        family: Some(family.to_owned()),
        given: vec![given.to_owned()],
        ..HumanName::default()
    }
}

fn address(town: u64) -> Address {
    Address {
        country: Some("ML".to_owned()),
        region: Some(format!("ML-{}", 1 + town % 8)),
        district: None,
        commune: Some(word(14_000 + town / 8)),
        locality: Some(word(20_000 + town)),
        text: None,
    }
}

const fn nobody() -> Person {
    Person {
        names: Vec::new(),
        sex: Sex::Unknown,
        birth_date: None,
        birth_place: None,
        death_date: None,
        identifiers: Vec::new(),
        phones: Vec::new(),
        addresses: Vec::new(),
        nationality: None,
        marital_status: None,
        employment: None,
    }
}
