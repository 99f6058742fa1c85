//! A small file looked at by somebody before they send it: what the hub would say of it, and what its first records
//! become. Nothing of it is kept.
//!
//! References to records outside the file are not looked up, as in every translation.

use std::io::Cursor;

use jiff::civil::Date;

use super::{TranslateError, render};
use crate::format::Reader;
use crate::mapping::{Mapping, Outcome, Refusal, Run, RunContext, Translated};
use crate::model::defect::{Defects, Group};
use crate::model::{Issue, Place, SchemeId};
use crate::operations::quarantine::cells::apart;

/// Records of each sort that are shown: as many as one reads.
pub const SHOWN: usize = 8;

/// What a record is to become, beside the canonical one.
pub enum Target<'m> {
    /// Nothing else.
    Canonical,
    /// A record in the format of this mapping.
    Format(&'m Mapping),
}

/// What a file comes to.
pub struct Glance {
    /// Records that were read.
    pub received: u64,
    /// Records that would be refused.
    pub refused: u64,
    /// False when the file broke off.
    pub complete: bool,
    /// What is wrong, errors before warnings, the most frequent first.
    pub defects: Vec<Group>,
    /// The first records that would be refused. Personal.
    pub first_refused: Vec<Sheet>,
    /// The first records that would be taken. Personal.
    pub first_taken: Vec<Became>,
    /// Fields that may not be kept, with how often they were there.
    pub dropped: Vec<(String, u64)>,
}

/// A record as its sender wrote it, with what is wrong. Personal.
pub struct Sheet {
    /// The sender's id, where it can be read.
    pub record_id: Option<String>,
    /// Where it stands.
    pub place: Place,
    /// Its cells, where it can be taken apart.
    pub cells: Option<Vec<(String, String)>>,
    /// As it was sent.
    pub raw: Vec<u8>,
    /// Everything that is wrong.
    pub issues: Vec<Issue>,
}

/// What a record became. Personal.
pub struct Became {
    /// The sender's id.
    pub record_id: String,
    /// `beneficiary/1`, as JSON.
    pub canonical: Vec<u8>,
    /// In the other format; why not, when that format cannot say it. None when no other was asked for.
    pub other: Option<Result<Vec<u8>, Vec<Issue>>>,
}

/// Looks a file through. `pasted` text is UTF-8, whatever the sender's files are. Blocking.
///
/// # Errors
/// When the mapping's id is no scheme id.
pub fn glance(
    from: &Mapping,
    to: &Target<'_>,
    (bytes, pasted): (Vec<u8>, bool),
    today: Date,
) -> Result<Glance, TranslateError> {
    let scheme: SchemeId =
        from.id().parse().map_err(|_| TranslateError::Scheme(from.id().to_owned()))?;
    let mut options = from.read_options();
    if pasted {
        options.encoding = Some("utf-8".to_owned());
    }
    let reader = Reader::new(Box::new(Cursor::new(bytes)), &options);
    let mut run = Run::new(from, reader, RunContext { scheme, today });
    let mut defects = Defects::default();
    let (mut first_refused, mut first_taken) = (Vec::new(), Vec::new());
    while let Some(outcome) = run.next() {
        match outcome {
            Outcome::Refused(refusal) => {
                defects.add(&refusal.issues);
                if first_refused.len() < SHOWN {
                    first_refused.push(sheet(from, *refusal));
                }
            }
            Outcome::Accepted(record) => {
                defects.add(&record.warnings);
                if first_taken.len() < SHOWN {
                    first_taken.push(became(to, *record));
                }
            }
        }
    }
    let ending = run.finish();
    Ok(Glance {
        received: ending.records,
        refused: ending.refused,
        complete: ending.complete,
        defects: defects.groups().into_iter().map(|(_, group)| group.clone()).collect(),
        first_refused,
        first_taken,
        dropped: ending.dropped,
    })
}

fn sheet(from: &Mapping, refusal: Refusal) -> Sheet {
    let cells = apart(from, &refusal.raw, refusal.around.columns.as_deref());
    let Refusal { record_id, place, raw, issues, .. } = refusal;
    Sheet { record_id, place, cells, raw, issues }
}

fn became(to: &Target<'_>, record: Translated) -> Became {
    let other = match to {
        Target::Canonical => None,
        Target::Format(mapping) => {
            Some(render(Some(mapping), std::slice::from_ref(&record.canonical)))
        }
    };
    Became { record_id: record.record_id, canonical: record.canonical, other }
}
