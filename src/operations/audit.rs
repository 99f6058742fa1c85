//! The audit log, read: who learnt or changed what, the newest first. Only for who may read the log of all.

pub use crate::store::audit::Entry;

use super::{Hub, StoreError};
use crate::model::{AuditId, Caller, Scope};

/// A page of the log before an entry, of one actor when one is named; none for whoever may not read it.
///
/// # Errors
/// When the store fails or an entry does not open.
pub async fn page(
    hub: &Hub,
    caller: &Caller,
    actor: Option<&str>,
    before: Option<AuditId>,
    limit: u32,
) -> Result<Vec<Entry>, StoreError> {
    if !caller.runs_the_hub() || !caller.may(Scope::AuditRead) {
        return Ok(Vec::new());
    }
    hub.store().read().await?.audit(hub.store().keys(), actor, before, limit).await
}

/// What was done about a person, a record or another subject, the newest first; none for whoever may not read the log.
///
/// # Errors
/// When the store fails or an entry does not open.
pub async fn about(
    hub: &Hub,
    caller: &Caller,
    subject: &str,
    limit: u32,
) -> Result<Vec<Entry>, StoreError> {
    if !caller.runs_the_hub() || !caller.may(Scope::AuditRead) {
        return Ok(Vec::new());
    }
    hub.store().read().await?.audit_about(hub.store().keys(), subject, limit).await
}
