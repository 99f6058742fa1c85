//! A few records with the ways of their values, for who writes a mapping and wants to see what it does.
//!
//! Not a run: nothing is settled between records, so a reference or a doubled id is not told.

use std::sync::Arc;

use jiff::civil::Date;

use crate::format::Reader;

use super::Mapping;
use super::amend::reader_of_one;
use super::explain::Explained;
use super::outcome::Around;
use super::run::{Flow, Whole};

/// One record of a sample.
pub struct Rehearsed {
    /// The columns under which it stands, where there are any.
    pub columns: Option<Arc<[String]>>,
    /// What becomes of it, and how.
    pub explained: Explained,
}

impl Mapping {
    /// The first `most` records of a sample, with what a row takes from the rows above it.
    #[must_use]
    pub fn rehearse(&self, sample: Reader, today: Date, most: usize) -> Vec<Rehearsed> {
        self.rehearse_by(Flow::new(self, self.id(), today), sample, most)
    }

    /// The records of an element that was received earlier, read again on its own.
    #[must_use]
    pub fn rehearse_received(
        &self,
        element: &[u8],
        around: &Around,
        today: Date,
        most: usize,
    ) -> Vec<Rehearsed> {
        let mut flow = Flow::new(self, self.id(), today);
        flow.resume(&around.carried);
        self.rehearse_by(flow, reader_of_one(self, element, around), most)
    }

    fn rehearse_by(&self, mut flow: Flow<'_>, sample: Reader, most: usize) -> Vec<Rehearsed> {
        let mut file = self.elements(sample);
        let mut found: Vec<Rehearsed> = Vec::new();
        while found.len() < most {
            let Some(element) = file.next() else { break };
            match element {
                Ok(element) => {
                    let columns = match &element {
                        Whole::Frame(frame) => frame.header().cloned(),
                        Whole::Rows(block) => block.columns(),
                    };
                    let (explained, _) = self.traced_by(&mut flow, &element);
                    let record = |explained| Rehearsed { columns: columns.clone(), explained };
                    found.extend(explained.into_iter().map(record));
                }
                Err(broken) => {
                    let columns = broken.columns();
                    let record = |outcome| Rehearsed {
                        columns: columns.clone(),
                        explained: Explained { ways: Vec::new(), outcome },
                    };
                    found.extend(flow.broken(&broken).into_iter().map(record));
                }
            }
        }
        found.truncate(most);
        found
    }
}
