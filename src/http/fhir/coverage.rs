//! Coverages: read.

use axum::extract::State;
use serde_json::Value;

use super::{Asking, Resource, written};
use crate::fhir::id::record_of_coverage;
use crate::fhir::patient as resource;
use crate::http::App;
use crate::http::extract::Named;
use crate::http::problem::{Code, Problem};
use crate::model::Scope;
use crate::operations::patients;

/// Reads the coverage that a record grants, as far as the caller may see it.
#[utoipa::path(get, path = "/fhir/R4/Coverage/{id}", tag = "fhir",
    params(("id" = String, Path, description = "`cov-…`")), responses(
    (status = 200, description = "Coverage", content_type = "application/fhir+json", body = Object),
    (status = "4XX", description = "OperationOutcome", content_type = "application/fhir+json", body = Object)))]
pub async fn read_one(
    asking: Asking,
    Named(id): Named<String>,
    State(app): State<App>,
) -> Result<Resource, Problem> {
    read(&app, &asking, &id).await.map(Resource::found)
}

/// Reads a coverage.
pub async fn read(app: &App, asking: &Asking, id: &str) -> Result<Value, Problem> {
    let caller = asking.granted(Scope::PeopleRead)?;
    let view = asking.view(app, &caller).await?;
    let nothing = || Problem::new(Code::NotFound);
    let record = record_of_coverage(id).ok_or_else(nothing)?;
    let found = patients::face(&app.hub, &view, record).await?.ok_or_else(nothing)?;
    let person = written::id(&found).ok_or_else(nothing)?;
    let written = written::all(app, &found)?;
    let coverage = written.first().and_then(|written| resource::coverage(written, person));
    coverage.ok_or_else(nothing)
}
