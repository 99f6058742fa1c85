use std::borrow::Cow;

use serde_json::{Value, json};

use super::*;
use crate::format::events::{Events, Scalar, ScalarKind};
use crate::model::{Expected, IssueCode};

fn schema() -> Schema {
    let text = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Person",
        "x-title": { "fr": "Personne", "en": "Person" },
        "type": "object",
        "required": ["nom", "identite", "etat"],
        "properties": {
            "nom": { "type": "string", "minLength": 1, "maxLength": 5, "x-title": { "fr": "Nom", "en": "Name" } },
            "etat": { "type": "string", "enum": ["O", "S"], "pattern": "^[A-Z]$", "x-code": "wrong_type" },
            "tel": { "type": ["string", "null"], "pattern": "^[0-9]+$", "examples": ["70123456"] },
            "age": { "type": "integer", "minimum": 0, "maximum": 150 },
            "identite": { "$ref": "#/$defs/identite", "x-title": { "fr": "Identité", "en": "Identity" } },
            "date": { "type": "string", "format": "date" },
            "membres": { "type": "object", "properties": {
                "membre": { "type": "array", "items": { "$ref": "#/$defs/identite" } } } }
        },
        "$defs": { "identite": { "type": "object", "additionalProperties": false, "properties": {
            "prenom": { "type": "string" }, "a/b": { "type": "string" },
            "naissance": { "type": "object", "properties": { "@p": { "type": "string" }, "#text": { "type": "string" } } } } } }
    });
    Schema::parse("test/1", &text.to_string()).unwrap()
}

fn found(document: &Value) -> Vec<(String, IssueCode)> {
    schema()
        .check(document)
        .into_iter()
        .map(|violation| (violation.pointer, violation.code))
        .collect()
}

#[test]
fn every_keyword_has_its_issue_and_all_are_reported() {
    let document = json!({ "nom": "", "etat": "X", "tel": "x", "age": 151, "identite": { "a/c": "x" }, "date": "2025-02-30" });
    let mut issues = found(&document);
    issues.sort();
    assert_eq!(
        issues,
        [
            ("/age".to_owned(), IssueCode::OutOfRange),
            ("/date".to_owned(), IssueCode::BadFormat),
            ("/etat".to_owned(), IssueCode::UnknownCode),
            ("/identite/a~1c".to_owned(), IssueCode::UnknownField),
            ("/nom".to_owned(), IssueCode::MissingMandatory),
            ("/tel".to_owned(), IssueCode::BadFormat),
        ]
    );
}

#[test]
fn a_missing_field_is_reported_where_it_should_stand() {
    let mut issues = found(&json!({ "nom": null, "etat": "O" }));
    issues.sort();
    assert_eq!(
        issues,
        [
            ("/identite".to_owned(), IssueCode::MissingMandatory),
            ("/nom".to_owned(), IssueCode::MissingMandatory),
        ]
    );
}

#[test]
fn one_value_has_one_violation_the_most_basic() {
    assert_eq!(
        found(&json!({ "nom": "A", "etat": "0N", "identite": {} })),
        [("/etat".to_owned(), IssueCode::WrongType)]
    );
    assert_eq!(
        found(&json!({ "nom": "A", "etat": 3, "identite": {} })),
        [("/etat".to_owned(), IssueCode::WrongType)]
    );
    assert_eq!(
        found(&json!({ "nom": ["A"], "etat": "O", "identite": {} })),
        [("/nom".to_owned(), IssueCode::WrongType)]
    );
    assert_eq!(
        found(&json!({ "nom": "ABCDEF", "etat": "O", "identite": {} })),
        [("/nom".to_owned(), IssueCode::OutOfRange)]
    );
}

#[test]
fn a_violation_says_what_was_expected_and_what_was_there() {
    let violations =
        schema().check(&json!({ "nom": ["A"], "etat": "X", "tel": "x", "identite": {} }));
    let of =
        |pointer: &str| violations.iter().find(|violation| violation.pointer == pointer).unwrap();
    assert_eq!(of("/etat").expected, Some(Expected::OneOf(vec!["O".into(), "S".into()])));
    assert_eq!(of("/etat").value.as_deref(), Some("X"));
    assert_eq!(of("/tel").expected, Some(Expected::Form("70123456".into())));
    assert_eq!(of("/nom").expected, Some(Expected::Type("string".into())));
    assert_eq!(of("/nom").value.as_deref(), Some("array"));
}

