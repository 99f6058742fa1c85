//! The parts of a document that is being built.

use std::borrow::Cow;

use serde_json::Value as Json;

use crate::format::events::{Events, Scalar, ScalarKind};
use crate::schema;

use super::super::path::{Step, Tests, Which};
use super::super::value::Value;

/// A part of a document.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum Node {
    /// Nothing, or what the sender wrote as nothing.
    #[default]
    Empty,
    /// A place in a list that has nothing yet, or nothing any more: no item of the document.
    Gap,
    Scalar(String, ScalarKind),
    Object(Vec<(String, Node)>),
    Array(Vec<Node>),
}

impl Node {
    /// A document as it is.
    #[must_use]
    pub fn of(document: &Json) -> Self {
        match document {
            Json::Null => Self::Empty,
            Json::Bool(truth) => Self::Scalar(truth.to_string(), ScalarKind::Boolean),
            Json::Number(number) => Self::Scalar(number.to_string(), ScalarKind::Number),
            Json::String(text) => Self::Scalar(text.clone(), ScalarKind::Text),
            Json::Array(items) => Self::Array(items.iter().map(Self::of).collect()),
            Json::Object(fields) => Self::Object(
                fields.iter().map(|(key, node)| (key.clone(), Self::of(node))).collect(),
            ),
        }
    }

    /// Whether the last of these steps is missing in a group that is there.
    pub fn lacks(&self, steps: &[schema::Step]) -> bool {
        match (self, steps.split_first()) {
            (_, None) => false,
            (Node::Object(fields), Some((schema::Step::Key(key), rest))) => {
                let found = fields.iter().find(|(known, _)| known == key).map(|(_, node)| node);
                match found {
                    None | Some(Node::Empty | Node::Gap) => {
                        rest.iter().all(|s| *s == schema::Step::Each)
                    }
                    Some(node) => node.lacks(rest),
                }
            }
            (Node::Array(items), Some((schema::Step::Each, rest))) => {
                items.iter().any(|item| item.lacks(rest))
            }
            (node, Some((schema::Step::Each, rest))) => node.lacks(rest),
            (Node::Array(items), Some(_)) => items.iter().any(|item| item.lacks(steps)),
            (Node::Empty | Node::Gap | Node::Scalar(..), Some(_)) => false,
        }
    }

    /// How many items stand at a path.
    pub fn count(&self, path: &[Step]) -> usize {
        match self.at(path) {
            Some(Node::Array(items)) => items.len(),
            Some(Node::Empty | Node::Gap) | None => 0,
            Some(Node::Scalar(..) | Node::Object(_)) => 1,
        }
    }

    /// The text that stands at a path already.
    pub fn standing(&self, path: &[Step]) -> Option<&String> {
        match self.at(path)? {
            Node::Scalar(text, _) => Some(text),
            Node::Object(fields) => match fields.iter().find(|(key, _)| key == "#text")? {
                (_, Node::Scalar(text, _)) => Some(text),
                _ => None,
            },
            Node::Empty | Node::Gap | Node::Array(_) => None,
        }
    }

    /// What stands at a path; a group that stands once is a repeated group of one.
    pub fn at(&self, path: &[Step]) -> Option<&Self> {
        let Some((step, rest)) = path.split_first() else { return Some(self) };
        match (self, step) {
            (Node::Object(fields), Step::Key(key)) => {
                fields.iter().find(|(known, _)| known == key)?.1.at(rest)
            }
            (Node::Array(items), Step::Key(_)) => items.first()?.at(path),
            (Node::Array(items), Step::Nth(index)) => items.get(*index as usize)?.at(rest),
            (Node::Array(items), Step::Last) => items.last()?.at(rest),
            (Node::Array(items), Step::Where(tests) | Step::Pick(tests, _)) => {
                items.iter().find(|item| item.fits(tests))?.at(rest)
            }
            (Node::Object(_), Step::Nth(0) | Step::Last) => self.at(rest),
            (Node::Object(_), Step::Where(tests) | Step::Pick(tests, _)) if self.fits(tests) => {
                self.at(rest)
            }
            (Node::Array(_) | Node::Scalar(..), Step::All) if rest.is_empty() => Some(self),
            _ => None,
        }
    }

