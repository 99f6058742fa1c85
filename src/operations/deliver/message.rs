//! What a message says: what happened to whom, and the record in the subscriber's own format.

use encoding_rs::{Encoding, UTF_8};
use serde::Serialize;

use super::Hub;
use crate::delivery::envelope;
use crate::delivery::plan::{Change, Kind};
use crate::mapping::Mapping;
use crate::model::{BeneficiaryRecord, Instant, PersonId, RecordId, SchemeId};
use crate::operations::translate;
use crate::store::{Session, StoreError};

/// Events of a person that are looked through for the one that a message is about.
const LOOK_BACK: u32 = 50;

/// What a message is about.
pub struct About<'c> {
    /// What happened.
    pub change: &'c Change,
    /// The subscriber.
    pub scheme: &'c SchemeId,
    /// Its own record of the person.
    pub own_record: RecordId,
    /// Since when the hub knows.
    pub at: Instant,
    /// Position in the log at which it happened.
    pub seq: u64,
}

#[derive(Serialize)]
struct Data<'m> {
    person_id: PersonId,
    /// The subscriber's own id of its record of the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    your_record_id: Option<String>,
    /// The scheme in whose record it happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'m SchemeId>,
    /// Of a merge or split: the ids under which the subscriber's records stood before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    former_person_ids: Vec<PersonId>,
    /// Of a merge or split: `person` when somebody decided it, `evidence` when the records did.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'static str>,
    /// The format of `record`: the subscriber's own, or `canonical` when it has none of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'m str>,
    /// The changed record, as a file of that format with one record in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<String>,
}

/// The body of a message.
///
/// # Errors
/// When the store fails or a record does not open.
pub async fn write(
    hub: &Hub,
    session: &mut Session,
    about: &About<'_>,
) -> Result<Vec<u8>, StoreError> {
    let keys = hub.store().keys();
    let change = about.change;
    if matches!(change.kind, Kind::PersonMerged | Kind::PersonSplit) {
        return write_regrouped(hub, session, about).await;
    }
    let stored = session.records(&[about.own_record, change.record]).await?;
    let open = |id: RecordId| {
        stored.iter().find(|record| record.id == id).map(|record| record.open(keys)).transpose()
    };
    let own = open(about.own_record)?;
    let library = hub.library();
    let mapping = library.mapping(about.scheme.as_str()).map(AsRef::as_ref);
    let record = open(change.record)?.and_then(|record| written(&record, mapping));
    let data = Data {
        person_id: change.person,
        your_record_id: own.map(|own| own.source.record_id),
        origin: Some(&change.origin),
        former_person_ids: Vec::new(),
        cause: None,
        format: Some(mapping.map_or(translate::CANONICAL, Mapping::id)),
        record,
    };
    Ok(envelope::write(change.kind, about.at, data))
}

/// The body of a message about a merge or split. It holds ids and nothing of anybody: not the records of others, not even
/// whose they are.
async fn write_regrouped(
    hub: &Hub,
    session: &mut Session,
    about: &About<'_>,
) -> Result<Vec<u8>, StoreError> {
    let change = about.change;
    let stored = session.records(&[about.own_record]).await?;
    let own = stored.first().map(|record| record.open(hub.store().keys())).transpose()?;
    let events = session.person_events(change.person, None, LOOK_BACK).await?;
    let event = events.into_iter().rev().find(|event| event.seq >= about.seq);
    let mut former_person_ids = Vec::new();
    if let Some(event) = &event {
        let records: Vec<RecordId> = event.before.values().flatten().copied().collect();
        let schemes = session.schemes_of(&records).await?;
        let own = |record: &RecordId| schemes.get(record) == Some(about.scheme);
        let theirs = event.before.iter().filter(|(_, records)| records.iter().any(own));
        former_person_ids.extend(theirs.map(|(person, _)| *person));
    }
    let decided = event.map(|event| event.decision.is_some());
    let data = Data {
        person_id: change.person,
        your_record_id: own.map(|own| own.source.record_id),
        origin: None,
        former_person_ids,
        cause: decided.map(|decided| if decided { "person" } else { "evidence" }),
        format: None,
        record: None,
    };
    Ok(envelope::write(change.kind, about.at, data))
}

/// The record in the subscriber's format; `None` when that cannot say it: what happened, to whom
/// and where is told all the same.
fn written(record: &BeneficiaryRecord, to: Option<&Mapping>) -> Option<String> {
    let canonical = serde_json::to_vec(record).expect("a canonical record is plain JSON");
    let bytes = translate::render(to, &[canonical]).ok()?;
    let encoding = to.and_then(|to| to.write_options().encoding);
    let encoding = encoding.and_then(|label| Encoding::for_label(label.as_bytes()));
    let (text, _, _) = encoding.unwrap_or(UTF_8).decode(&bytes);
    Some(text.into_owned())
}
