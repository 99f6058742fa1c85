//! Cells that a row takes from the rows above it: carried down a block, or inherited under one key.

use std::borrow::Cow;

use crate::model::{IssueCode, Severity};

use super::super::extract::{Cells, Slot, Wanted};
use super::super::outcome::Carried;
use super::super::program::Problem;
use super::super::{Inherit, Mapping};

impl Carried {
    /// Nothing yet.
    pub(super) fn nothing(mapping: &Mapping) -> Self {
        let inherited = mapping.inherit.as_ref().map_or(0, |inherit| inherit.fields.len());
        Self {
            down: vec![None; mapping.carry_down.len()],
            key: String::new(),
            inherited: vec![None; inherited],
        }
    }

    /// Whether it was carried by such a mapping.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let form = |carried: &Self| (carried.down.len(), carried.inherited.len());
        form(self) == form(other)
    }
}

/// Keeps the texts of a row, and fills its empty cells with those of the rows above.
pub fn down<'r>(down: &'r mut [Option<String>], mapping: &Mapping, cells: &mut Cells<'r>) {
    for (field, last) in mapping.carry_down.iter().zip(down) {
        let Some(slot) = own_slot(mapping, cells, *field) else { continue };
        match slot.text() {
            Some(text) => keep(last, text),
            None => {
                let at = slot.at().unwrap_or_default();
                if let Some(text) = last {
                    *slot = Slot::Text(Cow::Borrowed(text), at);
                    cells.also_has(text);
                }
            }
        }
    }
}

/// Keeps what rows under another key inherit.
pub fn under(known: &mut String, inherited: &mut [Option<String>], key: &str) {
    if known != key {
        known.clear();
        known.push_str(key);
        inherited.fill(None);
    }
}

/// Keeps the texts that rows below may inherit; an empty cell says nothing that others could mean by
/// "the same".
pub fn learn(
    inherited: &mut [Option<String>],
    inherit: &Inherit,
    mapping: &Mapping,
    cells: &mut Cells<'_>,
) {
    for (field, last) in inherit.fields.iter().zip(inherited) {
        if let Some(text) = own_slot(mapping, cells, *field).and_then(|slot| slot.text()) {
            keep(last, text);
        }
    }
}

/// Fills the cells of a row that says "as above".
pub fn fill<'r>(
    inherited: &'r [Option<String>],
    inherit: &Inherit,
    mapping: &Mapping,
    cells: &mut Cells<'r>,
    problems: &mut Vec<Problem>,
) {
    for (field, last) in inherit.fields.iter().zip(inherited) {
        let Some(slot) = own_slot(mapping, cells, *field) else { continue };
        let at = slot.at().unwrap_or_default();
        if last.is_none() {
            problems.push(Problem {
                code: IssueCode::DanglingReference,
                severity: Severity::Warning,
                path: Some(*field),
                items: Box::default(),
                listed: false,
                field: None,
                at: Some(at),
                value: slot.text().map(str::to_owned),
                expected: None,
                line: 1,
                target: "inherit".into(),
            });
        }
        *slot = last.as_ref().map_or(Slot::Absent, |text| Slot::Text(Cow::Borrowed(text), at));
        cells.also_has(last.as_deref().unwrap_or_default());
    }
}

/// Keeps a text in the memory of the one before.
fn keep(last: &mut Option<String>, text: &str) {
    let kept = last.get_or_insert_default();
    kept.clear();
    kept.push_str(text);
}

/// The slot of a path in the element's own frame.
pub fn own_slot<'c, 'r>(
    mapping: &Mapping,
    cells: &'c mut Cells<'r>,
    path: u16,
) -> Option<&'c mut Slot<'r>> {
    match mapping.places.first()?.wanted.get(usize::from(path))? {
        Wanted::At(0, slot) => cells.element_mut().get_mut(usize::from(*slot)),
        Wanted::At(..) | Wanted::Never => None,
    }
}
