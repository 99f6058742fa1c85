//! The schemes as data: who they are, what their packages pay, how rights open and end.
//!
//! One file a scheme, `mappings/schemes/<scheme>.yaml`. Whatever a law or a decree may change is
//! dated ([`Terms`]): a question about last March is answered by the terms of last March. Nothing
//! here knows a person.

mod spec;

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::model::SchemeId;

use super::answer::Reason;
pub use super::document::{Fault, Problem, Text};

/// Every scheme that the hub knows.
#[derive(Debug, Default)]
pub struct Registry {
    schemes: BTreeMap<SchemeId, Scheme>,
}

/// One scheme.
#[derive(Debug)]
pub struct Scheme {
    /// Its id, such as `ml-utm`.
    pub id: SchemeId,
    /// Version of the file.
    pub version: String,
    /// Its name.
    pub title: Text,
    /// What it does, for whom.
    pub description: Text,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// What it is.
    pub kind: Kind,
    /// Who answers for its promises.
    pub institution: Institution,
    /// ISO 4217.
    pub currency: String,
    /// Place in the order of payers, 1 first.
    pub priority: u16,
    /// First day of the scheme; none when it always was.
    pub from: Option<Date>,
    /// Last day of the scheme; none while nobody ended it.
    pub to: Option<Date>,
    /// The scheme that takes its place when it ends.
    pub successor: Option<SchemeId>,
    /// Schemes on which nobody may draw at the same time.
    pub excludes: Vec<Exclusion>,
    /// The scheme's own number of a record.
    pub record_number: NumberSystem,
    /// National numbers that its records may carry.
    pub identifiers: Vec<NumberSystem>,
    /// Parameters by date, in order, without overlap.
    pub terms: Vec<Terms>,
    /// Groups of reasons that its data cannot tell apart.
    pub indistinct: Vec<Vec<Reason>>,
    /// How many people a change of its files takes.
    pub approval: Approval,
}

/// A scheme on which nobody may draw at the same time, and when that is so. One of the two says it of both.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// The other scheme.
    pub scheme: SchemeId,
    /// First day; none for "always before".
    #[serde(default)]
    pub from: Option<Date>,
    /// Last day; none for "until further notice".
    #[serde(default)]
    pub to: Option<Date>,
}

/// How many people it takes to change the files of a scheme.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    /// Whoever may publish does so.
    #[default]
    OnePerson,
    /// What one person wrote, another one approves before it is published.
    TwoPersons,
}

/// What a scheme is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Compulsory or voluntary insurance.
    Insurance,
    /// Medical assistance without contribution.
    Assistance,
    /// Mutual insurance.
    Mutual,
    /// A list of members that grants nothing: used to recognise people, never shown to partners.
    Membership,
}

impl Kind {
    /// Whether the scheme grants coverage at all.
    #[must_use]
    pub const fn covers(self) -> bool {
        match self {
            Self::Insurance | Self::Assistance | Self::Mutual => true,
            Self::Membership => false,
        }
    }
}

/// Who answers for a scheme.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Institution {
    /// Short code, as partners write it.
    pub code: String,
    /// Name.
    pub name: Text,
    /// Address for a counter or an officer; none until the institution gives one.
    #[serde(default)]
    pub contact: Option<String>,
}

/// A system of numbers.
#[derive(Clone, Debug)]
pub struct NumberSystem {
    /// Id of the system, such as `ml-nina`.
    pub system: String,
    /// What partners call it in a question, such as `NINA`.
    pub code: String,
    /// What it is called in FHIR, when it has a URI of its own.
    pub uri: Option<String>,
    /// The form of a number, when known.
    pub form: Option<Regex>,
}

/// Parameters in force from one day to another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Terms {
    /// First day; none for "always before".
    pub from: Option<Date>,
    /// Last day; none for "until further notice".
    pub to: Option<Date>,
    /// Months between enrolment and the opening of rights.
    pub waiting_months: u8,
    /// What a child must be to stay covered; none when there is no limit.
    pub child_limit: Option<ChildLimit>,
    /// Benefit packages by code.
    pub packages: BTreeMap<String, Package>,
}

/// Until when a child is covered as one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChildLimit {
    /// Coverage ends on this birthday.
    pub age: u8,
    /// Coverage of a pupil or student ends on this birthday; none when school changes nothing.
    #[serde(default)]
    pub student_age: Option<u8>,
    /// Whether a disabled child has no limit.
    #[serde(default)]
    pub unlimited_if_disabled: bool,
}

/// What a package pays.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Package {
    /// Its name.
    pub title: Text,
    /// Share that the scheme pays, by kind of care.
    pub coverage: Rates,
    /// Months of waiting when the package has its own.
    pub waiting_months: Option<u8>,
}

