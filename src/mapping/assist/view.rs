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
    /// The repeated groups whose item the cursor is in, outermost first, each as keys from the one
    /// around it.
    around: Vec<Vec<String>>,
}

impl<'v> View<'v> {
    /// Of a file, as seen from a place of it.
    pub fn new(root: &'v Node, library: Library<'v>, place: &[Step]) -> Self {
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
            around: around(root, place),
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
        self.starts(path.up > 0).iter().find_map(|start| {
            let whole: Vec<&str> = start.iter().map(String::as_str).chain(keys.clone()).collect();
            let means = |field: &&FieldInfo| {
                let known = keys_of(field);
                known == whole || known.strip_suffix(&["#text"]) == Some(&*whole)
            };
            // Of a list the items are described, not the list.
            fields.iter().rfind(means)
        })
    }

    /// The keys from the whole element to where a path may start, the likeliest first.
    fn starts(&self, up: bool) -> Vec<Vec<String>> {
        let chain = self.around.concat();
        let lengths =
            if up && !chain.is_empty() { 0..chain.len() } else { chain.len()..chain.len() + 1 };
        let records = self.records();
        lengths
            .rev()
            .flat_map(|length| {
                let chain = chain.get(..length).unwrap_or_default();
                records.iter().map(move |record| [record, chain].concat())
            })
            .collect()
    }

    /// The keys to each kind of record, the element itself last.
    fn records(&self) -> Vec<Vec<String>> {
        self.each.iter().filter_map(|each| keys_to(each)).chain([Vec::new()]).collect()
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
        let keys = keys_of(field);
        if self.flat {
            return keys.join(".");
        }
        let records = self.records();
        for inside in (0..=self.around.len()).rev() {
            let chain = self.around.get(..inside).unwrap_or_default().concat();
            for record in &records {
                let start = [record.as_slice(), &chain].concat();
                let is_inside = keys.len() >= start.len()
                    && start.iter().zip(&keys).all(|(start, key)| start == key);
                if is_inside && (keys.len() > start.len() || inside > 0) {
                    let rest = rest_of(field, start.len());
                    let ups = "^.".repeat(self.around.len() - inside);
                    return if rest.is_empty() { format!("{ups}.") } else { ups + &rest };
                }
            }
        }
        keys.join(".")
    }

    /// The rules of `fields`, with their whole target paths.
    pub fn rules(&self) -> Vec<(String, &'v Node)> {
        let mut found = Vec::new();
        rules_of(self.entries(&["fields"]), "", &mut |target, _, rule| {
            found.push((target.to_owned(), rule));
        });
        found
    }

    /// The entry of the rule that fills a canonical field, by its path without labels.
    pub fn filling(&self, wanted: &str) -> Option<&'v Entry> {
        let mut found = None;
        rules_of(self.entries(&["fields"]), "", &mut |target, entry, _| {
            if found.is_none() && plain(target) == wanted {
                found = Some(entry);
            }
        });
        found
    }

    /// The rules that use a table of this name.
    fn users(&self, table: &str) -> Vec<(String, &'v Node)> {
        let mut rules = self.rules();
        rules.retain(|(_, rule)| tables_of(rule).iter().any(|node| node.text() == Some(table)));
        rules
    }

    /// The target fields that a place of the file fills.
    pub fn targets(&self, path: &[Step]) -> BTreeSet<String> {
        let keys: Vec<&str> = path.iter().filter_map(key).collect();
        match keys.as_slice() {
            ["fields", ..] => BTreeSet::from([target_path(path, None)]),
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
            ["tables", table, ..] => self.users(table).into_iter().map(|(_, rule)| rule).collect(),
            _ => self.rule_around(path).into_iter().collect(),
        };
        let read =
            rules.into_iter().flat_map(|rule| items(rule.get("from"))).filter_map(Node::text);
        read.filter_map(|path| self.field(path)).collect()
    }

    /// The innermost rule with a `from` that a place is in.
    fn rule_around(&self, path: &[Step]) -> Option<&'v Node> {
        let nodes = (0..=path.len()).rev().filter_map(|length| self.at(path.get(..length)?));
        nodes.into_iter().find(|node| node.get("from").is_some())
    }
}

/// Calls `found` with the whole target path, the entry and the rule of every rule.
fn rules_of<'v>(
    fields: &'v [Entry],
    start: &str,
    found: &mut impl FnMut(&str, &'v Entry, &'v Node),
) {
    for entry in fields {
        let target = format!("{start}{}", entry.key);
        for rule in items(Some(&entry.value)) {
            match rule.get("fields") {
                Some(inner) => rules_of(entries(inner), &format!("{target}."), found),
                None => found(&target, entry, rule),
            }
        }
    }
}

/// The whole target path of a place under `fields`.
pub fn target_path(path: &[Step], last: Option<&str>) -> String {
    let mut keys = path.iter().filter_map(key).chain(last);
    let mut parts = Vec::new();
    while let Some(key) = keys.next() {
        if key == "fields" {
            parts.extend(keys.next());
        }
    }
    parts.join(".")
}

/// The repeated groups whose item a place is in: a group's own `each` stands outside of it.
fn around(root: &Node, place: &[Step]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut node = Some(root);
    let in_fields = place.first().and_then(key) == Some("fields");
    for step in place.iter().take_while(|_| in_fields) {
        let Some(here) = node else { break };
        node = match step {
            Step::Item(at) => items(Some(here)).get(*at),
            Step::Key(key) => {
                if matches!(key.as_str(), "fields" | "key" | "when") {
                    found.extend(here.get("each").and_then(Node::text).and_then(keys_to));
                }
                here.get(key)
            }
        };
    }
    found
}

/// The keys of a path.
fn keys_to(path: &str) -> Option<Vec<String>> {
    let path = SourcePath::parse(path).ok()?;
    Some(path.keys().iter().map(|key| (*key).to_owned()).collect())
}

/// A field's path behind its first keys: the first of each group, all of a list at the end.
fn rest_of(field: &FieldInfo, start: usize) -> String {
    let mut passed = 0;
    let mut path = String::new();
    for (at, step) in field.steps.iter().enumerate() {
        match step {
            SchemaStep::Key(name) => {
                passed += 1;
                if passed > start && name != "#text" {
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
