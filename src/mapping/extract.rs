//! One pass over a record that keeps only the wanted cells, as slices of the sender's text.
//!
//! All wanted paths form a trie; the extractor walks it beside the events of the record. Every path
//! has one slot. Each item of a repeated group that rules go through (`each`) gets a frame: its own
//! set of slots. A selection (`[?type == 'X']`) is known only at the end of its element: its cells
//! wait in their own slots and move to the final ones when the element fits.

mod cells;
mod hear;
mod memory;
mod straight;
mod trie;

use std::borrow::Cow;
use std::ops::Range;

use crate::format::events::{Events as _, Row, Scalar};
use crate::schema::Absent;

pub use cells::{Cells, Frame, Listed, MOST_ITEMS, Slot};
use memory::Spot;
pub use memory::{Memory, emptied};
pub use straight::Straight;
use trie::{Choice, Node, Pick, Role};
pub use trie::{Places, Trie, Wanted};

/// Takes the events of one record and fills slots.
///
/// Where the values of every open object and array are wanted stands on one stack of spots: each
/// level has a part of it, and what lies above the innermost level's is wanted of the next value.
pub struct Extractor<'t, 'r, 'm> {
    trie: &'t Trie,
    empty: Absent<'t>,
    memory: &'m mut Memory,
    /// Where on the stack the spots of the next value begin.
    next: usize,
    /// Whether it is the text of the element that is open.
    own_text: bool,
    at: u32,
    /// What has been kept.
    pub cells: Cells<'r>,
}

impl<'t, 'r, 'm> Extractor<'t, 'r, 'm> {
    /// For one record; `empty` are the texts that count as absent.
    #[must_use]
    pub fn new(trie: &'t Trie, empty: &'t [String], memory: &'m mut Memory) -> Self {
        let slots = memory.begin(trie);
        Self {
            trie,
            empty: Absent::new(empty),
            memory,
            next: 0,
            own_text: false,
            at: 0,
            cells: Cells::new(trie, slots),
        }
    }

