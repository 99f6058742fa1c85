//! The laws of going there and back, for every shipped mapping, on generated records.
//!
//! A record is made of what the exports of the demonstration have in each field, mixed at random and
//! changed in form, and of the codes that the sender's schema knows. Get-put: written onto what it was
//! read from, a record gives that again. Put-get: what a changed record says is read again, but for
//! what the loss report names. `DANKUN_CASES` says how many records of each mapping.

#![allow(clippy::unwrap_used)]

mod shipped;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use dankun::format::Reader;
use dankun::mapping::{Loss, Mapping, Outcome, Run, RunContext};
use serde_json::{Map, Value as Json};

use shipped::{EXPORTS, EXTRACTED, catalog, mapping, root};

/// Chance that can be had again.
struct Dice(u64);

impl Dice {
    /// A number below `sides`.
    fn below(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % sides.max(1)
    }

    fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    fn of<'l, T>(&mut self, list: &'l [T]) -> &'l T {
        &list[self.below(list.len())]
    }
}

/// What stands in each field, by its path without numbers.
type Pool = BTreeMap<String, Vec<Json>>;

fn below(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

fn collect(json: &Json, path: &str, pool: &mut Pool) {
    match json {
        Json::Object(fields) => {
            fields.iter().for_each(|(key, value)| collect(value, &below(path, key), pool));
        }
        Json::Array(items) if items.iter().any(Json::is_object) => {
            items.iter().for_each(|item| collect(item, path, pool));
        }
        Json::Null => {}
        leaf => {
            let known = pool.entry(path.to_owned()).or_default();
            if !known.contains(leaf) {
                known.push(leaf.clone());
            }
        }
    }
}

/// A document like another, with other values in some of its fields.
struct Mixer<'p> {
    pool: &'p Pool,
    /// How many of a hundred fields take another value.
    swapped: usize,
    /// How many take another form.
    reformed: usize,
    /// How many are left out.
    dropped: usize,
    /// How many of a hundred items of a list are left empty.
    emptied: usize,
    /// Fields that stay as they are.
    fixed: &'static [&'static str],
}

impl Mixer<'_> {
    fn mix(&self, json: &Json, path: &str, dice: &mut Dice) -> Json {
        match json {
            Json::Object(fields) => {
                let mut mixed = Map::new();
                for (key, value) in fields {
                    let path = below(path, key);
                    if self.fixed.iter().any(|fixed| path.ends_with(fixed)) {
                        mixed.insert(key.clone(), value.clone());
                    } else if !dice.percent(self.dropped) {
                        mixed.insert(key.clone(), self.mix(value, &path, dice));
                    }
                }
                Json::Object(mixed)
            }
            Json::Array(items) if items.iter().any(Json::is_object) => {
                let mixed = items.iter().map(|item| match dice.percent(self.emptied) {
                    true => [Json::Null, Json::Object(Map::new())][dice.below(2)].clone(),
                    false => self.mix(item, path, dice),
                });
                Json::Array(mixed.collect())
            }
            leaf => match self.pool.get(path) {
                Some(known) if dice.percent(self.swapped) => dice.of(known).clone(),
                Some(_) | None if dice.percent(self.reformed) => reformed(leaf, dice),
                Some(_) | None => leaf.clone(),
            },
        }
    }
}

fn reformed(leaf: &Json, dice: &mut Dice) -> Json {
    let Json::String(text) = leaf else { return leaf.clone() };
    Json::String(match dice.below(4) {
        0 => format!(" {text} "),
        1 => text.replace(' ', "  "),
        2 => text.to_uppercase(),
        _ => text.to_lowercase(),
    })
}

