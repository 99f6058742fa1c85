//! Two documents of one record, field by field.
//!
//! Items of a repeated group are lined up by what names them (the use of a name, the system of a number, the contract of
//! a coverage), so that an item that was put before another is one that was added and not ten that changed.

use std::collections::BTreeMap;

use serde_json::Value;

use super::report::Change;

/// One field that differs.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::operations) struct Difference {
    /// Path of the field, as mappings write it: `person.names[official].family`.
    pub(in crate::operations) path: String,
    /// What happened to it.
    pub(in crate::operations) change: Change,
    /// What it was. Personal.
    pub(in crate::operations) before: Option<Value>,
    /// What it is. Personal.
    pub(in crate::operations) after: Option<Value>,
}

/// Fields that name an item of a repeated group, and whether the path shows the name: contracts would tell whose record
/// it is.
const NAMES: [(&str, bool); 4] =
    [("use", true), ("system", true), ("contract_id", false), ("id", false)];

/// Every field that differs, in the order of paths.
pub(in crate::operations) fn differences(before: &Value, after: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    walk(String::new(), Some(before), Some(after), &mut found);
    found
}

fn walk(path: String, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<Difference>) {
    if before == after {
        return;
    }
    if is_a(before, after, Value::is_object) {
        return objects(&path, before, after, found);
    }
    if is_a(before, after, is_group) {
        return groups(&path, before, after, found);
    }
    let change = match (before, after) {
        (None, _) => Change::Added,
        (_, None) => Change::Removed,
        (Some(_), Some(_)) => Change::Changed,
    };
    found.push(Difference { path, change, before: before.cloned(), after: after.cloned() });
}

/// Whether both are of a kind, or one is and the other is not there.
fn is_a(before: Option<&Value>, after: Option<&Value>, kind: fn(&Value) -> bool) -> bool {
    before.is_none_or(kind) && after.is_none_or(kind)
}

/// A list of objects; a list of texts is one value.
fn is_group(value: &Value) -> bool {
    value.as_array().is_some_and(|items| !items.is_empty() && items.iter().all(Value::is_object))
}

fn objects(path: &str, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<Difference>) {
    let fields = |value: Option<&'_ Value>| -> Vec<String> {
        value.and_then(Value::as_object).into_iter().flat_map(|o| o.keys().cloned()).collect()
    };
    let mut names = fields(before);
    names.extend(fields(after));
    names.sort_unstable();
    names.dedup();
    for name in names {
        let inner = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let of = |value: Option<&'_ Value>| value.and_then(|value| value.get(&name)).cloned();
        let (before, after) = (of(before).filter(is_there), of(after).filter(is_there));
        walk(inner, before.as_ref(), after.as_ref(), found);
    }
}

/// An empty list says as little as a missing one.
fn is_there(value: &Value) -> bool {
    !value.is_null() && value.as_array().is_none_or(|items| !items.is_empty())
}

fn groups(path: &str, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<Difference>) {
    let items =
        |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
    let (before, after) = (items(before), items(after));
    let name = NAMES.iter().find(|(name, _)| {
        let named = |item: &Value| item.get(name).is_some_and(Value::is_string);
        before.iter().all(named) && after.iter().all(named)
    });
    let (before, after) = (lined_up(&before, name), lined_up(&after, name));
    let mut keys: Vec<_> = before.keys().chain(after.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        let shown = if name.is_some_and(|(_, shown)| *shown) { &*key.0 } else { "" };
        let inner = format!("{path}[{shown}]");
        walk(inner, before.get(key).copied(), after.get(key).copied(), found);
    }
}

/// Items by their name, and by their number among those of the same name.
fn lined_up<'v>(
    items: &'v [Value],
    name: Option<&(&str, bool)>,
) -> BTreeMap<(String, usize), &'v Value> {
    let mut lined: BTreeMap<(String, usize), &Value> = BTreeMap::new();
    let mut met: BTreeMap<String, usize> = BTreeMap::new();
    for item in items {
        let named = name.and_then(|(name, _)| item.get(name)).and_then(Value::as_str);
        let named = named.unwrap_or_default().to_owned();
        let number = met.entry(named.clone()).or_default();
        lined.insert((named, *number), item);
        *number += 1;
    }
    lined
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(before: &Value, after: &Value) -> Vec<String> {
        differences(before, after)
            .into_iter()
            .map(|found| format!("{} {}", found.change.name(), found.path))
            .collect()
    }

    #[test]
    fn fields_are_compared_one_by_one() {
        let before = json!({ "person": { "sex": "male", "birth_date": "1985" }, "coverages": [] });
        let after = json!({ "person": { "sex": "female", "birth_place": "Ségou" } });
        let expected =
            ["removed person.birth_date", "added person.birth_place", "changed person.sex"];
        assert_eq!(said(&before, &after), expected);
    }

    #[test]
    fn items_are_lined_up_by_what_names_them() {
        let name = |usage: &str, family: &str| json!({ "use": usage, "family": family });
        let before = json!({ "names": [name("official", "KEITA")] });
        let after = json!({ "names": [name("maiden", "DIARRA"), name("official", "KEITA")] });
        assert_eq!(
            said(&before, &after),
            ["added names[maiden].family", "added names[maiden].use"]
        );
    }

    #[test]
    fn a_contract_lines_up_and_is_not_shown() {
        let coverage =
            |contract: &str, status: &str| json!({ "contract_id": contract, "status": status });
        let before = json!({ "coverages": [coverage("A", "active"), coverage("B", "active")] });
        let after = json!({ "coverages": [coverage("B", "ended")] });
        let expected = [
            "removed coverages[].contract_id",
            "removed coverages[].status",
            "changed coverages[].status",
        ];
        assert_eq!(said(&before, &after), expected);
    }

    #[test]
    fn a_list_of_texts_is_one_value() {
        let (before, after) = (json!({ "given": ["A", "B"] }), json!({ "given": ["A B"] }));
        assert_eq!(said(&before, &after), ["changed given"]);
    }

    #[test]
    fn the_same_document_differs_in_nothing() {
        let document = json!({ "a": [{ "b": 1 }, { "b": 2 }], "c": null });
        assert_eq!(said(&document, &document), [""; 0]);
    }
}
