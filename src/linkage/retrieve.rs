//! Candidates by evidence: who shares a value, or a combination of values, that few share.
//!
//! There are no rules of blocking. A piece of evidence that at most [`Limits::few`] records share
//! makes them a block; a commoner one only together with others, two or three at a time, until few
//! share the combination. So rare values find on their own, common ones only intersected, and the
//! same procedure fits a village and a nation. A combination of three that is still too common is
//! counted in [`Blocks::overfull`]: nothing is dropped unseen.

use rustc_hash::FxHashSet;

use super::evidence::{Catalogue, Piece};
use super::hash::{mix, start};
use super::ranges;
use super::table::Table;

/// How far retrieval goes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Records that a block has at most.
    pub few: usize,
    /// Evidence that two records must share to be compared; sharing a block of `n` others is `1/n`.
    pub least: f64,
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

/// Groups of records that share evidence, the smallest first.
#[derive(Default)]
pub struct Blocks {
    ends: Vec<usize>,
    members: Vec<u32>,
    /// Combinations of three pieces of evidence that too many records share.
    pub overfull: u64,
}

/// What one part of the keys comes to.
#[derive(Default)]
struct Part {
    ends: Vec<usize>,
    members: Vec<u32>,
    /// A hash of the members of each block.
    sums: Vec<u64>,
    /// Keys that too many records share.
    common: Vec<u64>,
}

impl Blocks {
    /// The blocks of a table.
    #[must_use]
    pub fn of(table: &Table, limits: Limits, threads: usize) -> Self {
        let mut blocks = Self::default();
        let mut seen = FxHashSet::default();
        let catalogue = Catalogue::of(table, threads);

        let groups = catalogue.groups().len();
        let ones = ranges::each(
            threads,
            groups,
            || (),
            |(), group| ones(table, &catalogue, group, limits.few),
        );
        let mut is_common = vec![false; catalogue.len()];
        for piece in blocks.take(ones, &mut seen) {
            is_common[usize::try_from(piece).expect("a piece")] = true;
        }
        let catalogue = catalogue.only(&is_common);
        drop(is_common);
        let common = Common { table, catalogue: &catalogue, parts: limits.parts };

        let pairs = pairs_of_groups(&catalogue);
        let twos = ranges::each(
            threads,
            pairs.len(),
            || (),
            |(), pair| {
                collect(table.len(), limits.few, |record, out| {
                    common.twos(record, pairs[pair], out)
                })
            },
        );
        let doubles: FxHashSet<u64> = blocks.take(twos, &mut seen).into_iter().collect();

        let triples = ranges::over(threads, table.len(), Vec::new, |pieces, records| {
            let mut entries = Vec::new();
            for record in records {
                common.threes(record, &doubles, pieces, &mut |key| entries.push((key, record)));
            }
            entries
        });
        let triples = Part::of(triples.concat(), limits.few);
        blocks.overfull = blocks.take(vec![triples], &mut seen).len() as u64;
        drop(seen);
        blocks.by_size()
    }

    /// Blocks of these groups of records, each in ascending order.
    #[cfg(test)]
    pub(super) fn of_groups(groups: impl Iterator<Item = impl Iterator<Item = u32>>) -> Self {
        let mut part = Part::default();
        groups.for_each(|group| part.add(group));
        let mut blocks = Self::default();
        blocks.take(vec![part], &mut FxHashSet::default());
        blocks.by_size()
    }

    fn by_size(self) -> Self {
        let mut order: Vec<u32> = (0..).take(self.len()).collect();
        order.sort_by_key(|block| self.members(*block as usize).len());
        let mut sorted = Self { ends: Vec::with_capacity(self.len()), ..Self::default() };
        sorted.members.reserve_exact(self.members.len());
        for block in order {
            sorted.members.extend_from_slice(self.members(block as usize));
            sorted.ends.push(sorted.members.len());
        }
        Self { overfull: self.overfull, ..sorted }
    }

