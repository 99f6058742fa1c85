//! Whom a record would join if it came, without letting it in: for records that nobody sent.

use std::collections::BTreeMap;

use super::index::Index;
use super::retrieve::{Asked, Wanted};
use crate::matching::line::name_tokens;
use crate::matching::{Seen, score};
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
        let candidates = self.postings.candidates(&wanted);
        let thresholds = self.model.thresholds();
        // By person: the best weight, whether it may join by itself, and whose record it is.
        let mut people: BTreeMap<u32, (f32, bool, RecordId)> = BTreeMap::new();
        for slot in candidates.slots {
            let scored = score(&prepared, &self.lines[slot as usize], Seen::NOTHING, context);
            if scored.weight < thresholds.review {
                continue;
            }
            let found = (scored.weight, scored.objection.is_none(), self.ids[slot as usize]);
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
