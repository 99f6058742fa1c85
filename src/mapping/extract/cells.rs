//! What has been kept of one record: frames of slots, one for the element and one for each item of
//! every repeated group that rules go through.

use std::borrow::Cow;

use smallvec::SmallVec;

use crate::format::plain_length;

use super::trie::{Node, Trie};

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
    /// All texts of a list, and the offset of the first.
    List(Vec<Listed<'r>>, u32),
}

/// One text of a list.
#[derive(Clone, PartialEq, Eq)]
pub struct Listed<'r> {
    /// The text.
    pub text: Cow<'r, str>,
    /// Its offset.
    pub at: u32,
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

    /// Adds what stands in another: lists become longer, else the first stays.
    pub(super) fn append(&mut self, other: Self) {
        match (&mut *self, other) {
            (Slot::List(list, _), Slot::List(more, _)) => list.extend(more),
            (this, other) if this.is_absent() => *this = other,
            _ => {}
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

/// The slots of one item of a repeated group, or of the element.
pub struct Frame<'r> {
    /// The frame around it, in the scope around its own.
    pub parent: u32,
    /// Which item, from 0.
    pub ordinal: u32,
    /// Offset of its first cell.
    pub at: u32,
    /// When it came, among all frames of the element.
    pub serial: u32,
    /// Its cells.
    pub slots: Slots<'r>,
}

impl Frame<'_> {
    /// Whether one of its cells is present.
    #[must_use]
    pub fn is_present(&self) -> bool {
        self.slots.iter().any(|slot| !slot.is_absent())
    }
}

/// An element with more items than this in its repeated groups, all groups together, is refused:
/// each item costs memory while the element is translated (40 bytes a wanted cell). Readers take as
/// many fields.
pub const MOST_ITEMS: u32 = 10_000;

/// The frames of one element.
pub struct Cells<'r> {
    element: Frame<'r>,
    /// Those of its repeated groups; the first scope is the element's own and stays empty.
    scopes: Vec<Vec<Frame<'r>>>,
    count: u32,
    plain: bool,
}

impl<'r> Cells<'r> {
    /// With a frame for the element alone.
    pub(super) fn new(trie: &Trie, reuse: Slots<'r>) -> Self {
        let mut slots = reuse;
        slots.clear();
        slots.resize_with(usize::from(trie.scope(0).slots), Slot::default);
        let element = Frame { parent: 0, ordinal: 0, at: u32::MAX, serial: 0, slots };
        let mut scopes = Vec::new();
        if trie.scopes() > 1 {
            scopes.resize_with(trie.scopes(), Vec::new);
        }
        Self { element, scopes, count: 0, plain: false }
    }

    /// Whether it is known of all texts that JSON takes them as they are.
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        self.plain
    }

    /// Says so, or that nothing is known of a text any more.
    pub const fn set_plain(&mut self, plain: bool) {
        self.plain = plain;
    }

    /// Takes note of a text that is none of the element's own.
    pub fn also_has(&mut self, text: &str) {
        self.plain &= plain_length(text.as_bytes()) == text.len();
    }

    /// The frame of the element.
    #[must_use]
    pub const fn element(&self) -> &Frame<'r> {
        &self.element
    }

    /// The slots of the element, to fill from other rows.
    pub const fn element_mut(&mut self) -> &mut Slots<'r> {
        &mut self.element.slots
    }

    /// The slots of the element, when nothing else is needed any more.
    #[must_use]
    pub fn into_element(self) -> Slots<'r> {
        self.element.slots
    }

    /// Whether there were more items than can be taken.
    #[must_use]
    pub const fn is_overfull(&self) -> bool {
        self.count > MOST_ITEMS
    }

    /// The frames of a scope in the order of the file.
    #[must_use]
    pub fn frames(&self, scope: u16) -> &[Frame<'r>] {
        if scope == 0 {
            return std::slice::from_ref(&self.element);
        }
        self.scopes.get(usize::from(scope)).map_or(&[], Vec::as_slice)
    }

    /// The frames from the element down to one.
    #[must_use]
    pub fn way(&self, scope: u16, frame: u32, trie: &Trie) -> SmallVec<[&Frame<'r>; 4]> {
        let (mut scope, mut number) = (scope, frame);
        let mut way = SmallVec::new();
        while let Some(found) = self.frames(scope).get(number as usize) {
            way.push(found);
            if scope == 0 {
                break;
            }
            (scope, number) = (trie.scope(scope).parent, found.parent);
        }
        way.reverse();
        way
    }

    /// The numbers of the frames of a scope that lie in this frame of the scope around it, in their
    /// order. Of a wide row there are only the items of which a cell is present.
    #[must_use]
    pub fn within(&self, scope: u16, parent: u32, trie: &Trie) -> SmallVec<[u32; 16]> {
        // Frames open and close like brackets, so the frames around them come in order.
        let frames = self.frames(scope);
        let from = frames.partition_point(|frame| frame.parent < parent);
        let to = frames.partition_point(|frame| frame.parent <= parent);
        let mut numbers: SmallVec<[u32; 16]> =
            (from..to).filter_map(|number| u32::try_from(number).ok()).collect();
        if trie.scope(scope).columns.is_some() {
            let frame = |number: &u32| &frames[*number as usize];
            numbers.retain(|number| frame(number).is_present());
            numbers.sort_by_key(|number| frame(number).ordinal);
        }
        numbers
    }

    #[inline]
    pub(super) fn slot(&mut self, scope: u16, frame: u32, slot: u16) -> &mut Slot<'r> {
        if scope == 0 {
            return &mut self.element.slots[usize::from(slot)];
        }
        &mut self.scopes[usize::from(scope)][frame as usize].slots[usize::from(slot)]
    }

    /// Begins a frame; `None` when there are too many.
    pub(super) fn open(
        &mut self,
        scope: u16,
        slots: u16,
        parent: u32,
        ordinal: u32,
    ) -> Option<u32> {
        self.count = self.count.saturating_add(1);
        if self.count > MOST_ITEMS {
            return None;
        }
        let slots = vec![Slot::Absent; usize::from(slots)];
        let frames = &mut self.scopes[usize::from(scope)];
        frames.push(Frame { parent, ordinal, at: u32::MAX, serial: self.count, slots });
        u32::try_from(frames.len() - 1).ok()
    }

    /// The frame of an item of a wide row.
    pub(super) fn column(
        &mut self,
        scope: u16,
        slots: u16,
        parent: u32,
        number: u32,
    ) -> Option<u32> {
        let frames = self.scopes[usize::from(scope)].iter().enumerate().rev();
        let mut own = frames.take_while(|(_, frame)| frame.parent == parent);
        match own.find(|(_, frame)| frame.ordinal == number) {
            Some((index, _)) => u32::try_from(index).ok(),
            None => self.open(scope, slots, parent, number),
        }
    }

    /// Notes where a cell of a frame stands, for it and for what is around it.
    pub(super) fn meet(&mut self, scope: u16, frame: u32, at: u32, trie: &Trie) {
        let (mut scope, mut frame) = (scope, frame);
        while scope > 0 {
            let found = &mut self.scopes[usize::from(scope)][frame as usize];
            if found.at <= at {
                return;
            }
            found.at = at;
            (scope, frame) = (trie.scope(scope).parent, found.parent);
        }
    }

    /// Forgets what stands below a node.
    pub(super) fn clear(&mut self, node: &Node, frame: u32) {
        for slot in node.from..node.to {
            *self.slot(node.scope, frame, slot) = Slot::Absent;
        }
    }
}