    /// The texts that count as absent.
    pub const fn empty(&self) -> Absent<'t> {
        self.empty
    }

    fn slot(&mut self, node: u32, frame: u32, slot: u16) -> &mut Slot<'r> {
        self.cells.slot(self.trie.node(node).scope, frame, slot)
    }

    /// Where a value is wanted: as that of its key, or as an item of its array. The spots are put on
    /// the stack from the index that is given back.
    #[inline]
    fn arrive(&mut self) -> usize {
        let (from, to) = (self.next, self.memory.spots.len());
        match self.memory.levels.last_mut() {
            Some(level) if level.array => {
                let index = level.items;
                level.items += 1;
                for spot in level.spots.clone() {
                    self.items(self.memory.spots[spot], index);
                }
                to
            }
            _ if to - from == 1 && !self.own_text => {
                let (field, _) = self.memory.spots[from];
                if self.trie.node(field).items.is_empty() {
                    if self.memory.count(field) > 0 {
                        self.memory.spots.truncate(from);
                    }
                    return from;
                }
                self.fields(from..to);
                to
            }
            _ => {
                self.fields(from..to);
                to
            }
        }
    }

    /// Where the value of a key is wanted.
    fn fields(&mut self, spots: Range<usize>) {
        for spot in spots {
            let field = self.memory.spots[spot];
            let seen = self.memory.count(field.0);
            if seen == 0 {
                self.memory.spots.push(field);
            }
            self.items(field, seen);
        }
        if std::mem::take(&mut self.own_text)
            && let Some(element) = self.memory.levels.last()
        {
            self.memory.spots.extend_from_within(element.spots.clone());
        }
    }

    /// Where item `index` of a repeated field is wanted.
    fn items(&mut self, (field, frame): Spot, index: u32) {
        let trie = self.trie;
        for item in &trie.node(field).items {
            let node = trie.node(*item);
            match node.role {
                Role::Nth(n) if n == index => self.memory.spots.push((*item, frame)),
                Role::Last => {
                    self.cells.clear(node, frame);
                    self.memory.spots.push((*item, frame));
                }
                Role::Where(ref choice) => {
                    self.cells.clear(node, frame);
                    let found = *self.slot(*item, frame, choice.done) != Slot::Absent;
                    if !(found && matches!(choice.pick, Pick::First)) {
                        self.memory.spots.push((*item, frame));
                    }
                }
                Role::All => self.memory.spots.push((*item, frame)),
                Role::Each(scope) => {
                    let slots = trie.scope(scope).slots;
                    if let Some(opened) = self.cells.open(scope, slots, frame, index) {
                        self.memory.spots.push((*item, opened));
                    }
                }
                Role::Column(scope, number, to) if index == 0 => {
                    let slots = trie.scope(scope).slots;
                    if let Some(opened) = self.cells.column(scope, slots, frame, number) {
                        self.memory.spots.push((to, opened));
                        self.items((to, opened), 0);
                    }
                }
                Role::Nth(_) | Role::Field | Role::Column(..) => {}
            }
        }
    }

    /// What is due when a value ends.
    fn leave(&mut self, spots: Range<usize>) {
        let trie = self.trie;
        for spot in spots {
            let (index, frame) = self.memory.spots[spot];
            let node = trie.node(index);
            let Role::Where(choice) = &node.role else { continue };
            let fits = choice
                .tests
                .iter()
                .all(|(slot, text)| self.slot(index, frame, *slot).text() == Some(text));
            if fits && self.is_better(node, choice, frame) {
                for (offset, slot) in (node.from..node.to).enumerate() {
                    let cell = std::mem::take(self.slot(index, frame, slot));
                    let offset = u16::try_from(offset).unwrap_or(u16::MAX);
                    let kept = self.slot(index, frame, choice.finals + offset);
                    match choice.pick {
                        Pick::All => kept.append(cell),
                        Pick::First | Pick::Last | Pick::By(..) => *kept = cell,
                    }
                }
                *self.slot(index, frame, choice.done) = Slot::Group(1, 0);
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

    fn group(&mut self, spots: Range<usize>, items: u32) {
        let (trie, at) = (self.trie, self.at);
        for spot in spots {
            let (index, frame) = self.memory.spots[spot];
            if let Some(slot) = trie.node(index).slot {
                let slot = self.slot(index, frame, slot);
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
    fn capture(&mut self, spots: Range<usize>, text: &Cow<'r, str>, at: u32, absent: bool) {
        let trie = self.trie;
        for spot in spots {
            let (index, frame) = self.memory.spots[spot];
            let node = trie.node(index);
            if node.scope > 0 {
                self.cells.meet(node.scope, frame, at, trie);
            }
            let Some(slot) = node.slot else { continue };
            let slot = self.cells.slot(node.scope, frame, slot);
            match (slot, absent) {
                (slot @ (Slot::Absent | Slot::Group(..)), true) => *slot = Slot::Empty(at),
                (Slot::List(list, _), false) if node.list => {
                    list.push(Listed { text: text.clone(), at });
                }
                (slot, false) if node.list => {
                    *slot = Slot::List(vec![Listed { text: text.clone(), at }], at);
                }
                (slot @ (Slot::Absent | Slot::Empty(_) | Slot::Group(..)), false) => {
                    *slot = Slot::Text(text.clone(), at);
                }
                _ => {}
            }
        }
    }

    /// Takes the text of a plain field, whose slot nothing has filled before.
    #[inline]
    fn plain(&mut self, node: &Node, scalar: Scalar<'r>, absent: bool) {
        let Some(slot) = node.slot else { return };
        let slot = self.cells.slot(0, 0, slot);
        *slot = match absent {
            true => Slot::Empty(scalar.at),
            false => Slot::Text(scalar.text, scalar.at),
        };
    }

    /// The field of a key in the group that is open, where that is one spot: in the order of the last
    /// record it is found at once.
    #[inline]
    fn follow(&mut self, group: u32, name: &str) -> Option<u32> {
        let level = self.memory.levels.last_mut()?;
        let follows = &mut self.memory.follows[level.after];
        let trie = self.trie;
        let field = if *follows > 0 && *trie.node(*follows).name == *name {
            *follows
        } else {
            let found = trie.field(group, name)?;
            // The text of an element is more than a field: see `key`.
            *follows = if name == "#text" { 0 } else { found };
            found
        };
        level.after = memory::after(field);
        Some(field)
    }

    /// The field that is likely to come next.
    #[inline]
    pub fn expected(&self) -> Option<&'t Node> {
        let level = self.memory.levels.last()?;
        let follows = *self.memory.follows.get(level.after)?;
        // Of an object that is wanted at several places no order is known.
        (follows > 0 && level.spots.len() == 1).then(|| self.trie.node(follows))
    }

    /// The field that was expected has come.
    #[inline]
    pub fn as_expected(&mut self) {
        let Some(level) = self.memory.levels.last_mut() else { return };
        let (follows, spots) = (self.memory.follows[level.after], level.spots.clone());
        level.after = memory::after(follows);
        self.memory.spots.truncate(spots.end);
        self.next = spots.end;
        let (_, frame) = self.memory.spots[spots.start];
        self.memory.spots.push((follows, frame));
    }

    /// Takes a scalar; `absent` says whether it counts as none.
    #[inline]
    pub fn take(&mut self, scalar: Scalar<'r>, absent: bool) {
        self.at = scalar.at;
        let from = self.arrive();
        let to = self.memory.spots.len();
        if to - from == 1
            && let Some(node) =
                Some(self.trie.node(self.memory.spots[from].0)).filter(|node| node.is_plain())
        {
            self.plain(node, scalar, absent);
        } else if from < to {
            self.capture(from..to, &scalar.text, scalar.at, absent);
            self.leave(from..to);
        }
        self.settle();
    }

    /// The value has been taken: nothing is wanted until the next key.
    #[inline]
    fn settle(&mut self) {
        self.next = self.memory.levels.last().map_or(0, |level| level.spots.end);
        self.memory.spots.truncate(self.next);
    }

    /// The header of a row that begins.
    pub fn begin_row(&mut self, row: &Row<'r>) {
        self.memory.columns.know(self.trie, row.header());
        self.begin_object();
    }

    /// Takes the cell of a column of the row that is open.
    #[inline]
    pub fn take_cell(&mut self, column: usize, scalar: Scalar<'r>, absent: bool) {
        let Some(field) = self.memory.columns.field(column) else { return };
        let node = self.trie.node(field);
        if node.is_plain() {
            self.at = scalar.at;
            self.plain(node, scalar, absent);
            return;
        }
        self.memory.spots.push((field, 0));
        self.take(scalar, absent);
    }
}
