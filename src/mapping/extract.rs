//! One pass over a record that keeps only the wanted cells, as slices of the sender's text.
//!
//! All wanted paths form a trie; the extractor walks it beside the events of the record. Every path
//! has one slot. Each item of a repeated group that rules go through (`each`) gets a frame: its own
//! set of slots. A selection (`[?type == 'X']`) is known only at the end of its element: its cells
//! wait in their own slots and move to the final ones when the element fits.

mod cells;
mod trie;

use std::borrow::Cow;

use smallvec::SmallVec;

use crate::format::events::{Events, Scalar, ScalarKind};
use crate::schema::Absent;

pub use cells::{Cells, Frame, MOST_ITEMS, Slot, Slots, recycle};
use trie::{Choice, Node, Pick, Role};
pub use trie::{Places, Trie, Wanted};

/// A trie node and the frame of its scope in which its cell goes.
type Spot = (u32, u32);
type Spots = SmallVec<[Spot; 4]>;

/// An object or array that is open.
struct Level {
    array: bool,
    items: u32,
    spots: Spots,
    at: u32,
}

/// Takes the events of one record and fills slots.
pub struct Extractor<'t, 'r> {
    trie: &'t Trie,
    empty: Absent<'t>,
    levels: Vec<Level>,
    /// Where the value that comes next is wanted.
    next: Spots,
    /// How often the field of a node has come within its object.
    counts: Vec<u32>,
    /// Whether it is the text of the element that is open.
    own_text: bool,
    at: u32,
    /// What has been kept.
    pub cells: Cells<'r>,
}

impl<'t, 'r> Extractor<'t, 'r> {
    /// For one record; `empty` are the texts that count as absent. `reuse` gives back memory.
    #[must_use]
    pub fn new(trie: &'t Trie, empty: &'t [String], reuse: Slots<'_>) -> Self {
        Self {
            trie,
            empty: Absent::new(empty),
            levels: Vec::with_capacity(8),
            next: SmallVec::from_slice(&[(0, 0)]),
            counts: vec![0; trie.len()],
            own_text: false,
            at: 0,
            cells: Cells::new(trie, reuse),
        }
    }

