//! A scheme of one test: a schema, a mapping and a file.

use std::io::Cursor;

use dankun::format::Reader;
use dankun::mapping::{
    Codes, Diagnostic, Ending, Library, Mapping, Outcome, Run, RunContext, compile,
};
use dankun::model::Issue;
use dankun::schema::Catalog;
use serde_json::Value as Json;

/// Compiles a mapping against a schema of the sender.
pub fn check(schema: &Json, mapping: &str) -> (Option<Mapping>, Vec<Diagnostic>) {
    let target = include_str!("../../schemas/beneficiary/1.json").to_owned();
    let schemas = [("s/1".to_owned(), schema.to_string()), ("beneficiary/1".to_owned(), target)];
    let schemas = Catalog::parse(schemas).expect("schemas that compile");
    let codes = Codes::default();
    compile(mapping, "m.yaml", &Library { schemas: &schemas, codes: &codes })
}

/// Compiles a mapping that has no errors.
pub fn mapping(schema: &Json, text: &str) -> Mapping {
    let (mapping, found) = check(schema, text);
    mapping.unwrap_or_else(|| panic!("{found:#?}"))
}

/// The numbers of the diagnostics, errors and warnings.
pub fn codes_of(schema: &Json, text: &str) -> Vec<&'static str> {
    check(schema, text).1.iter().map(|found| found.code.number()).collect()
}

/// Sends a file through a mapping.
pub fn run(mapping: &Mapping, file: &str) -> (Vec<Outcome>, Ending) {
    let reader =
        Reader::new(Box::new(Cursor::new(file.as_bytes().to_vec())), &mapping.read_options());
    let context = RunContext {
        scheme: "demo".parse().expect("a scheme"),
        today: "2026-07-01".parse().expect("a date"),
    };
    let mut run = Run::new(mapping, reader, context);
    let mut outcomes = Vec::new();
    while let Some(outcome) = run.next() {
        outcomes.push(outcome);
    }
    (outcomes, run.finish())
}

/// The records of a file.
pub fn records(mapping: &Mapping, file: &str) -> Vec<Json> {
    run(mapping, file).0.iter().map(canonical).collect()
}

/// The canonical record of an outcome that is accepted.
pub fn canonical(outcome: &Outcome) -> Json {
    match outcome {
        Outcome::Accepted(record) => serde_json::from_slice(&record.canonical).expect("JSON"),
        Outcome::Refused(refusal) => panic!("{:?} {:?}", refusal.issues, refusal.issues[0].value),
    }
}

/// What is wrong with an outcome.
pub fn issues(outcome: &Outcome) -> &[Issue] {
    match outcome {
        Outcome::Accepted(record) => &record.warnings,
        Outcome::Refused(refusal) => &refusal.issues,
    }
}
