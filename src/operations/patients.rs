//! People as those see them who ask in a standard that names people: found, matched, cross-referenced.
//!
//! A scheme sees its own records whole; of all other records a caller sees what agreements in force grant it for its
//! purpose, and nothing of a person whose id no grant shows. That is decided before anybody is looked for. Every look
//! is written down before anything is shown. How it is shown (FHIR) is the caller's business.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use serde_json::json;

use super::Hub;
use super::ask::resolve::{Resolver, Subjects, described, same};
use super::people::{self, Shown};
use crate::eligibility::agreement::Field;
use crate::eligibility::question::{Demographics, Number};
use crate::eligibility::{Permission, Refusal, Subject};
use crate::model::{AuditId, Caller, Holder, Instant, PersonId, RecordId, SchemeId};
use crate::store::audit::Entry;
use crate::store::coverages::Subject as Known;
use crate::store::records::StoredRecord;
use crate::store::{Session, StoreError};

/// How many people an answer shows at most, whatever is asked for.
pub const MOST: usize = 20;

/// With whose eyes a caller looks.
pub struct View<'c> {
    caller: &'c Caller,
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
            actor: self.caller.holder.id().to_owned(),
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

/// One record of a person, with what the caller may see of it: never nothing.
pub struct Face {
    /// The record, whole.
    pub shown: Shown,
    /// Whether it is the caller's own.
    pub own: bool,
    /// What of it may be shown.
    pub fields: BTreeSet<Field>,
}

/// A person, or a record that the linker has not seen yet.
pub struct Patient {
    /// The person, once the linker has seen one of the records.
    pub person: Option<PersonId>,
    /// The records that may be shown, the most recently changed first; never none.
    pub faces: Vec<Face>,
}

/// How sure it is that somebody is meant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Grade {
    /// Found, and others fit about as well or better.
    Possible,
    /// Among the best, and not alone there.
    Probable,
    /// One person is meant, and it is this one.
    Certain,
}

/// Somebody who may be meant.
pub struct Match {
    /// Who.
    pub patient: Patient,
    /// How sure.
    pub grade: Grade,
    /// How probably, from 0 to 1.
    pub score: f32,
}

/// What is known of somebody who is looked for: numbers first, a description where they lead to nobody.
#[derive(Default)]
pub struct Wanted {
    /// Numbers; those of unknown systems lead to nobody.
    pub numbers: Vec<Number>,
    /// A description.
    pub person: Option<Demographics>,
}

impl Wanted {
    /// Whether it is enough to look for anybody.
    #[must_use]
    pub fn suffices(&self) -> bool {
        self.numbers.iter().any(|number| number.kind.is_some())
            || self.person.as_ref().is_some_and(Demographics::suffices)
    }
}

/// Looks for everybody who may be meant, the likeliest first.
///
/// # Errors
/// When the store fails.
pub async fn matches(
    hub: &Hub,
    view: &View<'_>,
    wanted: &Wanted,
) -> Result<Vec<Match>, StoreError> {
    let mut session = hub.store().read().await?;
    let mut ranked = by_numbers(hub, &mut session, &wanted.numbers).await?;
    if let Some(person) = wanted.person.as_ref().filter(|person| person.suffices()) {
        let described = by_description(hub, &mut session, person).await?;
        confront(&mut ranked, described);
    }
    let mut found = Vec::new();
    for (known, grade, score) in ranked.into_iter().take(MOST) {
        if let Some(patient) = show(hub, &mut session, view, known).await? {
            found.push(Match { patient, grade, score });
        }
    }
    drop(session);
    let by = if wanted.numbers.is_empty() { "demographics" } else { "identifiers" };
    note(hub, view, "match_person", found.iter().map(|found| &found.patient), by).await?;
    Ok(found)
}

type Ranked = Vec<(Known, Grade, f32)>;

