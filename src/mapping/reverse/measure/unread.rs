//! What a mapping reads of a document, and what it leaves: a report that named only what is read
//! would be silent about everything that gets lost.

use std::collections::HashSet;
use std::ptr;

use super::super::super::path::Step;
use super::super::node::Node;

/// The leaves of one document that some path leads to.
#[derive(Default)]
pub struct ReadLeaves(HashSet<*const Node>);

impl ReadLeaves {
    /// Notes what a path leads to: the value, or each of a list, and the texts by which an item is
    /// chosen among others.
    pub fn note(&mut self, root: &Node, path: &[Step]) {
        for (at, step) in path.iter().enumerate() {
            let (Step::Where(tests) | Step::Pick(tests, _)) = step else { continue };
            let Some(item) = path.get(..=at).and_then(|path| root.at(path)) else { continue };
            tests.iter().for_each(|(path, _)| self.note(item, path));
        }
        match root.at(path) {
            Some(Node::Array(items)) => items.iter().for_each(|item| self.leaf(item)),
            Some(node) => self.leaf(node),
            None => {}
        }
    }

    fn leaf(&mut self, node: &Node) {
        match node {
            Node::Scalar(..) => drop(self.0.insert(ptr::from_ref(node))),
            // The text of an element that has attributes.
            Node::Object(fields) => {
                let text = fields.iter().find(|(key, _)| key == "#text");
                text.into_iter().for_each(|(_, node)| self.leaf(node));
            }
            Node::Empty | Node::Gap | Node::Array(_) => {}
        }
    }
}

/// A leaf of what was sent, with what stands in its place in the two documents that came back.
pub struct Left<'n> {
    /// Its keys from the top, `[]` behind a list: `Patient.contact[].gender`.
    pub path: String,
    pub sent: &'n str,
    pub free: Option<&'n str>,
    pub onto: Option<&'n str>,
}

/// The leaves of what was sent that no path leads to.
pub fn left<'n>(
    [sent, free, onto]: [&'n Node; 3],
    read: &ReadLeaves,
    separator: char,
) -> Vec<Left<'n>> {
    let mut found = Vec::new();
    let walk = Walk { read, separator };
    walk.down(String::new(), sent, Some(free), Some(onto), &mut found);
    found
}

struct Walk<'r> {
    read: &'r ReadLeaves,
    separator: char,
}

impl Walk<'_> {
    fn down<'n>(
        &self,
        path: String,
        sent: &'n Node,
        free: Option<&'n Node>,
        onto: Option<&'n Node>,
        found: &mut Vec<Left<'n>>,
    ) {
        match sent {
            Node::Empty | Node::Gap => {}
            Node::Scalar(..) if self.read.0.contains(&ptr::from_ref(sent)) => {}
            Node::Scalar(text, _) => {
                let (free, onto) = (free.and_then(text_of), onto.and_then(text_of));
                found.push(Left { path, sent: text, free, onto });
            }
            Node::Object(fields) => {
                for (key, node) in fields {
                    let inner = match (&*path, &**key) {
                        (_, "#text") => path.clone(),
                        ("", key) => key.to_owned(),
                        (path, key) => format!("{path}{}{key}", self.separator),
                    };
                    let field = |node: &'n Node| node.at(&[Step::Key(key.clone())]);
                    self.down(inner, node, free.and_then(field), onto.and_then(field), found);
                }
            }
            Node::Array(items) => {
                for (item, index) in items.iter().zip(0_u32..) {
                    let nth = |node: &'n Node| node.at(&[Step::Nth(index)]);
                    let inner = format!("{path}[]");
                    self.down(inner, item, free.and_then(nth), onto.and_then(nth), found);
                }
            }
        }
    }
}

fn text_of(node: &Node) -> Option<&str> {
    node.standing(&[]).map(String::as_str)
}
