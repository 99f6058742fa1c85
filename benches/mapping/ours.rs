//! The shipped mappings, a simple one, and the doors of the library that the benchmark uses.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use dankun::format::{Reader, Writer};
use dankun::mapping::{Codes, Library, Mapping, Outcome, Run, RunContext, compile};
use dankun::schema::Catalog;
use jiff::civil::Date;
use serde_json::Value;

use super::samples::Shape;

const TODAY: Date = Date::constant(2026, 1, 1);

const CODES: &[(&str, &str)] = &[
    ("ci-districts", include_str!("../../mappings/codes/ci-districts.yaml")),
    ("countries", include_str!("../../mappings/codes/countries.yaml")),
    ("ml-regions", include_str!("../../mappings/codes/ml-regions.yaml")),
    ("ml-regions-iso", include_str!("../../mappings/codes/ml-regions-iso.yaml")),
    ("ng-states", include_str!("../../mappings/codes/ng-states.yaml")),
];

const SCHEMAS: &[(&str, &str)] = &[
    ("beneficiary/1", include_str!("../../schemas/beneficiary/1.json")),
    ("ci-cnam/1", include_str!("../../schemas/ci-cnam/1.json")),
    ("ml-utm/1", include_str!("../../schemas/ml-utm/1.json")),
    ("ml-canam/1", include_str!("../../schemas/ml-canam/1.json")),
    ("fhir-r4/1", include_str!("../../schemas/fhir-r4/1.json")),
    ("simple/1", SIMPLE_SCHEMA),
    ("simple-xml/1", SIMPLE_XML_SCHEMA),
];

const SIMPLE_SCHEMA: &str = r#"{
  "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Simple", "type": "object",
  "required": ["id", "family", "sex", "born", "status"],
  "properties": {
    "id": { "type": "string", "minLength": 1, "maxLength": 40 },
    "family": { "type": "string", "minLength": 1, "maxLength": 120 },
    "given": { "type": "string", "maxLength": 120 },
    "sex": { "type": "string", "enum": ["M", "F"] },
    "born": { "type": "string", "minLength": 1 },
    "status": { "type": "string", "enum": ["A", "S", "E"] },
    "start": { "type": "string" },
    "end": { "type": "string" }
  }
}"#;

const SIMPLE_XML_SCHEMA: &str = r#"{
  "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Simple", "type": "object",
  "required": ["@id", "family", "sex", "born", "status"],
  "properties": {
    "@id": { "type": "string", "minLength": 1, "maxLength": 40 },
    "family": { "type": "string", "minLength": 1, "maxLength": 120 },
    "given": { "type": "string", "maxLength": 120 },
    "sex": { "type": "string", "enum": ["M", "F"] },
    "born": { "type": "string", "minLength": 1 },
    "status": { "type": "string", "enum": ["A", "S", "E"] },
    "start": { "type": "string" },
    "end": { "type": "string" }
  }
}"#;

const SIMPLE: &str = r#"mapping: simple
version: 1.0.0
title: { fr: Liste simple, en: Simple list }
source:
  FORMAT
  record_id: "{ID}"
target: beneficiary/1
on_error: error
fields:
  person.names[official].family: { from: family }
  person.names[official].given: { from: given, do: [{ split: " " }] }
  person.sex: { from: sex, table: { M: male, F: female } }
  person.birth_date: { from: born, do: [{ date: yyyy-MM-dd }], check: not future }
  coverages[main].contract_id: { from: "ID" }
  coverages[main].period.start: { from: start, do: [{ date: yyyy-MM-dd }] }
  coverages[main].period.end: { from: end, do: [{ date: yyyy-MM-dd }] }
  coverages[main].status: { from: status, table: { A: active, S: suspended, E: ended } }
"#;

/// The text of a mapping.
pub fn text(id: &str) -> &'static str {
    match id {
        "ci-cnam" => include_str!("../../mappings/ci-cnam.yaml"),
        "ml-utm" => include_str!("../../mappings/ml-utm.yaml"),
        "ml-canam" => include_str!("../../mappings/ml-canam.yaml"),
        "fhir-r4" => include_str!("../../mappings/fhir-r4.yaml"),
        other => panic!("no mapping `{other}`"),
    }
}

