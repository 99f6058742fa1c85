//! The short way of a record through a mapping: from its cells to the bytes of the target, without a
//! value, a problem or a tree in between.
//!
//! A lane only ever says "this is the document, and nothing is wrong with the record", or nothing at
//! all. What it is in doubt about goes through the rules ([`super::program`]), which tell every problem:
//! as with the judge of a schema, a record has one voice, and a property test holds the two together.
//! Most records of most files are sound, so that most take the short way.
//!
//! A document is seen as its values, one after the other, and what stands between two of them, which is
//! always the same ([`layout`]). Rules of the usual forms (a text, a code, a date, the words of a name)
//! become a [`Short`]; of any other the lane has the result from the rule itself. A mapping with repeated
//! groups has no lane. [`Lane::new`] lays one, [`Lane::write`] runs it.

mod asked;
mod codes;
mod lay;
mod layout;
mod short;
mod texts;
mod write;

#[cfg(test)]
mod tests;

use crate::schema::{Known, Schema};

use super::program::Program;
use super::target::{Branch, Takes};

use asked::Asked;
use lay::Laying;
use layout::Layout;
use short::Short;

/// See the module.
#[derive(Debug)]
pub struct Lane {
    /// The scheme whose name the documents carry.
    scheme: Box<str>,
    /// The named values.
    values: Box<[Short]>,
    /// The values of the document in its order.
    stops: Box<[Stop]>,
    layout: Layout,
    asked: Box<[Asked]>,
}

/// One value of the document.
#[derive(Debug)]
struct Stop {
    /// What the target's schema asks here; nothing where it asks for nothing.
    known: Option<Known>,
    content: Content,
}

/// What stands at a stop.
#[derive(Debug)]
enum Content {
    RecordId,
    /// The result of a rule that is no list, and whether the schema takes every date here.
    Field {
        short: Box<Short>,
        takes: Takes,
        any_date: bool,
    },
    /// The results of rules as one list.
    List(Box<[Short]>),
    /// One of some constants, which alone make no group: they are there when one of these stops is.
    Constant {
        short: Box<Short>,
        beside: Stops,
    },
}

/// A set of stops, as bits.
type Stops = u128;

/// A document with more values has no lane.
const MOST_STOPS: usize = Stops::BITS as usize;

impl Lane {
    /// For the rules of a program and the tree of its target, and records of this scheme; none where the
    /// short way would never be certain.
    #[must_use]
    pub fn new(
        program: &Program,
        tree: &Branch,
        target: Option<&Schema>,
        scheme: &str,
    ) -> Option<Self> {
        if !program.groups.is_empty() {
            return None;
        }
        let fused = match target {
            None => None,
            Some(schema) => Some(schema.fused()?).filter(|fused| !fused.asks_nothing()),
        };
        let (stops, layout, asked) = Laying::new(&program.fields, fused, scheme).document(tree)?;
        let values = program.values.iter().enumerate();
        let values = values.map(|(index, rule)| Short::of_value(index, rule)).collect();
        Some(Self { scheme: scheme.into(), values, stops, layout, asked })
    }

    /// Whether its documents are of this scheme.
    #[must_use]
    pub fn serves(&self, scheme: &str) -> bool {
        *self.scheme == *scheme
    }
}
