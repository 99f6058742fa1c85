//! The sender's document, built path by path and written as events.

use serde_json::Value as Json;

use crate::format::events::{Events, ScalarKind};
use crate::schema::{self, Schema};

use super::super::path::{Step, Which};
use super::super::spec::Format;
use super::super::value::Value;
use super::node::Node;

/// A document that is being built.
pub struct Tree<'s> {
    root: Node,
    schema: Option<&'s Schema>,
    format: Format,
    /// Fields that `back` wrote: what else has its place there is said by them.
    settled: Vec<Vec<Step>>,
    /// The name of the list of rows, where several make one record.
    rows: Option<&'s str>,
    /// What was put where, in order: to be done again on another document, where that is asked for.
    puts: Option<Vec<Put>>,
}

/// One value that was put at a path.
pub struct Put {
    /// Where.
    pub path: Vec<Step>,
    /// What.
    pub value: Value<'static>,
    /// How it is written.
    pub kind: ScalarKind,
}

impl<'s> Tree<'s> {
    /// An empty document.
    #[must_use]
    pub const fn new(schema: Option<&'s Schema>, format: Format) -> Self {
        Self {
            root: Node::Object(Vec::new()),
            schema,
            format,
            settled: Vec::new(),
            rows: None,
            puts: None,
        }
    }

    /// The same, keeping what is put into it.
    #[must_use]
    pub fn keeping(self) -> Self {
        Self { puts: Some(Vec::new()), ..self }
    }

    /// Of several rows, whose list has this name.
    #[must_use]
    pub const fn of_rows(mut self, rows: Option<&'s str>) -> Self {
        self.rows = rows;
        self
    }

    /// A document as it is.
    #[must_use]
    pub fn of(document: &Json) -> Self {
        Self {
            root: Node::of(document),
            schema: None,
            format: Format::Canonical,
            settled: Vec::new(),
            rows: None,
            puts: None,
        }
    }

    /// A sender's document as it is.
    #[must_use]
    pub fn shown(document: &Json, format: Format) -> Self {
        Self { format, ..Self::of(document) }
    }

    /// Puts a value at a path for good; false when the sender's schema does not take it.
    pub fn settle(&mut self, path: &[Step], value: &Value<'_>) -> bool {
        let set = self.set(path, value);
        if set {
            self.settled.push(path.to_vec());
        }
        set
    }

    /// Puts a value at a path; false when the sender's schema does not take it, or something else
    /// stands there already.
    pub fn set(&mut self, path: &[Step], value: &Value<'_>) -> bool {
        if self.settled.iter().any(|settled| settled == path) {
            return true;
        }
        let Some(shown) = value.shown() else { return false };
        if let Some(there) = self.root.standing(path) {
            return *there == *shown;
        }
        let field = self.field(path);
        if field.is_some_and(|field| !takes(field, value, &shown)) {
            return false;
        }
        let kind = match field {
            Some(field) if !field.allows("string") && field.allows("boolean") => {
                ScalarKind::Boolean
            }
            Some(field)
                if !field.allows("string")
                    && (field.allows("number") || field.allows("integer")) =>
            {
                ScalarKind::Number
            }
            _ => ScalarKind::Text,
        };
        let each = |step: &Step| matches!(step, Step::All | Step::Pick(_, Which::All));
        let one_text = field.is_some_and(|field| !field.allows("array")) && !path.iter().any(each);
        let value = if one_text { Value::Text(shown) } else { value.clone() };
        self.root.set(path, &value, kind);
        if let Some(puts) = &mut self.puts {
            puts.push(Put { path: path.to_vec(), value: value.into_owned(), kind });
        }
        true
    }

    /// The text that was put at a path for good.
    pub fn settled(&self, path: &[Step]) -> Option<&str> {
        self.settled.iter().any(|settled| settled == path).then(|| self.text(path)).flatten()
    }

    /// The document.
    #[must_use]
    pub const fn root(&self) -> &Node {
        &self.root
    }

    /// Another document in the place of this one, and what had been put into this one.
    pub fn replace(&mut self, root: Node) -> Vec<Put> {
        self.root = root;
        self.puts.take().unwrap_or_default()
    }

    /// Puts a value where another may stand.
    pub fn overwrite(&mut self, put: &Put) {
        self.root.clear(&put.path);
        self.root.set(&put.path, &put.value, put.kind);
    }

    /// How much has been put, for [`Tree::put_back`]; of what is kept only.
    #[must_use]
    pub fn mark(&self) -> usize {
        self.puts.as_ref().map_or(0, Vec::len)
    }

    /// Removes what was put after a mark.
    pub fn put_back(&mut self, mark: usize) {
        let Some(puts) = &mut self.puts else { return };
        for put in puts.split_off(mark.min(puts.len())).iter().rev() {
            self.root.remove(&put.path);
        }
    }

    /// Removes a field from every row of a record, so that the record's own counts.
    pub fn leave_to_record(&mut self, rows: &str, path: &[Step]) {
        let list = [Step::Key(rows.to_owned())];
        if path.first() == list.first() {
            return;
        }
        for number in (0..self.root.count(&list)).map_while(|at| u32::try_from(at).ok()) {
            let row = [&list[..], &[Step::Nth(number)], path].concat();
            self.root.remove(&row);
        }
    }

