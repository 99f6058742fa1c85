//! What was put right in the hub, for its scheme to mend its own data.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::records::narrow;
use crate::http::App;
use crate::http::extract::{Known, Params};
use crate::http::openapi::Refused;
use crate::http::paging::{Listed, Page};
use crate::http::problem::Problem;
use crate::model::Scope;
use crate::operations::quarantine::{self, CorrectionState, Told};

/// Which corrections.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Only of this scheme; a scheme's key only sees its own anyway.
    scheme: Option<String>,
    /// `active` (the usual one: the scheme still sends the bad value) or `lapsed`.
    state: Option<String>,
}

/// A value that is read in place of what the scheme sends.
#[derive(Serialize, ToSchema)]
pub struct CorrectionShown {
    /// `cor_…`
    id: String,
    scheme: String,
    /// The scheme's own id of the record, when it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    record_id: Option<String>,
    /// The field as the scheme writes it; absent when the whole record was replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// What the scheme sends; empty when it sends nothing there.
    sent: String,
    /// What the hub reads in its place.
    read_as: String,
    /// `active`, or `lapsed`: the scheme has changed the value.
    state: &'static str,
    created_at: String,
    /// Who made it.
    created_by: String,
}

impl From<Told> for CorrectionShown {
    fn from(told: Told) -> Self {
        Self {
            id: told.id.to_string(),
            scheme: told.scheme.to_string(),
            record_id: told.record_id,
            field: told.field,
            sent: told.bad,
            read_as: told.good,
            state: told.state.name(),
            created_at: told.created_at.to_string(),
            created_by: told.created_by,
        }
    }
}

/// Lists corrections, the oldest first: what a scheme should mend in its own data.
#[utoipa::path(get, path = "/v1/corrections", tag = "quarantine", params(Wanted, Page), responses(
    (status = 200, description = "A page of corrections", body = Listed<CorrectionShown>),
    (status = "4XX", response = Refused)))]
pub async fn list(
    known: Known,
    Params(wanted): Params<Wanted>,
    Params(page): Params<Page>,
    State(app): State<App>,
) -> Result<Json<Listed<CorrectionShown>>, Problem> {
    let caller = known.granted(Scope::RecordsRead)?;
    let scheme = narrow(&app, &caller, wanted.scheme.as_deref(), Scope::RecordsRead)?;
    let state = CorrectionState::parse(wanted.state.as_deref().unwrap_or("active"))
        .ok_or_else(|| Problem::parameter("state", "active | lapsed"))?;
    let (limit, after) = (page.limit()?, page.after()?);
    let found =
        quarantine::corrections(&app.hub, scheme.as_ref(), Some(state), after, limit + 1).await?;
    Ok(Json(Listed::cut(found, limit, |told| told.id.to_string(), CorrectionShown::from)))
}
