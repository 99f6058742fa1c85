//! Forms of one name, learnt from the records themselves.
//!
//! Lists of equivalences know what their authors know; a register knows its own clerks. Two records whose other facts are
//! those of one person and whose names differ in one token may show a spelling: one national number, or one sex, full
//! date of birth, place and other name in two schemes. One such pair is a slip, a second name, a stranger or a twin. The
//! same two tokens again and again, far more often than chance puts two common names side by side, are forms of one
//! name, unless they stand as often side by side in one contract on one day: those are names of twins.
//!
//! Nothing is learnt of names that are alike anyway. A function of the records alone, whatever their order.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::line::{Line, NONE, Vocabulary};
use super::model::Model;
use super::symbols::Symbol;
use crate::model::record::Sex;

/// Records of one number, or of one day and place, beyond which they say nothing of each other.
const MOST: usize = 12;
/// How often two tokens must stand for each other.
const LEAST: u32 = 3;
/// How many times more often than chance would put them side by side.
const LIFT: f64 = 5.0;
/// Twins are met in one contract about as often as one of them in a scheme and the other in another; one person is
/// written twice in a contract for each five to ten times in two schemes.
const TWINS: u32 = 3;

/// Pairs of tokens that stand for each other, each with the smaller symbol first, in order.
#[must_use]
pub fn variants<'l>(
    lines: impl Iterator<Item = &'l Line>,
    vocabulary: &Vocabulary,
    model: &Model,
) -> Vec<(Symbol, Symbol)> {
    let mut groups: FxHashMap<Alike, SmallVec<[&Line; 2]>> = FxHashMap::default();
    for line in lines {
        for number in vocabulary.numbers(line) {
            let system = model.systems.get(usize::from(number.system));
            if system.is_some_and(|system| system.one_for_life) {
                groups.entry(Alike::Number(number.value)).or_default().push(line);
            }
        }
        if line.birth.is_full() && !line.birth.is_default() {
            let day = (line.birth.year, line.birth.month, line.birth.day());
            for place in line.places() {
                groups.entry(Alike::DayAndPlace(day, place)).or_default().push(line);
            }
        }
    }
    let (mut given, mut family) = (Tally::default(), Tally::default());
    for (alike, lines) in groups.iter().filter(|(_, lines)| (2..=MOST).contains(&lines.len())) {
        for (place, one) in lines.iter().enumerate() {
            for other in lines.iter().skip(place + 1) {
                look(*alike, (one, other), vocabulary, (&mut given, &mut family));
            }
        }
    }
    let mut found = given.often();
    found.extend(family.often());
    found.sort_unstable();
    found.dedup();
    found
}

/// What two records have in common beside their names.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Alike {
    /// A number for life.
    Number(u32),
    /// A full date of birth and a place.
    DayAndPlace((u16, u8, u8), u32),
}

/// Counts the tokens that stand for each other in two records.
fn look(
    alike: Alike,
    (one, other): (&Line, &Line),
    vocabulary: &Vocabulary,
    (given, family): (&mut Tally, &mut Tally),
) {
    let one_sex = one.sex == other.sex && one.sex != Sex::Unknown;
    let one_contract = one.household != NONE && one.household == other.household;
    let fits = match alike {
        Alike::Number(_) => one_sex && one.birth.year > 0 && one.birth.year == other.birth.year,
        // Each pair is counted once: by its number, or by the first place that both have.
        Alike::DayAndPlace(_, place) => {
            let first = one.places().find(|place| other.places().any(|theirs| theirs == *place));
            let apart = one.scheme != other.scheme || one_contract;
            one_sex && apart && first == Some(place) && !share_a_number(one, other, vocabulary)
        }
    };
    if !fits {
        return;
    }
    let names = |line: &Line| -> [SmallVec<[Symbol; 4]>; 2] {
        [line.given().collect(), line.family().collect()]
    };
    let ([our_given, our_family], [their_given, their_family]) = (names(one), names(other));
    let by_given = difference(&our_given, &their_given, vocabulary);
    let by_family = difference(&our_family, &their_family, vocabulary);
    let is_number = matches!(alike, Alike::Number(_));
    match (by_given, by_family) {
        (Difference::One(pair), Difference::None) => given.add(pair, one_contract),
        (Difference::None, Difference::One(pair)) => family.add(pair, false),
        // Entered in each other's place, neither stands for the other.
        (Difference::One(ours), Difference::One(theirs)) if is_number && ours != theirs => {
            given.add(ours, one_contract);
            family.add(theirs, false);
        }
        _ => {}
    }
}

fn share_a_number(one: &Line, other: &Line, vocabulary: &Vocabulary) -> bool {
    let theirs = vocabulary.numbers(other);
    vocabulary.numbers(one).iter().any(|number| theirs.contains(number))
}

/// How two sets of tokens differ.
enum Difference {
    /// All of one side have their like on the other, and there is one.
    None,
    /// One token of each has none; the smaller first.
    One((Symbol, Symbol)),
    /// More.
    Much,
}

fn difference(ours: &[Symbol], theirs: &[Symbol], vocabulary: &Vocabulary) -> Difference {
    let alone = |own: &[Symbol], others: &[Symbol]| -> SmallVec<[Symbol; 4]> {
        let is_like =
            |one: Symbol| others.iter().any(|other| vocabulary.symbols.is_like(one, *other));
        own.iter().copied().filter(|symbol| !is_like(*symbol)).collect()
    };
    match (alone(ours, theirs).as_slice(), alone(theirs, ours).as_slice()) {
        ([one], [other]) => Difference::One((*one.min(other), *one.max(other))),
        ([], _) | (_, []) if !ours.is_empty() && !theirs.is_empty() => Difference::None,
        _ => Difference::Much,
    }
}

/// How often tokens stand for each other, and for anything.
#[derive(Default)]
struct Tally {
    pairs: FxHashMap<(Symbol, Symbol), Count>,
    each: FxHashMap<Symbol, u32>,
    all: u32,
}

#[derive(Clone, Copy, Default)]
struct Count {
    apart: u32,
    in_one_contract: u32,
}

impl Tally {
    fn add(&mut self, pair: (Symbol, Symbol), in_one_contract: bool) {
        let count = self.pairs.entry(pair).or_default();
        if in_one_contract {
            count.in_one_contract += 1;
            return;
        }
        count.apart += 1;
        *self.each.entry(pair.0).or_default() += 1;
        *self.each.entry(pair.1).or_default() += 1;
        self.all += 1;
    }

    fn often(self) -> Vec<(Symbol, Symbol)> {
        let of = |symbol: Symbol| f64::from(self.each.get(&symbol).copied().unwrap_or(0));
        let is_often = |(pair, count): (&(Symbol, Symbol), &Count)| {
            // Each token is one of the two sides of a pair.
            let by_chance = of(pair.0) * of(pair.1) / (2.0 * f64::from(self.all.max(1)));
            let enough = count.apart >= LEAST && f64::from(count.apart) >= LIFT * by_chance;
            (enough && count.in_one_contract * TWINS <= count.apart).then_some(*pair)
        };
        self.pairs.iter().filter_map(is_often).collect()
    }
}