#[test]
fn fields_are_listed_with_references_followed() {
    let schema = schema();
    let paths: Vec<_> = schema.fields().iter().map(|field| field.path.as_str()).collect();
    assert!(paths.contains(&"identite.naissance.@p"), "{paths:?}");
    assert!(paths.contains(&"membres.membre[].prenom"), "{paths:?}");
    let nom = schema.field("nom").unwrap();
    assert!(nom.required && nom.allows("string") && !nom.allows("number"));
    assert_eq!((nom.title.fr.as_str(), nom.max_length), ("Nom", Some(5)));
    assert_eq!(schema.field("identite").unwrap().title.fr, "Identité");
    assert_eq!(schema.field("etat").unwrap().pattern_code, Some(IssueCode::WrongType));
    assert_eq!(schema.title().fr, "Personne");
}

#[test]
fn a_schema_that_cannot_be_used_says_why() {
    let parse = |text: &str| Schema::parse("x/1", text).map(|_| ()).unwrap_err();
    assert!(matches!(parse("{"), SchemaError::NotJson { .. }));
    assert!(matches!(parse(r#"{"type": 3}"#), SchemaError::NotASchema { .. }));
    assert!(matches!(
        parse(r##"{"properties": {"a": {"$ref": "#/$defs/none"}}}"##),
        SchemaError::NotASchema { .. }
    ));
    let endless =
        r##"{"$defs": {"a": {"properties": {"a": {"$ref": "#/$defs/a"}}}}, "$ref": "#/$defs/a"}"##;
    assert!(matches!(parse(endless), SchemaError::NotASchema { .. }));
    let twice = ["x/1", "x/1"].map(|id| (id.to_owned(), "{}".to_owned()));
    assert!(matches!(Catalog::parse(twice).unwrap_err().as_slice(), [SchemaError::Twice { .. }]));
}

fn text(text: &'static str) -> Scalar<'static> {
    Scalar { kind: ScalarKind::Text, text: Cow::Borrowed(text), at: 0 }
}

#[test]
fn repeated_elements_become_lists_and_text_becomes_a_group_where_the_schema_says_so() {
    let (schema, empty) = (schema(), [String::new()]);
    let mut sink = ValueSink::new(&schema, Repeats::BySchema, &empty);
    sink.begin_object();
    sink.key("nom".into());
    sink.scalar(text("A"));
    sink.key("tel".into());
    sink.scalar(text("  "));
    sink.key("identite".into());
    sink.begin_object();
    sink.key("naissance".into());
    sink.scalar(text("1985"));
    sink.end_object();
    sink.key("membres".into());
    sink.begin_object();
    sink.key("membre".into());
    sink.begin_object();
    sink.key("prenom".into());
    sink.scalar(text("B"));
    sink.end_object();
    sink.end_object();
    sink.end_object();
    assert_eq!(
        sink.finish(),
        json!({
            "nom": "A",
            "identite": { "naissance": { "#text": "1985" } },
            "membres": { "membre": [{ "prenom": "B" }] }
        })
    );
}

#[test]
fn a_list_written_with_brackets_is_the_same_list() {
    let (schema, empty) = (schema(), []);
    let mut sink = ValueSink::new(&schema, Repeats::BySchema, &empty);
    sink.begin_object();
    sink.key("membres".into());
    sink.begin_object();
    sink.key("membre".into());
    sink.begin_array();
    for _ in 0..2 {
        sink.begin_object();
        sink.key("naissance".into());
        sink.scalar(text("1985"));
        sink.end_object();
    }
    sink.end_array();
    sink.end_object();
    sink.end_object();
    let member = json!({ "naissance": { "#text": "1985" } });
    assert_eq!(sink.finish(), json!({ "membres": { "membre": [member, member] } }));
}

#[test]
fn json_is_left_as_written_so_that_a_wrong_type_shows() {
    let schema = schema();
    let mut sink = ValueSink::new(&schema, Repeats::AsWritten, &[]);
    sink.begin_object();
    sink.key("age".into());
    sink.scalar(Scalar { kind: ScalarKind::Number, text: "12".into(), at: 0 });
    sink.key("nom".into());
    sink.begin_array();
    sink.scalar(text("A"));
    sink.scalar(Scalar { kind: ScalarKind::Null, text: "null".into(), at: 0 });
    sink.end_array();
    sink.end_object();
    assert_eq!(sink.finish(), json!({ "age": 12, "nom": ["A"] }));
}
