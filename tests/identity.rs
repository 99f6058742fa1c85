//! What the identity index owes: the same people whatever the order of arrival, nothing missed, nobody mixed up.

#![allow(clippy::unwrap_used)]

use std::sync::{Arc, OnceLock};

use dankun::identity::{Cluster, Demographics, Found, Index};
use dankun::matching::Model;
use dankun::model::record::Sex;
use dankun::model::{BeneficiaryRecord, RecordId};
use proptest::prelude::*;
use serde_json::{Value, json};

fn model() -> Arc<Model> {
    static MODEL: OnceLock<Arc<Model>> = OnceLock::new();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/mappings/identity.yaml");
    let read = || Arc::new(Model::parse(&std::fs::read_to_string(path).unwrap()).unwrap());
    Arc::clone(MODEL.get_or_init(read))
}

fn id(number: usize) -> RecordId {
    let mut bytes = [0; 16];
    bytes[8..].copy_from_slice(&number.to_be_bytes());
    RecordId::from_bytes(bytes)
}

fn record(
    number: usize,
    scheme: &str,
    person: Value,
    household: Option<&str>,
) -> BeneficiaryRecord {
    let household = household.map(|id| json!({ "id": id, "relationship": "child" }));
    let mut record = json!({
        "source": { "scheme": scheme, "record_id": format!("R{number}") },
        "person": person,
    });
    if let Some(household) = household {
        record["household"] = household;
    }
    serde_json::from_value(record).unwrap()
}

fn person(family: &str, given: &str, birth: &str) -> Value {
    json!({
        "names": [{ "use": "official", "family": family, "given": [given] }],
        "sex": "female",
        "birth_date": birth,
        "phones": ["+22370000001"],
        "addresses": [{ "country": "ML", "locality": "Fana" }],
    })
}

fn index(records: &[(usize, BeneficiaryRecord)]) -> Index {
    let mut index = Index::new(model());
    records.iter().for_each(|(number, record)| index.upsert(id(*number), record));
    index.recount();
    index.settle();
    index
}

fn cluster(numbers: &[usize]) -> Cluster {
    Cluster { records: numbers.iter().map(|number| id(*number)).collect() }
}

#[test]
fn the_shipped_model_has_no_problem() {
    assert!(model().thresholds().review < model().thresholds().join);
}

#[test]
fn a_model_with_problems_names_them_all() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/mappings/identity.yaml");
    let text = std::fs::read_to_string(path).unwrap();
    let broken =
        text.replace("  join: 5.75", "  join: -9.0").replace("twin: 0.01\n", "twin: 0.0\n");
    let problems = Model::parse(&broken).unwrap_err();
    let places: Vec<&str> = problems.iter().map(|problem| problem.place.as_str()).collect();
    assert_eq!(places, ["/thresholds", "/thresholds/near", "/priors/twin"]);
}

#[test]
fn what_was_learnt_is_refused_beyond_its_bound_or_with_more_false_joins() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/mappings/identity.yaml");
    let text = std::fs::read_to_string(path).unwrap();
    let told = |line: &str| match line.trim_start().starts_with("false_joins: ") {
        true => "    false_joins: 0.01\n".to_owned(),
        false => format!("{line}\n"),
    };
    let careless: String = text.lines().map(told).collect();
    let bold = text.replace("  bound: 8\n", "  bound: 0.1\n");
    let place = |text: &str| Model::parse(text).unwrap_err()[0].place.clone();
    assert_eq!(place(&careless), "/experience/report/false_joins");
    assert!(place(&bold).starts_with("/experience/alone/"), "{}", place(&bold));
}

#[test]
fn spellings_and_accents_do_not_part_a_person() {
    let index = index(&[
        (1, record(1, "ml-utm", person("Coulibaly", "Aïssata", "1990-05-17"), None)),
        (2, record(2, "ml-canam", person("KOULIBALY", "Aichata", "1990-05-17"), None)),
    ]);
    assert_eq!(index.clusters(), [cluster(&[1, 2])]);
}

