//! YAML as a tree in which every node knows its place.
//!
//! Built on the event parser under serde-saphyr, not on serde: a typed deserialiser stops at the
//! first mistake, and a mapping's author wants all of them. Scalars stay text as written (`01`, `N`
//! and `NO` are codes, not numbers or booleans); what a text means is decided by whoever reads it.
//! Anchors and aliases are refused: nothing here can grow beyond the size of the file.

mod cause;

use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle};
use rustc_hash::FxHashSet;

use super::diagnostic::{Code, Diagnostics};

/// A mapping file larger than this is refused: the largest real one is under 50 KiB.
pub const LARGEST: usize = 1 << 20;
/// Groups in groups deeper than this are refused.
const DEEPEST: usize = 48;

/// Up to so many keys are compared one by one.
const SCANNED: usize = 64;

/// Offsets in bytes from the start of the file.
pub type Span = Range<usize>;

/// A node of the file.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

/// What a node is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// Nothing, or `~`.
    Null,
    /// Text as written, without its quotes.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A map, in the order of the file, without duplicate keys.
    Map(Vec<Entry>),
}

/// A key of a map with its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key as written.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub value: Node,
}

impl Node {
    /// The text, when it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            Kind::Null | Kind::List(_) | Kind::Map(_) => None,
        }
    }

    /// The value of a key, when this is a map that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.kind {
            Kind::Map(entries) => entries.iter().find(|e| e.key == key).map(|e| &e.value),
            Kind::Null | Kind::Text(_) | Kind::List(_) => None,
        }
    }

    /// Whether it is nothing.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }
}

/// A text as a YAML scalar: bare where YAML takes it so, else in quotes.
#[must_use]
pub fn scalar_of(text: &str) -> String {
    let plain = |c: char| {
        c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | '/' | '°' | '$' | '(' | ')')
    };
    let starts = text.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    let bare = starts && text.chars().all(plain) && !text.ends_with(' ');
    if bare { text.to_owned() } else { quoted(text) }
}

/// A text in double quotes.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A group that is still open.
enum Open {
    List(Vec<Node>),
    /// Its entries, the key that waits for its value, and the keys of a map that is long.
    Map(Vec<Entry>, Option<(String, Span)>, FxHashSet<String>),
}

/// Reads a file that is one map; what is wrong goes to `problems`.
#[must_use]
pub fn parse(text: &str, problems: &mut Diagnostics) -> Option<Node> {
    if text.len() > LARGEST {
        problems.error(Code::TooLarge, 0..0).arg("limit", LARGEST.to_string());
        return None;
    }
    let mut open: Vec<(usize, Open)> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, span) = match event {
            Ok(found) => found,
            Err(error) => {
                let at = error.marker().byte_offset().unwrap_or(0).min(text.len());
                cause::report(text, at, &error.info(), problems);
                return None;
            }
        };
        let span = span.byte_range().unwrap_or(0..0);
        let done = match event {
            Event::Scalar(value, style, _, _) => Some(scalar(value.into_owned(), style, span)),
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                problems.error(Code::NotYaml, span).arg("reason-id", "yaml-alias");
                return None;
            }
            Event::SequenceStart(..) | Event::MappingStart(..) if open.len() >= DEEPEST => {
                problems.error(Code::TooLarge, span).arg("limit", DEEPEST.to_string());
                return None;
            }
            Event::SequenceStart(..) => {
                open.push((span.start, Open::List(Vec::new())));
                None
            }
            Event::MappingStart(..) => {
                open.push((span.start, Open::Map(Vec::new(), None, FxHashSet::default())));
                None
            }
            Event::SequenceEnd | Event::MappingEnd => open.pop().map(|(start, group)| Node {
                span: start..span.end.max(start),
                kind: match group {
                    Open::List(items) => Kind::List(items),
                    Open::Map(entries, ..) => Kind::Map(entries),
                },
            }),
            _ => None,
        };
        if let Some(node) = done {
            match open.last_mut() {
                None => return whole(node, problems),
                Some((_, group)) => add(group, node, problems),
            }
        }
    }
    problems.error(Code::NotYaml, 0..0).arg("reason-id", "yaml-empty");
    None
}

fn whole(node: Node, problems: &mut Diagnostics) -> Option<Node> {
    if matches!(node.kind, Kind::Map(_)) {
        return Some(node);
    }
    problems.error(Code::WrongType, node.span).arg("expected", "map");
    None
}

fn scalar(value: String, style: ScalarStyle, span: Span) -> Node {
    let null = style == ScalarStyle::Plain && matches!(value.as_str(), "" | "~" | "null");
    Node { span, kind: if null { Kind::Null } else { Kind::Text(value) } }
}

fn add(group: &mut Open, node: Node, problems: &mut Diagnostics) {
    match group {
        Open::List(items) => items.push(node),
        Open::Map(entries, pending, names) => match pending.take() {
            None => {
                let key = match node.kind {
                    Kind::Text(text) => text,
                    Kind::Null => "~".to_owned(),
                    Kind::List(_) | Kind::Map(_) => {
                        problems.error(Code::WrongType, node.span.clone()).arg("expected", "text");
                        String::new()
                    }
                };
                *pending = Some((key, node.span));
            }
            Some((key, key_span)) => {
                // Small maps are scanned; a table of thousands of rows must not be quadratic.
                if entries.len() == SCANNED {
                    names.extend(entries.iter().map(|entry| entry.key.clone()));
                }
                let double = match entries.len() < SCANNED {
                    true => entries.iter().any(|entry| entry.key == key),
                    false => !names.insert(key.clone()),
                };
                if double {
                    problems.error(Code::DuplicateKey, key_span).arg("key", key);
                } else {
                    entries.push(Entry { key, key_span, value: node });
                }
            }
        },
    }
}
