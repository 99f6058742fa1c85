//! One file through one mapping, streaming: decode, the sender's schema, mapping, canonical schema.

mod amended;
mod asked;
mod carry;
mod element;
mod flow;
mod hear;
mod issues;
mod nested;
mod rows;
mod settle;
mod tee;
mod translate;

use std::collections::VecDeque;
use std::sync::Arc;

use crate::format::{Broken, Reader};
use crate::model::{Issue, IssueCode};

use super::Mapping;
use super::amend::{Amendments, Met, reader_of_one};
use super::outcome::{Around, Ending, Outcome, Refusal, RunContext, Translated};

use amended::Amended;
pub(super) use element::Element;
pub use element::{Elements, Whole};
pub(super) use flow::{Flow, Raw};
use rows::{Collector, Next};
use settle::Settlement;

/// One file through one mapping.
///
/// Records come out in the order of the file. References to other records are settled at the end:
/// [`Run::finish`].
pub struct Run<'m> {
    reader: Reader,
    flow: Flow<'m>,
    /// Where several rows make one record.
    rows: Option<Collector>,
    ready: VecDeque<Outcome>,
    settlement: Settlement,
    amended: Amended,
    columns: Option<Arc<[String]>>,
    records: u64,
    refused: u64,
    complete: bool,
    lean: bool,
}

impl<'m> Run<'m> {
    /// Reads a file with a mapping; the reader should have been made with
    /// [`Mapping::read_options`].
    #[must_use]
    pub fn new(mapping: &'m Mapping, reader: Reader, context: RunContext) -> Self {
        Self {
            reader,
            rows: Collector::of(mapping),
            flow: Flow::new(mapping, context.scheme.as_str(), context.today),
            ready: VecDeque::new(),
            settlement: Settlement::default(),
            amended: Amended::default(),
            columns: None,
            records: 0,
            refused: 0,
            complete: true,
            lean: false,
        }
    }

    /// Reads one record again on its own, or a text in its place.
    #[must_use]
    pub fn of_record(
        mapping: &'m Mapping,
        record: &[u8],
        around: &Around,
        context: RunContext,
    ) -> Self {
        let reader = reader_of_one(mapping, record, around);
        let mut run = Self::new(mapping, reader, context);
        run.flow.resume(&around.carried);
        run
    }

    /// With values that are read in place of the sender's.
    #[must_use]
    pub fn with_amendments(mut self, amendments: Amendments) -> Self {
        self.amended = Amended::new(amendments);
        // Who amends has to know what was there.
        self.flow.keep(Raw::Kept);
        self
    }

    /// For a caller who keeps nothing but the translation: accepted records come without the bytes as
    /// sent and without what it takes to read them again.
    #[must_use]
    pub fn lean(mut self) -> Self {
        self.lean = true;
        if !self.amended.is_asked() {
            self.flow.keep(Raw::Left);
        }
        self
    }

    /// What became of the amendments of the records read so far, each told once.
    pub fn take_met(&mut self) -> Vec<Met> {
        self.amended.take()
    }

    /// The next record, accepted or refused; `None` at the end of the file.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Option<Outcome> {
        while self.ready.is_empty() {
            if let Some(rows) = &mut self.rows {
                match rows.next(&mut self.reader, &self.flow)? {
                    Next::Block(block) => {
                        self.columns = block.columns();
                        self.flow.element(&*block, &mut (), &mut self.ready);
                        if self.amended.is_asked() {
                            let columns = self.columns.as_ref();
                            self.amended.element(&mut self.flow, &*block, columns, &mut self.ready);
                        }
                    }
                    Next::Broken(broken) => self.broken(&broken),
                }
                continue;
            }
            match self.reader.next()? {
                Ok(frame) => {
                    know(&mut self.columns, frame.header());
                    self.flow.element(&frame, &mut (), &mut self.ready);
                    if self.amended.is_asked() {
                        let columns = self.columns.as_ref();
                        self.amended.element(&mut self.flow, &frame, columns, &mut self.ready);
                    }
                }
                Err(broken) => self.broken(&broken),
            }
        }
        let mut outcome = self.ready.pop_front()?;
        self.settle(&mut outcome);
        let around =
            || Around { columns: self.columns.clone(), carried: self.flow.carried().clone() };
        match &mut outcome {
            Outcome::Accepted(record) if !self.lean => record.around = around(),
            Outcome::Accepted(_) => {}
            Outcome::Refused(refusal) => refusal.around = around(),
        }
        self.records += 1;
        self.refused += u64::from(matches!(outcome, Outcome::Refused(_)));
        Some(outcome)
    }

    fn broken(&mut self, broken: &Broken) {
        self.complete &= !broken.ends_file;
        self.columns = broken.columns();
        self.ready.extend(self.flow.broken(broken));
        let columns = self.columns.as_ref();
        self.amended.broken(&mut self.flow, columns, &mut self.ready);
    }

    /// Gives back a record that its caller has done with: its memory serves the next ones.
    pub fn reuse(&mut self, record: Box<Translated>) {
        self.flow.reuse(record);
    }

    /// Remembers ids and references; a second record of the same id is refused.
    fn settle(&mut self, outcome: &mut Outcome) {
        match outcome {
            Outcome::Accepted(record) if self.settlement.meet(&record.record_id) => {
                let issue = Issue::error(IssueCode::DuplicateRecordId, record.place.clone())
                    .field(self.flow.id_field())
                    .value(&record.record_id)
                    .record_id(&record.record_id);
                let mut issues = vec![issue];
                issues.append(&mut record.warnings);
                *outcome = Outcome::Refused(Box::new(Refusal {
                    record_id: Some(std::mem::take(&mut record.record_id)),
                    place: std::mem::take(&mut record.place),
                    raw: std::mem::take(&mut record.raw),
                    issues,
                    around: Around::default(),
                }));
            }
            Outcome::Accepted(record) => self.settlement.refer(record),
            Outcome::Refused(refusal) => {
                if let Some(id) = &refusal.record_id {
                    self.settlement.meet(id);
                }
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

/// Keeps the header of the last row, which most rows share with the one before.
fn know(columns: &mut Option<Arc<[String]>>, header: Option<&Arc<[String]>>) {
    let same = match (&*columns, header) {
        (Some(known), Some(header)) => Arc::ptr_eq(known, header),
        (known, header) => known.is_none() && header.is_none(),
    };
    if !same {
        *columns = header.cloned();
    }
}