    /// Removes the places of items that are gone.
    pub fn close_gaps(&mut self, list: &[Step]) {
        self.root.close_gaps(list);
    }

    /// Removes what stands at a path.
    pub fn remove(&mut self, path: &[Step]) {
        self.root.remove(path);
    }

    /// Whether something stands at a path.
    #[must_use]
    pub fn has(&self, path: &[Step]) -> bool {
        self.root.standing(path).is_some()
    }

    /// The text at a path.
    #[must_use]
    pub fn text(&self, path: &[Step]) -> Option<&str> {
        self.root.standing(path).map(String::as_str)
    }

    /// Whether this very value stands at a path.
    #[must_use]
    pub fn says(&self, path: &[Step], value: &Value<'_>) -> bool {
        self.text(path).is_some_and(|text| value.shown().is_some_and(|shown| *shown == *text))
    }

    /// Whether the sender's schema, if there is one, has a field there.
    #[must_use]
    pub fn knows(&self, path: &[Step]) -> bool {
        self.schema.is_none() || self.field(path).is_some()
    }

    /// Fields that the sender's schema asks for and that are not there, as messages show them.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        let separator = if self.format == Format::Xml { "/" } else { "." };
        let fields = self.schema.map(Schema::fields).unwrap_or_default();
        let missing = fields.iter().filter(|field| field.required && self.lacks(&field.steps));
        missing
            .map(|field| {
                let keys = field.steps.iter().filter_map(|step| match step {
                    schema::Step::Key(key) => Some(key.as_str()),
                    schema::Step::Each => None,
                });
                keys.collect::<Vec<_>>().join(separator)
            })
            .collect()
    }

    /// Whether a field is missing; where rows make one record, in the record and in one of its rows.
    fn lacks(&self, steps: &[schema::Step]) -> bool {
        let rows = self.rows.and_then(|rows| self.root.at(&[Step::Key(rows.to_owned())]));
        self.root.lacks(steps) && rows.is_none_or(|rows| rows.lacks(steps))
    }

    /// The rows that make the record, each with what the record says of all of them.
    #[must_use]
    pub fn into_rows(self) -> Vec<Self> {
        let Some(name) = self.rows else { return vec![self] };
        let (schema, format) = (self.schema, self.format);
        let Node::Object(mut fields) = self.root else { return Vec::new() };
        let at = fields.iter().position(|(key, _)| key == name);
        let rows = match at.map(|at| fields.remove(at).1) {
            Some(Node::Array(rows)) if !rows.is_empty() => rows,
            Some(row @ Node::Object(_)) => vec![row],
            Some(_) | None => vec![Node::Object(Vec::new())],
        };
        let whole = |row: Node| {
            let mut own = match row {
                Node::Object(own) => own,
                Node::Empty | Node::Gap | Node::Scalar(..) | Node::Array(_) => Vec::new(),
            };
            let missing = |(key, _): &&(String, Node)| !own.iter().any(|(known, _)| known == key);
            let more: Vec<(String, Node)> = fields.iter().filter(missing).cloned().collect();
            own.extend(more);
            Self { root: Node::Object(own), ..Self::new(schema, format) }
        };
        rows.into_iter().map(whole).collect()
    }

    /// What the sender's schema says of a path: fields that are no texts are written as what they are.
    fn field(&self, path: &[Step]) -> Option<&'s schema::FieldInfo> {
        let path = match path {
            [Step::Key(list), Step::Nth(_) | Step::All, row @ ..] if Some(&**list) == self.rows => {
                row
            }
            _ => path,
        };
        let keys = || {
            path.iter().filter_map(|step| match step {
                Step::Key(key) => Some(key.as_str()),
                _ => None,
            })
        };
        self.schema?.fields().iter().find(|field| {
            let known = field.steps.iter().filter_map(|step| match step {
                schema::Step::Key(key) => Some(key.as_str()),
                schema::Step::Each => None,
            });
            known.eq(keys())
        })
    }

    /// Replays the document.
    pub fn walk<'o>(&'o self, out: &mut impl Events<'o>) {
        self.root.write(self.format == Format::Xml, out);
    }

    /// Writes the document; `order` are the top keys in the sender's order, which a flat row has all.
    pub fn write(mut self, order: &[String], out: &mut impl for<'o> Events<'o>) {
        if let Node::Object(fields) = &mut self.root {
            if self.format == Format::Csv {
                for key in order {
                    if !fields.iter().any(|(known, _)| known == key) {
                        fields.push((key.clone(), Node::Scalar(String::new(), ScalarKind::Text)));
                    }
                }
            }
            let place =
                |key: &String| order.iter().position(|known| known == key).unwrap_or(usize::MAX);
            fields.sort_by_cached_key(|(key, _)| place(key));
        }
        self.root.write(self.format == Format::Xml, out);
    }
}

/// Whether the sender's schema takes a text: a code of another scheme is none of its own.
fn takes(field: &schema::FieldInfo, value: &Value<'_>, shown: &str) -> bool {
    let length = || shown.chars().count() as u64;
    let listed = matches!(value, Value::List(_));
    listed
        || ((field.codes.is_empty() || field.codes.iter().any(|code| code == shown))
            && field.min_length.is_none_or(|least| length() >= least)
            && field.max_length.is_none_or(|most| shown.len() as u64 <= most || length() <= most))
}
