//! Many short lists in one piece of memory.
//!
//! An index of millions of records has as many lists of one to three entries: who shares a name, whom a record
//! looks like, whose records a person has. As vectors of their own they would weigh several times their content. A
//! list here is eight bytes and its entries, in pieces whose sizes are powers of two; what a list outgrows or gives
//! up is used by the next one.

/// The number of a list.
pub type ListId = u32;

/// Lists of `T`.
#[derive(Default)]
pub struct Lists<T> {
    cells: Vec<T>,
    heads: Vec<Head>,
    /// Unused pieces, by the binary logarithm of their size.
    unused: Vec<Vec<u32>>,
    /// Lists that were given up.
    spare: Vec<ListId>,
    filled: usize,
}

/// Where a list stands; its piece is as long as the next power of two.
#[derive(Clone, Copy, Default)]
struct Head {
    start: u32,
    length: u32,
}

impl Head {
    fn range(self) -> std::ops::Range<usize> {
        let start = self.start as usize;
        start..start + self.length as usize
    }

    const fn room(self) -> u32 {
        match self.length {
            0 => 0,
            length => length.next_power_of_two(),
        }
    }
}

impl<T: Copy + Default> Lists<T> {
    /// The entries of a list, none of one that nobody filled.
    #[must_use]
    pub fn get(&self, list: ListId) -> &[T] {
        let head = self.head(list);
        self.cells.get(head.range()).unwrap_or_default()
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, list: ListId) -> &mut [T] {
        let head = self.head(list);
        self.cells.get_mut(head.range()).unwrap_or_default()
    }

    /// How many lists have an entry.
    #[must_use]
    pub const fn filled(&self) -> usize {
        self.filled
    }

    /// All lists that have an entry.
    pub fn iter(&self) -> impl Iterator<Item = &[T]> {
        let full = self.heads.iter().filter(|head| head.length > 0);
        full.map(|head| &self.cells[head.range()])
    }

    /// A list that nobody uses.
    pub fn unused(&mut self) -> ListId {
        self.spare.pop().unwrap_or_else(|| {
            self.heads.push(Head::default());
            number(self.heads.len() - 1)
        })
    }

    /// Empties a list that [`Lists::unused`] gave, for the next to have it.
    pub fn give_up(&mut self, list: ListId) {
        self.clear(list);
        self.spare.push(list);
    }

    /// Adds an entry at the end.
    pub fn push(&mut self, list: ListId, value: T) {
        let place = list as usize;
        if place >= self.heads.len() {
            self.heads.resize(place + 1, Head::default());
        }
        let mut head = self.heads[place];
        if head.length == head.room() {
            head.start = self.moved(head);
        }
        self.filled += usize::from(head.length == 0);
        self.cells[(head.start + head.length) as usize] = value;
        head.length += 1;
        self.heads[place] = head;
    }

    /// Keeps the entries that are wanted.
    pub fn retain(&mut self, list: ListId, mut wanted: impl FnMut(&T) -> bool) {
        let before = self.head(list);
        let mut head = Head { length: 0, ..before };
        for place in before.range() {
            let value = self.cells[place];
            if wanted(&value) {
                self.cells[(head.start + head.length) as usize] = value;
                head.length += 1;
            }
        }
        if head.length == before.length {
            return;
        }
        self.filled -= usize::from(head.length == 0);
        let mut room = before.room();
        while room > head.room() {
            room /= 2;
            // The half that is no longer needed; of the last cell, all of it.
            self.set_aside(head.start + room, room.max(1));
        }
        self.heads[list as usize] = head;
    }

    /// Empties a list.
    pub fn clear(&mut self, list: ListId) {
        self.retain(list, |_| false);
    }

    fn head(&self, list: ListId) -> Head {
        self.heads.get(list as usize).copied().unwrap_or_default()
    }

    /// Moves a list into a piece of twice the size and returns where it starts.
    fn moved(&mut self, head: Head) -> u32 {
        let room = (head.room() * 2).max(1);
        let unused = self.unused.get_mut(room.ilog2() as usize).and_then(Vec::pop);
        let start = unused.unwrap_or_else(|| {
            let start = number(self.cells.len());
            self.cells.resize(self.cells.len() + room as usize, T::default());
            start
        });
        self.cells.copy_within(head.range(), start as usize);
        if head.length > 0 {
            self.set_aside(head.start, head.room());
        }
        start
    }

    fn set_aside(&mut self, start: u32, room: u32) {
        let class = room.ilog2() as usize;
        if class >= self.unused.len() {
            self.unused.resize(class + 1, Vec::new());
        }
        self.unused[class].push(start);
    }
}

fn number(place: usize) -> u32 {
    u32::try_from(place).expect("fewer than 2^32 entries")
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::Lists;

    proptest! {
        /// Whatever is done to them, they hold what vectors of their own would hold.
        #[test]
        fn they_are_like_vectors(steps in prop::collection::vec((0_u32..6, 0_u8..8, 0_u16..40), 0..400)) {
            let mut lists = Lists::<u16>::default();
            let mut model: HashMap<u32, Vec<u16>> = HashMap::new();
            for (list, kind, value) in steps {
                let known = model.entry(list).or_default();
                match kind {
                    0 => {
                        lists.clear(list);
                        known.clear();
                    }
                    1 | 2 => {
                        lists.retain(list, |other| *other > value);
                        known.retain(|other| *other > value);
                    }
                    _ => {
                        lists.push(list, value);
                        known.push(value);
                    }
                }
                for (list, known) in &model {
                    prop_assert_eq!(lists.get(*list), known.as_slice());
                }
                let filled = model.values().filter(|known| !known.is_empty()).count();
                prop_assert_eq!((lists.filled(), lists.iter().count()), (filled, filled));
                let most: usize = model.values().map(Vec::len).sum::<usize>() + 400;
                prop_assert!(lists.cells.len() <= 4 * most);
            }
        }
    }

    #[test]
    fn a_list_that_was_given_up_is_used_again() {
        let mut lists = Lists::<u8>::default();
        let first = lists.unused();
        lists.push(first, 1);
        lists.give_up(first);
        assert_eq!(lists.unused(), first);
        assert!(lists.get(first).is_empty());
        assert_ne!(lists.unused(), first);
    }
}
