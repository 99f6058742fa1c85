//! People are merged and split by a person.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::App;
use crate::http::extract::{Document, Named, Params};
use crate::http::openapi::Refused;
use crate::http::problem::Problem;
use crate::http::v1::deciding::Deciding;
use crate::http::v1::decisions::{DecidedBody, Waits, decided};
use crate::model::{PersonId, RecordId};
use crate::operations::stewardship;

/// With whom, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeBody {
    /// The other person, `per_…`.
    #[schema(value_type = String)]
    with: PersonId,
    /// Why, for those who look at it later: up to 2,000 letters.
    reason: String,
}

/// Says that two people are one: all their records are held together until that is taken back. The older id stays, the
/// other leads to it for ever.
#[utoipa::path(post, path = "/v1/people/{id}/merge", tag = "people",
    params(("id" = String, Path, description = "`per_…`"), Waits,
        ("idempotency-key" = Option<String>, Header, description = "Makes the decision safe to repeat")),
    request_body = MergeBody, responses(
    (status = 200, description = "Decided, and they are one", body = DecidedBody),
    (status = 202, description = "Decided; the linker has still to act on it", body = DecidedBody),
    (status = "4XX", response = Refused)))]
pub async fn merge(
    deciding: Deciding,
    Named(id): Named<PersonId>,
    Params(waits): Params<Waits>,
    State(app): State<App>,
    Document(body): Document<MergeBody>,
) -> Result<Response, Problem> {
    let decision =
        stewardship::merge(&app.hub, deciding.because(&body.reason), (id, body.with)).await?;
    decided(&app, decision, waits).await
}

/// Which records, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitBody {
    /// The records that are somebody else's, `rec_…`: some of the person's, not all.
    #[schema(value_type = Vec<String>)]
    records: Vec<RecordId>,
    /// Why, for those who look at it later: up to 2,000 letters.
    reason: String,
}

/// Says that some records of a person are somebody else's: each is held apart from all that stay until that is taken
/// back. Whose they are then, the evidence says.
#[utoipa::path(post, path = "/v1/people/{id}/split", tag = "people",
    params(("id" = String, Path, description = "`per_…`"), Waits,
        ("idempotency-key" = Option<String>, Header, description = "Makes the decision safe to repeat")),
    request_body = SplitBody, responses(
    (status = 200, description = "Decided, and they are apart", body = DecidedBody),
    (status = 202, description = "Decided; the linker has still to act on it", body = DecidedBody),
    (status = "4XX", response = Refused)))]
pub async fn split(
    deciding: Deciding,
    Named(id): Named<PersonId>,
    Params(waits): Params<Waits>,
    State(app): State<App>,
    Document(body): Document<SplitBody>,
) -> Result<Response, Problem> {
    let decision =
        stewardship::split(&app.hub, deciding.because(&body.reason), id, &body.records).await?;
    decided(&app, decision, waits).await
}
