//! Two records compared field by field, in levels; every level has weights against three rivals.
//!
//! The question is never only "same person or chance?". People of one house share phone, village,
//! surname and contract, so a pair must also beat "another member of the household" and "a twin".

use smallvec::SmallVec;

use super::birth;
use super::frequency::{Frequencies, NameShares};
use super::line::{Line, NONE, Vocabulary};
use super::model::{Chances, Model};
use super::symbols::{Likeness, Neighbours, Symbol, UNKNOWN};
use crate::model::record::Sex;

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
        let same = level.same.of(share).log2();
        Self {
            twin: same - level.twin.of(share).log2(),
            household: same - level.household.of(share).log2(),
            unrelated: same - level.unrelated.of(share).log2(),
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
    shares: NameShares,
}

impl Token {
    fn likeness(&self, other: Symbol) -> Likeness {
        if self.symbol == other {
            return Likeness::Equal;
        }
        let near = self.neighbours.iter().find(|(symbol, _)| *symbol == other);
        near.map_or(Likeness::Different, |(_, likeness)| *likeness)
    }
}

/// A record, or a question, made ready to be compared with many lines.
#[derive(Clone)]
pub struct Prepared {
    pub(crate) line: Line,
    family: SmallVec<[Token; 3]>,
    given: SmallVec<[Token; 4]>,
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
        let token = |symbol: Symbol| Token {
            symbol,
            neighbours: self.vocabulary.symbols.near(symbol).into(),
            shares: self.frequencies.name(symbol),
        };
        Prepared {
            family: line.family().map(token).collect(),
            given: line.given().map(token).collect(),
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
            Token { symbol: probe.symbol, neighbours: probe.neighbours, shares }
        };
        Prepared {
            line,
            family: family.iter().take(3).map(token).collect(),
            given: given.iter().take(4).map(token).collect(),
        }
    }
}

/// How the names of two records agree.
#[derive(Clone, Copy)]
pub struct Names {
    /// Given names.
    pub given: Option<Agreement>,
    /// Family names.
    pub family: Option<Agreement>,
    /// Whether family and given name are in each other's place.
    pub swapped: bool,
}

/// One agreement.
#[derive(Clone, Copy)]
pub struct Agreement {
    /// How alike the most telling tokens are.
    pub likeness: Likeness,
    /// Whether every token of both sides found its partner.
    pub whole: bool,
    /// How many tokens found a partner.
    pub matched: usize,
    /// Whether both sides have tokens without a partner.
    pub contradicted: bool,
    /// The tokens that agree, ours and theirs.
    pub tokens: (Symbol, Symbol),
    /// The bar of the waterfall.
    pub bar: FieldWeight,
}

/// Compares the names, in the order in which they agree best.
#[must_use]
pub fn names(a: &Prepared, b: &Line, context: Context<'_>) -> Names {
    let family_b: SmallVec<[Symbol; 4]> = b.family().collect();
    let given_b: SmallVec<[Symbol; 4]> = b.given().collect();
    let mut best: Option<(f32, Names)> = None;
    let mut consider = |fa: &[Token], ga: &[Token], fb: &[Symbol], gb: &[Symbol], swapped: bool| {
        let given = given(ga, gb, context);
        let family = family(fa, fb, context).map(|family| tempered(family, given, context));
        let names = Names { given, family, swapped };
        let bits = |agreement: Option<Agreement>| agreement.map_or(0.0, |a| a.bar.weight.unrelated);
        let penalty = if swapped { context.model.names.swapped.log2() } else { 0.0 };
        let sum = bits(names.given) + bits(names.family) + penalty;
        if best.is_none_or(|(most, _)| sum > most) {
            best = Some((sum, names));
        }
    };
    consider(&a.family, &a.given, &family_b, &given_b, false);
    let free = a.line.order_unknown || b.order_unknown;
    if !a.family.is_empty() && !a.given.is_empty() && !family_b.is_empty() && !given_b.is_empty() {
        // Which of the two was entered in the other's place: the one whose given name is a family name.
        if a.given.iter().all(|token| context.frequencies.is_familial(token.symbol)) {
            consider(&a.given, &a.family, &family_b, &given_b, !free);
        } else {
            consider(&a.family, &a.given, &given_b, &family_b, !free);
        }
    }
    // Where the order is unknown the family name may stand last: "Awa Fanta Traoré".
    if a.line.order_unknown && a.given.len() > 1 {
        let all: SmallVec<[Token; 7]> = a.family.iter().chain(&a.given).cloned().collect();
        if let Some((last, first)) = all.split_last() {
            consider(std::slice::from_ref(last), first, &family_b, &given_b, false);
        }
    }
    if b.order_unknown && given_b.len() > 1 {
        let all: SmallVec<[Symbol; 7]> = family_b.iter().chain(&given_b).copied().collect();
        if let Some((last, first)) = all.split_last() {
            consider(&a.family, &a.given, std::slice::from_ref(last), first, false);
        }
    }
    best.map_or(Names { given: None, family: None, swapped: false }, |(_, names)| names)
}

