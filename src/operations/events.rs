//! Events arrive: each is checked, kept once, and changes what is effectively known.
//!
//! An event never edits a record. It is stored beside the exports, and the effective records that it reaches are
//! derived anew from all that is known about them, so late and out of order comes to the same result. One that names a
//! record which a later line of the same file creates waits for the end of the file.
//!
//! A scheme speaks of its own records only. A move to another scheme opens records there, which the other scheme's own
//! word replaces; but they may continue only records of the scheme that speaks.

mod apply;
mod read;

use super::hub::Hub;
use super::intake::open::{self, Opened, ReadBy};
use super::intake::stage::{Refused, Staging};
use super::intake::{IntakeError, Receipt, Submission, release, settle};
use super::kept::KeptRefusal;
use crate::eligibility::event::{Event, new_records};
use crate::mapping::Around;
use crate::model::{Issue, IssueCode, Place, QuarantineId, SchemeId};
use crate::store::batches::{BatchKind, BatchState};
use crate::store::quarantine::quarantine_owner;
use crate::store::records::record_key;

use read::{Line, Parsed};

/// The name under which events of all schemes arrive.
pub const ALL_SCHEMES: &str = "events";

/// Receives a file of events, one JSON object a line. Each event names the scheme that it is about: any, when the
/// submission's scheme is [`ALL_SCHEMES`]; else it must be the submission's own.
///
/// # Errors
/// As for records: what is wrong with single events waits in quarantine.
pub async fn submit_events(hub: &Hub, mut submission: Submission) -> Result<Receipt, IntakeError> {
    // A scheme may name its nightly events and its nightly file alike.
    submission.idempotency_key = submission.idempotency_key.map(|key| format!("events:{key}"));
    let read_by = ReadBy { kind: BatchKind::Events, mapping: None, hash: None };
    let actor = submission.actor.clone();
    let (batch, body) = match open::open(hub, submission, read_by).await? {
        Opened::Known(receipt) => return Ok(*receipt),
        Opened::New(batch, body) => (*batch, body),
    };
    let mut staging = Staging::new(batch, false);
    let mut reading = read::Reading::start(body);
    let mut waiting = Vec::new();
    while let Some(lines) = reading.next().await {
        staging.batch.counts.received += lines.len() as u64;
        waiting.extend(take(hub, &mut staging, lines).await?);
    }
    // A record that a later line creates is known by now; that one may create the record of another.
    while !waiting.is_empty() {
        let before = waiting.len();
        waiting = take(hub, &mut staging, waiting).await?;
        if waiting.len() == before {
            break;
        }
    }
    let unknown = waiting.into_iter().filter_map(unknown_record).collect();
    quarantine(hub, &mut staging, unknown).await?;
    let mut ending = reading.ending().await?;
    ending.complete = true;
    let batch = settle::settle(hub, staging, ending, &actor).await?;
    match batch.state {
        BatchState::Releasing => Ok(Receipt::of(&release::release(hub, batch).await?)),
        BatchState::Receiving
        | BatchState::Held
        | BatchState::Released
        | BatchState::Discarded
        | BatchState::Abandoned => Ok(Receipt::of(&batch)),
    }
}

/// Keeps and applies what can be; gives back the events whose record is not known.
async fn take(
    hub: &Hub,
    staging: &mut Staging,
    lines: Vec<Line>,
) -> Result<Vec<Line>, IntakeError> {
    let mut refused = Vec::new();
    let mut events = Vec::new();
    for line in lines {
        match line.parsed {
            Parsed::Event(event) if speaks_of(&staging.batch.scheme, &event) => {
                events.push((line.place, line.raw, event));
            }
            Parsed::Event(event) => refused.push(foreign(event, line.place, line.raw)),
            Parsed::Refused(issues) => refused.push(KeptRefusal {
                record_id: issues.iter().find_map(|issue| issue.record_id.clone()),
                place: line.place,
                raw: line.raw,
                issues,
                around: Around::default(),
            }),
        }
    }
    quarantine(hub, staging, refused).await?;
    apply::apply(hub, staging, events).await
}

/// Whether a sender may send an event.
fn speaks_of(sender: &SchemeId, event: &Event) -> bool {
    let own = |scheme: &SchemeId| scheme == sender;
    let mut continued = new_records(event).into_iter().filter_map(|(_, precedent)| precedent);
    sender.as_str() == ALL_SCHEMES
        || (own(&event.about.scheme) && continued.all(|older| own(&older.scheme)))
}

fn foreign(event: Box<Event>, place: Place, raw: Vec<u8>) -> KeptRefusal {
    let issue = Issue::error(IssueCode::NotPermitted, place.clone())
        .record_id(&event.id)
        .field("source")
        .value(event.about.scheme.as_str());
    KeptRefusal {
        record_id: Some(event.id),
        place,
        raw,
        issues: vec![issue],
        around: Around::default(),
    }
}

fn unknown_record(line: Line) -> Option<KeptRefusal> {
    let Parsed::Event(event) = line.parsed else { return None };
    let issue = Issue::error(IssueCode::UnknownRecord, line.place.clone())
        .record_id(&event.id)
        .field("source_record_id")
        .value(&event.about.record_id);
    Some(KeptRefusal {
        record_id: Some(event.id),
        place: line.place,
        raw: line.raw,
        issues: vec![issue],
        around: Around::default(),
    })
}

async fn quarantine(
    hub: &Hub,
    staging: &mut Staging,
    refused: Vec<KeptRefusal>,
) -> Result<(), IntakeError> {
    if refused.is_empty() {
        return Ok(());
    }
    let keys = hub.store().keys();
    let refused: Vec<Refused> = refused
        .iter()
        .map(|kept| {
            let id = QuarantineId::new(staging.batch.received_at, hub.random());
            let key = kept.record_id.as_deref();
            Refused {
                id,
                key: key.map(|id| record_key(keys, &staging.batch.scheme, id)),
                content: keys.hash_bytes("raw", [&kept.raw[..]]),
                line: kept.place.line,
                defects: settle::defects(&kept.issues),
                sealed: keys.seal(quarantine_owner(&id), &kept.to_bytes()),
            }
        })
        .collect();
    staging.batch.counts.refused += refused.len() as u64;
    let mut tx = hub.store().begin().await?;
    if !tx
        .touch_batch(staging.batch.id, staging.batch.epoch, &staging.batch.counts, hub.now())
        .await?
    {
        return Err(IntakeError::Replaced);
    }
    tx.quarantine(&staging.quarantined(refused)).await?;
    tx.commit().await?;
    Ok(())
}
