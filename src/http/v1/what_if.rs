//! What another match model would change, tried in the background.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::App;
use crate::http::extract::{Carrying, Known, Named};
use crate::http::openapi::Refused;
use crate::http::problem::{Code, Problem};
use crate::model::{Scope, WhatIfId};
use crate::operations::what_if::{self, Report, Trial};

/// A match model to be tried.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WhatIfBody {
    /// The text of `identity.yaml`.
    text: String,
    /// The day on which coverage is looked at; today when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    as_of: Option<Date>,
}

/// A trial and how far it is.
#[derive(Serialize, ToSchema)]
pub struct TrialBody {
    /// `wif_…`
    id: String,
    /// `running`, `done` or `cancelled`.
    state: &'static str,
    /// Records to look at.
    total: u64,
    /// Records looked at.
    done: u64,
    started_at: String,
    started_by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at: Option<String>,
    /// Who would be joined and parted, whose coverage that decides, with counts and up to 20 examples of each.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    report: Option<Report>,
}

impl From<Trial> for TrialBody {
    fn from(trial: Trial) -> Self {
        Self {
            id: trial.id.to_string(),
            state: trial.state.name(),
            total: trial.total,
            done: trial.done,
            started_at: trial.started_at.to_string(),
            started_by: trial.started_by,
            finished_at: trial.finished_at.map(|at| at.to_string()),
            report: trial.report,
        }
    }
}

/// Tries another match model on everything that is stored: who would be joined, who would come apart, and whose
/// coverage would change. Nothing is written; decisions of people hold in the trial too. One runs at a time.
#[utoipa::path(post, path = "/v1/identity/what-if", tag = "identity", request_body = WhatIfBody, responses(
    (status = 202, description = "It runs; `Location` tells how far it is", body = TrialBody),
    (status = "4XX", response = Refused)))]
pub async fn begin(
    known: Known,
    State(app): State<App>,
    Carrying(body): Carrying<WhatIfBody>,
) -> Result<Response, Problem> {
    let caller = known.granted(Scope::Admin)?;
    let as_of = body.as_of.unwrap_or_else(|| app.hub.today());
    let trial = what_if::begin(&app.hub, &caller, body.text, as_of).await?;
    let location = format!("/v1/identity/what-if/{}", trial.id);
    Ok((StatusCode::ACCEPTED, [(LOCATION, location)], Json(TrialBody::from(trial))).into_response())
}

/// Tells how far a trial is, and what it came to.
#[utoipa::path(get, path = "/v1/identity/what-if/{id}", tag = "identity",
    params(("id" = String, Path, description = "`wif_…`")), responses(
    (status = 200, description = "The trial", body = TrialBody),
    (status = "4XX", response = Refused)))]
pub async fn read(
    known: Known,
    Named(id): Named<WhatIfId>,
    State(app): State<App>,
) -> Result<Json<TrialBody>, Problem> {
    known.granted(Scope::Admin)?;
    let trial = what_if::trial(&app.hub, id).await?.ok_or(Problem::new(Code::NotFound))?;
    Ok(Json(trial.into()))
}

/// Stops a trial.
#[utoipa::path(post, path = "/v1/identity/what-if/{id}/cancel", tag = "identity",
    params(("id" = String, Path, description = "`wif_…`")), responses(
    (status = 200, description = "The trial", body = TrialBody),
    (status = "4XX", response = Refused)))]
pub async fn cancel(
    known: Known,
    Named(id): Named<WhatIfId>,
    State(app): State<App>,
) -> Result<Json<TrialBody>, Problem> {
    known.granted(Scope::Admin)?;
    let stopped = what_if::cancel(&app.hub, id).await?;
    let trial = what_if::trial(&app.hub, id).await?.ok_or(Problem::new(Code::NotFound))?;
    if !stopped {
        return Err(Problem::new(Code::Conflict).with("reason", trial.state.name()));
    }
    Ok(Json(trial.into()))
}
