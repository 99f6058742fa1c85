//! Several rows that make one record.

use dankun::mapping::Outcome;
use dankun::model::IssueCode;
use serde_json::{Value as Json, json};

use super::world::{canonical, codes_of, issues, mapping, records, run};

fn text() -> Json {
    json!({ "type": "string" })
}

fn schema() -> Json {
    json!({
        "type": "object",
        "required": ["CARTE", "NOM"],
        "properties": {
            "CARTE": text(), "NOM": { "type": "string", "minLength": 1 }, "TEL": text(), "DROIT": text(),
            "ETAT": { "enum": ["A", "F"] }, "DEBUT": text(), "FIN": text()
        }
    })
}

const MAPPING: &str = r#"
mapping: demo
version: 1.0.0
title: rows
source:
  format: csv
  delimiter: ";"
  schema: s/1
  record_id: "{CARTE}"
  rows: { by: CARTE }
  skip_when: "CARTE == 'TOTAL'"
target: beneficiary/1
on_error: error
fields:
  person.names[official].family: { from: NOM }
  person.birth_place: { from: "rows[last by FIN as dd/MM/yyyy].TEL" }
  person.phones[]: { from: "rows[].TEL", do: [{ phone: ML }], on_error: warning }
  coverages[]:
    each: rows
    key: DROIT
    fields:
      contract_id: { from: DROIT }
      policy_number: { template: "{^.CARTE}/{DROIT}" }
      status: { from: ETAT, table: { A: active, F: ended } }
      period.start: { from: DEBUT, do: [{ date: dd/MM/yyyy }] }
      period.end: { from: FIN, do: [{ date: dd/MM/yyyy }] }
sample:
  - { CARTE: A1, NOM: Traoré, TEL: 76 00 00 01, DROIT: D1, ETAT: A, DEBUT: 01/01/2025, FIN: 31/12/2025 }
  - { CARTE: A1, NOM: Traoré, DROIT: D2, ETAT: F, DEBUT: 01/01/2024, FIN: 31/12/2024 }
tests:
  - name: two rights
    expect: { coverages: [{ contract_id: D1 }, { contract_id: D2, status: ended }] }
  - name: one row, changed
    given: [{ ETAT: F }]
    expect: { coverages: [{ contract_id: D1, status: ended }] }
  - name: a bad date in the second row
    given: [{}, { FIN: 31/02/2024 }]
    expect_issue: { code: bad_date, at: FIN }
"#;

const HEADER: &str = "CARTE;NOM;TEL;DROIT;ETAT;DEBUT;FIN\n";

#[test]
fn the_rows_of_a_key_make_one_record() {
    let found = mapping(&schema(), MAPPING);
    let report = found.run_tests();
    assert!(report.passed(), "{report:#?}");
    let file = format!(
        "{HEADER}A1;Traoré;76000001;D1;A;01/01/2025;31/12/2025\nA1;;76000002;D2;F;01/01/2024;31/12/2024\n\
         A2;Keïta;;D3;A;01/01/2025;31/12/2025\nTOTAL;x;;;A;;\n"
    );
    // The name counts where it stands first; the schema asks for it in every row.
    let (outcomes, ending) = run(&found, &file);
    assert_eq!((ending.records, ending.refused), (2, 1));
    assert_eq!(issues(&outcomes[0])[0].code, IssueCode::MissingMandatory);
    assert_eq!(issues(&outcomes[0])[0].place.line, 3);
    let file = file.replace("A1;;", "A1;Traoré;");
    let all = records(&found, &file);
    assert_eq!(all[0]["person"]["phones"], json!(["+22376000001", "+22376000002"]));
    assert_eq!(all[0]["person"]["birth_place"], "76000001");
    assert_eq!(all[0]["coverages"][1]["policy_number"], "A1/D2");
    assert_eq!(all[1]["coverages"][0]["contract_id"], "D3");
}

#[test]
fn an_issue_names_the_cell_of_its_row() {
    let found = mapping(&schema(), MAPPING);
    let file = format!(
        "{HEADER}A1;Traoré;;D1;A;01/01/2025;31/02/2025\nA1;Traoré;;D2;Z;31/02/2024;31/02/2024\n"
    );
    let (outcomes, _) = run(&found, &file);
    let told: Vec<_> = issues(&outcomes[0])
        .iter()
        .map(|issue| (issue.code, issue.field.as_deref().unwrap_or_default(), issue.place.line))
        .collect();
    assert_eq!(
        told,
        [
            (IssueCode::UnknownCode, "ETAT", 3),
            (IssueCode::BadDate, "FIN", 2),
            (IssueCode::BadDate, "DEBUT", 3),
            (IssueCode::BadDate, "FIN", 3),
        ]
    );
    let column = |issue: usize| issues(&outcomes[0])[issue].place.column;
    assert_eq!((column(1), column(3)), (28, 28));
}

