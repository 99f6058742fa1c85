//! Every official R4 example of Patient and Coverage through the mapping `fhir-r4`, there and back.
//!
//! The mapping claims to take all of them but those of [`UNSUPPORTED`]. What goes in comes out as
//! valid R4, alone and onto the example itself; what is then missing without the example, the report
//! of the round trip names, field by field. JSON only: FHIR's XML is another reader's business, and
//! no mapping claims it.

#![allow(clippy::unwrap_used)]

mod shipped;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Cursor;

use dankun::format::Reader;
use dankun::mapping::{Base, Mapping, Outcome, RoundTrip, RoundTripReport, Run, RunContext};
use dankun::model::IssueCode;
use serde_json::{Value, json};

use shipped::{EXTRACTED, mapping, shared};

/// Examples that are refused, for which reason.
const UNSUPPORTED: &[(&str, IssueCode, &str)] =
    &[("Patient-animal", IssueCode::CheckFailed, "a hub of people takes no cow")];

/// The examples of a type by their names; none, aloud, without the folder of third parties.
fn examples(kind: &str) -> BTreeMap<String, Value> {
    let folder = shared().join("artefacts/hl7-r4-examples");
    let Ok(entries) = fs::read_dir(&folder) else {
        eprintln!("skipped: there is no {}", folder.display());
        return BTreeMap::new();
    };
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let of_kind = names.filter(|name| name.starts_with(&format!("{kind}-")));
    let read = |name: String| {
        let text = fs::read_to_string(folder.join(&name)).unwrap();
        (name.trim_end_matches(".json").to_owned(), serde_json::from_str(&text).unwrap())
    };
    of_kind.map(read).collect()
}

/// The person whom a Coverage is about: the examples do not have them.
fn beneficiary(coverage: &Value) -> Value {
    let reference = coverage["beneficiary"]["reference"].as_str().unwrap();
    let id = reference.rsplit('/').next().unwrap();
    json!({ "resourceType": "Patient", "id": id, "name": [{ "family": "Windsor" }] })
}

fn bundle(resources: &[&Value]) -> Vec<u8> {
    let entries = resources.iter().map(|resource| {
        let (kind, id) = (resource["resourceType"].as_str(), resource["id"].as_str());
        let url = format!("https://example.org/fhir/{}/{}", kind.unwrap(), id.unwrap());
        json!({ "fullUrl": url, "resource": resource })
    });
    let entries: Vec<Value> = entries.collect();
    let bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": entries });
    serde_json::to_vec(&bundle).unwrap()
}

fn run<'m>(fhir: &'m Mapping, file: &[u8]) -> Run<'m> {
    let reader = Reader::new(Box::new(Cursor::new(file.to_vec())), &fhir.read_options());
    Run::new(fhir, reader, RunContext { scheme: "fhir-r4".parse().unwrap(), today: EXTRACTED })
}

fn outcomes(fhir: &Mapping, file: &[u8]) -> Vec<Outcome> {
    let mut run = run(fhir, file);
    std::iter::from_fn(|| run.next()).collect()
}

/// What is wrong with the resources of a document, by R4's own schema.
struct Validator(BTreeMap<&'static str, jsonschema::Validator>);

impl Validator {
    fn load() -> Self {
        let file = shared().join("artefacts/fhir-schema/fhir.schema.r4.json");
        let r4: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let validator = |resource: &'static str| {
            let schema = json!({
                "$schema": "http://json-schema.org/draft-06/schema#",
                "$ref": format!("#/definitions/{resource}"),
                "definitions": r4["definitions"],
            });
            (resource, jsonschema::draft6::new(&schema).unwrap())
        };
        Self(["Patient", "Coverage"].map(validator).into())
    }

    fn faults(&self, document: &Value) -> Vec<String> {
        let coverages = document["Coverage"].as_array().into_iter().flatten();
        let resources = [&document["Patient"]].into_iter().chain(coverages);
        let faults = resources.flat_map(|resource| {
            let validator = &self.0[resource["resourceType"].as_str().unwrap()];
            validator.iter_errors(resource).map(|e| format!("{}: {e}", e.instance_path()))
        });
        faults.collect()
    }
}

/// How often each text stands at each path, lists not counted: `Patient.name.given`.
fn leaves(json: &Value, path: &str, found: &mut BTreeMap<(String, String), i32>, times: i32) {
    match json {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            leaves(value, &path, found, times);
        }),
        Value::Array(items) => items.iter().for_each(|item| leaves(item, path, found, times)),
        Value::Null => {}
        leaf => {
            let text = leaf.as_str().map_or_else(|| leaf.to_string(), str::to_owned);
            *found.entry((path.to_owned(), text)).or_default() += times;
        }
    }
}

/// The paths of what one document says and the other does not.
fn missing(sent: &Value, back: &Value) -> BTreeSet<String> {
    let mut found = BTreeMap::new();
    leaves(sent, "", &mut found, 1);
    leaves(back, "", &mut found, -1);
    found.into_iter().filter(|(_, times)| *times > 0).map(|((path, _), _)| path).collect()
}