/// The weight of a family name against strangers, less what its company with the given name explains.
fn tempered(family: Agreement, given: Option<Agreement>, context: Context<'_>) -> Agreement {
    let Some(given) = given.filter(|given| given.likeness < Likeness::Different) else {
        return family;
    };
    if family.likeness == Likeness::Different {
        return family;
    }
    let frequencies = context.frequencies;
    let ours = frequencies.lift_by_given(family.tokens.0, given.tokens.0);
    let theirs = frequencies.lift_by_given(family.tokens.1, given.tokens.1);
    let mut tempered = family;
    tempered.bar.weight.unrelated -= ours.max(theirs).log2();
    tempered
}

/// The best pairing of tokens: likeness and share of the most telling pair, and how many of each
/// side found a partner.
struct Pairing {
    likeness: Likeness,
    share: f32,
    tokens: (Symbol, Symbol),
    pairs: SmallVec<[Paired; 4]>,
}

#[derive(Clone, Copy)]
struct Paired {
    likeness: Likeness,
    share: f32,
    tokens: (Symbol, Symbol),
}

fn pair(a: &[Token], b: &[Symbol], context: Context<'_>) -> Pairing {
    let mut taken: SmallVec<[bool; 4]> = b.iter().map(|_| false).collect();
    let mut pairs: SmallVec<[Paired; 4]> = SmallVec::new();
    // Equal tokens pair first, so that a similar one does not take their partner.
    let mut waiting: SmallVec<[&Token; 4]> = a.iter().collect();
    for wanted in [
        Likeness::Equal,
        Likeness::Equivalent,
        Likeness::Phonetic,
        Likeness::Related,
        Likeness::Similar,
    ] {
        waiting.retain(|token| {
            let partner = b
                .iter()
                .enumerate()
                .find(|(place, symbol)| !taken[*place] && token.likeness(**symbol) == wanted);
            let Some((place, symbol)) = partner else { return true };
            taken[place] = true;
            let theirs = context.frequencies.name(*symbol);
            let share = token.shares[wanted as usize].max(theirs[wanted as usize]);
            pairs.push(Paired { likeness: wanted, share, tokens: (token.symbol, *symbol) });
            false
        });
    }
    // Of equally alike pairs the rarest tells most.
    pairs.sort_by(|one, other| {
        one.likeness.cmp(&other.likeness).then(one.share.total_cmp(&other.share))
    });
    let nothing = Paired { likeness: Likeness::Different, share: 1.0, tokens: (UNKNOWN, UNKNOWN) };
    let Paired { likeness, share, tokens } = pairs.first().copied().unwrap_or(nothing);
    Pairing { likeness, share, tokens, pairs }
}

fn given(a: &[Token], b: &[Symbol], context: Context<'_>) -> Option<Agreement> {
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let levels = &context.model.fields.given;
    let pairing = pair(a, b, context);
    let (level, name) = match pairing.likeness {
        Likeness::Equal => (&levels.equal, "equal"),
        Likeness::Equivalent => (&levels.equivalent, "equivalent"),
        Likeness::Phonetic => (&levels.phonetic, "phonetic"),
        Likeness::Related => (&levels.related, "related"),
        Likeness::Similar => (&levels.similar, "similar"),
        Likeness::Different => (&levels.conflict, "conflict"),
    };
    let mut weight = Weight::of(level, pairing.share);
    for further in pairing.pairs.iter().skip(1) {
        weight = weight + Weight::of(&levels.further, further.share);
    }
    let matched = pairing.pairs.len();
    let contradicted = matched > 0 && matched < a.len() && matched < b.len();
    if contradicted {
        weight = weight + Weight::of(&levels.contradicted, 1.0);
    } else if matched > 0 && a.len() != b.len() {
        weight = weight + Weight::of(&levels.missing, 1.0);
    }
    Some(Agreement {
        likeness: pairing.likeness,
        whole: matched == a.len() && matched == b.len(),
        matched,
        contradicted,
        tokens: pairing.tokens,
        bar: FieldWeight { field: Field::Given, level: name, weight, share: pairing.share },
    })
}

