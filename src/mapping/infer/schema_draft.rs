//! The sender's schema, as far as a sample tells it.

use serde_json::{Map, Value, json};

use super::Ask;
use super::choose::Chosen;
use super::survey::{Field, Survey};
use crate::messages;
use crate::model::Language;

/// Records from which on a sample says what is always there and which codes there are.
const ENOUGH: u64 = 20;

/// Writes the schema.
#[must_use]
pub fn schema(ask: &Ask<'_>, survey: &Survey, chosen: &Chosen) -> Value {
    let mut root = group();
    for (index, field) in survey.fields.iter().enumerate() {
        let concept = chosen.matches.iter().find(|m| m.field == index).map_or("", |m| m.concept);
        let leaf = leaf(field, concept);
        let required = field.profile.records >= ENOUGH && field.profile.presence() >= 1.0;
        for path in paths(field, survey) {
            // Of a repeated group each item has its own fields; people repeat with all of theirs.
            let people = survey.people.as_ref().map(|people| format!("{}[].", people.each));
            let inside = people.and_then(|people| path.strip_prefix(&people).map(str::to_owned));
            let beside = survey.people.as_ref().and_then(|people| people.beside.as_ref());
            let beside = beside.is_some_and(|group| path.starts_with(&format!("{group}.")));
            let repeats =
                !survey.flat() && (beside || inside.as_deref().unwrap_or(&path).contains('['));
            let steps = steps(&path, survey.flat());
            place(&mut root, &steps, leaf.clone(), required && !repeats);
        }
    }
    let say = |language: Language, key: &str| {
        let records = ("records", survey.records.into());
        messages::text(language, key, &[("scheme", ask.scheme.into()), records])
    };
    let both =
        |key: &str| json!({ "fr": say(Language::French, key), "en": say(Language::English, key) });
    let mut schema = Map::new();
    schema.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
    schema.insert(
        "$id".into(),
        format!("https://dankun.example/schemas/{}/1.json", ask.scheme).into(),
    );
    schema.insert("x-title".into(), both("infer-title"));
    schema.insert("x-description".into(), both("infer-schema-description"));
    if let Value::Object(root) = root {
        schema.extend(root);
    }
    Value::Object(schema)
}

fn group() -> Value {
    json!({ "type": "object", "properties": {} })
}

/// Where a field stands below the element.
fn paths(field: &Field, survey: &Survey) -> Vec<String> {
    let Some(people) = &survey.people else { return vec![field.path.clone()] };
    if let Some(around) = field.path.strip_prefix("^.") {
        return vec![around.to_owned()];
    }
    let nested = format!("{}[].{}", people.each, field.path);
    let beside = people.beside.iter().map(|group| format!("{group}.{}", field.path));
    match (field.own, field.nested) {
        (true, true) => vec![field.path.clone(), nested],
        (false, true) => beside.chain([nested]).collect(),
        (true | false, false) => vec![field.path.clone()],
    }
}

/// The keys of a path, with `[]` for an item of a list.
fn steps(path: &str, flat: bool) -> Vec<String> {
    if flat {
        return vec![path.to_owned()];
    }
    let mut steps = Vec::new();
    let mut word = String::new();
    let mut depth = 0;
    for c in path.chars() {
        match c {
            '[' => {
                depth += 1;
                if depth == 1 {
                    steps.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
                    steps.push("[]".to_owned());
                }
            }
            ']' => depth -= 1,
            '.' if depth == 0 => {
                steps.extend((!word.is_empty()).then(|| std::mem::take(&mut word)))
            }
            c if depth == 0 => word.push(c),
            _ => {}
        }
    }
    steps.extend((!word.is_empty()).then_some(word));
    steps
}

fn place(node: &mut Value, steps: &[String], leaf: Value, required: bool) {
    let Some((step, rest)) = steps.split_first() else {
        merge(node, leaf);
        return;
    };
    let Some(map) = node.as_object_mut() else { return };
    if step == "[]" {
        if !map.contains_key("items") {
            map.insert("type".into(), "array".into());
            map.remove("properties");
            map.insert("items".into(), if rest.is_empty() { json!({}) } else { group() });
        }
        if let Some(items) = map.get_mut("items") {
            place(items, rest, leaf, required);
        }
        return;
    }
    if !map.contains_key("properties") {
        // A text that has attributes is a group.
        let text = Value::Object(std::mem::take(map));
        *map = as_map(group());
        if text.get("type").is_some_and(|kind| kind != "object" && kind != "array") {
            map.insert("properties".into(), json!({ "#text": text }));
        }
    }
    if required {
        let list = map.entry("required").or_insert_with(|| json!([]));
        let known = list.as_array().is_some_and(|list| list.iter().any(|key| key == step.as_str()));
        if let (false, Some(list)) = (known, list.as_array_mut()) {
            list.push(step.as_str().into());
        }
    }
    let properties = map.entry("properties").or_insert_with(|| json!({}));
    let below = properties.as_object_mut().map(|map| {
        map.entry(step.as_str())
            .or_insert_with(|| if rest.is_empty() { json!({}) } else { group() })
    });
    if let Some(below) = below {
        place(below, rest, leaf, required);
    }
}

fn as_map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// A value where nothing stands yet; beside attributes it is the element's text.
fn merge(node: &mut Value, leaf: Value) {
    if node.get("properties").is_some() {
        if let Some(properties) = node.get_mut("properties").and_then(Value::as_object_mut) {
            properties.insert("#text".into(), leaf);
        }
    } else if node.as_object().is_some_and(Map::is_empty) {
        *node = leaf;
    }
}

fn leaf(field: &Field, concept: &str) -> Value {
    let profile = &field.profile;
    let mut types = Vec::new();
    if profile.is_boolean() {
        types.push("boolean");
    }
    if profile.is_number() {
        types.push("number");
    }
    if profile.is_text() {
        types.push("string");
    }
    let mut leaf = json!({
        "type": if types.len() == 1 { json!(types.first()) } else { json!(types) },
    });
    let Some(map) = leaf.as_object_mut() else { return leaf };
    let coded = ["sex", "relationship", "status", "student", "disabled", "estimated", "employment"];
    let short = profile.distinct() <= 12
        && (coded.contains(&concept) || (concept.is_empty() && profile.is_closed()));
    if short && types == ["string"] && profile.records >= ENOUGH && profile.is_code_list() {
        let codes: Vec<&String> = profile.values.keys().collect();
        map.insert("enum".into(), json!(codes));
    }
    if concept == "record_id" && types == ["string"] {
        map.insert("minLength".into(), json!(1));
        if let Some(pattern) = pattern(field) {
            map.insert("pattern".into(), pattern.into());
        }
    }
    leaf
}

/// Digits of one length only: certain enough to be asked of every id.
fn pattern(field: &Field) -> Option<String> {
    let length = field.profile.longest;
    let digits = field
        .profile
        .share(|text| text.len() == length && text.bytes().all(|b| b.is_ascii_digit()));
    (digits >= 1.0 && field.profile.distinct() > 50 && field.profile.others == 0)
        .then(|| format!("^[0-9]{{{length}}}$"))
}
