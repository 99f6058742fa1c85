//! Refused records that wait for somebody to look after them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;

use super::records::narrow;
use super::refusals::RefusedRecord;
use crate::http::App;
use crate::http::extract::{Known, Named, Params, Speaks};
use crate::http::openapi::Refused;
use crate::http::paging::{Listed, Page};
use crate::http::problem::{Code, Problem};
use crate::model::{BatchId, IssueCode, QuarantineId, Scope};
use crate::operations::batches::{self, Filter, QuarantineState};

/// Which records.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Only of this scheme; a scheme's key only sees its own anyway.
    scheme: Option<String>,
    /// Only of this sending.
    #[param(value_type = Option<String>)]
    batch: Option<BatchId>,
    /// `open` (the usual one), `corrected`, `dismissed` or `superseded`.
    state: Option<String>,
    /// Only those with this issue, such as `bad_date` or `D203`.
    code: Option<String>,
    /// Only those with an issue in this field, as the sender wrote it.
    field: Option<String>,
}

/// Lists refused records, in order of arrival.
#[utoipa::path(get, path = "/v1/quarantine", tag = "quarantine", params(Wanted, Page), responses(
    (status = 200, description = "A page of refused records", body = Listed<RefusedRecord>),
    (status = "4XX", response = Refused)))]
pub async fn list(
    known: Known,
    Speaks(language): Speaks,
    Params(wanted): Params<Wanted>,
    Params(page): Params<Page>,
    State(app): State<App>,
) -> Result<Json<Listed<RefusedRecord>>, Problem> {
    let caller = known.granted(Scope::RecordsRead)?;
    let scheme = narrow(&app, &caller, wanted.scheme.as_deref(), Scope::RecordsRead)?;
    let state = wanted.state.as_deref().unwrap_or("open");
    let state = QuarantineState::parse(state)
        .ok_or_else(|| Problem::parameter("state", "open | corrected | dismissed | superseded"))?;
    let code = wanted.code.as_deref().map(issue_code).transpose()?;
    let filter = Filter {
        scheme: scheme.as_ref(),
        batch: wanted.batch,
        state: Some(state),
        code,
        field: wanted.field.as_deref(),
    };
    let limit = page.limit()?;
    let found = batches::page(&app.hub, &filter, page.after()?, limit + 1).await?;
    let show = |waiting: batches::Waiting| RefusedRecord::of(&waiting, language);
    Ok(Json(Listed::cut(found, limit, |waiting| waiting.id.to_string(), show)))
}

fn issue_code(text: &str) -> Result<IssueCode, Problem> {
    IssueCode::parse(text).ok_or_else(|| {
        Problem::parameter("code", "?").known(IssueCode::ALL.iter().map(|code| code.name()))
    })
}

/// Takes a refused record from the list, without correcting it.
#[utoipa::path(post, path = "/v1/quarantine/{id}/dismiss", tag = "quarantine",
    params(("id" = String, Path, description = "`qua_…`")), responses(
    (status = 204, description = "It waits no more"),
    (status = "4XX", response = Refused)))]
pub async fn dismiss(
    known: Known,
    Named(id): Named<QuarantineId>,
    State(app): State<App>,
) -> Result<StatusCode, Problem> {
    let caller = known.granted(Scope::QuarantineWrite)?;
    let waiting = batches::one(&app.hub, id).await?;
    let waiting = waiting.filter(|waiting| caller.sees(&waiting.scheme));
    let waiting = waiting.ok_or(Problem::new(Code::NotFound))?;
    if batches::dismiss(&app.hub, waiting.id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::new(Code::Conflict).with("reason", waiting.state))
    }
}
