//! One pass over a record that keeps only the wanted cells, as slices of the sender's text.
//!
//! All wanted paths form a trie; the extractor walks it beside the events of the record. Every path
//! has one slot. Where a record holds several records (`records: each`), each nested record gets its
//! own set of slots. A selection (`[?type == 'X']`) is known only at the end of its element: its
//! cells wait in their own slots and move to the final ones when the element fits.

mod trie;

use std::borrow::Cow;

use smallvec::SmallVec;

use crate::format::events::{Events, Scalar, ScalarKind};

pub use trie::{Role, Trie, Wanted};

/// What stands at a wanted path.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Slot<'r> {
    /// Nothing.
    #[default]
    Absent,
    /// A cell that counts as absent, with its offset.
    Empty(u32),
    /// Text, a number, `true` or `false`, with its offset.
    Text(Cow<'r, str>, u32),
    /// A group, or a list of so many items.
    Group(u32, u32),
    /// All texts of a list.
    List(Vec<Cow<'r, str>>, u32),
}

impl<'r> Slot<'r> {
    /// The text, when there is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Slot::Text(text, _) => Some(text),
            Slot::Absent | Slot::Empty(_) | Slot::Group(..) | Slot::List(..) => None,
        }
    }

    /// Whether nothing stands there, or an empty cell.
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        matches!(self, Slot::Absent | Slot::Empty(_))
    }

    /// Offset in the frame, when something stands there.
    #[must_use]
    pub const fn at(&self) -> Option<u32> {
        match self {
            Slot::Absent => None,
            Slot::Empty(at) | Slot::Text(_, at) | Slot::Group(_, at) | Slot::List(_, at) => {
                Some(*at)
            }
        }
    }
}

/// The slots of one record.
pub type Slots<'r> = Vec<Slot<'r>>;

/// A nested record.
pub struct Instance<'r> {
    /// Which kind, in the order of `records`.
    pub kind: u16,
    /// Which of its kind, from 0.
    pub ordinal: u32,
    /// Offset of its first cell.
    pub at: u32,
    /// Its cells.
    pub slots: Slots<'r>,
}

type Nodes = SmallVec<[u32; 4]>;

/// An object or array that is open.
struct Level {
    array: bool,
    items: u32,
    nodes: Nodes,
    at: u32,
}

/// Takes the events of one record and fills slots.
pub struct Extractor<'t, 'r> {
    trie: &'t Trie,
    empty: &'t [String],
    levels: Vec<Level>,
    /// Trie nodes of the value that comes next.
    next: Nodes,
    /// How often the field of a node has come within its object.
    counts: Vec<u32>,
    at: u32,
    current: Option<usize>,
    /// The cells of the record itself.
    pub slots: Slots<'r>,
    /// The nested records.
    pub instances: Vec<Instance<'r>>,
}

impl<'t, 'r> Extractor<'t, 'r> {
    /// For one record; `empty` are the texts that count as absent. `reuse` gives back memory.
    #[must_use]
    pub fn new(trie: &'t Trie, empty: &'t [String], reuse: Slots<'_>) -> Self {
        let mut slots = recycle(reuse);
        slots.resize(trie.slots(), Slot::Absent);
        Self {
            trie,
            empty,
            levels: Vec::with_capacity(8),
            next: SmallVec::from_slice(&[0]),
            counts: vec![0; trie.len()],
            at: 0,
            current: None,
            slots,
            instances: Vec::new(),
        }
    }

