//! One file through one mapping, streaming: decode, the sender's schema, mapping, canonical schema.

mod element;
mod flow;
mod issues;
mod settle;
mod tee;

use std::collections::VecDeque;

use crate::format::Reader;
use crate::model::{Issue, IssueCode};

use super::Mapping;
use super::outcome::{Ending, Outcome, Refusal, RunContext};

pub(super) use element::Element;
pub(super) use flow::Flow;
use settle::Settlement;

/// One file through one mapping.
///
/// Records come out in the order of the file. References to other records are settled at the end:
/// [`Run::finish`].
pub struct Run<'m> {
    reader: Reader,
    flow: Flow<'m>,
    ready: VecDeque<Outcome>,
    settlement: Settlement,
    records: u64,
    refused: u64,
    complete: bool,
}

impl<'m> Run<'m> {
    /// Reads a file with a mapping; the reader should have been made with
    /// [`Mapping::read_options`].
    #[must_use]
    pub fn new(mapping: &'m Mapping, reader: Reader, context: RunContext) -> Self {
        Self {
            reader,
            flow: Flow::new(mapping, context.scheme.as_str(), context.today),
            ready: VecDeque::new(),
            settlement: Settlement::default(),
            records: 0,
            refused: 0,
            complete: true,
        }
    }

    /// The next record, accepted or refused; `None` at the end of the file.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Option<Outcome> {
        let next = loop {
            if let Some(outcome) = self.ready.pop_front() {
                break outcome;
            }
            match self.reader.next()? {
                Ok(frame) => self.flow.element(&frame, &mut (), &mut self.ready),
                Err(broken) => {
                    self.complete &= !broken.ends_file;
                    self.ready.extend(self.flow.broken(&broken));
                }
            }
        };
        let outcome = self.settle(next);
        self.records += 1;
        self.refused += u64::from(matches!(outcome, Outcome::Refused(_)));
        Some(outcome)
    }

    /// Remembers ids and references; a second record of the same id is refused.
    fn settle(&mut self, outcome: Outcome) -> Outcome {
        match outcome {
            Outcome::Accepted(record) if self.settlement.meet(&record.record_id) => {
                let issue = Issue::error(IssueCode::DuplicateRecordId, record.place.clone())
                    .field(self.flow.id_field())
                    .value(&record.record_id)
                    .record_id(&record.record_id);
                let mut issues = vec![issue];
                issues.extend(record.warnings);
                let (record_id, place, raw) = (Some(record.record_id), record.place, record.raw);
                Outcome::Refused(Refusal { record_id, place, raw, issues })
            }
            Outcome::Accepted(record) => {
                self.settlement.refer(&record);
                Outcome::Accepted(record)
            }
            Outcome::Refused(refusal) => {
                if let Some(id) = &refusal.record_id {
                    self.settlement.meet(id);
                }
                Outcome::Refused(refusal)
            }
        }
    }

    /// Settles what could only be known at the end of the file.
    #[must_use]
    pub fn finish(self) -> Ending {
        Ending {
            unresolved: self.settlement.unresolved(),
            records: self.records,
            refused: self.refused,
            complete: self.complete,
            dropped: self.flow.dropped(),
        }
    }
}
