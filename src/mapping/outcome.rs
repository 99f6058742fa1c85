//! What comes out of a run: translated records, refused records, and how the file ended.

use std::sync::Arc;

use jiff::civil::Date;

use crate::model::{Issue, IssueCode, Place, SchemeId};

/// What a run needs to know besides the file.
#[derive(Clone, Debug)]
pub struct RunContext {
    /// The scheme that sends the file.
    pub scheme: SchemeId,
    /// The day of the run, for "not in the future".
    pub today: Date,
}

/// One record of the file.
#[derive(Debug)]
pub enum Outcome {
    /// It is valid and translated.
    Accepted(Box<Translated>),
    /// It is refused.
    Refused(Box<Refusal>),
}

impl Outcome {
    /// The sender's id of the record, where it can be read.
    #[must_use]
    pub fn record_id(&self) -> Option<&str> {
        match self {
            Self::Accepted(record) => Some(&record.record_id),
            Self::Refused(refusal) => refusal.record_id.as_deref(),
        }
    }
}

/// A valid record in the canonical form.
#[derive(Default)]
pub struct Translated {
    /// The sender's id.
    pub record_id: String,
    /// Where it stands in the file.
    pub place: Place,
    /// `beneficiary/1` as JSON.
    pub canonical: Vec<u8>,
    /// The bytes as sent. Of several records in one element each has the whole element.
    pub raw: Vec<u8>,
    /// Fields that were left out, and why.
    pub warnings: Vec<Issue>,
    /// Other records that it names.
    pub references: Vec<Reference>,
    /// What of its file it takes to read it again on its own.
    pub around: Around,
}

/// A refused record with everything that is wrong with it.
pub struct Refusal {
    /// The sender's id, where it can be read.
    pub record_id: Option<String>,
    /// Where it stands in the file.
    pub place: Place,
    /// The bytes as sent.
    pub raw: Vec<u8>,
    /// All of what is wrong, warnings too.
    pub issues: Vec<Issue>,
    /// What of its file it takes to read it again on its own.
    pub around: Around,
}

/// What a record owes to the file around it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Around {
    /// The columns of its header, where it has one.
    pub columns: Option<Arc<[String]>>,
    /// What its row takes from the rows above.
    pub carried: Carried,
}

/// Cells that a row takes from the rows above it, in the order of the mapping's lists.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Carried {
    /// For each column that is carried down, its last text.
    pub down: Vec<Option<String>>,
    /// The key under which rows inherit.
    pub key: String,
    /// For each column that is inherited, its last text.
    pub inherited: Vec<Option<String>>,
}

/// The id of another record, in a field.
#[derive(Clone, PartialEq, Eq)]
pub struct Reference {
    /// The field as the sender calls it.
    pub field: String,
    /// The id.
    pub record_id: String,
    /// What it is when there is no such record.
    pub code: IssueCode,
}

/// A reference to a record that is not in the file: the caller asks the store.
pub struct Unresolved {
    /// The record that refers.
    pub record_id: String,
    /// Where it stands.
    pub place: Place,
    /// What it refers to.
    pub reference: Reference,
}

/// How a file ended.
pub struct Ending {
    /// References to records that are not in the file.
    pub unresolved: Vec<Unresolved>,
    /// Records that were read, refused ones too.
    pub records: u64,
    /// Records that were refused.
    pub refused: u64,
    /// False when the file broke off.
    pub complete: bool,
    /// Fields that may not be kept: how often each was there.
    pub dropped: Vec<(String, u64)>,
}

impl Unresolved {
    /// What is wrong when the record is nowhere else either: the record that refers is refused.
    #[must_use]
    pub fn issue(&self) -> Issue {
        Issue::error(self.reference.code, self.place.clone())
            .record_id(&self.record_id)
            .field(&self.reference.field)
            .value(&self.reference.record_id)
    }
}

impl std::fmt::Debug for Translated {
    /// Without personal data.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Translated at {}, {} warnings", self.place, self.warnings.len())
    }
}

impl std::fmt::Debug for Refusal {
    /// Without personal data.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Refusal at {}: {:?}", self.place, self.issues)
    }
}
