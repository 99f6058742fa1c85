//! From blocks to pairs: who shares enough evidence to be compared, each pair once.

use super::retrieve::Blocks;

/// The blocks of each record.
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

/// Walks through the candidates of records.
pub struct Walk<'b> {
    blocks: &'b Blocks,
    membership: &'b Membership,
    least: f32,
    evidence: Vec<f32>,
    touched: Vec<u32>,
}

impl<'b> Walk<'b> {
    /// Over blocks; candidates share at least so much evidence.
    #[must_use]
    pub fn new(blocks: &'b Blocks, membership: &'b Membership, least: f32) -> Self {
        let evidence = vec![0.0; membership.ends.len()];
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

    #[allow(clippy::cast_precision_loss, reason = "a block has at most a few hundred records")]
    fn gather(&mut self, record: u32, from: u32, found: &mut Vec<u32>) {
        found.clear();
        for block in self.membership.of_record(record) {
            let members = self.blocks.members(*block as usize);
            let share = 1.0 / (members.len() - 1) as f32;
            for other in members.iter().rev().take_while(|other| **other >= from) {
                let evidence = &mut self.evidence[*other as usize];
                if *evidence == 0.0 {
                    self.touched.push(*other);
                }
                *evidence += share;
            }
        }
        for other in self.touched.drain(..) {
            let evidence = std::mem::take(&mut self.evidence[other as usize]);
            if evidence >= self.least && other != record {
                found.push(other);
            }
        }
    }
}
