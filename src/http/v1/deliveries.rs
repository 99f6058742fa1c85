//! What subscribers were told, what waits, and what was given up.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::delivery::State as Stand;
use crate::http::App;
use crate::http::extract::{Known, Named, Params, narrowed};
use crate::http::openapi::Refused;
use crate::http::paging::{Listed, Page};
use crate::http::problem::{Code, Problem};
use crate::model::{DeliveryId, Scope};
use crate::operations::deliver::{self, DeliveryRow};

/// A message to a subscriber, without its body.
#[derive(Serialize, ToSchema)]
pub struct DeliveryBody {
    /// Also its `webhook-id`.
    #[schema(value_type = String)]
    id: DeliveryId,
    subscription: String,
    scheme: String,
    /// What happened, such as `record.changed`.
    kind: &'static str,
    /// `waiting`, `leased`, `done` or `abandoned`.
    state: &'static str,
    /// When it is tried next, or when it was done or given up.
    at: String,
    /// Why it was given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// Attempts begun.
    attempts: u32,
    /// The status that the subscriber last answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    http_status: Option<u32>,
    /// How the last attempt failed, such as `timed_out`.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
    created_at: String,
}

impl From<DeliveryRow> for DeliveryBody {
    fn from(row: DeliveryRow) -> Self {
        let (at, reason) = match &row.state {
            Stand::Waiting { due } => (due, None),
            Stand::Leased { until, .. } => (until, None),
            Stand::Done { at } => (at, None),
            Stand::Abandoned { at, reason } => (at, Some(reason.name())),
        };
        Self {
            id: row.id,
            subscription: row.subscription.to_string(),
            scheme: row.to,
            kind: row.kind.name(),
            state: row.state.name(),
            at: at.to_string(),
            reason,
            attempts: row.attempts,
            http_status: row.http_status,
            failure: row.failure,
            created_at: row.created_at.to_string(),
        }
    }
}

/// Which messages.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// `waiting`, `leased`, `done` or `abandoned`.
    #[param(pattern = "^(waiting|leased|done|abandoned)$")]
    state: Option<String>,
}

/// Lists the messages to the caller's subscriptions, the newest first.
#[utoipa::path(get, path = "/v1/deliveries", tag = "deliveries", params(Filter, Page), responses(
    (status = 200, description = "A page of messages", body = Listed<DeliveryBody>),
    (status = "4XX", response = Refused)))]
pub async fn list(
    known: Known,
    Params(filter): Params<Filter>,
    Params(page): Params<Page>,
    State(app): State<App>,
) -> Result<Json<Listed<DeliveryBody>>, Problem> {
    let caller = known.granted(Scope::DeliveriesManage)?;
    let limit = page.limit()?;
    let state = filter.state.as_deref();
    if state.is_some_and(|state| !STATES.contains(&state)) {
        return Err(Problem::parameter("state", STATES.join(" | ")));
    }
    let scheme = narrowed(&caller, Scope::DeliveriesManage)?;
    let rows = deliver::deliveries(&app.hub, scheme, state, page.after()?, limit + 1).await?;
    Ok(Json(Listed::cut(rows, limit, |row| row.id.to_string(), DeliveryBody::from)))
}

const STATES: [&str; 4] = ["waiting", "leased", "done", "abandoned"];

/// Tries a message again at once, from the start of its schedule.
#[utoipa::path(post, path = "/v1/deliveries/{id}/retry", tag = "deliveries",
    params(("id" = String, Path, description = "`del_…`")), responses(
    (status = 202, description = "It waits for the next worker"),
    (status = "4XX", response = Refused)))]
pub async fn retry(
    known: Known,
    Named(id): Named<DeliveryId>,
    State(app): State<App>,
) -> Result<StatusCode, Problem> {
    let caller = known.granted(Scope::DeliveriesManage)?;
    let row = deliver::delivery(&app.hub, id).await?;
    let row =
        row.filter(|row| caller.sees_what_is_of(&row.to)).ok_or(Problem::new(Code::NotFound))?;
    if deliver::retry(&app.hub, row.id).await? {
        Ok(StatusCode::ACCEPTED)
    } else {
        Err(Problem::new(Code::Conflict).with("reason", row.state.name()))
    }
}
