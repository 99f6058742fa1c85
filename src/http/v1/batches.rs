//! What schemes send, and what became of it.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::extract::{Known, Named, Params, known_scheme, own};
use crate::http::openapi::Refused;
use crate::http::paging::{Listed, Page};
use crate::http::problem::{Code, Problem};
use crate::http::v1::records::narrow;
use crate::http::{App, formats, media, upload};
use crate::model::{BatchId, Scope};
use crate::operations::batches::{self, Mode};
use crate::operations::body::Body;
use crate::operations::intake::{self, Receipt, Submission};

/// How a file is sent.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Sending {
    /// `delta` (what changed; the usual one) or `snapshot` (everything: what is absent is closed).
    #[serde(default)]
    #[param(inline)]
    mode: ModeName,
    /// Says what would happen, and changes nothing.
    #[serde(default)]
    dry_run: bool,
    /// The day that the data describes; also the header `dankun-recorded-at`.
    #[param(value_type = Option<String>, format = Date)]
    recorded_at: Option<Date>,
    /// The sender's name for the file; kept sealed.
    file_name: Option<String>,
    /// Another format than the scheme's usual one.
    format: Option<String>,
    /// `linked`: answers only when the linker has seen every record.
    #[param(inline)]
    wait: Option<Wait>,
}

/// What a file holds.
#[derive(Deserialize, Default, Clone, Copy, ToSchema)]
#[serde(rename_all = "lowercase")]
enum ModeName {
    #[default]
    Delta,
    Snapshot,
}

/// What to wait for.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Wait {
    /// Until the linker has seen every record.
    Linked,
}

/// What became of a sending.
#[derive(Serialize, ToSchema)]
pub struct BatchBody {
    /// Its id, `bat_…`.
    batch: String,
    scheme: String,
    mode: &'static str,
    /// `released` (it counts), `held` (a person has to release it), `preview` (a dry run) …
    state: &'static str,
    /// Why it is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    hold_reason: Option<String>,
    /// False when the file broke off: what came before counts, the rest has to be sent again.
    complete: bool,
    /// True when this very sending was received before: these are its first counts.
    replayed: bool,
    received: u64,
    accepted: u64,
    new: u64,
    changed: u64,
    unchanged: u64,
    /// Older than what is known: kept, without effect.
    stale: u64,
    refused: u64,
    warnings: u64,
    /// Known records that a snapshot no longer holds.
    absent: u64,
    /// Records that were read with a value put right in the hub.
    corrected: u64,
    /// Values dropped on entry because neither law nor purpose needs them, by field.
    dropped: std::collections::BTreeMap<String, u64>,
    received_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    released_at: Option<String>,
    /// Where the refused records are told.
    refusals: String,
}

impl From<Receipt> for BatchBody {
    fn from(receipt: Receipt) -> Self {
        let counts = receipt.counts;
        Self {
            batch: receipt.batch.to_string(),
            scheme: receipt.scheme.to_string(),
            mode: receipt.mode,
            state: receipt.state,
            hold_reason: receipt.hold_reason,
            complete: receipt.complete,
            replayed: receipt.replayed,
            received: counts.received,
            accepted: counts.accepted,
            new: counts.new_records,
            changed: counts.changed,
            unchanged: counts.unchanged,
            stale: counts.stale,
            refused: counts.refused,
            warnings: counts.warnings,
            absent: counts.absent,
            corrected: counts.corrected,
            dropped: receipt.dropped,
            received_at: receipt.received_at.to_string(),
            released_at: receipt.released_at.map(|at| at.to_string()),
            refusals: format!("/v1/batches/{}/refusals", receipt.batch),
        }
    }
}

/// Sends a file or a single record in the scheme's own format. Gzip and zstd are recognised. The
/// header `Idempotency-Key` makes a sending safe to repeat: the same key and the same content get
/// the first answer.
#[utoipa::path(post, path = "/v1/schemes/{scheme}/records", tag = "records",
    params(("scheme" = String, Path, description = "Its id, such as `ml-utm`"), Sending,
        ("idempotency-key" = Option<String>, Header, description = "Makes the sending safe to repeat"),
        ("dankun-recorded-at" = Option<String>, Header, description = "The day that the data describes")),
    responses(
    (status = 200, description = "Received, and it counts", body = BatchBody),
    (status = 202, description = "Received, and held for a person or not yet linked", body = BatchBody),
    (status = 422, description = "No record of the file could be used; `Location` leads to the batch", content_type = "application/problem+json", body = crate::http::problem::ProblemBody),
    (status = "4XX", response = Refused)))]
pub async fn submit(
    known: Known,
    Named(scheme): Named<String>,
    Params(sending): Params<Sending>,
    State(app): State<App>,
    request: Request,
) -> Result<Response, Problem> {
    let caller = known.granted(Scope::RecordsWrite)?;
    let scheme = known_scheme(&app, &scheme)?;
    own(&caller, &scheme, Scope::RecordsWrite)?;
    let (parts, body) = request.into_parts();
    if sending.format.is_none() {
        let mapping = formats::named(&app, "scheme", scheme.as_str())?;
        media::check(&parts.headers, &mapping.read_options().container)?;
    }
    let (sender, reader) = Body::channel();
    let submission = Submission {
        mode: match sending.mode {
            ModeName::Delta => Mode::Delta,
            ModeName::Snapshot => Mode::Snapshot,
        },
        idempotency_key: header(&parts.headers, "idempotency-key", 200)?,
        file_name: sending.file_name.map(|name| name.chars().take(200).collect()),
        data_as_of: recorded_at(&parts.headers, sending.recorded_at)?,
        format: sending.format,
        dry_run: sending.dry_run,
        actor: caller.actor(),
        ..Submission::new(scheme, reader)
    };
    let pump = upload::pump(body, app.limits.upload, sender);
    let (pumped, taken) = tokio::join!(pump, intake::submit(&app.hub, submission));
    // Why the upload broke says more than that it did.
    pumped?;
    let receipt = taken?;
    if !receipt.replayed {
        let counts = &receipt.counts;
        crate::http::metrics::received(receipt.scheme.as_str(), counts.received, counts.refused);
    }
    answer(&app, receipt, sending.wait).await
}