    /// Puts other items into the repeated group at a path of keys; an empty one is none.
    pub fn place(&mut self, path: &[Step], mut items: Vec<Self>) {
        if items.is_empty() {
            self.remove(path);
            return;
        }
        let mut at = self;
        for step in path {
            if let Step::Key(key) = step {
                at = at.field(key);
            }
        }
        // What the sender wrote as one stays one.
        let single = matches!(at, Self::Object(_)) && items.len() == 1;
        *at = if single { items.swap_remove(0) } else { Self::Array(items) };
    }

    /// Whether all these fields have these texts.
    pub fn fits(&self, tests: &[(Vec<Step>, String)]) -> bool {
        tests.iter().all(|(path, text)| self.standing(path) == Some(text))
    }

    pub fn set(&mut self, path: &[Step], value: &Value<'_>, kind: ScalarKind) {
        let Some((step, rest)) = path.split_first() else {
            self.fill(value, kind);
            return;
        };
        match step {
            Step::Key(key) => self.field(key).set(rest, value, kind),
            Step::Nth(index) => self.item(*index as usize).set(rest, value, kind),
            Step::Last => {
                let last = self.items().len().saturating_sub(1);
                self.item(last).set(rest, value, kind);
            }
            Step::Pick(tests, _) if tests.is_empty() => self.item(0).set(rest, value, kind),
            Step::All => {
                let texts: Vec<String> = match value {
                    Value::List(items) => items.iter().map(|item| item.to_string()).collect(),
                    other => other.shown().map(Cow::into_owned).into_iter().collect(),
                };
                for (index, text) in texts.into_iter().enumerate() {
                    self.item(index).set(rest, &Value::text(text), kind);
                }
            }
            Step::Pick(tests, Which::All) => self.set_each(tests, rest, value, kind),
            Step::Where(tests) | Step::Pick(tests, _) => {
                let items = self.items();
                let known = items.iter().position(|item| item.fits(tests));
                let index = known.unwrap_or_else(|| add_fitting(items, tests));
                items[index].set(rest, value, kind);
            }
        }
    }

    /// A list goes into the items that fit, one by one: as many as it has texts, no more.
    fn set_each(&mut self, tests: &Tests, rest: &[Step], value: &Value<'_>, kind: ScalarKind) {
        let texts: Vec<String> = match value {
            Value::List(items) => items.iter().map(|item| item.to_string()).collect(),
            other => other.shown().map(Cow::into_owned).into_iter().collect(),
        };
        let items = self.items();
        let mut met = 0;
        items.retain(|item| {
            let fits = item.fits(tests);
            met += usize::from(fits);
            !fits || met <= texts.len()
        });
        let fitting = items.iter().enumerate().filter(|(_, item)| item.fits(tests));
        let mut places: Vec<usize> = fitting.map(|(index, _)| index).collect();
        while places.len() < texts.len() {
            places.push(add_fitting(items, tests));
        }
        for (place, text) in places.into_iter().zip(texts) {
            items[place].set(rest, &Value::text(text), kind);
        }
    }