fn family(a: &[Token], b: &[Symbol], context: Context<'_>) -> Option<Agreement> {
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let levels = &context.model.fields.family;
    let pairing = pair(a, b, context);
    let (level, name) = match pairing.likeness {
        Likeness::Equal => (&levels.equal, "equal"),
        Likeness::Equivalent => (&levels.equivalent, "equivalent"),
        Likeness::Phonetic => (&levels.phonetic, "phonetic"),
        Likeness::Related => (&levels.related, "related"),
        Likeness::Similar => (&levels.similar, "similar"),
        Likeness::Different => (&levels.conflict, "conflict"),
    };
    let weight = Weight::of(level, pairing.share);
    let bar = FieldWeight { field: Field::Family, level: name, weight, share: pairing.share };
    Some(Agreement {
        likeness: pairing.likeness,
        whole: pairing.pairs.len() == a.len() && pairing.pairs.len() == b.len(),
        matched: pairing.pairs.len(),
        contradicted: false,
        tokens: pairing.tokens,
        bar,
    })
}

/// The bar of the birth dates.
#[must_use]
pub fn births(
    a: &Line,
    b: &Line,
    context: Context<'_>,
) -> Option<(birth::BirthLevel, FieldWeight)> {
    use birth::BirthLevel as Level;
    let (level, share) = birth::compare(a.birth, b.birth, context.frequencies)?;
    let levels = &context.model.fields.birth;
    let chances = match level {
        Level::Day => &levels.day,
        Level::DefaultDay => &levels.default_day,
        Level::Swapped => &levels.swapped,
        Level::OnePart => &levels.one_part,
        Level::YearSlip => &levels.year_slip,
        Level::Year => &levels.year,
        Level::YearReduced => &levels.year_reduced,
        Level::DefaultReduced => &levels.default_reduced,
        Level::Near => &levels.near,
        Level::Conflict => &levels.conflict,
    };
    let weight = Weight::of(chances, share);
    Some((level, FieldWeight { field: Field::Birth, level: level.name(), weight, share }))
}

/// The bar of sex, and whether it agrees.
#[must_use]
pub fn sexes(a: &Line, b: &Line, context: Context<'_>) -> Option<(bool, FieldWeight)> {
    if a.sex == Sex::Unknown || b.sex == Sex::Unknown {
        return None;
    }
    let levels = &context.model.fields.sex;
    let equal = a.sex == b.sex;
    let (level, name) =
        if equal { (&levels.equal, "equal") } else { (&levels.conflict, "conflict") };
    let weight = Weight::of(level, 1.0);
    Some((equal, FieldWeight { field: Field::Sex, level: name, weight, share: 1.0 }))
}

/// How the national and scheme numbers of two records agree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum NumberLevel {
    /// One number is the same and none contradicts.
    Equal,
    /// One or two digits differ, in a system without a check digit.
    Close,
    /// Two different numbers where a person has one for life.
    Conflict,
}

/// The bar of identifiers.
#[must_use]
pub fn numbers(a: &Line, b: &Line, context: Context<'_>) -> Option<(NumberLevel, FieldWeight)> {
    let (ours, theirs) = (context.vocabulary.numbers(a), context.vocabulary.numbers(b));
    let mut level: Option<NumberLevel> = None;
    for number in ours {
        for other in theirs.iter().filter(|other| other.system == number.system) {
            let system = context.model.systems.get(usize::from(number.system));
            let found = match system {
                _ if number.value == other.value => Some(NumberLevel::Equal),
                Some(system) if !system.one_for_life => None,
                Some(system) if system.checked => Some(NumberLevel::Conflict),
                Some(_) => Some(distance(
                    context.vocabulary.digits(*number),
                    context.vocabulary.digits(*other),
                )),
                None => None,
            };
            // Equal in one system and different in another: the contradiction stands.
            level = level.max(found);
        }
    }
    let level = level?;
    let levels = &context.model.fields.identifier;
    let (chances, name) = match level {
        NumberLevel::Equal => (&levels.equal, "equal"),
        NumberLevel::Close => (&levels.close, "close"),
        NumberLevel::Conflict => (&levels.conflict, "conflict"),
    };
    let share = 1.0 / context.frequencies.records().max(1.0);
    let weight = Weight::of(chances, share);
    Some((level, FieldWeight { field: Field::Identifier, level: name, weight, share }))
}