/// The elements of a scheme's export as documents.
fn elements(id: &str, mapping: &Mapping, file: &str) -> Vec<Json> {
    let bytes = fs::File::open(root().join("demo").join(file)).unwrap();
    let reader = Reader::new(Box::new(bytes), &mapping.read_options());
    let mut run =
        Run::new(mapping, reader, RunContext { scheme: id.parse().unwrap(), today: EXTRACTED });
    let (mut elements, mut last) = (Vec::new(), Vec::new());
    while let Some(outcome) = run.next() {
        let Outcome::Accepted(record) = outcome else { continue };
        if record.raw != last {
            let base = mapping.base(&record.raw, &record.around, EXTRACTED).unwrap();
            elements.push(base.document());
            last = record.raw;
        }
    }
    elements
}

/// The codes of the sender's schema join what its exports have.
fn add_codes(schema: &str, pool: &mut Pool) {
    for field in catalog().get(schema).unwrap().fields() {
        let known = pool.entry(field.path.replace("[]", "")).or_default();
        known.extend(field.codes.iter().map(|code| Json::String(code.clone())));
    }
    pool.retain(|_, known| !known.is_empty());
}

fn differences(one: &Json, other: &Json, path: &str, out: &mut BTreeSet<String>) {
    match (one, other) {
        (one, other) if one == other => {}
        (Json::Object(fields), Json::Object(others)) => {
            for key in fields.keys().chain(others.keys()) {
                let at = |fields: &Map<String, Json>| fields.get(key).cloned().unwrap_or_default();
                differences(&at(fields), &at(others), &below(path, key), out);
            }
        }
        (Json::Array(items), Json::Array(others)) if items.len() == others.len() => {
            items.iter().zip(others).for_each(|(one, other)| differences(one, other, path, out));
        }
        (one, other) => {
            let mut leaves = Pool::new();
            collect(one, path, &mut leaves);
            collect(other, path, &mut leaves);
            out.extend(leaves.into_keys());
        }
    }
}

/// The fields of a document that another does not have, or has otherwise. What it has beyond them is
/// derived by the mapping, such as the beginning of a suspension.
fn unsaid(one: &Json, other: &Json, path: &str, out: &mut BTreeSet<String>) {
    match (one, other) {
        (one, other) if one == other => {}
        (Json::Object(fields), other) => {
            for (key, value) in fields {
                let other = other.get(key).cloned().unwrap_or_default();
                unsaid(value, &other, &below(path, key), out);
            }
        }
        (Json::Array(items), other) if items.iter().any(Json::is_object) => {
            for (index, item) in items.iter().enumerate() {
                let other = other.get(index).cloned().unwrap_or_default();
                unsaid(item, &other, path, out);
            }
        }
        _ => drop(out.insert(path.to_owned())),
    }
}

/// The fields that a loss report names, without what tells the elements of lists apart.
fn named(losses: &[Loss]) -> BTreeSet<String> {
    let lost = losses.iter().flat_map(|loss| &loss.lost);
    let reduced = losses.iter().flat_map(|loss| loss.reduced.iter().map(|(field, _)| field));
    let plain = |field: &String| {
        let pieces = field.split('[');
        let pieces = pieces.map(|piece| piece.split_once(']').map_or(piece, |(_, rest)| rest));
        pieces.collect::<String>()
    };
    lost.chain(reduced).map(plain).collect()
}

fn cases() -> usize {
    std::env::var("DANKUN_CASES").map_or(60, |cases| cases.parse().unwrap())
}

/// What the hub, and not a record, says, and what tells the elements of lists apart.
const FIXED: &[&str] = &["source", "scheme", "use", "system", "household.id", "head_record_id"];

#[derive(Default)]
struct Tally {
    read: usize,
    put: usize,
    /// Fields that broke a law, with how often and one example.
    broken: BTreeMap<String, (usize, String)>,
}

impl Tally {
    fn breaks(&mut self, law: &str, field: &str, example: impl FnOnce() -> String) {
        let broken = self.broken.entry(format!("{law} {field}"));
        broken.or_insert_with(|| (0, example())).0 += 1;
    }
}