/// Shares by kind of care.
pub type Rates = BTreeMap<Care, Share>;

/// A kind of care with a rate of its own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Care {
    /// Care without a stay.
    Ambulatory,
    /// Care with a stay in hospital.
    Hospital,
}

/// A share between nothing and everything, exact to a hundredth of a percent.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(u16);

impl Share {
    /// Everything.
    pub const WHOLE: Self = Self(10_000);

    /// From hundredths of a percent, at most 10,000.
    #[must_use]
    pub const fn from_basis_points(points: u16) -> Option<Self> {
        if points <= Self::WHOLE.0 { Some(Self(points)) } else { None }
    }

    /// What is left for the insured.
    #[must_use]
    pub const fn rest(self) -> Self {
        Self(Self::WHOLE.0 - self.0)
    }

    /// In percent, exactly: `70`, `12.5`.
    #[must_use]
    pub fn percent(self) -> String {
        let text = format!("{}.{:02}", self.0 / 100, self.0 % 100);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    /// As a fraction of one.
    #[must_use]
    pub fn fraction(self) -> f64 {
        f64::from(self.0) / f64::from(Self::WHOLE.0)
    }
}

impl fmt::Debug for Share {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{:02} %", self.0 / 100, self.0 % 100)
    }
}

impl Serialize for Share {
    /// As a fraction of one: `0.7`.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.fraction())
    }
}

/// What a number in a question stands for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum NumberKind {
    /// The record number of a scheme.
    Record(SchemeId),
    /// A number of a system, such as `ml-nina`.
    System(String),
}

impl Registry {
    /// Reads the files of all schemes: `(file name, YAML)`.
    ///
    /// # Errors
    /// Everything that is wrong with any of them, examples in the files included.
    pub fn parse<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Vec<Problem>> {
        spec::read_all(files).map(|schemes| Self { schemes })
    }

    /// A scheme by its id.
    #[must_use]
    pub fn scheme(&self, id: &SchemeId) -> Option<&Scheme> {
        self.schemes.get(id)
    }

    /// Every scheme, by id.
    pub fn schemes(&self) -> impl Iterator<Item = &Scheme> {
        self.schemes.values()
    }

    /// Whether nobody may draw on both schemes on a day.
    #[must_use]
    pub fn exclude_each_other(&self, one: &SchemeId, other: &SchemeId, on: Date) -> bool {
        let says = |one: &SchemeId, other: &SchemeId| {
            self.schemes.get(one).is_some_and(|scheme| {
                scheme.excludes.iter().any(|exclusion| {
                    exclusion.scheme == *other
                        && exclusion.from.is_none_or(|from| from <= on)
                        && exclusion.to.is_none_or(|to| on <= to)
                })
            })
        };
        says(one, other) || says(other, one)
    }

    /// What a partner means by a type of number: a scheme (`ML-UTM`), the code of a national number
    /// (`NINA`) or a system's id (`ml-nina`), whatever the case.
    #[must_use]
    pub fn number_kind(&self, code: &str) -> Option<NumberKind> {
        if let Some(scheme) = code.parse().ok().filter(|id| self.schemes.contains_key(id)) {
            return Some(NumberKind::Record(scheme));
        }
        let says = |number: &NumberSystem| {
            number.code.eq_ignore_ascii_case(code) || number.system.eq_ignore_ascii_case(code)
        };
        self.schemes.values().find_map(|scheme| {
            if says(&scheme.record_number) {
                return Some(NumberKind::Record(scheme.id.clone()));
            }
            let found = scheme.identifiers.iter().find(|number| says(number))?;
            Some(NumberKind::System(found.system.clone()))
        })
    }
}

impl Scheme {
    /// The parameters in force on a day.
    #[must_use]
    pub fn terms_on(&self, day: Date) -> Option<&Terms> {
        self.terms.iter().find(|terms| {
            terms.from.is_none_or(|from| from <= day) && terms.to.is_none_or(|to| day <= to)
        })
    }

    /// The reasons that its data cannot tell from this one.
    #[must_use]
    pub fn like(&self, reason: Reason) -> Vec<Reason> {
        let groups = self.indistinct.iter().filter(|group| group.contains(&reason));
        groups.flatten().copied().filter(|other| *other != reason).collect()
    }

    /// The package of a coverage on a day: the one named, or the only one there is.
    #[must_use]
    pub fn package_on(&self, named: Option<&str>, day: Date) -> Option<(&str, &Package)> {
        let packages = &self.terms_on(day)?.packages;
        let found = match named {
            Some(code) => packages.get_key_value(code)?,
            None if packages.len() == 1 => packages.first_key_value()?,
            None => return None,
        };
        Some((found.0.as_str(), found.1))
    }
}

#[cfg(test)]
pub(super) mod tests;
