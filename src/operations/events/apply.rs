//! Keeps events and derives anew what they reach, in one transaction.

use std::collections::{HashMap, HashSet};

use crate::eligibility::event::{Event, Reach, RecordKey, new_records};
use crate::mapping::Around;
use crate::model::{BeneficiaryRecord, EventId, Instant, Place, RecordId, RevisionId};
use crate::operations::effective::{self, Basis};
use crate::operations::hub::Hub;
use crate::operations::intake::IntakeError;
use crate::operations::intake::stage::Staging;
use crate::operations::kept::KeptRevision;
use crate::store::batches::Batch;
use crate::store::events::{StoredEvent, event_owner};
use crate::store::people::FactKind;
use crate::store::records::{RecordState, StoredRecord, record_key};
use crate::store::revisions::{Revision, RevisionState, revision_owner};
use crate::store::{KeyedHash, Keys, StoreError, Tx};

use super::read::{Line, Parsed};

type Read = (Place, Vec<u8>, Box<Event>);

/// Applies what can be; gives back the events whose record is not known.
pub(super) async fn apply(
    hub: &Hub,
    staging: &mut Staging,
    events: Vec<Read>,
) -> Result<Vec<Line>, IntakeError> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let now = hub.now();
    let keys = hub.store().keys();
    let batch = &staging.batch;
    let mut tx = hub.store().begin().await?;
    if !tx.touch_batch(batch.id, batch.epoch, &batch.counts, now).await? {
        return Err(IntakeError::Replaced);
    }
    let named: Vec<KeyedHash> =
        events.iter().map(|(_, _, event)| key_of(keys, &event.about)).collect();
    let known: HashMap<KeyedHash, StoredRecord> =
        tx.records_by_keys(&named).await?.into_iter().map(|record| (record.key, record)).collect();
    let (mut waiting, mut taken, mut rows) = (Vec::new(), Vec::new(), Vec::new());
    let mut met = HashSet::new();
    let (mut new, mut repeated) = (0, 0);
    for (key, (place, raw, event)) in named.into_iter().zip(events) {
        let Some(record) = known.get(&key) else {
            waiting.push(Line { place, raw, parsed: Parsed::Event(event) });
            continue;
        };
        let once = met.insert((event.about.scheme.clone(), event.id.clone()));
        if !once || tx.knows_event(&event.about.scheme, &event.id).await? {
            repeated += 1;
            continue;
        }
        new += 1;
        rows.push(row(hub, batch, record, &event, &raw));
        taken.push((place, raw, event));
    }
    tx.add_events(&rows).await?;
    let mut bases = enrol(hub, &mut tx, batch, &taken).await?;
    bases.extend(reached(&mut tx, keys, &rows, &bases).await?);
    effective::write(&mut tx, keys, bases, Some(batch.id), now).await?;
    precede(hub, &mut tx, batch, &taken).await?;
    tx.commit().await?;
    let counts = &mut staging.batch.counts;
    counts.accepted += new + repeated;
    counts.new_records += new;
    counts.unchanged += repeated;
    Ok(waiting)
}

fn key_of(keys: &Keys, about: &RecordKey) -> KeyedHash {
    record_key(keys, &about.scheme, &about.record_id)
}

fn row(hub: &Hub, batch: &Batch, record: &StoredRecord, event: &Event, raw: &[u8]) -> StoredEvent {
    let id = EventId::new(batch.received_at, hub.random());
    StoredEvent {
        id,
        scheme: event.about.scheme.clone(),
        event_id: event.id.clone(),
        batch_id: batch.id,
        kind: event.kind().to_owned(),
        record_key: record.key,
        contract_key: match event.reach {
            Reach::Family => record.contract_key,
            Reach::Individual => None,
        },
        effective_on: event.effective_on,
        received_at: batch.received_at,
        sealed: hub.store().keys().seal(event_owner(&id), raw),
    }
}

/// The bases of the known records that new events reach, but for those that are in `done` already.
async fn reached(
    tx: &mut Tx,
    keys: &Keys,
    events: &[StoredEvent],
    done: &[Basis],
) -> Result<Vec<Basis>, StoreError> {
    let named: Vec<KeyedHash> = events.iter().map(|event| event.record_key).collect();
    let contracts: Vec<KeyedHash> = events.iter().filter_map(|event| event.contract_key).collect();
    let mut met: HashSet<RecordId> = done.iter().map(|basis| basis.record.id).collect();
    let mut records = tx.records_by_keys(&named).await?;
    records.extend(tx.records_of_contracts(&contracts).await?);
    records.retain(|record| met.insert(record.id));
    effective::bases_of(tx, keys, records).await
}

