//! What an extractor keeps from one record to the next: its memory, and the order in which the
//! sender's fields come. Nothing of a record's content.

use std::ops::Range;
use std::sync::Arc;

use super::cells::{Cells, Slots};
use super::straight::Order;
use super::trie::Trie;

/// A trie node and the frame of its scope in which its cell goes.
pub(super) type Spot = (u32, u32);

/// An object or array that is open.
pub(super) struct Level {
    pub(super) array: bool,
    pub(super) items: u32,
    /// Its spots on the stack.
    pub(super) spots: Range<usize>,
    pub(super) at: u32,
    /// Which object it is, among all that were opened.
    number: u64,
    /// Where [`Memory::follows`] says which field comes next.
    pub(super) after: usize,
}

/// See the module.
#[derive(Default)]
pub struct Memory {
    slots: Slots<'static>,
    pub(super) levels: Vec<Level>,
    pub(super) spots: Vec<Spot>,
    /// For each node how often its key has come, and in which object that was.
    counts: Vec<(u64, u32)>,
    /// For each node the field that came first in it ([`first`]) and the one that came after it
    /// ([`after`]) when that was last looked up; 0 when nothing is known.
    pub(super) follows: Vec<u32>,
    pub(super) columns: Columns,
    pub(super) straight: Order,
    objects: u64,
}

/// Where [`Memory::follows`] says which field of a group comes first.
pub(super) const fn first(group: u32) -> usize {
    2 * group as usize
}

/// Where it says which field comes after another.
pub(super) const fn after(field: u32) -> usize {
    2 * field as usize + 1
}

impl Memory {
    /// Makes ready for a record; its slots are lent until [`Memory::end`].
    pub(super) fn begin(&mut self, trie: &Trie) -> Slots<'static> {
        self.counts.resize(trie.len(), (0, 0));
        self.follows.resize(2 * trie.len(), 0);
        self.levels.clear();
        self.spots.clear();
        self.spots.push((0, 0));
        self.objects += 1;
        std::mem::take(&mut self.slots)
    }

    /// Takes back the memory of a record that nobody looks at any more.
    pub fn end(&mut self, cells: Cells<'_>) {
        self.slots = emptied(cells.into_element());
    }

    /// How often the key of a field came before in the object that is open.
    #[inline]
    pub(super) fn count(&mut self, field: u32) -> u32 {
        let object = self.levels.last().map_or(self.objects, |level| level.number);
        let (known, times) = &mut self.counts[field as usize];
        if *known == object {
            *times += 1;
            return *times - 1;
        }
        (*known, *times) = (object, 1);
        0
    }

    /// Opens an object that is wanted at these spots.
    #[inline]
    pub(super) fn open(&mut self, spots: Range<usize>, at: u32) {
        self.objects += 1;
        let group = self.spots.get(spots.start).map_or(0, |(node, _)| *node);
        let (number, after) = (self.objects, first(group));
        self.levels.push(Level { array: false, items: 0, spots, at, number, after });
    }

    /// Opens an array.
    pub(super) fn open_array(&mut self, spots: Range<usize>, at: u32) {
        let level = Level { array: true, items: 0, spots, at, number: 0, after: 0 };
        self.levels.push(level);
    }
}

/// The same memory for things that live shorter or longer: nothing is kept but the allocation.
#[must_use]
pub fn emptied<A, B>(mut vec: Vec<A>) -> Vec<B> {
    vec.clear();
    // Nothing is left to map; the library collects into the same allocation.
    vec.into_iter().filter_map(|_| None).collect()
}

/// What the columns of a table are to the mapping, looked up once for each header.
#[derive(Default)]
pub(super) struct Columns {
    header: Option<Arc<[String]>>,
    fields: Vec<Option<u32>>,
}

impl Columns {
    /// Looks a header up, unless it is the one of the row before.
    #[inline]
    pub(super) fn know(&mut self, trie: &Trie, header: &Arc<[String]>) {
        if !self.header.as_ref().is_some_and(|known| Arc::ptr_eq(known, header)) {
            self.fields = header.iter().map(|name| trie.field(0, name)).collect();
            self.header = Some(Arc::clone(header));
        }
    }

    /// The field of a column.
    #[inline]
    pub(super) fn field(&self, column: usize) -> Option<u32> {
        self.fields.get(column).copied().flatten()
    }
}
