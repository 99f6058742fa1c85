//! Where the cursor stands: in which key or value, under which keys.

use super::super::yaml::{Kind, Node, Span};

/// One step from the whole file to the cursor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// Into the value of a key.
    Key(String),
    /// Into an item of a list, from 0.
    Item(usize),
}

/// What the cursor is in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Spot {
    /// A key, or where one may be written.
    Key,
    /// A value, or where one may be written.
    Value,
    /// Between things: after a value, in a comment.
    Nowhere,
}

/// Where the cursor stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cursor {
    /// The keys and items around it; for a key without the key itself.
    pub path: Vec<Step>,
    /// What it is in.
    pub spot: Spot,
    /// The key or value in bytes, with its quotes; empty where nothing is written yet.
    pub span: Span,
    /// Whether it is inside of braces or brackets.
    pub in_flow: bool,
}

/// The cursor on a line, or an end of line, where nothing is written: its column says under which
/// key.
pub(super) fn on_blank(text: &str, root: &Node, offset: usize) -> Cursor {
    let before = text.get(..offset).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let rest = text.get(offset..).unwrap_or_default().lines().next().unwrap_or_default();
    let blank = before.get(start..).unwrap_or_default().chars().all(|c| c == ' ');
    let mut cursor =
        Cursor { path: Vec::new(), spot: Spot::Nowhere, span: offset..offset, in_flow: false };
    if blank && rest.trim().is_empty() {
        let lines = Lines { text, offset, column: offset - start };
        cursor.spot = lines.descend(root, &mut cursor.path);
    }
    cursor
}

struct Lines<'t> {
    text: &'t str,
    offset: usize,
    column: usize,
}

impl Lines<'_> {
    fn column_of(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or_default();
        at - before.rfind('\n').map_or(0, |end| end + 1)
    }

    fn is_flow(&self, node: &Node) -> bool {
        let byte = self.text.as_bytes().get(node.span.start);
        matches!(byte, Some(b'{' | b'['))
    }

    fn descend(&self, node: &Node, path: &mut Vec<Step>) -> Spot {
        match &node.kind {
            Kind::Map(entries) => {
                let before = entries.partition_point(|entry| entry.key_span.start < self.offset);
                let Some(last) = before.checked_sub(1).and_then(|at| entries.get(at)) else {
                    return Spot::Key;
                };
                if self.column <= self.column_of(last.key_span.start) {
                    return Spot::Key;
                }
                self.below(&last.value, Step::Key(last.key.clone()), path).unwrap_or(Spot::Key)
            }
            Kind::List(items) => {
                let before = items.partition_point(|item| item.span.start < self.offset);
                let Some((at, last)) =
                    before.checked_sub(1).and_then(|at| Some((at, items.get(at)?)))
                else {
                    return Spot::Value;
                };
                if self.column < self.column_of(last.span.start) {
                    return Spot::Nowhere;
                }
                self.below(last, Step::Item(at), path).unwrap_or(Spot::Nowhere)
            }
            Kind::Null | Kind::Text(_) => Spot::Value,
        }
    }

    /// Inside of what stands above the cursor, when more can be written there.
    fn below(&self, above: &Node, step: Step, path: &mut Vec<Step>) -> Option<Spot> {
        let open = match &above.kind {
            Kind::Null => true,
            Kind::Map(_) | Kind::List(_) => !self.is_flow(above),
            Kind::Text(_) => false,
        };
        if !open {
            return None;
        }
        path.push(step);
        Some(self.descend(above, path))
    }
}
