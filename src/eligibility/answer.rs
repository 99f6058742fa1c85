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
    /// First day from which on, by the facts known today, the answer is what it is: reason, scheme, package and rates.
    pub holds_from: Option<Date>,
    /// Last day on which, by the facts known today, the answer stays what it is.
    pub holds_until: Option<Date>,
    /// What it turns into on the day after.
    pub then: Option<(Verdict, Reason)>,
}

impl Answer {
    /// What this asker hears of a person of whom it may know nothing: the same as of nobody.
    #[must_use]
    pub fn as_of_nobody(&self) -> Self {
        Self {
            verdict: Verdict::Unknown,
            reason: Reason::NotFound,
            or_else: Vec::new(),
            scheme: None,
            right: None,
            eligible_schemes: Vec::new(),
            person: None,
            grounds: Vec::new(),
            as_of: self.as_of,
            known_at: self.known_at,
            data_as_of: None,
            holds_from: None,
            holds_until: None,
            then: None,
        }
    }
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

impl Reason {
    /// What would turn an answer with this reason into another one.
    #[must_use]
    pub const fn turned_by(self) -> &'static [Turn] {
        match self {
            Self::InsufficientIdentification => &[Turn::Number, Turn::Description],
            Self::NotFound | Self::Ambiguous => &[Turn::Number],
            Self::NoCoverage | Self::NotInScheme | Self::Closed => &[Turn::Enrolment],
            Self::Deceased => &[Turn::Correction],
            Self::NotYetEnrolled | Self::WaitingPeriod => &[Turn::Time],
            Self::Expired => &[Turn::Renewal],
            Self::Suspended => &[Turn::Reinstatement],
            Self::AgeLimit => &[Turn::Enrolment, Turn::Exemption],
            Self::InForce => &[Turn::Time, Turn::Suspension, Turn::Closing, Turn::Death],
        }
    }

    /// Whether it tells that the hub knows the person, or several who correspond, and nothing of what agreements are
    /// about.
    #[must_use]
    pub const fn tells_only_existence(self) -> bool {
        match self {
            Self::Ambiguous | Self::NoCoverage | Self::NotInScheme => true,
            Self::InsufficientIdentification
            | Self::NotFound
            | Self::Deceased
            | Self::NotYetEnrolled
            | Self::Closed
            | Self::WaitingPeriod
            | Self::Expired
            | Self::Suspended
            | Self::AgeLimit
            | Self::InForce => false,
        }
    }
}

/// Something that would turn an answer into another one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// A number of the person, or another one.
    Number,
    /// Full name and birth date.
    Description,
    /// The person's enrolment, in their own right for a child past the age limit.
    Enrolment,
    /// The scheme that reported a death corrects it.
    Correction,
    /// The day that `holds_until` names, when there is one.
    Time,
    /// A contribution, a new card, a new year.
    Renewal,
    /// The end of a suspension.
    Reinstatement,
    /// A proof that the age limit does not apply; which one is not said.
    Exemption,
    /// A suspension.
    Suspension,
    /// The end of the contract.
    Closing,
    /// A death.
    Death,
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
