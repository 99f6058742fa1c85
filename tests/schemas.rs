//! The shipped schemas: complete in both languages, and `beneficiary/1` says exactly what the types
//! of the model read and write.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use dankun::model::BeneficiaryRecord;
use dankun::schema::Catalog;
use serde_json::{Map, Value, json};

fn catalog() -> Catalog {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    let mut files = Vec::new();
    for scheme in fs::read_dir(&root).unwrap() {
        let scheme = scheme.unwrap().path();
        // Files beside the directories are the schemas of our own YAML kinds.
        if !scheme.is_dir() {
            continue;
        }
        for file in fs::read_dir(&scheme).unwrap() {
            let file = file.unwrap().path();
            let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
            files.push((
                format!("{}/{}", name(&scheme), name(&file)),
                fs::read_to_string(&file).unwrap(),
            ));
        }
    }
    Catalog::parse(files).unwrap_or_else(|errors| panic!("{errors:?}"))
}

#[test]
fn every_scheme_has_its_schema() {
    let catalog = catalog();
    for id in [
        "beneficiary/1",
        "ml-utm/1",
        "ml-canam/1",
        "ml-anam/1",
        "ci-cnam/1",
        "ng-nhia/1",
        "ml-openimis/1",
        "ci-necab/1",
        "ml-synd/1",
        "fhir-r4/1",
    ] {
        assert!(catalog.get(id).is_some(), "{id}");
    }
}

#[test]
fn every_field_is_said_in_french_and_english() {
    let catalog = catalog();
    for id in catalog.ids() {
        let schema = catalog.get(id).unwrap();
        assert!(!schema.title().fr.is_empty() && !schema.title().en.is_empty(), "{id}");
        for field in schema.fields() {
            for words in [&field.title, &field.description] {
                assert!(!words.fr.is_empty() && !words.en.is_empty(), "{id} {}", field.path);
            }
        }
    }
}

/// A record in which every field of `beneficiary/1` is present.
fn full() -> Value {
    json!({
        "source": { "scheme": "ml-utm", "record_id": "R1", "recorded_at": "2025-12-31" },
        "person": {
            "names": [{ "use": "official", "family": "F", "given": ["G", "H"], "prefix": ["Dr"], "text": "Dr G H F" },
                      { "use": "maiden", "family": "M" }],
            "sex": "female", "birth_date": "1985~", "birth_place": "Kayes", "death_date": "2025-06",
            "identifiers": [{ "system": "ml-nina", "value": "X" }], "phones": ["+22370123456"],
            "addresses": [{ "country": "ML", "region": "ML-1", "district": "D", "commune": "C", "locality": "L", "text": "T" }],
            "nationality": "ML", "marital_status": "M", "employment": "informal"
        },
        "household": { "id": "H1", "head_record_id": "R0", "relationship": "sibling" },
        "coverages": [{
            "scheme": "ml-utm", "contract_id": "C1", "policy_number": "P1", "package": "CP", "enrolled_on": "2024-01-01",
            "period": { "start": "2024-04-01", "end": "2026-03-31" }, "status": "suspended", "status_since": "2025-01-01",
            "closed_on": "2025-12-31", "suspensions": [{ "from": "2025-01-01", "to": "2025-02-01" }],
            "paid_until": "2026-03-31", "contribution": { "amount": "2200", "currency": "XOF", "every": "month" },
            "student": true, "disabled": false, "institution": "I", "programme": "P"
        }],
        "extensions": { "ml-utm": { "mutual": "001" } }
    })
}

#[test]
fn the_types_write_valid_documents_and_lose_nothing() {
    let catalog = catalog();
    let schema = catalog.get("beneficiary/1").unwrap();
    let full = full();
    assert_eq!(format!("{:?}", schema.check(&full)), "[]");
    let record = BeneficiaryRecord::from_json(full.to_string().as_bytes()).unwrap();
    let written = serde_json::to_value(&record).unwrap();
    assert_eq!(written, full);
    assert!(schema.accepts(&written));
}

/// Every document that differs from `value` in one place: a value gone, of another type, with a
/// wrong text, or a field that nobody knows.
fn mutations(value: &Value, at: &mut Vec<String>, out: &mut Vec<(Vec<String>, Option<Value>)>) {
    if !at.is_empty() {
        for other in [json!(7), json!("zz"), json!([]), json!({}), json!(true)] {
            out.push((at.clone(), Some(other)));
        }
        out.push((at.clone(), None));
    }
    match value {
        Value::Object(map) => {
            for (key, inner) in
                map.iter().chain(&Map::from_iter([("nobody".to_owned(), Value::Null)]))
            {
                at.push(key.clone());
                if key == "nobody" {
                    out.push((at.clone(), Some(json!(1))));
                } else {
                    mutations(inner, at, out);
                }
                at.pop();
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                at.push(index.to_string());
                mutations(inner, at, out);
                at.pop();
            }
        }
        _ => {}
    }
}

fn changed(document: &Value, at: &[String], to: Option<&Value>) -> Value {
    let mut document = document.clone();
    let (last, parents) = at.split_last().unwrap();
    let parent = parents.iter().fold(&mut document, |value, key| match value {
        Value::Object(map) => map.get_mut(key).unwrap(),
        Value::Array(items) => &mut items[key.parse::<usize>().unwrap()],
        _ => panic!("no such place"),
    });
    match (parent, to) {
        (Value::Object(map), Some(value)) => drop(map.insert(last.clone(), value.clone())),
        (Value::Object(map), None) => drop(map.remove(last)),
        (Value::Array(items), Some(value)) => items[last.parse::<usize>().unwrap()] = value.clone(),
        (Value::Array(items), None) => drop(items.remove(last.parse().unwrap())),
        _ => panic!("no such place"),
    }
    document
}

#[test]
fn the_schema_and_the_types_refuse_the_same_documents() {
    let catalog = catalog();
    let schema = catalog.get("beneficiary/1").unwrap();
    let full = full();
    let mut all = Vec::new();
    mutations(&full, &mut Vec::new(), &mut all);
    assert!(all.len() > 300, "{}", all.len());
    let mut refused = 0;
    for (at, to) in all {
        let document = changed(&full, &at, to.as_ref());
        let by_schema = schema.accepts(&document);
        let by_types = BeneficiaryRecord::from_json(document.to_string().as_bytes()).is_ok();
        // A struct reads from a list of its fields in order, too: `[]` for one whose fields may all
        // be absent. Nobody writes that; the published schema refuses it.
        let empty_list_for_a_group = to.as_ref() == Some(&json!([])) && by_types && !by_schema;
        assert!(
            by_schema == by_types || empty_list_for_a_group,
            "{at:?} {to:?}: schema {by_schema}, types {by_types}"
        );
        refused += usize::from(!by_schema);
    }
    assert!(refused > 200, "{refused}");
}
