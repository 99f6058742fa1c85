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
