//! From blocks to pairs: who shares enough evidence to be compared, each pair once.

use super::retrieve::Blocks;

/// The blocks of each record, the smallest first.
pub struct Membership {
    ends: Vec<usize>,
    blocks: Vec<u32>,
}

impl Membership {
    /// Of the records of a table.
    #[must_use]
    pub fn of(blocks: &Blocks, records: usize) -> Self {
        let mut starts = vec![0_usize; records + 1];
        for block in 0..blocks.len() {
            for record in blocks.members(block) {
                starts[*record as usize + 1] += 1;
            }
        }
        for place in 1..starts.len() {
            starts[place] += starts[place - 1];
        }
        let mut of = vec![0_u32; starts[records]];
        for block in 0..blocks.len() {
            let number = u32::try_from(block).expect("fewer than 2^32 blocks");
            for record in blocks.members(block) {
                let next = &mut starts[*record as usize];
                of[*next] = number;
                *next += 1;
            }
        }
        // Every start has moved to the end of its record.
        starts.truncate(records);
        Self { ends: starts, blocks: of }
    }

    fn of_record(&self, record: u32) -> &[u32] {
        let record = record as usize;
        let start = record.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.blocks[start..self.ends[record]]
    }
}

/// Evidence of sharing a block of two: whole numbers, so that sums do not depend on their order.
const WHOLE: u32 = 1 << 20;

/// Walks through the candidates of records.
pub struct Walk<'b> {
    blocks: &'b Blocks,
    membership: &'b Membership,
    least: u32,
    evidence: Vec<u32>,
    touched: Vec<u32>,
}

impl<'b> Walk<'b> {
    /// Over blocks; candidates share at least so much evidence.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1")]
    pub fn new(blocks: &'b Blocks, membership: &'b Membership, least: f64) -> Self {
        let evidence = vec![0; membership.ends.len()];
        let least = (least * f64::from(WHOLE)) as u32;
        Self { blocks, membership, least, evidence, touched: Vec::new() }
    }

    /// The candidates of a record that come after it.
    pub fn after(&mut self, record: u32, found: &mut Vec<u32>) {
        self.gather(record, record + 1, found);
    }

    /// All candidates of a record.
    pub fn around(&mut self, record: u32, found: &mut Vec<u32>) {
        self.gather(record, 0, found);
    }

    fn gather(&mut self, record: u32, from: u32, found: &mut Vec<u32>) {
        found.clear();
        let blocks = self.membership.of_record(record);
        let mut left: u32 = blocks.iter().map(|block| self.share(*block)).sum();
        let mut rest = blocks;
        // The smallest blocks come first. Whoever shares none of them cannot make up for it once all
        // that is left is too little.
        while let [block, after @ ..] = rest
            && left >= self.least
        {
            let share = self.share(*block);
            let members = self.blocks.members(*block as usize);
            for other in members.iter().rev().take_while(|other| **other >= from) {
                let evidence = &mut self.evidence[*other as usize];
                if *evidence == 0 {
                    self.touched.push(*other);
                }
                *evidence += share;
            }
            left -= share;
            rest = after;
        }
        let mut touched = std::mem::take(&mut self.touched);
        for other in touched.drain(..).filter(|other| *other != record) {
            let mut evidence = std::mem::take(&mut self.evidence[other as usize]);
            if evidence < self.least && evidence + left >= self.least {
                let shared = |block: &&u32| {
                    self.blocks.members(**block as usize).binary_search(&other).is_ok()
                };
                evidence += rest.iter().filter(shared).map(|b| self.share(*b)).sum::<u32>();
            }
            if evidence >= self.least {
                found.push(other);
            }
        }
        self.evidence[record as usize] = 0;
        self.touched = touched;
    }

    fn share(&self, block: u32) -> u32 {
        let others = self.blocks.members(block as usize).len() - 1;
        WHOLE.div_ceil(u32::try_from(others).unwrap_or(WHOLE))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whoever_shares_enough_is_found_and_nobody_else(
            groups in prop::collection::vec(prop::collection::btree_set(0_u32..30, 2..12), 1..60),
            least in 0.05_f64..1.0,
        ) {
            let groups: BTreeSet<BTreeSet<u32>> = groups.into_iter().collect();
            let blocks = Blocks::of_groups(groups.iter().map(|group| group.iter().copied()));
            let membership = Membership::of(&blocks, 30);
            let mut walk = Walk::new(&blocks, &membership, least);
            let mut found = Vec::new();
            for one in 0..30 {
                let shared = |other: u32| {
                    let both = groups.iter().filter(|g| g.contains(&one) && g.contains(&other));
                    both.map(|g| WHOLE.div_ceil(g.len() as u32 - 1)).sum::<u32>()
                };
                let enough = |other: &u32| *other != one && shared(*other) >= walk.least;
                let expected: Vec<u32> = (0..30).filter(enough).collect();
                walk.around(one, &mut found);
                found.sort_unstable();
                prop_assert_eq!(&found, &expected);
                walk.after(one, &mut found);
                found.sort_unstable();
                prop_assert!(found.iter().eq(expected.iter().filter(|other| **other > one)));
            }
        }
    }
}
