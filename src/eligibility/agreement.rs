//! Agreements as data: who may ask about whose insured, why, from when to when, on which basis.
//!
//! Denied unless a grant in force allows it. A refusal says which condition failed and is decided
//! before anybody looks for the person, so it cannot tell whether the person exists. One file an
//! agreement, `mappings/agreements/<agreement>.yaml`.

mod partner;
mod spec;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::{IssueCode, SchemeId};

use super::answer::Answer;
use super::document::{Problem, Text};
use super::facts::RecordFacts;

pub use partner::{Partner, PublicKey, Reading, Signature};

/// Every agreement that the hub knows.
#[derive(Debug, Default)]
pub struct Agreements {
    list: Vec<Agreement>,
}

/// One agreement.
#[derive(Debug)]
pub struct Agreement {
    /// Its id, such as `ci-ml`.
    pub id: String,
    /// Version of the file.
    pub version: String,
    /// Its name.
    pub title: Text,
    /// The legal basis.
    pub basis: Basis,
    /// First day.
    pub from: Date,
    /// Last day; none until further notice.
    pub to: Option<Date>,
    /// What is allowed.
    pub grants: Vec<Grant>,
    /// How those exchange who do so in messages, by their id.
    pub partners: BTreeMap<String, Partner>,
}

/// The legal basis of an agreement.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// In words.
    pub text: Text,
    /// Number of the text, once it is signed and registered.
    #[serde(default)]
    pub reference: Option<String>,
}

/// What one partner may ask.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// Who may ask.
    pub askers: BTreeSet<SchemeId>,
    /// About whose insured.
    pub insured: BTreeSet<SchemeId>,
    /// For which purposes.
    pub purposes: BTreeSet<String>,
    /// Which fields of an answer come back.
    pub fields: BTreeSet<Field>,
}

/// A field of an answer that an agreement may grant. Verdict and reason always come back.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The scheme that answers.
    Scheme,
    /// Every scheme under which the person is covered.
    EligibleSchemes,
    /// The benefit package.
    Package,
    /// What the scheme pays.
    CoverageRate,
    /// What is left for the insured.
    CopayRate,
    /// First and last covered day.
    Rights,
    /// Who answers for it.
    ResponsibleInstitution,
    /// The hub's id of the person.
    PersonId,
    /// The numbers that the insured's records bear.
    Identifiers,
    /// Name, sex, birth date, phone and address.
    Demographics,
    /// That the hub knows somebody, where it may show nothing else of them: they stand only in lists that grant
    /// nothing, in schemes that the agreement does not cover, or they are several.
    Existence,
}

impl Field {
    /// Every field.
    pub const ALL: [Self; 11] = [
        Self::Scheme,
        Self::EligibleSchemes,
        Self::Package,
        Self::CoverageRate,
        Self::CopayRate,
        Self::Rights,
        Self::ResponsibleInstitution,
        Self::PersonId,
        Self::Identifiers,
        Self::Demographics,
        Self::Existence,
    ];
}

/// Why a question is not answered at all.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, thiserror::Error)]
pub enum Refusal {
    /// The asker stands in no agreement.
    #[error("the asker is no partner")]
    UnknownPartner,
    /// No agreement in force allows the asker this purpose.
    #[error("no agreement in force allows this purpose")]
    PurposeNotAllowed,
    /// No agreement in force covers these insured.
    #[error("no agreement in force covers these insured")]
    NoAgreement,
}

impl Refusal {
    /// The code of the catalogue.
    #[must_use]
    pub const fn code(self) -> IssueCode {
        match self {
            Self::UnknownPartner => IssueCode::UnknownPartner,
            Self::PurposeNotAllowed => IssueCode::PurposeNotAllowed,
            Self::NoAgreement => IssueCode::NoAgreement,
        }
    }
}

/// What an asker may learn, insured by insured.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Permission {
    granted: BTreeMap<SchemeId, BTreeSet<Field>>,
    /// The agreements that say so, as `id/version`, for the audit.
    pub agreements: BTreeSet<String>,
}

impl Agreements {
    /// Reads the files of all agreements: `(file name, YAML)`.
    ///
    /// # Errors
    /// Everything that is wrong with any of them, examples in the files included.
    pub fn parse<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Vec<Problem>> {
        spec::read_all(files).map(|list| Self { list })
    }

    /// Every agreement.
    pub fn iter(&self) -> impl Iterator<Item = &Agreement> {
        self.list.iter()
    }

