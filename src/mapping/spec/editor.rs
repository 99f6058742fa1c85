//! The JSON Schema (draft-07) with which YAML editors complete and check mappings. It is made of the
//! same lists as the reader; `schemas/mapping.json` is its text.

use serde_json::{Map, Value, json};

use crate::model::Language;

use super::super::assist::{Group, words};
use super::super::{target, verb};
use super::keys;

/// The schema.
#[must_use]
pub fn schema() -> Value {
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "dankun mapping",
        "type": "object",
        "additionalProperties": false,
        "required": ["mapping", "version", "title", "source", "target", "fields"],
        "properties": with(keys::MAPPING, &[
            ("title", json!({ "$ref": "#/definitions/title" })),
            ("source", json!({ "$ref": "#/definitions/source" })),
            ("target", json!({ "const": "beneficiary/1" })),
            ("on_error", severity()),
            ("tables", each("table")),
            ("values", each("rule")),
            ("fields", fields()),
            ("checks", list("check")),
            ("back", each("rules")),
            ("tests", list("test")),
            ("samples", json!({ "type": "array", "items": object(keys::SAMPLE, &[], &["file"]) })),
        ]),
        "definitions": {
            "title": object(keys::TITLE, &[], &["fr", "en"]),
            "source": object(
                keys::SOURCE,
                &[
                    ("format", json!({ "enum": keys::FORMATS })),
                    ("resources", object(keys::RESOURCES, &[], &["anchor"])),
                    ("records", json!({ "type": "array", "items": object(keys::RECORDS, &[], &["record_id"]) })),
                    ("rows", object(keys::ROWS, &[], &["by"])),
                    ("inherit", object(keys::INHERIT, &[], keys::INHERIT)),
                    ("refers", json!({ "type": "array", "items": object(keys::REFERS, &[], &["field", "code"]) })),
                ],
                &["format", "schema"],
            ),
            "table": object(keys::TABLE, &[], &[]),
            "rule": object(
                keys::RULE,
                &[
                    ("on_error", severity()),
                    ("own", json!({ "type": "boolean" })),
                    ("one_way", json!({ "type": "boolean" })),
                    ("do", json!({ "anyOf": [
                        { "$ref": "#/definitions/step" },
                        { "type": "array", "items": { "$ref": "#/definitions/step" } }
                    ] })),
                    ("choose", json!({ "type": "array", "items": object(keys::BRANCH, &[], &[]) })),
                ],
                &[],
            ),
            "rules": { "anyOf": [{ "$ref": "#/definitions/rule" }, list("rule")] },
            "group": object(keys::GROUP, &[("fields", fields_of_items())], &["each", "fields"]),
            "filled": { "anyOf": [
                { "$ref": "#/definitions/rule" },
                { "$ref": "#/definitions/group" },
                { "type": "array", "items": { "anyOf": [
                    { "$ref": "#/definitions/rule" }, { "$ref": "#/definitions/group" }
                ] } }
            ] },
            "step": { "anyOf": [{ "enum": verb::names() }, { "type": "object", "properties": verbs() }] },
            "check": object(keys::CHECK, &[("severity", severity()), ("title", json!({ "$ref": "#/definitions/title" }))], &["when", "code", "at"]),
            "test": object(keys::TEST, &[], &["name"]),
        },
    })
}

fn with(keys: &[&str], known: &[(&str, Value)]) -> Value {
    let mut properties: Map<String, Value> =
        keys.iter().map(|key| ((*key).to_owned(), json!({}))).collect();
    for (key, schema) in known {
        properties.insert((*key).to_owned(), schema.clone());
    }
    let group = Group::ALL.iter().find(|group| group.keys() == keys);
    for (key, schema) in &mut properties {
        let meaning = group.and_then(|group| meaning(*group, key));
        if let (Value::Object(schema), Some(meaning)) = (schema, meaning) {
            schema.insert("description".to_owned(), Value::String(meaning));
        }
    }
    Value::Object(properties)
}

/// What a key means, in both languages: an editor shows one text.
fn meaning(group: Group, key: &str) -> Option<String> {
    let fr = words::key(Language::French, group, key)?;
    let en = words::key(Language::English, group, key)?;
    Some(format!("{fr} · {en}"))
}

fn object(keys: &[&str], known: &[(&str, Value)], required: &[&str]) -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": required,
        "properties": with(keys, known),
    })
}

fn severity() -> Value {
    json!({ "enum": keys::SEVERITIES })
}

fn each(definition: &str) -> Value {
    json!({ "type": "object", "additionalProperties": { "$ref": format!("#/definitions/{definition}") } })
}

fn list(definition: &str) -> Value {
    json!({ "type": "array", "items": { "$ref": format!("#/definitions/{definition}") } })
}

/// Fields without a list above them are completed by name; the others carry labels.
fn fields() -> Value {
    let rules = json!({ "$ref": "#/definitions/rules" });
    let single = |path: &str| !target::LISTS.iter().any(|list| path.starts_with(list));
    let known = target::FIELDS.iter().filter(|(path, takes, _)| {
        single(path) && *takes != target::Takes::Hub && *path != "extensions"
    });
    let properties: Map<String, Value> =
        known.map(|(path, _, _)| ((*path).to_owned(), rules.clone())).collect();
    let filled = json!({ "$ref": "#/definitions/filled" });
    json!({ "type": "object", "properties": properties, "additionalProperties": filled })
}

fn fields_of_items() -> Value {
    json!({ "type": "object", "additionalProperties": { "$ref": "#/definitions/filled" } })
}

fn verbs() -> Value {
    let properties: Map<String, Value> = verb::DECLARATIONS
        .iter()
        .map(|verb| {
            (
                verb.name.to_owned(),
                json!({
                    "description": format!("{} · {}", verb.meaning.fr, verb.meaning.en),
                    "examples": [verb.example.steps],
                }),
            )
        })
        .collect();
    Value::Object(properties)
}
