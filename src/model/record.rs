//! The canonical record, `beneficiary/1`: one person as one scheme sees them.
//!
//! Names follow FHIR R4 and SPDCI where they have one. The published shape is
//! `schemas/beneficiary/1.json`; these types read and write exactly that document.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{PartialDate, SchemeId};

/// One person as one scheme sees them.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BeneficiaryRecord {
    /// Where the record comes from.
    pub source: Source,
    /// Who it is about.
    pub person: Person,
    /// The family or contract group in which the scheme sees the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub household: Option<Household>,
    /// What the person is covered by; empty for mere membership lists.
    #[serde(default)]
    pub coverages: Vec<Coverage>,
    /// Fields of one scheme that a mapping names and `beneficiary/1` has no place for, by scheme.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub extensions: serde_json::Map<String, serde_json::Value>,
}

/// Where a record comes from.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The scheme that sent it.
    pub scheme: SchemeId,
    /// The scheme's own id of the record.
    pub record_id: String,
    /// When the scheme itself recorded it, as the scheme says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<String>,
}

/// The person.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Names, the official one first.
    #[serde(default)]
    pub names: Vec<HumanName>,
    /// Administrative sex.
    #[serde(default)]
    pub sex: Sex,
    /// Birth date with its precision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<PartialDate>,
    /// Place of birth, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_place: Option<String>,
    /// Date of death, when reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub death_date: Option<PartialDate>,
    /// National and other numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// Phone numbers in E.164.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<String>,
    /// Places of residence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Address>,
    /// ISO 3166-1 alpha-2 country of nationality.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nationality: Option<String>,
    /// Marital status, FHIR `v3-MaritalStatus` code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marital_status: Option<String>,
    /// Formal, informal, none or unknown employment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub employment: Option<Employment>,
}

/// A name of a person; family and given names may each be missing.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HumanName {
    /// What the name is used for.
    #[serde(default, rename = "use")]
    pub usage: NameUse,
    /// Family name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// Given names, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub given: Vec<String>,
    /// Titles set aside, such as `El Hadj`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prefix: Vec<String>,
    /// The whole name as written, when its parts are uncertain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// What a name is used for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NameUse {
    /// The name that the scheme uses.
    #[default]
    Official,
    /// The name before marriage.
    Maiden,
    /// Another name.
    Alias,
}

/// Administrative sex.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Not stated.
    #[default]
    Unknown,
}

/// Kind of employment (ILO R204 speaks of moves between the first two).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Employment {
    /// Formal employment.
    Formal,
    /// Informal employment.
    Informal,
    /// No employment.
    None,
    /// Not stated.
    Unknown,
}

/// A number in a system of numbers.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identifier {
    /// Id of the system in the registry, such as `ml-nina`, `ci-nni`, `ci-cmu`, `ng-nin`.
    pub system: String,
    /// The number, normalised: no blanks, upper case.
    pub value: String,
}

/// A place of residence.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// ISO 3166-2, or a code of `mappings/codes/ml-regions` where ISO has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// District or cercle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
    /// Commune or local government area.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commune: Option<String>,
    /// Village, quarter or camp.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locality: Option<String>,
    /// The whole address as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// The group in which a scheme sees a person: a family, a contract.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Household {
    /// The scheme's id of the group.
    pub id: String,
    /// Record id of the head or principal, when the scheme names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head_record_id: Option<String>,
    /// The person's place in it.
    pub relationship: Relationship,
}

/// A person's place in a household.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Relationship {
    /// The head or principal insured.
    Head,
    /// Spouse of the head.
    Spouse,
    /// Child of the head.
    Child,
    /// Parent of the head.
    Parent,
    /// Brother or sister of the head.
    Sibling,
    /// Anyone else.
    Other,
}

/// What one scheme grants a person.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// The scheme that grants it.
    pub scheme: SchemeId,
    /// The contract (family file) it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract_id: Option<String>,
    /// The number on the card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_number: Option<String>,
    /// Code of the benefit package in the registry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// Day of enrolment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrolled_on: Option<Date>,
    /// First and last covered day.
    #[serde(default)]
    pub period: Period,
    /// Status that the scheme last reported.
    pub status: CoverageStatus,
    /// Since when it has this status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_since: Option<Date>,
    /// Day from which the coverage is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_on: Option<Date>,
    /// Suspensions: from the first day, until the day of reinstatement.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspensions: Vec<Suspension>,
    /// Last day for which contributions are paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_until: Option<Date>,
    /// Contribution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contribution: Option<Contribution>,
    /// Pupil or student: later age limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub student: Option<bool>,
    /// No age limit; the consequence, never the cause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
    /// Institution that answers for it, when it is not the scheme's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub institution: Option<String>,
    /// Programme within the scheme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub programme: Option<String>,
}

/// First day on which rights are open, and last covered day.
#[derive(Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// First covered day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Date>,
    /// Last covered day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Date>,
}

/// Status of a coverage as the scheme reports it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CoverageStatus {
    /// In force, as far as the dates allow.
    Active,
    /// Suspended.
    Suspended,
    /// Closed.
    Ended,
    /// Registered, rights not yet open.
    Pending,
}

/// A suspension of rights.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suspension {
    /// First suspended day.
    pub from: Date,
    /// Day of reinstatement, from which rights are open again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
}

/// A contribution: a decimal string, never a float.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contribution {
    /// Decimal amount, such as `2200` or `45000.00`.
    pub amount: String,
    /// ISO 4217.
    pub currency: String,
    /// How often it is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<Every>,
}

/// How often a contribution is due.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Every {
    /// Each month.
    Month,
    /// Each year.
    Year,
}

impl std::fmt::Debug for BeneficiaryRecord {
    /// Only what is not personal: the scheme.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "BeneficiaryRecord({})", self.source.scheme)
    }
}

impl BeneficiaryRecord {
    /// Reads a `beneficiary/1` document.
    ///
    /// # Errors
    /// When the bytes are not such a document; the message names no value.
    pub fn from_json(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}
