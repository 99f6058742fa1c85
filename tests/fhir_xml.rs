//! FHIR's XML: the table of elements is the official one, every official example comes back, and faults have a place.

#![allow(clippy::unwrap_used)]

mod r4;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use dankun::fhir::xml::{elements, read, write};
use serde_json::{Value, json};

/// The resources that the table is made for: those that this hub speaks, and whom they refer to.
const RESOURCES: [&str; 14] = [
    "Bundle",
    "CapabilityStatement",
    "Coverage",
    "CoverageEligibilityRequest",
    "CoverageEligibilityResponse",
    "Group",
    "MessageHeader",
    "OperationOutcome",
    "Organization",
    "Parameters",
    "Patient",
    "Person",
    "RelatedPerson",
    "Subscription",
];

/// What the table writes behind the colon.
fn kind(property: &Value, definitions: &Value) -> String {
    if let Some(reference) = property["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap();
        return match name {
            "ResourceList" => "!resource".to_owned(),
            "xhtml" => "!xhtml".to_owned(),
            "boolean" => "!boolean".to_owned(),
            "integer" | "decimal" | "unsignedInt" | "positiveInt" => "!number".to_owned(),
            other if definitions[other]["properties"].is_object() => other.to_owned(),
            _ => String::new(),
        };
    }
    match property["type"].as_str() {
        Some("boolean") => "!boolean".to_owned(),
        Some("number") => "!number".to_owned(),
        _ => String::new(),
    }
}

/// The table, made from the official schema. The order of its properties is read from the text, since a parsed object
/// has none.
fn table(definitions: &Value, order: &BTreeMap<String, Vec<String>>) -> String {
    let mut waiting: Vec<String> = RESOURCES.map(str::to_owned).to_vec();
    waiting.push("Element".to_owned());
    let mut lines = BTreeMap::new();
    while let Some(name) = waiting.pop() {
        if lines.contains_key(&name) {
            continue;
        }
        let properties = &definitions[&name]["properties"];
        let mut parts = Vec::new();
        for field in &order[&name] {
            if field.starts_with('_') || field == "resourceType" {
                continue;
            }
            let property = &properties[field];
            let many = property["type"] == "array";
            let kind = kind(if many { &property["items"] } else { property }, definitions);
            let star = if many { "*" } else { "" };
            let colon = if kind.is_empty() { "" } else { ":" };
            parts.push(format!("{field}{star}{colon}{kind}"));
            if !kind.is_empty() && !kind.starts_with('!') {
                waiting.push(kind);
            }
        }
        let mark = if RESOURCES.contains(&name.as_str()) { "@" } else { "" };
        lines.insert(name.clone(), format!("{mark}{name} {}", parts.join(" ")));
    }
    let mut all: Vec<String> = lines.into_values().collect();
    all.sort();
    all.join("\n") + "\n"
}

/// The names of the properties of each definition, in the order of the file.
struct Ordered(BTreeMap<String, Vec<String>>);

impl<'de> serde::Deserialize<'de> for Ordered {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// An object as a list of its members.
        struct Members<T>(Vec<(String, T)>);
        impl<'de, T: serde::Deserialize<'de>> serde::Deserialize<'de> for Members<T> {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Visitor<T>(std::marker::PhantomData<T>);
                impl<'de, T: serde::Deserialize<'de>> serde::de::Visitor<'de> for Visitor<T> {
                    type Value = Members<T>;
                    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        out.write_str("an object")
                    }
                    fn visit_map<A: serde::de::MapAccess<'de>>(
                        self,
                        mut map: A,
                    ) -> Result<Self::Value, A::Error> {
                        let mut all = Vec::new();
                        while let Some(member) = map.next_entry()? {
                            all.push(member);
                        }
                        Ok(Members(all))
                    }
                }
                deserializer.deserialize_map(Visitor(std::marker::PhantomData))
            }
        }
        #[derive(serde::Deserialize)]
        struct Definition {
            properties: Option<Members<serde::de::IgnoredAny>>,
        }
        #[derive(serde::Deserialize)]
        struct Schema {
            definitions: Members<Definition>,
        }
        let schema = Schema::deserialize(deserializer)?;
        let names = |definition: Definition| {
            definition
                .properties
                .map_or_else(Vec::new, |all| all.0.into_iter().map(|(name, _)| name).collect())
        };
        let all =
            schema.definitions.0.into_iter().map(|(name, definition)| (name, names(definition)));
        Ok(Self(all.collect()))
    }
}

#[test]
fn the_table_is_made_of_the_official_schema() {
    let file = r4::artefacts().join("fhir-schema/fhir.schema.r4.json");
    let Ok(text) = fs::read_to_string(&file) else {
        eprintln!("skipped: there is no {}", file.display());
        return;
    };
    let schema: Value = serde_json::from_str(&text).unwrap();
    let order: Ordered = serde_json::from_str(&text).unwrap();
    let made = table(&schema["definitions"], &order.0);
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/fhir/xml/elements.txt");
    let kept = fs::read_to_string(kept).unwrap();
    for (kept, made) in kept.lines().zip(made.lines()) {
        assert_eq!(kept, made);
    }
    assert_eq!(kept.lines().count(), made.lines().count());
}

