//! What is different between two texts: line by line, and in the words of the file: which fields, rows or terms were
//! added, removed or changed. Pure: texts in, differences out.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use similar::TextDiff;

/// What happened to one entry of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// Only the newer text has it.
    Added,
    /// Only the older text has it.
    Removed,
    /// Both have it, not alike.
    Changed,
}

/// One entry that is not the same in both texts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// Where: `fields.person.sex`, `tables.sex.rows.M`, `title` …
    pub path: String,
    /// What the older text says, as JSON on one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What the newer text says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// What is different.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Difference {
    /// By entry, in the order of their paths; empty when one text cannot be read.
    pub changes: Vec<Change>,
    /// By line, as `diff -u` writes it; empty when the texts are the same.
    pub unified: String,
}

/// Comparing lines may take this long; two texts that have nothing in common are then compared coarsely.
const PATIENCE: Duration = Duration::from_secs(2);
/// Lines around each change.
const AROUND: usize = 3;
/// Deepest level on which entries are told apart: deeper ones are shown as part of theirs.
const DEEPEST: usize = 6;
/// Longest value that is shown, in characters.
const LONGEST: usize = 200;

/// Compares two texts; `names` are those that the heads of the unified form show.
#[must_use]
pub fn difference(before: &str, after: &str, names: (&str, &str)) -> Difference {
    let lines = TextDiff::configure().timeout(PATIENCE).diff_lines(before, after);
    let unified = lines.unified_diff().context_radius(AROUND).header(names.0, names.1).to_string();
    let unified = if before == after { String::new() } else { unified };
    Difference { changes: changes(before, after), unified }
}

fn changes(before: &str, after: &str) -> Vec<Change> {
    let (Some(before), Some(after)) = (entries(before), entries(after)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (path, value) in &before {
        let (kind, now) = match after.get(path) {
            Some(now) if now == value => continue,
            Some(now) => (ChangeKind::Changed, Some(shown(now))),
            None => (ChangeKind::Removed, None),
        };
        found.push(Change { kind, path: path.clone(), before: Some(shown(value)), after: now });
    }
    for (path, value) in after.iter().filter(|(path, _)| !before.contains_key(*path)) {
        let (kind, path) = (ChangeKind::Added, path.clone());
        found.push(Change { kind, path, before: None, after: Some(shown(value)) });
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// The entries of a text by their path.
fn entries(text: &str) -> Option<BTreeMap<String, Value>> {
    let document: Value = serde_saphyr::from_str(text).ok()?;
    let mut entries = BTreeMap::new();
    flatten(&document, String::new(), 0, &mut entries);
    Some(entries)
}

fn flatten(value: &Value, path: String, depth: usize, entries: &mut BTreeMap<String, Value>) {
    match value {
        // A rule is one thing for its reader: `from`, `do` and `on_error` belong together.
        Value::Object(map) if depth < DEEPEST && !is_rule(map, depth) && !map.is_empty() => {
            for (key, value) in map {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                flatten(value, path, depth + 1, entries);
            }
        }
        // Examples and terms are told apart by what they are called, else by their place.
        Value::Array(items) if depth < DEEPEST && items.iter().any(Value::is_object) => {
            for (index, item) in items.iter().enumerate() {
                let name = item.get("name").map_or_else(|| index.to_string(), called);
                flatten(item, format!("{path}[{name}]"), DEEPEST, entries);
            }
        }
        other => {
            entries.insert(path, other.clone());
        }
    }
}

fn is_rule(map: &serde_json::Map<String, Value>, depth: usize) -> bool {
    const ORIGINS: [&str; 6] = ["from", "value", "choose", "lookup", "to", "table"];
    depth > 1 && ORIGINS.iter().any(|origin| map.contains_key(*origin))
}

fn called(name: &Value) -> String {
    let either = name.get("en").or_else(|| name.get("fr")).unwrap_or(name);
    either.as_str().map_or_else(|| either.to_string(), str::to_owned)
}

fn shown(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "mapping: a\nversion: 1.0.0\nfields:\n  person.sex: { from: SEXE, table: sex }\n  person.death_date: { from: DECES }\n";
    const AFTER: &str = "mapping: a\nversion: 1.1.0\nfields:\n  person.sex: { from: GENRE, table: sex }\n  person.birth_date: { from: NE }\n";

    #[test]
    fn fields_that_were_added_removed_and_changed_are_named() {
        let found = difference(BEFORE, AFTER, ("a", "b")).changes;
        let told: Vec<_> = found.iter().map(|one| (one.kind, one.path.as_str())).collect();
        assert_eq!(
            told,
            [
                (ChangeKind::Added, "fields.person.birth_date"),
                (ChangeKind::Removed, "fields.person.death_date"),
                (ChangeKind::Changed, "fields.person.sex"),
                (ChangeKind::Changed, "version"),
            ]
        );
        assert_eq!(found[2].after.as_deref(), Some(r#"{"from":"GENRE","table":"sex"}"#));
    }

    #[test]
    fn lines_are_shown_as_diff_shows_them() {
        let unified = difference(BEFORE, AFTER, ("hub", "file")).unified;
        assert!(unified.starts_with("--- hub\n+++ file\n@@ "), "{unified}");
        assert!(unified.contains("\n-version: 1.0.0\n+version: 1.1.0\n"), "{unified}");
    }

    #[test]
    fn the_same_text_has_no_difference_and_a_comment_changes_lines_only() {
        let same = difference(BEFORE, BEFORE, ("a", "b"));
        assert_eq!((same.changes.len(), same.unified.as_str()), (0, ""));
        let commented = format!("# note\n{BEFORE}");
        let found = difference(BEFORE, &commented, ("a", "b"));
        assert!(found.changes.is_empty() && !found.unified.is_empty());
    }

    #[test]
    fn a_text_that_cannot_be_read_is_still_compared_by_lines() {
        let found = difference(BEFORE, "fields: [", ("a", "b"));
        assert!(found.changes.is_empty() && found.unified.contains("+fields: ["));
    }
}