/// The paths of fields that did not come back as they were, without what chooses among lists.
fn named(report: &RoundTripReport) -> BTreeSet<String> {
    let plain = |field: &String| {
        let parts = field.split('[');
        parts.map(|part| part.split_once(']').map_or(part, |(_, rest)| rest)).collect()
    };
    let changed = report.fields.iter().filter(|(_, trip)| trip.identical < trip.present);
    changed.map(|(field, _)| plain(field)).collect()
}

/// One record there and back; says what is missing without its own document.
fn there_and_back(fhir: &Mapping, name: &str, file: &[u8], r4: &Validator) -> BTreeSet<String> {
    let mut found = outcomes(fhir, file);
    assert_eq!(found.len(), 1, "{name}");
    let Some(Outcome::Accepted(record)) = found.pop() else { panic!("{name}: {found:?}") };
    let base: Base = fhir.base(&record.raw, &record.around, EXTRACTED).unwrap();
    let sent = base.document();
    let onto = fhir.build_onto(&base.gathered(), &base).document();
    assert_eq!(onto, sent, "{name}: what nobody changed stays as it was");
    let free = fhir.build(&base.gathered()).document();
    assert_eq!(r4.faults(&free), Vec::<String>::new(), "{name}: {free:#}");
    let mut trip = RoundTrip::new(fhir, EXTRACTED);
    trip.read(&mut run(fhir, file));
    let report = trip.finish();
    assert_eq!((report.records, report.same_onto), (1, 1), "{name}: {:?}", report.changed);
    let lost = report.fields.iter().filter(|(_, trip)| trip.lost > 0);
    assert_eq!(lost.count(), 0, "{name}: its own document gives everything back");
    let missing = missing(&sent, &free);
    let named = named(&report);
    let silent: Vec<&String> = missing.difference(&named).collect();
    assert!(silent.is_empty(), "{name}: lost in silence {silent:?}\nnamed {named:?}");
    missing
}

#[test]
fn every_official_example_goes_in_and_comes_out_with_its_loss_named() {
    let (patients, coverages) = (examples("Patient"), examples("Coverage"));
    if patients.is_empty() {
        return;
    }
    let (fhir, r4) = (mapping("fhir-r4"), Validator::load());
    let (mut supported, mut refused) = (0, Vec::new());
    let persons: BTreeMap<&String, Value> =
        coverages.iter().map(|(name, coverage)| (name, beneficiary(coverage))).collect();
    let alone = patients.iter().map(|(name, patient)| (name, vec![patient]));
    let covered = coverages.iter().map(|(name, coverage)| (name, vec![&persons[name], coverage]));
    for (name, resources) in alone.chain(covered) {
        let file = bundle(&resources);
        let Some((_, code, why)) = UNSUPPORTED.iter().find(|(known, ..)| known == name) else {
            supported += 1;
            let missing = there_and_back(&fhir, name, &file, &r4);
            println!("{name}: in and out; without the example is missing: {missing:?}");
            continue;
        };
        let found = outcomes(&fhir, &file);
        let [Outcome::Refused(refusal)] = &found[..] else { panic!("{name}: {found:?}") };
        assert!(refusal.issues.iter().any(|issue| issue.code == *code), "{name}: {refusal:?}");
        println!("{name}: refused, {why}");
        refused.push(name.as_str());
    }
    let unsupported: Vec<&str> = UNSUPPORTED.iter().map(|(name, ..)| *name).collect();
    assert_eq!(refused, unsupported, "every exception is an example");
    assert_eq!(supported + refused.len(), patients.len() + coverages.len());
}

#[test]
fn all_examples_in_one_bundle_are_as_many_records_as_people() {
    let (patients, coverages) = (examples("Patient"), examples("Coverage"));
    if patients.is_empty() {
        return;
    }
    let persons: BTreeMap<String, Value> = coverages
        .values()
        .map(beneficiary)
        .map(|person| (person["id"].as_str().unwrap().to_owned(), person))
        .collect();
    let all: Vec<&Value> =
        coverages.values().chain(patients.values()).chain(persons.values()).collect();
    let fhir = mapping("fhir-r4");
    let found = outcomes(&fhir, &bundle(&all));
    assert_eq!(found.len(), patients.len() + persons.len());
    let refused = found.iter().filter(|outcome| matches!(outcome, Outcome::Refused(_))).count();
    assert_eq!(refused, UNSUPPORTED.len(), "{found:?}");
}

#[test]
fn a_coverage_without_its_person_is_refused() {
    let fhir = mapping("fhir-r4");
    for (name, coverage) in examples("Coverage") {
        let found = outcomes(&fhir, &bundle(&[&coverage]));
        let [Outcome::Refused(refusal)] = &found[..] else { panic!("{name}: {found:?}") };
        let codes: Vec<IssueCode> = refusal.issues.iter().map(|issue| issue.code).collect();
        assert_eq!(codes, [IssueCode::DanglingReference], "{name}");
    }
}
