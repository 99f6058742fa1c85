//! From levels to one weight, and what may be done with it.

use smallvec::SmallVec;

use super::birth::BirthLevel;
use super::compare::{self, Context, Field, FieldWeight, Names, NumberLevel, Prepared, Weight};
use super::evidence::{Evidence, Kind};
use super::experience::Learnt;
use super::line::{Line, NONE};
use super::observe::Observed;
use super::symbols::Likeness;

/// What the other members of two households say about a pair: how many of them are, one to one, the
/// same people by name and birth.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Company {
    /// At least one of the two records stands alone, or nothing was looked at.
    Unknown,
    /// Both have two other members or more, and nobody matches.
    Nobody,
    /// Both have company, one of them a single other member, and nobody matches.
    NobodyOfFew,
    /// One other member matches.
    One,
    /// Two or more match.
    Several,
}

/// What two households say about a pair, as levels of [`Kind::Company`], [`Kind::HousePhone`] and
/// [`Kind::Namesakes`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seen {
    /// How many of the others match, roughly.
    pub company: Company,
    /// How many of those who could: 1 to 4 none of ever more, 5 to 8 one, 9 to 11 two, 12 and 13 three, 14 most and 15
    /// fewer of more.
    pub detail: u8,
    /// Whether the two households share a phone.
    pub house_phone: u8,
    /// In how many of the two households somebody else bears the name.
    pub namesakes: u8,
}

impl Seen {
    /// Nothing was looked at.
    pub const NOTHING: Self =
        Self { company: Company::Unknown, detail: 0, house_phone: 0, namesakes: 0 };
}

/// Why a pair may not be joined by itself, whatever its weight.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Objection {
    /// Two different numbers of a system in which a person has one for life. Never joined.
    DifferentNumbers,
    /// One house, one date of birth, first names that are not one name: perhaps twins.
    PerhapsTwins,
    /// Opposite sex in spite of a full date of birth.
    OppositeSex,
    /// Fewer than two independent personal fields agree.
    TooFewFields,
}

impl Objection {
    /// The name, as stored and shown.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DifferentNumbers => "different_numbers",
            Self::PerhapsTwins => "perhaps_twins",
            Self::OppositeSex => "opposite_sex",
            Self::TooFewFields => "too_few_fields",
        }
    }
}

/// A scored pair.
#[derive(Clone, PartialEq, Debug)]
pub struct Score {
    /// Bits for "the same person" against all rivals together, with what was learnt.
    pub weight: f32,
    /// The same by the bars alone.
    pub barely: f32,
    /// Why it may not be joined by itself.
    pub objection: Option<Objection>,
    /// What the pair shows.
    pub evidence: Evidence,
    /// The waterfall: every bar that takes part.
    pub bars: SmallVec<[FieldWeight; 9]>,
    /// What was learnt, bar by bar; filled for an explanation only.
    pub learnt: Vec<Learnt>,
    /// Bits of it that do not count, since the pair shows too little: `barely`, plus what was learnt, less this, is the
    /// weight.
    pub withheld: f32,
}

/// What a pair weighs, without the waterfall.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Weighed {
    /// Bits for "the same person" against all rivals together, with what was learnt.
    pub weight: f32,
    /// The same by the bars alone.
    pub barely: f32,
    /// Why it may not be joined by itself.
    pub objection: Option<Objection>,
    /// What the pair shows.
    pub evidence: Evidence,
    /// Bits of what was learnt that do not count.
    withheld: f32,
}

/// Weighs a pair: the same as [`score`], some times faster.
#[must_use]
pub fn weigh(a: &Prepared, b: &Line, seen: Seen, context: Context<'_>) -> Weighed {
    Compared::of(a, b, seen, context).weighed(a, b, seen, context)
}

/// Scores a pair, with every bar of the explanation.
#[must_use]
pub fn score(a: &Prepared, b: &Line, seen: Seen, context: Context<'_>) -> Score {
    let compared = Compared::of(a, b, seen, context);
    let Weighed { weight, barely, objection, evidence, withheld } =
        compared.weighed(a, b, seen, context);
    let bars = compared.bars().collect();
    Score { weight, barely, objection, evidence, bars, learnt: Vec::new(), withheld }
}

/// Two records field by field.
struct Compared {
    prior: FieldWeight,
    names: Names,
    births: Option<(BirthLevel, FieldWeight)>,
    sexes: Option<(bool, FieldWeight)>,
    numbers: Option<(NumberLevel, FieldWeight)>,
    phones: Option<(bool, FieldWeight)>,
    place: Option<FieldWeight>,
    company: Option<FieldWeight>,
}

