//! A question: who asks, why, about whom, on which day, knowing what.

use jiff::civil::Date;

use crate::model::record::Sex;
use crate::model::{Instant, PartialDate, PersonId, RecordId, SchemeId, Sensitive};

use super::registry::NumberKind;

/// Numbers by which one person may be named: nobody bears more, and who sends more tries them out.
pub const NUMBERS: usize = 20;

/// One question about one person.
#[derive(Clone, Debug)]
pub struct Question {
    /// The partner that asks, as authenticated; lower case, such as `ci-cnam`.
    pub asked_by: String,
    /// Why, such as `CARE_AUTHORISATION`.
    pub purpose: String,
    /// The day asked about (valid time).
    pub as_of: Date,
    /// What the hub knew at this moment (recorded time); now when none.
    pub known_at: Option<Instant>,
    /// ISO 3166-1 alpha-2 of the place of care: schemes of this country answer first.
    pub country_of_care: Option<String>,
    /// Only this scheme.
    pub scheme: Option<SchemeId>,
    /// About whom.
    pub subject: Subject,
}

/// How the asker names the person.
#[derive(Clone, Debug)]
pub enum Subject {
    /// By numbers; each must lead to the same person.
    Identifiers(Vec<Number>),
    /// By name, birth date, sex and phone.
    Demographics(Demographics),
    /// By the hub's own id, from an earlier answer.
    Person(PersonId),
    /// By the hub's own id of one of the records, from an earlier answer.
    Record(RecordId),
}

/// A number of a known system.
#[derive(Clone, Debug)]
pub struct Number {
    /// What the number stands for; none when no scheme knows its type: it leads to nobody.
    pub kind: Option<NumberKind>,
    /// The number as written.
    pub value: Sensitive<String>,
}

/// A person described.
#[derive(Clone, Debug, Default)]
pub struct Demographics {
    /// Family name.
    pub family: Sensitive<String>,
    /// Given names, separated by blanks.
    pub given: Sensitive<String>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Birth date with its precision.
    pub birth_date: Option<PartialDate>,
    /// Phone in E.164.
    pub phone: Option<Sensitive<String>>,
}

impl Subject {
    /// `identifiers`, `demographics`, `person` or `record`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Identifiers(_) => "identifiers",
            Self::Demographics(_) => "demographics",
            Self::Person(_) => "person",
            Self::Record(_) => "record",
        }
    }

    /// Whether there is enough to look for one person: a number, or full name and birth date, or
    /// full name, year of birth and sex. Less would be fishing. A year finds a person only where the
    /// index is sure of one, which takes a rare name or a phone: half of the old know no more than
    /// their year of birth, and not all of them have a phone.
    #[must_use]
    pub fn suffices(&self) -> bool {
        match self {
            Self::Identifiers(numbers) => {
                numbers.iter().any(|number| !number.value.expose().trim().is_empty())
            }
            Self::Demographics(person) => person.suffices(),
            Self::Person(_) | Self::Record(_) => true,
        }
    }
}

impl Demographics {
    /// Whether anything at all is said of somebody.
    #[must_use]
    pub fn names_anything(&self) -> bool {
        let written = |text: &Sensitive<String>| !text.expose().trim().is_empty();
        written(&self.family)
            || written(&self.given)
            || self.sex.is_some()
            || self.birth_date.is_some()
            || self.phone.is_some()
    }

    /// Whether a person may be looked for by this: see [`Subject::suffices`].
    #[must_use]
    pub fn suffices(&self) -> bool {
        let named =
            !self.family.expose().trim().is_empty() && !self.given.expose().trim().is_empty();
        let known_sex = matches!(self.sex, Some(Sex::Female | Sex::Male));
        let born = self.birth_date.is_some_and(|date| date.day().is_some() || known_sex);
        named && born
    }
}
