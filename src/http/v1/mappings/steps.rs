//! A saved version goes from step to step; each names it by its hash, so that nobody agrees to another text.

use axum::Json;
use axum::extract::State;
use axum::response::Response;

use super::bodies::{CheckedBody, VersionBody};
use super::{Sort, answer};
use crate::http::App;
use crate::http::extract::{Known, Named, Params};
use crate::http::openapi::Refused;
use crate::http::problem::Problem;
use crate::model::Scope;
use crate::operations::versions;

/// Checks a version against what is in force, with the drafts of the same scheme beside it.
#[utoipa::path(post, path = "/v1/mappings/{name}/versions/{version}/check", tag = "mappings",
    params(("name" = String, Path, description = "Such as `ml-utm`"),
        ("version" = String, Path, description = "Its hash"), Sort), responses(
    (status = 200, description = "What was found", body = CheckedBody),
    (status = "4XX", response = Refused)))]
pub async fn check(
    known: Known,
    Named((name, hash)): Named<(String, String)>,
    Params(sort): Params<Sort>,
    State(app): State<App>,
) -> Result<Json<CheckedBody>, Problem> {
    let caller = known.granted(Scope::MappingsWrite)?;
    let checked = versions::check(&app.hub, &caller, &sort.file(&name)?, &hash).await?;
    Ok(Json(CheckedBody::of(&checked, true)))
}

/// Checks a version and runs the examples that stand in it.
#[utoipa::path(post, path = "/v1/mappings/{name}/versions/{version}/test", tag = "mappings",
    params(("name" = String, Path, description = "Such as `ml-utm`"),
        ("version" = String, Path, description = "Its hash"), Sort), responses(
    (status = 200, description = "What was found", body = CheckedBody),
    (status = "4XX", response = Refused)))]
pub async fn test(
    known: Known,
    Named((name, hash)): Named<(String, String)>,
    Params(sort): Params<Sort>,
    State(app): State<App>,
) -> Result<Json<CheckedBody>, Problem> {
    let caller = known.granted(Scope::MappingsWrite)?;
    let checked = versions::test(&app.hub, &caller, &sort.file(&name)?, &hash).await?;
    Ok(Json(CheckedBody::of(&checked, true)))
}

/// Agrees to a version that somebody else wrote. It must pass its checks and examples.
#[utoipa::path(post, path = "/v1/mappings/{name}/versions/{version}/approve", tag = "mappings",
    params(("name" = String, Path, description = "Such as `ml-utm`"),
        ("version" = String, Path, description = "Its hash"), Sort), responses(
    (status = 200, description = "The version", body = VersionBody),
    (status = "4XX", response = Refused)))]
pub async fn approve(
    known: Known,
    Named((name, hash)): Named<(String, String)>,
    Params(sort): Params<Sort>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let caller = known.granted(Scope::MappingsPublish)?;
    let version = versions::approve(&app.hub, &caller, &sort.file(&name)?, &hash).await?;
    answer(&app, version, None).await
}

/// Gives up a draft, or takes back what is published for later.
#[utoipa::path(post, path = "/v1/mappings/{name}/versions/{version}/withdraw", tag = "mappings",
    params(("name" = String, Path, description = "Such as `ml-utm`"),
        ("version" = String, Path, description = "Its hash"), Sort), responses(
    (status = 200, description = "The version", body = VersionBody),
    (status = "4XX", response = Refused)))]
pub async fn withdraw(
    known: Known,
    Named((name, hash)): Named<(String, String)>,
    Params(sort): Params<Sort>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let caller = known.granted(Scope::MappingsWrite)?;
    let version = versions::withdraw(&app.hub, &caller, &sort.file(&name)?, &hash).await?;
    answer(&app, version, None).await
}
