//! Records as the mapping `fhir-r4` writes them: whoever runs the hub may edit it, and so what FHIR shows.

use serde_json::Value;

use crate::fhir::id::PatientId;
use crate::fhir::patient::Written;
use crate::http::problem::{Code, Problem};
use crate::http::{App, formats};
use crate::operations::patients::{Face, Patient};
use crate::operations::translate;

/// The id under which somebody is shown.
pub fn id(patient: &Patient) -> Option<PatientId> {
    let record = patient.faces.first().map(|face| PatientId::Record(face.shown.id));
    patient.person.map(PatientId::Person).or(record)
}

/// The records of somebody, written.
///
/// # Errors
/// When the mapping cannot say one of them; not which, nor why: they may be somebody else's.
pub fn all(app: &App, patient: &Patient) -> Result<Vec<Written>, Problem> {
    patient.faces.iter().map(|face| one(app, face)).collect()
}

fn one(app: &App, face: &Face) -> Result<Written, Problem> {
    let mapping = formats::named(app, "_format", "fhir")?;
    let canonical = std::slice::from_ref(&face.shown.canonical);
    let bytes =
        translate::render(Some(&mapping), canonical).map_err(|_| Problem::new(Code::Internal))?;
    let mut bundle: Value =
        serde_json::from_slice(&bytes).map_err(|error| Problem::internal(&error))?;
    let mut take = |kind: &str| {
        let entries = bundle["entry"].as_array_mut()?;
        let entry = entries.iter_mut().find(|entry| entry["resource"]["resourceType"] == kind)?;
        Some(entry["resource"].take())
    };
    Ok(Written {
        record: face.shown.id,
        scheme: face.shown.scheme.clone(),
        changed_at: face.shown.updated_at,
        revision: face.shown.revision,
        own: face.own,
        fields: face.fields.clone(),
        replaced_by: face.replaced_by,
        patient: take("Patient").ok_or(Problem::new(Code::Internal))?,
        coverage: take("Coverage"),
    })
}
