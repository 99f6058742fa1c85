//! `beneficiary/1` itself as a format: one document a line, checked against its schema only.

use std::io::Read;

use serde_json::Value;

use crate::format::{Broken, Container, ReadOptions, Reader};
use crate::mapping::{Around, Outcome, Refusal, Translated};
use crate::model::{BeneficiaryRecord, Issue, IssueCode, Place};
use crate::operations::library::Library;

/// Id of the schema.
const SCHEMA: &str = "beneficiary/1";

/// Reads every line and hands it over, until `take` says that it wants no more.
pub fn read(bytes: Box<dyn Read + Send>, library: &Library, mut take: impl FnMut(Outcome) -> bool) {
    let mut reader = Reader::new(bytes, &ReadOptions::new(Container::Ndjson));
    while let Some(frame) = reader.next() {
        let outcome = match frame {
            Ok(frame) => check(frame.raw(), frame.place(), library),
            Err(Broken { issue, raw, .. }) => {
                let place = issue.place.clone();
                Outcome::Refused(Box::new(Refusal {
                    record_id: None,
                    place,
                    raw,
                    issues: vec![issue],
                    around: Around::default(),
                }))
            }
        };
        if !take(outcome) {
            return;
        }
    }
}

fn check(raw: &[u8], place: Place, library: &Library) -> Outcome {
    let raw = raw.trim_ascii().to_vec();
    let document: Value = serde_json::from_slice(&raw).unwrap_or_default();
    let id = document.pointer("/source/record_id").and_then(Value::as_str).map(str::to_owned);
    let schema = library.schemas().get(SCHEMA);
    let mut issues: Vec<_> = schema
        .map(|schema| schema.check(&document))
        .unwrap_or_default()
        .into_iter()
        .map(|violation| {
            let mut issue = Issue::error(violation.code, place.clone()).field(violation.pointer);
            issue.record_id.clone_from(&id);
            issue.expected = violation.expected;
            issue.value = violation.value;
            issue
        })
        .collect();
    if issues.is_empty() && BeneficiaryRecord::from_json(&raw).is_err() {
        issues.push(Issue::error(IssueCode::InvalidTarget, place.clone()));
    }
    match id {
        Some(record_id) if issues.is_empty() => Outcome::Accepted(Box::new(Translated {
            record_id,
            place,
            canonical: raw,
            raw: Vec::new(),
            warnings: Vec::new(),
            references: Vec::new(),
            around: Around::default(),
        })),
        record_id => {
            let around = Around::default();
            Outcome::Refused(Box::new(Refusal { record_id, place, raw, issues, around }))
        }
    }
}
