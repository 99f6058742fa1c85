//! Patient and Coverage, made from what the mapping `fhir-r4` wrote of each record.
//!
//! A record is a patient of its own, as one scheme knows them; a person is the union of the records that may be shown.
//! Which elements stay is decided by the fields that the caller may see.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::id::{PatientId, coverage_id};
use super::{SCHEME, identifier};
use crate::eligibility::Registry;
use crate::eligibility::agreement::Field;
use crate::model::{Instant, RecordId, SchemeId};

/// One record as the mapping wrote it, with what may be shown of it.
pub struct Written {
    /// The record.
    pub record: RecordId,
    /// Whose it is.
    pub scheme: SchemeId,
    /// When it last changed.
    pub changed_at: Instant,
    /// Number of its revision.
    pub revision: i64,
    /// Whether it is the caller's own: then nothing is left out.
    pub own: bool,
    /// What may be shown.
    pub fields: BTreeSet<Field>,
    /// The record that took its place.
    pub replaced_by: Option<RecordId>,
    /// The Patient.
    pub patient: Value,
    /// The Coverage, for a scheme that grants one.
    pub coverage: Option<Value>,
}

/// Elements of a Patient that name or describe somebody.
const DESCRIPTION: [&str; 9] = [
    "name",
    "telecom",
    "gender",
    "birthDate",
    "deceasedDateTime",
    "address",
    "maritalStatus",
    "extension",
    "deceasedBoolean",
];

/// The record as a patient of its own, linked to the person.
#[must_use]
pub fn of_record(registry: &Registry, written: &Written, person: Option<PatientId>) -> Value {
    let mut patient = head(PatientId::Record(written.record), written);
    merge(&mut patient, registry, written);
    let link = |to: PatientId, kind: &str| json!({ "other": { "reference": format!("Patient/{to}") }, "type": kind });
    let mut links: Vec<Value> = person.into_iter().map(|person| link(person, "refer")).collect();
    if let Some(survivor) = written.replaced_by {
        patient.insert("active".into(), json!(false));
        links.push(link(PatientId::Record(survivor), "replaced-by"));
    }
    if !links.is_empty() {
        patient.insert("link".into(), Value::Array(links));
    }
    Value::Object(patient)
}

/// Says of a patient that another one has taken its place.
pub fn end(patient: &mut Value, id: &str, survivor: &str) {
    patient["id"] = json!(id);
    patient["active"] = json!(false);
    patient["link"] = json!([{ "other": { "reference": survivor }, "type": "replaced-by" }]);
}

/// A person: what the records say, the most recently changed first. Lists are united; of what there is one of, the
/// first record that says it is believed.
#[must_use]
pub fn of_person(registry: &Registry, id: PatientId, records: &[Written]) -> Value {
    let Some(latest) = records.first() else { return Value::Null };
    let mut patient = head(id, latest);
    for written in records {
        merge(&mut patient, registry, written);
    }
    let links: Vec<Value> = records
        .iter()
        .map(|written| {
            let record = PatientId::Record(written.record);
            json!({ "other": { "reference": format!("Patient/{record}") }, "type": "seealso" })
        })
        .collect();
    if matches!(id, PatientId::Person(_)) {
        patient.insert("link".into(), Value::Array(links));
    }
    Value::Object(patient)
}

/// A person who is known under another id now.
#[must_use]
pub fn replaced(id: PatientId, by: PatientId) -> Value {
    let other = json!({ "reference": format!("Patient/{by}") });
    json!({
        "resourceType": "Patient",
        "id": id.to_string(),
        "active": false,
        "link": [{ "other": other, "type": "replaced-by" }],
    })
}

fn head(id: PatientId, written: &Written) -> Map<String, Value> {
    let mut head = Map::new();
    head.insert("resourceType".into(), json!("Patient"));
    head.insert("id".into(), json!(id.to_string()));
    let mut meta = json!({ "lastUpdated": written.changed_at });
    if matches!(id, PatientId::Record(_)) {
        meta["versionId"] = json!(written.revision.to_string());
    }
    head.insert("meta".into(), meta);
    head.insert("active".into(), json!(true));
    head
}

/// Adds what a record says and may be shown.
fn merge(patient: &mut Map<String, Value>, registry: &Registry, written: &Written) {
    if written.fields.contains(&Field::Identifiers) {
        for (system, value) in identifiers(registry, written) {
            unite(patient, "identifier", identifier::write(&system, &value));
        }
    }
    if !written.fields.contains(&Field::Demographics) {
        return;
    }
    for element in DESCRIPTION {
        match written.patient.get(element) {
            None => {}
            Some(Value::Array(items)) => {
                for item in items {
                    unite(patient, element, item.clone());
                }
            }
            // Nobody is of unknown sex as long as one record knows it.
            Some(value) if value != "unknown" => {
                patient.entry(element).or_insert_with(|| value.clone());
            }
            Some(_) => {}
        }
    }
}

fn unite(patient: &mut Map<String, Value>, element: &str, item: Value) {
    let list = patient.entry(element).or_insert_with(|| json!([]));
    if let Value::Array(list) = list {
        // An extension says one thing: of two records the first is believed.
        let same = |known: &Value| match (element, known.get("url"), item.get("url")) {
            ("extension", Some(known), Some(new)) => known == new,
            _ => *known == item,
        };
        if !list.iter().any(same) {
            list.push(item);
        }
    }
}

/// Leaves out numbers of systems that were not asked for.
pub fn restrict(patient: &mut Value, wanted: impl Fn(&str) -> bool) {
    let Some(fields) = patient.as_object_mut() else { return };
    let Some(Value::Array(numbers)) = fields.get_mut("identifier") else { return };
    numbers.retain(|number| number["system"].as_str().is_some_and(&wanted));
    // FHIR has no empty lists.
    if numbers.is_empty() {
        fields.remove("identifier");
    }
}

/// The numbers of a record, as system and value; whether they may be shown is not asked here.
pub fn identifiers<'w>(
    registry: &'w Registry,
    written: &'w Written,
) -> impl Iterator<Item = (String, String)> + 'w {
    let all = written.patient["identifier"].as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().filter_map(|identifier| {
        let system = identifier["system"].as_str()?;
        let value = identifier["value"].as_str()?;
        Some((identifier::published(registry, &written.scheme, system), value.to_owned()))
    })
}

/// The coverage that a record grants, as far as it may be shown; none where not even the scheme may be named.
#[must_use]
pub fn coverage(written: &Written, person: PatientId) -> Option<Value> {
    let mut coverage = written.coverage.as_ref()?.as_object()?.clone();
    if !written.fields.contains(&Field::Scheme) {
        return None;
    }
    if !written.own {
        let granted = |element: &str| match element {
            "resourceType" | "status" | "payor" => true,
            "period" => written.fields.contains(&Field::Rights),
            "class" => written.fields.contains(&Field::Package),
            _ => false,
        };
        coverage.retain(|element, _| granted(element));
    }
    coverage.insert("id".into(), json!(coverage_id(written.record)));
    let meta =
        json!({ "versionId": written.revision.to_string(), "lastUpdated": written.changed_at });
    coverage.insert("meta".into(), meta);
    coverage.insert("beneficiary".into(), json!({ "reference": format!("Patient/{person}") }));
    let scheme = json!({ "system": SCHEME, "value": written.scheme.as_str() });
    coverage.insert(
        "payor".into(),
        json!([{ "identifier": scheme, "display": written.scheme.as_str() }]),
    );
    Some(Value::Object(coverage))
}
