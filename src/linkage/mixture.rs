//! What pairs are, learnt without labels: a mixture of classes over patterns of agreement.
//!
//! Some classes have a meaning from the start ([`Meaning`]): the same person; where several fields
//! are shared within a household, the same person elsewhere, whose address moved as a whole; and
//! another member of the household. The others are free: what candidates have in common because it
//! made them candidates. Within a class fields are independent, and a missing value says nothing.
//! Learning is expectation and maximisation on counts of patterns (as in fastLink), from plain
//! starting values; what cannot be learnt from few pairs stays near them.

use super::compare::{LEVELS, Pattern, last_agreeing, last_equal, level_of, levels};
use super::kind::{Comparison, Kind};
use super::ranges;
use super::table::Field;

/// What the pairs of a class have in common.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Meaning {
    /// They are one person.
    Same,
    /// They are one person, whose shared fields changed together.
    SameElsewhere,
    /// They are two people of one household.
    Household,
    /// They share some evidence by chance.
    Chance,
}

impl Meaning {
    /// Whether its pairs are one person.
    #[must_use]
    pub const fn is_same(self) -> bool {
        matches!(self, Self::Same | Self::SameElsewhere)
    }

    /// Its name in a trained model.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::SameElsewhere => "same_elsewhere",
            Self::Household => "household",
            Self::Chance => "chance",
        }
    }

    /// The meaning of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Same, Self::SameElsewhere, Self::Household, Self::Chance]
            .into_iter()
            .find(|meaning| meaning.name() == name)
    }
}

/// Chance of each level of a field; level 0 (missing) is not used.
pub type Chances = [f64; LEVELS];

/// A class of pairs.
#[derive(Clone, PartialEq, Debug)]
pub struct Class {
    /// What its pairs have in common.
    pub meaning: Meaning,
    /// Its share of all candidates.
    pub share: f64,
    /// Chances of the levels, by field.
    pub chances: Vec<Chances>,
}

/// The classes, the first of them the same person.
#[derive(Clone, PartialEq, Debug)]
pub struct Mixture {
    /// The classes.
    pub classes: Vec<Class>,
    /// Rounds until nothing changed.
    pub rounds: u32,
}

/// Counts of patterns, in ascending order of pattern.
pub type Counted = [(Pattern, u64)];

/// Classes of chance: what made candidates of strangers is of so many sorts.
const CHANCE: usize = 4;
/// Rounds of learning at most; data sets of people take 60 to 250.
const MOST_ROUNDS: u32 = 300;
/// Change of the likelihood, relative, at which learning ends.
const SETTLED: f64 = 1e-6;
/// Agreement of personal fields of one person, at least: below, the class would drift to strangers.
const PERSONAL: f64 = 0.85;
/// Agreement of what a household shares, at least: below, the class would drift to neighbours.
const HOME: f64 = 0.7;
/// Agreement of what is somebody's own between two people of one household, at most, unless chance
/// alone brings more: above, the class would be a person with a wrong name.
const RELATIVES: f64 = 0.2;
/// Pairs with which the starting values of a class weigh against what is counted.
const PRIOR: f64 = 10.0;
/// Agreement on average, and of each personal field, from which a free class turned out to be the
/// same person.
const SAME: (f64, f64) = (0.7, 0.4);
/// What is expected before anything is known: agreement of one person, of one household.
const ONE_PERSON: f64 = 0.95;
const ONE_HOUSE: f64 = 0.9;

/// Learns the classes from the patterns of candidates, and of records picked at random.
#[must_use]
pub fn learn(
    fields: &[Field],
    candidates: &Counted,
    strangers: &Counted,
    threads: usize,
) -> Mixture {
    let chance = average(fields, strangers);
    let mut mixture = start(fields, &chance, &average(fields, candidates));
    let prior: Vec<Vec<Chances>> = mixture
        .classes
        .iter()
        .map(|class| match class.meaning {
            Meaning::Chance => chance.clone(),
            Meaning::Same | Meaning::SameElsewhere | Meaning::Household => class.chances.clone(),
        })
        .collect();
    let all: f64 = candidates.iter().map(|(_, count)| as_f64(*count)).sum();
    let mut before = f64::NEG_INFINITY;
    for round in 1..=MOST_ROUNDS {
        let (sums, likelihood) = mixture.expect(candidates, threads);
        mixture.maximise(fields, &prior, sums, all);
        mixture.rounds = round;
        if (likelihood - before).abs() < SETTLED * likelihood.abs() {
            break;
        }
        before = likelihood;
    }
    for class in &mut mixture.classes {
        if class.meaning == Meaning::Chance && is_one_person(fields, class) {
            class.meaning = Meaning::Same;
        }
    }
    mixture
}

/// What is expected of a class: its pairs, and those at each level of each field.
struct Sums {
    pairs: f64,
    levels: Vec<Chances>,
}

impl Mixture {
    /// The chance of a pattern in each class, times the class's share.
    pub fn likelihoods(&self, pattern: Pattern, out: &mut Vec<f64>) {
        out.clear();
        out.extend(self.classes.iter().map(|class| class.likelihood(pattern)));
    }

