//! Ends the reading of a batch, in one transaction: references to records that are nowhere, what a snapshot no longer
//! holds, and whether a person must look at it first.

use std::collections::{BTreeMap, HashSet};

use crate::model::{AuditId, CorrectionId, Issue, QuarantineId, RecordId};
use crate::operations::hub::Hub;
use crate::operations::kept::{KeptRefusal, KeptRevision, shared};
use crate::store::audit::Entry;
use crate::store::batches::{Batch, BatchState};
use crate::store::quarantine::{Defect, QuarantineState, quarantine_owner};
use crate::store::records::RecordState;
use crate::store::revisions::{Mark, RevisionState};
use crate::store::{KeyedHash, Session, StoreError, Tx};

use super::IntakeError;
use super::stage::{Refused, Staging, judge};

/// How the reading ended.
#[derive(Default)]
pub(in crate::operations) struct Ending {
    /// References to ids that the file does not hold.
    pub(in crate::operations) dangling: Vec<Dangling>,
    /// False when the file broke off.
    pub(in crate::operations) complete: bool,
    /// Values dropped on entry, by field.
    pub(in crate::operations) dropped: BTreeMap<String, u64>,
    /// Hash of the whole body.
    pub(in crate::operations) body_hash: Option<[u8; 32]>,
    /// The share of refused records above which the file is held, in percent.
    pub(in crate::operations) hold_refused: Option<f64>,
    /// Records that were read with a value put right in the hub.
    pub(in crate::operations) corrected: u64,
    /// Corrections whose value the sender has changed.
    pub(in crate::operations) lapsed: Vec<CorrectionId>,
}

/// A reference that the file does not settle.
pub(in crate::operations) struct Dangling {
    /// The record that refers.
    pub(in crate::operations) from: KeyedHash,
    /// The record that is referred to.
    pub(in crate::operations) to: KeyedHash,
    /// What to say when it is nowhere.
    pub(in crate::operations) issue: Issue,
}

/// Above this share of known records that a snapshot no longer holds, in percent, a person must look: half a file
/// looks exactly like mass departure.
const HOLD_ABSENT: f64 = 10.0;
/// Keys looked up in one statement.
const PAGE: usize = 500;

pub(in crate::operations) async fn settle(
    hub: &Hub,
    mut staging: Staging,
    ending: Ending,
    actor: &str,
) -> Result<Batch, IntakeError> {
    let now = hub.now();
    staging.batch.finished_at = Some(now);
    if staging.dry_run {
        return preview(hub, staging, &ending).await;
    }
    let mut tx = hub.store().begin().await?;
    if !tx.touch_batch(staging.batch.id, staging.batch.epoch, &staging.batch.counts, now).await? {
        return Err(IntakeError::Replaced);
    }
    refuse_dangling(hub, &mut tx, &mut staging, &ending.dangling).await?;
    let absent = absent(&mut tx, &staging, ending.complete).await?;
    for page in absent.records.chunks(PAGE) {
        tx.mark_records(staging.batch.id, Mark::Absent, page).await?;
    }
    conclude(&mut staging, &ending, &absent);
    let batch = &staging.batch;
    tx.open_quarantine(batch.id, &batch.scheme, now).await?;
    if !tx.finish_batch(batch).await? {
        return Err(IntakeError::Replaced);
    }
    if batch.state == BatchState::Releasing {
        // A held file may be discarded: what it changed is not yet so.
        for id in &ending.lapsed {
            tx.lapse_correction(*id, now).await?;
        }
    }
    let mut entries = vec![entry(hub, batch, "receive", actor)];
    if let Some(resolution) = &staging.resolution {
        if !tx.close_quarantined(resolution.refused, QuarantineState::Corrected, now).await? {
            return Err(IntakeError::Replaced);
        }
        for correction in &resolution.corrections {
            tx.add_correction(correction).await?;
        }
        let subject = Some(resolution.refused.to_string());
        entries.push(Entry { subject, ..entry(hub, batch, "correct", actor) });
    }
    tx.add_audit(hub.store().keys(), &entries).await?;
    tx.commit().await?;
    Ok(staging.batch)
}

/// What the batch would come to, without a trace in the store.
async fn preview(hub: &Hub, mut staging: Staging, ending: &Ending) -> Result<Batch, IntakeError> {
    let mut session = hub.store().read().await?;
    let nowhere = nowhere(&mut session, &staging.batch, &ending.dangling).await?;
    let referring: HashSet<KeyedHash> = nowhere.iter().map(|dangling| dangling.from).collect();
    let referring = referring.len() as u64;
    let counts = &mut staging.batch.counts;
    counts.refused += referring;
    counts.accepted = counts.accepted.saturating_sub(referring);
    // What is known and unchanged was settled when it came first, so these are new.
    counts.new_records = counts.new_records.saturating_sub(referring);
    let absent = absent(&mut session, &staging, ending.complete).await?;
    conclude(&mut staging, ending, &absent);
    Ok(staging.batch)
}

/// Known records that a snapshot does not hold.
#[derive(Default)]
struct Absent {
    records: Vec<RecordId>,
    /// In percent of the live ones that it could have held.
    share: f64,
}

async fn absent(
    session: &mut Session,
    staging: &Staging,
    complete: bool,
) -> Result<Absent, StoreError> {
    // A file that broke off does not say what it would have held.
    let (Some(seen), true) = (&staging.seen, complete) else {
        return Ok(Absent::default());
    };
    let mut records = Vec::new();
    let mut live = 0_u64;
    let mut after = None;
    loop {
        let batch = &staging.batch;
        let page = session.live_keys(&batch.scheme, batch.recorded_at, after, 5_000).await?;
        let Some((last, _)) = page.last() else { break };
        after = Some(*last);
        live += page.len() as u64;
        records.extend(page.iter().filter(|(_, key)| !seen.contains(key)).map(|(id, _)| *id));
    }
    let share = percent(records.len() as u64, live);
    Ok(Absent { records, share })
}