    /// Adds the blocks of parts, each group of members once, and returns the common keys.
    fn take(&mut self, parts: Vec<Part>, seen: &mut FxHashSet<u64>) -> Vec<u64> {
        let mut common = Vec::new();
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

impl Part {
    /// The blocks of keys with the records that have them.
    fn of(mut entries: Vec<(u64, u32)>, few: usize) -> Self {
        entries.sort_unstable();
        // A record may have a key twice: both of its names are the same.
        entries.dedup();
        let mut part = Self::default();
        for group in entries.chunk_by(|a, b| a.0 == b.0) {
            if group.len() > few {
                part.common.push(group[0].0);
            } else if group.len() > 1 {
                part.add(group.iter().map(|(_, record)| *record));
            }
        }
        part
    }

    fn add(&mut self, members: impl Iterator<Item = u32>) {
        let start = self.members.len();
        self.members.extend(members);
        let members = &self.members[start..];
        self.sums.push(sum(members));
        self.ends.push(self.members.len());
    }

    fn append(&mut self, other: Self) {
        let before = self.members.len();
        self.members.extend(other.members);
        self.ends.extend(other.ends.iter().map(|end| before + end));
        self.sums.extend(other.sums);
        self.common.extend(other.common);
    }
}

/// A hash of the members of a block.
fn sum(members: &[u32]) -> u64 {
    members.iter().fold(start(members.len()), |sum, record| mix(sum, u64::from(*record)))
}

/// The blocks of the pieces of one group: pieces are counted, then their records are put in place.
fn ones(table: &Table, catalogue: &Catalogue, group: usize, few: usize) -> Part {
    let (pieces, fields) = &catalogue.groups()[group];
    let records = 0..u32::try_from(table.len()).expect("fewer than 2^32 records");
    let each = |record: u32, found: &mut Vec<Piece>| {
        found.clear();
        for field in fields {
            found.extend_from_slice(catalogue.pieces(table, record, *field));
        }
        if fields.len() > 1 {
            found.sort_unstable();
            found.dedup();
        }
    };
    let mut found = Vec::new();
    let mut counts = vec![0_u32; pieces.len()];
    let place = |piece: Piece| (piece - pieces.start) as usize;
    for record in records.clone() {
        each(record, &mut found);
        found.iter().for_each(|piece| counts[place(*piece)] += 1);
    }
    let mut part = Part::default();
    let is_block = |count: u32| (2..=few).contains(&(count as usize));
    let mut next = vec![usize::MAX; pieces.len()];
    let mut start = 0;
    for (piece, count) in pieces.clone().zip(&counts) {
        if is_block(*count) {
            next[place(piece)] = start;
            start += *count as usize;
            part.ends.push(start);
        } else if *count as usize > few {
            part.common.push(u64::from(piece));
        }
    }
    part.members = vec![0; start];
    for record in records {
        each(record, &mut found);
        for piece in &found {
            let next = &mut next[place(*piece)];
            if *next != usize::MAX {
                part.members[*next] = record;
                *next += 1;
            }
        }
    }
    let mut start = 0;
    for end in &part.ends {
        part.sums.push(sum(&part.members[start..*end]));
        start = *end;
    }
    part
}

/// Keys with their records that are held at once by a thread: 256 MB.
const AT_ONCE: usize = 1 << 24;

/// The blocks of some keys of all records, in as many rounds as memory asks for.
fn collect(records: usize, few: usize, keys: impl Fn(u32, &mut dyn FnMut(u64))) -> Part {
    let records = u32::try_from(records).expect("fewer than 2^32 records");
    let mut count = 0_usize;
    (0..records).for_each(|record| keys(record, &mut |_| count += 1));
    let rounds = count.div_ceil(AT_ONCE).max(1) as u64;
    let mut part = Part::default();
    for round in 0..rounds {
        let mut entries = Vec::with_capacity(count / usize::try_from(rounds).unwrap_or(1));
        for record in 0..records {
            keys(record, &mut |key| {
                if rounds == 1 || mix(0, key) % rounds == round {
                    entries.push((key, record));
                }
            });
        }
        part.append(Part::of(entries, few));
    }
    part
}

/// Every two groups; one of several fields (given and family name) also with itself.
fn pairs_of_groups(catalogue: &Catalogue) -> Vec<[usize; 2]> {
    let groups = catalogue.groups();
    let mut pairs = Vec::new();
    for first in 0..groups.len() {
        let from = if groups[first].1.len() > 1 { first } else { first + 1 };
        pairs.extend((from..groups.len()).map(|second| [first, second]));
    }
    pairs
}

/// The pieces that too many share to be a block by themselves.
struct Common<'t> {
    table: &'t Table,
    catalogue: &'t Catalogue,
    /// Whether a combination may consist of parts of values alone.
    parts: bool,
}

impl Common<'_> {
    /// Every two pieces of a record, of two fields of these groups.
    fn twos(&self, record: u32, [first, second]: [usize; 2], out: &mut dyn FnMut(u64)) {
        let fields = |group: usize| &self.catalogue.groups()[group].1;
        for (place, one) in fields(first).iter().enumerate() {
            let pieces = self.catalogue.pieces(self.table, record, *one);
            if pieces.is_empty() {
                continue;
            }
            let others = fields(second);
            let others = if first == second { &others[place + 1..] } else { &others[..] };
            for other in others {
                for b in self.catalogue.pieces(self.table, record, *other) {
                    for a in pieces.iter().filter(|a| self.may_combine(**a, *b)) {
                        out(both(*a, *b));
                    }
                }
            }
        }
    }

