//! The match model, `mappings/identity.yaml`: every number and every name that decisions rest on.
//!
//! For each level of agreement the file states how likely it is between two records of the same
//! person, of twins, of two people of one household, and of two unrelated people. A weight is the
//! logarithm (base 2) of the ratio of two such chances (Fellegi and Sunter, 1969), so a weight can
//! be read and argued about: 1 bit doubles the odds.

mod check;
mod example;
mod fields;

use std::fmt;

use serde::Deserialize;

pub use example::{Example, Expected, Somebody};
pub use fields::{Chance, Chances, Fields};

use super::equivalence::{Equivalences, Group};
use super::experience::{Experience, Tables};
use super::normalize;
use super::score::Objection;
use super::symbols;

/// Kind of the hash of a model's text.
const FINGERPRINT: u64 = 21;

/// One thing that is wrong with a match model.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{place}: expected {expected}")]
pub struct ModelError {
    /// Where, as a path into the document.
    pub place: String,
    /// What is expected there, in signs that need no language.
    pub expected: String,
}

impl ModelError {
    /// That something else is expected at a place.
    pub(super) fn new(place: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { place: place.into(), expected: expected.into() }
    }
}

/// A system of numbers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct System {
    /// Id of the system.
    pub system: String,
    /// Whether a person has one number for life, so that two numbers are two people.
    pub one_for_life: bool,
    /// Whether a check digit has already shown that the number was not mistyped.
    pub checked: bool,
}

/// How likely classes of pairs are before anything is compared.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Priors {
    /// Records of the same person that a record has elsewhere, on average.
    pub matches_per_record: f32,
    /// The same within one scheme, over contracts.
    pub doubles_per_record: f32,
    /// The same within one contract.
    pub doubles_in_contract: f32,
    /// Other members of the household a record meets elsewhere, on average.
    pub household_members: f32,
    /// Chance that a given other member of the household is a twin.
    pub twin: f32,
}

/// Thresholds, in bits of the final weight.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// From here two records are joined.
    pub join: f32,
    /// From here two records, by themselves, may be one person among others.
    #[serde(default = "Thresholds::near")]
    pub near: f32,
    /// What a join needs more when something speaks against it that is no veto; opposite sex in spite of a full date of
    /// birth is always left to a person.
    #[serde(default = "Thresholds::in_spite")]
    pub in_spite: f32,
    /// What a join of two records of one contract needs more.
    #[serde(default = "Thresholds::in_contract")]
    pub in_contract: f32,
    /// From here a pair is kept as a rival of others.
    #[serde(default = "Thresholds::keep")]
    pub keep: f32,
    /// From here the households of two records are looked at.
    #[serde(default = "Thresholds::look")]
    pub look: f32,
    /// From here a person is asked.
    pub review: f32,
    /// Lead over the second-best person that a join needs.
    pub margin: f32,
    /// From here a search by demographics has found somebody.
    pub search: f32,
    /// The same for a search that states neither a day of birth nor a phone.
    #[serde(default = "Thresholds::search_by_year")]
    pub search_by_year: f32,
    /// Lead over the second-best person that a search needs.
    pub search_margin: f32,
    /// Weight of a pair without an edge, when clusters are averaged.
    pub absent: f32,
    /// Largest weight that counts in an average, so that one edge cannot carry a cluster.
    pub ceiling: f32,
}

/// What holds in a model that was written before these thresholds were known.
impl Thresholds {
    const fn near() -> f32 {
        0.5
    }

    /// Nothing was joined in spite of an objection.
    const fn in_spite() -> f32 {
        100.0
    }

    const fn in_contract() -> f32 {
        0.0
    }

    const fn search_by_year() -> f32 {
        3.5
    }

    const fn keep() -> f32 {
        -6.0
    }

    const fn look() -> f32 {
        -14.0
    }
}

/// Points of the curve from final weight (bits) to probability; linear in the log odds between.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// Factor on the weight.
    pub slope: f32,
    /// Bits added.
    pub shift: f32,
    /// The most that a pair with an objection is given: what the weight cannot see speaks against it.
    pub doubtful: f32,
}

