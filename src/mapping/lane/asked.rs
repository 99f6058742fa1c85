//! What the target's schema asks of the groups and lists of a document.

use crate::schema::{Fused, Known};

use super::Stops;

/// What is asked of one group or list, as far as it depends on which values are there.
#[derive(Debug)]
pub struct Asked {
    known: Known,
    list: bool,
    /// The stops that make it: it is there when one of them is.
    within: Stops,
    /// What of it is always there, as [`Known::bit`] counts.
    always: u64,
    /// The stops that make a part of it, and the part's bit.
    parts: Box<[(Stops, u64)]>,
}

/// A part of a group or list.
pub struct Part {
    /// What the schema asks of it.
    pub known: Option<Known>,
    /// The stops that make it; none of what is always there.
    pub stops: Option<Stops>,
}

impl Asked {
    /// Of a list that these stops make; nothing when it is filled whatever is there.
    pub fn of_list(fused: &Fused, known: Known, within: Stops, parts: &[Part]) -> Option<Self> {
        if (1..=parts.len()).all(|items| fused.is_filled(known, items)) {
            return None;
        }
        let parts = parts.iter().map(|part| (part.stops.unwrap_or(within), 0)).collect();
        Some(Self { known, list: true, within, always: 0, parts })
    }

    /// Of a group that these stops make; nothing when it is whole whatever is there.
    pub fn of_group(fused: &Fused, known: Known, within: Stops, parts: &[Part]) -> Option<Self> {
        let mut always = 0;
        let mut sometimes = Vec::new();
        for part in parts {
            let bit = part.known.map_or(0, Known::bit);
            match part.stops {
                // What alone makes the group is there whenever the group is.
                Some(stops) if within & !stops != 0 => sometimes.push((stops, bit)),
                Some(_) | None => always |= bit,
            }
        }
        sometimes.retain(|(_, bit)| *bit != 0);
        if fused.is_whole(known, always) {
            return None;
        }
        Some(Self { known, list: false, within, always, parts: sometimes.into() })
    }

    /// Whether a document with these values gives what is asked.
    #[inline]
    pub fn is_given(&self, fused: &Fused, there: Stops) -> bool {
        if there & self.within == 0 {
            return true;
        }
        let parts = self.parts.iter().filter(|(stops, _)| there & stops != 0);
        if self.list {
            return fused.is_filled(self.known, parts.count());
        }
        fused.is_whole(self.known, parts.fold(self.always, |bits, (_, bit)| bits | bit))
    }
}
