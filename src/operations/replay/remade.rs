//! One stored record through a mapping: as it was received, with the corrections that hold for it.

use std::sync::Arc;

use jiff::civil::Date;

use crate::mapping::{Around, Mapping, Outcome, Run, RunContext, Unresolved};
use crate::model::{Issue, Place, SchemeId};
use crate::operations::intake::translate::unresolved;
use crate::operations::quarantine::overlays::Overlays;

/// What makes records again.
#[derive(Clone)]
pub(in crate::operations) struct Maker {
    /// The mapping that is tried.
    pub(in crate::operations) mapping: Arc<Mapping>,
    /// The mapping in force: tells which record of an element is which, when ids are made otherwise now.
    pub(in crate::operations) in_force: Arc<Mapping>,
    pub(in crate::operations) scheme: SchemeId,
    pub(in crate::operations) today: Date,
    pub(in crate::operations) overlays: Arc<Overlays>,
}

/// What was stored of a record.
pub(in crate::operations) struct Received<'r> {
    pub(in crate::operations) record_id: Option<&'r str>,
    pub(in crate::operations) place: &'r Place,
    pub(in crate::operations) raw: &'r [u8],
    pub(in crate::operations) around: &'r Around,
}

/// What a mapping makes of a record.
pub(in crate::operations) enum Made {
    /// A valid record.
    Record(Box<Valid>),
    /// A refused one, with everything that is wrong.
    Refused(Vec<Issue>),
    /// Nothing: such rows are no records for it.
    Nothing,
}

/// A valid record.
pub(in crate::operations) struct Valid {
    pub(in crate::operations) record_id: String,
    pub(in crate::operations) canonical: Vec<u8>,
    pub(in crate::operations) warnings: Vec<Issue>,
    /// The ids that it refers to, and what to say of each that is nowhere.
    pub(in crate::operations) references: Vec<(String, Issue)>,
}

impl Maker {
    /// Reads a record again.
    pub(in crate::operations) fn make(&self, received: &Received<'_>) -> Made {
        let (mut outcomes, loose) = self.run(&self.mapping, received);
        let Some(position) = self.position(received, &outcomes) else { return Made::Nothing };
        match outcomes.swap_remove(position) {
            Outcome::Accepted(record) => {
                let references = loose
                    .into_iter()
                    .filter(|loose| loose.record_id == record.record_id)
                    .map(unresolved)
                    .map(|(_, to, issue)| (to, Issue { place: received.place.clone(), ..issue }))
                    .collect();
                Made::Record(Box::new(Valid {
                    warnings: at_home(record.warnings, record.place.line, received.place),
                    record_id: record.record_id,
                    canonical: record.canonical,
                    references,
                }))
            }
            Outcome::Refused(refusal) => {
                Made::Refused(at_home(refusal.issues, refusal.place.line, received.place))
            }
        }
    }

    fn run(&self, mapping: &Mapping, received: &Received<'_>) -> (Vec<Outcome>, Vec<Unresolved>) {
        let context = RunContext { scheme: self.scheme.clone(), today: self.today };
        let mut run = Run::of_record(mapping, received.raw, received.around, context);
        if !self.overlays.is_empty() {
            let overlays = Arc::clone(&self.overlays);
            run = run.with_amendments(Box::new(move |id, raw| overlays.of(id, raw)));
        }
        let outcomes = std::iter::from_fn(|| run.next()).collect();
        (outcomes, run.finish().unresolved)
    }

    /// Which of the outcomes is the record: by its id; else by its place among those that the mapping in force makes
    /// of the same element; else the only one.
    fn position(&self, received: &Received<'_>, outcomes: &[Outcome]) -> Option<usize> {
        let wanted = received.record_id;
        if let Some(position) = outcomes.iter().position(|made| made.record_id() == wanted) {
            return Some(position);
        }
        if outcomes.len() == 1 {
            return Some(0);
        }
        let (known, _) = self.run(&self.in_force, received);
        let position = known.iter().position(|made| made.record_id() == wanted)?;
        (known.len() == outcomes.len()).then_some(position)
    }
}

/// Issues with the lines of the sender's file: here the record was read from a file of its own.
pub(in crate::operations) fn at_home(
    mut issues: Vec<Issue>,
    line: u64,
    home: &Place,
) -> Vec<Issue> {
    for issue in &mut issues {
        issue.place.line = home.line + issue.place.line.saturating_sub(line);
        issue.place.path.clone_from(&home.path);
        issue.place.byte = home.byte;
    }
    issues
}
