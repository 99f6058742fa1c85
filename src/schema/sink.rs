//! Builds a document out of the events of a format.

use std::borrow::Cow;

use serde_json::{Map, Number, Value};

use super::Schema;
use super::tree::NodeId;
use crate::format::events::{Events, Scalar, ScalarKind};

/// How a format writes lists.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Repeats {
    /// With brackets (JSON), or not at all (CSV): everything stays as it comes.
    AsWritten,
    /// As repeated keys (XML): the schema says what is a list, even of one, and what is a group, even
    /// where the element holds nothing but text.
    BySchema,
}

/// The texts that count as no text, blanks around them aside.
#[derive(Clone, Copy)]
pub struct Absent<'s> {
    texts: &'s [String],
    /// Their lengths, as bits; the last is of all that are longer. Most texts have another.
    lengths: u32,
}

impl<'s> Absent<'s> {
    /// These texts.
    #[must_use]
    pub fn new(texts: &'s [String]) -> Self {
        let lengths = texts.iter().fold(0, |lengths, text| lengths | length_bit(text));
        Self { texts, lengths }
    }

    /// Whether a text counts as none.
    #[inline]
    #[must_use]
    pub fn holds(&self, text: &str) -> bool {
        // Between two characters that are no blanks nothing is trimmed.
        let trimmed = match text.as_bytes() {
            [] => text,
            [only] if only.is_ascii_graphic() => text,
            [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
            _ => text.trim(),
        };
        self.lengths & length_bit(trimmed) != 0 && self.texts.iter().any(|absent| absent == trimmed)
    }
}

#[inline]
fn length_bit(text: &str) -> u32 {
    1 << text.len().min(u32::BITS as usize - 1)
}

/// Builds a [`Value`] from events, shaped by a schema. A null is no value, as an empty cell is none, but
/// where the schema names it.
///
/// Events must nest properly, as [`Events`] says; a second root value replaces the first.
pub struct ValueSink<'s> {
    schema: &'s Schema,
    repeats: Repeats,
    empty: Absent<'s>,
    keeps_nulls: bool,
    open: Vec<Open>,
    root: Value,
}

enum Open {
    Object { map: Map<String, Value>, key: String, node: Option<NodeId> },
    Array { items: Vec<Value>, node: Option<NodeId> },
}

impl<'s> ValueSink<'s> {
    /// A sink for one document. Texts that are in `empty`, blanks around them aside, are left out.
    #[must_use]
    pub fn new(schema: &'s Schema, repeats: Repeats, empty: &'s [String]) -> Self {
        let empty = Absent::new(empty);
        let (open, root) = (Vec::new(), Value::Null);
        Self { schema, repeats, empty, keeps_nulls: false, open, root }
    }

    /// Every null is a value: for documents that are passed on as they are.
    #[must_use]
    pub fn keeping_nulls(self, keeps_nulls: bool) -> Self {
        Self { keeps_nulls, ..self }
    }

    /// The document.
    #[must_use]
    pub fn finish(self) -> Value {
        self.root
    }

    /// The schema's node of the value that comes next.
    fn child_node(&self) -> Option<NodeId> {
        let tree = &self.schema.tree;
        match self.open.last() {
            None => tree.root(),
            Some(Open::Array { node, .. }) => tree.node((*node)?)?.items,
            Some(Open::Object { key, node, .. }) => {
                tree.node((*node)?)?.properties.get(key).copied()
            }
        }
    }

    /// The same, where a list is written by repeated keys: then the value is one of its items.
    fn next_node(&self) -> Option<NodeId> {
        let tree = &self.schema.tree;
        let child = self.child_node()?;
        let in_object = matches!(self.open.last(), Some(Open::Object { .. }));
        match tree.node(child) {
            Some(list) if list.list && in_object && self.repeats == Repeats::BySchema => list.items,
            _ => Some(child),
        }
    }

    /// Whether a key of an object is a list by the schema.
    fn is_list(&self, object: Option<NodeId>, key: &str) -> bool {
        let tree = &self.schema.tree;
        let child = object.and_then(|node| tree.node(node)?.properties.get(key));
        child.and_then(|child| tree.node(*child)).is_some_and(|child| child.list)
    }

    fn put(&mut self, value: Value) {
        let grouped = self.repeats == Repeats::BySchema;
        let as_list = match self.open.last() {
            // An example in a mapping may write the list with brackets instead of repeated keys.
            Some(Open::Object { .. }) if value.is_array() => false,
            Some(Open::Object { key, node, .. }) => grouped && self.is_list(*node, key),
            _ => false,
        };
        match self.open.last_mut() {
            None => self.root = value,
            Some(Open::Array { items, .. }) => items.push(value),
            Some(Open::Object { map, key, .. }) => {
                let key = std::mem::take(key);
                match map.get_mut(&key) {
                    Some(Value::Array(items)) if grouped => items.push(value),
                    // A repeated element that the schema knows as a single one: the list shows it.
                    Some(first) if grouped => *first = Value::Array(vec![first.take(), value]),
                    _ if as_list => {
                        map.insert(key, Value::Array(vec![value]));
                    }
                    _ => {
                        map.insert(key, value);
                    }
                }
            }
        }
    }

    /// The text of an element that the schema knows as a group, because it may have attributes.
    fn as_group(&self, text: Option<String>) -> Value {
        let text = text.map(|text| ("#text".to_owned(), Value::String(text)));
        Value::Object(text.into_iter().collect())
    }
}

impl<'r> Events<'r> for ValueSink<'_> {
    fn begin_object(&mut self) {
        let node = self.next_node();
        self.open.push(Open::Object { map: Map::new(), key: String::new(), node });
    }

    fn key(&mut self, name: Cow<'r, str>) {
        if let Some(Open::Object { key, .. }) = self.open.last_mut() {
            *key = name.into_owned();
        }
    }

    fn end_object(&mut self) {
        if let Some(Open::Object { map, .. }) = self.open.pop() {
            self.put(Value::Object(map));
        }
    }

    fn begin_array(&mut self) {
        let node = self.child_node();
        self.open.push(Open::Array { items: Vec::new(), node });
    }

    fn end_array(&mut self) {
        if let Some(Open::Array { items, .. }) = self.open.pop() {
            self.put(Value::Array(items));
        }
    }

    fn scalar(&mut self, scalar: Scalar<'r>) {
        let node = self.next_node().and_then(|node| self.schema.tree.node(node));
        let group = self.repeats == Repeats::BySchema && node.is_some_and(|node| node.object);
        let takes_null = self.keeps_nulls || node.is_some_and(|node| node.takes_null);
        let value = match scalar.kind {
            ScalarKind::Text if self.empty.holds(&scalar.text) => {
                if group && !self.open.is_empty() {
                    self.put(self.as_group(None));
                }
                return;
            }
            ScalarKind::Text if group => self.as_group(Some(scalar.text.into_owned())),
            ScalarKind::Text => Value::String(scalar.text.into_owned()),
            ScalarKind::Number => number(&scalar.text),
            ScalarKind::Boolean => Value::Bool(scalar.text == "true"),
            ScalarKind::Null if !takes_null => return,
            ScalarKind::Null => Value::Null,
        };
        self.put(value);
    }
}

/// A number that JSON can hold but no 64-bit type can (`1e999`) becomes its text: it is then of a
/// wrong type, which is what a reader of the schema would say.
fn number(digits: &str) -> Value {
    digits.parse::<Number>().map_or_else(|_| Value::String(digits.to_owned()), Value::Number)
}
