//! Who is somebody: what agreements let the asker see of the person whom each search names.

use serde_json::Value;

use super::inbox::Kept;
use super::{Answer, Hub};
use crate::eligibility::Subject;
use crate::model::{BeneficiaryRecord, Caller};
use crate::operations::ask;
use crate::operations::patients::{self, Patient, View, ViewError, Wanted};
use crate::spdci::member;
use crate::spdci::search::{self, Asked, Search};
use crate::store::StoreError;

/// The answers to a batch of searches, each for one person.
///
/// # Errors
/// When no agreement lets the caller see anything, or the store fails.
pub async fn answer(
    hub: &Hub,
    caller: &Caller,
    purpose: Option<String>,
    asked: &Asked,
) -> Result<Vec<Value>, ViewError> {
    let view = patients::view(hub, caller, purpose).await?;
    let now = hub.now();
    let mut responses = Vec::with_capacity(asked.searches.len());
    for one in &asked.searches {
        let found = look(hub, &view, one).await?;
        responses.push(search::response(one, found, now));
    }
    Ok(responses)
}

/// The answer to a message that waited; none when it can no longer be read.
pub(super) async fn later(
    hub: &Hub,
    caller: &Caller,
    kept: &Kept,
    correlation: &str,
) -> Result<Option<Answer>, ViewError> {
    let library = hub.library();
    // It was right when it was taken, by the schemes of that moment.
    let Ok(asked) = search::read(&kept.message, library.registry()) else { return Ok(None) };
    let purpose = ask::purpose(hub, caller, kept.purpose.as_deref());
    let responses = answer(hub, caller, purpose, &asked).await?;
    let count = responses.len();
    let message = search::write(&asked, responses, correlation);
    Ok(Some(Answer::new(message, "succ", count)))
}

/// The Members of one search; the code of the specification where it names nobody.
async fn look(
    hub: &Hub,
    view: &View<'_>,
    search: &Search,
) -> Result<Result<Vec<Value>, &'static str>, StoreError> {
    let wanted = match &search.wanted {
        Err(code) => return Ok(Err(*code)),
        Ok(Subject::Identifiers(numbers)) => Wanted { numbers: numbers.clone(), person: None },
        Ok(Subject::Demographics(person)) => {
            Wanted { numbers: Vec::new(), person: Some(person.clone()) }
        }
        Ok(Subject::Person(_) | Subject::Record(_)) => return Ok(Ok(Vec::new())),
    };
    let found = patients::matches(hub, view, &wanted).await?;
    found.iter().map(|found| written(&found.patient)).collect::<Result<Vec<_>, _>>().map(Ok)
}

/// Somebody as a Member, with no more than the viewer may see.
pub(super) fn written(patient: &Patient) -> Result<Value, StoreError> {
    let records: Vec<BeneficiaryRecord> = patient
        .faces
        .iter()
        .map(|face| serde_json::from_slice(&face.shown.canonical))
        .collect::<Result<_, _>>()
        .map_err(|_| StoreError::Sealed)?;
    let first = patient.faces.first().map(|face| face.shown.id.to_string());
    let id = patient.person.map(|person| person.to_string()).or(first).unwrap_or_default();
    let both = records.iter().zip(&patient.faces);
    let seen: Vec<member::Seen<'_>> =
        both.map(|(record, face)| member::Seen { record, fields: &face.fields }).collect();
    Ok(member::write(&id, &seen))
}