#[test]
fn a_form_of_a_name_is_learnt_from_the_records_and_the_names_of_twins_are_not() {
    let mut records = Vec::new();
    let mut add = |scheme: &str, family: usize, given: &str| {
        let number = records.len();
        let birth =
            format!("{}-{:02}-{:02}", 1960 + family * 3 % 50, 1 + family % 12, 2 + family % 26);
        let mut person = person(&name_of(family * 61), given, &birth);
        person["phones"] = json!([]);
        let household = format!("H{family}");
        records.push((number, self::record(number, scheme, person, Some(&household))));
    };
    for family in 0..6 {
        add("ml-utm", family, "Zoumpa");
        add("ml-canam", family, "Tiekoro");
    }
    for family in 6..12 {
        for scheme in ["ml-utm", "ml-canam"] {
            ["Gbato", "Silue"].into_iter().for_each(|given| add(scheme, family, given));
        }
    }
    let pair = |one: usize, other: usize| cluster(&[one, other]);
    let one_name = (0..6).map(|family| pair(2 * family, 2 * family + 1));
    let twins = (0..6).flat_map(|family| {
        let first = 12 + 4 * family;
        [pair(first, first + 2), pair(first + 1, first + 3)]
    });
    assert_eq!(index(&records).clusters(), one_name.chain(twins).collect::<Vec<_>>());
}

#[test]
fn a_register_that_comes_in_pieces_has_the_people_of_one_that_comes_at_once() {
    let records = scanty();
    let mut in_pieces = Index::new(model());
    for piece in records.chunks(15) {
        piece.iter().for_each(|(number, record)| in_pieces.upsert(id(*number), record));
        in_pieces.settle();
    }
    assert_eq!(in_pieces.clusters(), index(&records).clusters());
}

#[test]
fn twins_never_join_by_themselves() {
    let twins = |number, scheme, given| {
        (number, record(number, scheme, person("Traoré", given, "2015-03-09"), Some("H")))
    };
    let index = index(&[
        twins(1, "ml-utm", "Assanatou"),
        twins(2, "ml-utm", "Ousseynatou"),
        twins(3, "ml-canam", "Assanatou"),
        twins(4, "ml-canam", "Ousseynatou"),
    ]);
    assert_eq!(index.clusters(), [cluster(&[1, 3]), cluster(&[2, 4])]);
}

#[test]
fn two_valid_national_numbers_are_two_people() {
    let with = |number: usize, scheme, nina: &str| {
        let mut person = person("Traoré", "Awa", "1990-05-17");
        person["identifiers"] = json!([{ "system": "ml-nina", "value": nina }]);
        (number, record(number, scheme, person, None))
    };
    let index =
        index(&[with(1, "ml-utm", "12909000100001C"), with(2, "ml-canam", "12909000100777C")]);
    assert_eq!(index.clusters().len(), 2);
}

#[test]
fn a_relative_at_the_same_phone_is_not_found() {
    let index =
        index(&[(1, record(1, "ml-utm", person("Coulibaly", "Fatoumata", "1990-05-17"), None))]);
    let asked = |given: &str| {
        index.search(&Demographics {
            family: "COULIBALY".to_owned(),
            given: given.to_owned(),
            sex: Some(Sex::Female),
            birth_date: "1990-05-17".parse().ok(),
            phone: Some("+22370000001".to_owned()),
        })
    };
    assert_eq!(asked("Fatou"), Found::One(vec![id(1)]));
    assert_eq!(asked("Mariam"), Found::None);
}

