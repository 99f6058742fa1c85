//! Distinct byte strings as numbers, in one arena: two allocations for millions of values.

use super::hash;

/// An empty place of the table.
const FREE: u32 = u32::MAX;

/// The distinct strings seen, each once.
#[derive(Default)]
pub struct Interner {
    arena: Vec<u8>,
    ends: Vec<usize>,
    table: Vec<u32>,
}

impl Interner {
    /// How many distinct strings there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The string of a number.
    #[must_use]
    pub fn get(&self, number: u32) -> &[u8] {
        let number = number as usize;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.arena[start..self.ends[number]]
    }

    /// The number of a string, which is added when it is new.
    pub fn intern(&mut self, bytes: &[u8]) -> u32 {
        self.intern_hashed(bytes, hash::text(bytes))
    }

    /// The same where the [hash](hash::text) of the string is known.
    pub fn intern_hashed(&mut self, bytes: &[u8], hash: u64) -> u32 {
        if self.ends.len() * 2 >= self.table.len() {
            self.grow();
        }
        let place = self.place(bytes, hash);
        if self.table[place] != FREE {
            return self.table[place];
        }
        let number = u32::try_from(self.ends.len()).expect("fewer than 2^32 distinct texts");
        self.table[place] = number;
        self.arena.extend_from_slice(bytes);
        self.ends.push(self.arena.len());
        number
    }

    /// Where a string stands in the table, or where it would.
    fn place(&self, bytes: &[u8], hash: u64) -> usize {
        let mask = self.table.len() - 1;
        let mut place = start(hash, mask);
        while self.table[place] != FREE && self.get(self.table[place]) != bytes {
            place = (place + 1) & mask;
        }
        place
    }

    fn grow(&mut self) {
        let size = (self.table.len() * 2).max(64);
        self.table = vec![FREE; size];
        for number in (0..).take(self.ends.len()) {
            let mut place = start(hash::text(self.get(number)), size - 1);
            while self.table[place] != FREE {
                place = (place + 1) & (size - 1);
            }
            self.table[place] = number;
        }
    }
}

#[allow(clippy::cast_possible_truncation, reason = "the low bits are what is wanted")]
const fn start(hash: u64, mask: usize) -> usize {
    hash as usize & mask
}