    fn slot(&mut self, slot: u16) -> &mut Slot<'r> {
        let slots = match self.current {
            Some(instance) => &mut self.instances[instance].slots,
            None => &mut self.slots,
        };
        &mut slots[usize::from(slot)]
    }

    /// The nodes that a value has: those of its key, or those of an item of its array.
    fn arrive(&mut self) -> Nodes {
        let mut nodes = Nodes::new();
        match self.levels.last_mut() {
            Some(level) if level.array => {
                let index = level.items;
                level.items += 1;
                let fields = std::mem::take(&mut level.nodes);
                for field in &fields {
                    self.items(*field, index, &mut nodes);
                }
                if let Some(level) = self.levels.last_mut() {
                    level.nodes = fields;
                }
            }
            _ => {
                let fields = std::mem::take(&mut self.next);
                for field in fields {
                    let seen = self.counts[field as usize];
                    self.counts[field as usize] += 1;
                    if seen == 0 {
                        nodes.push(field);
                    }
                    self.items(field, seen, &mut nodes);
                }
            }
        }
        nodes
    }

    /// The nodes of item `index` of a repeated field.
    fn items(&mut self, field: u32, index: u32, nodes: &mut Nodes) {
        let trie = self.trie;
        for item in &trie.node(field).items {
            let node = trie.node(*item);
            let wanted = match node.role {
                Role::Nth(n) => n == index,
                Role::Last => {
                    self.clear(node.from, node.to);
                    true
                }
                Role::Where(ref choice) => {
                    self.clear(node.from, node.to);
                    self.slot(choice.done) == &Slot::Absent
                }
                Role::All => true,
                Role::Each(kind) => {
                    let slots = vec![Slot::Absent; trie.slots()];
                    let at = u32::MAX;
                    self.current = Some(self.instances.len());
                    self.instances.push(Instance { kind, ordinal: index, at, slots });
                    true
                }
                Role::Field => false,
            };
            if wanted {
                nodes.push(*item);
            }
        }
    }

    fn clear(&mut self, from: u16, to: u16) {
        for slot in from..to {
            *self.slot(slot) = Slot::Absent;
        }
    }

    /// What is due when the value of these nodes ends.
    fn leave(&mut self, nodes: &Nodes) {
        let trie = self.trie;
        for index in nodes {
            let node = trie.node(*index);
            match &node.role {
                Role::Where(choice) => {
                    let fits = choice
                        .tests
                        .iter()
                        .all(|(slot, text)| self.slot(*slot).text() == Some(text));
                    if fits {
                        for (offset, slot) in (node.from..node.to).enumerate() {
                            let cell = std::mem::take(self.slot(slot));
                            let offset = u16::try_from(offset).unwrap_or(u16::MAX);
                            *self.slot(choice.finals + offset) = cell;
                        }
                        *self.slot(choice.done) = Slot::Group(1, 0);
                    }
                }
                Role::Each(_) => self.current = None,
                Role::Field | Role::Nth(_) | Role::Last | Role::All => {}
            }
        }
    }

    fn group(&mut self, nodes: &Nodes, items: u32) {
        let (trie, at) = (self.trie, self.at);
        for index in nodes {
            if let Some(slot) = trie.node(*index).slot {
                let slot = self.slot(slot);
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
    fn capture(&mut self, nodes: &Nodes, text: &Cow<'r, str>, at: u32, null: bool) {
        let absent = null || self.is_empty(text);
        if let Some(instance) = self.current {
            let first = &mut self.instances[instance].at;
            *first = (*first).min(at);
        }
        let trie = self.trie;
        for index in nodes {
            let node = trie.node(*index);
            let Some(slot) = node.slot else { continue };
            let slot = self.slot(slot);
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

    fn is_empty(&self, text: &str) -> bool {
        let text = text.trim();
        self.empty.iter().any(|empty| empty == text)
    }
}

impl<'r> Events<'r> for Extractor<'_, 'r> {
    fn begin_object(&mut self) {
        let nodes = self.arrive();
        self.group(&nodes, 1);
        for node in &nodes {
            for field in &self.trie.node(*node).fields {
                self.counts[field.1 as usize] = 0;
            }
        }
        self.levels.push(Level { array: false, items: 0, nodes, at: self.at });
    }

    fn key(&mut self, name: Cow<'r, str>) {
        self.next.clear();
        let Some(level) = self.levels.last() else { return };
        for node in &level.nodes {
            if let Some(field) = self.trie.field(*node, &name) {
                self.next.push(field);
            }
        }
        if name == "#text" {
            // The text of an element with attributes is the element itself.
            self.next.extend_from_slice(&level.nodes);
            for node in &level.nodes {
                self.counts[*node as usize] = 0;
            }
        }
    }

    fn end_object(&mut self) {
        if let Some(level) = self.levels.pop() {
            self.leave(&level.nodes);
        }
    }

    fn begin_array(&mut self) {
        // An array is the repetition of its key, not a value of its own.
        let nodes = match self.levels.last() {
            Some(level) if level.array => Nodes::new(),
            _ => std::mem::take(&mut self.next),
        };
        self.levels.push(Level { array: true, items: 0, nodes, at: self.at });
    }

    fn end_array(&mut self) {
        if let Some(level) = self.levels.pop() {
            let at = std::mem::replace(&mut self.at, level.at);
            self.group(&level.nodes, level.items);
            self.at = at;
        }
    }

    fn scalar(&mut self, scalar: Scalar<'r>) {
        self.at = scalar.at;
        let nodes = self.arrive();
        if !nodes.is_empty() {
            self.capture(&nodes, &scalar.text, scalar.at, scalar.kind == ScalarKind::Null);
            self.leave(&nodes);
        }
    }
}

/// The same memory for slots of another record: nothing is kept but the allocation.
#[must_use]
pub fn recycle<'b>(mut slots: Slots<'_>) -> Slots<'b> {
    slots.clear();
    slots.into_iter().map(|_| Slot::Absent).collect()
}
