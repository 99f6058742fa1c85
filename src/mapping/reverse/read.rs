//! Reading a canonical record by target paths, and remembering what was read.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::super::path::{KEYED, TargetStep};
use super::super::value::Value;

/// A canonical document, and which of its leaves were taken.
pub struct Canonical<'d> {
    document: &'d Json,
    labels: Vec<(String, Vec<String>)>,
    /// The scheme of the format that is written.
    scheme: &'d str,
    taken: BTreeSet<String>,
    /// The same in the order of taking, to be able to put something back.
    order: Vec<String>,
}

impl<'d> Canonical<'d> {
    /// `labels` are the names of list elements in the mapping's order.
    #[must_use]
    pub const fn new(
        document: &'d Json,
        labels: Vec<(String, Vec<String>)>,
        scheme: &'d str,
    ) -> Self {
        Self { document, labels, scheme, taken: BTreeSet::new(), order: Vec::new() }
    }

    /// Whether what stands at a path is the own of the scheme: its coverage, or its record.
    #[must_use]
    pub fn is_own(&self, path: &[TargetStep]) -> bool {
        let coverage = match path {
            [TargetStep::Key(list), TargetStep::Label(label), ..] if list == "coverages" => {
                let items = self.document.get(list).and_then(Json::as_array);
                items.and_then(|items| items.get(self.index(list, label, items)?))
            }
            _ => self.document.get("source"),
        };
        coverage.and_then(|found| found.get("scheme")).and_then(Json::as_str) == Some(self.scheme)
    }

    /// How much has been taken, for [`Canonical::put_back`].
    #[must_use]
    pub const fn mark(&self) -> usize {
        self.order.len()
    }

    /// What was taken after the mark had no place after all.
    pub fn put_back(&mut self, mark: usize) {
        for pointer in self.order.drain(mark..) {
            self.taken.remove(&pointer);
        }
    }

    /// What was taken at a path is not said after all.
    pub fn leave(&mut self, path: &[TargetStep]) {
        if let Some((pointer, _)) = self.find(path) {
            self.taken.remove(&pointer);
            self.order.retain(|known| *known != pointer);
        }
    }

    /// The value at a path.
    #[must_use]
    pub fn look(&self, path: &[TargetStep]) -> Option<Value<'static>> {
        self.find(path).and_then(|(_, found)| value(found))
    }

    /// The value at a path, which counts as written from now on.
    pub fn take(&mut self, path: &[TargetStep]) -> Option<Value<'static>> {
        let (pointer, found) = self.find(path)?;
        let value = value(found)?;
        if self.taken.insert(pointer.clone()) {
            self.order.push(pointer);
        }
        Some(value)
    }

    fn find(&self, path: &[TargetStep]) -> Option<(String, &'d Json)> {
        let (mut at, mut pointer, mut list) = (self.document, String::new(), String::new());
        for step in path {
            match step {
                TargetStep::Key(key) => {
                    at = at.get(key)?;
                    pointer.push_str(&format!("/{key}"));
                    list.push_str(if list.is_empty() { "" } else { "." });
                    list.push_str(key);
                }
                TargetStep::Label(label) => {
                    let items = at.as_array()?;
                    let index = self.index(&list, label, items)?;
                    at = items.get(index)?;
                    pointer.push_str(&format!("/{index}"));
                }
                TargetStep::Append => {}
            }
        }
        // `identifiers[ml-nina]` is short for its value.
        if let (Some(TargetStep::Label(_)), Some(short)) =
            (path.last(), KEYED.iter().find(|(known, _, _)| *known == list).and_then(|k| k.2))
        {
            at = at.get(short)?;
            pointer.push_str(&format!("/{short}"));
        }
        Some((pointer, at))
    }

    fn index(&self, list: &str, label: &str, items: &[Json]) -> Option<usize> {
        if let Some((_, key, _)) = KEYED.iter().find(|(known, _, _)| *known == list) {
            return items
                .iter()
                .position(|item| item.get(key).and_then(Json::as_str) == Some(label));
        }
        if let Ok(number) = label.parse() {
            return Some(number);
        }
        let labels = self.labels.iter().find(|(known, _)| known == list)?;
        let nth = labels.1.iter().position(|known| known == label)?;
        // The scheme's own coverages before those of others, which only stand in for them.
        let own = |item: &&Json| item.get("scheme").and_then(Json::as_str) == Some(self.scheme);
        if list != "coverages" || !items.iter().any(|item| own(&item)) {
            return Some(nth);
        }
        let mut ours = items.iter().enumerate().filter(|(_, item)| own(item));
        ours.nth(nth).map(|(index, _)| index)
    }

    /// Leaves that nobody has taken, but for what every document has.
    #[must_use]
    pub fn untouched(&self) -> Vec<String> {
        let mut lost = Vec::new();
        self.walk(self.document, String::new(), String::new(), "", &mut lost);
        lost
    }

    fn walk(&self, at: &Json, pointer: String, shown: String, list: &str, lost: &mut Vec<String>) {
        if self.taken.contains(&pointer) {
            return;
        }
        let named = |key: &str| {
            KEYED.iter().any(|(known, name, _)| *known == list && *name == key)
                || (key == "scheme" && matches!(list, "coverages" | "source"))
        };
        match at {
            Json::Object(fields) => {
                for (key, below) in fields.iter().filter(|(key, _)| !named(key)) {
                    let list = if list.is_empty() { key.clone() } else { format!("{list}.{key}") };
                    let dot = if shown.is_empty() { "" } else { "." };
                    let shown = format!("{shown}{dot}{key}");
                    self.walk(below, format!("{pointer}/{key}"), shown, &list, lost);
                }
            }
            Json::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let shown = format!("{shown}[{}]", element_name(list, index, item));
                    self.walk(item, format!("{pointer}/{index}"), shown, list, lost);
                }
            }
            Json::Null => {}
            Json::Bool(_) | Json::Number(_) | Json::String(_) => {
                lost.push(shown);
            }
        }
    }
}

/// What tells an element of a list apart: its use, system or scheme, else its number.
fn element_name(list: &str, index: usize, item: &Json) -> String {
    let keyed = KEYED.iter().find(|(known, ..)| *known == list).map(|(_, key, _)| *key);
    let key = keyed.or((list == "coverages").then_some("scheme"));
    let name = key.and_then(|key| item.get(key)).and_then(Json::as_str);
    name.map_or_else(|| index.to_string(), str::to_owned)
}

fn value(json: &Json) -> Option<Value<'static>> {
    match json {
        Json::String(text) => Some(Value::text(text.clone())),
        Json::Bool(truth) => Some(Value::text(truth.to_string())),
        Json::Number(number) => Some(Value::text(number.to_string())),
        Json::Array(items) => {
            let texts: Vec<_> =
                items.iter().filter_map(Json::as_str).map(|t| t.to_owned().into()).collect();
            (texts.len() == items.len() && !texts.is_empty()).then_some(Value::List(texts))
        }
        Json::Null | Json::Object(_) => None,
    }
}