/// Writes the result of the reading into the batch.
fn conclude(staging: &mut Staging, ending: &Ending, absent: &Absent) {
    let Staging { batch, whole, .. } = staging;
    let counts = &mut batch.counts;
    counts.absent = absent.records.len() as u64;
    counts.corrected = ending.corrected;
    let refused = percent(counts.refused, counts.received);
    batch.complete = ending.complete;
    batch.body_hash = ending.body_hash.map(|hash| hash.to_vec());
    batch.dropped = serde_json::to_string(&ending.dropped).expect("counts by name are plain JSON");
    let limit = if *whole { Some(0.0) } else { ending.hold_refused };
    batch.hold_reason = if limit.is_some_and(|limit| refused > limit) {
        Some("refused".to_owned())
    } else if absent.share > HOLD_ABSENT {
        Some("absent".to_owned())
    } else {
        None
    };
    batch.state =
        if batch.hold_reason.is_some() { BatchState::Held } else { BatchState::Releasing };
}

#[allow(clippy::cast_precision_loss)] // shares of counts far below 2^52
fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 }
}

/// Those references whose target is neither in the file nor in the store.
pub(in crate::operations) async fn nowhere<'d>(
    session: &mut Session,
    batch: &Batch,
    dangling: &'d [Dangling],
) -> Result<Vec<&'d Dangling>, StoreError> {
    let mut nowhere = Vec::new();
    for page in dangling.chunks(PAGE) {
        let keys: Vec<KeyedHash> = page.iter().map(|dangling| dangling.to).collect();
        let known = session.known_records(&batch.scheme, &keys).await?;
        let known: HashSet<KeyedHash> = known
            .into_iter()
            .filter(|record| record.state != RecordState::Staged)
            .map(|record| record.key)
            .collect();
        nowhere.extend(page.iter().filter(|dangling| !known.contains(&dangling.to)));
    }
    Ok(nowhere)
}

/// Moves records that refer to nowhere from the staged ones into quarantine.
async fn refuse_dangling(
    hub: &Hub,
    tx: &mut Tx,
    staging: &mut Staging,
    dangling: &[Dangling],
) -> Result<(), IntakeError> {
    let nowhere = nowhere(tx, &staging.batch, dangling).await?;
    let mut by_record: BTreeMap<KeyedHash, Vec<&Issue>> = BTreeMap::new();
    for dangling in nowhere {
        by_record.entry(dangling.from).or_default().push(&dangling.issue);
    }
    let keys: Vec<KeyedHash> = by_record.keys().copied().collect();
    let hashes = hub.store().keys();
    for page in keys.chunks(PAGE) {
        let mut refused = Vec::new();
        let mut aside = Vec::new();
        for known in tx.known_records(&staging.batch.scheme, page).await? {
            // A record that is unchanged has no revision in this batch: it was settled when it came first.
            let Some(revision) = tx.staged_revision(staging.batch.id, known.id).await? else {
                continue;
            };
            let counts = &mut staging.batch.counts;
            let verdict = judge(Some(&known), &revision.content, revision.recorded_at);
            *counts.of(verdict) = counts.of(verdict).saturating_sub(1);
            counts.accepted = counts.accepted.saturating_sub(1);
            counts.warnings = counts.warnings.saturating_sub(revision.warnings);
            counts.refused += 1;
            let kept = KeptRevision::open(&revision, hashes)?;
            let found =
                by_record.get(&known.key).into_iter().flatten().map(|issue| (*issue).clone());
            let issues: Vec<Issue> = found.chain(kept.warnings).collect();
            let id = QuarantineId::new(staging.batch.received_at, hub.random());
            let refusal = KeptRefusal {
                record_id: Some(kept.record_id),
                place: kept.place,
                raw: kept.raw,
                issues,
                around: kept.around,
            };
            refused.push(Refused {
                id,
                key: Some(known.key),
                content: hashes.hash_bytes("raw", [&refusal.raw[..]]),
                line: revision.line,
                defects: defects(&refusal.issues),
                sealed: hashes.seal(quarantine_owner(&id), &refusal.to_bytes()),
            });
            aside.push(revision.id);
        }
        tx.quarantine(&staging.quarantined(refused)).await?;
        tx.set_aside(&aside, RevisionState::Refused).await?;
    }
    Ok(())
}

/// The part of issues that can be listed and counted.
pub(in crate::operations) fn defects(issues: &[Issue]) -> Vec<Defect> {
    issues
        .iter()
        .map(|issue| Defect {
            code: issue.code,
            severity: issue.severity,
            field: issue.field.clone(),
            shared: shared(issue),
        })
        .collect()
}

/// The audit entry of a step in the life of a batch.
pub(in crate::operations) fn entry(hub: &Hub, batch: &Batch, action: &str, actor: &str) -> Entry {
    let now = hub.now();
    Entry {
        id: AuditId::new(now, hub.random()),
        at: now,
        action: action.to_owned(),
        actor: actor.to_owned(),
        scheme: Some(batch.scheme.clone()),
        subject: Some(batch.id.to_string()),
        purpose: None,
        agreement: None,
        outcome: batch.state.name().to_owned(),
        detail: serde_json::to_string(&batch.counts).expect("counts are plain JSON"),
        personal: None,
    }
}
