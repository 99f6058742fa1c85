//! The words everybody shares: ids, instants, partial dates, the canonical record, issues.
//!
//! Nothing here reads a clock, a file or a database. The one exception to "no wire traits in the
//! model" is [`record`]: `beneficiary/1` *is* a published document format, so its types carry serde.

pub mod access;
pub mod account;
pub mod defect;
pub mod id;
pub mod instant;
pub mod issue;
pub mod language;
pub(crate) mod named;
pub mod partial_date;
pub mod place;
pub mod record;
pub mod scheme;
pub mod sensitive;

pub use access::{Caller, Holder, Scope};
pub use account::{AccountName, Role};
pub use defect::{Defect, Defects, Group};
pub use id::{
    AccountId, AnswerId, AuditId, BatchId, CorrectionId, DecisionId, DeliveryId, EventId,
    ExchangeId, KeyId, PersonEventId, PersonId, QuarantineId, RecordId, ReplayId, ReviewId,
    RevisionId, SessionId, SubscriptionId, WhatIfId,
};
pub use instant::Instant;
pub use issue::{Expected, Issue, IssueCode, RulePlace, Severity};
pub use language::Language;
pub use partial_date::{DateText, PartialDate};
pub use place::Place;
pub use record::BeneficiaryRecord;
pub use scheme::SchemeId;
pub use sensitive::Sensitive;