fn distance(one: Option<&str>, other: Option<&str>) -> NumberLevel {
    match (one, other) {
        (Some(one), Some(other)) if strsim::osa_distance(one, other) <= 2 => NumberLevel::Close,
        _ => NumberLevel::Conflict,
    }
}

/// The bar of phones, and whether one is shared.
#[must_use]
pub fn phones(a: &Line, b: &Line, context: Context<'_>) -> Option<(bool, FieldWeight)> {
    let levels = &context.model.fields.phone;
    let (mut any_a, mut any_b) = (false, false);
    let mut shared: Option<f32> = None;
    for phone in a.phones() {
        any_a = true;
        for other in b.phones() {
            any_b = true;
            if phone == other {
                let share = context.frequencies.phone(phone);
                shared = Some(shared.map_or(share, |least| least.min(share)));
            }
        }
    }
    if !any_a || !any_b {
        return None;
    }
    let (level, name, share) = match shared {
        Some(share) => (&levels.equal, "equal", share),
        None => (&levels.conflict, "conflict", 1.0),
    };
    let weight = Weight::of(level, share);
    Some((shared.is_some(), FieldWeight { field: Field::Phone, level: name, weight, share }))
}

/// The bar of places: the same village or commune, the same region, the same country, elsewhere.
#[must_use]
pub fn places(
    a: &Line,
    b: &Line,
    family: Option<(Symbol, Symbol)>,
    context: Context<'_>,
) -> Option<FieldWeight> {
    let levels = &context.model.fields.place;
    let shared = a
        .places()
        .filter(|place| b.places().any(|other| other == *place))
        .map(|place| {
            // A family lives together: strangers of its name are found there more often than others.
            let lift = family.map_or(1.0, |(ours, theirs)| {
                let frequencies = context.frequencies;
                let ours = frequencies.lift_by_place(ours, place);
                ours.max(frequencies.lift_by_place(theirs, place))
            });
            (context.frequencies.place(place) * lift).min(1.0)
        })
        .min_by(f32::total_cmp);
    let known = |line: &Line| line.places().next().is_some();
    let (level, name, share) = match shared {
        Some(share) => (&levels.place, "place", share),
        None if a.region != u16::MAX && a.region == b.region => {
            (&levels.region, "region", context.frequencies.region(a.region))
        }
        None if a.country == u8::MAX || b.country == u8::MAX => return None,
        None if a.country != b.country => (&levels.elsewhere, "elsewhere", 1.0),
        None if known(a) && known(b) => (&levels.country, "country", 1.0),
        None => return None,
    };
    let weight = Weight::of(level, share);
    Some(FieldWeight { field: Field::Place, level: name, weight, share })
}

/// How two records stand to each other before anything is compared.
#[must_use]
pub fn prior(a: &Line, b: &Line, context: Context<'_>) -> FieldWeight {
    let priors = &context.model.priors;
    let records = context.frequencies.records().max(2.0);
    let members = priors.household_members;
    let one_contract = a.household != NONE && a.household == b.household;
    let (level, same, unrelated) = if one_contract {
        // Members of one contract are never strangers to each other.
        ("one_contract", priors.doubles_in_contract, f32::MIN_POSITIVE)
    } else if a.scheme == b.scheme {
        ("one_scheme", priors.doubles_per_record, records)
    } else {
        ("two_schemes", priors.matches_per_record, records)
    };
    // Outside a contract the household is only met at all when it is known elsewhere too: then the
    // person themself is there with about the chance of each other member.
    let against_members = if one_contract { same / members } else { 1.0 / members };
    let weight = Weight {
        twin: (against_members / priors.twin).log2(),
        household: against_members.log2(),
        unrelated: (same / unrelated).log2(),
    };
    FieldWeight { field: Field::Prior, level, weight, share: 1.0 }
}