#[test]
fn a_common_name_and_a_year_of_birth_find_nobody_without_a_phone() {
    let names = ["Awa", "Fanta", "Oumou", "Mariam", "Kadiatou", "Salimata", "Ramata", "Nana"];
    let families = ["Diallo", "Traoré", "Coulibaly", "Keïta", "Sidibé", "Maïga", "Dembélé", "Koné"];
    let mut records: Vec<_> = (0..640)
        .map(|number| {
            let born = format!("{}", 1950 + number % 70);
            let mut person = person(families[number / 8 % 8], names[number % 8], &born);
            person["phones"] = json!([format!("+2237{number:07}")]);
            (number, record(number, "ml-utm", person, None))
        })
        .collect();
    // One of each: a name that ten bear, and one that nobody else bears; both are alone with it in their year.
    let (common, rare) = (640, 641);
    let mut alone = |number: usize, family: &str, given: &str| {
        let mut person = person(family, given, "2021");
        person["phones"] = json!([format!("+2237{number:07}")]);
        records.push((number, record(number, "ml-utm", person, None)));
    };
    alone(common, "Traoré", "Awa");
    alone(rare, "Zoungrana", "Poko");
    let index = index(&records);
    let asked = |number: usize, family: &str, given: &str, with_phone: bool| {
        index.search(&Demographics {
            family: family.to_owned(),
            given: given.to_owned(),
            sex: Some(Sex::Female),
            birth_date: "2021".parse().ok(),
            phone: with_phone.then(|| format!("+2237{number:07}")),
        })
    };
    assert_eq!(asked(common, "TRAORE", "Awa", false), Found::None);
    assert_eq!(asked(common, "TRAORE", "Awa", true), Found::One(vec![id(common)]));
    assert_eq!(asked(rare, "ZOUNGRANA", "Poko", false), Found::One(vec![id(rare)]));
}

#[test]
fn an_agents_phone_and_a_default_date_make_no_giant() {
    let names = ["Awa", "Fanta", "Oumou", "Mariam", "Kadiatou", "Salimata", "Ramata", "Nana"];
    let families = ["Diallo", "Traoré", "Coulibaly", "Keïta", "Sidibé", "Maïga", "Dembélé", "Koné"];
    let records: Vec<_> = (0..64)
        .map(|number| {
            let person = person(families[number / 8], names[number % 8], "1985-01-01");
            (number, record(number, "ml-utm", person, None))
        })
        .collect();
    assert_eq!(index(&records).people(), 64);
}

/// A few families in several schemes, with variants: enough to make clusters that could depend on order.
fn population() -> Vec<(usize, BeneficiaryRecord)> {
    let mut records = Vec::new();
    let families = ["Coulibaly", "Koulibaly", "Traoré", "Diarra"];
    let given = ["Awa", "Aïssata", "Aichata", "Mariam", "Mariama", "Fatou", "Fatoumata"];
    for number in 0..36 {
        let scheme = ["ml-utm", "ml-canam", "ml-anam"][number % 3];
        let birth = ["1990-05-17", "1990-05-17", "1990", "1991-01-01"][(number / 5) % 4];
        let mut person = person(families[(number / 9) % 4], given[(number / 4) % 7], birth);
        if number % 4 == 0 {
            person["phones"] = json!([format!("+2237000000{}", number % 7)]);
        }
        let household = format!("H{}", number / 6);
        records.push((number, record(number, scheme, person, Some(&household))));
    }
    records
}

/// Records that share too little or too much: without given names, phones, dates or places.
fn scanty() -> Vec<(usize, BeneficiaryRecord)> {
    let schemes = ["ml-utm", "ml-canam", "ml-anam"];
    let scanty = |number: usize| {
        let who = number / 2;
        let births = ["1984-05-06", "1984-01-01", "1984", "1991-12-31", "1972-11-02"];
        let given = if number.is_multiple_of(7) { String::new() } else { name_of(who * 3) };
        let mut person = person(&name_of(who % 25), &given, births[(who + number % 2) % 5]);
        match number % 4 {
            0 => person["phones"] = json!([]),
            1 => person["phones"] = json!([format!("+2237{:07}", who / 3)]),
            2 => person["birth_date"] = Value::Null,
            _ => person["addresses"] = json!([]),
        }
        let household = format!("H{}", who / 5);
        (number, record(number, schemes[number % 3], person, Some(&household)))
    };
    (0..240).map(scanty).collect()
}

/// The records of a file in `DANKUN_RECORDS`, as `dankun export records` writes it; [`scanty`] ones without it.
fn to_compare() -> Vec<(usize, BeneficiaryRecord)> {
    let Ok(path) = std::env::var("DANKUN_RECORDS") else { return scanty() };
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).enumerate().collect()
}

