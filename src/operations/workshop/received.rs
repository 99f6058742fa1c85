//! The last records that were received of a mapping's scheme, for whoever may read them.

use crate::mapping::Around;
use crate::model::{Caller, SchemeId, Scope};
use crate::operations::Hub;
use crate::operations::kept::{KeptRefusal, KeptRevision};
use crate::operations::library::{DataFile, Kind};
use crate::operations::replay::history::{History, Rows};
use crate::store::StoreError;

/// Records in force that are tried; what was refused since the oldest of them comes after.
const KEPT: usize = 4;
/// Refused records that are tried.
const REFUSED: usize = 4;

/// A record as it was received. Personal.
pub struct Received {
    pub raw: Vec<u8>,
    pub around: Around,
}

/// The last of them, refused ones at the end; none for a caller who may not read that scheme's records.
///
/// # Errors
/// When the store fails or a record does not open.
pub async fn last(hub: &Hub, by: &Caller, file: &DataFile) -> Result<Vec<Received>, StoreError> {
    let scheme: Option<SchemeId> = file.name.parse().ok();
    let entitled = |scheme: &SchemeId| {
        file.kind == Kind::Mapping && by.may(Scope::RecordsRead) && by.sees(scheme)
    };
    let Some(scheme) = scheme.filter(entitled) else { return Ok(Vec::new()) };
    let mut history = History::new(scheme, file.name.clone(), hub.now(), Some(KEPT as u64));
    let (mut session, keys) = (hub.store().read().await?, hub.store().keys());
    let mut found = Vec::new();
    let mut refused = 0;
    while let Some(rows) = history.next(&mut session).await? {
        match rows {
            Rows::Kept(rows) => {
                for row in rows {
                    let KeptRevision { raw, around, .. } = KeptRevision::open(&row.revision, keys)?;
                    found.push(Received { raw, around });
                }
            }
            Rows::Waiting(rows) => {
                for row in rows.iter().take(REFUSED - refused) {
                    let KeptRefusal { raw, around, .. } = KeptRefusal::open(&row.refused, keys)?;
                    found.push(Received { raw, around });
                    refused += 1;
                }
                if refused == REFUSED {
                    break;
                }
            }
        }
    }
    Ok(found)
}
