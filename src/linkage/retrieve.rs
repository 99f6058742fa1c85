//! Candidates by evidence: who shares a value, or a combination of values, that few share.
//!
//! There are no rules of blocking. A piece of evidence that at most [`Limits::few`] records share
//! makes them a block; a commoner one only together with others, two or three at a time, until few
//! share the combination. So rare values find on their own, common ones only intersected, and the
//! same procedure fits a village and a nation. A combination of three that is still too common is
//! counted in [`Blocks::overfull`]: nothing is dropped unseen.

use rustc_hash::FxHashSet;

use super::evidence::{self, Piece};
use super::hash::mix;
use super::ranges;
use super::table::Table;

/// How far retrieval goes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Records that a block has at most.
    pub few: usize,
    /// Evidence that two records must share to be compared; sharing a block of `n` others is `1/n`.
    pub least: f32,
    /// Whether a combination may consist of parts of values alone.
    pub parts: bool,
}

/// Records beyond which one record more of a block is a comparison too many.
const LARGE: usize = 50_000;

impl Limits {
    /// What fits so many records.
    #[must_use]
    pub const fn of(records: usize) -> Self {
        // In a nation a true pair shares more evidence than among a few thousand records, and every
        // candidate costs as much.
        let large = records > LARGE;
        Self { few: 100, least: if large { 0.1 } else { 0.05 }, parts: !large }
    }
}

/// Groups of records that share evidence.
pub struct Blocks {
    ends: Vec<usize>,
    members: Vec<u32>,
    /// Combinations of three pieces of evidence that too many records share.
    pub overfull: u64,
}

/// The pieces of each record that too many share to be a block by themselves.
struct Common {
    ends: Vec<usize>,
    pieces: Vec<Piece>,
}

impl Common {
    fn of(&self, record: u32) -> &[Piece] {
        let record = record as usize;
        let start = record.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.pieces[start..self.ends[record]]
    }
}

/// What one part of the keys comes to.
#[derive(Default)]
struct Part {
    ends: Vec<usize>,
    members: Vec<u32>,
    /// A hash of the members of each block.
    sums: Vec<u64>,
    common: Vec<u64>,
}

impl Blocks {
    /// The blocks of a table.
    #[must_use]
    pub fn of(table: &Table, limits: Limits, threads: usize) -> Self {
        let mut blocks = Self { ends: Vec::new(), members: Vec::new(), overfull: 0 };
        let mut seen = FxHashSet::default();
        let groups = evidence::groups(&table.fields);

        let single = combinations_of(&groups, 1);
        let single = ranges::each(threads, single.len(), Vec::new, |pieces, part| {
            collect(table.len(), limits.few, |record, out| {
                pieces.clear();
                for (field, group) in groups.iter().enumerate() {
                    if *group == single[part][0] {
                        evidence::pieces(table, record, field, *group, pieces);
                    }
                }
                unique(pieces).for_each(out);
            })
        });
        let single = blocks.take(single, &mut seen);
        let common = common(table, &groups, &single, threads);

        let pairs = combinations_of(&groups, 2);
        let double = ranges::each(
            threads,
            pairs.len(),
            || (),
            |(), part| {
                let wanted = &pairs[part];
                collect(table.len(), limits.few, |record, out| {
                    twos(common.of(record), wanted, limits.parts, out);
                })
            },
        );
        let double = blocks.take(double, &mut seen);

        let triples = combinations_of(&groups, 3);
        let triple = ranges::each(
            threads,
            triples.len(),
            || (),
            |(), part| {
                let wanted = &triples[part];
                collect(table.len(), limits.few, |record, out| {
                    threes(common.of(record), wanted, &double, limits.parts, out);
                })
            },
        );
        blocks.overfull = blocks.take(triple, &mut seen).len() as u64;
        blocks
    }

    /// Adds the blocks of parts, each group of members once, and returns the common keys.
    fn take(&mut self, parts: Vec<Part>, seen: &mut FxHashSet<u64>) -> FxHashSet<u64> {
        let mut common = FxHashSet::default();
        for part in parts {
            let mut start = 0;
            for (end, sum) in part.ends.iter().zip(&part.sums) {
                if seen.insert(*sum) {
                    self.members.extend_from_slice(&part.members[start..*end]);
                    self.ends.push(self.members.len());
                }
                start = *end;
            }
            common.extend(part.common);
        }
        common
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The records of a block, ascending.
    #[must_use]
    pub fn members(&self, block: usize) -> &[u32] {
        let start = block.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.members[start..self.ends[block]]
    }
}

/// Keys that were seen once, and twice: most are seen once, and never stored.
struct Sketch {
    once: Vec<u64>,
    twice: Vec<u64>,
}

/// Bits of a sketch for every key: with eight, one key in eight is stored in vain.
const BITS: usize = 8;
/// Bits of a sketch at most: 256 MB.
const MOST_BITS: usize = 1 << 31;

impl Sketch {
    fn of(keys: usize) -> Self {
        let words = (keys * BITS).clamp(64, MOST_BITS).next_power_of_two() / 64;
        Self { once: vec![0; words], twice: vec![0; words] }
    }

    #[allow(clippy::cast_possible_truncation, reason = "the low bits are what is wanted")]
    fn place(&self, key: u64) -> (usize, u64) {
        ((key >> 6) as usize & (self.once.len() - 1), 1 << (key & 63))
    }

    fn add(&mut self, key: u64) {
        let (word, bit) = self.place(key);
        self.twice[word] |= self.once[word] & bit;
        self.once[word] |= bit;
    }

