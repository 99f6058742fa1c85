//! Patients: read and matched.

use axum::extract::State;
use serde_json::Value;

use super::{Asking, Resource, Sent, Version, written};
use crate::eligibility::{Registry, Subject};
use crate::fhir::bundle::{self, Mode};
use crate::fhir::id::PatientId;
use crate::fhir::outcome::{Said, outcome};
use crate::fhir::parameters;
use crate::fhir::patient as resource;
use crate::http::App;
use crate::http::extract::Named;
use crate::http::problem::{Code, Problem};
use crate::messages;
use crate::model::{Instant, Issue, Language, RecordId, Scope};
use crate::operations::patients::{self, Grade, Patient, View, Wanted};

/// Reads a person (`per-…`), or the patient that one scheme's record is (`rec-…`), as far as the caller may see them.
#[utoipa::path(get, path = "/fhir/R4/Patient/{id}", tag = "fhir",
    params(("id" = String, Path, description = "`per-…` or `rec-…`")), responses(
    (status = 200, description = "Patient", content_type = "application/fhir+json", body = Object),
    (status = "4XX", description = "OperationOutcome", content_type = "application/fhir+json", body = Object)))]
pub async fn read_one(
    asking: Asking,
    Named(id): Named<String>,
    State(app): State<App>,
) -> Result<Resource, Problem> {
    let found = read(&app, &asking, &id).await?;
    let meta = &found["meta"];
    let number = meta["versionId"].as_str().and_then(|number| number.parse().ok());
    let at = meta["lastUpdated"].as_str().and_then(Instant::parse);
    let version = number.zip(at);
    let version =
        version.map(|(number, at)| Version { reference: format!("Patient/{id}"), number, at });
    let resource = Resource::found(found);
    Ok(match version {
        Some(version) => resource.of_version(version),
        None => resource,
    })
}

/// Reads a patient.
pub async fn read(app: &App, asking: &Asking, id: &str) -> Result<Value, Problem> {
    let caller = asking.granted(Scope::PeopleRead)?;
    let view = asking.view(app, &caller).await?;
    let id = PatientId::parse(id).ok_or(Problem::new(Code::NotFound))?;
    let library = app.hub.library();
    let registry = library.registry();
    match id {
        PatientId::Record(record) => face(app, &view, record).await,
        PatientId::Person(person) => {
            let mut found = patients::find(&app.hub, &view, &Subject::Person(person)).await?;
            let found = found.pop().ok_or(Problem::new(Code::NotFound))?;
            match found.person.map(PatientId::Person) {
                Some(now) if now != id => Ok(resource::replaced(id, now)),
                _ => Ok(resource::of_person(registry, id, &written::all(app, &found)?)),
            }
        }
    }
}

/// One record as a patient of its own.
pub async fn face(app: &App, view: &View<'_>, record: RecordId) -> Result<Value, Problem> {
    let library = app.hub.library();
    let found = patients::face(&app.hub, view, record).await?;
    let found = found.ok_or(Problem::new(Code::NotFound))?;
    let written = written::all(app, &found)?;
    let person = found.person.map(PatientId::Person);
    written
        .first()
        .map(|written| resource::of_record(library.registry(), written, person))
        .ok_or(Problem::new(Code::NotFound))
}

/// Looks for everybody who may be meant, the likeliest first (ITI-119).
#[utoipa::path(post, path = "/fhir/R4/Patient/$match", tag = "fhir", request_body(content = Object,
    content_type = "application/fhir+json", description = "Parameters with `resource`, `onlyCertainMatches`, `count`; or a Patient"), responses(
    (status = 200, description = "Bundle of type searchset, with score and match-grade", content_type = "application/fhir+json", body = Object),
    (status = "4XX", description = "OperationOutcome", content_type = "application/fhir+json", body = Object)))]
pub async fn match_one(
    asking: Asking,
    State(app): State<App>,
    Sent(body): Sent,
) -> Result<Resource, Problem> {
    matching(&app, &asking, &body).await.map(Resource::found)
}

/// Looks for everybody who may be meant.
pub async fn matching(app: &App, asking: &Asking, body: &Value) -> Result<Value, Problem> {
    let caller = asking.granted(Scope::PeopleRead)?;
    let library = app.hub.library();
    let registry = library.registry();
    let asked = parameters::read_match(body, registry).map_err(invalid)?;
    let view = asking.view(app, &caller).await?;
    let wanted = Wanted { numbers: asked.numbers, person: Some(asked.person) };
    let url = format!("{}/Patient/$match", asking.base);
    if !wanted.suffices() {
        let told = (insufficient(asking.language), Mode::Outcome);
        return Ok(bundle::searchset(&asking.base, 0, vec![told], &url));
    }
    let mut found = patients::matches(&app.hub, &view, &wanted).await?;
    // Certain means that nobody else is in question.
    if asked.only_certain
        && !(found.len() == 1 && found.iter().all(|one| one.grade == Grade::Certain))
    {
        found.retain(|one| one.grade == Grade::Certain);
        if found.len() > 1 {
            found.clear();
        }
    }
    let total = found.len();
    found.truncate(asked.count.unwrap_or(total));
    let mut entries = Vec::with_capacity(found.len());
    for one in &found {
        let shown = person(app, registry, &one.patient)?;
        entries.push((shown, Mode::Graded(one.score, grade(one.grade))));
    }
    Ok(bundle::searchset(&asking.base, total, entries, &url))
}

/// Somebody as a Patient: the person, or the record that nobody linked yet.
pub fn person(app: &App, registry: &Registry, patient: &Patient) -> Result<Value, Problem> {
    let id = written::id(patient).ok_or(Problem::new(Code::Internal))?;
    Ok(resource::of_person(registry, id, &written::all(app, patient)?))
}

const fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Certain => "certain",
        Grade::Probable => "probable",
        Grade::Possible => "possible",
    }
}

/// Told beside an empty answer: less was given than it takes to look for anybody.
pub fn insufficient(language: Language) -> Value {
    let code = "insufficient_identification";
    outcome(&[Said {
        severity: "warning",
        kind: "incomplete",
        code,
        text: messages::text(language, &format!("reason-{code}"), &[]),
        diagnostics: None,
        expression: None,
    }])
}

/// The problem of a resource with faults.
pub fn invalid(wrong: Vec<Issue>) -> Problem {
    Problem::new(Code::InvalidRecord).violations(wrong)
}
