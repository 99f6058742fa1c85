//! The model file of a linkage: which columns there are, what each holds, and nothing else.
//!
//! `link: NAME` first, then `fields:` with a kind each; `record_id:`, `source:` and `threshold:` as
//! needed. A model that was trained also says what pairs are ([`trained`](super::trained)). Every
//! mistake is reported with its place, all at once; columns are checked against the files.

use super::compare::MOST_FIELDS;
use super::kind::Kind;
use super::mixture::Mixture;
use super::table::Field;
use super::trained;
use crate::mapping::Diagnostic;
use crate::mapping::diagnostic::{Code, Diagnostics};
use crate::mapping::yaml::{self, Entry, Kind as NodeKind, Node, Span};

/// A model as its file says it.
#[derive(Clone, Debug)]
pub struct Model {
    /// Its name.
    pub name: String,
    /// The column that identifies a record within its file.
    pub record_id: Option<Column>,
    /// The column that says where a record comes from.
    pub source: Option<Column>,
    /// The fields, with the columns of each; several are joined by a blank.
    pub fields: Vec<(Field, Vec<Column>)>,
    /// Bits from which records are joined.
    pub threshold: f32,
    /// What pairs are, when it was learnt before.
    pub trained: Option<Mixture>,
}

/// A column and where the model names it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Column {
    /// Its name in the files.
    pub name: String,
    /// Its place in the model.
    pub span: Span,
}

/// Keys of the file and of a field.
const KEYS: [&str; 6] = ["link", "record_id", "source", "fields", "threshold", "trained"];
const FIELD_KEYS: [&str; 4] = ["kind", "column", "columns", "shared"];
/// A threshold further from zero than this is a slip of the pen.
const FURTHEST: f32 = 100.0;

/// Reads a model.
///
/// # Errors
/// Everything that is wrong with it, in the order of the file.
pub fn parse(path: &str, text: &str) -> Result<Model, Vec<Diagnostic>> {
    let mut problems = Diagnostics::of(text);
    let root = yaml::parse(text, &mut problems);
    let model = root.and_then(|root| read(&root, &mut problems));
    let sound = !problems.has_errors();
    match model {
        Some(model) if sound => Ok(model),
        _ => Err(problems.finish(path, text)),
    }
}

/// Whether a text is a model of a linkage: told by its first key.
#[must_use]
pub fn is_model(text: &str) -> bool {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = text.lines().map(str::trim_end);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with('#') && *line != "---");
    first.is_some_and(|line| line.starts_with("link:"))
}

/// Checks that every column that a model names is in at least one file. `known` are the columns of
/// all files.
#[must_use]
pub fn check(model: &Model, known: &[&str], path: &str, text: &str) -> Vec<Diagnostic> {
    let mut problems = Diagnostics::of(text);
    let own = model.record_id.iter().chain(&model.source);
    for column in own.chain(model.fields.iter().flat_map(|(_, columns)| columns)) {
        if !known.contains(&column.name.as_str()) {
            let problem = problems.error(Code::UnknownField, column.span.clone());
            problem.arg("variant", "column").arg("field", &column.name);
            problem.arg("known", listed(known)).nearest(&column.name, known.iter().copied());
        }
    }
    problems.finish(path, text)
}

/// Columns that are listed in a message.
const LISTED: usize = 40;

fn listed(known: &[&str]) -> String {
    let more = if known.len() > LISTED { ", …" } else { "" };
    let first: Vec<&str> = known.iter().take(LISTED).copied().collect();
    format!("{}{more}", first.join(", "))
}

fn read(root: &Node, problems: &mut Diagnostics) -> Option<Model> {
    let entries = map(root, &KEYS, problems)?;
    let get = |key: &str| entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value);
    for key in ["link", "fields"] {
        if get(key).is_none_or(Node::is_null) {
            let start = root.span.start;
            problems.error(Code::MissingKey, start..start).arg("key", key);
        }
    }
    let name = get("link").and_then(|node| text(node, problems)).unwrap_or_default();
    let mut fields: Vec<(Field, Vec<Column>)> = Vec::new();
    if let Some(node) = get("fields").filter(|node| !node.is_null()) {
        for entry in map(node, &[], problems).unwrap_or_default() {
            fields.extend(field(entry, problems));
        }
        if fields.len() > MOST_FIELDS {
            problems.error(Code::TooLarge, node.span.clone()).arg("limit", MOST_FIELDS.to_string());
        }
        for kind in [Kind::GivenName, Kind::FamilyName] {
            only_one(node, kind, &fields, problems);
        }
    }
    let threshold = get("threshold").and_then(|node| threshold(node, problems)).unwrap_or(0.0);
    let trained = get("trained").and_then(|node| {
        let fields: Vec<&Field> = fields.iter().map(|(field, _)| field).collect();
        trained::read(node, &fields, problems)
    });
    let own = |key: &str, problems: &mut Diagnostics| column(get(key)?, problems);
    let (record_id, source) = (own("record_id", problems), own("source", problems));
    Some(Model { name, record_id, source, fields, threshold, trained })
}

/// Names are exchanged between one field of given and one of family names; more of them are more
/// columns of one field.
fn only_one(node: &Node, kind: Kind, fields: &[(Field, Vec<Column>)], problems: &mut Diagnostics) {
    if fields.iter().filter(|(field, _)| field.kind == kind).count() > 1 {
        let problem = problems.error(Code::BadValue, node.span.clone());
        problem
            .arg("value", kind.name())
            .arg("expected", format!("{}: {{ columns: [ … ] }}", kind.name()));
    }
}