#[test]
fn no_pair_above_the_review_threshold_is_missed() {
    let records = to_compare();
    let index = index(&records);
    let missed = |(one, _): &(usize, BeneficiaryRecord)| {
        let edges = index.edges(id(*one));
        let owed = index.by_brute_force(id(*one));
        let is_found = |other: RecordId| edges.iter().any(|(known, _)| *known == other);
        let missed: Vec<(usize, RecordId, f32)> = owed
            .iter()
            .filter(|(other, _)| !is_found(*other))
            .map(|(other, weight)| (*one, *other, *weight))
            .collect();
        (owed.len(), missed)
    };
    // Twenty thousand records are two hundred million pairs.
    let half = records.len() / 2;
    let (first, second) = std::thread::scope(|scope| {
        let other = scope.spawn(|| records[half..].iter().map(missed).collect::<Vec<_>>());
        (records[..half].iter().map(missed).collect::<Vec<_>>(), other.join().unwrap())
    });
    let (above, missed): (Vec<usize>, Vec<_>) = first.into_iter().chain(second).unzip();
    let above = above.iter().sum::<usize>() / 2;
    println!("{} records, {above} pairs above the review threshold", records.len());
    assert!(above > 20, "{above}");
    assert_eq!(missed.concat(), []);
}

#[test]
fn the_bars_of_a_pair_add_up_to_its_weight() {
    let records = scanty();
    let index = index(&records);
    for (one, _) in &records {
        for (other, _) in &records[one + 1..] {
            let score = index.explain(id(*one), id(*other)).unwrap();
            let learnt: f32 = score.learnt.iter().map(|bar| bar.bits).sum();
            let told = score.barely + learnt - score.withheld;
            assert!((told - score.weight).abs() < 0.01, "{one} and {other}: {told}");
        }
    }
}

fn largest(index: &Index) -> usize {
    index.clusters().iter().map(|cluster| cluster.records.len()).max().unwrap_or(0)
}

/// A number as a name that no other number is near: two syllables of consonants and vowels.
fn name_of(number: usize) -> String {
    let syllable = |number: usize| {
        let consonant = b"bdfgklmnprst"[number % 12] as char;
        format!("{consonant}{}", ["a", "i", "ou", "e"][number / 12 % 4])
    };
    [number % 48, number / 48 % 48, number / 2304 % 48].map(syllable).concat()
}

#[test]
fn the_phone_of_an_agent_joins_nobody() {
    let records: Vec<_> = (0..1_000)
        .map(|number| {
            let birth =
                format!("{}-{:02}-{:02}", 1950 + number % 60, 1 + number % 12, 1 + number % 28);
            (
                number,
                record(
                    number,
                    "ml-utm",
                    person(&name_of(number * 7), &name_of(number), &birth),
                    None,
                ),
            )
        })
        .collect();
    assert_eq!(largest(&index(&records)), 1);
}

#[test]
fn among_the_thousand_of_one_phone_a_person_of_another_scheme_is_found() {
    let birth = |number: usize| {
        format!("{}-{:02}-{:02}", 1950 + number % 60, 1 + number % 12, 1 + number % 28)
    };
    let mut records: Vec<_> = (0..1_000)
        .map(|number| {
            let person = person(&name_of(number * 7), &name_of(number), &birth(number));
            (number, record(number, "ml-utm", person, None))
        })
        .collect();
    // Married since, so that no pair of names is the same; the day of birth is known by the year alone.
    let mut married = person("Sogoba", &name_of(500), birth(500).split('-').next().unwrap());
    married["addresses"] = json!([]);
    records.push((1_000, record(1_000, "ml-canam", married, None)));
    let index = index(&records);
    let found: Vec<RecordId> =
        index.by_brute_force(id(1_000)).into_iter().map(|(other, _)| other).collect();
    let edges: Vec<RecordId> = index.edges(id(1_000)).into_iter().map(|(other, _)| other).collect();
    assert_eq!(edges, found);
}

