//! What happens to a record after its export was written: deaths, moves, suspensions.
//!
//! Events come late, twice and in any order. [`parse`] turns one line into an [`Event`] or into
//! everything that is wrong with it; [`derive`] folds a set of events into a record, with the same
//! result whatever the order of arrival; [`new_records`] gives the records that a move to another
//! scheme creates. Whether the record exists is for the caller to say (`unknown_record`).

mod derive;
mod parse;

use jiff::civil::Date;

use crate::model::record::{Address, BeneficiaryRecord, HumanName};
use crate::model::{PartialDate, SchemeId};

pub use derive::{Base, derive};
pub use parse::parse;

/// One thing that happened to a record or to its whole contract.
#[derive(Clone, PartialEq)]
pub struct Event {
    /// The sender's id: the same id is the same event, however often it arrives.
    pub id: String,
    /// The record it is about.
    pub about: RecordKey,
    /// The day from which it is so.
    pub effective_on: Date,
    /// The day on which it was sent.
    pub sent_on: Option<Date>,
    /// Whether it reaches the whole contract.
    pub reach: Reach,
    /// What happened.
    pub change: Change,
}

/// A record as its scheme names it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordKey {
    /// The scheme.
    pub scheme: SchemeId,
    /// The scheme's own id of the record: personal.
    pub record_id: String,
}

/// How far an event reaches.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reach {
    /// The record alone.
    Individual,
    /// Every record of the same contract.
    Family,
}

/// What happened.
#[derive(Clone, PartialEq)]
pub enum Change {
    /// The person died.
    Death {
        /// When.
        died_on: PartialDate,
    },
    /// The person moved or has another phone.
    AddressChange {
        /// The new address.
        address: Option<Address>,
        /// The new phone, in E.164.
        phone: Option<String>,
    },
    /// The person is called otherwise.
    NameChange {
        /// What the old name becomes.
        cause: NameCause,
        /// The name until then.
        old: Option<HumanName>,
        /// The name from then on.
        new: HumanName,
    },
    /// Rights are suspended.
    Suspension,
    /// Rights are open again.
    Reinstatement,
    /// The contract closes, and another scheme takes its people over.
    SchemeMove {
        /// The scheme that is left.
        from: SchemeId,
        /// The scheme that takes over.
        to: SchemeId,
        /// First day on which the old contract is closed.
        closes_on: Date,
        /// The records that the new scheme opens.
        enrolments: Vec<Enrolment>,
    },
}

/// Why a name changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NameCause {
    /// Marriage: the old name is a maiden name.
    Marriage,
    /// Anything else: the old name is an alias.
    Other,
}

/// A record that a move opens.
#[derive(Clone, PartialEq)]
pub struct Enrolment {
    /// The new record.
    pub record: BeneficiaryRecord,
    /// The record that it continues.
    pub precedent: Option<RecordKey>,
}

impl std::fmt::Debug for Event {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Event({} {} of {})", self.id, self.kind(), self.about.scheme)
    }
}

impl std::fmt::Debug for RecordKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "RecordKey({})", self.scheme)
    }
}

impl Event {
    /// The names of the six types, as senders write them.
    pub const KINDS: [&'static str; 6] =
        ["DEATH", "ADDRESS_CHANGE", "NAME_CHANGE", "SUSPENSION", "REINSTATEMENT", "SCHEME_MOVE"];

    /// The type, as senders write it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self.change {
            Change::Death { .. } => "DEATH",
            Change::AddressChange { .. } => "ADDRESS_CHANGE",
            Change::NameChange { .. } => "NAME_CHANGE",
            Change::Suspension => "SUSPENSION",
            Change::Reinstatement => "REINSTATEMENT",
            Change::SchemeMove { .. } => "SCHEME_MOVE",
        }
    }
}

/// The records that an event creates, each with the record that it continues.
#[must_use]
pub fn new_records(event: &Event) -> Vec<(BeneficiaryRecord, Option<RecordKey>)> {
    match &event.change {
        Change::SchemeMove { enrolments, .. } => enrolments
            .iter()
            .map(|enrolment| (enrolment.record.clone(), enrolment.precedent.clone()))
            .collect(),
        Change::Death { .. }
        | Change::AddressChange { .. }
        | Change::NameChange { .. }
        | Change::Suspension
        | Change::Reinstatement => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
