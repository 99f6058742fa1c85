//! What a mapping says of itself, read from a text that may be broken: its schema, its names, its
//! tables and who uses them.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::schema::{FieldInfo, Schema, Step as SchemaStep};

use super::super::compile::Library;
use super::super::path::{SourcePath, parse_target, schema_path};
use super::super::target::{self, Takes};
use super::super::yaml::{Entry, Kind, Node};
use super::cursor::Step;
use super::place::Group;

/// A mapping, or a shared table, as far as it can be read.
pub struct View<'v> {
    root: &'v Node,
    /// What it may refer to.
    pub library: Library<'v>,
    /// What kind of file it is.
    pub file: Group,
    /// The sender's schema.
    pub schema: Option<&'v Arc<Schema>>,
    /// Whether paths are the names of columns.
    pub flat: bool,
    each: Vec<String>,
}

impl<'v> View<'v> {
    /// Of a file.
    pub fn new(root: &'v Node, library: Library<'v>) -> Self {
        let source = root.get("source");
        let word = |key: &str| source.and_then(|source| source.get(key)).and_then(Node::text);
        let records = source.and_then(|source| source.get("records"));
        let each = items(records).iter().filter_map(|item| item.get("each")?.text());
        Self {
            root,
            library,
            file: if root.get("codes").is_some() { Group::Codes } else { Group::Mapping },
            schema: word("schema").and_then(|id| library.schemas.get(id)),
            flat: word("format") == Some("csv"),
            each: each.map(str::to_owned).collect(),
        }
    }

    /// The entries of a group, by its keys from the whole file.
    pub fn entries(&self, path: &[&str]) -> &'v [Entry] {
        let found = path.iter().try_fold(self.root, |node, key| node.get(key));
        found.map_or(&[], entries)
    }

    /// What stands at the end of a path of keys and items.
    pub fn at<'s>(&self, path: impl IntoIterator<Item = &'s Step>) -> Option<&'v Node> {
        path.into_iter().try_fold(self.root, |node, step| match step {
            Step::Key(key) => node.get(key),
            Step::Item(at) => match &node.kind {
                Kind::List(items) => items.get(*at),
                Kind::Map(_) | Kind::Null | Kind::Text(_) => None,
            },
        })
    }

    /// The entry that gives a name to a path or a value.
    pub fn named(&self, name: &str) -> Option<&'v Entry> {
        let places: [&[&str]; 2] = [&["values"], &["source", "names"]];
        places.iter().find_map(|path| self.entries(path).iter().find(|entry| entry.key == name))
    }

    /// The entry of a table.
    pub fn table(&self, name: &str) -> Option<&'v Entry> {
        self.entries(&["tables"]).iter().find(|entry| entry.key == name)
    }

    /// A written path, behind its short name.
    pub fn expand<'n>(&self, written: &'n str) -> &'n str
    where
        'v: 'n,
    {
        let named = self.entries(&["source", "names"]).iter().find(|entry| entry.key == written);
        named.and_then(|entry| entry.value.text()).unwrap_or(written)
    }

    /// The field of the sender's schema that a path or a name means.
    pub fn field(&self, written: &str) -> Option<&'v FieldInfo> {
        let fields = self.schema?.fields();
        let written = self.expand(written);
        if self.flat {
            return fields.iter().find(|field| keys_of(field) == [written]);
        }
        let path = SourcePath::parse(written).ok()?;
        let keys = path.keys();
        let here = std::iter::once(Vec::new());
        let around = self.each.iter().filter_map(|each| SourcePath::parse(each).ok());
        let around = around.map(|each| each.keys().iter().map(|key| (*key).to_owned()).collect());
        let starts: Vec<Vec<String>> = here.chain(around).collect();
        starts.iter().rev().find_map(|start| {
            let whole: Vec<&str> = start.iter().map(String::as_str).chain(keys.clone()).collect();
            let means = |field: &&FieldInfo| {
                let known = keys_of(field);
                known == whole || known.strip_suffix(&["#text"]) == Some(&*whole)
            };
            // Of a list the items are described, not the list.
            fields.iter().rfind(means)
        })
    }

    /// Every path by which a field of the sender can be read.
    pub fn source_paths(&self) -> Vec<(String, &'v FieldInfo)> {
        let fields = self.schema.map_or(&[][..], |schema| schema.fields());
        let leaf = |field: &&FieldInfo| {
            !field.types.iter().any(|kind| kind == "object" || kind == "array")
        };
        fields.iter().filter(leaf).map(|field| (self.path_to(field), field)).collect()
    }

    /// The path by which a field can be read: the first of each group around it.
    fn path_to(&self, field: &FieldInfo) -> String {
        if self.flat {
            return keys_of(field).join(".");
        }
        let nested = self.each.iter().find_map(|each| {
            let start = SourcePath::parse(each).ok()?;
            let keys = keys_of(field);
            keys.strip_prefix(start.keys().as_slice())?.first()?;
            Some(start.keys().len())
        });
        let mut passed = 0;
        let mut path = String::new();
        for (at, step) in field.steps.iter().enumerate() {
            match step {
                SchemaStep::Key(name) => {
                    passed += 1;
                    let inside = nested.is_none_or(|length| passed > length);
                    if inside && name != "#text" {
                        if !path.is_empty() {
                            path.push('.');
                        }
                        path.push_str(name);
                    }
                }
                SchemaStep::Each if path.is_empty() => {}
                SchemaStep::Each if at + 1 == field.steps.len() => path.push_str("[]"),
                SchemaStep::Each => path.push_str("[0]"),
            }
        }
        path
    }

    /// The rules of `fields`, with their target paths.
    pub fn rules(&self) -> Vec<(&'v str, &'v Node)> {
        let rules = self.entries(&["fields"]).iter();
        rules
            .flat_map(|entry| match &entry.value.kind {
                Kind::List(rules) => rules.iter().map(|rule| (&*entry.key, rule)).collect(),
                Kind::Map(_) | Kind::Null | Kind::Text(_) => vec![(&*entry.key, &entry.value)],
            })
            .collect()
    }

    /// The rules that use a table of this name.
    fn users(&self, table: &str) -> Vec<(&'v str, &'v Node)> {
        let mut rules = self.rules();
        rules.retain(|(_, rule)| tables_of(rule).iter().any(|node| node.text() == Some(table)));
        rules
    }

    /// The target fields that a place of the file fills.
    pub fn targets(&self, path: &[Step]) -> BTreeSet<&'v str> {
        let keys: Vec<&str> = path.iter().filter_map(key).collect();
        match keys.as_slice() {
            ["fields", target, ..] => {
                let known = self.entries(&["fields"]).iter().find(|entry| entry.key == *target);
                known.map(|entry| &*entry.key).into_iter().collect()
            }
            ["tables", table, ..] => {
                self.users(table).into_iter().map(|(target, _)| target).collect()
            }
            _ => BTreeSet::new(),
        }
    }

    /// The sender's fields that the rule or table at a place reads.
    pub fn sources(&self, path: &[Step]) -> Vec<&'v FieldInfo> {
        let keys: Vec<&str> = path.iter().filter_map(key).collect();
        let rules: Vec<&Node> = match keys.as_slice() {
            ["fields" | "values", name, ..] => {
                let group: &[&str] =
                    if keys.first() == Some(&"fields") { &["fields"] } else { &["values"] };
                let entry = self.entries(group).iter().find(|entry| entry.key == *name);
                entry.map(|entry| &entry.value).into_iter().collect()
            }
            ["tables", table, ..] => self.users(table).into_iter().map(|(_, rule)| rule).collect(),
            _ => Vec::new(),
        };
        let read =
            rules.into_iter().flat_map(|rule| items(rule.get("from"))).filter_map(Node::text);
        read.filter_map(|path| self.field(path)).collect()
    }
}

