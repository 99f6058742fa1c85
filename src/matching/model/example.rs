//! An example in a match model: two people as records say them, and what the model is to make of them.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::record::{
    Address, Household, HumanName, Identifier, NameUse, Person, Relationship, Sex, Source,
};
use crate::model::{BeneficiaryRecord, PartialDate, SchemeId};

/// One example.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows.
    pub name: String,
    /// One record.
    pub one: Somebody,
    /// The other.
    pub other: Somebody,
    /// What becomes of the two, alone in a hub.
    pub expect: Expected,
}

/// What becomes of two records.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// They are one person.
    Join,
    /// A person is asked.
    Review,
    /// They are two.
    Apart,
}

impl Expected {
    /// As the file says it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Join => "join",
            Self::Review => "review",
            Self::Apart => "apart",
        }
    }
}

/// Invented people only: a model is published with its examples.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Somebody {
    /// The scheme whose record it is.
    pub scheme: SchemeId,
    /// Family name.
    #[serde(default)]
    pub family: Option<String>,
    /// Given names.
    #[serde(default)]
    pub given: Option<String>,
    /// Sex.
    #[serde(default)]
    pub sex: Sex,
    /// Birth date with its precision.
    #[serde(default)]
    pub birth_date: Option<PartialDate>,
    /// Phone, E.164.
    #[serde(default)]
    pub phone: Option<String>,
    /// Village or quarter.
    #[serde(default)]
    pub locality: Option<String>,
    /// Contract within the scheme.
    #[serde(default)]
    pub household: Option<String>,
    /// Numbers by system.
    #[serde(default)]
    pub identifiers: BTreeMap<String, String>,
}

impl Somebody {
    /// The record, under an id of its own within its scheme.
    #[must_use]
    pub fn record(&self, record_id: &str) -> BeneficiaryRecord {
        let name = HumanName {
            usage: NameUse::Official,
            family: self.family.clone(),
            given: self.given.iter().cloned().collect(),
            ..HumanName::default()
        };
        let identifiers = self
            .identifiers
            .iter()
            .map(|(system, value)| Identifier { system: system.clone(), value: value.clone() });
        let address = self
            .locality
            .iter()
            .map(|place| Address { locality: Some(place.clone()), ..Address::default() });
        BeneficiaryRecord {
            source: Source {
                scheme: self.scheme.clone(),
                record_id: record_id.to_owned(),
                recorded_at: None,
            },
            person: Person {
                names: vec![name],
                sex: self.sex,
                birth_date: self.birth_date,
                birth_place: None,
                death_date: None,
                identifiers: identifiers.collect(),
                phones: self.phone.iter().cloned().collect(),
                addresses: address.collect(),
                nationality: None,
                marital_status: None,
                employment: None,
            },
            household: self.household.as_ref().map(|id| Household {
                id: id.clone(),
                head_record_id: None,
                relationship: Relationship::Other,
            }),
            coverages: Vec::new(),
            extensions: serde_json::Map::new(),
        }
    }
}