    fn fill(&mut self, value: &Value<'_>, kind: ScalarKind) {
        let Some(text) = value.shown() else { return };
        // A boolean field takes nothing else than `true` and `false`.
        let kind = match kind {
            ScalarKind::Boolean if !matches!(&*text, "true" | "false") => ScalarKind::Text,
            ScalarKind::Number if text.parse::<f64>().is_err() => ScalarKind::Text,
            other => other,
        };
        match self {
            Node::Empty | Node::Gap => {
                *self = match value {
                    Value::List(items) => {
                        let item =
                            |text: &Cow<'_, str>| Node::Scalar(text.to_string(), ScalarKind::Text);
                        Node::Array(items.iter().map(item).collect())
                    }
                    _ => Node::Scalar(text.into_owned(), kind),
                };
            }
            // An element with attributes has its text beside them.
            Node::Object(fields) if !fields.iter().any(|(key, _)| key == "#text") => {
                fields.push(("#text".to_owned(), Node::Scalar(text.into_owned(), kind)));
            }
            Node::Scalar(..) | Node::Object(_) | Node::Array(_) => {}
        }
    }

    fn field(&mut self, key: &str) -> &mut Self {
        if let Node::Scalar(text, kind) = self {
            let text = Node::Scalar(std::mem::take(text), *kind);
            *self = Node::Object(vec![("#text".to_owned(), text)]);
        }
        if matches!(self, Node::Array(items) if !items.is_empty()) {
            return self.item(0).field(key);
        }
        if !matches!(self, Node::Object(_)) {
            *self = Node::Object(Vec::new());
        }
        let Node::Object(fields) = self else { return self };
        let index = fields.iter().position(|(known, _)| known == key).unwrap_or_else(|| {
            fields.push((key.to_owned(), Node::Empty));
            fields.len() - 1
        });
        &mut fields[index].1
    }

    /// A group that stands once becomes a repeated group of one.
    pub fn items(&mut self) -> &mut Vec<Node> {
        if !matches!(self, Node::Array(_)) {
            let only = std::mem::take(self);
            *self = Node::Array(if matches!(only, Node::Empty | Node::Gap) {
                Vec::new()
            } else {
                vec![only]
            });
        }
        match self {
            Node::Array(items) => items,
            Node::Empty | Node::Gap | Node::Scalar(..) | Node::Object(_) => {
                unreachable!("the node has just been made an array")
            }
        }
    }

    fn item(&mut self, index: usize) -> &mut Self {
        let items = self.items();
        let index = index.min(MOST_ITEMS);
        while items.len() <= index {
            items.push(Node::Gap);
        }
        &mut items[index]
    }

    pub fn write<'o>(&'o self, xml: bool, out: &mut impl Events<'o>) {
        match self {
            Node::Empty | Node::Gap => scalar("null", ScalarKind::Null, out),
            Node::Scalar(text, kind) => scalar(text, *kind, out),
            Node::Object(fields) => {
                out.begin_object();
                // Attributes come before anything else in an element.
                let is_attribute = |key: &str| xml && key.starts_with('@');
                let attributes = fields.iter().filter(|(key, _)| is_attribute(key));
                let others = fields.iter().filter(|(key, _)| !is_attribute(key));
                for (key, node) in attributes.chain(others) {
                    match node {
                        Node::Array(items) if xml => {
                            for item in items {
                                out.key(Cow::Borrowed(key));
                                item.write(xml, out);
                            }
                        }
                        node => {
                            out.key(Cow::Borrowed(key));
                            node.write(xml, out);
                        }
                    }
                }
                out.end_object();
            }
            Node::Array(items) => {
                out.begin_array();
                items.iter().for_each(|item| item.write(xml, out));
                out.end_array();
            }
        }
    }
}

/// Adds an item that fits; gives its place.
fn add_fitting(items: &mut Vec<Node>, tests: &Tests) -> usize {
    let mut item = Node::Empty;
    for (path, text) in tests {
        item.set(path, &Value::text(text.clone()), ScalarKind::Text);
    }
    items.push(item);
    items.len() - 1
}

/// A path names at most this item of a repeated group on the way back.
const MOST_ITEMS: usize = 999;

fn scalar<'o>(text: &'o str, kind: ScalarKind, out: &mut impl Events<'o>) {
    out.scalar(Scalar { kind, text: Cow::Borrowed(text), at: 0 });
}