/// How names are read.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// Titles, set aside wherever they stand.
    pub titles: Vec<String>,
    /// Particles, set aside in family names.
    pub particles: Vec<String>,
    /// Words between a woman's own name and her husband's.
    pub married: Vec<String>,
    /// Words that stand where a name is not known.
    pub unknown: Vec<String>,
    /// Words after the name of a village that are not part of it.
    pub place_suffixes: Vec<String>,
    /// Forms of one name.
    pub equivalent: Vec<Group>,
    /// Forms of one root that may be two people.
    pub related: Vec<Group>,
    /// Names that look alike but are different.
    pub apart: Vec<Group>,
    /// Chance that family and given name were entered in each other's place.
    pub swapped: f32,
}

/// One rule of what a person is called when the sources disagree.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Survivorship {
    /// The value that comes with a national identifier whose check digit holds.
    Verified,
    /// The value that most sources state.
    Agreement,
    /// The most precise value.
    Precision,
    /// The value recorded last.
    Recency,
}

/// Rules of survivorship by field, applied in order until one value is left.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "named after the fields")]
pub struct SurvivorshipRules {
    pub names: Vec<Survivorship>,
    pub sex: Vec<Survivorship>,
    pub birth_date: Vec<Survivorship>,
    pub phones: Vec<Survivorship>,
    pub addresses: Vec<Survivorship>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spec {
    identity: String,
    names: Names,
    systems: Vec<System>,
    priors: Priors,
    fields: Fields,
    thresholds: Thresholds,
    calibration: Calibration,
    survivorship: SurvivorshipRules,
    #[serde(default)]
    experience: Experience,
    #[serde(default)]
    tests: Vec<Example>,
}

/// The match model.
pub struct Model {
    version: String,
    fingerprint: u64,
    pub(crate) names: Names,
    pub(crate) equivalences: Equivalences,
    pub(crate) systems: Vec<System>,
    pub(crate) priors: Priors,
    pub(crate) fields: Fields,
    pub(crate) thresholds: Thresholds,
    pub(crate) experience: Experience,
    /// What was learnt of a pair by itself, and of a pair among the others.
    pub(crate) alone: Tables,
    pub(crate) together: Tables,
    calibration: Calibration,
    survivorship: SurvivorshipRules,
    tests: Vec<Example>,
}

impl Model {
    /// Reads `identity.yaml`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(yaml: &str) -> Result<Self, Vec<ModelError>> {
        let mut spec: Spec = serde_saphyr::from_str(yaml)
            .map_err(|problem| vec![ModelError::new("", problem.to_string())])?;
        let errors = check::check(&spec);
        if !errors.is_empty() {
            return Err(errors);
        }
        let names = &mut spec.names;
        for list in [
            &mut names.titles,
            &mut names.particles,
            &mut names.married,
            &mut names.unknown,
            &mut names.place_suffixes,
        ] {
            list.iter_mut().for_each(|word| *word = normalize::tokens(word).join(" "));
        }
        let equivalences = Equivalences::new(&names.equivalent, &names.related, &names.apart);
        Ok(Self {
            version: spec.identity,
            fingerprint: symbols::hash(FINGERPRINT, yaml),
            names: spec.names,
            equivalences,
            systems: spec.systems,
            priors: spec.priors,
            fields: spec.fields,
            thresholds: spec.thresholds,
            alone: Tables::of(&spec.experience.alone),
            together: Tables::of(&spec.experience.together),
            experience: spec.experience,
            calibration: spec.calibration,
            survivorship: spec.survivorship,
            tests: spec.tests,
        })
    }

    /// The version that decisions are recorded with.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// A hash of the whole text: whether two models are the same.
    #[must_use]
    pub const fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// The thresholds.
    #[must_use]
    pub const fn thresholds(&self) -> &Thresholds {
        &self.thresholds
    }

    /// The rules of survivorship.
    #[must_use]
    pub const fn survivorship(&self) -> &SurvivorshipRules {
        &self.survivorship
    }

    /// Share of the joins that were wrong where what was learnt was tried; none when nothing was learnt.
    #[must_use]
    pub fn false_joins(&self) -> Option<f32> {
        self.experience.report.as_ref().map(|report| report.false_joins)
    }

    /// The examples that stand in it; whoever can group records runs them.
    #[must_use]
    pub fn examples(&self) -> &[Example] {
        &self.tests
    }

    /// The probability that a pair with this final weight (bits) is one person.
    #[must_use]
    pub fn probability(&self, weight: f32, objection: Option<Objection>) -> f32 {
        let bits = self.calibration.slope * weight + self.calibration.shift;
        let probability = 1.0 / (1.0 + (-bits).exp2());
        match objection {
            None => probability,
            Some(_) => probability.min(self.calibration.doubtful),
        }
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Model({})", self.version)
    }
}