    /// Every three pieces of a record, of three fields, of which every two are too common.
    fn threes(
        &self,
        record: u32,
        doubles: &FxHashSet<u64>,
        pieces: &mut Vec<(usize, Piece)>,
        out: &mut dyn FnMut(u64),
    ) {
        pieces.clear();
        for (_, fields) in self.catalogue.groups() {
            for field in fields {
                let found = self.catalogue.pieces(self.table, record, *field);
                pieces.extend(found.iter().map(|piece| (*field, *piece)));
            }
        }
        let pieces = &pieces[..pieces.len().min(MOST_COMMON)];
        // For each piece, those after it with which it makes a combination that is too common.
        let mut partners = [0_u64; MOST_COMMON];
        for (place, (field, a)) in pieces.iter().enumerate() {
            for (later, (other, b)) in pieces.iter().enumerate().skip(place + 1) {
                let combine = field != other && self.may_combine(*a, *b);
                if combine && doubles.contains(&both(*a, *b)) {
                    partners[place] |= 1 << later;
                }
            }
        }
        for (place, (_, a)) in pieces.iter().enumerate() {
            for second in bits(partners[place]) {
                for third in bits(partners[place] & partners[second]) {
                    let mut three = [*a, pieces[second].1, pieces[third].1].map(u64::from);
                    three.sort_unstable();
                    out(mix(mix(three[0], three[1]), three[2]));
                }
            }
        }
    }

    fn may_combine(&self, a: Piece, b: Piece) -> bool {
        self.parts || !(self.catalogue.is_weak(a) && self.catalogue.is_weak(b))
    }
}

/// Common pieces of a record that are combined in threes: the number of bits of a set. Sixteen
/// fields of ordinary values have half as many.
const MOST_COMMON: usize = 64;

/// The places of the bits of a set.
fn bits(mut set: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = set.trailing_zeros() as usize;
        set &= set.wrapping_sub(1);
        (place < 64).then_some(place)
    })
}

/// A key of two pieces, whichever comes first.
fn both(a: Piece, b: Piece) -> u64 {
    (u64::from(a.min(b)) << 32) | u64::from(a.max(b))
}
