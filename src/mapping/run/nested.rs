//! The records within an element, and which violations of the sender's schema are whose.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;
use smallvec::{SmallVec, smallvec};

use crate::schema::Violation;

use super::super::Mapping;
use super::super::extract::Cells;
use super::super::level::{Each, from_element};
use super::super::path::{SourcePath, Step};
use super::issues::Attributed;

/// Where a nested record stands.
#[derive(Clone)]
pub struct Nested {
    /// Which kind of nested record.
    pub kind: usize,
    /// The number of its frame.
    pub frame: u32,
    /// The numbers of the items on the way to it.
    pub items: SmallVec<[u32; 4]>,
}

/// A record of an element (`None` is the element itself) with the violations that are its own.
pub type Standing<'v> = (Option<Nested>, Vec<Attributed<'v>>);

/// For each record of the element (`None` is the element itself) the violations that are its own.
pub fn attributed<'v>(
    mapping: &Mapping,
    violations: &'v [Violation],
    cells: &Cells<'_>,
) -> SmallVec<[Standing<'v>; 1]> {
    let mut found: SmallVec<[Standing<'v>; 1]> = smallvec![(None, Vec::new())];
    if violations.is_empty() && mapping.places.len() <= 1 {
        return found;
    }
    let nested = nested_records(mapping, cells);
    let mut by_pointer = FxHashMap::default();
    for nested in nested {
        if !violations.is_empty() && !is_wide(mapping, &nested) {
            by_pointer.insert(pointer(mapping, &nested), found.len());
        }
        found.push((Some(nested), Vec::new()));
    }
    let lengths: BTreeSet<usize> = by_pointer.keys().map(Vec::len).collect();
    for violation in violations {
        let mut attributed = Attributed::new(violation);
        // The innermost record that it lies in.
        let owner = lengths.iter().rev().find_map(|length| {
            let index = by_pointer.get(attributed.tokens.get(..*length)?)?;
            Some((*length, *index))
        });
        let column = || attributed.tokens.first().and_then(|c| of_column(mapping, c, &found));
        let (skip, index) = owner.unwrap_or_else(|| (0, column().unwrap_or(0)));
        attributed.skip = skip;
        if let Some((_, list)) = found.get_mut(index) {
            list.push(attributed);
        }
    }
    found
}

/// The nested records of an element in the order of the file.
fn nested_records(mapping: &Mapping, cells: &Cells<'_>) -> Vec<Nested> {
    let mut found = Vec::new();
    for (kind, places) in mapping.places.iter().skip(1).enumerate() {
        let Some(scope) = places.scopes.first() else { continue };
        let wide = mapping.trie.scope(*scope).columns.is_some();
        for (number, frame) in cells.frames(*scope).iter().enumerate() {
            if wide && !frame.is_present() {
                continue;
            }
            let frame_number = u32::try_from(number).unwrap_or(u32::MAX);
            let frames = cells.way(*scope, frame_number, &mapping.trie);
            let items = frames.iter().skip(1).map(|frame| frame.ordinal).collect();
            // Columns come in any order; their numbers say which is which.
            let order = if wide { (0, frame.ordinal) } else { (frame.serial, 0) };
            found.push((order, Nested { kind, frame: frame_number, items }));
        }
    }
    found.sort_by_key(|(order, _)| *order);
    found.into_iter().map(|(_, nested)| nested).collect()
}

fn is_wide(mapping: &Mapping, nested: &Nested) -> bool {
    let way = mapping.ways.get(nested.kind).map(Vec::as_slice);
    matches!(way, Some([Each::Columns(_)]))
}

/// The tokens that lead to a nested record.
fn pointer(mapping: &Mapping, nested: &Nested) -> Vec<String> {
    let ways = mapping.ways.get(nested.kind).map(Vec::as_slice).unwrap_or_default();
    let steps = from_element(ways, &nested.items, &SourcePath::of(Vec::new()));
    let token = |step: Step| match step {
        Step::Key(key) => Some(key),
        Step::Nth(n) => Some(n.to_string()),
        Step::Last | Step::All | Step::Where(_) | Step::Pick(..) => None,
    };
    steps.into_iter().filter_map(token).collect()
}

/// The record of a wide row to which a column belongs.
fn of_column(mapping: &Mapping, column: &str, records: &[Standing<'_>]) -> Option<usize> {
    records.iter().position(|(nested, _)| {
        let Some(nested) = nested else { return false };
        match mapping.ways.get(nested.kind).map(Vec::as_slice) {
            Some([Each::Columns(columns)]) => {
                columns.item_of(column) == nested.items.first().copied()
            }
            Some(_) | None => false,
        }
    })
}