    fn is_twice(&self, key: u64) -> bool {
        let (word, bit) = self.place(key);
        self.twice[word] & bit != 0
    }
}

/// The blocks of some keys of all records.
fn collect(records: usize, few: usize, mut keys: impl FnMut(u32, &mut dyn FnMut(u64))) -> Part {
    let records = u32::try_from(records).expect("fewer than 2^32 records");
    let mut count = 0;
    (0..records).for_each(|record| keys(record, &mut |_| count += 1));
    let mut part = Part::default();
    if count == 0 {
        return part;
    }
    let mut sketch = Sketch::of(count);
    (0..records).for_each(|record| keys(record, &mut |key| sketch.add(key)));
    let mut entries: Vec<(u64, u32)> = Vec::new();
    for record in 0..records {
        keys(record, &mut |key| {
            if sketch.is_twice(key) {
                entries.push((key, record));
            }
        });
    }
    drop(sketch);
    entries.sort_unstable();
    for group in entries.chunk_by(|a, b| a.0 == b.0) {
        if group.len() > few {
            part.common.push(group[0].0);
        } else if group.len() > 1 {
            let sum = group.iter().fold(0, |sum, (_, record)| mix(sum, u64::from(*record)));
            part.members.extend(group.iter().map(|(_, record)| *record));
            part.ends.push(part.members.len());
            part.sums.push(sum);
        }
    }
    part
}

/// The hashes of pieces, each once.
fn unique(pieces: &mut [Piece]) -> impl Iterator<Item = u64> + '_ {
    pieces.sort_unstable();
    pieces.chunk_by(|a, b| a.hash == b.hash).map(|same| same[0].hash)
}

fn common(table: &Table, groups: &[u8], keys: &FxHashSet<u64>, threads: usize) -> Common {
    let parts = ranges::over(threads, table.len(), Vec::new, |pieces, records| {
        let mut part = Common { ends: Vec::new(), pieces: Vec::new() };
        for record in records {
            pieces.clear();
            for (field, group) in groups.iter().enumerate() {
                evidence::pieces(table, record, field, *group, pieces);
            }
            let start = part.pieces.len();
            part.pieces.extend(pieces.iter().filter(|piece| keys.contains(&piece.hash)));
            part.pieces[start..].sort_unstable_by_key(|piece| (piece.group, piece.hash));
            part.ends.push(part.pieces.len());
        }
        part
    });
    let mut common = Common { ends: Vec::with_capacity(table.len()), pieces: Vec::new() };
    for part in parts {
        let before = common.pieces.len();
        common.pieces.extend(part.pieces);
        common.ends.extend(part.ends.into_iter().map(|end| before + end));
    }
    common
}

/// Every way to take so many groups; one of several fields (given and family name) may be taken as
/// often.
fn combinations_of(groups: &[u8], count: usize) -> Vec<Vec<u8>> {
    let mut distinct = groups.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let fields = |group: u8| groups.iter().filter(|other| **other == group).count();
    let mut all: Vec<Vec<u8>> = vec![Vec::new()];
    for _ in 0..count {
        let mut longer = Vec::new();
        for chosen in all {
            let from = chosen.last().copied().unwrap_or(0);
            for group in distinct.iter().copied().filter(|group| *group >= from) {
                if chosen.iter().filter(|other| **other == group).count() < fields(group) {
                    longer.push([chosen.as_slice(), &[group]].concat());
                }
            }
        }
        all = longer;
    }
    all
}

/// The pieces of a group.
fn of_group(pieces: &[Piece], group: u8) -> &[Piece] {
    let start = pieces.partition_point(|piece| piece.group < group);
    let end = pieces.partition_point(|piece| piece.group <= group);
    &pieces[start..end]
}

/// A key of two pieces, whichever comes first.
const fn both(a: Piece, b: Piece) -> u64 {
    if a.hash < b.hash { mix(a.hash, b.hash) } else { mix(b.hash, a.hash) }
}

fn twos(pieces: &[Piece], groups: &[u8], parts: bool, out: &mut dyn FnMut(u64)) {
    let (first, second) = (of_group(pieces, groups[0]), of_group(pieces, groups[1]));
    for (place, a) in first.iter().enumerate() {
        let rest = if groups[0] == groups[1] { &first[place + 1..] } else { second };
        for b in rest.iter().filter(|b| b.field != a.field && (parts || !(a.weak && b.weak))) {
            out(both(*a, *b));
        }
    }
}

fn threes(
    pieces: &[Piece],
    groups: &[u8],
    common: &FxHashSet<u64>,
    parts: bool,
    out: &mut dyn FnMut(u64),
) {
    let [first, second, third] = [0, 1, 2].map(|place| of_group(pieces, groups[place]));
    if first.is_empty() || second.is_empty() || third.is_empty() {
        return;
    }
    for (i, a) in first.iter().enumerate() {
        let (skip, seconds) = if groups[0] == groups[1] { (i + 1, first) } else { (0, second) };
        for (j, b) in seconds.iter().enumerate().skip(skip) {
            if a.field == b.field || !parts && a.weak && b.weak || !common.contains(&both(*a, *b)) {
                continue;
            }
            let (skip, thirds) = if groups[1] == groups[2] { (j + 1, seconds) } else { (0, third) };
            for c in thirds.iter().skip(skip) {
                if c.field != a.field
                    && c.field != b.field
                    && (parts || !(c.weak && (a.weak || b.weak)))
                    && common.contains(&both(*a, *c))
                    && common.contains(&both(*b, *c))
                {
                    let mut hashes = [a.hash, b.hash, c.hash];
                    hashes.sort_unstable();
                    out(mix(mix(hashes[0], hashes[1]), hashes[2]));
                }
            }
        }
    }
}
