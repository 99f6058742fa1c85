//! What a pair weighs: bits for "the same person" against everything else that it could be.

use rustc_hash::FxHashMap;

use super::bounds::Bounds;
use super::compare::{Comparer, Memory, Pattern, level, level_of};
use super::date::DateLevel;
use super::kind::Comparison;
use super::mixture::{Meaning, Mixture};
use super::table::Table;
use super::text::NONE;

/// Values that fewer records than this have are not rarer for it: the two that agree are counted.
const RAREST: f64 = 2.0;
/// How far the commonness of a value may shift a weight, in natural logarithms either way.
const FURTHEST: f32 = 5.0;

/// How much commoner than on average each value is, in natural logarithms.
pub struct Commonness {
    fields: Vec<Vec<f32>>,
    values: Vec<FxHashMap<u32, f32>>,
}

impl Commonness {
    /// Of the values of a table.
    #[must_use]
    pub fn of(table: &Table) -> Self {
        let mut fields = Vec::with_capacity(table.fields.len());
        let mut values = Vec::with_capacity(table.fields.len());
        for (place, field) in table.fields.iter().enumerate() {
            let coincidence = table.coincidence(place).max(f64::MIN_POSITIVE);
            let rarest = RAREST / f64::from(table.known(place).max(1));
            let of = |cell| shift(table.share(place, cell).max(rarest) / coincidence);
            let dated = matches!(field.kind.comparison(), Comparison::Date | Comparison::Year);
            let symbols = if dated { 0 } else { table.texts(place).len() };
            fields.push((0..u32::try_from(symbols).unwrap_or(NONE)).map(of).collect());
            let cells = if dated { table.distinct(place) } else { Vec::new() };
            values.push(cells.into_iter().map(|cell| (cell, of(cell))).collect());
        }
        Self { fields, values }
    }

    fn get(&self, field: usize, cell: u32) -> f32 {
        let symbol = self.fields[field].get(cell as usize).copied();
        symbol.or_else(|| self.values[field].get(&cell).copied()).unwrap_or(0.0)
    }
}

#[allow(clippy::cast_possible_truncation, reason = "a logarithm")]
fn shift(ratio: f64) -> f32 {
    (ratio.ln() as f32).clamp(-FURTHEST, FURTHEST)
}

/// What a pattern says, before it is known which values agreed.
#[derive(Clone, Copy)]
struct Odds {
    same: f64,
    household: f64,
    chance: f64,
}

/// Weighs pairs of a table.
pub struct Weigher<'t> {
    table: &'t Table,
    comparer: Comparer<'t>,
    mixture: &'t Mixture,
    commonness: &'t Commonness,
    bounds: Bounds<'t>,
    known: FxHashMap<Pattern, Odds>,
    memory: Memory,
    likelihoods: Vec<f64>,
}

impl<'t> Weigher<'t> {
    /// By a mixture that was learnt.
    #[must_use]
    pub fn new(table: &'t Table, mixture: &'t Mixture, commonness: &'t Commonness) -> Self {
        Self {
            table,
            comparer: Comparer::new(table),
            mixture,
            commonness,
            bounds: Bounds::new(&table.fields, mixture),
            known: FxHashMap::default(),
            memory: Memory::default(),
            likelihoods: Vec::new(),
        }
    }

    /// The pattern of two records.
    pub fn pattern(&mut self, one: u32, other: u32) -> Pattern {
        self.comparer.pattern(one, other, &mut self.memory)
    }

    /// The weight of two records' being one person, in bits, and their pattern; `None` when it
    /// cannot reach `least`. Fields whose texts could say most are compared first, and no more of them
    /// than it takes to see that.
    #[allow(clippy::cast_possible_truncation, reason = "a weight needs no more")]
    pub fn weight(&mut self, one: u32, other: u32, least: f32) -> Option<(f32, Pattern)> {
        let mut outline = self.comparer.outline(one, other);
        // What agrees exactly is certain from the beginning, and nothing else is common.
        let shift = f64::from(self.shift(one, outline.pattern));
        let needed = f64::from(least.exp2());
        while let Some((bound, field)) = self.bounds.of(outline) {
            if bound.household < needed || bound.chance < needed * shift.exp() {
                return None;
            }
            self.comparer.fill_in(one, other, field, &mut outline, &mut self.memory);
        }
        let odds = self.odds(outline.pattern);
        let against = odds.household + odds.chance * shift.exp();
        let weight = (odds.same / against.max(f64::MIN_POSITIVE)).log2() as f32;
        (weight >= least).then_some((weight, outline.pattern))
    }

    /// The weight of two records as it grows field by field: bits after the first field, after the
    /// first two, and so on, and before all of them what a candidate weighs of which nothing is
    /// known.
    #[allow(clippy::cast_possible_truncation, reason = "a weight needs no more")]
    pub fn steps(&mut self, one: u32, other: u32) -> (Pattern, Vec<f32>) {
        let pattern = self.pattern(one, other);
        let mut steps = Vec::new();
        for fields in 0..=self.table.fields.len() {
            let seen = if fields < 16 { pattern & ((1 << (4 * fields)) - 1) } else { pattern };
            let odds = self.odds(seen);
            let shift = f64::from(self.shift(one, seen));
            let against = odds.household + odds.chance * shift.exp();
            steps.push((odds.same / against.max(f64::MIN_POSITIVE)).log2() as f32);
        }
        (pattern, steps)
    }

    fn odds(&mut self, pattern: Pattern) -> Odds {
        if let Some(odds) = self.known.get(&pattern) {
            return *odds;
        }
        self.mixture.likelihoods(pattern, &mut self.likelihoods);
        let mut odds = Odds { same: 0.0, household: 0.0, chance: 0.0 };
        for (class, likelihood) in self.mixture.classes.iter().zip(&self.likelihoods) {
            match class.meaning {
                Meaning::Same | Meaning::SameElsewhere => odds.same += likelihood,
                Meaning::Household => odds.household += likelihood,
                Meaning::Chance => odds.chance += likelihood,
            }
        }
        self.known.insert(pattern, odds);
        odds
    }

    /// By how much the values that agree are commoner than on average: chance brings common values
    /// together, and that is all it explains.
    #[must_use]
    pub fn shift(&self, one: u32, pattern: Pattern) -> f32 {
        let line = self.table.line(one).iter().enumerate();
        line.filter(|(place, _)| self.is_equal(*place, level_of(pattern, *place)))
            .map(|(place, cell)| self.commonness.get(place, *cell))
            .sum()
    }

    fn is_equal(&self, field: usize, found: u8) -> bool {
        let vague = DateLevel::EqualVague as u8;
        found == level::EQUAL
            || found == vague && self.table.fields[field].kind.comparison() == Comparison::Date
    }
}
