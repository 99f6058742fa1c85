//! Drives a body through the mapping of its scheme.

use std::sync::Arc;

use jiff::civil::Date;

use crate::format::{Container, ReadOptions, Reader};
use crate::mapping::{Mapping, Outcome, Run, RunContext, Unresolved};
use crate::model::SchemeId;
use crate::operations::body::Measured;
use crate::operations::hub::Hub;
use crate::operations::kept::{KeptRefusal, KeptRevision};
use crate::operations::library::Library;
use crate::operations::quarantine::overlays::Overlays;
use crate::store::batches::BatchKind;

use super::open::ReadBy;
use super::read::{Drive, Ended, Found, dangling_issue};
use super::{IntakeError, Submission};

/// A mapping, and how the body is to be read with it.
pub(super) struct Translation {
    mapping: Arc<Mapping>,
    options: ReadOptions,
    scheme: SchemeId,
    today: Date,
}

impl Translation {
    /// The mapping of the scheme, or the one that the sender names as the format of this body.
    pub(super) fn new(hub: &Hub, submission: &Submission) -> Result<Self, IntakeError> {
        let library = hub.library();
        let scheme = submission.scheme.clone();
        let own = library.mapping(scheme.as_str());
        if library.registry().scheme(&scheme).is_none() && own.is_none() {
            return Err(unknown_scheme(&library, &scheme));
        }
        let Some(format) = submission.format.as_deref() else {
            let mapping = own.ok_or_else(|| unknown_scheme(&library, &scheme))?;
            let options = mapping.read_options();
            return Ok(Self { mapping: Arc::clone(mapping), options, scheme, today: hub.today() });
        };
        let unknown = || IntakeError::UnknownFormat { format: format.to_owned() };
        let (mapping, container) = match (format, own) {
            // One record, or an array of them, in the scheme's own structure.
            ("json", Some(own)) => (own, Some(Container::Json { records_at: Vec::new() })),
            ("ndjson", Some(own)) => (own, Some(Container::Ndjson)),
            _ => (library.mapping(format).ok_or_else(unknown)?, None),
        };
        let mut options = mapping.read_options();
        options.container = container.unwrap_or(options.container);
        Ok(Self { mapping: Arc::clone(mapping), options, scheme, today: hub.today() })
    }

    pub(super) fn read_by(&self) -> ReadBy {
        let mapping = format!("{}/{}", self.mapping.id(), self.mapping.version());
        ReadBy {
            kind: BatchKind::Records,
            mapping: Some(mapping),
            hash: Some(hex::encode(self.mapping.hash())),
        }
    }

    pub(super) fn drive(self, overlays: Overlays) -> Drive {
        Box::new(move |body: Measured, emit: &mut dyn FnMut(Found) -> bool| {
            let reader = Reader::new(Box::new(body), &self.options);
            let context = RunContext { scheme: self.scheme, today: self.today };
            let (amendments, steady) = overlays.into_parts();
            let mut run = Run::new(&self.mapping, reader, context);
            if let Some(amendments) = amendments {
                run = run.with_amendments(amendments);
            }
            let (mut corrected, mut lapsed) = (0, Vec::new());
            while let Some(outcome) = run.next() {
                let met = run.take_met();
                corrected += u64::from(met.iter().any(|met| met.held));
                let changed = met.iter().filter(|met| !met.held && !steady.contains(&met.id));
                lapsed.extend(changed.map(|met| met.id));
                if !emit(found(outcome)) {
                    break;
                }
            }
            let ending = run.finish();
            Ended {
                unresolved: ending.unresolved.into_iter().map(unresolved).collect(),
                complete: ending.complete,
                dropped: ending.dropped,
                hold_refused: self.mapping.hold_above(),
                corrected,
                lapsed,
            }
        })
    }
}

fn unknown_scheme(library: &Library, scheme: &SchemeId) -> IntakeError {
    let sends = |id: &&str| id.parse().is_ok_and(|id| library.registry().scheme(&id).is_some());
    let known = library.mappings().map(|mapping| mapping.id()).filter(sends);
    IntakeError::UnknownScheme {
        scheme: scheme.to_string(),
        known: known.map(str::to_owned).collect(),
    }
}

pub(in crate::operations) fn found(outcome: Outcome) -> Found {
    match outcome {
        Outcome::Accepted(record) => Found::Accepted {
            kept: KeptRevision {
                record_id: record.record_id,
                place: record.place,
                raw: record.raw,
                canonical: record.canonical,
                warnings: record.warnings,
                around: record.around,
            },
        },
        Outcome::Refused(refusal) => Found::Refused {
            kept: KeptRefusal {
                record_id: refusal.record_id,
                place: refusal.place,
                raw: refusal.raw,
                issues: refusal.issues,
                around: refusal.around,
            },
        },
    }
}

pub(in crate::operations) fn unresolved(
    unresolved: Unresolved,
) -> (String, String, crate::model::Issue) {
    let Unresolved { record_id, place, reference } = unresolved;
    let issue =
        dangling_issue(reference.code, &place, &record_id, &reference.field, &reference.record_id);
    (record_id, reference.record_id, issue)
}
