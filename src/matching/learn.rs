//! Learns tables of experience from pairs with a known answer.
//!
//! Boosting with trees of two splits: each round asks one kind of evidence where the answers differ
//! most from what the weights say, asks one more kind on either side, and adds a small part of the
//! correction. A tree of two splits is a table over two kinds, so the sum of all trees is a set of
//! tables that can be read. Deterministic: no drawing of lots anywhere.

use std::collections::BTreeMap;

use super::evidence::{Evidence, Kind};
use super::experience::Table;

/// A pair with its answer.
#[derive(Clone, Copy)]
pub struct Example {
    /// What it shows.
    pub evidence: Evidence,
    /// Its weight so far, in bits.
    pub weight: f32,
    /// Whether the two are one person.
    pub same: bool,
}

/// How to learn.
#[derive(Clone)]
pub struct Plan {
    /// The kinds that may be asked.
    pub kinds: Vec<Kind>,
    /// Rounds.
    pub rounds: usize,
    /// Pairs of kinds that the tables may look at together.
    pub tables: usize,
    /// Part of each correction that is taken.
    pub pace: f64,
    /// The least number of pairs behind a correction.
    pub least: f64,
    /// The most that a table may add or take, in bits.
    pub bound: f32,
}

/// Pairs as if there had been so many more on which the weights were right: holds back corrections
/// that few pairs speak for.
const PRUDENCE: f64 = 5.0;
/// Beyond this weight, in bits, no pair counts as surer than it.
const SUREST: f32 = 20.0;
/// Tables are written in steps of this many bits.
const STEP: f32 = 0.05;

#[derive(Clone, Copy, Default)]
struct Sum {
    slope: f64,
    curve: f64,
    pairs: f64,
}

impl Sum {
    fn add(&mut self, slope: f64, curve: f64) {
        self.slope += slope;
        self.curve += curve;
        self.pairs += 1.0;
    }

    fn plus(self, other: Self) -> Self {
        Self {
            slope: self.slope + other.slope,
            curve: self.curve + other.curve,
            pairs: self.pairs + other.pairs,
        }
    }

    fn gain(self) -> f64 {
        self.slope * self.slope / (self.curve + PRUDENCE)
    }

    fn correction(self) -> f64 {
        -self.slope / (self.curve + PRUDENCE)
    }
}

/// A kind asked at a level: what lies below goes left.
#[derive(Clone, Copy)]
struct Split {
    kind: Kind,
    at: u8,
    gain: f64,
    left: Sum,
    right: Sum,
}

type Cells = BTreeMap<(Kind, Kind), Vec<Vec<f64>>>;

/// Learns tables that correct the weights of `examples`.
#[must_use]
pub fn learn(examples: &[Example], plan: &Plan) -> Vec<Table> {
    // The first run finds which pairs of kinds matter, the second keeps to them.
    let scout = boost(examples, plan, plan.rounds / 3, None).1;
    let mut ranked: Vec<((Kind, Kind), f64)> = scout.into_iter().collect();
    ranked.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
    let allowed: Vec<(Kind, Kind)> =
        ranked.into_iter().take(plan.tables).map(|(of, _)| of).collect();
    let cells = boost(examples, plan, plan.rounds, Some(&allowed)).0;
    cells.into_iter().filter_map(|(of, bits)| table(of, &bits, plan.bound)).collect()
}

fn table(of: (Kind, Kind), cells: &[Vec<f64>], bound: f32) -> Option<Table> {
    #[allow(clippy::cast_possible_truncation, reason = "bits need no more than single precision")]
    let round = |bits: &f64| {
        let bits = (*bits as f32 / std::f32::consts::LN_2).clamp(-bound, bound);
        // Adding zero turns a negative zero into a plain one.
        (bits / STEP).round() * STEP + 0.0
    };
    let bits: Vec<Vec<f32>> = cells.iter().map(|row| row.iter().map(round).collect()).collect();
    bits.iter().flatten().any(|bits| *bits != 0.0).then_some(Table { of, bits })
}