    /// The chance of a level of a field among pairs that are one person, and among the others.
    #[must_use]
    pub fn chances(&self, field: usize, level: usize) -> [f64; 2] {
        [true, false].map(|same| {
            let classes = || self.classes.iter().filter(|c| c.meaning.is_same() == same);
            let whole: f64 = classes().map(|class| class.share).sum();
            let sum: f64 = classes().map(|class| class.share * class.chances[field][level]).sum();
            sum / whole.max(f64::MIN_POSITIVE)
        })
    }

    fn expect(&self, counts: &Counted, threads: usize) -> (Vec<Sums>, f64) {
        let parts = ranges::over(threads, counts.len(), Vec::new, |likelihoods, range| {
            self.expect_of(&counts[range.start as usize..range.end as usize], likelihoods)
        });
        let mut whole = (self.nothing(), 0.0);
        for (sums, likelihood) in parts {
            whole.1 += likelihood;
            for (sum, part) in whole.0.iter_mut().zip(sums) {
                sum.pairs += part.pairs;
                let levels = sum.levels.iter_mut().flatten().zip(part.levels.iter().flatten());
                levels.for_each(|(sum, part)| *sum += part);
            }
        }
        whole
    }

    fn nothing(&self) -> Vec<Sums> {
        let sums =
            |class: &Class| Sums { pairs: 0.0, levels: vec![[0.0; LEVELS]; class.chances.len()] };
        self.classes.iter().map(sums).collect()
    }

    fn expect_of(&self, counts: &Counted, likelihoods: &mut Vec<f64>) -> (Vec<Sums>, f64) {
        let (mut sums, mut total) = (self.nothing(), 0.0);
        for (pattern, count) in counts {
            self.likelihoods(*pattern, likelihoods);
            let whole: f64 = likelihoods.iter().sum::<f64>().max(f64::MIN_POSITIVE);
            let count = as_f64(*count);
            total += count * whole.ln();
            for (sum, likelihood) in sums.iter_mut().zip(likelihoods.iter()) {
                let part = count * likelihood / whole;
                sum.pairs += part;
                for (place, levels) in sum.levels.iter_mut().enumerate() {
                    levels[usize::from(level_of(*pattern, place))] += part;
                }
            }
        }
        (sums, total)
    }

    fn maximise(
        &mut self,
        fields: &[Field],
        prior: &[Vec<Chances>],
        mut sums: Vec<Sums>,
        all: f64,
    ) {
        self.tie(fields, &mut sums);
        for ((class, sums), prior) in self.classes.iter_mut().zip(&sums).zip(prior) {
            class.share = (sums.pairs + 1.0) / (all + 1.0);
            for (place, (field, chances)) in fields.iter().zip(&mut class.chances).enumerate() {
                let last = usize::from(levels(field.kind.comparison()));
                let (counted, expected) = (&sums.levels[place], &prior[place]);
                let whole: f64 = counted[1..=last].iter().sum::<f64>() + PRIOR;
                for level in 1..=last {
                    chances[level] = (counted[level] + PRIOR * expected[level]) / whole;
                }
                if class.meaning.is_same() && !field.shared {
                    hold(chances, field.kind.comparison(), PERSONAL);
                }
                if class.meaning == Meaning::Household {
                    let most = agreement(expected, field.kind.comparison()).max(RELATIVES);
                    if moves(field) {
                        hold(chances, field.kind.comparison(), HOME);
                    } else if is_own(field) {
                        hold_down(chances, field.kind.comparison(), most);
                    }
                }
            }
        }
    }

    /// Errors in what is somebody's own do not depend on where they live: the classes of one person
    /// learn the personal fields together.
    fn tie(&self, fields: &[Field], sums: &mut [Sums]) {
        let one_person: Vec<usize> =
            (0..sums.len()).filter(|place| self.classes[*place].meaning.is_same()).collect();
        for field in (0..fields.len()).filter(|field| !fields[*field].shared) {
            let mut together = [0.0; LEVELS];
            for place in &one_person {
                let levels = &sums[*place].levels[field];
                together.iter_mut().zip(levels).for_each(|(sum, level)| *sum += level);
            }
            one_person.iter().for_each(|place| sums[*place].levels[field] = together);
        }
    }
}

impl Class {
    fn likelihood(&self, pattern: Pattern) -> f64 {
        let mut product = self.share;
        let mut rest = pattern;
        for chances in &self.chances {
            let level = (rest & 15) as usize;
            if level > 0 {
                product *= chances[level];
            }
            rest >>= 4;
        }
        product
    }
}

fn agreement(chances: &Chances, comparison: Comparison) -> f64 {
    chances[1..=usize::from(last_agreeing(comparison))].iter().sum()
}

/// Keeps the agreement of a field at its most.
fn hold_down(chances: &mut Chances, comparison: Comparison, most: f64) {
    if agreement(chances, comparison) > most {
        set_agreement(chances, comparison, most);
    }
}

/// Keeps the agreement of a field at its least.
fn hold(chances: &mut Chances, comparison: Comparison, least: f64) {
    if agreement(chances, comparison) < least {
        set_agreement(chances, comparison, least);
    }
}

