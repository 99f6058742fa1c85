//! A person as a caller may see them: the records that are the caller's own, or all for those who
//! run the hub. Every look is written down before anything is shown.

use jiff::civil::Date;
use serde_json::json;

use super::Hub;
use super::history::standing;
use crate::model::{AuditId, Caller, Holder, Instant, PersonId, RecordId, SchemeId};
use crate::store::audit::Entry;
use crate::store::records::{StoredRecord, current_owner};
use crate::store::{Keys, Session, StoreError};

/// A record as the hub holds it.
pub struct Shown {
    /// Its id.
    pub id: RecordId,
    /// Who sent it.
    pub scheme: SchemeId,
    /// The person behind it, once the linker has seen it.
    pub person: Option<PersonId>,
    /// Number of its live revision.
    pub revision: i64,
    /// When the effective record last changed.
    pub updated_at: Instant,
    /// The day from which a snapshot no longer held it.
    pub absent_since: Option<Date>,
    /// `beneficiary/1`, with corrections and events. Personal.
    pub canonical: Vec<u8>,
}

/// What a look at a person finds.
pub enum Look {
    /// The records that the caller may see; never none.
    Here(Vec<Shown>),
    /// The person is known under another id.
    Moved(PersonId),
    /// Everything that was known of the person is gone. Said only to those who run the hub.
    Gone,
    /// Nobody whom the caller may see.
    Nobody,
}

/// Looks at a person. `shown_as` goes into the audit log.
///
/// # Errors
/// When the store fails.
pub async fn look(
    hub: &Hub,
    caller: &Caller,
    person: PersonId,
    shown_as: &str,
) -> Result<Look, StoreError> {
    let mut session = hub.store().read().await?;
    let members = session.members(person).await?;
    if members.is_empty() {
        return moved(&mut session, caller, person).await;
    }
    let visible: Vec<RecordId> = members
        .iter()
        .filter(|member| caller.sees(&member.scheme))
        .map(|member| member.record)
        .collect();
    if visible.is_empty() {
        return Ok(Look::Nobody);
    }
    let stored = session.records(&visible).await?;
    drop(session);
    let keys = hub.store().keys();
    let shown =
        stored.iter().map(|record| show(record, Some(person), keys)).collect::<Result<_, _>>()?;
    let detail = json!({ "as": shown_as, "records": stored.len() });
    note(hub, caller, "read_person", person.to_string(), detail.to_string()).await?;
    Ok(Look::Here(shown))
}

/// Looks at one record.
///
/// # Errors
/// When the store fails.
pub async fn record(hub: &Hub, caller: &Caller, id: RecordId) -> Result<Option<Shown>, StoreError> {
    let mut session = hub.store().read().await?;
    let stored = session.records(&[id]).await?.pop();
    let Some(stored) = stored.filter(|record| caller.sees(&record.scheme)) else {
        return Ok(None);
    };
    let person = session.subject(id).await?.and_then(|subject| subject.person);
    drop(session);
    let shown = show(&stored, person, hub.store().keys())?;
    note(hub, caller, "read_record", id.to_string(), "{}".to_owned()).await?;
    Ok(Some(shown))
}

/// Those of some records that a caller may see.
///
/// # Errors
/// When the store fails.
pub async fn several(
    hub: &Hub,
    caller: &Caller,
    ids: &[RecordId],
) -> Result<Vec<Shown>, StoreError> {
    let mut session = hub.store().read().await?;
    let mut stored = session.records(ids).await?;
    stored.retain(|record| caller.sees(&record.scheme));
    show_all(hub, caller, session, stored).await
}

/// A page of records of a scheme, or of all, in order of their ids, after one.
///
/// # Errors
/// When the store fails.
pub async fn records(
    hub: &Hub,
    caller: &Caller,
    scheme: Option<&SchemeId>,
    after: Option<RecordId>,
    limit: u32,
) -> Result<Vec<Shown>, StoreError> {
    let mut session = hub.store().read().await?;
    let stored = session.record_page(scheme, after, limit).await?;
    show_all(hub, caller, session, stored).await
}