fn boost(
    examples: &[Example],
    plan: &Plan,
    rounds: usize,
    allowed: Option<&[(Kind, Kind)]>,
) -> (Cells, BTreeMap<(Kind, Kind), f64>) {
    let mut odds: Vec<f64> = examples
        .iter()
        .map(|example| f64::from(example.weight.clamp(-SUREST, SUREST)) * std::f64::consts::LN_2)
        .collect();
    let mut cells = Cells::new();
    let mut gains: BTreeMap<(Kind, Kind), f64> = BTreeMap::new();
    for _ in 0..rounds {
        let slopes: Vec<(f64, f64)> = examples.iter().zip(&odds).map(slope).collect();
        let all = || (0..examples.len()).zip(&slopes);
        let Some(root) = best_split(examples, all(), &plan.kinds, plan.least) else { break };
        for right in [false, true] {
            let inside =
                |place: usize| (examples[place].evidence.level(root.kind) >= root.at) == right;
            let kinds: Vec<Kind> = match allowed {
                None => plan.kinds.clone(),
                Some(allowed) => plan
                    .kinds
                    .iter()
                    .copied()
                    .filter(|kind| {
                        *kind == root.kind || allowed.contains(&ordered(root.kind, *kind))
                    })
                    .collect(),
            };
            let part = all().filter(|(place, _)| inside(*place));
            let sum = if right { root.right } else { root.left };
            let leaf =
                Split { kind: root.kind, at: 0, gain: 0.0, left: Sum::default(), right: sum };
            let split = best_split(examples, part, &kinds, plan.least).unwrap_or(leaf);
            let of = ordered(root.kind, split.kind);
            *gains.entry(of).or_default() += split.gain;
            add(&mut cells, (root, right), &split, plan.pace);
            let (low, high) = (split.left.correction(), split.right.correction());
            for (place, odds) in odds.iter_mut().enumerate().filter(|(place, _)| inside(*place)) {
                let above = examples[place].evidence.level(split.kind) >= split.at;
                *odds += plan.pace * if above { high } else { low };
            }
        }
    }
    (cells, gains)
}

fn ordered(one: Kind, other: Kind) -> (Kind, Kind) {
    (one.min(other), one.max(other))
}

/// First and second derivative of the loss of a pair by its log odds.
fn slope((example, odds): (&Example, &f64)) -> (f64, f64) {
    let probability = 1.0 / (1.0 + (-odds).exp());
    let answer = if example.same { 1.0 } else { 0.0 };
    (probability - answer, probability * (1.0 - probability))
}

fn best_split<'s>(
    examples: &[Example],
    part: impl Iterator<Item = (usize, &'s (f64, f64))>,
    kinds: &[Kind],
    least: f64,
) -> Option<Split> {
    let mut sums: Vec<Vec<Sum>> =
        kinds.iter().map(|kind| vec![Sum::default(); kind.levels()]).collect();
    for (place, (slope, curve)) in part {
        let levels = examples[place].evidence.levels();
        for (kind, sums) in kinds.iter().zip(&mut sums) {
            sums[usize::from(levels[*kind as usize])].add(*slope, *curve);
        }
    }
    let mut best: Option<Split> = None;
    for (kind, sums) in kinds.iter().zip(&sums) {
        let whole = sums.iter().fold(Sum::default(), |sum, level| sum.plus(*level));
        let mut left = Sum::default();
        for (at, level) in (1_u8..).zip(sums) {
            left = left.plus(*level);
            let right = Sum {
                slope: whole.slope - left.slope,
                curve: whole.curve - left.curve,
                pairs: whole.pairs - left.pairs,
            };
            if left.pairs < least || right.pairs < least {
                continue;
            }
            let gain = left.gain() + right.gain() - whole.gain();
            if gain > best.map_or(0.0, |best| best.gain) {
                best = Some(Split { kind: *kind, at, gain, left, right });
            }
        }
    }
    best
}

/// Adds one side of a tree to the table of its two kinds.
fn add(cells: &mut Cells, (root, right): (Split, bool), split: &Split, pace: f64) {
    let of = ordered(root.kind, split.kind);
    let table = cells.entry(of).or_insert_with(|| vec![vec![0.0; of.1.levels()]; of.0.levels()]);
    for (first, row) in table.iter_mut().enumerate() {
        for (second, cell) in row.iter_mut().enumerate() {
            // A table of a kind with itself has its bits where both levels are the same.
            if of.0 == of.1 && first != second {
                continue;
            }
            let (at_root, at_split) =
                if root.kind == of.0 { (first, second) } else { (second, first) };
            if (at_root >= usize::from(root.at)) == right {
                let above = at_split >= usize::from(split.at);
                *cell +=
                    pace * if above { split.right.correction() } else { split.left.correction() };
            }
        }
    }
}
