//! The parts of a file, for an editor's outline.

use super::super::yaml::{Entry, Kind, Node, Span};
use super::view::{entries, items};

/// A part of the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Symbol {
    /// Its key, or the name of a test.
    pub name: String,
    /// Where its name stands, in bytes.
    pub name_span: Span,
    /// All of it.
    pub span: Span,
    /// Its parts.
    pub parts: Vec<Symbol>,
}

/// Groups whose entries are listed, too.
const LISTED: &[&str] = &["source", "tables", "values", "fields", "back", "rows", "tests"];

/// The parts of a file.
pub fn symbols(root: &Node) -> Vec<Symbol> {
    let part = |entry: &Entry| {
        let parts = if LISTED.contains(&&*entry.key) { parts(entry) } else { Vec::new() };
        Symbol { parts, ..symbol(entry) }
    };
    entries(root).iter().map(part).collect()
}

fn parts(entry: &Entry) -> Vec<Symbol> {
    match &entry.value.kind {
        Kind::List(_) => items(Some(&entry.value)).iter().filter_map(test).collect(),
        Kind::Map(_) | Kind::Null | Kind::Text(_) => {
            entries(&entry.value).iter().map(symbol).collect()
        }
    }
}

fn symbol(entry: &Entry) -> Symbol {
    Symbol {
        name: entry.key.clone(),
        name_span: entry.key_span.clone(),
        span: entry.key_span.start..entry.value.span.end.max(entry.key_span.end),
        parts: Vec::new(),
    }
}

/// A test by its name in either language.
fn test(test: &Node) -> Option<Symbol> {
    let name = test.get("name")?;
    let text = name.text().or_else(|| entries(name).iter().find_map(|entry| entry.value.text()))?;
    Some(Symbol {
        name: text.to_owned(),
        name_span: name.span.clone(),
        span: test.span.start..test.span.end.max(name.span.end),
        parts: Vec::new(),
    })
}