/// Records that changed after a position in the log, each with its position, in that order: what a
/// follower reads to keep up.
///
/// # Errors
/// When the store fails.
pub async fn changed(
    hub: &Hub,
    caller: &Caller,
    scheme: Option<&SchemeId>,
    after: u64,
    limit: u32,
) -> Result<Vec<(u64, Shown)>, StoreError> {
    let mut session = hub.store().read().await?;
    let changed = session.changed_records(scheme, after, limit).await?;
    let ids: Vec<RecordId> = changed.iter().map(|(_, id)| *id).collect();
    let stored = session.records(&ids).await?;
    let mut shown = show_all(hub, caller, session, stored).await?;
    let take = |(seq, id): (u64, RecordId)| {
        let at = shown.iter().position(|record| record.id == id)?;
        Some((seq, shown.swap_remove(at)))
    };
    Ok(changed.into_iter().filter_map(take).collect())
}

/// Records as they are shown; the look is written down.
pub(super) async fn show_all(
    hub: &Hub,
    caller: &Caller,
    mut session: Session,
    stored: Vec<StoredRecord>,
) -> Result<Vec<Shown>, StoreError> {
    let keys = hub.store().keys();
    let ids: Vec<RecordId> = stored.iter().map(|record| record.id).collect();
    let people = session.people_of_records(&ids).await?;
    drop(session);
    let one = |record: &StoredRecord| show(record, people.get(&record.id).copied(), keys);
    let shown = stored.iter().map(one).collect::<Result<Vec<_>, _>>()?;
    if !shown.is_empty() {
        let detail = json!({ "records": shown.len() });
        note(hub, caller, "list_records", String::new(), detail.to_string()).await?;
    }
    Ok(shown)
}

async fn sees_any(
    session: &mut Session,
    caller: &Caller,
    person: PersonId,
) -> Result<bool, StoreError> {
    Ok(session.members(person).await?.iter().any(|member| caller.sees(&member.scheme)))
}

/// What became of a person who has no records under this id.
async fn moved(
    session: &mut Session,
    caller: &Caller,
    person: PersonId,
) -> Result<Look, StoreError> {
    let Some(standing) = standing(session, person).await? else { return Ok(Look::Nobody) };
    if standing.lives && standing.now != person && sees_any(session, caller, standing.now).await? {
        return Ok(Look::Moved(standing.now));
    }
    // A scheme without a record of the person does not learn that there was one.
    Ok(if caller.runs_the_hub() && !standing.lives { Look::Gone } else { Look::Nobody })
}

pub(super) fn show(
    record: &StoredRecord,
    person: Option<PersonId>,
    keys: &Keys,
) -> Result<Shown, StoreError> {
    Ok(Shown {
        id: record.id,
        scheme: record.scheme.clone(),
        person,
        revision: record.revision,
        updated_at: record.updated_at,
        absent_since: record.absent_since,
        canonical: keys.open(current_owner(&record.id), &record.current)?,
    })
}

pub(super) async fn note(
    hub: &Hub,
    caller: &Caller,
    action: &str,
    subject: String,
    detail: String,
) -> Result<(), StoreError> {
    let now = hub.now();
    let entry = Entry {
        id: AuditId::new(now, hub.random()),
        at: now,
        action: action.to_owned(),
        actor: caller.actor(),
        scheme: own_scheme(caller),
        subject: (!subject.is_empty()).then_some(subject),
        purpose: None,
        agreement: None,
        outcome: "shown".to_owned(),
        detail,
        personal: None,
    };
    let mut tx = hub.store().begin().await?;
    tx.add_audit(hub.store().keys(), &[entry]).await?;
    tx.commit().await
}

pub(super) fn own_scheme(caller: &Caller) -> Option<SchemeId> {
    match &caller.holder {
        Holder::Scheme(scheme) => Some(scheme.clone()),
        Holder::Partner(_) | Holder::Operator(_) => None,
    }
}
