//! Record ids of one file: doubles, and references that wait for the end.

use std::hash::{DefaultHasher, Hasher};

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

fn fingerprint(record_id: &str) -> u128 {
    // Two SipHashes of 64 bits: whoever could make two ids meet would only see their own file refused.
    let half = |number: u8| {
        let mut hasher = DefaultHasher::new();
        hasher.write_u8(number);
        hasher.write(record_id.as_bytes());
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}