impl Compared {
    fn of(a: &Prepared, b: &Line, seen: Seen, context: Context<'_>) -> Self {
        let line = &a.line;
        let names = compare::names(a, b, context);
        let family = names.family.filter(|family| family.likeness < Likeness::Different);
        Self {
            prior: compare::prior(a, b),
            births: compare::births(line, b, context),
            sexes: compare::sexes(line, b, context),
            numbers: compare::numbers(line, b, context),
            phones: compare::phones(line, b, context),
            place: compare::places(line, b, family.map(|family| family.tokens), context),
            company: company_bar(seen.company, context),
            names,
        }
    }

    /// The bars that take part, in the order of the waterfall.
    fn bars(&self) -> impl Iterator<Item = FieldWeight> {
        [
            Some(self.prior),
            self.names.given.map(|given| given.bar),
            self.names.family.map(|family| family.bar),
            self.births.map(|(_, bar)| bar),
            self.sexes.map(|(_, bar)| bar),
            self.numbers.map(|(_, bar)| bar),
            self.phones.map(|(_, bar)| bar),
            self.place,
            self.company,
        ]
        .into_iter()
        .flatten()
    }

    fn weighed(&self, a: &Prepared, b: &Line, seen: Seen, context: Context<'_>) -> Weighed {
        let line = &a.line;
        let total = self.bars().fold(Weight::default(), |sum, bar| sum + bar.weight);
        let barely = total.combined();
        let objection = self.objection(line, b, seen.company);
        let mut evidence = Evidence::default();
        let observed = Observed {
            line,
            other: b,
            names: &self.names,
            births: self.births,
            sexes: self.sexes,
            number: self.numbers.map(|(level, _)| level),
            phones: self.phones,
            place: self.place,
            total,
            weight: barely,
        };
        observed.note(&mut evidence, context);
        evidence.set(Kind::Company, seen.detail);
        evidence.set(Kind::HousePhone, seen.house_phone);
        evidence.set(Kind::Namesakes, seen.namesakes);
        evidence.set(Kind::Objection, objection.map_or(0, |objection| objection as u8 + 1));
        let learnt = context.model.alone.bits(&evidence);
        // Nobody is looked for by a name or a date alone, nor without a given name, so nothing was learnt about such
        // pairs that would speak for them.
        let by_little = objection == Some(Objection::TooFewFields)
            && (seen.company == Company::Unknown || self.names.given.is_none());
        let withheld = if by_little { learnt.max(0.0) } else { 0.0 };
        Weighed { weight: barely + learnt - withheld, barely, objection, evidence, withheld }
    }

    /// Why the pair may not be joined by itself.
    fn objection(&self, line: &Line, b: &Line, company: Company) -> Option<Objection> {
        let given = self.names.given.map(|given| given.likeness);
        let one_contract = line.household != NONE && line.household == b.household;
        // Within one contract both twins are written by one hand: a slip is no excuse for another name.
        let least_alike = if one_contract { Likeness::Related } else { Likeness::Similar };
        let whole = !one_contract || self.names.given.is_some_and(|given| given.whole);
        let one_name = whole && given.is_some_and(|likeness| likeness <= least_alike);
        let birth = self.births.map(|(level, _)| level);
        let born_that_day = birth == Some(BirthLevel::Day);
        let number = self.numbers.map(|(level, _)| level);
        let one_number = number == Some(NumberLevel::Equal);
        let agreeing = [
            given.is_some_and(|likeness| likeness <= Likeness::Similar),
            birth.is_some_and(BirthLevel::agrees),
            one_number,
        ];
        let one_house = self.phones.is_some_and(|(shared, _)| shared)
            || one_contract
            || matches!(company, Company::One | Company::Several);
        if number == Some(NumberLevel::Conflict) {
            Some(Objection::DifferentNumbers)
        } else if one_house && born_that_day && given.is_some() && !one_name && !one_number {
            Some(Objection::PerhapsTwins)
        } else if self.sexes.is_some_and(|(equal, _)| !equal) && born_that_day && !one_number {
            Some(Objection::OppositeSex)
        } else if agreeing.iter().filter(|agrees| **agrees).count() < 2 {
            Some(Objection::TooFewFields)
        } else {
            None
        }
    }
}

fn company_bar(company: Company, context: Context<'_>) -> Option<FieldWeight> {
    let levels = &context.model.fields.company;
    let (level, name) = match company {
        Company::Unknown => return None,
        Company::Nobody => (&levels.nobody, "nobody"),
        Company::NobodyOfFew => (&levels.nobody_of_few, "nobody_of_few"),
        Company::One => (&levels.one, "one"),
        Company::Several => (&levels.several, "several"),
    };
    let weight = Weight::of(level, 1.0);
    Some(FieldWeight { field: Field::Company, level: name, weight, share: 1.0 })
}
