//! Refused records that wait for somebody to look after them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::records::narrow;
use super::refusals::RefusedRecord;
use crate::http::App;
use crate::http::extract::{Document, Known, Named, Params, Speaks};
use crate::http::openapi::Refused;
use crate::http::paging::{Listed, Page};
use crate::http::problem::{Code, Problem};
use crate::model::{BatchId, IssueCode, QuarantineId, Scope};
use crate::operations::batches::{self, Filter, QuarantineState, Sharing};
use crate::operations::quarantine::{self, CorrectOutcome, Correction};

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
    #[param(pattern = "^(open|corrected|dismissed|superseded)$")]
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
    let sharing = Sharing::of_page(&app.hub, &found).await?;
    let show = |waiting: batches::Waiting| RefusedRecord::of(&waiting, &sharing, language);
    Ok(Json(Listed::cut(found, limit, |waiting| waiting.id.to_string(), show)))
}

fn issue_code(text: &str) -> Result<IssueCode, Problem> {
    IssueCode::find(text).ok_or_else(|| {
        Problem::parameter("code", "?").known(IssueCode::ALL.iter().map(|code| code.name()))
    })
}

/// A correction: values for some fields, or another text for the whole record.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CorrectionBody {
    /// Other values for some fields.
    Fields(Vec<FieldValue>),
    /// The whole record in the scheme's own format, such as one row of its file: for records that cannot be read.
    Raw(String),
}

/// A value for a field.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldValue {
    /// As the violations name it.
    field: String,
    /// As the scheme would have to write it.
    value: String,
}

/// A record that is valid now.
#[derive(Serialize, ToSchema)]
pub struct Corrected {
    /// `rec_…`
    record: String,
    /// The sending of one record that brought it, `bat_…`.
    batch: String,
}

/// Corrects a refused record. It is checked as if its scheme had sent it so: when it is valid it counts at once, and
/// the correction holds for the scheme's next files until the scheme changes the value itself; otherwise it waits on.
#[utoipa::path(post, path = "/v1/quarantine/{id}/correct", tag = "quarantine",
    params(("id" = String, Path, description = "`qua_…`")), request_body = CorrectionBody, responses(
    (status = 200, description = "The record is valid and kept", body = Corrected),
    (status = "4XX", response = Refused)))]
pub async fn correct(
    known: Known,
    Named(id): Named<QuarantineId>,
    State(app): State<App>,
    Document(body): Document<CorrectionBody>,
) -> Result<Json<Corrected>, Problem> {
    let caller = known.granted(Scope::QuarantineWrite)?;
    let waiting = batches::one(&app.hub, id).await?;
    let waiting = waiting.filter(|waiting| caller.sees(&waiting.scheme));
    let waiting = waiting.ok_or(Problem::new(Code::NotFound))?;
    let correction = match body {
        CorrectionBody::Raw(text) => Correction::Raw(text),
        CorrectionBody::Fields(fields) => {
            Correction::Fields(fields.into_iter().map(|given| (given.field, given.value)).collect())
        }
    };
    match quarantine::correct(&app.hub, &caller.actor(), waiting.id, correction).await? {
        CorrectOutcome::Accepted { record, batch } => {
            Ok(Json(Corrected { record: record.to_string(), batch: batch.to_string() }))
        }
        CorrectOutcome::StillRefused { issues } => {
            Err(Problem::new(Code::InvalidRecord).violations(issues))
        }
    }
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
    if batches::dismiss(&app.hub, &waiting, &caller.actor()).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::new(Code::Conflict).with("reason", waiting.state))
    }
}
