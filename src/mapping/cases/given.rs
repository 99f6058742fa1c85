//! A record given as YAML: the sample with the changes of an example laid over it.

use std::borrow::Cow;

use crate::format::events::{Events, Scalar, ScalarKind};
use crate::model::{Issue, Place};

use super::super::run::Element;
use super::super::yaml::{Entry, Kind, Node};

/// A record of an example.
pub struct Given {
    root: Node,
    /// Whether lists are repeated keys, as in XML.
    repeats: bool,
}

impl Given {
    /// The sample with changes; `~` removes a field, lists are replaced whole.
    #[must_use]
    pub fn new(sample: Option<&Node>, changes: Option<&Node>, repeats: bool) -> Self {
        let mut root = sample.cloned().unwrap_or_else(nothing);
        if let Some(changes) = changes {
            lay(&mut root, changes);
        }
        Self { root, repeats }
    }

    /// A record of several rows, which are shown as this list. `sample` and `changes` are one row or a
    /// list of rows; changes are laid over the rows of the sample, and over its first where it has no
    /// more.
    #[must_use]
    pub fn of_rows(
        name: &str,
        sample: Option<&Node>,
        changes: Option<&Node>,
        repeats: bool,
    ) -> Self {
        let given = rows(sample);
        let changed = rows(changes);
        let first = given.first().cloned().unwrap_or_else(nothing);
        let count = match changes.map(|changes| &changes.kind) {
            Some(Kind::List(changes)) => changes.len(),
            _ => given.len().max(1),
        };
        let row = |number: usize| {
            let mut row = given.get(number).unwrap_or(&first).clone();
            if let Some(changes) = changed.get(number) {
                lay(&mut row, changes);
            }
            row
        };
        let rows: Vec<Node> = (0..count).map(row).collect();
        let mut root = rows.first().cloned().unwrap_or_else(nothing);
        if let Kind::Map(fields) = &mut root.kind {
            let value = Node { span: 0..0, kind: Kind::List(rows) };
            fields.push(Entry { key: name.to_owned(), key_span: 0..0, value });
        }
        Self { root, repeats }
    }
}

fn nothing() -> Node {
    Node { span: 0..0, kind: Kind::Map(Vec::new()) }
}

fn rows(node: Option<&Node>) -> Vec<Node> {
    match node {
        Some(Node { kind: Kind::List(rows), .. }) => rows.clone(),
        Some(row) => vec![row.clone()],
        None => Vec::new(),
    }
}

fn lay(base: &mut Node, changes: &Node) {
    let (Kind::Map(fields), Kind::Map(changed)) = (&mut base.kind, &changes.kind) else {
        *base = changes.clone();
        return;
    };
    for change in changed {
        let known = fields.iter().position(|field| field.key == change.key);
        match (known, change.value.is_null()) {
            (Some(index), true) => drop(fields.remove(index)),
            (Some(index), false) => lay(&mut fields[index].value, &change.value),
            (None, true) => {}
            (None, false) => fields.push(Entry::clone(change)),
        }
    }
}

impl Element for Given {
    fn walk<'s>(&'s self, sink: &mut impl Events<'s>) -> Result<(), Issue> {
        walk(&self.root, self.repeats, sink);
        Ok(())
    }

    fn place(&self) -> Place {
        Place::at_line(1)
    }

    fn place_of(&self, _: u32) -> Place {
        Place::at_line(1)
    }

    fn raw(&self) -> &[u8] {
        b"{}"
    }
}

fn walk<'s>(node: &'s Node, repeats: bool, sink: &mut impl Events<'s>) {
    match &node.kind {
        Kind::Null => {
            sink.scalar(Scalar { kind: ScalarKind::Null, text: Cow::Borrowed("null"), at: 0 })
        }
        Kind::Text(text) => {
            sink.scalar(Scalar { kind: kind(node, text), text: Cow::Borrowed(text), at: 0 });
        }
        Kind::List(items) => {
            sink.begin_array();
            items.iter().for_each(|item| walk(item, repeats, sink));
            sink.end_array();
        }
        Kind::Map(entries) => {
            sink.begin_object();
            for entry in entries {
                match &entry.value.kind {
                    Kind::List(items) if repeats => {
                        for item in items {
                            sink.key(Cow::Borrowed(&entry.key));
                            walk(item, repeats, sink);
                        }
                    }
                    _ => {
                        sink.key(Cow::Borrowed(&entry.key));
                        walk(&entry.value, repeats, sink);
                    }
                }
            }
            sink.end_object();
        }
    }
}

/// In a JSON example `true`, `false` and plain numbers are what they look like, and quoted ones text.
fn kind(node: &Node, text: &str) -> ScalarKind {
    // A quoted scalar is longer in the file than its text.
    let plain = node.span.len() == text.len();
    let number = text.parse::<f64>().is_ok() && (text == "0" || !text.starts_with('0'));
    match text {
        "true" | "false" if plain => ScalarKind::Boolean,
        _ if plain && number => ScalarKind::Number,
        _ => ScalarKind::Text,
    }
}
