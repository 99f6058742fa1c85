//! Single records, by their number: what a scheme's own software tells the hub while it works.
//!
//! [`put`] takes the same road as a file with these records in it ([`super::intake`]); this file only finds out beforehand
//! whether they are those that were named, and afterwards where they stand. [`replace`] and [`withdraw`] say that
//! a number is at its end. Whose number it is was judged by the caller.

use std::io::Cursor;

use super::Hub;
use super::body::Body;
use super::intake::{self, IntakeError, Receipt, Submission};
use super::kept::KeptRevision;
use super::stewardship::{self, Decision, Steward, StewardError};
use crate::format::Reader;
use crate::mapping::{Outcome, Run, RunContext};
use crate::model::{AuditId, BeneficiaryRecord, Caller, Instant, Issue, RecordId, SchemeId};
use crate::store::audit::Entry;
use crate::store::batches::BatchState;
use crate::store::inbox::InboxChange;
use crate::store::records::{StoredRecord, record_key};
use crate::store::revisions::RevisionState;
use crate::store::{Session, StoreError};

/// A record that a scheme names by its own number.
#[derive(Clone, Copy)]
pub struct Named<'n> {
    /// The scheme.
    pub scheme: &'n SchemeId,
    /// Its number of the record, as its files write it. Personal.
    pub number: &'n str,
}

/// Where a record stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// Its id.
    pub id: RecordId,
    /// Number of its live revision.
    pub revision: i64,
    /// When the effective record last changed.
    pub changed_at: Instant,
    /// The record that takes its place.
    pub replaced_by: Option<RecordId>,
}

