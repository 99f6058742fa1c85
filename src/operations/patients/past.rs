//! The past of a record as its scheme sent it, version by version, to its end.
//!
//! What events and corrections of the hub made of it stands in the record as it is now, not here.

use super::view::{View, note};
use super::{Face, Patient};
use crate::eligibility::agreement::Field;
use crate::model::{Instant, RecordId};
use crate::operations::Hub;
use crate::operations::kept::KeptRevision;
use crate::operations::people::Shown;
use crate::store::StoreError;
use crate::store::revisions::RevisionState;

/// Revisions of one record that are looked through: a scheme that sends another one every hour, for a year.
const MOST_REVISIONS: u32 = 10_000;

/// One moment of a record.
pub enum Past {
    /// It was sent so.
    Sent(Face),
    /// Another one took its place.
    Replaced(Instant, RecordId),
    /// Its scheme withdrew it.
    Withdrawn(Instant),
}

impl Past {
    /// When.
    #[must_use]
    pub const fn at(&self) -> Instant {
        match self {
            Self::Sent(face) => face.shown.updated_at,
            Self::Replaced(at, _) | Self::Withdrawn(at) => *at,
        }
    }
}

/// The moments of a record that the caller may see, the newest first; none when it may not be seen. A replacement that was
/// taken back is left out: the numbers answer as if it had not been.
///
/// # Errors
/// When the store fails.
pub async fn past(
    hub: &Hub,
    view: &View<'_>,
    record: RecordId,
) -> Result<Option<Vec<Past>>, StoreError> {
    let mut session = hub.store().read().await?;
    let scheme = session.schemes_of(&[record]).await?.remove(&record);
    let Some((scheme, fields)) = scheme
        .map(|scheme| (view.fields(&scheme), scheme))
        .filter(|(fields, _)| fields.contains(&Field::PersonId))
        .map(|(fields, scheme)| (scheme, fields))
    else {
        return Ok(None);
    };
    let person = session.subject(record).await?.and_then(|subject| subject.person);
    let mut all = Vec::new();
    for revision in session.revisions_of_record(record, MOST_REVISIONS).await? {
        if !matches!(revision.state, RevisionState::Live | RevisionState::Superseded) {
            continue;
        }
        let kept = KeptRevision::open(&revision, hub.store().keys())?;
        let shown = Shown {
            id: record,
            scheme: scheme.clone(),
            person,
            revision: revision.number,
            updated_at: revision.received_at,
            absent_since: None,
            canonical: kept.canonical,
        };
        let own = view.caller.sees(&scheme);
        all.push(Past::Sent(Face { shown, own, fields: fields.clone(), replaced_by: None }));
    }
    let replacements = session.replacements(record).await?.into_iter();
    let standing = replacements.filter(|(_, _, undone)| undone.is_none());
    all.extend(standing.map(|(at, survivor, _)| Past::Replaced(at, survivor)));
    all.extend(session.withdrawals(record).await?.into_iter().map(Past::Withdrawn));
    drop(session);
    all.sort_by_key(Past::at);
    all.reverse();
    let seen = Patient { person, faces: Vec::new() };
    note(hub, view, "read_patient_history", std::iter::once(&seen), "record").await?;
    // What was never released is nobody's past.
    Ok((!all.is_empty()).then_some(all))
}
