//! With whose eyes somebody looks at people: what is theirs, what agreements grant them, and what is written down of it.

use std::collections::BTreeSet;

use serde_json::json;

use super::Patient;
use crate::eligibility::agreement::Field;
use crate::eligibility::{Permission, Refusal};
use crate::model::{AuditId, Caller, Holder, SchemeId};
use crate::operations::{Hub, people};
use crate::store::StoreError;
use crate::store::audit::Entry;

/// With whose eyes a caller looks.
pub struct View<'c> {
    pub(super) caller: &'c Caller,
    purpose: Option<String>,
    permission: Option<Permission>,
}

/// Why a caller sees nothing.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// No agreement in force lets the partner see anything for this purpose.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a caller may see for a purpose. A scheme and an operator see what is theirs without any agreement.
///
/// # Errors
/// The condition that failed, for a partner that no agreement lets see anything; it is written down.
pub async fn view<'c>(
    hub: &Hub,
    caller: &'c Caller,
    purpose: Option<String>,
) -> Result<View<'c>, ViewError> {
    match View::of(hub, caller, purpose.clone()) {
        Ok(view) => Ok(view),
        Err(refusal) => {
            let refused = View { caller, purpose, permission: None };
            let entry = refused.entry(hub, "read_patient", "refused", refusal.code().name(), 0);
            write(hub, &[entry]).await?;
            Err(refusal.into())
        }
    }
}

impl<'c> View<'c> {
    fn of(hub: &Hub, caller: &'c Caller, purpose: Option<String>) -> Result<Self, Refusal> {
        let library = hub.library();
        let asker = caller.holder.id();
        // No purpose at all is one that nobody granted.
        let named = purpose.as_deref().unwrap_or_default();
        let mut allowed = library.agreements().check(asker, named, None, hub.today());
        if !caller.purposes.is_empty() && !caller.purposes.iter().any(|own| own == named) {
            allowed = allowed.and(Err(Refusal::PurposeNotAllowed));
        }
        let permission = match (allowed, &caller.holder) {
            (Ok(permission), _) => Some(permission),
            (Err(_), Holder::Scheme(_) | Holder::Operator(_)) => None,
            (Err(refusal), Holder::Partner(_)) => return Err(refusal),
        };
        Ok(Self { caller, purpose, permission })
    }

    /// What the caller may see of the records of a scheme.
    #[must_use]
    pub fn fields(&self, scheme: &SchemeId) -> BTreeSet<Field> {
        if self.caller.sees(scheme) {
            return Field::ALL.into_iter().collect();
        }
        self.permission
            .as_ref()
            .map(|permission| permission.fields(Some(scheme)))
            .unwrap_or_default()
    }

    fn entry(&self, hub: &Hub, action: &str, outcome: &str, by: &str, records: usize) -> Entry {
        let now = hub.now();
        let agreements = self.permission.as_ref().map(|permission| {
            let ids: Vec<&str> = permission.agreements.iter().map(String::as_str).collect();
            ids.join(" ")
        });
        Entry {
            id: AuditId::new(now, hub.random()),
            at: now,
            action: action.to_owned(),
            actor: self.caller.actor(),
            scheme: people::own_scheme(self.caller),
            subject: None,
            purpose: self.purpose.clone(),
            agreement: agreements,
            outcome: outcome.to_owned(),
            detail: json!({ "by": by, "records": records }).to_string(),
            personal: None,
        }
    }
}

/// Writes down who looked and whom they saw; also when it was nobody, so that guessing shows.
pub(super) async fn note<'p>(
    hub: &Hub,
    view: &View<'_>,
    action: &str,
    seen: impl Iterator<Item = &'p Patient>,
    by: &str,
) -> Result<(), StoreError> {
    let mut entries: Vec<Entry> = seen
        .map(|patient| Entry {
            subject: patient.person.map(|person| person.to_string()),
            ..view.entry(hub, action, "shown", by, patient.faces.len())
        })
        .collect();
    if entries.is_empty() {
        entries.push(view.entry(hub, action, "nobody", by, 0));
    }
    write(hub, &entries).await
}

async fn write(hub: &Hub, entries: &[Entry]) -> Result<(), StoreError> {
    let mut tx = hub.store().begin().await?;
    tx.add_audit(hub.store().keys(), entries).await?;
    tx.commit().await
}
