//! A refused record once more through its mapping.

use jiff::civil::Date;

use super::Correction;
use super::overlays::Overlaid;
use crate::mapping::{Amendment, Mapping, Met, Outcome, Run, RunContext};
use crate::model::{CorrectionId, Issue, SchemeId};
use crate::operations::intake::translate::unresolved;
use crate::operations::kept::{KeptRefusal, KeptRevision};
use crate::operations::replay::remade::at_home;

/// A record that is valid now.
pub(super) struct Reread {
    /// The record as sent, and as it is understood with the corrections.
    pub(super) revision: KeptRevision,
    /// References to other records.
    pub(super) unresolved: Vec<(String, String, Issue)>,
    /// The new corrections, with the values that they replace.
    pub(super) overlaid: Vec<Overlaid>,
}

/// Reads a refused record with a correction and with those that hold already; all its issues when it is still
/// not valid.
pub(super) fn reread(
    mapping: &Mapping,
    scheme: SchemeId,
    today: Date,
    kept: &KeptRefusal,
    correction: Correction,
    mut known: Vec<Amendment>,
    new_id: &dyn Fn() -> CorrectionId,
) -> Result<Reread, Vec<Issue>> {
    let fresh: Vec<Amendment> = match &correction {
        Correction::Fields(fields) => fields
            .iter()
            .map(|(field, good)| Amendment {
                id: new_id(),
                field: Some(field.clone()),
                bad: None,
                good: good.clone(),
            })
            .collect(),
        Correction::Raw(_) => Vec::new(),
    };
    known.retain(|old| fresh.iter().all(|new| new.field != old.field));
    let text = match &correction {
        Correction::Raw(text) => {
            known.clear();
            text.as_bytes()
        }
        Correction::Fields(_) => &kept.raw,
    };
    let context = RunContext { scheme, today };
    let wanted = kept.record_id.clone();
    let all: Vec<Amendment> = known.into_iter().chain(fresh.iter().cloned()).collect();
    let whose = wanted.clone();
    let mut run = Run::of_record(mapping, text, &kept.around, context).with_amendments(Box::new(
        move |id, _| if id == whose.as_deref() { all.clone() } else { Vec::new() },
    ));
    let (mut outcomes, mut met) = (Vec::new(), Vec::new());
    while let Some(outcome) = run.next() {
        met.extend(run.take_met());
        outcomes.push(outcome);
    }
    let ending = run.finish();
    let position = outcomes.iter().position(|outcome| outcome.record_id() == wanted.as_deref());
    if outcomes.is_empty() {
        return Err(kept.issues.clone());
    }
    let record = match outcomes.swap_remove(position.unwrap_or(0)) {
        Outcome::Accepted(record) => record,
        Outcome::Refused(refusal) => {
            return Err(at_home(refusal.issues, refusal.place.line, &kept.place));
        }
    };
    let own = |from: &String| *from == record.record_id;
    let unresolved = ending.unresolved.into_iter().map(unresolved).filter(|(from, ..)| own(from));
    let unresolved = unresolved
        .map(|(from, to, issue)| (from, to, Issue { place: kept.place.clone(), ..issue }))
        .collect();
    let overlaid = match correction {
        Correction::Raw(good) => {
            let bad = String::from_utf8_lossy(&kept.raw).into_owned();
            vec![Overlaid { id: new_id(), field: None, bad, good }]
        }
        Correction::Fields(_) => overlaid(fresh, &met),
    };
    let revision = KeptRevision {
        record_id: record.record_id,
        place: kept.place.clone(),
        raw: kept.raw.clone(),
        canonical: record.canonical,
        warnings: at_home(record.warnings, record.place.line, &kept.place),
        around: kept.around.clone(),
    };
    Ok(Reread { revision, unresolved, overlaid })
}

fn overlaid(fresh: Vec<Amendment>, met: &[Met]) -> Vec<Overlaid> {
    fresh
        .into_iter()
        .map(|amendment| {
            let met = met.iter().find(|met| met.id == amendment.id);
            Overlaid {
                id: amendment.id,
                field: amendment.field,
                bad: met.map(|met| met.was.clone()).unwrap_or_default(),
                good: amendment.good,
            }
        })
        .collect()
}