/// What the exports of three schemes are in plain FHIR.
fn resources(fhir: &Mapping) -> Vec<Json> {
    let flat = EXPORTS.iter().filter(|(id, _)| matches!(*id, "ml-utm" | "ci-cnam" | "ng-nhia"));
    let resources = flat.flat_map(|(id, file)| {
        let from = mapping(id);
        let elements = elements(id, &from, file);
        let written = elements.iter().map(|element| {
            let base = from.base_of(element, EXTRACTED);
            fhir.build(&base.gathered()).document()
        });
        written.collect::<Vec<_>>()
    });
    resources.collect()
}

fn hold(mapping: &Mapping, elements: &[Json]) -> Tally {
    let (mut pool, mut said) = (Pool::new(), Pool::new());
    elements.iter().for_each(|element| collect(element, "", &mut pool));
    for element in elements {
        let base = mapping.base_of(element, EXTRACTED);
        base.gathered().documents().for_each(|record| collect(&record, "", &mut said));
    }
    add_codes(mapping.source_schema(), &mut pool);
    let sender =
        Mixer { pool: &pool, swapped: 15, reformed: 8, dropped: 2, emptied: 2, fixed: &[] };
    let editor =
        Mixer { pool: &said, swapped: 10, reformed: 0, dropped: 0, emptied: 0, fixed: FIXED };
    let (mut dice, mut tally) = (Dice(0x2545_F491_4F6C_DD1D), Tally::default());
    for _ in 0..cases() {
        let element = dice.of(elements);
        let sent = sender.mix(element, "", &mut dice);
        let base = mapping.base_of(&sent, EXTRACTED);
        if base.gathered().documents().next().is_none() {
            continue;
        }
        tally.read += 1;
        let again = mapping.build_onto(&base.gathered(), &base);
        if base.is_whole() && again.document() != base.document() {
            let mut fields = BTreeSet::new();
            differences(&base.document(), &again.document(), "", &mut fields);
            for field in fields {
                tally.breaks("get-put", &field, || sent.to_string());
            }
        }
        let documents =
            base.gathered().documents().map(|r| editor.mix(&r, "", &mut dice)).collect();
        let edited = base.gathered().with(documents);
        let built = mapping.build_onto(&edited, &base);
        let named = named(&built.losses);
        let back = built.read(mapping, EXTRACTED);
        for record in edited.documents() {
            let of =
                |outcome: &Outcome| outcome.record_id() == record["source"]["record_id"].as_str();
            // What the sender's own rules refuse is no record of theirs.
            let Some(Outcome::Accepted(found)) = back.iter().find(|outcome| of(outcome)) else {
                continue;
            };
            tally.put += 1;
            let found: Json = serde_json::from_slice(&found.canonical).unwrap();
            let mut fields = BTreeSet::new();
            unsaid(&record, &found, "", &mut fields);
            // An identifier without its value has no system either.
            fields.remove("person.identifiers.system");
            for field in fields.difference(&named) {
                tally.breaks("put-get", field, || {
                    format!("{record}\n{found}\n{}", built.document())
                });
            }
        }
    }
    tally
}

#[test]
fn there_and_back_holds_its_laws_for_every_shipped_mapping() {
    let mut said = Vec::new();
    for (id, file) in EXPORTS.iter().chain(&[("fhir-r4", "")]) {
        let mapping = mapping(id);
        let elements = match *id {
            "fhir-r4" => resources(&mapping),
            id => elements(id, &mapping, file),
        };
        let tally = hold(&mapping, &elements);
        println!("{id}: {} of {} read, {} put", tally.read, cases(), tally.put);
        assert!(tally.read * 3 > cases(), "{id}: only {} of {} are read", tally.read, cases());
        for (law, (count, example)) in &tally.broken {
            said.push(format!("{id}: {law}, {count} times, such as\n{example}"));
        }
    }
    assert!(said.is_empty(), "{}", said.join("\n"));
}
