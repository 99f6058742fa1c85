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
    /// Path of one more person beside them, in a group of its own: an insured before the dependants.
    pub beside: Option<String>,
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
    let rest: Vec<Value> = documents
        .iter()
        .map(|document| {
            let mut document = document.clone();
            take(&mut document, &each);
            document
        })
        .collect();
    let like = documents.iter().find_map(|document| {
        let mut document = document.clone();
        take(&mut document, &each).into_iter().find(is_person)
    });
    let beside = like.and_then(|like| rest.iter().find_map(|rest| group_of_a_person(rest, &like)));
    let itself = beside.is_none() && rest.iter().any(is_person);
    Some(People { each, beside, itself })
}

impl People {
    /// The paths at which people stand.
    pub fn groups(&self) -> impl Iterator<Item = &str> {
        self.beside.iter().map(String::as_str).chain([self.each.as_str()])
    }
}

/// The one group of an element that is a person with the fields of the nested ones, while the element
/// without it is none. A group that only holds the names of the element's own person has not theirs.
fn group_of_a_person(document: &Value, like: &Value) -> Option<String> {
    let groups = document.as_object()?;
    let paths = |value: &Value| -> Vec<String> {
        leaves(value, false).into_iter().map(|leaf| leaf.path).collect()
    };
    let known = paths(like);
    let alike = |group: &Value| {
        let own = paths(group);
        own.iter().filter(|path| known.contains(path)).count() * 2 >= own.len().max(1)
    };
    let person = |group: &Value| group.is_object() && is_person(group) && alike(group);
    let (key, _) = groups.iter().find(|(_, group)| person(group))?;
    let mut around = document.clone();
    take(&mut around, key);
    (!is_person(&around)).then(|| key.clone())
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