fn simple(shape: Shape) -> String {
    let (format, id) = match shape {
        Shape::Lines => ("format: ndjson\n  schema: simple/1", "id"),
        Shape::Rows => ("format: csv\n  schema: simple/1", "id"),
        Shape::Elements => ("format: xml\n  record_element: record\n  schema: simple-xml/1", "@id"),
    };
    SIMPLE.replace("FORMAT", format).replace("ID", id)
}

/// The format of a job's file.
pub fn shape(name: &str) -> Shape {
    match name {
        name if name.ends_with("CSV") => Shape::Rows,
        name if name.ends_with("XML") => Shape::Elements,
        _ => Shape::Lines,
    }
}

/// Schemas as shipped, and the same without anything that they ask for.
pub struct Shelf {
    pub full: Schemas,
    pub bare: Schemas,
}

/// What mappings are compiled with.
pub struct Schemas {
    schemas: Catalog,
    codes: Codes,
}

impl Shelf {
    pub fn new() -> Self {
        let bare = |text: &str| {
            let mut schema: Value = serde_json::from_str(text).expect("shipped schemas are JSON");
            strip(&mut schema);
            schema.to_string()
        };
        Self { full: Schemas::new(str::to_owned), bare: Schemas::new(bare) }
    }
}

/// Leaves of a schema only which fields there are.
fn strip(schema: &mut Value) {
    let Some(keywords) = schema.as_object_mut() else { return };
    let known =
        ["$schema", "$ref", "$defs", "properties", "items", "title", "x-title", "x-description"];
    keywords.retain(|keyword, _| known.contains(&keyword.as_str()));
    for (keyword, below) in keywords.iter_mut() {
        match (keyword.as_str(), below) {
            ("properties" | "$defs", Value::Object(fields)) => fields.values_mut().for_each(strip),
            ("items", items) => strip(items),
            _ => {}
        }
    }
}

impl Schemas {
    fn new(change: impl Fn(&str) -> String) -> Self {
        let schemas = SCHEMAS.iter().map(|(id, text)| ((*id).to_owned(), change(text)));
        Self {
            schemas: Catalog::parse(schemas).expect("shipped schemas compile"),
            codes: Codes::parse(CODES.iter().copied()).expect("shipped tables compile"),
        }
    }

    /// A mapping, compiled with all its checks.
    pub fn mapping(&self, id: &str, shape: Shape) -> Mapping {
        let library = Library { schemas: &self.schemas, codes: &self.codes };
        let simple = simple(shape);
        let text = if id == "simple" { &simple } else { text(id) };
        let (mapping, problems) = compile(text, &format!("mappings/{id}.yaml"), &library);
        mapping.unwrap_or_else(|| panic!("{id}: {problems:?}"))
    }
}

/// Translates a file to canonical lines; how many records were refused. The file stands in memory, as
/// it does for the program by hand.
pub fn translate(mapping: &Mapping, input: &'static [u8], out: &mut Vec<u8>) -> usize {
    let reader = Reader::new(Box::new(input), &mapping.read_options());
    let scheme = mapping.id().parse().expect("ids of mappings are scheme ids");
    let mut run = Run::new(mapping, reader, RunContext { scheme, today: TODAY }).lean();
    let mut refused = 0;
    while let Some(outcome) = run.next() {
        match outcome {
            Outcome::Accepted(record) => {
                out.extend_from_slice(&record.canonical);
                out.push(b'\n');
                run.reuse(record);
            }
            Outcome::Refused(_) => refused += 1,
        }
    }
    refused
}

/// Writes canonical lines in the format of a mapping; how many could not be written.
pub fn back(mapping: &Mapping, input: &'static [u8], out: &mut Vec<u8>) -> usize {
    let shared = Shared(Arc::new(Mutex::new(std::mem::take(out))));
    let output = Box::new(Shared(Arc::clone(&shared.0)));
    let mut writer = Writer::new(output, &mapping.write_options()).expect("UTF-8 is known");
    let mut refused = 0;
    for line in input.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let mut record = writer.record();
        match mapping.reverse(line, &mut record) {
            Ok(_) => drop(record.end()),
            Err(_) => refused += 1,
        }
    }
    writer.finish().expect("memory takes everything");
    *out = std::mem::take(&mut *shared.0.lock().expect("nobody panics with it"));
    refused
}

/// Memory that a writer owns and that is read afterwards.
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panics with it").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