/// What became of a record that was put.
#[derive(Debug)]
pub struct Put {
    /// Where it stands now.
    pub standing: Standing,
    /// Whether it was not known before.
    pub created: bool,
    /// What was unusable in it.
    pub warnings: Vec<Issue>,
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The sending was not taken.
    #[error(transparent)]
    Intake(#[from] IntakeError),
    /// The replacement was not taken.
    #[error(transparent)]
    Steward(#[from] StewardError),
    /// The scheme has no such record.
    #[error("no such record")]
    Unknown,
    /// The record that is to take the place of another is not there, or is replaced itself.
    #[error("the surviving record is not there")]
    NoSurvivor,
    /// What was sent is a record of another number.
    #[error("what was sent is another record")]
    OtherNumber,
    /// What was sent says less of coverage than is known, and was not to say anything of it.
    #[error("coverages would be lost")]
    LosesCoverage,
    /// Another record has taken its place.
    #[error("it was replaced by {by}")]
    Replaced {
        /// The survivor.
        by: RecordId,
    },
    /// It is no longer as the sender saw it.
    #[error("no longer as it was seen")]
    Stale {
        /// The revision now; 0 when there is none.
        current: i64,
    },
    /// The record was refused; it waits in quarantine.
    #[error("refused")]
    Refused(Box<Receipt>),
}

/// Where a record stands; none when it is not known, or was withdrawn.
///
/// # Errors
/// When the store fails.
pub async fn standing(hub: &Hub, named: Named<'_>) -> Result<Option<Standing>, StoreError> {
    let mut session = hub.store().read().await?;
    find(hub, &mut session, named).await
}

async fn find(
    hub: &Hub,
    session: &mut Session,
    named: Named<'_>,
) -> Result<Option<Standing>, StoreError> {
    let key = record_key(hub.store().keys(), named.scheme, named.number);
    match session.records_by_keys(&[key]).await?.pop() {
        Some(record) => Ok(Some(stands(session, &record).await?)),
        None => Ok(None),
    }
}

async fn stands(session: &mut Session, record: &StoredRecord) -> Result<Standing, StoreError> {
    let replaced = session.replaced(&[record.id]).await?;
    Ok(Standing {
        id: record.id,
        revision: record.revision,
        changed_at: record.updated_at,
        replaced_by: replaced.get(&record.id).copied(),
    })
}

/// The scheme of a record and its number there; none when it does not count.
///
/// # Errors
/// When the store fails.
pub async fn number_of(
    hub: &Hub,
    record: RecordId,
) -> Result<Option<(SchemeId, String)>, StoreError> {
    let Some(stored) = hub.store().read().await?.records(&[record]).await?.pop() else {
        return Ok(None);
    };
    let number = stored.open(hub.store().keys())?.source.record_id;
    Ok(Some((stored.scheme, number)))
}

/// The number of the first record of a file, as the scheme's own mapping reads it.
#[must_use]
pub fn number_in(hub: &Hub, scheme: &SchemeId, bytes: Vec<u8>) -> Option<String> {
    let library = hub.library();
    let mapping = library.mapping(scheme.as_str())?;
    let reader = Reader::new(Box::new(Cursor::new(bytes)), &mapping.read_options());
    let context = RunContext { scheme: scheme.clone(), today: hub.today() };
    let outcome = Run::new(mapping, reader, context).next()?;
    outcome.record_id().map(ToOwned::to_owned)
}

/// What a scheme last sent of a record, without the hub's events; none when it does not count.
///
/// # Errors
/// When the store fails.
pub async fn last_sent(hub: &Hub, record: RecordId) -> Result<Option<KeptRevision>, StoreError> {
    let revision = hub.store().read().await?.live_revisions(&[record]).await?.pop();
    revision.map(|revision| KeptRevision::open(&revision, hub.store().keys())).transpose()
}

/// A record to be put.
#[derive(Clone)]
pub struct Expected {
    /// The scheme's number of it. Personal.
    pub number: String,
    /// The revision that the sender saw; 0 for none, nothing for whatever is there.
    pub seen: Option<i64>,
}

/// Records to be put together: all of them or none.
pub struct Sending<'s> {
    /// Whose.
    pub scheme: &'s SchemeId,
    /// Which, in their order.
    pub records: Vec<Expected>,
    /// A file of the mapping's format with these records in it.
    pub bytes: Vec<u8>,
    /// Another mapping than the scheme's own.
    pub format: Option<String>,
    /// The sender's name for the sending.
    pub idempotency_key: Option<String>,
}

/// Puts records, all or none.
///
/// # Errors
/// When one of them is another record than the one that was named, was replaced, is not as the sender saw it, or was
/// refused: then it waits in quarantine.
pub async fn put(hub: &Hub, caller: &Caller, sending: Sending<'_>) -> Result<Vec<Put>, FeedError> {
    let Sending { scheme, records, bytes, format, idempotency_key } = sending;
    let mut before = Vec::with_capacity(records.len());
    // What was sent before is answered as it was then: its sender saw what its own sending has changed since.
    let again = was_received(hub, scheme, idempotency_key.as_deref()).await?;
    if !again {
        for record in &records {
            before.push(expect(hub, scheme, record).await?);
        }
        examine(hub, scheme, &records, &before, (format.as_deref(), &bytes))?;
    }
    let actor = caller.actor();
    let submission = Submission {
        idempotency_key,
        format,
        actor: actor.clone(),
        // One record alone is refused without holding anything.
        whole: records.len() > 1,
        ..Submission::new(scheme.clone(), Body::from_reader(Cursor::new(bytes)))
    };
    let receipt = intake::submit(hub, submission).await?;
    if receipt.counts.refused > 0 {
        if receipt.state == BatchState::Held.name() {
            intake::discard(hub, receipt.batch, &actor).await?;
        }
        return Err(FeedError::Refused(Box::new(receipt)));
    }
    let mut put = Vec::with_capacity(records.len());
    for (at, record) in records.iter().enumerate() {
        let named = Named { scheme, number: &record.number };
        let standing = standing(hub, named).await?.ok_or(FeedError::Unknown)?;
        if receipt.counts.stale > 0 {
            return Err(FeedError::Stale { current: standing.revision });
        }
        let warnings = last_sent(hub, standing.id).await?.map(|kept| kept.warnings);
        put.push(Put {
            created: match before.get(at) {
                Some(before) => before.is_none(),
                None => receipt.counts.new_records > 0 && standing.revision == 1,
            },
            standing,
            warnings: warnings.unwrap_or_default(),
        });
    }
    Ok(put)
}

/// Whether a sending of this key was received to its end.
async fn was_received(hub: &Hub, scheme: &SchemeId, key: Option<&str>) -> Result<bool, StoreError> {
    let Some(key) = key else { return Ok(false) };
    let first = hub.store().read().await?.batch_by_key(scheme, key).await?;
    Ok(first
        .is_some_and(|first| !matches!(first.state, BatchState::Receiving | BatchState::Abandoned)))
}

/// What was sent last of a record, which must be as its sender saw it.
async fn expect(
    hub: &Hub,
    scheme: &SchemeId,
    record: &Expected,
) -> Result<Option<KeptRevision>, FeedError> {
    let before = standing(hub, Named { scheme, number: &record.number }).await?;
    let current = before.as_ref().map_or(0, |before| before.revision);
    if record.seen.is_some_and(|seen| seen != current) {
        return Err(FeedError::Stale { current });
    }
    match before {
        None => Ok(None),
        Some(Standing { replaced_by: Some(by), .. }) => Err(FeedError::Replaced { by }),
        Some(Standing { id, .. }) => Ok(last_sent(hub, id).await?),
    }
}

/// Reads records as intake will, and judges what intake does not know: that they are those that were named, and that
/// nothing is lost of the last ones that was not meant. What is wrong with them is left to intake, which keeps it.
fn examine(
    hub: &Hub,
    scheme: &SchemeId,
    records: &[Expected],
    before: &[Option<KeptRevision>],
    (format, bytes): (Option<&str>, &[u8]),
) -> Result<(), FeedError> {
    let library = hub.library();
    let Some(mapping) = library.mapping(format.unwrap_or(scheme.as_str())) else { return Ok(()) };
    let reader = Reader::new(Box::new(Cursor::new(bytes.to_vec())), &mapping.read_options());
    let context = RunContext { scheme: scheme.clone(), today: hub.today() };
    let mut run = Run::new(mapping, reader, context);
    let mut read = Vec::with_capacity(records.len());
    while let Some(outcome) = run.next() {
        read.push(outcome);
    }
    if read.len() != records.len() {
        return Err(FeedError::OtherNumber);
    }
    for ((record, before), outcome) in records.iter().zip(before).zip(read) {
        if outcome.record_id().is_some_and(|id| id != record.number) {
            return Err(FeedError::OtherNumber);
        }
        if let (Outcome::Accepted(now), Some(last)) = (&outcome, before)
            && coverages(&now.canonical) < coverages(&last.canonical)
        {
            return Err(FeedError::LosesCoverage);
        }
    }
    Ok(())
}

fn coverages(canonical: &[u8]) -> usize {
    BeneficiaryRecord::from_json(canonical).map_or(0, |record| record.coverages.len())
}

/// The record that takes the place of another one.
#[derive(Clone, Copy)]
pub enum Survivor<'n> {
    /// By its number in the same scheme.
    Number(&'n str),
    /// By the hub's own id.
    Record(RecordId),
}

/// Says that a record is a duplicate of another one of the same scheme, which takes its place. Said again it changes
/// nothing.
///
/// # Errors
/// When one of them is not there, the record has another survivor already, or it contradicts what people decided.
pub async fn replace(
    hub: &Hub,
    steward: Steward<'_>,
    named: Named<'_>,
    survivor: Survivor<'_>,
) -> Result<(Standing, Option<Decision>), FeedError> {
    let mut session = hub.store().read().await?;
    let record = find(hub, &mut session, named).await?.ok_or(FeedError::Unknown)?;
    let survivor = match survivor {
        Survivor::Number(number) => find(hub, &mut session, Named { number, ..named }).await?,
        Survivor::Record(record) => {
            let stored = session.records(&[record]).await?.pop();
            match stored.filter(|stored| stored.scheme == *named.scheme) {
                Some(stored) => Some(stands(&mut session, &stored).await?),
                None => None,
            }
        }
    };
    drop(session);
    let survivor = survivor.filter(|survivor| survivor.id != record.id);
    let survivor = survivor.ok_or(FeedError::NoSurvivor)?;
    match record.replaced_by {
        Some(by) if by == survivor.id => return Ok((record, None)),
        Some(by) => return Err(FeedError::Replaced { by }),
        None if survivor.replaced_by.is_some() => return Err(FeedError::NoSurvivor),
        None => {}
    }
    let decision = stewardship::replace(hub, steward, record.id, survivor.id).await?;
    Ok((Standing { replaced_by: Some(survivor.id), ..record }, Some(decision)))
}

/// Withdraws a record: nothing of it counts any more, until its scheme sends it again. What was known of it stays in its
/// history. `false` when there is none.
///
/// # Errors
/// When the store fails.
pub async fn withdraw(hub: &Hub, caller: &Caller, named: Named<'_>) -> Result<bool, StoreError> {
    let (now, keys) = (hub.now(), hub.store().keys());
    let mut tx = hub.store().begin().await?;
    let Some(standing) = find(hub, &mut tx, named).await? else { return Ok(false) };
    let id = standing.id;
    tx.lock_records(&[id]).await?;
    let live: Vec<_> = tx.live_revisions(&[id]).await?.iter().map(|revision| revision.id).collect();
    tx.set_aside(&live, RevisionState::Superseded).await?;
    tx.put_identifiers(&[id], &[]).await?;
    tx.end_statements(&[id], now).await?;
    tx.withdraw_record(id, &caller.holder.to_string(), now).await?;
    tx.enqueue(&[id], None, InboxChange::Remove, now).await?;
    let entry = Entry {
        id: AuditId::new(now, hub.random()),
        at: now,
        action: "withdraw".to_owned(),
        actor: caller.actor(),
        scheme: Some(named.scheme.clone()),
        subject: Some(id.to_string()),
        purpose: None,
        agreement: None,
        outcome: "withdrawn".to_owned(),
        detail: "{}".to_owned(),
        personal: None,
    };
    tx.add_audit(keys, &[entry]).await?;
    tx.commit().await?;
    Ok(true)
}
