//! The fields that are compared, and for each level of agreement how likely it is in each class of pairs.

use serde::Deserialize;

use super::ModelError;

/// How likely something is: a number, or a share of the population that has the same value.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(from = "Written")]
pub enum Chance {
    /// The same for every value.
    Fixed {
        /// The chance.
        chance: f32,
        /// Its binary logarithm: a weight is made of these, and of millions of pairs a second.
        bits: f32,
    },
    /// `share` times the share of people with this value, and at least `floor`.
    Share {
        /// Factor.
        share: f32,
        /// Least chance: what coincidences the shares cannot know about happen anyway.
        floor: f32,
    },
}

/// A chance as it stands in the file.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Fixed(f32),
    Share { share: f32, floor: f32 },
}

impl From<Written> for Chance {
    fn from(written: Written) -> Self {
        match written {
            Written::Fixed(chance) => Self::Fixed { chance, bits: chance.log2() },
            Written::Share { share, floor } => Self::Share { share, floor },
        }
    }
}

impl Chance {
    /// The binary logarithm of the chance, given the share of people who have the value.
    #[must_use]
    pub fn bits(self, population: f32) -> f32 {
        match self {
            Self::Fixed { bits, .. } => bits,
            Self::Share { share, floor } => (share * population).max(floor).log2(),
        }
    }

    fn is_sound(self) -> bool {
        let within = |chance: f32| chance > 0.0 && chance <= 1.0;
        match self {
            Self::Fixed { chance, .. } => within(chance),
            Self::Share { share, floor } => share > 0.0 && share.is_finite() && within(floor),
        }
    }
}

/// How likely one level of agreement is in each class of pairs.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chances {
    /// Two records of one person.
    pub same: Chance,
    /// Two people born together.
    pub twin: Chance,
    /// Two other people of one household.
    pub household: Chance,
    /// Two people who have nothing to do with each other.
    pub unrelated: Chance,
}

macro_rules! levels {
    ($($(#[$doc:meta])* $field:ident { $($level:ident)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[allow(missing_docs, reason = "the levels are described where they are compared")]
        pub struct $field { $(pub $level: Chances,)* }

        impl $field {
            fn check(&self, name: &str, errors: &mut Vec<ModelError>) {
                $(check_level(&format!("{name}/{}", stringify!($level)), &self.$level, errors);)*
            }
        }
    )*};
}

levels! {
    /// Chances of the levels of given names.
    Given { equal equivalent phonetic related similar conflict further missing contradicted }
    /// Chances of the levels of family names.
    Family { equal equivalent phonetic related similar conflict }
    /// Chances of the levels of birth dates.
    Birth {
        day default_day swapped one_part year_slip year year_reduced default_reduced near conflict
    }
    /// Chances of the levels of sex.
    SexLevels { equal conflict }
    /// Chances of the levels of identifiers.
    IdentifierLevels { equal close conflict }
    /// Chances of the levels of phone numbers.
    PhoneLevels { equal conflict }
    /// Chances of the levels of places.
    PlaceLevels { place region country elsewhere }
    /// Chances of what the other members of two households say.
    CompanyLevels { several one nobody_of_few nobody }
}

/// The levels of every field.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "named after what they weigh")]
pub struct Fields {
    pub given: Given,
    pub family: Family,
    pub birth: Birth,
    pub sex: SexLevels,
    pub identifier: IdentifierLevels,
    pub phone: PhoneLevels,
    pub place: PlaceLevels,
    pub company: CompanyLevels,
}

impl Fields {
    /// What is wrong with any level.
    pub(super) fn check(&self, errors: &mut Vec<ModelError>) {
        self.given.check("given", errors);
        self.family.check("family", errors);
        self.birth.check("birth", errors);
        self.sex.check("sex", errors);
        self.identifier.check("identifier", errors);
        self.phone.check("phone", errors);
        self.place.check("place", errors);
        self.company.check("company", errors);
    }
}

fn check_level(place: &str, level: &Chances, errors: &mut Vec<ModelError>) {
    let classes = [
        ("same", level.same),
        ("twin", level.twin),
        ("household", level.household),
        ("unrelated", level.unrelated),
    ];
    for (class, chance) in classes {
        if !chance.is_sound() {
            errors.push(ModelError::new(format!("/fields/{place}/{class}"), "0 < … ≤ 1"));
        }
    }
}
