//! An answer: the verdict, its reason, the right it rests on, and no more than was asked.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::named::named;
use crate::model::{Instant, PersonId, RecordId, SchemeId};

use super::registry::Rates;

/// The answer to one question.
#[derive(Clone, PartialEq, Debug)]
pub struct Answer {
    /// Covered or not, or not known.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
    /// Other reasons that the scheme's data cannot tell from this one: an export that keeps one end date does not say
    /// whether the coverage ran out or was suspended.
    pub or_else: Vec<Reason>,
    /// The scheme that the answer speaks of.
    pub scheme: Option<SchemeId>,
    /// The right that the answer speaks of.
    pub right: Option<Right>,
    /// Every scheme under which the person is covered that day, by id.
    pub eligible_schemes: Vec<SchemeId>,
    /// The person, when one was found.
    pub person: Option<PersonId>,
    /// Every coverage that was looked at, in the order of payers.
    pub grounds: Vec<Ground>,
    /// The day asked about.
    pub as_of: Date,
    /// The moment whose knowledge was used.
    pub known_at: Instant,
    /// Date of the oldest data that the answer rests on, when senders gave one.
    pub data_as_of: Option<Date>,
    /// Last day on which, by the facts known today, the verdict stays as it is.
    pub holds_until: Option<Date>,
}

/// The verdict.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Covered that day.
    Eligible,
    /// Known, and not covered that day.
    NotEligible,
    /// Nobody can say: not enough to identify, not found, or several people.
    Unknown,
}

impl Verdict {
    /// `eligible`, `not_eligible` or `unknown`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Eligible => "eligible",
            Self::NotEligible => "not_eligible",
            Self::Unknown => "unknown",
        }
    }
}

named! {
    /// Why the verdict is what it is.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Reason;

    /// Less was given than it takes to identify a person.
    InsufficientIdentification = "insufficient_identification";
    /// Nobody is known by what was given.
    NotFound = "not_found";
    /// Several people answer to what was given.
    Ambiguous = "ambiguous";
    /// The person is known, and no scheme covers them.
    NoCoverage = "no_coverage";
    /// The person is known, and the scheme asked about does not cover them.
    NotInScheme = "not_in_scheme";
    /// Some scheme reported a death on or before the day.
    Deceased = "deceased";
    /// The day is before enrolment.
    NotYetEnrolled = "not_yet_enrolled";
    /// The coverage was closed by that day.
    Closed = "closed";
    /// Enrolled, and rights are not open yet.
    WaitingPeriod = "waiting_period";
    /// The day is after the last covered day.
    Expired = "expired";
    /// Suspended that day.
    Suspended = "suspended";
    /// A child past the age limit.
    AgeLimit = "age_limit";
    /// Rights are open.
    InForce = "in_force";
}

/// What a scheme grants the person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Right {
    /// Benefit package.
    pub package: Option<String>,
    /// Share that the scheme pays, by kind of care; none for a package that the registry lacks.
    pub coverage: Option<Rates>,
    /// Share left for the insured.
    pub copay: Option<Rates>,
    /// First covered day.
    pub start: Option<Date>,
    /// Last covered day.
    pub end: Option<Date>,
    /// Code of the institution that answers for it.
    pub institution: String,
}

/// One coverage that was looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ground {
    /// Whose coverage.
    pub scheme: SchemeId,
    /// The records that say so; several when a scheme registered the person twice.
    pub records: Vec<RecordId>,
    /// What it comes to on that day.
    pub reason: Reason,
}
