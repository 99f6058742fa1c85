//! The whole procedure: candidates, learning, weights, clusters.

use std::sync::atomic::{AtomicU64, Ordering};

use rustc_hash::FxHashMap;

use super::cluster::{ABSENT, Edge, cluster};
use super::compare::{Comparer, Memory, Pattern};
use super::mixture::{self, Mixture};
use super::ranges;
use super::retrieve::{Blocks, Limits};
use super::table::Table;
use super::walk::{Membership, Walk};
use super::weigh::{Commonness, Weigher};

/// How linkage is done.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Bits from which records are joined.
    pub threshold: f32,
    /// Threads.
    pub threads: usize,
    /// What pairs are, when it was learnt before.
    pub trained: Option<Mixture>,
}

/// What is being done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// Candidates are looked for.
    Retrieval,
    /// Classes of pairs are learnt.
    Training,
    /// Pairs are compared; counted in records.
    Comparison,
    /// Records are grouped.
    Clustering,
}

impl Stage {
    /// Its name, the end of a key of the messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Retrieval => "retrieval",
            Self::Training => "training",
            Self::Comparison => "comparison",
            Self::Clustering => "clustering",
        }
    }
}

/// Who is told how far it is: the stage, how many are done, of how many.
pub type Progress<'p> = &'p (dyn Fn(Stage, u64, u64) + Sync);

/// What came of it.
pub struct Linked {
    /// For each record of the table, the first record of its cluster.
    pub clusters: Vec<u32>,
    /// Pairs that weigh at least [`ABSENT`], in ascending order.
    pub edges: Vec<Edge>,
    /// Candidates that were compared.
    pub pairs: u64,
    /// Combinations of evidence that too many share: see [`Blocks::overfull`].
    pub overfull: u64,
    /// What pairs are.
    pub mixture: Mixture,
    /// How common values are.
    pub commonness: Commonness,
}

/// Records whose candidates are learnt from, at most: the patterns of a million pairs settle every
/// chance to the third digit.
const TAUGHT: usize = 60_000;
/// Records of which all pairs are compared to see what strangers have in common.
const STRANGERS: usize = 700;

/// Links the records of a table.
#[must_use]
pub fn link(table: &Table, settings: &Settings, progress: Progress<'_>) -> Linked {
    let (records, threads) = (table.len(), settings.threads);
    progress(Stage::Retrieval, 0, records as u64);
    let limits = Limits::of(records);
    let blocks = Blocks::of(table, limits, threads);
    let membership = Membership::of(&blocks, records);
    let walk = || Walk::new(&blocks, &membership, limits.least);

    progress(Stage::Training, 0, records as u64);
    let mixture = settings.trained.clone().unwrap_or_else(|| {
        let candidates = candidates(table, threads, walk);
        mixture::learn(&table.fields, &candidates, &strangers(table), threads)
    });

    let commonness = Commonness::of(table);
    let done = AtomicU64::new(0);
    let comparer = Comparer::new(table);
    let bench = || (walk(), Weigher::new(table, &mixture, &commonness), Vec::new());
    let parts = ranges::over(threads, records, bench, |(walk, weigher, found), range| {
        let (mut edges, mut pairs) = (Vec::new(), 0);
        let size = range.len() as u64;
        for one in range {
            walk.after(one, found);
            pairs += found.len() as u64;
            std::hint::black_box(comparer.ahead(one, found));
            for other in found.iter() {
                if let Some((weight, _)) = weigher.weight(one, *other, ABSENT) {
                    edges.push(Edge { one, other: *other, weight });
                }
            }
        }
        let done = done.fetch_add(size, Ordering::Relaxed) + size;
        progress(Stage::Comparison, done, records as u64);
        (edges, pairs)
    });
    let pairs = parts.iter().map(|(_, pairs)| pairs).sum();
    let mut edges: Vec<Edge> = parts.into_iter().flat_map(|(edges, _)| edges).collect();
    edges.sort_unstable_by_key(|edge| (edge.one, edge.other));

    progress(Stage::Clustering, 0, records as u64);
    let clusters = cluster(records, &edges, settings.threshold);
    Linked { clusters, edges, pairs, overfull: blocks.overfull, mixture, commonness }
}

/// Counts of the patterns of candidates: of all, or of those of [`TAUGHT`] records, evenly spread.
fn candidates<'b>(
    table: &Table,
    threads: usize,
    walk: impl Fn() -> Walk<'b> + Sync,
) -> Vec<(Pattern, u64)> {
    let taught = spread(table.len(), TAUGHT);
    let all = taught.len() == table.len();
    let bench = || (walk(), Memory::default(), Vec::new());
    let comparer = Comparer::new(table);
    let parts = ranges::over(threads, taught.len(), bench, |(walk, memory, found), range| {
        let mut counts: FxHashMap<Pattern, u64> = FxHashMap::default();
        for place in range {
            let one = taught[place as usize];
            if all {
                walk.after(one, found)
            } else {
                walk.around(one, found)
            }
            for other in found.iter() {
                let pattern = comparer.pattern(one.min(*other), one.max(*other), memory);
                *counts.entry(pattern).or_insert(0) += 1;
            }
        }
        counts
    });
    let mut counts: FxHashMap<Pattern, u64> = FxHashMap::default();
    for (pattern, count) in parts.into_iter().flatten() {
        *counts.entry(pattern).or_insert(0) += count;
    }
    in_order(counts)
}

/// At most so many of the records, evenly spread over the table.
fn spread(records: usize, most: usize) -> Vec<u32> {
    let step = records.div_ceil(most).max(1);
    (0..).take(records).step_by(step).collect()
}

/// Counts of the patterns of records that have nothing to do with each other.
fn strangers(table: &Table) -> Vec<(Pattern, u64)> {
    let records = spread(table.len(), STRANGERS);
    let (comparer, mut memory) = (Comparer::new(table), Memory::default());
    let mut counts: FxHashMap<Pattern, u64> = FxHashMap::default();
    for (place, one) in records.iter().enumerate() {
        for other in &records[place + 1..] {
            *counts.entry(comparer.pattern(*one, *other, &mut memory)).or_insert(0) += 1;
        }
    }
    in_order(counts)
}

/// Floating sums depend on their order, hash maps have none.
fn in_order(counts: FxHashMap<Pattern, u64>) -> Vec<(Pattern, u64)> {
    let mut counts: Vec<(Pattern, u64)> = counts.into_iter().collect();
    counts.sort_unstable();
    counts
}
