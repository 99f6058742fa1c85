//! Households in one wide row: numbered columns as records, and as a list of the target.

use dankun::model::IssueCode;
use serde_json::{Value as Json, json};

use super::world::{codes_of, issues, mapping, records, run};

/// A row with three people; the third has no date.
fn schema() -> Json {
    let text = || json!({ "type": "string" });
    let columns = ["MENAGE", "VILLAGE", "M01_NOM", "M01_NE", "M02_NOM", "M02_NE", "M03_NOM"];
    let mut properties: serde_json::Map<String, Json> =
        columns.iter().map(|column| ((*column).to_owned(), text())).collect();
    properties.insert("M02_NE".to_owned(), json!({ "type": "string", "maxLength": 10 }));
    json!({ "type": "object", "properties": properties })
}

const RECORDS: &str = r#"
mapping: s
version: 1.0.0
title: wide rows
source:
  format: csv
  schema: s/1
  records:
    - { each: "M{nn}_*", n: 1..3, record_id: "{^.MENAGE}-{NOM}" }
target: beneficiary/1
on_error: error
fields:
  person.names[official].family: { from: NOM }
  person.birth_date: { from: NE, do: [{ date: dd/MM/yyyy }] }
  household.id: { from: ^.MENAGE }
  household.relationship: { value: other }
  person.addresses[home].locality: { from: ^.VILLAGE }
"#;

const HEADER: &str = "MENAGE,VILLAGE,M02_NOM,M02_NE,M01_NOM,M01_NE,M03_NOM\n";

#[test]
fn numbered_columns_are_records_where_one_of_their_cells_is_present() {
    let file = format!("{HEADER}7,Kita,B,02/02/1990,A,01/01/1980,\n8,Ségou,,,C,,\n9,Mopti,,,,,\n");
    let found = records(&mapping(&schema(), RECORDS), &file);
    let said: Vec<String> = found
        .iter()
        .map(|r| {
            format!(
                "{} {} {}",
                r["source"]["record_id"],
                r["person"]["birth_date"],
                r["person"]["addresses"][0]["locality"]
            )
        })
        .collect();
    assert_eq!(
        said,
        [r#""7-A" "1980-01-01" "Kita""#, r#""7-B" "1990-02-02" "Kita""#, r#""8-C" null "Ségou""#]
    );
}

#[test]
fn a_problem_of_one_of_them_names_its_own_column_and_spares_the_others() {
    let file =
        format!("{HEADER}7,Kita,B,31/02/1990,A,01/01/1980,\n8,Kita,D,a far too long date,C,,\n");
    let (outcomes, _) = run(&mapping(&schema(), RECORDS), &file);
    let found: Vec<_> = outcomes
        .iter()
        .map(|outcome| {
            let fields =
                issues(outcome).iter().map(|i| (i.code, i.field.clone().unwrap_or_default()));
            fields.collect::<Vec<_>>()
        })
        .collect();
    let column = || "M02_NE".to_owned();
    assert_eq!(found[0], []);
    assert_eq!(found[1], [(IssueCode::BadDate, column())]);
    assert_eq!(found[2], []);
    assert_eq!(found[3], [(IssueCode::OutOfRange, column())]);
    assert_eq!(issues(&outcomes[1])[0].place.line, 2);
}

const LIST: &str = r#"
mapping: s
version: 1.0.0
title: wide rows
source: { format: csv, schema: s/1, record_id: "{MENAGE}", ignore: [VILLAGE] }
target: beneficiary/1
on_error: error
fields:
  person.names[official].family: { from: MENAGE }
  coverages[]:
    each: "M{nn}_*"
    n: 1..3
    when: "NOM != 'X'"
    fields:
      contract_id: { from: NOM }
      policy_number: { template: "{^.MENAGE}/{NOM}" }
      status: { value: active }
      period.start: { from: NE, do: [{ date: dd/MM/yyyy }] }
"#;

#[test]
fn numbered_columns_are_a_list_of_the_target() {
    let file = format!("{HEADER}7,Kita,B,02/02/1990,X,01/01/1980,C\n");
    let found = records(&mapping(&schema(), LIST), &file);
    assert_eq!(
        found[0]["coverages"],
        json!([
            { "scheme": "demo", "contract_id": "B", "policy_number": "7/B", "status": "active", "period": { "start": "1990-02-02" } },
            { "scheme": "demo", "contract_id": "C", "policy_number": "7/C", "status": "active" }
        ])
    );
    let (outcomes, _) = run(&mapping(&schema(), LIST), &format!("{HEADER}7,Kita,B,x,,,\n"));
    assert_eq!(issues(&outcomes[0])[0].field.as_deref(), Some("M02_NE"));
}

#[test]
fn mistakes_in_the_columns_of_a_wide_row_are_told() {
    let cases = [
        ("    n: 1..3\n", "", "A105"),
        ("n: 1..3", "n: 3..1", "A107"),
        ("n: 1..3", "n: 1..100000", "A107"),
        ("M{nn}_*", "M_*", "A107"),
        ("M{nn}_*", "M{nn}", "A107"),
        ("      contract_id: { from: NOM }\n", "      contract_id: { from: NON }\n", "B201"),
    ];
    for (old, new, code) in cases {
        assert!(LIST.contains(old), "{old}");
        let found = codes_of(&schema(), &LIST.replacen(old, new, 1));
        assert!(found.contains(&code), "{new}: {found:?}");
    }
    assert!(!codes_of(&schema(), LIST).contains(&"B202"), "every column is used");
}

/// What comes out of a file when its records are written in its own format again.
fn there_and_back(text: &str, file: &str) -> String {
    let mapping = mapping(&schema(), text);
    let (outcomes, _) = run(&mapping, file);
    let records: Vec<Vec<u8>> = outcomes
        .into_iter()
        .map(|outcome| match outcome {
            dankun::mapping::Outcome::Accepted(record) => record.canonical,
            dankun::mapping::Outcome::Refused(refusal) => panic!("{refusal:?}"),
        })
        .collect();
    let bytes = dankun::operations::translate::render(Some(&mapping), &records).expect("a file");
    String::from_utf8(bytes).expect("text")
}

#[test]
fn a_wide_row_is_written_into_its_columns_again() {
    let file = format!("{HEADER}7,Kita,B,02/02/1990,A,01/01/1980,\n8,Ségou,,,C,,\n");
    // The scheme of these records is `demo`, so that their ids are the format's own.
    let text = RECORDS.replace("mapping: s", "mapping: demo");
    let back = there_and_back(&text, &file);
    let again = there_and_back(&text, &back);
    assert_eq!(back, again);
    let found = records(&mapping(&schema(), &text), &back);
    assert_eq!(found, records(&mapping(&schema(), &text), &file));
}

#[test]
fn numbered_columns_of_a_list_are_written_again() {
    let text = LIST.replace("mapping: s", "mapping: demo");
    let file = format!("{HEADER}7,Kita,B,02/02/1990,A,01/01/1980,\n");
    let before = records(&mapping(&schema(), &text), &file);
    let after = records(&mapping(&schema(), &text), &there_and_back(&text, &file));
    assert_eq!(before, after);
}