#[test]
fn rows_that_come_back_later_are_refused_with_the_line_of_the_first() {
    let found = mapping(&schema(), MAPPING);
    let row = |card: &str, right: &str| format!("{card};Traoré;;{right};A;01/01/2025;31/12/2025\n");
    let file =
        [HEADER, &row("A1", "D1"), &row("A2", "D2"), &row("A1", "D3"), &row("A1", "D4")].concat();
    let (outcomes, _) = run(&found, &file);
    match &outcomes[..] {
        [Outcome::Accepted(_), Outcome::Accepted(_), Outcome::Refused(refusal)] => {
            let issue = &refusal.issues[0];
            assert_eq!((issue.code, issue.place.line), (IssueCode::ScatteredRows, 4));
            assert!(format!("{:?}", issue.expected).contains("line 2"));
            assert_eq!(refusal.record_id.as_deref(), Some("A1"));
            assert_eq!(
                String::from_utf8_lossy(&refusal.raw),
                row("A1", "D3") + row("A1", "D4").trim()
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_record_of_which_a_row_cannot_be_read_is_refused() {
    let found = mapping(&schema(), MAPPING);
    let row = |card: &str, right: &str| format!("{card};Traoré;;{right};A;01/01/2025;31/12/2025\n");
    let short = "A1;Traoré\n".to_owned();
    let file = [HEADER, &row("A1", "D1"), &short, &row("A1", "D3"), &row("A2", "D2")].concat();
    let (outcomes, ending) = run(&found, &file);
    assert_eq!((outcomes.len(), ending.refused), (2, 1));
    assert_eq!(issues(&outcomes[0])[0].code, IssueCode::ColumnCount);
    assert_eq!(issues(&outcomes[0])[0].place.line, 3);
    assert_eq!(canonical(&outcomes[1])["source"]["record_id"], "A2");
}

#[test]
fn a_record_of_very_many_rows_is_refused_and_nothing_is_lost() {
    let found = mapping(&schema(), MAPPING);
    let row = |n: usize| format!("A1;Traoré;;D{n};A;01/01/2025;31/12/2025\n");
    let rows: String = (0..2_500).map(row).collect();
    let (outcomes, _) = run(&found, &format!("{HEADER}{rows}A2;Keïta;;D;A;;\n"));
    let kept: usize = outcomes[..outcomes.len() - 1]
        .iter()
        .map(|outcome| match outcome {
            Outcome::Refused(refusal) => {
                assert_eq!(refusal.issues[0].code, IssueCode::TooManyFields);
                refusal.raw.split(|byte| *byte == b'\n').count()
            }
            Outcome::Accepted(record) => panic!("{record:?}"),
        })
        .sum();
    assert_eq!(kept, 2_500);
    assert_eq!(canonical(&outcomes[outcomes.len() - 1])["source"]["record_id"], "A2");
}

#[test]
fn elements_and_objects_of_one_key_are_one_record_too() {
    let schema = json!({
        "type": "object",
        "properties": { "no": text(), "nome": text(), "cartao": { "type": "object", "properties": { "@tipo": text() } } }
    });
    let text = |source: &str| {
        format!(
            "mapping: demo\nversion: 1.0.0\ntitle: rows\nsource: {{ {source}, schema: s/1, record_id: \"{{no}}\", rows: {{ by: no, as: linhas }} }}\n\
             target: beneficiary/1\non_error: error\nfields:\n  person.names[official].family: {{ from: nome }}\n  \
             coverages[]:\n    each: linhas\n    key: cartao.@tipo\n    fields:\n      package: {{ from: cartao.@tipo }}\n      \
             status: {{ value: active }}\n"
        )
    };
    let xml = "<r><p><no>1</no><nome>A</nome><cartao tipo=\"x\"/></p><p><no>1</no><cartao tipo=\"y\"/></p><p><no>2</no><nome>B</nome></p></r>";
    let json = "[{\"no\":\"1\",\"nome\":\"A\",\"cartao\":{\"@tipo\":\"x\"}},{\"no\":\"1\",\"cartao\":{\"@tipo\":\"y\"}},{\"no\":\"2\",\"nome\":\"B\"}]";
    for (source, file) in [("format: xml, record_element: p", xml), ("format: json", json)] {
        let all = records(&mapping(&schema, &text(source)), file);
        let packages: Vec<&Json> =
            all[0]["coverages"].as_array().expect("a list").iter().map(|c| &c["package"]).collect();
        assert_eq!(packages, ["x", "y"], "{source}");
        assert_eq!(all.len(), 2);
    }
}

#[test]
fn what_speaks_of_single_rows_cannot_stand_beside() {
    let text = MAPPING.replace("rows: { by: CARTE }", "rows: { by: CARTE }\n  carry_down: [NOM]");
    assert!(codes_of(&schema(), &text).contains(&"A107"));
    let text = MAPPING.replace("rows: { by: CARTE }", "rows: { by: CARTE, as: NOM }");
    assert!(codes_of(&schema(), &text).contains(&"B205"));
    let text = MAPPING.replace("from: FIN,", "from: FINE,");
    assert!(codes_of(&schema(), &text).contains(&"B201"));
}

#[test]
fn the_rows_of_a_record_are_written_again() {
    let found = mapping(&schema(), MAPPING);
    let file = format!(
        "{HEADER}A1;Traoré;76000001;D1;A;01/01/2025;31/12/2025\nA1;Traoré;;D2;F;01/01/2024;31/12/2024\n\
         A2;Keïta;;D3;A;01/01/2025;31/12/2025\n"
    );
    let (outcomes, _) = run(&found, &file);
    let all: Vec<Vec<u8>> =
        outcomes.iter().map(|outcome| canonical(outcome).to_string().into_bytes()).collect();
    let bytes = dankun::operations::translate::render(Some(&found), &all).expect("a file");
    let back = String::from_utf8(bytes).expect("text");
    assert_eq!(back.replace("\r\n", "\n").lines().count(), 4, "{back}");
    assert_eq!(records(&found, &back), records(&found, &file), "{back}");
}