fn set_agreement(chances: &mut Chances, comparison: Comparison, wanted: f64) {
    let agree = agreement(chances, comparison);
    let agreeing = usize::from(last_agreeing(comparison));
    let (up, down) = (wanted / agree, (1.0 - wanted) / (1.0 - agree));
    chances[1..=agreeing].iter_mut().for_each(|chance| *chance *= up);
    chances[agreeing + 1..].iter_mut().for_each(|chance| *chance *= down);
}

/// Whether a field is somebody's own and more than one of a few values.
fn is_own(field: &Field) -> bool {
    !field.shared && field.kind.comparison() != Comparison::Code
}

/// Whether the pairs of a free class turned out to be one person: they mostly say the very same, not
/// only something alike, for that is what chance brings together too.
fn is_one_person(fields: &[Field], class: &Class) -> bool {
    let personal = fields.iter().zip(&class.chances).filter(|(field, _)| is_own(field));
    let equalities: Vec<f64> = personal
        .map(|(field, chances)| {
            chances[1..=usize::from(last_equal(field.kind.comparison()))].iter().sum()
        })
        .collect();
    let sum: f64 = equalities.iter().sum();
    !equalities.is_empty()
        && sum >= SAME.0 * as_f64(equalities.len() as u64)
        && equalities.iter().all(|equality| *equality >= SAME.1)
}

/// Shared fields that change when somebody moves; a family name stays.
fn moves(field: &Field) -> bool {
    field.shared && field.kind != Kind::FamilyName
}

fn start(fields: &[Field], chance: &[Chances], average: &[Chances]) -> Mixture {
    let class = |meaning, share, chances: &dyn Fn(usize, &Field) -> Chances| Class {
        meaning,
        share,
        chances: fields.iter().enumerate().map(|(place, field)| chances(place, field)).collect(),
    };
    let one_person = |_: usize, field: &Field| leaning(field, ONE_PERSON, None);
    let mut classes = vec![class(Meaning::Same, 0.1, &one_person)];
    // One field alone that changes is what independence within a class already says.
    if fields.iter().filter(|field| moves(field)).count() >= 2 {
        classes.push(class(Meaning::SameElsewhere, 0.02, &|place, field| {
            if moves(field) { chance[place] } else { leaning(field, ONE_PERSON, None) }
        }));
    }
    if fields.iter().any(|field| field.shared) {
        classes.push(class(Meaning::Household, 0.1, &|place, field| {
            if field.shared { leaning(field, ONE_HOUSE, None) } else { chance[place] }
        }));
    }
    for number in 0..CHANCE {
        // Each class of chance starts from other fields that agree; where they end is learnt.
        classes.push(class(Meaning::Chance, 0.8 / as_f64(CHANCE as u64), &|place, field| {
            let agree = if place % CHANCE == number { 0.6 } else { 0.15 };
            leaning(field, agree, Some(&average[place]))
        }));
    }
    Mixture { classes, rounds: 0 }
}

/// What an agreeing level other than equality weighs at the start, against equality.
const LESS_THAN_EQUAL: f64 = 0.05;

/// Chances that agree so often; within agreement, and within conflict, as on average or, where no
/// average is given, mostly equal.
fn leaning(field: &Field, agree: f64, average: Option<&Chances>) -> Chances {
    let comparison = field.kind.comparison();
    let (agreeing, last) =
        (usize::from(last_agreeing(comparison)), usize::from(levels(comparison)));
    let mut weights = [LESS_THAN_EQUAL; LEVELS];
    weights[1] = 1.0;
    let weights = average.unwrap_or(&weights);
    let within: f64 = weights[1..=agreeing].iter().sum();
    let beyond: f64 = weights[agreeing + 1..=last].iter().sum();
    let mut chances = [0.0; LEVELS];
    for level in 1..=last {
        let (share, whole) =
            if level <= agreeing { (agree, within) } else { (1.0 - agree, beyond) };
        chances[level] = share * weights[level] / whole;
    }
    chances
}

/// Pairs that are assumed of every level before any is counted.
const SMOOTH: f64 = 0.5;

/// How often each level of each field occurs in counted patterns.
fn average(fields: &[Field], counts: &Counted) -> Vec<Chances> {
    let mut averages = vec![[0.0; LEVELS]; fields.len()];
    for (pattern, count) in counts {
        for (place, levels) in averages.iter_mut().enumerate() {
            levels[usize::from(level_of(*pattern, place))] += as_f64(*count);
        }
    }
    for (field, average) in fields.iter().zip(&mut averages) {
        let last = usize::from(levels(field.kind.comparison()));
        average[0] = 0.0;
        average[1..=last].iter_mut().for_each(|level| *level += SMOOTH);
        let whole: f64 = average.iter().sum();
        average.iter_mut().for_each(|level| *level /= whole);
    }
    averages
}

#[allow(clippy::cast_precision_loss, reason = "counts of pairs are far below 2^52")]
const fn as_f64(count: u64) -> f64 {
    count as f64
}
