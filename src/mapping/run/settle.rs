//! Record ids of one file: doubles, and references that wait for the end.

use rustc_hash::FxHashSet;

use super::super::outcome::{Reference, Translated, Unresolved};

/// What is remembered of a file: 16 bytes of hash for each record id (about 32 with the set's own
/// overhead), and the references to records that have not come yet.
#[derive(Default)]
pub struct Settlement {
    seen: FxHashSet<u128>,
    waiting: Vec<(u128, Waiting)>,
}

struct Waiting {
    record_id: Box<str>,
    line: u64,
    reference: Reference,
}

impl Settlement {
    /// Notes an id; true when it came before.
    pub fn meet(&mut self, record_id: &str) -> bool {
        !self.seen.insert(fingerprint(record_id))
    }

    /// Notes the references of a record.
    pub fn refer(&mut self, record: &Translated) {
        for reference in &record.references {
            let id = fingerprint(&reference.record_id);
            if !self.seen.contains(&id) {
                let waiting = Waiting {
                    record_id: record.record_id.as_str().into(),
                    line: record.place.line,
                    reference: reference.clone(),
                };
                self.waiting.push((id, waiting));
            }
        }
    }

    /// References to records that never came.
    #[must_use]
    pub fn unresolved(self) -> Vec<Unresolved> {
        let seen = self.seen;
        self.waiting
            .into_iter()
            .filter(|(id, _)| !seen.contains(id))
            .map(|(_, waiting)| Unresolved {
                record_id: waiting.record_id.into(),
                place: crate::model::Place::at_line(waiting.line),
                reference: waiting.reference,
            })
            .collect()
    }
}

/// A word of the id after the other is mixed into 128 bits by a multiplication that keeps all of them,
/// so that ids of at most eight bytes never meet, and others by chance once in 2^64 pairs. Whoever makes
/// two ids meet on purpose only sees their own file refused.
pub(super) fn fingerprint(record_id: &str) -> u128 {
    /// An odd number whose bits look random: the golden ratio and the square root of two.
    const MIX: u128 = 0x9e37_79b9_7f4a_7c15_6a09_e667_f3bc_c909;
    let mix = |state: u128, word: u64| {
        let mixed = (state ^ u128::from(word)).wrapping_mul(MIX);
        mixed ^ mixed >> 64
    };
    let mut words = record_id.as_bytes().chunks_exact(8);
    let mut state = u128::from(record_id.len() as u64) << 64;
    for word in words.by_ref() {
        state = mix(state, word.try_into().map_or(0, u64::from_le_bytes));
    }
    let mut last = [0; 8];
    last.iter_mut().zip(words.remainder()).for_each(|(to, from)| *to = *from);
    mix(state, u64::from_le_bytes(last))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ids_that_differ_have_other_fingerprints(a in "[0-9A-Z/-]{0,24}", b in "[0-9A-Z/-]{0,24}", at in 0..24_usize) {
            prop_assert_eq!(a == b, fingerprint(&a) == fingerprint(&b));
            // Most ids of a file differ in a few digits.
            let mut near: Vec<char> = a.chars().collect();
            if let Some(letter) = near.get_mut(at) {
                *letter = if *letter == '7' { '8' } else { '7' };
                let near: String = near.into_iter().collect();
                prop_assert_ne!(fingerprint(&a), fingerprint(&near));
            }
        }
    }
}
