//! How right the index is.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::App;
use crate::http::extract::{Document, Known};
use crate::http::metrics;
use crate::http::openapi::Refused;
use crate::http::problem::{Code, Problem};
use crate::model::Scope;
use crate::operations::quality::{self, OPEN_SAMPLES, Report};

/// Tells how right the links are, as last measured: false joins by records of nobody, precision by samples that stewards
/// judged, whom the index would miss without a national number, and which weights have drifted; in all and by scheme,
/// sex, age group and border; and what cannot be right in all the records together (`alarms`). Groups of fewer than five
/// cases, and examples, are for those who run the hub.
#[utoipa::path(get, path = "/v1/identity/quality", tag = "identity", responses(
    (status = 200, description = "The last report: `rates` with their intervals, `drift` in bits and `alarms`", body = Object),
    (status = "4XX", response = Refused)))]
pub async fn read(known: Known, State(app): State<App>) -> Result<Json<Report>, Problem> {
    let caller = known.granted(Scope::IdentityRead)?;
    let report = if caller.runs_the_hub() {
        quality::last(&app.hub).await?
    } else {
        quality::last_in_public(&app.hub).await?
    };
    report.map(Json).ok_or(Problem::new(Code::NotMeasured))
}

/// Measures now; otherwise the hub does so once a day.
#[utoipa::path(post, path = "/v1/identity/quality", tag = "identity", responses(
    (status = 200, description = "The new report", body = Object),
    (status = "4XX", response = Refused)))]
pub async fn measure(known: Known, State(app): State<App>) -> Result<Json<Report>, Problem> {
    known.granted(Scope::Admin)?;
    let report = quality::measure(&app.hub).await?;
    metrics::quality(&report);
    Ok(Json(report))
}

/// How many.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SamplesBody {
    /// Until so many samples wait: 1 to 500, usually 20.
    #[serde(default)]
    waiting: Option<u64>,
}

/// Samples that were drawn.
#[derive(Serialize, ToSchema)]
pub struct DrawnBody {
    drawn: u64,
}

/// Draws pairs by chance and puts them into the queue, to be judged blind.
#[utoipa::path(post, path = "/v1/identity/samples", tag = "identity", request_body = SamplesBody, responses(
    (status = 200, description = "How many were drawn", body = DrawnBody),
    (status = "4XX", response = Refused)))]
pub async fn draw(
    known: Known,
    State(app): State<App>,
    Document(body): Document<SamplesBody>,
) -> Result<Json<DrawnBody>, Problem> {
    known.granted(Scope::Admin)?;
    let waiting = match body.waiting.unwrap_or(OPEN_SAMPLES) {
        waiting @ 1..=500 => waiting,
        _ => return Err(Problem::parameter("waiting", "1..500")),
    };
    Ok(Json(DrawnBody { drawn: quality::draw(&app.hub, waiting).await? }))
}
