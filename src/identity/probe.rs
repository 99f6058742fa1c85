//! The index asked about itself: whom a record would join if it came, without letting it in, for records that nobody
//! sent; and what every pair weighs, without looking for candidates, for proofs that none is missed.

use std::collections::BTreeMap;

use super::household::Acquaintance;
use super::index::Index;
use super::retrieve::{Asked, Wanted};
use crate::matching::line::name_tokens;
use crate::matching::{Seen, weigh};
use crate::model::{BeneficiaryRecord, RecordId};

/// What would become of a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// It would be joined to the person of this record.
    Joined(RecordId),
    /// A person would be asked.
    Asked,
    /// It would be somebody new.
    New,
}

impl Index {
    /// Everybody who is worth a look for a record, found by weighing it against every other: what [`Index::edges`] owes.
    #[must_use]
    pub fn by_brute_force(&self, id: RecordId) -> Vec<(RecordId, f32)> {
        let Some(slot) = self.ids.slot(id) else { return Vec::new() };
        let mut acquaintance = Acquaintance::default();
        let context = self.context();
        let ours = context.prepare(self.lines[slot as usize]);
        let mut found = Vec::new();
        for there in self.ids.slots().filter(|there| *there != slot) {
            let other = self.ids[there as usize];
            // The smaller id is the left side, as in [`Index::explain`].
            let mut pair = if id < other {
                self.weigh_pair(&ours, slot, there, &mut acquaintance)
            } else {
                let theirs = context.prepare(self.lines[there as usize]);
                self.weigh_pair(&theirs, there, slot, &mut acquaintance)
            };
            self.among_others(slot, there, pair.weight, &mut pair.evidence);
            let weight = pair.weight + self.model.together.bits(&pair.evidence);
            if weight >= self.model.thresholds.review {
                found.push((other, weight));
            }
        }
        found.sort_unstable_by_key(|(other, _)| *other);
        found
    }

    /// What would become of a record. Its household is compared by its contract, phone and place, not by what its other
    /// members say: it has none.
    #[must_use]
    pub fn probe(&self, record: &BeneficiaryRecord) -> Fate {
        let names = name_tokens(&record.person.names, &self.model);
        let line = self.vocabulary.line_of_stranger(record, &names, &self.model);
        let tables = Asked { vocabulary: &self.vocabulary, equivalences: &self.model.equivalences };
        let wanted = Wanted::asked(&line, &names.family, &names.given, tables);
        let context = self.context();
        let prepared = context.prepare_names(line, &names.family, &names.given);
        let candidates = self.postings.candidates(&wanted, self.filed());
        let thresholds = self.model.thresholds();
        // By person: the best weight, whether it may join by itself, and whose record it is.
        let mut people: BTreeMap<u32, (f32, bool, RecordId)> = BTreeMap::new();
        for slot in candidates.slots {
            let weighed = weigh(&prepared, &self.lines[slot as usize], Seen::NOTHING, context);
            if weighed.weight < thresholds.review {
                continue;
            }
            let found = (weighed.weight, weighed.objection.is_none(), self.ids[slot as usize]);
            let best = people.entry(self.home[slot as usize]).or_insert(found);
            if found.0 > best.0 {
                *best = found;
            }
        }
        let mut ranked: Vec<(f32, bool, RecordId)> = people.into_values().collect();
        ranked.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.2.cmp(&other.2)));
        match ranked.as_slice() {
            [] => Fate::New,
            [(weight, free, record), rest @ ..] => {
                let lead = rest.first().is_none_or(|next| weight - next.0 >= thresholds.margin);
                if *free && *weight >= thresholds.join && lead && !candidates.truncated {
                    Fate::Joined(*record)
                } else {
                    Fate::Asked
                }
            }
        }
    }
}