#[test]
fn the_order_is_that_of_the_structure_definitions() {
    let folder = r4::artefacts().join("hl7-r4-core");
    let mut checked = 0;
    for name in RESOURCES {
        let Ok(text) = fs::read_to_string(folder.join(format!("StructureDefinition-{name}.json")))
        else {
            continue;
        };
        let definition: Value = serde_json::from_str(&text).unwrap();
        let known = elements::resource(name).unwrap();
        let mut last = 0;
        for element in definition["snapshot"]["element"].as_array().unwrap() {
            let path = element["path"].as_str().unwrap();
            let Some(field) =
                path.strip_prefix(&format!("{name}.")).filter(|rest| !rest.contains('.'))
            else {
                continue;
            };
            let is = |known: &str| match field.strip_suffix("[x]") {
                Some(stem) => known
                    .strip_prefix(stem)
                    .is_some_and(|rest| rest.starts_with(char::is_uppercase)),
                None => known == field,
            };
            let at = known.elements.iter().position(|one| is(one.name));
            let at = at.unwrap_or_else(|| panic!("{path} is not in the table"));
            assert!(at >= last, "{path}");
            last = at;
            checked += 1;
        }
    }
    assert!(checked > 60 || !folder.is_dir(), "only {checked} elements were compared");
}

/// The examples of the resources that the table knows, by file name.
fn examples() -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for folder in ["hl7-r4-examples", "pdqm-derived", "openimis-fhir-r4-ig", "ihe-pixm/examples"] {
        let Ok(entries) = fs::read_dir(r4::artefacts().join(folder)) else {
            eprintln!("skipped: there is no {folder}");
            continue;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if name.ends_with(".json")
                && RESOURCES.iter().any(|kind| name.starts_with(&format!("{kind}-")))
            {
                all.push((name, serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()));
            }
        }
    }
    all
}

/// Numbers compared by value: XML does not say whether `1` was `1.0`.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| same(value, other)))
        }
        _ => a == b,
    }
}

#[test]
fn every_official_example_comes_back_from_xml() {
    let all = examples();
    let mut kinds = BTreeSet::new();
    for (name, example) in &all {
        let xml = write(example).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let back = read(&xml).unwrap_or_else(|fault| panic!("{name}: {fault}\n{xml}"));
        assert!(same(&back, example), "{name}\n{xml}\n{back:#}");
        assert_eq!(write(&back).unwrap(), xml, "{name}");
        kinds.insert(name.split('-').next().unwrap().to_owned());
    }
    assert!(all.len() >= 70 && kinds.len() >= 9 || all.is_empty(), "{} of {kinds:?}", all.len());
}

#[test]
fn the_examples_of_ihe_in_xml_are_read() {
    let folder = r4::artefacts().join("ihe-pixm/examples");
    for name in
        ["request-mohralice-red-all", "request-mohralice-red-to-blue", "response-mohralice-red-all"]
    {
        let Ok(text) = fs::read_to_string(folder.join(format!("pixm-{name}.xml"))) else {
            eprintln!("skipped: there is no pixm-{name}.xml");
            continue;
        };
        let parameters = read(&text).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        r4::assert_valid(&parameters);
        assert!(parameters["parameter"][0]["name"].is_string());
    }
}

#[test]
fn values_survive_whatever_they_hold() {
    let text = "a < b & \"c\" 'd'\ttab\nline\r\u{e9}\u{1F600} %";
    let patient = json!({
        "resourceType": "Patient",
        "active": true,
        "name": [{ "family": text, "_given": [null, { "id": "g" }], "given": ["A", null, "B"] }],
        "birthDate": "1985", "_birthDate": { "extension": [{ "url": "urn:x", "valueInteger": 3 }] },
    });
    let mut padded = patient.clone();
    padded["name"][0]["_given"] = json!([null, { "id": "g" }, null]);
    let xml = write(&patient).unwrap();
    assert_eq!(read(&xml).unwrap(), padded, "{xml}");
    // What XML cannot write at all becomes a visible mark instead of a broken document.
    let control = json!({ "resourceType": "Patient", "name": [{ "family": "a\u{1}b" }] });
    assert_eq!(read(&write(&control).unwrap()).unwrap()["name"][0]["family"], "a\u{fffd}b");
    let broken =
        json!({ "resourceType": "Patient", "text": { "status": "empty", "div": "</div><evil/>" } });
    assert!(!write(&broken).unwrap().contains("evil"));
}

#[test]
fn faults_are_told_with_their_place() {
    let open = "<Patient xmlns=\"http://hl7.org/fhir\">";
    let deep = format!("{open}{}", "<extension url=\"x\">".repeat(100));
    let cases = [
        ("", 1, "a resource is expected"),
        ("<Patient/>", 1, "xmlns"),
        ("<Patient xmlns=\"http://hl7.org/fhir\"/><x/>", 1, "nothing is expected"),
        ("<Cow xmlns=\"http://hl7.org/fhir\"/>", 1, "Cow"),
        (
            "<!DOCTYPE x [<!ENTITY a \"b\">]><Patient xmlns=\"http://hl7.org/fhir\"/>",
            1,
            "document type",
        ),
        (&format!("{open}\n <cow value=\"1\"/></Patient>"), 2, "cow"),
        (
            &format!("{open}\n <gender value=\"male\"/>\n<active value=\"true\"/></Patient>"),
            3,
            "out of order",
        ),
        (&format!("{open}<gender value=\"male\"/><gender value=\"male\"/></Patient>"), 1, "twice"),
        (&format!("{open}<active value=\"perhaps\"/></Patient>"), 1, "another type"),
        (&format!("{open}<gender/></Patient>"), 1, "no value"),
        (&format!("{open}text</Patient>"), 1, "no text"),
        (&format!("{open}<contained/></Patient>"), 1, "one resource"),
        (&format!("{open}<active value=\"true\">"), 1, ""),
        (&deep, 1, "levels"),
    ];
    for (xml, line, what) in cases {
        let fault = read(xml).unwrap_err();
        assert_eq!(fault.line, line, "{xml}: {fault}");
        assert!(fault.what.contains(what), "{xml}: {fault}");
    }
    assert!(write(&json!({ "resourceType": "Cow" })).is_err());
    assert!(write(&json!({ "resourceType": "Patient", "cow": 1 })).is_err());
}
