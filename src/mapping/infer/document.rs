//! A record of an unknown format as fields: path and text, with groups that repeat made addressable.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::format::events::{Events, Scalar, ScalarKind};

/// Builds a document out of events without knowing its schema: a repeated key is a list.
#[derive(Default)]
pub struct Document {
    open: Vec<Open>,
    root: Value,
}

enum Open {
    Object(Map<String, Value>, String),
    Array(Vec<Value>),
}

impl Document {
    /// The document.
    #[must_use]
    pub fn finish(self) -> Value {
        self.root
    }

    fn put(&mut self, value: Value) {
        match self.open.last_mut() {
            None => self.root = value,
            Some(Open::Array(items)) => items.push(value),
            Some(Open::Object(map, key)) => {
                let key = std::mem::take(key);
                match map.get_mut(&key) {
                    Some(Value::Array(items)) => items.push(value),
                    Some(first) => *first = Value::Array(vec![first.take(), value]),
                    None => drop(map.insert(key, value)),
                }
            }
        }
    }
}

impl<'r> Events<'r> for Document {
    fn begin_object(&mut self) {
        self.open.push(Open::Object(Map::new(), String::new()));
    }

    fn key(&mut self, name: Cow<'r, str>) {
        if let Some(Open::Object(_, key)) = self.open.last_mut() {
            *key = name.into_owned();
        }
    }

    fn end_object(&mut self) {
        if let Some(Open::Object(map, _)) = self.open.pop() {
            self.put(Value::Object(map));
        }
    }

    fn begin_array(&mut self) {
        self.open.push(Open::Array(Vec::new()));
    }

    fn end_array(&mut self) {
        if let Some(Open::Array(items)) = self.open.pop() {
            self.put(Value::Array(items));
        }
    }

    fn scalar(&mut self, scalar: Scalar<'r>) {
        let text = scalar.text.into_owned();
        self.put(match scalar.kind {
            ScalarKind::Text => Value::String(text),
            ScalarKind::Number => serde_json::from_str(&text).unwrap_or(Value::String(text)),
            ScalarKind::Boolean => Value::Bool(text == "true"),
            ScalarKind::Null => Value::Null,
        });
    }
}

/// Keys that say which of a repeated group an item is, the surest first.
const TELLING: [&str; 7] = ["url", "system", "type", "kind", "key", "label", "code"];

/// One value of a record and the path at which the language finds it.
pub struct Leaf {
    /// Such as `identite.nom` or `telecom[?system == 'phone'].value`.
    pub path: String,
    /// What stands there.
    pub value: Value,
}

/// Every value of a record; `flat` paths are column names as they are.
#[must_use]
pub fn leaves(document: &Value, flat: bool) -> Vec<Leaf> {
    let mut found = Vec::new();
    if let (true, Value::Object(cells)) = (flat, document) {
        let leaf =
            |(path, value): (&String, &Value)| Leaf { path: path.clone(), value: value.clone() };
        return cells.iter().map(leaf).collect();
    }
    walk(document, String::new(), &mut found);
    found
}

fn walk(value: &Value, path: String, found: &mut Vec<Leaf>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map.iter().filter(|(key, _)| can_stand_in_a_path(key)) {
                let below = match key.as_str() {
                    "#text" => path.clone(),
                    key if path.is_empty() => key.to_owned(),
                    key => format!("{path}.{key}"),
                };
                walk(value, below, found);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => items_of(items, &path, found),
        Value::Array(items) => {
            let first = items.first().cloned().unwrap_or_default();
            found.push(Leaf { path: format!("{path}[]"), value: first });
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            found.push(Leaf { path, value: value.clone() });
        }
    }
}

fn can_stand_in_a_path(key: &str) -> bool {
    !key.trim().is_empty() && !key.contains(['.', '[', ']', '\'', '=', '?', '^'])
}

/// Items that say what they are stand under their word, else the first stands for all.
fn items_of(items: &[Value], path: &str, found: &mut Vec<Leaf>) {
    let told: Vec<_> = items.iter().map(told_by).collect();
    if told.iter().all(Option::is_some) {
        let mut seen = Vec::new();
        for (item, test) in items.iter().zip(told.into_iter().flatten()) {
            if !seen.contains(&test) {
                let group = format!("{path}[?{test}]");
                // The word that told the item is in its path already.
                let telling = test.split(" ==").next().map(|key| format!("{group}.{key}"));
                let mut inner = Vec::new();
                walk(item, group, &mut inner);
                found.extend(inner.into_iter().filter(|leaf| Some(&leaf.path) != telling.as_ref()));
                seen.push(test);
            }
        }
    } else if let Some(first) = items.first() {
        walk(first, format!("{path}[0]"), found);
    }
}

/// The comparison that finds an item among its like: only for items that carry one value.
fn told_by(item: &Value) -> Option<String> {
    let map = item.as_object()?;
    let carries = |key: &String| {
        ["value", "valeur", "valor", "num"]
            .iter()
            .any(|start| key.to_lowercase().starts_with(start))
    };
    if !map.keys().any(carries) {
        return None;
    }
    let test =
        |path: &str, value: &str| (!value.contains('\'')).then(|| format!("{path} == '{value}'"));
    TELLING.iter().find_map(|key| match map.get(*key)? {
        Value::String(text) => test(key, text),
        Value::Object(_) => {
            let path = format!("{key}.coding[0].code");
            let coded = item.pointer(&format!("/{key}/coding/0/code"))?;
            test(&path, coded.as_str()?)
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn repeated_groups_are_told_apart_by_what_they_say() {
        let document = json!({
            "telecom": [{"system": "phone", "value": "70"}],
            "name": [{"family": "X", "given": ["A", "B"]}],
            "id": {"#text": "7", "@kind": "n"},
        });
        let paths: Vec<_> = leaves(&document, false).into_iter().map(|leaf| leaf.path).collect();
        let expected = [
            "id.@kind",
            "id",
            "name[0].family",
            "name[0].given[]",
            "telecom[?system == 'phone'].value",
        ];
        let mut sorted = paths.clone();
        sorted.sort();
        let mut wanted = expected.map(str::to_owned).to_vec();
        wanted.sort();
        assert_eq!(sorted, wanted);
    }
}
