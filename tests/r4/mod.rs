//! R4's own schema as the judge of resources.

#![allow(dead_code, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex};

use serde_json::{Value, json};

/// The folder of third parties.
pub fn artefacts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/artefacts")
}

/// The definitions; none, aloud, without the folder of third parties.
static DEFINITIONS: LazyLock<Option<Value>> = LazyLock::new(|| {
    let file = artefacts().join("fhir-schema/fhir.schema.r4.json");
    let Ok(text) = fs::read_to_string(&file) else {
        eprintln!("skipped: there is no {}", file.display());
        return None;
    };
    let mut schema: Value = serde_json::from_str(&text).unwrap();
    Some(schema["definitions"].take())
});

static COMPILED: Mutex<BTreeMap<String, &'static jsonschema::Validator>> =
    Mutex::new(BTreeMap::new());

fn compiled(resource: &str, definitions: &Value) -> &'static jsonschema::Validator {
    let mut known = COMPILED.lock().unwrap();
    if let Some(validator) = known.get(resource) {
        return validator;
    }
    let schema = json!({
        "$schema": "http://json-schema.org/draft-06/schema#",
        "$ref": format!("#/definitions/{resource}"),
        "definitions": definitions,
    });
    let validator = Box::leak(Box::new(jsonschema::draft6::new(&schema).unwrap()));
    known.insert(resource.to_owned(), validator);
    validator
}

/// What is wrong with a resource.
pub fn faults(resource: &Value) -> Vec<String> {
    let Some(definitions) = &*DEFINITIONS else { return Vec::new() };
    let Some(kind) = resource["resourceType"].as_str() else {
        return vec!["no resourceType".to_owned()];
    };
    if definitions.get(kind).is_none() {
        return vec![format!("R4 has no {kind}")];
    }
    // The schema judges what a Bundle holds by a choice among all resources, and then says nothing of use: each is
    // judged as what it says it is.
    let mut outer = resource.clone();
    let mut found = Vec::new();
    for entry in outer.get_mut("entry").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(inner) = entry.as_object_mut().and_then(|entry| entry.remove("resource")) {
            found.extend(faults(&inner));
        }
        if let Some(inner) = entry
            .get_mut("response")
            .and_then(Value::as_object_mut)
            .and_then(|response| response.remove("outcome"))
        {
            found.extend(faults(&inner));
        }
    }
    // The schema's list of versions ends with 4.0.0; R4 as it stands is 4.0.1.
    let newer = |e: &jsonschema::ValidationError<'_>| {
        e.instance_path().to_string() != "/fhirVersion" || resource["fhirVersion"] != "4.0.1"
    };
    let say = |e: jsonschema::ValidationError<'_>| format!("{kind}{}: {e}", e.instance_path());
    found.extend(compiled(kind, definitions).iter_errors(&outer).filter(newer).map(say));
    found
}

/// Fails with all that is wrong.
pub fn assert_valid(resource: &Value) {
    let faults = faults(resource);
    assert!(faults.is_empty(), "{faults:#?}\n{resource:#}");
}
