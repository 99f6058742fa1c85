//! Names compared as sets, in the order in which they agree best.

use smallvec::SmallVec;

use super::{Context, Field, FieldWeight, Prepared, Token, Weight};
use crate::matching::line::Line;
use crate::matching::symbols::{Likeness, Symbol, UNKNOWN};

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
    let (family_b, given_b) = (b.family_tokens(), b.given_tokens());
    let mut best = Best::default();
    best.consider(&a.family, &a.given, (family_b, given_b), false, context);
    let free = a.line.order_unknown || b.order_unknown;
    // Only names that are like one another in the other's place speak for an exchange.
    if are_alike(&a.family, given_b) || are_alike(&a.given, family_b) {
        let complete = !a.family.is_empty() && !a.given.is_empty();
        if complete && !family_b.is_empty() && !given_b.is_empty() {
            // Which of the two was entered in the other's place: the one whose given name is a family name.
            if a.given.iter().all(|token| context.frequencies.is_familial(token.symbol)) {
                best.consider(&a.given, &a.family, (family_b, given_b), !free, context);
            } else {
                best.consider(&a.family, &a.given, (given_b, family_b), !free, context);
            }
        }
    }
    // Where the order is unknown the family name may stand last: "Awa Fanta Traoré".
    if a.line.order_unknown && a.given.len() > 1 {
        let all: SmallVec<[Token; 7]> = a.family.iter().chain(&a.given).cloned().collect();
        if let Some((last, first)) = all.split_last() {
            let last = std::slice::from_ref(last);
            best.consider(last, first, (family_b, given_b), false, context);
        }
    }
    if b.order_unknown && given_b.len() > 1 {
        let all: SmallVec<[Symbol; 7]> = family_b.iter().chain(given_b).copied().collect();
        if let Some((last, first)) = all.split_last() {
            let last = std::slice::from_ref(last);
            best.consider(&a.family, &a.given, (last, first), false, context);
        }
    }
    best.names
}

fn are_alike(a: &[Token], b: &[Symbol]) -> bool {
    a.iter().any(|token| b.iter().any(|other| token.likeness(*other) != Likeness::Different))
}

/// The best way so far to lay the names of two records beside each other.
struct Best {
    names: Names,
    bits: f32,
}

impl Default for Best {
    fn default() -> Self {
        let names = Names { given: None, family: None, swapped: false };
        Self { names, bits: f32::NEG_INFINITY }
    }
}

impl Best {
    /// Takes family and given names of one side beside those of the other when they agree better than before.
    fn consider(
        &mut self,
        family_a: &[Token],
        given_a: &[Token],
        (family_b, given_b): (&[Symbol], &[Symbol]),
        swapped: bool,
        context: Context<'_>,
    ) {
        let given = given(given_a, given_b, context);
        let family =
            family(family_a, family_b, context).map(|family| tempered(family, given, context));
        let bits = |agreement: Option<Agreement>| agreement.map_or(0.0, |a| a.bar.weight.unrelated);
        let penalty = if swapped { context.model.names.swapped.log2() } else { 0.0 };
        let sum = bits(given) + bits(family) + penalty;
        if sum > self.bits {
            let mut given = given;
            if let Some(given) = &mut given {
                given.bar.weight.unrelated += penalty;
            }
            *self = Self { names: Names { given, family, swapped }, bits: sum };
        }
    }
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
    let same = family.tokens.0 == family.tokens.1 && given.tokens.0 == given.tokens.1;
    let theirs =
        if same { ours } else { frequencies.lift_by_given(family.tokens.1, given.tokens.1) };
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
    let mut alike: SmallVec<[(Likeness, u8, u8); 8]> = SmallVec::new();
    for (ours, token) in (0_u8..).zip(a) {
        for (theirs, symbol) in (0_u8..).zip(b) {
            let likeness = token.likeness(*symbol);
            if likeness != Likeness::Different {
                alike.push((likeness, ours, theirs));
            }
        }
    }
    // Equal tokens pair first, so that a similar one does not take their partner.
    if alike.len() > 1 {
        alike.sort_unstable();
    }
    let (mut waiting, mut free) = (u8::MAX, u8::MAX);
    let mut pairs: SmallVec<[Paired; 4]> = SmallVec::new();
    for (likeness, ours, theirs) in alike {
        if waiting >> ours & free >> theirs & 1 == 0 {
            continue;
        }
        waiting &= !(1 << ours);
        free &= !(1 << theirs);
        let (token, symbol) = (&a[usize::from(ours)], b[usize::from(theirs)]);
        let others = context.frequencies.name(symbol);
        let share = token.shares[likeness as usize].max(others[likeness as usize]);
        pairs.push(Paired { likeness, share, tokens: (token.symbol, symbol) });
    }
    // Of equally alike pairs the rarest tells most.
    if pairs.len() > 1 {
        pairs.sort_by(|one, other| {
            one.likeness.cmp(&other.likeness).then(one.share.total_cmp(&other.share))
        });
    }
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