    /// How somebody exchanges messages on a day; as everybody does where no agreement in force says it.
    #[must_use]
    pub fn partner(&self, id: &str, on: Date) -> Partner {
        let in_force = self.list.iter().filter(|agreement| agreement.in_force(on));
        in_force
            .filter_map(|agreement| agreement.partners.get(id))
            .next()
            .cloned()
            .unwrap_or_default()
    }

    /// The purposes for which `asker` may ask anything on a day.
    #[must_use]
    pub fn purposes(&self, asker: &str, on: Date) -> BTreeSet<&str> {
        let in_force = self.list.iter().filter(|agreement| agreement.in_force(on));
        in_force
            .flat_map(|agreement| &agreement.grants)
            .filter(|grant| grant.askers.iter().any(|known| known.as_str() == asker))
            .flat_map(|grant| grant.purposes.iter().map(String::as_str))
            .collect()
    }

    /// What `asker` may learn for `purpose` on the day `on` on which it asks, about the insured of
    /// `scheme` or, when it names none, of every scheme that is granted.
    ///
    /// # Errors
    /// The condition that failed.
    pub fn check(
        &self,
        asker: &str,
        purpose: &str,
        scheme: Option<&SchemeId>,
        on: Date,
    ) -> Result<Permission, Refusal> {
        let grants: Vec<(&Agreement, &Grant)> = self
            .list
            .iter()
            .flat_map(|agreement| agreement.grants.iter().map(move |grant| (agreement, grant)))
            .filter(|(_, grant)| grant.askers.iter().any(|known| known.as_str() == asker))
            .collect();
        if grants.is_empty() {
            return Err(Refusal::UnknownPartner);
        }
        let mut in_force =
            grants.into_iter().filter(|(agreement, _)| agreement.in_force(on)).peekable();
        if in_force.peek().is_none() {
            return Err(Refusal::NoAgreement);
        }
        let mut allowed = in_force.filter(|(_, grant)| grant.purposes.contains(purpose)).peekable();
        if allowed.peek().is_none() {
            return Err(Refusal::PurposeNotAllowed);
        }
        let permission = Permission::of(allowed, scheme);
        if permission.granted.is_empty() { Err(Refusal::NoAgreement) } else { Ok(permission) }
    }
}

impl Agreement {
    fn in_force(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|last| day <= last)
    }
}

impl Permission {
    fn of<'a>(
        grants: impl Iterator<Item = (&'a Agreement, &'a Grant)>,
        scheme: Option<&SchemeId>,
    ) -> Self {
        let mut permission = Self { granted: BTreeMap::new(), agreements: BTreeSet::new() };
        for (agreement, grant) in grants {
            for insured in &grant.insured {
                if scheme.is_none_or(|scheme| scheme == insured) {
                    let fields = permission.granted.entry(insured.clone()).or_default();
                    fields.extend(&grant.fields);
                    permission.agreements.insert(format!("{}/{}", agreement.id, agreement.version));
                }
            }
        }
        permission
    }

    /// Whether the asker may learn about the insured of a scheme.
    #[must_use]
    pub fn covers(&self, scheme: &SchemeId) -> bool {
        self.granted.contains_key(scheme)
    }

    /// The fields that come back in an answer that speaks of a scheme; of none, those that every
    /// grant allows.
    #[must_use]
    pub fn fields(&self, scheme: Option<&SchemeId>) -> BTreeSet<Field> {
        match scheme {
            Some(scheme) => self.granted.get(scheme).cloned().unwrap_or_default(),
            None => {
                let mut all = self.granted.values();
                let first = all.next().cloned().unwrap_or_default();
                all.fold(first, |common, fields| &common & fields)
            }
        }
    }

    /// The answer as the asker hears it. Somebody of whom it may learn nothing is nobody to it, unless every grant lets it
    /// know that there is such a person.
    #[must_use]
    pub fn told(&self, answer: Answer) -> Answer {
        let hidden =
            answer.reason.tells_only_existence() && !self.fields(None).contains(&Field::Existence);
        if hidden { answer.as_of_nobody() } else { answer }
    }

    /// Leaves out of the facts what the asker may not learn. A death stays, whoever reported it:
    /// it decides the answer and does not say where it was reported.
    pub fn restrict(&self, facts: &mut [RecordFacts]) {
        for fact in facts {
            fact.says.coverages.retain(|coverage| self.covers(&coverage.scheme));
        }
    }
}

#[cfg(test)]
mod tests;
