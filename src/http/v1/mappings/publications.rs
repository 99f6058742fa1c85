//! What counts is changed: versions are published together, or an earlier one comes back.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::bodies::PlanBody;
use super::{Sort, kind};
use crate::http::App;
use crate::http::extract::{Document, Known, Named, Params};
use crate::http::openapi::Refused;
use crate::http::problem::Problem;
use crate::model::{Instant, Scope};
use crate::operations::library::{FileId, Kind};
use crate::operations::versions::{self, Chosen};

/// Versions to be published together.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicationRequest {
    versions: Vec<ChosenVersion>,
    /// From when on they count (RFC 3339), by the clock of the hub's database; without it, at once.
    #[serde(default)]
    at: Option<String>,
    /// Says what would happen, and changes nothing.
    #[serde(default)]
    dry_run: bool,
}

/// One version of one file.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChosenVersion {
    /// `mapping` when nothing is said.
    #[serde(default)]
    kind: Option<String>,
    name: String,
    hash: String,
}

impl ChosenVersion {
    fn read(self) -> Result<Chosen, Problem> {
        let kind = self.kind.as_deref().map(kind).transpose()?.unwrap_or(Kind::Mapping);
        let file = FileId::new(kind, &self.name).ok_or_else(|| Problem::parameter("name", "?"))?;
        Ok(Chosen { file, hash: self.hash })
    }
}

/// Publishes versions together, at once or for later. All of them compile together, or none is published. Every process
/// follows within a second; what is being received meanwhile is read to its end by the version with which it began.
#[utoipa::path(post, path = "/v1/mappings/publications", tag = "mappings",
    request_body = PublicationRequest, responses(
    (status = 200, description = "What changes", body = PlanBody),
    (status = 409, description = "A `version:` that was published with another text, or no approval yet", content_type = "application/problem+json", body = crate::http::problem::ProblemBody),
    (status = "4XX", response = Refused)))]
pub async fn publish(
    known: Known,
    State(app): State<App>,
    Document(request): Document<PublicationRequest>,
) -> Result<Json<PlanBody>, Problem> {
    let caller = known.granted(Scope::MappingsPublish)?;
    let at = request.at.as_deref().map(instant).transpose()?;
    let chosen: Vec<Chosen> =
        request.versions.into_iter().map(ChosenVersion::read).collect::<Result<_, _>>()?;
    let plan = if request.dry_run {
        versions::plan(&app.hub, &caller, &chosen, at).await?
    } else {
        versions::publish(&app.hub, &caller, &chosen, at).await?
    };
    Ok(Json(PlanBody::of(plan, !request.dry_run)))
}

fn instant(text: &str) -> Result<Instant, Problem> {
    Instant::parse(text).ok_or_else(|| Problem::parameter("at", "2027-01-01T00:00:00Z"))
}

/// To which version.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RollbackRequest {
    /// Its hash; without it, the version that counted before the present one.
    #[serde(default)]
    to: Option<String>,
}

/// Goes back to a version that counted before, at once.
#[utoipa::path(post, path = "/v1/mappings/{name}/rollback", tag = "mappings",
    params(("name" = String, Path, description = "Such as `ml-utm`"), Sort),
    request_body = RollbackRequest, responses(
    (status = 200, description = "What changes", body = PlanBody),
    (status = "4XX", response = Refused)))]
pub async fn rollback(
    known: Known,
    Named(name): Named<String>,
    Params(sort): Params<Sort>,
    State(app): State<App>,
    Document(request): Document<RollbackRequest>,
) -> Result<Json<PlanBody>, Problem> {
    let caller = known.granted(Scope::MappingsPublish)?;
    let file = sort.file(&name)?;
    let plan = versions::rollback(&app.hub, &caller, &file, request.to.as_deref()).await?;
    Ok(Json(PlanBody::of(plan, true)))
}