/// Whom the numbers lead to: one person is certain, several are not.
async fn by_numbers(
    hub: &Hub,
    session: &mut Session,
    numbers: &[Number],
) -> Result<Ranked, StoreError> {
    let known: Vec<Number> =
        numbers.iter().filter(|number| number.kind.is_some()).cloned().collect();
    if known.is_empty() {
        return Ok(Vec::new());
    }
    let subjects = subjects(hub, session, &Subject::Identifiers(known)).await?;
    Ok(match subjects {
        Subjects::TooLittle | Subjects::Several => Vec::new(),
        Subjects::These(found) if found.len() == 1 => {
            found.into_iter().map(|known| (known, Grade::Certain, 1.0)).collect()
        }
        Subjects::These(found) => {
            found.into_iter().map(|known| (known, Grade::Probable, 0.5)).collect()
        }
    })
}

async fn by_description(
    hub: &Hub,
    session: &mut Session,
    person: &Demographics,
) -> Result<Ranked, StoreError> {
    // A statement of its own: the index stays locked no longer than the search takes.
    let candidates = hub.index().candidates(&described(person));
    let mut ranked: Ranked = Vec::new();
    for (rank, candidate) in candidates.list.into_iter().enumerate() {
        let Some(first) = candidate.records.first() else { continue };
        let Some(known) = session.subject(*first).await? else { continue };
        let grade = match (rank < candidates.close, candidates.close) {
            (true, 1) if !candidates.truncated => Grade::Certain,
            (true, _) => Grade::Probable,
            (false, _) => Grade::Possible,
        };
        ranked.push((known, grade, candidate.probability));
    }
    Ok(ranked)
}

/// Whom the numbers lead to and whom the description fits, as one list. Where the two certainly mean different people,
/// one of them is wrong, and nobody is certain.
fn confront(ranked: &mut Ranked, described: Ranked) {
    if ranked.is_empty() {
        *ranked = described;
        return;
    }
    for (known, grade, score) in described {
        if ranked.iter().any(|(other, ..)| same(other, &known)) || grade != Grade::Certain {
            continue;
        }
        for (_, numbered, _) in ranked.iter_mut() {
            *numbered = Grade::Possible;
        }
        ranked.push((known, Grade::Possible, score.min(0.5)));
    }
}

/// Looks for whoever a question may mean, without grades.
///
/// # Errors
/// When the store fails.
pub async fn find(
    hub: &Hub,
    view: &View<'_>,
    subject: &Subject,
) -> Result<Vec<Patient>, StoreError> {
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
    let faces: Vec<Face> = faces(hub, view, person, &stored)?;
    drop(session);
    let found = (!faces.is_empty()).then_some(Patient { person, faces });
    note(hub, view, "read_patient", found.iter(), "record").await?;
    Ok(found)
}

async fn subjects(
    hub: &Hub,
    session: &mut Session,
    asked: &Subject,
) -> Result<Subjects, StoreError> {
    let library = hub.library();
    let mut resolver = Resolver { library: &library, hub, session, moment: hub.now() };
    resolver.subjects(asked).await
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
    let mut faces = faces(hub, view, known.person, &stored)?;
    faces.sort_by_key(|face| (Reverse(face.shown.updated_at), face.shown.id));
    Ok((!faces.is_empty()).then_some(Patient { person: known.person, faces }))
}

/// Those of the records that may be shown.
fn faces(
    hub: &Hub,
    view: &View<'_>,
    person: Option<PersonId>,
    stored: &[StoredRecord],
) -> Result<Vec<Face>, StoreError> {
    let mut faces = Vec::new();
    for stored in stored {
        let fields = view.fields(&stored.scheme);
        if fields.contains(&Field::PersonId) {
            let shown = people::show(stored, person, hub.store().keys())?;
            faces.push(Face { shown, own: view.caller.sees(&stored.scheme), fields });
        }
    }
    Ok(faces)
}

/// Writes down who looked and whom they saw; also when it was nobody, so that guessing shows.
async fn note<'p>(
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
    drop(session);
    let mut found = Vec::with_capacity(stored.len());
    for record in &stored {
        let person = people.get(&record.id).copied();
        let faces = faces(hub, view, person, std::slice::from_ref(record))?;
        found.push(Patient { person, faces });
    }
    note(hub, view, "list_patients", found.iter(), "list").await?;
    Ok((total, found))
}