/// The tables of a rule, as names or rows.
pub fn tables_of(rule: &Node) -> Vec<&Node> {
    let steps = items(rule.get("do")).iter().filter_map(|step| step.get("table"));
    rule.get("table").into_iter().chain(steps).collect()
}

/// A list, or one thing as a list of one.
pub fn items(node: Option<&Node>) -> &[Node] {
    match node.map(|node| &node.kind) {
        Some(Kind::List(items)) => items,
        Some(Kind::Map(_) | Kind::Text(_)) => node.map_or(&[], std::slice::from_ref),
        Some(Kind::Null) | None => &[],
    }
}

/// The entries of a map.
pub fn entries(node: &Node) -> &[Entry] {
    match &node.kind {
        Kind::Map(entries) => entries,
        Kind::Null | Kind::Text(_) | Kind::List(_) => &[],
    }
}

/// The key of a step.
pub fn key(step: &Step) -> Option<&str> {
    match step {
        Step::Key(key) => Some(key),
        Step::Item(_) => None,
    }
}

/// The keys down to a field.
pub fn keys_of(field: &FieldInfo) -> Vec<&str> {
    let keys = field.steps.iter().filter_map(|step| match step {
        SchemaStep::Key(key) => Some(key.as_str()),
        SchemaStep::Each => None,
    });
    keys.collect()
}

/// A field of the canonical record, by a target path with or without labels.
pub fn canonical<'l>(library: &Library<'l>, path: &str) -> Option<(&'l FieldInfo, Option<Takes>)> {
    let plain = plain(path);
    let value = format!("{plain}.value");
    let schema = library.schemas.get("beneficiary/1")?;
    let field = |wanted: &str| {
        let wanted: Vec<&str> = wanted.split('.').collect();
        schema.fields().iter().find(|field| keys_of(field) == wanted)
    };
    let takes = target::takes(&plain).or_else(|| target::takes(&value));
    // `person.identifiers[ml-nina]` is short for its value.
    let short = target::takes(&plain).is_none() && target::takes(&value).is_some();
    let found = if short { field(&value) } else { None };
    Some((found.or_else(|| field(&plain))?, takes))
}

/// A target path without its labels: `person.names[official].family` is `person.names.family`.
pub fn plain(path: &str) -> String {
    parse_target(path).map_or_else(|_| path.to_owned(), |steps| schema_path(&steps))
}
