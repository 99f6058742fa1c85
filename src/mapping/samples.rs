//! Whole sample files that stand beside a mapping: how many of their records it must take.
//!
//! Which file that is, is said here; opening it is the caller's business.

use std::collections::HashMap;

use crate::format::Reader;
use crate::model::{Defects, SchemeId};

use super::Mapping;
use super::cases::TODAY;
use super::outcome::{Outcome, RunContext};
use super::run::Run;
use super::spec::SampleSpec;

/// What a sample file shows.
#[derive(Default)]
pub struct SampleReport {
    /// Records that were read.
    pub records: u64,
    /// Records that were accepted, references settled.
    pub accepted: u64,
    /// What is wrong with the others, and what was left out.
    pub defects: Defects,
    /// Whether the file can be read to its end.
    pub complete: bool,
}

impl SampleReport {
    /// The share of accepted records, in percent; of no record it is nothing.
    #[must_use]
    pub fn share(&self) -> f64 {
        if self.records == 0 {
            return 0.0;
        }
        #[allow(clippy::cast_precision_loss, reason = "files have far fewer records than 2^52")]
        let (accepted, records) = (self.accepted as f64, self.records as f64);
        accepted * 100.0 / records
    }

    /// Whether the sample is as it should be.
    #[must_use]
    pub fn passes(&self, wanted: &SampleSpec) -> bool {
        self.complete
            && self.share() >= wanted.accepted
            && wanted.records.is_none_or(|least| self.records >= least)
    }
}

impl Mapping {
    /// The sample files of the mapping.
    #[must_use]
    pub fn samples(&self) -> &[SampleSpec] {
        &self.spec.samples
    }

    /// Runs a sample file through the mapping, on the day of its examples.
    #[must_use]
    pub fn run_sample(&self, reader: Reader) -> SampleReport {
        let mut report = SampleReport::default();
        let Ok(scheme) = self.id().parse::<SchemeId>() else { return report };
        let mut run = Run::new(self, reader, RunContext { scheme, today: TODAY }).lean();
        while let Some(outcome) = run.next() {
            report.records += 1;
            match outcome {
                Outcome::Accepted(record) => {
                    report.accepted += 1;
                    report.defects.add(&record.warnings);
                }
                Outcome::Refused(refusal) => report.defects.add(&refusal.issues),
            }
        }
        let ending = run.finish();
        report.complete = ending.complete;
        let mut loose: HashMap<String, Vec<_>> = HashMap::new();
        for reference in &ending.unresolved {
            loose.entry(reference.record_id.clone()).or_default().push(reference.issue());
        }
        for issues in loose.values() {
            report.accepted = report.accepted.saturating_sub(1);
            report.defects.add(issues);
        }
        report
    }
}
