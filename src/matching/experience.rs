//! What pairs with a known answer have taught beyond the bars: bits for levels of evidence, alone
//! and two together.
//!
//! A table adds bits to the weight of a pair for the levels that the pair shows of one or two kinds.
//! The sum of the bars and the tables is the final weight, so that a decision stays a waterfall of
//! bits. Two sets: [`Experience::alone`] looks at the pair and the households, and
//! [`Experience::together`] also at the other records that either of the two looks like.

use serde::{Deserialize, Serialize};

use super::evidence::{Evidence, Kind};
use super::model::ModelError;

/// Bits for the levels of one kind, or of two together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The kinds.
    pub of: (Kind, Kind),
    /// Bits by level of the first kind, then of the second.
    pub bits: Vec<Vec<f32>>,
}

/// On what it was learnt, and how it did on what it had not seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// What the pairs were.
    pub learnt_from: String,
    /// The day, as an ISO date.
    pub learnt_on: String,
    /// How many pairs.
    pub pairs: u64,
    /// How many of them are one person.
    pub same: u64,
    /// Share of the joins at the threshold that were wrong, each population judged by what the
    /// others taught.
    pub false_joins: f32,
}

/// What was learnt.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Experience {
    /// Where it comes from; none when nothing was learnt.
    #[serde(default)]
    pub report: Option<Report>,
    /// The most that one table may add or take, in bits.
    #[serde(default)]
    pub bound: f32,
    /// Tables for the pair by itself.
    #[serde(default)]
    pub alone: Vec<Table>,
    /// Tables for the pair among the others.
    #[serde(default)]
    pub together: Vec<Table>,
}

/// One more bar of the waterfall.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Learnt {
    /// The kinds that are looked at together.
    pub of: (Kind, Kind),
    /// Their levels.
    pub levels: (u8, u8),
    /// The bits.
    pub bits: f32,
}

/// Some tables one after the other in one piece of memory, for millions of pairs.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    cells: Vec<f32>,
    rows: Vec<Rows>,
}

/// Where a table stands among the cells.
#[derive(Clone, Copy, Debug)]
struct Rows {
    of: (Kind, Kind),
    first: u32,
    width: u32,
}

impl Tables {
    /// Lays tables that fit their kinds beside one another.
    #[must_use]
    pub fn of(tables: &[Table]) -> Self {
        let mut laid = Self::default();
        let size = |length: usize| u32::try_from(length).expect("fewer than 2^32 cells");
        for table in tables {
            let (first, width) = (size(laid.cells.len()), size(table.of.1.levels()));
            laid.rows.push(Rows { of: table.of, first, width });
            laid.cells.extend(table.bits.iter().flatten());
        }
        laid
    }

    /// The most bits that the tables may give for what a pair shows, whatever it shows of the open kinds.
    #[must_use]
    pub fn most(&self, evidence: &Evidence, is_open: impl Fn(Kind) -> bool) -> f32 {
        let levels = |kind: Kind| match is_open(kind) {
            true => 0..kind.levels(),
            false => usize::from(evidence.level(kind))..usize::from(evidence.level(kind)) + 1,
        };
        let most = |rows: &Rows| {
            let cells = levels(rows.of.0).flat_map(|row| {
                let start = rows.first as usize + row * rows.width as usize;
                levels(rows.of.1).map(move |column| start + column)
            });
            cells.filter_map(|cell| self.cells.get(cell).copied()).reduce(f32::max).unwrap_or(0.0)
        };
        self.rows.iter().map(most).sum()
    }

    /// The bits of all tables for what a pair shows.
    #[must_use]
    pub fn bits(&self, evidence: &Evidence) -> f32 {
        let cell = |rows: &Rows| {
            let (row, column) = (evidence.level(rows.of.0), evidence.level(rows.of.1));
            let place = rows.first + u32::from(row) * rows.width + u32::from(column);
            self.cells.get(place as usize).copied().unwrap_or(0.0)
        };
        self.rows.iter().map(cell).sum()
    }
}

impl Table {
    /// The bits for what a pair shows.
    #[must_use]
    pub fn bits(&self, evidence: &Evidence) -> f32 {
        let row = self.bits.get(usize::from(evidence.level(self.of.0)));
        let cell = row.and_then(|row| row.get(usize::from(evidence.level(self.of.1))));
        cell.copied().unwrap_or(0.0)
    }

    fn bar(&self, evidence: &Evidence) -> Learnt {
        let levels = (evidence.level(self.of.0), evidence.level(self.of.1));
        Learnt { of: self.of, levels, bits: self.bits(evidence) }
    }
}

/// What was learnt may make at most this share of joins wrong where it was tried: the floor that is
/// promised for registers with few errors.
const MOST_FALSE_JOINS: f32 = 0.002;
/// No table may add or take more than this, in bits, whatever bound the file states: beyond a factor
/// of 256 a table would decide alone.
const WIDEST_BOUND: f32 = 8.0;

impl Experience {
    /// What is wrong with it: no report, bits beyond the bound, tables that do not fit their kinds.
    #[must_use]
    pub fn problems(&self) -> Vec<ModelError> {
        let mut found = Vec::new();
        let mut demand = |holds: bool, place: String, expected: &str| {
            if !holds {
                found.push(ModelError::new(place, expected));
            }
        };
        let is_empty = self.alone.is_empty() && self.together.is_empty();
        let known = self.report.is_some() || is_empty;
        demand(known, "/experience/report".to_owned(), "report: { learnt_from, … }");
        let bound = self.bound.is_finite() && (0.0..=WIDEST_BOUND).contains(&self.bound);
        demand(bound, "/experience/bound".to_owned(), "0 ≤ … ≤ 8");
        if let Some(report) = &self.report {
            let place = "/experience/report/false_joins".to_owned();
            let few = (0.0..=MOST_FALSE_JOINS).contains(&report.false_joins);
            demand(few, place, "0 ≤ … ≤ 0.002");
            let some = report.same <= report.pairs;
            demand(some, "/experience/report/same".to_owned(), "same ≤ pairs");
        }
        for (set, tables) in [("alone", &self.alone), ("together", &self.together)] {
            for (number, table) in tables.iter().enumerate() {
                let place = format!("/experience/{set}/{number}/bits");
                let (rows, columns) = (table.of.0.levels(), table.of.1.levels());
                let fits =
                    table.bits.len() == rows && table.bits.iter().all(|row| row.len() == columns);
                demand(fits, place.clone(), &format!("{rows} × {columns}"));
                let within = |bits: &f32| bits.is_finite() && bits.abs() <= self.bound;
                let bounded = table.bits.iter().flatten().all(within);
                demand(bounded, place, &format!("|…| ≤ {}", self.bound));
            }
        }
        found
    }

    /// The bars of all tables that say something.
    #[must_use]
    pub fn bars(&self, evidence: &Evidence) -> Vec<Learnt> {
        let tables = self.alone.iter().chain(&self.together);
        tables.map(|table| table.bar(evidence)).filter(|bar| bar.bits != 0.0).collect()
    }
}