    fn slot(&mut self, node: u32, frame: u32, slot: u16) -> &mut Slot<'r> {
        self.cells.slot(self.trie.node(node).scope, frame, slot)
    }

    /// Where a value is wanted: as that of its key, or as an item of its array.
    fn arrive(&mut self) -> Spots {
        let mut spots = Spots::new();
        match self.levels.last_mut() {
            Some(level) if level.array => {
                let index = level.items;
                level.items += 1;
                let fields = std::mem::take(&mut level.spots);
                for field in &fields {
                    self.items(*field, index, &mut spots);
                }
                if let Some(level) = self.levels.last_mut() {
                    level.spots = fields;
                }
            }
            _ => {
                let fields = std::mem::take(&mut self.next);
                for field in fields {
                    let seen = self.counts[field.0 as usize];
                    self.counts[field.0 as usize] += 1;
                    if seen == 0 {
                        spots.push(field);
                    }
                    self.items(field, seen, &mut spots);
                }
                if std::mem::take(&mut self.own_text)
                    && let Some(element) = self.levels.last()
                {
                    spots.extend_from_slice(&element.spots);
                }
            }
        }
        spots
    }

    /// Where item `index` of a repeated field is wanted.
    fn items(&mut self, (field, frame): Spot, index: u32, spots: &mut Spots) {
        let trie = self.trie;
        for item in &trie.node(field).items {
            let node = trie.node(*item);
            match node.role {
                Role::Nth(n) if n == index => spots.push((*item, frame)),
                Role::Last => {
                    self.cells.clear(node, frame);
                    spots.push((*item, frame));
                }
                Role::Where(ref choice) => {
                    self.cells.clear(node, frame);
                    let found = *self.slot(*item, frame, choice.done) != Slot::Absent;
                    if !(found && matches!(choice.pick, Pick::First)) {
                        spots.push((*item, frame));
                    }
                }
                Role::All => spots.push((*item, frame)),
                Role::Each(scope) => {
                    let slots = trie.scope(scope).slots;
                    if let Some(opened) = self.cells.open(scope, slots, frame, index) {
                        spots.push((*item, opened));
                    }
                }
                Role::Column(scope, number, to) if index == 0 => {
                    let slots = trie.scope(scope).slots;
                    if let Some(opened) = self.cells.column(scope, slots, frame, number) {
                        spots.push((to, opened));
                        self.items((to, opened), 0, spots);
                    }
                }
                Role::Nth(_) | Role::Field | Role::Column(..) => {}
            }
        }
    }

    /// What is due when a value ends.
    fn leave(&mut self, spots: &Spots) {
        let trie = self.trie;
        for (index, frame) in spots {
            let node = trie.node(*index);
            let Role::Where(choice) = &node.role else { continue };
            let fits = choice
                .tests
                .iter()
                .all(|(slot, text)| self.slot(*index, *frame, *slot).text() == Some(text));
            if fits && self.is_better(node, choice, *frame) {
                for (offset, slot) in (node.from..node.to).enumerate() {
                    let cell = std::mem::take(self.slot(*index, *frame, slot));
                    let offset = u16::try_from(offset).unwrap_or(u16::MAX);
                    let kept = self.slot(*index, *frame, choice.finals + offset);
                    match choice.pick {
                        Pick::All => kept.append(cell),
                        Pick::First | Pick::Last | Pick::By(..) => *kept = cell,
                    }
                }
                *self.slot(*index, *frame, choice.done) = Slot::Group(1, 0);
            }
        }
    }

    /// Whether an item that fits is to be kept in place of what has been kept before.
    fn is_better(&mut self, node: &Node, choice: &Choice, frame: u32) -> bool {
        let Pick::By(key, order) = &choice.pick else { return true };
        let cells = &mut self.cells;
        if *cells.slot(node.scope, frame, choice.done) == Slot::Absent {
            return true;
        }
        let best = cells.slot(node.scope, frame, choice.finals + (key - node.from)).clone();
        order.beats(cells.slot(node.scope, frame, *key).text(), best.text())
    }

    fn group(&mut self, spots: &Spots, items: u32) {
        let (trie, at) = (self.trie, self.at);
        for (index, frame) in spots {
            if let Some(slot) = trie.node(*index).slot {
                let slot = self.slot(*index, *frame, slot);
                if slot.is_absent() {
                    *slot = Slot::Group(items, at);
                }
            }
        }
    }

    #[allow(
        clippy::ptr_arg,
        reason = "the slot keeps the borrow, so it clones the `Cow` and not its text"
    )]
    fn capture(&mut self, spots: &Spots, text: &Cow<'r, str>, at: u32, null: bool) {
        let absent = null || self.empty.holds(text);
        let trie = self.trie;
        for (index, frame) in spots {
            let node = trie.node(*index);
            if node.scope > 0 {
                self.cells.meet(node.scope, *frame, at, trie);
            }
            let Some(slot) = node.slot else { continue };
            let slot = self.cells.slot(node.scope, *frame, slot);
            match (slot, absent) {
                (slot @ (Slot::Absent | Slot::Group(..)), true) => *slot = Slot::Empty(at),
                (Slot::List(list, _), false) if node.list => list.push(text.clone()),
                (slot, false) if node.list => *slot = Slot::List(vec![text.clone()], at),
                (slot @ (Slot::Absent | Slot::Empty(_) | Slot::Group(..)), false) => {
                    *slot = Slot::Text(text.clone(), at);
                }
                _ => {}
            }
        }
    }
}

impl<'r> Events<'r> for Extractor<'_, 'r> {
    fn begin_object(&mut self) {
        let spots = self.arrive();
        self.group(&spots, 1);
        for (node, _) in &spots {
            for field in &self.trie.node(*node).fields {
                self.counts[field.1 as usize] = 0;
            }
        }
        self.levels.push(Level { array: false, items: 0, spots, at: self.at });
    }

    fn key(&mut self, name: Cow<'r, str>) {
        self.next.clear();
        let Some(level) = self.levels.last() else { return };
        for (node, frame) in &level.spots {
            if let Some(field) = self.trie.field(*node, &name) {
                self.next.push((field, *frame));
            }
        }
        if name == "#text" {
            // The text of an element with attributes is the element itself.
            self.own_text = true;
        }
    }

    fn end_object(&mut self) {
        if let Some(level) = self.levels.pop() {
            self.leave(&level.spots);
        }
    }

    fn begin_array(&mut self) {
        // An array is the repetition of its key, not a value of its own.
        self.own_text = false;
        let spots = match self.levels.last() {
            Some(level) if level.array => Spots::new(),
            _ => std::mem::take(&mut self.next),
        };
        self.levels.push(Level { array: true, items: 0, spots, at: self.at });
    }

    fn end_array(&mut self) {
        if let Some(level) = self.levels.pop() {
            let at = std::mem::replace(&mut self.at, level.at);
            self.group(&level.spots, level.items);
            self.at = at;
        }
    }

    fn scalar(&mut self, scalar: Scalar<'r>) {
        self.at = scalar.at;
        let spots = self.arrive();
        if !spots.is_empty() {
            self.capture(&spots, &scalar.text, scalar.at, scalar.kind == ScalarKind::Null);
            self.leave(&spots);
        }
    }
}
