//! Two people are merged, records are split off a person.

use std::collections::BTreeSet;

use super::{Decision, DecisionKind, Draft, MOST_RECORDS, Steward, StewardError, repeated, write};
use crate::model::{PersonId, RecordId, SchemeId};
use crate::operations::Hub;
use crate::store::Tx;

/// Pairs that one split may part: every record that goes from every one that stays.
const MOST_PAIRS: usize = 5_000;

/// Says that two people are one: all their records are held together.
///
/// # Errors
/// When one of them is unknown or known under another id by now, or it contradicts other decisions.
pub async fn merge(
    hub: &Hub,
    steward: Steward<'_>,
    people: (PersonId, PersonId),
) -> Result<Decision, StewardError> {
    if people.0 == people.1 {
        return Err(StewardError::OnePerson);
    }
    let mut tx = hub.store().begin().await?;
    tx.change_facts().await?;
    let same = |before: &Decision| before.kind == DecisionKind::Merge;
    if let Some(before) = repeated(hub, &mut tx, steward, same).await? {
        return Ok(before);
    }
    let mut records = members(&mut tx, steward, people.0).await?;
    records.extend(members(&mut tx, steward, people.1).await?);
    if records.len() > MOST_RECORDS {
        return Err(StewardError::TooMany);
    }
    let pairs = records.iter().skip(1).map(|record| (records[0], *record, true)).collect();
    let decision =
        write(hub, &mut tx, draft(DecisionKind::Merge, pairs, people.0, steward)).await?;
    tx.commit().await?;
    Ok(decision)
}

/// Says that some records of a person are somebody else's: each is held apart from all that stay.
///
/// # Errors
/// When the person is unknown or known under another id by now, the records are not some of theirs, or it contradicts
/// other decisions.
pub async fn split(
    hub: &Hub,
    steward: Steward<'_>,
    person: PersonId,
    off: &[RecordId],
) -> Result<Decision, StewardError> {
    let off: BTreeSet<RecordId> = off.iter().copied().collect();
    let mut tx = hub.store().begin().await?;
    tx.change_facts().await?;
    let same = |before: &Decision| before.kind == DecisionKind::Split;
    if let Some(before) = repeated(hub, &mut tx, steward, same).await? {
        return Ok(before);
    }
    let records: BTreeSet<RecordId> =
        members(&mut tx, steward, person).await?.into_iter().collect();
    let stay: Vec<RecordId> = records.difference(&off).copied().collect();
    if off.is_empty() || stay.is_empty() || !off.is_subset(&records) {
        return Err(StewardError::NotAPart);
    }
    if off.len() * stay.len() > MOST_PAIRS {
        return Err(StewardError::TooMany);
    }
    let pairs =
        off.iter().flat_map(|goes| stay.iter().map(move |stays| (*goes, *stays, false))).collect();
    let decision = write(hub, &mut tx, draft(DecisionKind::Split, pairs, person, steward)).await?;
    tx.commit().await?;
    Ok(decision)
}

fn draft<'d>(
    kind: DecisionKind,
    pairs: Vec<(RecordId, RecordId, bool)>,
    person: PersonId,
    steward: Steward<'d>,
) -> Draft<'d> {
    Draft { kind, review: None, undoes: None, pairs, subject: Some(person), steward }
}

/// The records of a person whom the caller may decide about.
async fn members(
    tx: &mut Tx,
    steward: Steward<'_>,
    person: PersonId,
) -> Result<Vec<RecordId>, StewardError> {
    let members = tx.members(person).await?;
    if members.is_empty() {
        return match tx.redirect_chain(person).await?.last() {
            Some(hop) if sees_any(tx, steward, hop.to).await? => {
                Err(StewardError::Stale { current: hop.to.to_string() })
            }
            Some(_) | None => Err(StewardError::Unknown),
        };
    }
    let sees = |scheme: &SchemeId| steward.caller.sees(scheme);
    if !members.iter().any(|member| sees(&member.scheme)) {
        return Err(StewardError::Unknown);
    }
    if !members.iter().all(|member| sees(&member.scheme)) {
        return Err(StewardError::OthersRecords);
    }
    Ok(members.into_iter().map(|member| member.record).collect())
}

async fn sees_any(
    tx: &mut Tx,
    steward: Steward<'_>,
    person: PersonId,
) -> Result<bool, StewardError> {
    let members = tx.members(person).await?;
    Ok(members.iter().any(|member| steward.caller.sees(&member.scheme)))
}
