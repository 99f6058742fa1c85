//! The ids of the records in the index, and where each stands.

use std::hash::BuildHasher;

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

use super::retrieve::Slot;
use crate::model::RecordId;

/// Ids by slot and slots by id; each id is kept once.
#[derive(Default)]
pub struct Ids {
    ids: Vec<RecordId>,
    slots: HashTable<Slot>,
    free: Vec<Slot>,
}

impl Ids {
    /// The slot of a record.
    #[must_use]
    pub fn slot(&self, id: RecordId) -> Option<Slot> {
        self.slots.find(hash(id), |slot| self.ids[*slot as usize] == id).copied()
    }

    /// The ids by slot, with those of slots that nobody has any more.
    #[must_use]
    pub fn by_slot(&self) -> &[RecordId] {
        &self.ids
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// The slots of all records, in no order.
    pub fn slots(&self) -> impl Iterator<Item = Slot> {
        self.slots.iter().copied()
    }

    /// A slot for a record that has none: one that is free, or the next.
    pub fn enter(&mut self, id: RecordId) -> Slot {
        let slot = if let Some(slot) = self.free.pop() {
            self.ids[slot as usize] = id;
            slot
        } else {
            self.ids.push(id);
            Slot::try_from(self.ids.len() - 1).expect("fewer than 2^32 records")
        };
        let ids = &self.ids;
        self.slots.insert_unique(hash(id), slot, |slot| hash(ids[*slot as usize]));
        slot
    }

    /// Takes a record out and returns the slot that it had.
    pub fn remove(&mut self, id: RecordId) -> Option<Slot> {
        let ids = &self.ids;
        let found = self.slots.find_entry(hash(id), |slot| ids[*slot as usize] == id);
        let (slot, _) = found.ok()?.remove();
        self.free.push(slot);
        Some(slot)
    }
}

impl std::ops::Index<usize> for Ids {
    type Output = RecordId;

    fn index(&self, slot: usize) -> &RecordId {
        &self.ids[slot]
    }
}

fn hash(id: RecordId) -> u64 {
    FxBuildHasher.hash_one(id)
}
