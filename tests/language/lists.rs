//! Lists of texts: one that cannot be read is told with its own place, and the others stay.

use dankun::mapping::Outcome;
use dankun::model::Severity;
use serde_json::{Value as Json, json};

use crate::world::{canonical, issues, mapping, run};

fn text() -> Json {
    json!({ "type": "string" })
}

fn json_schema() -> Json {
    let contact = json!({ "type": "object", "properties": { "kind": text(), "value": text() } });
    let contacts = json!({ "type": "array", "items": contact });
    let texts = json!({ "type": "array", "items": text() });
    let properties = json!({ "id": text(), "all": text(), "contacts": contacts, "codes": texts });
    json!({ "type": "object", "properties": properties })
}

fn json_mapping(fields: &str) -> dankun::mapping::Mapping {
    let head = "mapping: demo\nversion: 1.0.0\ntitle: { fr: f, en: e }\nsource:\n  format: json\n  \
                schema: s/1\n  record_id: \"{id}\"\n  ignore: [contacts, codes, all]\ntarget: \
                beneficiary/1\non_error: warning\nfields:\n";
    mapping(&json_schema(), &format!("{head}{fields}"))
}

/// Of each problem its severity, field, value, and the place in the file.
fn told(outcome: &Outcome) -> Vec<(Severity, String, String, u64, u64)> {
    let told = issues(outcome).iter().map(|issue| {
        let (field, value) = (issue.field.clone(), issue.value.as_deref().map(str::to_owned));
        let (line, column) = (issue.place.line, issue.place.column);
        (issue.severity, field.unwrap_or_default(), value.unwrap_or_default(), line, column)
    });
    told.collect()
}

#[test]
fn one_bad_text_of_a_list_leaves_the_others() {
    let rule = "  person.phones[]: { from: \"contacts[?kind == 'tel'][].value\", do: [squeeze, { \
                phone: CV }] }\n";
    let file = concat!(
        "[{\"id\": \"1\", \"contacts\": [\n",
        "  {\"kind\": \"tel\", \"value\": \"9914567\"},\n",
        "  {\"kind\": \"mail\", \"value\": \"a@b\"},\n",
        "  {\"kind\": \"tel\", \"value\": \"  \"},\n",
        "  {\"kind\": \"tel\", \"value\": \"12\"},\n",
        "  {\"kind\": \"tel\", \"value\": \"5914568\"}]}]\n",
    );
    let (outcomes, _) = run(&json_mapping(rule), file);
    assert_eq!(canonical(&outcomes[0])["person"]["phones"], json!(["+2389914567", "+2385914568"]));
    let place = (5, 28);
    let expected = (Severity::Warning, "contacts[3].value".to_owned(), "12".to_owned());
    let (severity, field, value, line, column) = told(&outcomes[0]).remove(0);
    assert_eq!((severity, field, value), expected);
    assert_eq!((line, column), place);
    let said = dankun::messages::issue(&issues(&outcomes[0])[0], dankun::model::Language::English);
    assert!(said.detail.contains("“12”"), "{}", said.detail);
    assert_eq!(said.expected.as_deref(), Some("+238… (CV)"));
}

#[test]
fn every_bad_text_refuses_the_record_where_that_is_asked() {
    let rule = "  person.phones[]: { from: \"codes[]\", do: [{ phone: ML }], on_error: error }\n";
    let file = r#"[{"id": "1", "codes": ["70123456", "x", "y"]}]"#;
    let (outcomes, _) = run(&json_mapping(rule), file);
    let fields: Vec<_> = told(&outcomes[0]).into_iter().map(|(_, field, ..)| field).collect();
    assert_eq!(fields, ["codes[1]", "codes[2]"]);
    assert!(matches!(outcomes[0], Outcome::Refused(_)));
}

#[test]
fn a_text_cut_into_several_loses_only_the_bad_one() {
    let rule = "  person.phones[]: { from: all, do: [{ split: \";\" }, { phone: ML }] }\n";
    let (outcomes, _) = run(&json_mapping(rule), r#"[{"id": "1", "all": "70123456;12;76543210"}]"#);
    assert_eq!(
        canonical(&outcomes[0])["person"]["phones"],
        json!(["+22370123456", "+22376543210"])
    );
    let (_, field, value, ..) = told(&outcomes[0]).remove(0);
    assert_eq!((field.as_str(), value.as_str()), ("all", "12"));
}

#[test]
fn a_code_that_a_table_replaces_stays_in_its_place() {
    let rule = "  person.names[official].given: { from: \"codes[]\", table: { rows: { a: A }, \
                unmapped: { use: X, severity: warning } } }\n";
    let (outcomes, _) = run(&json_mapping(rule), r#"[{"id": "1", "codes": ["b", "a", "a"]}]"#);
    assert_eq!(canonical(&outcomes[0])["person"]["names"][0]["given"], json!(["X", "A", "A"]));
    let (_, field, value, ..) = told(&outcomes[0]).remove(0);
    assert_eq!((field.as_str(), value.as_str()), ("codes[0]", "b"));
}

#[test]
fn repeated_elements_and_rows_are_lists_too() {
    let elements = json!({ "type": "array", "items": text() });
    let schema = json!({ "type": "object", "properties": { "@no": text(), "tel": elements } });
    let xml = mapping(
        &schema,
        "mapping: demo\nversion: 1.0.0\ntitle: { fr: f, en: e }\nsource: { format: xml, root: l, \
         record_element: p, schema: s/1, record_id: \"{@no}\" }\ntarget: beneficiary/1\nfields:\n  \
         person.phones[]: { from: \"tel[]\", do: [{ phone: ML }], on_error: warning }\n",
    );
    let file = "<l><p no='1'><tel>70123456</tel>\n<tel>1</tel></p></l>";
    let (outcomes, _) = run(&xml, file);
    let (_, field, value, line, _) = told(&outcomes[0]).remove(0);
    assert_eq!((field.as_str(), value.as_str(), line), ("tel[1]", "1", 2));
    let schema = json!({ "type": "object", "properties": { "NO": text(), "TEL": text() } });
    let rows = mapping(
        &schema,
        "mapping: demo\nversion: 1.0.0\ntitle: { fr: f, en: e }\nsource: { format: csv, schema: s/1, \
         record_id: \"{NO}\", rows: { by: NO } }\ntarget: beneficiary/1\nfields:\n  \
         person.phones[]: { from: \"rows[].TEL\", do: [{ phone: ML }], on_error: warning }\n",
    );
    let (outcomes, _) = run(&rows, "NO,TEL\n1,70123456\n1,5\n1,76543210\n");
    let (_, field, value, line, _) = told(&outcomes[0]).remove(0);
    assert_eq!((field.as_str(), value.as_str(), line), ("TEL", "5", 3));
    assert_eq!(canonical(&outcomes[0])["person"]["phones"].as_array().map(Vec::len), Some(2));
}
