//! The reference of the mapping language says what the language does: every example on it runs.

use dankun::format::Reader;
use dankun::mapping::verb::{DECLARATIONS, Declaration};
use dankun::mapping::{Codes, Library, Outcome, Run, RunContext, compile};
use dankun::schema::Catalog;
use serde_json::{Value, json};

/// A schema of two columns of text.
fn schema(names: &[&str]) -> String {
    let properties: serde_json::Map<String, Value> =
        names.iter().map(|name| ((*name).to_owned(), json!({ "type": "string" }))).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": properties,
    })
    .to_string()
}

/// The result of a verb's example, as the reference writes it.
fn result(verb: &Declaration) -> String {
    let (beside, text) = verb.example.beside.unwrap_or(("BESIDE", ""));
    let field = if verb.example.result.contains(" | ") {
        "person.names[official].given"
    } else {
        "person.birth_place"
    };
    let mapping = format!(
        "mapping: example\nversion: 1.0.0\ntitle: {{ fr: e, en: e }}\nsource:\n  format: csv\n  schema: example/1\n  \
         record_id: \"{{ID}}\"\n  ignore: [{beside}]\ntarget: beneficiary/1\non_error: error\nfields:\n  \
         {field}: {{ from: GIVEN, do: {} }}\n",
        verb.example.steps
    );
    let schemas = Catalog::parse([
        ("example/1".to_owned(), schema(&["ID", "GIVEN", beside])),
        ("beneficiary/1".to_owned(), include_str!("../schemas/beneficiary/1.json").to_owned()),
    ])
    .expect("schemas that compile");
    let codes = Codes::default();
    let library = Library { schemas: &schemas, codes: &codes };
    let (compiled, problems) = compile(&mapping, "example.yaml", &library);
    let compiled = compiled.unwrap_or_else(|| panic!("{}: {problems:?}", verb.name));
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(["ID", "GIVEN", beside]).expect("a header");
    csv.write_record(["A1", verb.example.given, text]).expect("a row");
    let bytes = csv.into_inner().expect("bytes");
    let reader = Reader::new(Box::new(std::io::Cursor::new(bytes)), &compiled.read_options());
    let context = RunContext {
        scheme: "example".parse().expect("a scheme"),
        today: "2026-07-01".parse().expect("a date"),
    };
    match Run::new(&compiled, reader, context).next() {
        Some(Outcome::Accepted(record)) => {
            let found: Value = serde_json::from_slice(&record.canonical).expect("JSON");
            let found = found["person"]["names"][0]
                .get("given")
                .cloned()
                .unwrap_or_else(|| found["person"]["birth_place"].clone());
            shown(&found)
        }
        other => format!("{other:?}"),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(" | "),
        _ => "∅".to_owned(),
    }
}

#[test]
fn every_verb_does_what_its_example_says() {
    let wrong: Vec<String> = DECLARATIONS
        .iter()
        .map(|verb| (verb, result(verb)))
        .filter(|(verb, found)| verb.example.result != found)
        .map(|(verb, found)| format!("{}: {found} ≠ {}", verb.name, verb.example.result))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