/// The receipt, with the status that says whether it counts and, when that was asked, is linked.
pub async fn answer(app: &App, receipt: Receipt, wait: Option<Wait>) -> Result<Response, Problem> {
    let location = format!("/v1/batches/{}", receipt.batch);
    if receipt.counts.accepted == 0 && receipt.counts.refused > 0 {
        let issues = batches::first(&app.hub, receipt.batch).await?;
        return Err(Problem::new(Code::UnreadableFile).violations(issues).location(location));
    }
    let linked = match wait {
        Some(Wait::Linked) => {
            batches::until_linked(&app.hub, receipt.batch, app.limits.answer).await?
        }
        None => true,
    };
    let counts_now = matches!(receipt.state, "released" | "preview");
    let status = if counts_now && linked { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, [(LOCATION, location)], Json(BatchBody::from(receipt))).into_response())
}

/// The text of a header.
///
/// # Errors
/// `invalid_parameter` when it is empty, too long or not ASCII.
pub fn header(
    headers: &HeaderMap,
    name: &'static str,
    longest: usize,
) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    match value.to_str() {
        Ok(text) if !text.is_empty() && text.len() <= longest => Ok(Some(text.to_owned())),
        _ => Err(Problem::parameter(name, format!("1..{longest} ASCII"))),
    }
}

fn recorded_at(headers: &HeaderMap, parameter: Option<Date>) -> Result<Option<Date>, Problem> {
    const NAME: &str = "dankun-recorded-at";
    let given = header(headers, NAME, 40)?;
    let given = given.map(|text| text.parse().map_err(|_| Problem::parameter(NAME, "YYYY-MM-DD")));
    Ok(parameter.or(given.transpose()?))
}

/// Which batches.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only of this scheme; a scheme's key only sees its own anyway.
    scheme: Option<String>,
}

/// Lists sendings, the newest first.
#[utoipa::path(get, path = "/v1/batches", tag = "records", params(Filter, Page), responses(
    (status = 200, description = "A page of batches", body = Listed<BatchBody>),
    (status = "4XX", response = Refused)))]
pub async fn list(
    known: Known,
    Params(filter): Params<Filter>,
    Params(page): Params<Page>,
    State(app): State<App>,
) -> Result<Json<Listed<BatchBody>>, Problem> {
    let caller = known.granted(Scope::RecordsRead)?;
    let scheme = narrow(&app, &caller, filter.scheme.as_deref(), Scope::RecordsRead)?;
    let limit = page.limit()?;
    let found = batches::batches(&app.hub, scheme.as_ref(), page.after()?, limit + 1).await?;
    Ok(Json(Listed::cut(found, limit, |receipt| receipt.batch.to_string(), BatchBody::from)))
}

/// Reads what became of a sending.
#[utoipa::path(get, path = "/v1/batches/{id}", tag = "records",
    params(("id" = String, Path, description = "`bat_…`")), responses(
    (status = 200, description = "The batch", body = BatchBody),
    (status = "4XX", response = Refused)))]
pub async fn read(
    known: Known,
    Named(id): Named<BatchId>,
    State(app): State<App>,
) -> Result<Json<BatchBody>, Problem> {
    let caller = known.granted(Scope::RecordsRead)?;
    let receipt = batches::batch(&app.hub, id).await?;
    let receipt = receipt.filter(|receipt| caller.sees(&receipt.scheme));
    Ok(Json(receipt.ok_or(Problem::new(Code::NotFound))?.into()))
}

/// What to do with a held batch.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Verdict {
    /// Drops the batch instead of releasing it.
    #[serde(default)]
    discard: bool,
}

/// Releases a held batch, or discards it.
#[utoipa::path(post, path = "/v1/batches/{id}/release", tag = "records",
    params(("id" = String, Path, description = "`bat_…`"), Verdict), responses(
    (status = 200, description = "The batch", body = BatchBody),
    (status = "4XX", response = Refused)))]
pub async fn release(
    known: Known,
    Named(id): Named<BatchId>,
    Params(verdict): Params<Verdict>,
    State(app): State<App>,
) -> Result<Json<BatchBody>, Problem> {
    let caller = known.granted(Scope::QuarantineWrite)?;
    let receipt = batches::batch(&app.hub, id).await?;
    if !receipt.is_some_and(|receipt| caller.sees(&receipt.scheme)) {
        return Err(Problem::new(Code::NotFound));
    }
    let actor = caller.actor();
    let receipt = if verdict.discard {
        intake::discard(&app.hub, id, &actor).await?
    } else {
        intake::release_held(&app.hub, id, &actor).await?
    };
    Ok(Json(receipt.into()))
}