fn field(entry: &Entry, problems: &mut Diagnostics) -> Option<(Field, Vec<Column>)> {
    let itself = Column { name: entry.key.clone(), span: entry.key_span.clone() };
    let named = |kind: Kind, shared: Option<bool>| Field {
        name: entry.key.clone(),
        kind,
        shared: shared.unwrap_or_else(|| kind.is_shared()),
    };
    if entry.value.text().is_some() {
        return Some((named(kind(&entry.value, problems)?, None), vec![itself]));
    }
    let entries = map(&entry.value, &FIELD_KEYS, problems)?;
    let get = |key: &str| entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value);
    let Some(node) = get("kind") else {
        let start = entry.value.span.start;
        problems.error(Code::MissingKey, start..start).arg("key", "kind");
        return None;
    };
    let kind = kind(node, problems);
    let shared = get("shared").and_then(|node| truth(node, problems));
    let mut columns: Vec<Column> =
        get("column").and_then(|node| column(node, problems)).into_iter().collect();
    match get("columns").map(|node| &node.kind) {
        Some(NodeKind::List(items)) => {
            columns.extend(items.iter().filter_map(|item| column(item, problems)));
        }
        Some(_) => columns.extend(get("columns").and_then(|node| column(node, problems))),
        None => {}
    }
    if columns.is_empty() {
        columns.push(itself);
    }
    Some((named(kind?, shared), columns))
}

fn kind(node: &Node, problems: &mut Diagnostics) -> Option<Kind> {
    let name = text(node, problems)?;
    let kind = Kind::parse(&name);
    if kind.is_none() {
        let known: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        let problem = problems.error(Code::BadValue, node.span.clone());
        problem.arg("value", &name).arg("expected", known.join(", ")).nearest(&name, known);
    }
    kind
}

fn threshold(node: &Node, problems: &mut Diagnostics) -> Option<f32> {
    let written = text(node, problems)?;
    let read: Option<f32> = written.parse().ok().filter(|bits: &f32| bits.abs() <= FURTHEST);
    if read.is_none() {
        let problem = problems.error(Code::BadValue, node.span.clone());
        problem.arg("value", &written).arg("expected", "-100 … 100 (bits)");
    }
    read
}

fn truth(node: &Node, problems: &mut Diagnostics) -> Option<bool> {
    let written = text(node, problems)?;
    match written.as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => {
            let problem = problems.error(Code::BadValue, node.span.clone());
            problem.arg("value", &written).arg("expected", "true, false");
            problem.nearest(&written, ["true", "false"]);
            None
        }
    }
}

fn column(node: &Node, problems: &mut Diagnostics) -> Option<Column> {
    text(node, problems).map(|name| Column { name, span: node.span.clone() })
}

pub(super) fn text(node: &Node, problems: &mut Diagnostics) -> Option<String> {
    if node.text().is_none() {
        problems.error(Code::WrongType, node.span.clone()).arg("expected", "text");
    }
    node.text().map(str::to_owned)
}

/// The entries of a map; keys that are not `known` are reported, unless any key will do.
pub(super) fn map<'n>(
    node: &'n Node,
    known: &[&str],
    problems: &mut Diagnostics,
) -> Option<&'n [Entry]> {
    let NodeKind::Map(entries) = &node.kind else {
        problems.error(Code::WrongType, node.span.clone()).arg("expected", "map");
        return None;
    };
    for entry in entries.iter().filter(|_| !known.is_empty()) {
        if !known.contains(&entry.key.as_str()) {
            let problem = problems.error(Code::UnknownKey, entry.key_span.clone());
            problem.arg("key", &entry.key).arg("known", known.join(", "));
            problem.nearest(&entry.key, known.iter().copied());
        }
    }
    Some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: &str = "link: people\nrecord_id: id\nfields:\n  first: given_name\n  born: { kind: date, column: dob }\n  phone: { kind: phone, shared: false }\n";

    #[test]
    fn a_short_model_says_all_there_is_to_say() {
        let model = parse("m.yaml", SHORT).expect("sound");
        assert_eq!(model.fields.len(), 3);
        assert_eq!(model.fields[1].1[0].name, "dob");
        assert!(!model.fields[2].0.shared);
        assert!(check(&model, &["id", "first", "dob", "phone"], "m.yaml", SHORT).is_empty());
    }

    #[test]
    fn every_mistake_is_told_with_its_place() {
        let text = "link: people\nfeilds: {}\nfields:\n  a: given_nam\n  b: { kind: date, colum: x }\nthreshold: high\n";
        let found = parse("m.yaml", text).expect_err("four mistakes");
        let places: Vec<(u32, Option<&str>)> =
            found.iter().map(|problem| (problem.line, problem.nearest.as_deref())).collect();
        assert_eq!(
            places,
            [(2, Some("fields")), (4, Some("given_name")), (5, Some("column")), (6, None)]
        );
    }

    #[test]
    fn a_column_that_no_file_has_is_told_with_the_nearest() {
        let model = parse("m.yaml", SHORT).expect("sound");
        let found = check(&model, &["id", "frist", "dob", "phone"], "m.yaml", SHORT);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].nearest.as_deref(), Some("frist"));
    }
}
