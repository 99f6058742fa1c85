//! What a patient was: the versions of a record, newest first, to its end.
//!
//! A person (`per-…`) has no versions: it is what the records say now. Its merges and splits stand at
//! `/v1/people/{id}/history`.

use axum::extract::State;
use axum::http::Uri;
use serde_json::{Value, json};

use super::media::parameters;
use super::{Asking, Resource, Version, patient, written};
use crate::fhir::bundle::{self, Moment};
use crate::fhir::id::PatientId;
use crate::fhir::patient as resource;
use crate::fhir::search;
use crate::http::App;
use crate::http::extract::Named;
use crate::http::problem::{Code, Problem};
use crate::model::{RecordId, Scope};
use crate::operations::patients::{self, Past, Patient};

/// Reads the versions of a patient, as far as the caller may see them.
#[utoipa::path(get, path = "/fhir/R4/Patient/{id}/_history", tag = "fhir", params(
    ("id" = String, Path, description = "`rec-…`, or `per-…`"),
    ("_count" = Option<u32>, Query, description = "Versions at most, 200 at most"),
    ("_since" = Option<String>, Query, description = "Only versions since this moment")), responses(
    (status = 200, description = "Bundle of type history", content_type = "application/fhir+json", body = Object),
    (status = "4XX", description = "OperationOutcome", content_type = "application/fhir+json", body = Object)))]
pub async fn of_one(
    asking: Asking,
    Named(id): Named<String>,
    State(app): State<App>,
    uri: Uri,
) -> Result<Resource, Problem> {
    history(&app, &asking, &id, &parameters(&uri)).await.map(Resource::found)
}

/// Reads one version of a patient.
#[utoipa::path(get, path = "/fhir/R4/Patient/{id}/_history/{version}", tag = "fhir", params(
    ("id" = String, Path, description = "`rec-…`"),
    ("version" = String, Path, description = "Its number, from 1")), responses(
    (status = 200, description = "Patient", content_type = "application/fhir+json", body = Object),
    (status = "4XX", description = "OperationOutcome", content_type = "application/fhir+json", body = Object)))]
pub async fn version_of_one(
    asking: Asking,
    Named((id, version)): Named<(String, String)>,
    State(app): State<App>,
) -> Result<Resource, Problem> {
    let caller = asking.granted(Scope::PeopleRead)?;
    let view = asking.view(&app, &caller).await?;
    let nothing = || Problem::new(Code::NotFound);
    let Some(PatientId::Record(record)) = PatientId::parse(&id) else { return Err(nothing()) };
    let past = patients::past(&app.hub, &view, record).await?.ok_or_else(nothing)?;
    for moment in past {
        let at = moment.at();
        if let Past::Sent(face) = moment
            && face.shown.revision.to_string() == version
        {
            let number = face.shown.revision;
            let person = face.shown.person;
            let shown = shown(&app, Patient { person, faces: vec![face] }, None)?;
            let reference = format!("Patient/{id}");
            return Ok(Resource::found(shown).of_version(Version { reference, number, at }));
        }
    }
    Err(nothing())
}

/// The versions of a patient.
pub async fn history(
    app: &App,
    asking: &Asking,
    id: &str,
    given: &[(String, String)],
) -> Result<Value, Problem> {
    let caller = asking.granted(Scope::PeopleRead)?;
    let view = asking.view(app, &caller).await?;
    let asked = search::history(given).map_err(|(name, form)| Problem::parameter(name, form))?;
    let nothing = || Problem::new(Code::NotFound);
    let moments = match PatientId::parse(id).ok_or_else(nothing)? {
        PatientId::Record(record) => {
            let past = patients::past(&app.hub, &view, record).await?.ok_or_else(nothing)?;
            let past: Vec<Past> = past
                .into_iter()
                .filter(|one| asked.since.is_none_or(|at| one.at() >= at))
                .collect();
            moments(app, record, past)?
        }
        PatientId::Person(_) => {
            let now = patient::read(app, asking, id).await?;
            let at = now["meta"]["lastUpdated"].as_str().map(ToOwned::to_owned);
            vec![Moment { method: "PUT", status: 200, resource: Some(now), etag: None, at }]
        }
    };
    let total = moments.len();
    let shown = moments.into_iter().take(asked.count).collect();
    let address = asking.address(&format!("Patient/{id}/_history"), given, None);
    Ok(bundle::history(&asking.base, &format!("Patient/{id}"), total, shown, &address))
}

/// What happened to a record, newest first, as entries of a history.
fn moments(app: &App, record: RecordId, past: Vec<Past>) -> Result<Vec<Moment>, Problem> {
    let mut entries = Vec::with_capacity(past.len());
    // From the oldest: an end shows the version that it ended.
    let mut last: Option<Value> = None;
    for moment in past.into_iter().rev() {
        let at = Some(moment.at().to_string());
        entries.push(match moment {
            Past::Sent(face) => {
                let (number, person) = (face.shown.revision, face.shown.person);
                let shown = shown(app, Patient { person, faces: vec![face] }, None)?;
                let (method, status) = if last.is_none() { ("POST", 201) } else { ("PUT", 200) };
                last = Some(shown.clone());
                let etag = Some(format!("W/\"{number}\""));
                Moment { method, status, resource: Some(shown), etag, at }
            }
            Past::Replaced(_, survivor) => {
                let mut ended =
                    last.clone().unwrap_or_else(|| json!({ "resourceType": "Patient" }));
                let other = format!("Patient/{}", PatientId::Record(survivor));
                resource::end(&mut ended, &PatientId::Record(record).to_string(), &other);
                Moment { method: "PUT", status: 200, resource: Some(ended), etag: None, at }
            }
            Past::Withdrawn(_) => {
                Moment { method: "DELETE", status: 204, resource: None, etag: None, at }
            }
        });
    }
    entries.reverse();
    Ok(entries)
}

/// One version as a resource.
fn shown(app: &App, patient: Patient, person: Option<PatientId>) -> Result<Value, Problem> {
    let library = app.hub.library();
    let written = written::all(app, &patient)?;
    let written = written.first().ok_or(Problem::new(Code::Internal))?;
    Ok(resource::of_record(library.registry(), written, person))
}
