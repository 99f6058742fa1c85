//! Where in the sender's element a record belongs: at its top, or among the nested ones.

use std::borrow::Cow;

use super::super::Mapping;
use super::super::level::{Columns, Each};
use super::super::path::{SourcePath, Step};
use super::super::program::{Origin, Rule};
use super::super::scene::Input;
use super::super::template::Piece;
use super::document::Document;
use super::undo::Undoing;
use super::write::Tree;

/// The place of one record in its element.
pub struct Seat {
    /// Which of the mapping's kinds of records it is.
    kind: usize,
    /// Which of the nested ones of its kind.
    index: usize,
    /// The steps to it from the top of the element; none for the element's own record.
    prefix: Vec<Step>,
    /// Its columns in a wide row, and its number among them; none when there are no more.
    columns: Option<(Columns, Option<u32>)>,
    /// Whether the element's own record is there, too.
    beside_own: bool,
}

/// What is known of a record before its element is: which kind it is, and what it shares with the
/// others of its element.
pub struct Belonging {
    /// Which of the mapping's kinds of records it is.
    pub kind: usize,
    /// What all records of its element have in common; none when it has an element of its own.
    pub key: Option<String>,
}

impl Seat {
    /// The `index`th record of its kind in its element.
    #[must_use]
    pub fn new(mapping: &Mapping, kind: usize, index: usize, beside_own: bool) -> Self {
        let found = mapping.kinds.get(kind);
        let columns = found.and_then(|kind| kind.columns.clone()).map(|columns| {
            let number = columns.numbers().nth(index);
            (columns, number)
        });
        let each = found.filter(|_| columns.is_none()).and_then(|kind| kind.each.as_ref());
        let prefix = each.map_or_else(Vec::new, |each| {
            let number = u32::try_from(index).unwrap_or(u32::MAX);
            each.steps.iter().cloned().chain([Step::Nth(number)]).collect()
        });
        Self { kind, index, prefix, columns, beside_own }
    }

    /// Which of the mapping's kinds of records sits here.
    #[must_use]
    pub const fn kind(&self) -> usize {
        self.kind
    }

    /// Which of the nested ones of its kind sits here.
    #[must_use]
    pub const fn index(&self) -> usize {
        self.index
    }

    /// Whether it is inside another element.
    #[must_use]
    pub const fn is_nested(&self) -> bool {
        !self.prefix.is_empty() || self.columns.is_some()
    }

    /// A path of the mapping from the top of the element; none for what is around the element itself.
    #[must_use]
    pub fn at<'p>(&self, path: &'p SourcePath) -> Option<Cow<'p, [Step]>> {
        // Items of repeated groups, and records deeper than one group, have no place yet: their loss
        // is told.
        if path.level > 0 || self.prefix.contains(&Step::All) {
            return None;
        }
        if let (Some((columns, number)), 0) = (&self.columns, path.up) {
            let item = Step::Nth((*number)?);
            let steps = Each::Columns(columns.clone()).outward(item, path.steps.clone());
            return Some(Cow::Owned(steps));
        }
        match (path.up, self.is_nested()) {
            (0, false) | (1, true) => Some(Cow::Borrowed(&path.steps)),
            (0, true) => Some(Cow::Owned(self.prefix.iter().chain(&path.steps).cloned().collect())),
            _ => None,
        }
    }

    /// Whether the element's own record has the say about a path outside of this one.
    #[must_use]
    pub fn is_told(&self, path: &SourcePath, mapping: &Mapping) -> bool {
        let own = |known: &SourcePath| known.at_record() && known.steps == path.steps;
        path.up > 0 && self.beside_own && mapping.paths.iter().any(own)
    }
}

impl Belonging {
    /// Of a canonical record: of the kinds whose id has the form of the record's the one with which
    /// the numbers that it repeats elsewhere agree best; of equals the more specific one.
    #[must_use]
    pub fn of(document: &Document<'_>, mapping: &Mapping) -> Self {
        let own = document.scheme() == Some(mapping.id());
        let first = mapping.kinds.iter().position(|kind| kind.each.is_none()).unwrap_or_default();
        if !own || !mapping.has_nested() {
            return Self { kind: first, key: None };
        }
        let mut best: Option<((usize, usize), Self)> = None;
        for kind in 0..mapping.kinds.len() {
            let seat = Seat::new(mapping, kind, 0, false);
            let mut tree = Tree::new(mapping.schema.as_deref(), mapping.spec.source.format);
            let Some(conflicts) = Undoing::new(mapping, &mut tree, &seat).numbers(document) else {
                continue;
            };
            let pieces = mapping.kinds.get(kind).map_or(0, |kind| kind.id.pieces().len());
            let rank = (conflicts, usize::MAX - pieces);
            if best.as_ref().is_none_or(|(known, _)| rank < *known) {
                best = Some((rank, Self { kind, key: key(&tree, mapping) }));
            }
        }
        best.map_or(Self { kind: first, key: None }, |(_, found)| found)
    }
}

/// The texts that tell one element from another.
fn key(tree: &Tree<'_>, mapping: &Mapping) -> Option<String> {
    let paths = key_paths(mapping);
    let texts: Option<Vec<&str>> = paths.iter().map(|path| tree.text(&path.steps)).collect();
    texts.filter(|texts| !texts.is_empty()).map(|texts| texts.join("\u{1f}"))
}

/// What the ids of nested records take from the element around them; else the first of its numbers
/// that a nested record repeats.
fn key_paths(mapping: &Mapping) -> Vec<&SourcePath> {
    let path = |input: &Input| match input {
        Input::Path(path) => mapping.paths.get(usize::from(*path)).filter(|path| path.up > 0),
        Input::Value(_) | Input::RecordId | Input::Today | Input::Result => None,
    };
    let ids =
        mapping.kinds.iter().flat_map(|kind| kind.id.pieces()).filter_map(|piece| match piece {
            Piece::Hole(input) => path(input),
            Piece::Text(_) => None,
        });
    let mut paths: Vec<&SourcePath> = Vec::new();
    for path in ids {
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        let inputs = |rule: &Rule| match &rule.origin {
            Origin::First(inputs) if rule.own => inputs.iter().find_map(path),
            Origin::First(_) | Origin::Constant(_) | Origin::Template(_) | Origin::Choose(_) => {
                None
            }
        };
        paths.extend(mapping.program.fields.iter().find_map(inputs));
    }
    paths
}