/// Opens the records that events create. One that its scheme has sent itself stays as it is: the scheme's own word
/// says more, whichever came first.
async fn enrol(
    hub: &Hub,
    tx: &mut Tx,
    batch: &Batch,
    events: &[Read],
) -> Result<Vec<Basis>, StoreError> {
    let keys = hub.store().keys();
    let mut bases = Vec::new();
    let mut revisions = Vec::new();
    let mut met = HashSet::new();
    for (place, raw, event) in events {
        for (record, _) in new_records(event) {
            let scheme = record.source.scheme.clone();
            let key = record_key(keys, &scheme, &record.source.record_id);
            let known = tx.known_records(&scheme, &[key]).await?;
            let known = known.into_iter().next();
            let lives = known.as_ref().is_some_and(|known| known.state != RecordState::Staged);
            if lives || !met.insert(key) {
                continue;
            }
            let id = known
                .map_or_else(|| RecordId::new(batch.received_at, hub.random()), |known| known.id);
            tx.stage_records(&scheme, &[(id, key)], batch.received_at).await?;
            // As old as its effect: whatever the scheme sends about it later replaces it.
            let recorded_at = Instant::start_of(event.effective_on).min(batch.received_at);
            let revision = revision(hub, batch, id, &record, (place, raw), recorded_at);
            bases.push(Basis {
                record: StoredRecord {
                    id,
                    scheme,
                    key,
                    contract_key: None,
                    state: RecordState::Live,
                    revision: 1,
                    content: revision.content.clone(),
                    recorded_at,
                    batch_id: batch.id,
                    current: Vec::new(),
                    created_at: batch.received_at,
                    updated_at: batch.received_at,
                    absent_since: None,
                },
                base: record,
                data_as_of: None,
                known: false,
            });
            revisions.push(revision);
        }
    }
    tx.add_revisions(&revisions).await?;
    Ok(bases)
}

fn revision(
    hub: &Hub,
    batch: &Batch,
    record_id: RecordId,
    record: &BeneficiaryRecord,
    (place, raw): (&Place, &[u8]),
    recorded_at: Instant,
) -> Revision {
    let keys = hub.store().keys();
    let id = RevisionId::new(batch.received_at, hub.random());
    let kept = KeptRevision {
        record_id: record.source.record_id.clone(),
        place: place.clone(),
        raw: raw.to_vec(),
        canonical: serde_json::to_vec(record).expect("a canonical record is plain JSON"),
        warnings: Vec::new(),
        around: Around::default(),
    };
    let content = keys.hash_bytes("content", [&kept.raw[..], &kept.canonical]);
    Revision {
        id,
        record_id,
        batch_id: batch.id,
        number: 1,
        state: RevisionState::Live,
        content: content.as_bytes().to_vec(),
        recorded_at,
        data_as_of: None,
        received_at: batch.received_at,
        line: place.line,
        warnings: 0,
        sealed: keys.seal(revision_owner(&id), &kept.to_bytes()),
        made_by: None,
    }
}

/// Tells the linker which records continue which.
async fn precede(hub: &Hub, tx: &mut Tx, batch: &Batch, events: &[Read]) -> Result<(), StoreError> {
    let keys = hub.store().keys();
    for (_, _, event) in events {
        for (record, precedent) in new_records(event) {
            let Some(precedent) = precedent else { continue };
            let key = record_key(keys, &record.source.scheme, &record.source.record_id);
            let newer = tx.records_by_keys(&[key]).await?;
            let older = tx.records_by_keys(&[key_of(keys, &precedent)]).await?;
            if let ([newer, ..], [older, ..]) = (&*newer, &*older) {
                let pair = (newer.id, older.id);
                let by = format!("scheme:{}", event.about.scheme);
                let now = batch.received_at;
                tx.add_fact(pair, FactKind::Precedent, &event.id, &by, now).await?;
            }
        }
    }
    Ok(())
}
