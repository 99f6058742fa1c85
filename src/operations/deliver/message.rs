//! What a message says: a thin envelope of our own, and the record in the subscriber's own format.
//!
//! The envelope follows Standard Webhooks (`type`, `timestamp`, `data`).

use encoding_rs::{Encoding, UTF_8};
use serde::Serialize;

use super::Hub;
use crate::delivery::plan::Change;
use crate::mapping::Mapping;
use crate::model::{BeneficiaryRecord, Instant, PersonId, RecordId, SchemeId};
use crate::operations::translate;
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
    /// The format of `record`: the subscriber's own, or `canonical` when it has none of its own.
    format: &'m str,
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
    let stored = session.records(&[about.own_record, change.record]).await?;
    let open = |id: RecordId| {
        stored.iter().find(|record| record.id == id).map(|record| record.open(keys)).transpose()
    };
    let own = open(about.own_record)?;
    let library = hub.library();
    let mapping = library.mapping(about.scheme.as_str()).map(AsRef::as_ref);
    let record = open(change.record)?.and_then(|record| written(&record, mapping));
    let envelope = Envelope {
        kind: change.kind.name(),
        timestamp: about.at,
        data: Data {
            person_id: change.person,
            your_record_id: own.map(|own| own.source.record_id),
            origin: &change.origin,
            format: mapping.map_or(translate::CANONICAL, Mapping::id),
            record,
        },
    };
    Ok(serde_json::to_vec(&envelope).expect("an envelope is plain JSON"))
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
