//! Corrections as they are kept, and as a run asks for them.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::Told;
use crate::mapping::{Amendment, Amendments};
use crate::model::{CorrectionId, Instant, SchemeId};
use crate::operations::hub::Hub;
use crate::operations::kept::KeptRefusal;
use crate::store::corrections::{Correction as Stored, correction_owner};
use crate::store::records::record_key;
use crate::store::{KeyedHash, Keys, StoreError};

/// Stands for the field where a whole record was replaced.
pub(super) const WHOLE: &str = "(record)";

/// A value that was put right, with what the sender had written.
pub(super) struct Overlaid {
    pub(super) id: CorrectionId,
    pub(super) field: Option<String>,
    pub(super) bad: String,
    pub(super) good: String,
}

/// The sealed part of a correction.
#[derive(Serialize, Deserialize)]
struct Sealed {
    #[serde(skip_serializing_if = "Option::is_none")]
    record_id: Option<String>,
    bad: String,
    good: String,
    /// The moment that the corrected data describes: what is older says nothing about it.
    as_of: i64,
}

pub(super) fn seal(
    keys: &Keys,
    overlaid: &Overlaid,
    record_id: Option<&str>,
    as_of: Instant,
) -> Vec<u8> {
    let sealed = Sealed {
        record_id: record_id.map(str::to_owned),
        bad: overlaid.bad.clone(),
        good: overlaid.good.clone(),
        as_of: as_of.as_millis(),
    };
    let plain = serde_json::to_vec(&sealed).expect("a correction is plain JSON");
    keys.seal(correction_owner(&overlaid.id), &plain)
}

fn open(keys: &Keys, stored: &Stored) -> Result<Sealed, StoreError> {
    let plain = keys.open(correction_owner(&stored.id), &stored.sealed)?;
    serde_json::from_slice(&plain).map_err(|_| StoreError::Sealed)
}

pub(super) fn told(keys: &Keys, stored: Stored) -> Result<Told, StoreError> {
    let sealed = open(keys, &stored)?;
    Ok(Told {
        id: stored.id,
        scheme: stored.scheme,
        record_id: sealed.record_id,
        field: Some(stored.field).filter(|field| field != WHOLE),
        bad: sealed.bad,
        good: sealed.good,
        state: stored.state,
        created_at: stored.created_at,
        created_by: stored.created_by,
    })
}

/// Under which key the corrections of a record are kept: that of its id, or of its bytes when the id is illegible.
pub(super) fn key_of(
    keys: &Keys,
    scheme: &SchemeId,
    record_id: Option<&str>,
    raw: &[u8],
) -> KeyedHash {
    match record_id {
        Some(id) => record_key(keys, scheme, id),
        None => keys.hash_bytes("raw", [raw]),
    }
}

/// The corrections that hold for a scheme's records.
pub(in crate::operations) struct Overlays {
    hub: Hub,
    scheme: SchemeId,
    by_record: HashMap<KeyedHash, Vec<Amendment>>,
    /// Those that the data at hand is too old to end.
    steady: HashSet<CorrectionId>,
}

impl Overlays {
    /// All of a scheme, for data of a moment.
    pub(in crate::operations) async fn load(
        hub: &Hub,
        scheme: &SchemeId,
        recorded_at: Instant,
    ) -> Result<Self, StoreError> {
        let mut by_record: HashMap<KeyedHash, Vec<Amendment>> = HashMap::new();
        let mut steady = HashSet::new();
        for stored in hub.store().read().await?.active_corrections(scheme).await? {
            let sealed = open(hub.store().keys(), &stored)?;
            if sealed.as_of > recorded_at.as_millis() {
                steady.insert(stored.id);
            }
            by_record.entry(stored.record_key).or_default().push(Amendment {
                id: stored.id,
                field: Some(stored.field).filter(|field| field != WHOLE),
                bad: Some(sealed.bad),
                good: sealed.good,
            });
        }
        Ok(Self { hub: hub.clone(), scheme: scheme.clone(), by_record, steady })
    }

    /// Whether there are none.
    pub(in crate::operations) fn is_empty(&self) -> bool {
        self.by_record.is_empty()
    }

    /// Those of one record: by its id, where that can be read, and by the record as sent.
    pub(in crate::operations) fn of(&self, record_id: Option<&str>, raw: &[u8]) -> Vec<Amendment> {
        let key = key_of(self.hub.store().keys(), &self.scheme, record_id, raw);
        self.by_record.get(&key).cloned().unwrap_or_default()
    }

    /// What a run asks, when there is anything to ask; and the corrections that it cannot end.
    pub(in crate::operations) fn into_parts(self) -> (Option<Amendments>, HashSet<CorrectionId>) {
        let steady = self.steady.clone();
        if self.is_empty() {
            return (None, steady);
        }
        (Some(Box::new(move |record_id: Option<&str>, raw: &[u8]| self.of(record_id, raw))), steady)
    }
}

/// The corrections that hold for one record already.
pub(super) async fn of_record(
    hub: &Hub,
    scheme: &SchemeId,
    kept: &KeptRefusal,
) -> Result<Vec<Amendment>, StoreError> {
    let mut overlays = Overlays::load(hub, scheme, hub.now()).await?;
    let key = key_of(hub.store().keys(), scheme, kept.record_id.as_deref(), &kept.raw);
    Ok(overlays.by_record.remove(&key).unwrap_or_default())
}
