//! Two records compared field by field, in levels; every level has weights against three rivals.
//!
//! The question is never only "same person or chance?". People of one house share phone, village,
//! surname and contract, so a pair must also beat "another member of the household" and "a twin".

mod facts;
mod names;

use smallvec::SmallVec;

use super::frequency::{Frequencies, NameShares};
use super::line::{Line, NONE, Vocabulary};
use super::model::{Chances, Model};
use super::symbols::{Likeness, Neighbours, Symbol, UNKNOWN, likeness_among};

pub use facts::{NumberLevel, births, numbers, phones, places, sexes};
pub use names::{Agreement, Names, names};

/// Bits for "the same person" against each rival.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Weight {
    /// Against a twin.
    pub twin: f32,
    /// Against another member of the household.
    pub household: f32,
    /// Against somebody unrelated.
    pub unrelated: f32,
}

impl Weight {
    /// The weight of a level, given the share of people who have the value.
    #[must_use]
    pub fn of(level: &Chances, share: f32) -> Self {
        let same = level.same.bits(share);
        Self {
            twin: same - level.twin.bits(share),
            household: same - level.household.bits(share),
            unrelated: same - level.unrelated.bits(share),
        }
    }

    /// The weight against all rivals together.
    #[must_use]
    pub fn combined(self) -> f32 {
        let odds = (-self.twin).exp2() + (-self.household).exp2() + (-self.unrelated).exp2();
        -odds.log2()
    }
}

impl std::ops::Add for Weight {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            twin: self.twin + other.twin,
            household: self.household + other.household,
            unrelated: self.unrelated + other.unrelated,
        }
    }
}

/// A field that is compared.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "named after what they compare")]
pub enum Field {
    Prior,
    Given,
    Family,
    Birth,
    Sex,
    Identifier,
    Phone,
    Place,
    Company,
}

impl Field {
    /// The name of the field, as in the model.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Prior => "prior",
            Self::Given => "given",
            Self::Family => "family",
            Self::Birth => "birth",
            Self::Sex => "sex",
            Self::Identifier => "identifier",
            Self::Phone => "phone",
            Self::Place => "place",
            Self::Company => "company",
        }
    }
}

/// One bar of the waterfall.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct FieldWeight {
    /// The field.
    pub field: Field,
    /// Its level of agreement.
    pub level: &'static str,
    /// Its weight.
    pub weight: Weight,
    /// Share of the population with the value; 1 where it plays no part.
    pub share: f32,
}

/// A name token with what is needed to compare it with many others.
#[derive(Clone)]
pub struct Token {
    symbol: Symbol,
    neighbours: Neighbours,
    /// A bit for each of the neighbours' last six bits: most symbols are seen to be none without looking for them.
    marks: u64,
    shares: NameShares,
}

impl Token {
    fn new(symbol: Symbol, neighbours: Neighbours, shares: NameShares) -> Self {
        let marks = neighbours.iter().fold(0, |marks, (symbol, _)| marks | mark(*symbol));
        Self { symbol, neighbours, marks, shares }
    }

    fn likeness(&self, other: Symbol) -> Likeness {
        if self.symbol == other {
            return Likeness::Equal;
        }
        if self.marks & mark(other) == 0 {
            return Likeness::Different;
        }
        likeness_among(&self.neighbours, other).unwrap_or(Likeness::Different)
    }
}

const fn mark(symbol: Symbol) -> u64 {
    1 << (symbol % 64)
}

/// A record, or a question, made ready to be compared with many lines.
#[derive(Clone)]
pub struct Prepared {
    pub(crate) line: Line,
    family: SmallVec<[Token; 3]>,
    given: SmallVec<[Token; 4]>,
    priors: [FieldWeight; 3],
}

/// Everything a comparison looks into.
#[derive(Clone, Copy)]
pub struct Context<'c> {
    /// The weights.
    pub model: &'c Model,
    /// The tables.
    pub vocabulary: &'c Vocabulary,
    /// The shares.
    pub frequencies: &'c Frequencies,
}

impl Context<'_> {
    /// Makes a line ready.
    #[must_use]
    pub fn prepare(&self, line: Line) -> Prepared {
        let token = |symbol: Symbol| {
            let neighbours = self.vocabulary.symbols.near(symbol).into();
            Token::new(symbol, neighbours, self.frequencies.name(symbol))
        };
        Prepared {
            family: line.family().map(token).collect(),
            given: line.given().map(token).collect(),
            priors: priors(*self),
            line,
        }
    }

    /// Makes names ready that no record may ever have had.
    #[must_use]
    pub fn prepare_names(&self, line: Line, family: &[String], given: &[String]) -> Prepared {
        let token = |text: &String| {
            let probe = self.vocabulary.symbols.probe(text, &self.model.equivalences);
            let shares = match probe.symbol {
                UNKNOWN => self.frequencies.stranger(&probe.neighbours),
                symbol => self.frequencies.name(symbol),
            };
            Token::new(probe.symbol, probe.neighbours, shares)
        };
        Prepared {
            line,
            family: family.iter().take(3).map(token).collect(),
            given: given.iter().take(4).map(token).collect(),
            priors: priors(*self),
        }
    }
}

/// How two records stand to each other before anything is compared.
#[must_use]
pub fn prior(a: &Prepared, b: &Line) -> FieldWeight {
    let line = &a.line;
    let one_contract = line.household != NONE && line.household == b.household;
    let [contract, scheme, apart] = a.priors;
    if one_contract {
        contract
    } else if line.scheme == b.scheme {
        scheme
    } else {
        apart
    }
}

/// The priors within one contract, within one scheme, and of two schemes.
fn priors(context: Context<'_>) -> [FieldWeight; 3] {
    let priors = &context.model.priors;
    let records = context.frequencies.records().max(2.0);
    let members = priors.household_members;
    let bar = |level: &'static str, same: f32, unrelated: f32, against_members: f32| {
        let weight = Weight {
            twin: (against_members / priors.twin).log2(),
            household: against_members.log2(),
            unrelated: (same / unrelated).log2(),
        };
        FieldWeight { field: Field::Prior, level, weight, share: 1.0 }
    };
    let within = priors.doubles_in_contract;
    // Outside a contract the household is only met at all when it is known elsewhere too: then the
    // person themself is there with about the chance of each other member.
    let elsewhere = 1.0 / members;
    [
        // Members of one contract are never strangers to each other.
        bar("one_contract", within, f32::MIN_POSITIVE, within / members),
        bar("one_scheme", priors.doubles_per_record, records, elsewhere),
        bar("two_schemes", priors.matches_per_record, records, elsewhere),
    ]
}
