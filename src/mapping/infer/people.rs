//! Elements that hold several people: an insured with dependants, a family with its members.

use std::collections::VecDeque;

use serde_json::Value;

use super::document::leaves;
use super::headers::likeness;

/// Elements that hold people.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct People {
    /// Path of the nested people.
    pub each: String,
    /// The element itself is a person, too.
    pub itself: bool,
}

/// The nested group whose items are people, if there is one.
pub fn people(documents: &VecDeque<Value>) -> Option<People> {
    let mut groups: Vec<String> = Vec::new();
    for document in documents {
        lists(document, "", &mut groups);
    }
    // One item alone looks like a single group in XML: any document may show that it repeats.
    let each = groups.into_iter().find(|path| {
        documents.iter().any(|document| {
            let mut document = document.clone();
            take(&mut document, path).iter().any(is_person)
        })
    })?;
    let itself = documents.iter().any(|document| {
        let mut document = document.clone();
        take(&mut document, &each);
        is_person(&document)
    });
    Some(People { each, itself })
}

fn lists(value: &Value, path: &str, found: &mut Vec<String>) {
    let Value::Object(map) = value else { return };
    for (key, value) in map {
        let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        let objects = value.as_array().is_some_and(|items| items.iter().any(Value::is_object));
        if objects && !found.contains(&below) {
            found.push(below);
        } else {
            lists(value, &below, found);
        }
    }
}

/// Takes the items of a group out of a document.
pub fn take(document: &mut Value, path: &str) -> Vec<Value> {
    let (parent, key) = path.rsplit_once('.').map_or((None, path), |(a, b)| (Some(a), b));
    let mut at = document;
    for step in parent.into_iter().flat_map(|parent| parent.split('.')) {
        match at.get_mut(step) {
            Some(below) => at = below,
            None => return Vec::new(),
        }
    }
    match at.as_object_mut().and_then(|map| map.remove(key)) {
        Some(Value::Array(items)) => items,
        Some(one @ Value::Object(_)) => vec![one],
        _ => Vec::new(),
    }
}

/// Whether a group has a name and a date of birth or a sex, by the names of its fields.
fn is_person(value: &Value) -> bool {
    let leaves = leaves(value, false);
    let any = |concepts: &[&str]| {
        leaves.iter().any(|leaf| {
            likeness(&leaf.path, false)
                .first()
                .is_some_and(|(concept, l)| l.score >= 0.75 && concepts.contains(concept))
        })
    };
    any(&["family", "given", "full_name"]) && any(&["birth_date", "birth_year", "sex"])
}
