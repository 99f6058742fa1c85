//! The target field that was probably meant, with its lists named as the language wants them.

use super::super::diagnostic;
use super::super::path::{TargetStep, schema_path};
use super::super::target::{FIELDS, LISTS, Takes};

/// The nearest field to a path that does not exist; within a group of rules those of its list only.
pub fn field(around: &str, written: &str, steps: &[TargetStep]) -> Option<String> {
    let path = schema_path(steps);
    let inner = |name: &'static str| {
        if around.is_empty() { Some(name) } else { name.strip_prefix(around)?.strip_prefix('.') }
    };
    let known = || FIELDS.iter().filter(|f| f.1 != Takes::Hub).filter_map(|f| inner(f.0));
    let last = path.rsplit('.').next().unwrap_or(&path);
    // The right name at the wrong level is likelier than a name that merely looks alike.
    let mut same = known().filter(|name| name.rsplit('.').next() == Some(last));
    let found = match (same.next(), same.next()) {
        (Some(only), None) => Some(only.to_owned()),
        _ => {
            let first = path.split('.').next().unwrap_or_default();
            let group = known().filter(|name| name.starts_with(first));
            let lasts: Vec<&str> = group.clone().collect();
            diagnostic::nearest(&path, lasts.iter().copied())
                .or_else(|| diagnostic::nearest(&path, known()))
                .or_else(|| {
                    let ends = known().find(|name| name.ends_with(&format!(".{last}")));
                    ends.map(str::to_owned)
                })
        }
    }?;
    let labelled = if around.is_empty() { labelled(&found, steps) } else { found };
    (labelled != written).then_some(labelled)
}

/// A field with a name in brackets behind each list; names that were written are kept.
pub fn labelled(field: &str, written: &[TargetStep]) -> String {
    let mut labels: Vec<String> = written
        .iter()
        .filter_map(|step| match step {
            TargetStep::Label(label) => Some(label.clone()),
            TargetStep::Key(_) | TargetStep::Append => None,
        })
        .rev()
        .collect();
    let keys: Vec<&str> = field.split('.').collect();
    let mut path = String::new();
    let mut plain = String::new();
    for (i, key) in keys.iter().enumerate() {
        if i > 0 {
            path.push('.');
            plain.push('.');
        }
        path.push_str(key);
        plain.push_str(key);
        let last = i + 1 == keys.len();
        if !LISTS.contains(&plain.as_str()) {
            continue;
        }
        if plain == "person.phones" {
            path.push_str("[]");
        } else if !last {
            let label = labels.pop().unwrap_or_else(|| usual(&plain).to_owned());
            path.push_str(&format!("[{label}]"));
        }
    }
    path
}

/// The name that an element of a list has when nothing better is known.
fn usual(list: &str) -> &'static str {
    match list {
        "person.names" => "official",
        "person.addresses" => "home",
        "person.identifiers" => "national-id",
        "coverages" => "main",
        _ => "0",
    }
}
