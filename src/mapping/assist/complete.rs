//! What could be written at the cursor.

mod insert;
mod keys;
mod values;

use super::cursor::Spot;
use super::place::Place;
use super::{Here, Proposal, ProposalKind, word};
#[cfg(test)]
pub use values::LAYOUTS;

/// More proposals than this are of no use to a person.
const MOST: usize = 400;

/// The proposals for a place, the likeliest first. Where there are too many, only those that hold
/// what is already written.
pub fn proposals(here: &Here<'_>) -> Vec<Proposal> {
    let found = match here.cursor.spot {
        Spot::Key => keys::proposals(here),
        Spot::Value => match here.place {
            Place::Condition | Place::Check => values::in_condition(here),
            Place::Template => values::in_template(here),
            _ if is_group(here.place) => keys::proposals(here),
            _ => values::proposals(here),
        },
        Spot::Nowhere => Vec::new(),
    };
    few(found, &here.typed())
}

/// Whether keys are expected even where nothing is written yet.
const fn is_group(place: Place) -> bool {
    matches!(
        place,
        Place::Group(_)
            | Place::Fields
            | Place::Back
            | Place::Values
            | Place::Tables
            | Place::Names
            | Place::Labels
            | Place::Rows
    )
}

fn few(mut found: Vec<Proposal>, typed: &str) -> Vec<Proposal> {
    if found.len() > MOST {
        let typed = typed.to_lowercase();
        found.retain(|proposal| proposal.label.to_lowercase().contains(&typed));
        found.truncate(MOST);
    }
    found
}

/// A proposal that says what it writes.
struct Offer<'o> {
    label: &'o str,
    kind: ProposalKind,
    detail: String,
    meaning: String,
}

impl<'o> Offer<'o> {
    const fn new(label: &'o str, kind: ProposalKind) -> Self {
        Self { label, kind, detail: String::new(), meaning: String::new() }
    }

    fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    fn meaning(mut self, meaning: impl Into<String>) -> Self {
        self.meaning = meaning.into();
        self
    }
}

impl Here<'_> {
    /// What is written before the cursor in the key or value, without its quote.
    fn typed(&self) -> String {
        let start = match self.place {
            Place::Condition | Place::Check if self.cursor.spot == Spot::Value => {
                word::in_condition(self.text, &self.cursor.span, self.offset).span.start
            }
            _ => self.cursor.span.start,
        };
        let typed = self.text.get(start..self.offset).unwrap_or_default();
        typed.trim_start_matches(['"', '\'']).to_owned()
    }

    /// As a key.
    fn offer_key(&self, offer: Offer<'_>) -> Proposal {
        let insert = insert::key(self, offer.label);
        self.proposal(offer, insert)
    }

    /// As a value.
    fn offer_value(&self, offer: Offer<'_>) -> Proposal {
        let insert = insert::value(self, &insert::scalar(offer.label, self.cursor.in_flow));
        self.proposal(offer, insert)
    }

    fn proposal(&self, offer: Offer<'_>, insert: String) -> Proposal {
        Proposal {
            label: offer.label.to_owned(),
            insert,
            replace: self.cursor.span.clone(),
            kind: offer.kind,
            detail: offer.detail,
            meaning: offer.meaning,
        }
    }
}
