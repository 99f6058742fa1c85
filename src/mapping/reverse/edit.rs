//! A document that exists already: read from events, and changed where it says something else now.

use std::borrow::Cow;

use crate::format::events::{Events, Scalar, ScalarKind};

use super::super::path::{Step, Which};
use super::node::Node;

impl Node {
    /// Empties what stands at a path, so that something else can be put there; it keeps its place.
    pub fn clear(&mut self, path: &[Step]) {
        let all = path.iter().position(|step| matches!(step, Step::Pick(_, Which::All)));
        if let Some((before, [Step::Pick(tests, _), rest @ ..])) =
            all.and_then(|at| path.split_at_checked(at))
        {
            let items = self.at_mut(before).into_iter().flat_map(Node::items);
            items.filter(|item| item.fits(tests)).for_each(|item| item.clear(rest));
            return;
        }
        let Some(there) = self.at_mut(path) else { return };
        match there {
            Node::Object(fields) => fields.retain(|(key, _)| key != "#text"),
            Node::Empty | Node::Gap | Node::Scalar(..) | Node::Array(_) => *there = Node::Empty,
        }
    }

    /// Removes what stands at a path, and what is left empty around it. One of a group that is known
    /// by another of its fields goes as a whole: without its value it says nothing.
    pub fn remove(&mut self, path: &[Step]) {
        let Some((step, rest)) = path.split_first() else {
            *self = Node::Empty;
            return;
        };
        match (&mut *self, step) {
            (Node::Object(fields), Step::Key(key)) => {
                let Some(at) = fields.iter().position(|(known, _)| known == key) else { return };
                if let Some((_, below)) = fields.get_mut(at) {
                    below.remove(rest);
                    if below.is_empty() {
                        fields.remove(at);
                    }
                }
            }
            (Node::Array(items), Step::Where(tests)) => {
                let Some(at) = items.iter().position(|item| item.fits(tests)) else { return };
                if rest.len() <= 1 {
                    items.remove(at);
                } else if let Some(item) = items.get_mut(at) {
                    item.remove_within_list(rest);
                }
            }
            (Node::Array(items), Step::Pick(tests, Which::All)) if rest.len() <= 1 => {
                items.retain(|item| !item.fits(tests));
            }
            (Node::Array(items), Step::Key(_)) => {
                if let Some(item) = items.first_mut() {
                    item.remove(path);
                }
            }
            (Node::Array(items), Step::Nth(index)) => {
                if let Some(item) = items.get_mut(*index as usize) {
                    item.remove_within_list(rest);
                }
                while items.last().is_some_and(Node::is_gap) {
                    items.pop();
                }
            }
            (Node::Array(items), Step::Last) => {
                if let Some(item) = items.last_mut() {
                    item.remove_within_list(rest);
                }
            }
            (Node::Object(_), Step::Nth(0) | Step::Last | Step::Where(_)) => self.remove(rest),
            (_, Step::All) => *self = Node::Empty,
            _ => {}
        }
    }

    /// Removes the items of a list of which everything was removed. An item that the sender left
    /// empty stays: the others keep their places.
    pub fn close_gaps(&mut self, list: &[Step]) {
        if let Some(Node::Array(items)) = self.at_mut(list) {
            items.retain(|item| !item.is_gap());
        }
    }

    fn remove_within_list(&mut self, path: &[Step]) {
        let was_empty = self.is_empty();
        self.remove(path);
        if self.is_empty() && !was_empty {
            *self = Node::Gap;
        }
    }

    const fn is_gap(&self) -> bool {
        matches!(self, Node::Gap)
    }

    fn is_empty(&self) -> bool {
        match self {
            Node::Empty | Node::Gap => true,
            Node::Scalar(..) => false,
            Node::Object(fields) => fields.is_empty(),
            Node::Array(items) => items.is_empty(),
        }
    }

    fn at_mut(&mut self, path: &[Step]) -> Option<&mut Self> {
        let Some((step, rest)) = path.split_first() else { return Some(self) };
        match (self, step) {
            (Node::Object(fields), Step::Key(key)) => {
                fields.iter_mut().find(|(known, _)| known == key)?.1.at_mut(rest)
            }
            (Node::Array(items), Step::Key(_)) => items.first_mut()?.at_mut(path),
            (Node::Array(items), Step::Nth(index)) => items.get_mut(*index as usize)?.at_mut(rest),
            (Node::Array(items), Step::Last) => items.last_mut()?.at_mut(rest),
            (Node::Array(items), Step::Where(tests)) => {
                items.iter_mut().find(|item| item.fits(tests))?.at_mut(rest)
            }
            (node @ Node::Object(_), Step::Nth(0) | Step::Last | Step::Where(_)) => {
                node.at_mut(rest)
            }
            (node @ (Node::Array(_) | Node::Scalar(..)), Step::All) if rest.is_empty() => {
                Some(node)
            }
            _ => None,
        }
    }
}

/// Makes a document of events; keys that come again are a repeated group.
#[derive(Default)]
pub struct Grown {
    open: Vec<Node>,
    keys: Vec<String>,
    root: Node,
}

impl Grown {
    /// The document.
    pub fn finish(self) -> Node {
        self.root
    }

    fn place(&mut self, node: Node) {
        match self.open.last_mut() {
            None => self.root = node,
            Some(Node::Array(items)) => items.push(node),
            Some(Node::Object(fields)) => {
                let key = self.keys.pop().unwrap_or_default();
                match fields.iter_mut().find(|(known, _)| *known == key) {
                    Some((_, there)) => there.items().push(node),
                    None => fields.push((key, node)),
                }
            }
            Some(Node::Empty | Node::Gap | Node::Scalar(..)) => {}
        }
    }
}

impl<'r> Events<'r> for Grown {
    fn begin_object(&mut self) {
        self.open.push(Node::Object(Vec::new()));
    }

    fn key(&mut self, name: Cow<'r, str>) {
        self.keys.push(name.into_owned());
    }

    fn end_object(&mut self) {
        if let Some(node) = self.open.pop() {
            self.place(node);
        }
    }

    fn begin_array(&mut self) {
        self.open.push(Node::Array(Vec::new()));
    }

    fn end_array(&mut self) {
        if let Some(node) = self.open.pop() {
            self.place(node);
        }
    }

    fn scalar(&mut self, scalar: Scalar<'r>) {
        self.place(match scalar.kind {
            ScalarKind::Null => Node::Empty,
            kind @ (ScalarKind::Text | ScalarKind::Number | ScalarKind::Boolean) => {
                Node::Scalar(scalar.text.into_owned(), kind)
            }
        });
    }
}
