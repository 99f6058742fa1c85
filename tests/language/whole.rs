//! A mapping as a whole: what it reads, writes, can refuse and can lose; its samples and its coverage.

use std::io::Cursor;

use dankun::format::Reader;
use dankun::mapping::{Class, Taken};
use dankun::model::{IssueCode, Severity};
use serde_json::{Value as Json, json};

use super::world::{check, mapping};

fn schema() -> Json {
    let text = json!({ "type": "string" });
    json!({
        "type": "object",
        "required": ["ID"],
        "properties": { "ID": text, "NOM": text, "SEXE": { "enum": ["M", "F"] }, "NE": text, "MOIS": text, "X": text }
    })
}

const MAPPING: &str = r#"
mapping: demo
version: 1.0.0
title: whole
source: { format: csv, schema: s/1, record_id: "{ID}", ignore: [X] }
target: beneficiary/1
fields:
  person.names[official].family: { from: NOM, do: [{ extract: "^[A-Z]+" }], on_error: warning, one_way: true }
  person.sex: { from: SEXE, table: { M: male, F: female } }
  person.birth_date: { from: NE, do: [{ date: dd/MM/yyyy }], check: not future, on_error: error }
  coverages[main].status:
    choose:
      - { if: "MOIS == '12'", value: active }
      - { else: ended }
checks:
  - { when: "!has(NOM)", code: missing_mandatory, at: NOM }
sample: { ID: A1, NOM: KANE, SEXE: F, NE: 14/06/1985, MOIS: "12" }
tests:
  - name: one
    expect: { person: { sex: female } }
samples:
  - { file: a.csv, accepted: 60 %, records: 3 }
"#;

#[test]
fn a_mapping_says_what_it_reads_writes_refuses_and_loses() {
    let summary = mapping(&schema(), MAPPING).summary();
    let reads: Vec<_> =
        summary.reads.iter().map(|read| (read.field.as_str(), read.by.len())).collect();
    assert!(reads.contains(&("MOIS", 1)) && reads.contains(&("NE", 1)), "{reads:?}");
    let written = |field: &str| summary.writes.iter().find(|w| w.field == field).expect("a field");
    assert_eq!(written("person.birth_date").steps, ["date"]);
    assert_eq!(written("coverages[main].status").from, ["MOIS"]);
    assert_eq!(written("person.names[official].family").class, Class::OneWay);
    let refuses = |code: IssueCode, target: &str, severity: Severity| {
        summary
            .refuses
            .iter()
            .any(|r| r.code == code && r.target == target && r.severity == severity)
    };
    assert!(refuses(IssueCode::BadDate, "person.birth_date", Severity::Error));
    assert!(refuses(IssueCode::FutureDate, "person.birth_date", Severity::Error));
    assert!(refuses(IssueCode::BadFormat, "person.names[official].family", Severity::Warning));
    assert!(refuses(IssueCode::UnknownCode, "person.sex", Severity::Error));
    assert!(refuses(IssueCode::MissingMandatory, "checks", Severity::Error));
    assert!(refuses(IssueCode::MissingMandatory, "schema", Severity::Error));
    let lost: Vec<_> = summary.loses.iter().map(|lost| (lost.field.as_str(), lost.class)).collect();
    assert!(lost.contains(&("X", Class::Projection)), "{lost:?}");
    assert!(lost.contains(&("person.names[official].family", Class::OneWay)), "{lost:?}");
}

#[test]
fn the_way_of_a_value_names_the_branch_and_the_row_of_the_table() {
    let found = mapping(&schema(), MAPPING);
    let file = "ID,NOM,SEXE,NE,MOIS,X\nA1,KANE,F,14/06/1985,11,\n";
    let reader = Reader::new(Box::new(Cursor::new(file)), &found.read_options());
    let mut elements = found.elements(reader);
    let element = elements.next().expect("a row").expect("a sound row");
    let today = "2026-07-01".parse().expect("a day");
    let ways = found.explain(&element, None, today).remove(0).ways;
    let taken = |field: &str| {
        let way = ways.iter().find(|way| way.field == field).expect("a way");
        way.steps.iter().find_map(|step| step.taken.clone())
    };
    assert!(taken("coverages[main].status") == Some(Taken::Branch(2)));
    assert!(taken("person.sex") == Some(Taken::Row("F".to_owned(), Some(9))));
}

#[test]
fn rows_and_fields_that_no_example_touches_are_told() {
    let found = mapping(&schema(), MAPPING);
    let report = found.run_tests();
    let rows: Vec<_> =
        report.untouched_rows.iter().flatten().map(|row| (&*row.from, row.line)).collect();
    assert_eq!(rows, [("M", 9)]);
    let told = report.diagnostics(&found, MAPPING);
    assert!(told.iter().any(|told| told.code.number() == "X704"));
}

#[test]
fn a_sample_file_must_reach_its_share() {
    let found = mapping(&schema(), MAPPING);
    let sample = |rows: &str| {
        let file = format!("ID,NOM,SEXE,NE,MOIS,X\n{rows}");
        let options = found.read_options();
        found.run_sample(Reader::new(Box::new(Cursor::new(file.into_bytes())), &options))
    };
    let (good, bad) =
        ("A1,KANE,F,14/06/1985,12,\nA2,SY,M,14/06/1985,12,\n", "A3,BA,F,31/02/1985,12,\n");
    let wanted = &found.samples()[0];
    let report = sample(&format!("{good}{bad}"));
    assert!((report.share() - 66.67).abs() < 0.01 && report.passes(wanted));
    assert_eq!(report.defects.groups()[0].0.code, IssueCode::BadDate);
    assert!(!sample(good).passes(wanted), "too few records");
    assert!(!sample(&format!("{good}{bad}{}", bad.replace("A3", "A4"))).passes(wanted));
    assert!(!sample("").passes(wanted));
    let (_, told) = check(&schema(), &MAPPING.replace("60 %", "600 %"));
    assert!(told.iter().any(|told| told.code.number() == "A107"));
}

#[test]
fn what_a_warning_leaves_out_and_what_no_rule_takes_is_named_as_lost() {
    let columns = ["ID", "NOM", "TEL", "NUM", "TYPE", "VILLAGE", "AUTRE"];
    let text = |column: &str| (column.to_owned(), serde_json::json!({ "type": "string" }));
    let properties: serde_json::Map<_, _> = columns.into_iter().map(text).collect();
    let schema = serde_json::json!({ "type": "object", "properties": properties });
    let text = r#"
mapping: s
version: 1.0.0
title: losses
source:
  format: csv
  schema: s/1
  record_id: "{ID}"
  inherit: { by: ID, when: "VILLAGE == 'idem'", fields: [VILLAGE] }
target: beneficiary/1
on_error: error
fields:
  person.names[official].family: { from: NOM }
  person.phones[]: { from: TEL, do: [{ phone: ML }], on_error: warning }
  person.identifiers[ml-nina]: { from: NUM, if: "TYPE == 'NINA'" }
  person.addresses[home].locality: { from: VILLAGE }
"#;
    let summary = mapping(&schema, text).summary();
    let mut lost: Vec<_> =
        summary.loses.iter().map(|lost| (lost.field.as_str(), lost.class)).collect();
    lost.sort_unstable();
    let expected = [
        ("AUTRE", Class::Projection),
        ("TYPE", Class::Partial),
        ("VILLAGE", Class::Partial),
        ("person.phones[]", Class::Partial),
    ];
    assert_eq!(lost, expected);
}
