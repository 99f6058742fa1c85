//! People as those see them who ask in a standard that names people: found, matched, cross-referenced.
//!
//! A scheme sees its own records whole; of all other records a caller sees what agreements in force grant it for its
//! purpose, and nothing of a person whose id no grant shows. That is decided before anybody is looked for. Every look
//! is written down before anything is shown. How it is shown (FHIR) is the caller's business. [`view`] says with whose
//! eyes, [`matches`] who may be meant.

mod matches;
mod past;
mod view;

use std::cmp::Reverse;
use std::collections::BTreeSet;

pub use matches::{Grade, Match, Wanted, matches};
pub use past::{Past, past};
pub use view::{View, ViewError, view};

use super::Hub;
use super::ask::resolve::{self, Subjects};
use super::people::{self, Shown};
use crate::eligibility::Subject as Asked;
use crate::eligibility::agreement::Field;
use crate::eligibility::question::Number;
use crate::eligibility::registry::NumberKind;
use crate::model::{Holder, Instant, PersonId, RecordId};
use crate::store::coverages::Subject as Known;
use crate::store::records::{StoredRecord, record_key};
use crate::store::{Session, StoreError};
use view::note;

/// How many people an answer shows at most, whatever is asked for.
pub const MOST: usize = 20;

/// One record of a person, with what the caller may see of it: never nothing.
pub struct Face {
    /// The record, whole.
    pub shown: Shown,
    /// Whether it is the caller's own.
    pub own: bool,
    /// What of it may be shown.
    pub fields: BTreeSet<Field>,
    /// The record that took its place. Only whoever asks for this very record is shown one that was replaced.
    pub replaced_by: Option<RecordId>,
}

/// A person, or a record that the linker has not seen yet.
pub struct Patient {
    /// The person, once the linker has seen one of the records.
    pub person: Option<PersonId>,
    /// The records that may be shown, the most recently changed first; never none.
    pub faces: Vec<Face>,
}

/// Looks for whoever a question may mean, without grades.
///
/// # Errors
/// When the store fails.
pub async fn find(hub: &Hub, view: &View<'_>, subject: &Asked) -> Result<Vec<Patient>, StoreError> {
    let mut session = hub.store().read().await?;
    let subjects = subjects(hub, &mut session, subject).await?;
    let mut found = Vec::new();
    if let Subjects::These(known) = subjects {
        for known in known {
            found.extend(show(hub, &mut session, view, known).await?);
        }
    }
    drop(session);
    note(hub, view, "read_patient", found.iter(), subject.kind()).await?;
    Ok(found)
}

/// One record as a patient of its own, when the caller may see it.
///
/// # Errors
/// When the store fails.
pub async fn face(
    hub: &Hub,
    view: &View<'_>,
    record: RecordId,
) -> Result<Option<Patient>, StoreError> {
    let mut session = hub.store().read().await?;
    let stored = session.records(&[record]).await?;
    let known = session.subject(record).await?;
    let person = known.and_then(|known| known.person);
    let faces: Vec<Face> = faces(hub, &mut session, view, person, &stored).await?;
    drop(session);
    let found = (!faces.is_empty()).then_some(Patient { person, faces });
    note(hub, view, "read_patient", found.iter(), "record").await?;
    Ok(found)
}

async fn subjects(hub: &Hub, session: &mut Session, asked: &Asked) -> Result<Subjects, StoreError> {
    let library = hub.library();
    let asked = match asked {
        Asked::Identifiers(numbers) => Asked::Identifiers(answering(hub, session, numbers).await?),
        other => other.clone(),
    };
    resolve::subjects(hub, &library, session, &asked).await
}

/// The numbers that are answered: not those of records that were replaced.
async fn answering(
    hub: &Hub,
    session: &mut Session,
    numbers: &[Number],
) -> Result<Vec<Number>, StoreError> {
    let mut answering = Vec::with_capacity(numbers.len());
    for number in numbers {
        if let Some(NumberKind::Record(scheme)) = &number.kind {
            let key = record_key(hub.store().keys(), scheme, number.value.expose().trim());
            let named = session.subject_of_record(scheme, &key).await?;
            let named: Vec<RecordId> = named.iter().map(|subject| subject.record).collect();
            if !session.replaced(&named).await?.is_empty() {
                continue;
            }
        }
        answering.push(number.clone());
    }
    Ok(answering)
}

/// Somebody with the records that may be shown; nobody where none may.
async fn show(
    hub: &Hub,
    session: &mut Session,
    view: &View<'_>,
    known: Known,
) -> Result<Option<Patient>, StoreError> {
    let records: Vec<RecordId> = match known.person {
        Some(person) => session.members(person).await?.iter().map(|member| member.record).collect(),
        None => vec![known.record],
    };
    let stored = session.records(&records).await?;
    let mut faces = faces(hub, session, view, known.person, &stored).await?;
    faces.retain(|face| face.replaced_by.is_none());
    faces.sort_by_key(|face| (Reverse(face.shown.updated_at), face.shown.id));
    Ok((!faces.is_empty()).then_some(Patient { person: known.person, faces }))
}

/// Those of the records that may be shown.
async fn faces(
    hub: &Hub,
    session: &mut Session,
    view: &View<'_>,
    person: Option<PersonId>,
    stored: &[StoredRecord],
) -> Result<Vec<Face>, StoreError> {
    let ids: Vec<RecordId> = stored.iter().map(|stored| stored.id).collect();
    let replaced = session.replaced(&ids).await?;
    let mut faces = Vec::new();
    for stored in stored {
        let fields = view.fields(&stored.scheme);
        if fields.contains(&Field::PersonId) {
            let shown = people::show(stored, person, hub.store().keys())?;
            let own = view.caller.sees(&stored.scheme);
            let replaced_by = replaced.get(&stored.id).copied();
            faces.push(Face { shown, own, fields, replaced_by });
        }
    }
    Ok(faces)
}

/// Which of a caller's own records are listed.
pub struct Listing {
    /// Changed at or after.
    pub since: Instant,
    /// Changed before.
    pub until: Instant,
    /// After this record.
    pub after: Option<RecordId>,
    /// How many at most.
    pub limit: u32,
}

/// The caller's own records as patients, in order of their ids, with their number on all pages. Nobody else's are
/// listed, whatever an agreement grants: a list of a partner's people is no answer to a question.
///
/// # Errors
/// When the store fails.
pub async fn list(
    hub: &Hub,
    view: &View<'_>,
    listing: &Listing,
) -> Result<(u64, Vec<Patient>), StoreError> {
    let scheme = match &view.caller.holder {
        Holder::Scheme(scheme) => Some(scheme),
        Holder::Operator(_) => None,
        Holder::Partner(_) => return Ok((0, Vec::new())),
    };
    let span = (listing.since, listing.until);
    let mut session = hub.store().read().await?;
    let total = session.count_changed_within(scheme, span).await?;
    let (after, limit) = (listing.after, listing.limit);
    let stored = session.changed_within(scheme, span, after, limit).await?;
    let ids: Vec<RecordId> = stored.iter().map(|record| record.id).collect();
    let people = session.people_of_records(&ids).await?;
    let mut found = Vec::with_capacity(stored.len());
    for record in &stored {
        let person = people.get(&record.id).copied();
        let faces = faces(hub, &mut session, view, person, std::slice::from_ref(record)).await?;
        found.push(Patient { person, faces });
    }
    drop(session);
    note(hub, view, "list_patients", found.iter(), "list").await?;
    Ok((total, found))
}
