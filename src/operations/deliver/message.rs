//! What a message says: a thin envelope of our own, and the record in the subscriber's own format.
//!
//! The envelope follows Standard Webhooks (`type`, `timestamp`, `data`).

use serde::Serialize;

use super::Hub;
use crate::delivery::plan::Change;
use crate::model::{Instant, PersonId, RecordId, SchemeId};
use crate::store::{Session, StoreError};

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
}

#[derive(Serialize)]
struct Envelope<'m> {
    #[serde(rename = "type")]
    kind: &'static str,
    timestamp: Instant,
    data: Data<'m>,
}

#[derive(Serialize)]
struct Data<'m> {
    person_id: PersonId,
    /// The subscriber's own id of its record of the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    your_record_id: Option<String>,
    /// The scheme in whose record it happened.
    origin: &'m SchemeId,
    /// The changed record as `beneficiary/1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<serde_json::Value>,
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
    let stored = session.records(&[about.own_record, change.record]).await?;
    let open = |id: RecordId| {
        stored.iter().find(|record| record.id == id).map(|record| record.open(keys)).transpose()
    };
    let own = open(about.own_record)?;
    let record = open(change.record)?
        .map(|record| serde_json::to_value(record).expect("a canonical record is plain JSON"));
    let envelope = Envelope {
        kind: change.kind.name(),
        timestamp: about.at,
        data: Data {
            person_id: change.person,
            your_record_id: own.map(|own| own.source.record_id),
            origin: &change.origin,
            record,
        },
    };
    Ok(serde_json::to_vec(&envelope).expect("an envelope is plain JSON"))
}
