//! Pairs of records that would be one person but for a rival that fits about as well.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::model::RecordId;

/// The pairs, to be found from either side: a neighbourhood that is grouped again forgets its own and looks at no other.
#[derive(Default)]
pub struct Contested(FxHashMap<RecordId, SmallVec<[RecordId; 1]>>);

impl Contested {
    /// Notes a pair.
    pub fn insert(&mut self, one: RecordId, other: RecordId) {
        for (from, to) in [(one, other), (other, one)] {
            let others = self.0.entry(from).or_default();
            if !others.contains(&to) {
                others.push(to);
            }
        }
    }

    /// Whether it is one.
    #[must_use]
    pub fn contains(&self, one: RecordId, other: RecordId) -> bool {
        self.0.get(&one).is_some_and(|others| others.contains(&other))
    }

    /// Forgets all pairs of a record.
    pub fn forget(&mut self, id: RecordId) {
        for other in self.0.remove(&id).unwrap_or_default() {
            if let Some(others) = self.0.get_mut(&other) {
                others.retain(|back| *back != id);
                if others.is_empty() {
                    self.0.remove(&other);
                }
            }
        }
    }
}
