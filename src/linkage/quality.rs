//! How good a linkage is: estimated from the weights alone, or measured where the truth is given.

use rustc_hash::FxHashMap;

use super::cluster::Edge;

/// Precision and recall.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Measure {
    /// Share of the joined that are right.
    pub precision: f64,
    /// Share of the right that are joined.
    pub recall: f64,
}

impl Measure {
    /// The harmonic mean of both.
    #[must_use]
    pub fn f1(self) -> f64 {
        let sum = self.precision + self.recall;
        if sum > 0.0 { 2.0 * self.precision * self.recall / sum } else { 0.0 }
    }
}

/// The chance that a pair of this weight is one person.
#[must_use]
pub fn probability(bits: f32) -> f64 {
    1.0 / (1.0 + (-f64::from(bits)).exp2())
}

/// What weights say of themselves: precision and recall of the pairs above a threshold, among the
/// pairs that were candidates. What was no candidate is not in it.
#[must_use]
pub fn estimate(edges: &[Edge], threshold: f32) -> Measure {
    let (mut above, mut right, mut all) = (0.0, 0.0, 0.0);
    for edge in edges {
        let probability = probability(edge.weight);
        all += probability;
        if edge.weight > threshold {
            above += 1.0;
            right += probability;
        }
    }
    Measure { precision: ratio(right, above), recall: ratio(right, all) }
}

/// How clusters compare with the truth, over pairs and over records (B-cubed).
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Scores {
    /// Records whose truth is known.
    pub records: u64,
    /// Over pairs of records.
    pub pairs: Measure,
    /// Over records.
    pub b_cubed: Measure,
}

/// Measures clusters against the truth; a record without one is left out.
#[must_use]
pub fn measure(clusters: &[u32], truth: &[Option<u32>]) -> Scores {
    let known = || clusters.iter().zip(truth).filter_map(|(c, t)| t.map(|t| (*c, t)));
    let (mut both, mut ours, mut theirs) =
        (FxHashMap::default(), FxHashMap::default(), FxHashMap::default());
    let mut records = 0_u64;
    for (cluster, entity) in known() {
        *both.entry((cluster, entity)).or_insert(0_u64) += 1;
        *ours.entry(cluster).or_insert(0_u64) += 1;
        *theirs.entry(entity).or_insert(0_u64) += 1;
        records += 1;
    }
    let pairs = |counts: &mut dyn Iterator<Item = &u64>| -> u64 {
        counts.map(|count| count * (count - 1) / 2).sum()
    };
    let (shared, joined, right) =
        (pairs(&mut both.values()), pairs(&mut ours.values()), pairs(&mut theirs.values()));
    let (mut precision, mut recall) = (0.0, 0.0);
    let mut cells: Vec<_> = both.into_iter().collect();
    cells.sort_unstable();
    for ((cluster, entity), count) in cells {
        let square = as_f64(count) * as_f64(count);
        precision += square / as_f64(ours[&cluster]);
        recall += square / as_f64(theirs[&entity]);
    }
    let of_pairs = Measure {
        precision: ratio(as_f64(shared), as_f64(joined)),
        recall: ratio(as_f64(shared), as_f64(right)),
    };
    let all = as_f64(records);
    let b_cubed = Measure { precision: ratio(precision, all), recall: ratio(recall, all) };
    Scores { records, pairs: of_pairs, b_cubed }
}

/// Pairs whose probability lies in one of ten bands, and how many of them are one person.
#[must_use]
pub fn calibration(edges: &[Edge], truth: &[Option<u32>]) -> [(u64, f64, u64); 10] {
    let mut bands = [(0, 0.0, 0); 10];
    for edge in edges {
        let (Some(one), Some(other)) = (truth[edge.one as usize], truth[edge.other as usize])
        else {
            continue;
        };
        let probability = probability(edge.weight);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 9")]
        let band = &mut bands[((probability * 10.0) as usize).min(9)];
        band.0 += 1;
        band.1 += probability;
        band.2 += u64::from(one == other);
    }
    bands
}

/// Nothing joined is nothing wrong.
fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 1.0 }
}

#[allow(clippy::cast_precision_loss, reason = "counts of pairs are far below 2^52")]
const fn as_f64(count: u64) -> f64 {
    count as f64
}
