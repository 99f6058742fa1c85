//! The effective record: the live revision with the events about it, and the closure by a snapshot.
//!
//! It is derived anew whenever its base or one of its events changes, always from all of them, so the order in which
//! they arrived does not matter. Everything that is looked up about a record (its sealed document, its identifiers,
//! its coverages) is written here and nowhere else.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::eligibility::event::{self, Base, Event};
use crate::eligibility::facts::Statement;
use crate::model::record::CoverageStatus;
use crate::model::{BatchId, BeneficiaryRecord, Instant, Place, RecordId};
use crate::store::events::{StoredEvent, event_owner};
use crate::store::identifiers::{StoredIdentifier, identifier_key};
use crate::store::inbox::InboxChange;
use crate::store::records::{RecordState, StoredRecord, contract_key, current_owner};
use crate::store::{KeyedHash, Keys, StoreError, Tx};

/// A record with its base: what its live revision says.
pub(super) struct Basis {
    /// The record; its sealed document and its contract are filled in here.
    pub(super) record: StoredRecord,
    /// The canonical record of the live revision.
    pub(super) base: BeneficiaryRecord,
    /// The day that the revision describes, when the sender said it.
    pub(super) data_as_of: Option<Date>,
    /// Whether the store knew the record before: then older identifiers have to go.
    pub(super) known: bool,
}

/// Derives the effective records, writes what is looked up about them, and tells the linker.
pub(super) async fn write(
    tx: &mut Tx,
    keys: &Keys,
    mut bases: Vec<Basis>,
    batch: Option<BatchId>,
    now: Instant,
) -> Result<(), StoreError> {
    if bases.is_empty() {
        return Ok(());
    }
    for basis in &mut bases {
        basis.record.contract_key = contract_of(keys, &basis.base);
    }
    let events = EventsAbout::load(tx, keys, &bases).await?;
    let mut records = Vec::with_capacity(bases.len());
    let mut identifiers = Vec::new();
    let mut statements = Vec::with_capacity(bases.len());
    let mut known = Vec::new();
    for basis in bases {
        let effective = derive(&basis, &events);
        let mut record = basis.record;
        if basis.known {
            known.push(record.id);
        }
        identifiers.extend(identifiers_of(keys, record.id, &effective));
        let statement = Statement::of(&effective, basis.data_as_of, now.date());
        statements.push((record.id, statement));
        let document = serde_json::to_vec(&effective).expect("a canonical record is plain JSON");
        record.current = keys.seal(current_owner(&record.id), &document);
        record.updated_at = now;
        records.push(record);
    }
    let ids: Vec<RecordId> = records.iter().map(|record| record.id).collect();
    tx.put_records(&records).await?;
    tx.put_identifiers(&known, &identifiers).await?;
    tx.put_statements(keys, &statements, now).await?;
    tx.enqueue(&ids, batch, InboxChange::Upsert, now).await
}

/// The bases of known records, from their live revisions.
pub(super) async fn bases_of(
    tx: &mut Tx,
    keys: &Keys,
    records: Vec<StoredRecord>,
) -> Result<Vec<Basis>, StoreError> {
    let ids: Vec<RecordId> = records.iter().map(|record| record.id).collect();
    let mut revisions = BTreeMap::new();
    for revision in tx.live_revisions(&ids).await? {
        revisions.insert(revision.record_id, revision);
    }
    let mut bases = Vec::with_capacity(records.len());
    for record in records {
        let revision =
            revisions.get(&record.id).ok_or(StoreError::Missing { what: "live revision" })?;
        let kept = super::kept::KeptRevision::open(revision, keys)?;
        let base = BeneficiaryRecord::from_json(&kept.canonical).map_err(|_| StoreError::Sealed)?;
        bases.push(Basis { record, base, data_as_of: revision.data_as_of, known: true });
    }
    Ok(bases)
}

fn derive(basis: &Basis, events: &EventsAbout) -> BeneficiaryRecord {
    let about = events.about(&basis.record);
    let mut effective = if about.is_empty() {
        basis.base.clone()
    } else {
        event::derive(Base { record: &basis.base, data_as_of: basis.data_as_of }, &about)
    };
    match (basis.record.state, basis.record.absent_since) {
        (RecordState::Absent, Some(day)) => close(&mut effective, day),
        (RecordState::Absent, None) | (RecordState::Live | RecordState::Staged, _) => {}
    }
    effective
}

/// Closes what a snapshot no longer holds, from the day of the snapshot.
fn close(record: &mut BeneficiaryRecord, day: Date) {
    for coverage in &mut record.coverages {
        if coverage.closed_on.is_none_or(|closed| day < closed) {
            coverage.closed_on = Some(day);
            coverage.status = CoverageStatus::Ended;
            coverage.status_since = Some(day);
        }
    }
}

/// The contract of a record: that of its first coverage, else its household.
fn contract_of(keys: &Keys, record: &BeneficiaryRecord) -> Option<KeyedHash> {
    let contract = record
        .coverages
        .iter()
        .find_map(|coverage| coverage.contract_id.as_deref())
        .or_else(|| record.household.as_ref().map(|household| household.id.as_str()))?;
    Some(contract_key(keys, &record.source.scheme, contract))
}

/// The scheme's own id of the record, and every number of the person.
fn identifiers_of(
    keys: &Keys,
    record_id: RecordId,
    record: &BeneficiaryRecord,
) -> Vec<StoredIdentifier> {
    let own = (record.source.scheme.as_str(), record.source.record_id.as_str());
    let numbers =
        record.person.identifiers.iter().map(|number| (number.system.as_str(), &*number.value));
    std::iter::once(own)
        .chain(numbers)
        .map(|(system, value)| StoredIdentifier {
            key: identifier_key(keys, system, value),
            record_id,
            system: system.to_owned(),
        })
        .collect()
}

/// The events about a set of records, by the record and by the contract that they name.
struct EventsAbout {
    by_record: BTreeMap<KeyedHash, Vec<Event>>,
    by_contract: BTreeMap<KeyedHash, Vec<Event>>,
}

impl EventsAbout {
    async fn load(tx: &mut Tx, keys: &Keys, bases: &[Basis]) -> Result<Self, StoreError> {
        let records: Vec<KeyedHash> = bases.iter().map(|basis| basis.record.key).collect();
        let mut contracts: Vec<KeyedHash> =
            bases.iter().filter_map(|basis| basis.record.contract_key).collect();
        contracts.sort_unstable();
        contracts.dedup();
        let mut events = Self { by_record: BTreeMap::new(), by_contract: BTreeMap::new() };
        for stored in tx.events_about(&records, &contracts).await? {
            let event = open_event(keys, &stored)?;
            if let Some(contract) = stored.contract_key {
                events.by_contract.entry(contract).or_default().push(event.clone());
            }
            events.by_record.entry(stored.record_key).or_default().push(event);
        }
        Ok(events)
    }

    /// One event may be named twice: [`event::derive`] takes each id once.
    fn about(&self, record: &StoredRecord) -> Vec<Event> {
        let of_record = self.by_record.get(&record.key);
        let of_contract = record.contract_key.and_then(|key| self.by_contract.get(&key));
        of_record.into_iter().chain(of_contract).flatten().cloned().collect()
    }
}

fn open_event(keys: &Keys, stored: &StoredEvent) -> Result<Event, StoreError> {
    let line = keys.open(event_owner(&stored.id), &stored.sealed)?;
    // It was valid when it was stored.
    event::parse(&line, &Place::default()).map_err(|_| StoreError::Sealed)
}