#[test]
fn those_born_on_1_january_are_not_one_person() {
    let records: Vec<_> = (0..1_000)
        .map(|number| {
            let mut person = person("Traoré", &name_of(number), "1980-01-01");
            person["phones"] = json!([]);
            (number, record(number, ["ml-utm", "ml-canam"][number % 2], person, None))
        })
        .collect();
    assert!(largest(&index(&records)) <= 2);
}

#[test]
fn the_unknown_and_the_nameless_are_nobody_in_particular() {
    let people = [
        person("INCONNU", "INCONNU", "1980-01-01"),
        person("", "", "1980-01-01"),
        person(&"a".repeat(10_000), "x", "1980-01-01"),
    ];
    let records: Vec<_> = (0..300)
        .map(|number| (number, record(number, "ml-utm", people[number % 3].clone(), None)))
        .collect();
    let index = index(&records);
    let nameless = index.clusters().into_iter().filter(|cluster| cluster.records.len() > 1);
    let numbers: Vec<usize> =
        nameless.flat_map(|cluster| cluster.records).map(|id| id.as_bytes()[15] as usize).collect();
    assert!(numbers.iter().all(|number| number % 3 == 2), "{numbers:?}");
}

#[test]
fn a_scheme_that_sends_everybody_twice_makes_pairs_and_no_more() {
    let records: Vec<_> = (0..1_000)
        .map(|number| {
            let who = number / 2;
            let birth = format!("{}-{:02}-{:02}", 1950 + who % 60, 1 + who % 12, 1 + who % 28);
            let mut person = person(&name_of(who % 20), &name_of(who), &birth);
            person["phones"] = json!([format!("+2237{who:07}")]);
            (number, record(number, "ml-utm", person, None))
        })
        .collect();
    let clusters = index(&records).clusters();
    assert!(clusters.iter().all(|cluster| cluster.records.len() <= 2));
    let pairs = clusters.iter().filter(|cluster| cluster.records.len() == 2).count();
    assert!(pairs > 450, "{pairs} of 500");
}

#[test]
fn a_scheme_that_gives_old_numbers_to_other_people_mixes_nobody_up() {
    let records: Vec<_> = (0..400)
        .map(|number| {
            let birth =
                format!("{}-{:02}-{:02}", 1950 + number % 60, 1 + number % 12, 1 + number % 28);
            let mut person = person(&name_of(number * 5), &name_of(number), &birth);
            person["phones"] = json!([]);
            person["identifiers"] =
                json!([{ "system": "ci-cmu", "value": format!("{}", number / 2) }]);
            (number, record(number, ["ci-cnam", "ml-utm"][number % 2], person, None))
        })
        .collect();
    assert_eq!(largest(&index(&records)), 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_arrival_changes_nothing(
        order in Just((0..36).collect::<Vec<usize>>()).prop_shuffle(),
        pause in 1_usize..12,
        again in proptest::collection::vec(0_usize..36, 0..8),
    ) {
        let records = population();
        let expected = index(&records).clusters();
        let mut other = Index::new(model());
        for (step, place) in order.iter().enumerate() {
            let (number, record) = &records[*place];
            other.upsert(id(*number), record);
            if step % pause == 0 {
                other.settle();
            }
        }
        for number in again {
            other.remove(id(number));
            other.settle();
            other.upsert(id(number), &records[number].1);
        }
        other.recount();
        other.settle();
        prop_assert_eq!(other.clusters(), expected);
    }

    #[test]
    fn scores_are_symmetric(one in 0_usize..36, other in 0_usize..36) {
        let index = index(&population());
        for (a, edge) in index.edges(id(one)) {
            let back = index.edges(a).into_iter().find(|(b, _)| *b == id(one)).map(|(_, edge)| edge);
            prop_assert_eq!(back, Some(edge));
        }
        let there = index.explain(id(one), id(other)).map(|score| score.weight);
        let back = index.explain(id(other), id(one)).map(|score| score.weight);
        prop_assert_eq!(there, back);
    }
}
