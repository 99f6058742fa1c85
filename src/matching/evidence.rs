//! What a pair shows, each kind of it as one of a few levels: what experience is counted by.
//!
//! The bars of [`super::score`] take fields for independent. They are not: a weak date beside a
//! common name in a large town says less than the sum of the three. [`super::experience`] holds
//! what pairs with a known answer have taught about single levels and about two together, by the
//! levels here. No level knows a name, a number or a place: only how rare it is.

use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident($levels:literal),)*) => {
        /// A kind of evidence.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[repr(u8)]
        pub enum Kind {
            $($(#[$doc])* $kind,)*
        }

        impl Kind {
            /// All kinds, in order.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)*];

            /// How many levels it has; they count from 0, which says that nothing is known.
            #[must_use]
            pub const fn levels(self) -> usize {
                match self {
                    $(Self::$kind => $levels,)*
                }
            }
        }
    };
}

kinds! {
    /// Likeness of the given names: 1 equal, 2 equivalent, 3 phonetic, 4 related, 5 similar, 6 different.
    Given(7),
    /// How rare the given name is, from 1 (a quarter of all) in steps of 1.25 bits.
    GivenRarity(10),
    /// The other given names: 1 there are none, 2 they agree, 3 one side has none, 4 some agree, 5 they contradict.
    GivenRest(6),
    /// Likeness of the family names, as of the given ones.
    Family(7),
    /// Weight of the family name against strangers, in steps of 1.25 bits.
    FamilyRarity(11),
    /// Level of the birth dates, in the order of [`super::birth::BirthLevel`].
    Birth(11),
    /// Weight of the birth dates against strangers, in steps of 2 bits.
    BirthRarity(13),
    /// Generation, from 1 (born before 1955) to 7 (born since 2016).
    Age(8),
    /// Sex: 1 equal, 2 different.
    Sex(3),
    /// Numbers: 0 neither has one, 1 one has, 2 both have and they cannot be compared, 3 equal, 4 close, 5 different.
    Number(6),
    /// Phones: 0 neither has one, 1 one has, 2 different, from 3 shared by more and more records.
    Phone(8),
    /// Phones of the two households: 1 different, 2 one is shared.
    HousePhone(3),
    /// Places: 1 to 8 the same, ever rarer; 9 to 11 the same region; 12 the same country; 13 elsewhere.
    Place(14),
    /// The other members of the two households: see [`super::score::Seen`].
    Company(16),
    /// Others in the two households who bear the name and may be of the age: 1 none, 2 in one, 3 in both.
    Namesakes(4),
    /// Contracts: 0 two schemes, 1 one scheme, 2 one contract.
    Contract(3),
    /// Places in the household: 1 both head, 2 spouse, 3 child, 4 another, from 5 different ones.
    Role(10),
    /// Order of names: 1 unknown on one side, 2 family and given name exchanged.
    Order(3),
    /// Why it may not join by itself, in the order of [`super::score::Objection`].
    Objection(5),
    /// Weight against all rivals, in steps of 1 bit from -12.
    Weight(40),
    /// Weight against strangers, in steps of 1.5 bits from -14.
    AgainstStrangers(28),
    /// Weight against members of the household, in steps of 1 bit from -10.
    AgainstHousehold(28),
    /// Weight against twins, in steps of 1 bit from -6.
    AgainstTwins(20),
    /// Weight of the pair by itself with what was learnt, in steps of 1 bit from -12.
    Alone(40),
    /// Lead over the best rival of either record, in steps of 1 bit from -6.
    Lead(24),
    /// Lead over the best rival of the record whose rivals are weaker.
    OtherLead(24),
    /// Weight of the better of two ways round by a third record, in steps of 2 bits.
    Common(14),
    /// Two different birth dates: 1 a third record bears out one of them, 2 others bear out both.
    DatesConfirmed(3),
    /// Other records that either looks like: 0 none, then 1, 2, 3, 5, 8, 15 and more.
    Crowd(8),
}

/// How many kinds there are.
pub const KINDS: usize = Kind::ALL.len();

/// The level of every kind, for one pair.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Evidence([u8; KINDS]);

impl Default for Evidence {
    fn default() -> Self {
        Self([0; KINDS])
    }
}

impl Evidence {
    /// The level of a kind.
    #[must_use]
    pub const fn level(&self, kind: Kind) -> u8 {
        self.0[kind as usize]
    }

    /// States the level of a kind.
    pub fn set(&mut self, kind: Kind, level: u8) {
        let most = u8::try_from(kind.levels() - 1).unwrap_or(u8::MAX);
        self.0[kind as usize] = level.min(most);
    }

    /// States the level of a kind that is measured in bits: the step it falls into, from `first`.
    pub fn set_bits(&mut self, kind: Kind, first: u8, bits: f32, least: f32, width: f32) {
        self.set(kind, first.saturating_add(step(bits, least, width)));
    }

    /// All levels, in the order of the kinds.
    #[must_use]
    pub const fn levels(&self) -> &[u8; KINDS] {
        &self.0
    }
}

/// Bits in steps of `width` from `least`; what is less falls into the first.
#[must_use]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the range")]
pub fn step(bits: f32, least: f32, width: f32) -> u8 {
    ((bits - least) / width).clamp(0.0, 254.0) as u8
}
