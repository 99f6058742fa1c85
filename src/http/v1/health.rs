//! Whether the hub lives, whether it can work, and how much it did. No key: nothing of anybody is
//! shown.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

use crate::http::App;
use crate::http::metrics as counters;
use crate::http::openapi::Refused;
use crate::http::problem::{Code, Problem};
use crate::operations::{keys, link};

/// The process answers.
#[utoipa::path(get, path = "/healthz", tag = "hub", security(()), responses(
    (status = 200, description = "It does", content_type = "text/plain", body = String)))]
pub async fn alive() -> &'static str {
    "ok\n"
}

/// The store answers: requests can be sent here.
#[utoipa::path(get, path = "/readyz", tag = "hub", security(()), responses(
    (status = 200, description = "It does", content_type = "text/plain", body = String),
    (status = 503, response = Refused)))]
pub async fn ready(State(app): State<App>) -> Result<&'static str, Problem> {
    match keys::list(&app.hub).await {
        Ok(_) => Ok("ready\n"),
        Err(_) => Err(Problem::new(Code::Unavailable)),
    }
}

/// Counters in the text format of Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "hub", security(()), responses(
    (status = 200, description = "The counters", content_type = "text/plain", body = String),
    (status = 404, response = Refused)))]
pub async fn metrics(State(app): State<App>) -> Result<impl IntoResponse, Problem> {
    let handle = app.metrics.as_ref().ok_or(Problem::new(Code::NotFound))?;
    counters::waiting(link::waiting(&app.hub).await?);
    Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4")], counters::page(handle)))
}
