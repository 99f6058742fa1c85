//! What anybody may read without a key: how signed answers are checked, and which no longer hold.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use serde_json::Value;

use super::App;
use super::openapi::Refused;
use super::problem::Problem;
use crate::operations::answers::{self, signer};

/// How long a copy may be used: a revoked key or a cancelled answer is believed no longer than this by who asks again.
const FRESH: &str = "public, max-age=300";

/// The media type of the list of cancelled answers: the `typ` of its header, as RFC 8725 (3.11) has it.
const LIST: &str = "application/dankun-cancelled+jwt";

/// The keys with which the hub signs answers, as a JWK set (RFC 7517); replaced ones too, so that what they signed can be
/// proved for ever. Save it to check answers without a network.
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "proof", security(()), responses(
    (status = 200, description = "JWK set", body = Object),
    (status = "5XX", response = Refused)))]
pub async fn keys(State(app): State<App>) -> Result<impl IntoResponse, Problem> {
    let keys: Value = signer::published(&app.hub).await?.document();
    Ok(([(CACHE_CONTROL, FRESH)], Json(keys)))
}

/// Ids of the signed answers that no longer hold and whose time is not over, as a signed JWT of their own: save it beside
/// the keys.
#[utoipa::path(get, path = "/.well-known/dankun-cancelled.jwt", tag = "proof", security(()), responses(
    (status = 200, description = "JWT with `cancelled`, a list of ids", content_type = "application/dankun-cancelled+jwt", body = String),
    (status = "5XX", response = Refused)))]
pub async fn cancelled(State(app): State<App>) -> Result<impl IntoResponse, Problem> {
    let list = answers::cancelled(&app.hub).await?;
    Ok(([(CONTENT_TYPE, LIST), (CACHE_CONTROL, FRESH)], list))
}
