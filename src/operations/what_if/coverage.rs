//! Whose question would be answered otherwise by the people of another model.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{Changed, EXAMPLES, Flip, Report, WhatIfError};
use crate::eligibility::rules::{self, Found};
use crate::eligibility::{Question, RecordFacts, Subject, Verdict};
use crate::model::{PersonId, RecordId, SchemeId};
use crate::operations::Hub;

/// Counts the records of some groups whose question would be answered otherwise.
pub(super) async fn flips(
    hub: &Hub,
    page: &[Changed],
    people: &BTreeMap<RecordId, PersonId>,
    as_of: Date,
    report: &mut Report,
) -> Result<(), WhatIfError> {
    let former: BTreeSet<PersonId> = page.iter().flat_map(|one| &one.people).copied().collect();
    let former: Vec<PersonId> = former.into_iter().collect();
    let mut session = hub.store().read().await?;
    let theirs = session.records_of_people(&former).await?;
    let records: Vec<RecordId> = theirs.keys().copied().collect();
    let said = session.statements_of(hub.store().keys(), &records).await?;
    drop(session);
    let said: BTreeMap<RecordId, RecordFacts> =
        said.into_iter().map(|facts| (facts.record, facts)).collect();
    let library = hub.library();
    let now = hub.now();
    let question = Question {
        asked_by: String::new(),
        purpose: String::new(),
        as_of,
        known_at: None,
        country_of_care: None,
        scheme: None,
        subject: Subject::Identifiers(Vec::new()),
    };
    let answer = |records: &mut dyn Iterator<Item = RecordId>| -> (Verdict, Option<SchemeId>) {
        let facts: Vec<RecordFacts> =
            records.filter_map(|record| said.get(&record).cloned()).collect();
        let found = Found::Person(None, facts);
        let answer = rules::decide(&question, &found, library.registry(), now);
        (answer.verdict, answer.scheme)
    };
    for changed in page {
        let after = answer(&mut changed.group.iter().copied());
        let mut before: BTreeMap<PersonId, (Verdict, Option<SchemeId>)> = BTreeMap::new();
        for record in &changed.group {
            let Some(person) = people.get(record) else { continue };
            let was = before.entry(*person).or_insert_with(|| {
                let own = theirs.iter().filter(|(_, who)| *who == person);
                answer(&mut own.map(|(record, _)| *record))
            });
            let (covered, covers) = (was.0 == Verdict::Eligible, after.0 == Verdict::Eligible);
            let count = match (covered, covers) {
                (false, true) => &mut report.flips.gained,
                (true, false) => &mut report.flips.lost,
                (true, true) if was.1 != after.1 => &mut report.flips.other_scheme,
                _ => continue,
            };
            *count += 1;
            if report.flip_examples.len() < EXAMPLES {
                let (before, after) = (said_as(was), said_as(&after));
                report.flip_examples.push(Flip { record: *record, before, after });
            }
        }
    }
    Ok(())
}

/// `eligible ml-canam`, `not_eligible`.
fn said_as((verdict, scheme): &(Verdict, Option<SchemeId>)) -> String {
    match scheme.as_ref().filter(|_| *verdict == Verdict::Eligible) {
        Some(scheme) => format!("{} {scheme}", verdict.name()),
        None => verdict.name().to_owned(),
    }
}
