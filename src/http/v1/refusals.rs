//! Refused records, told so that their sender can mend them: as JSON, as lines, as a table, or in
//! the sender's own format with the reason at the end.

mod listing;

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream::{self, TryStreamExt};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use listing::Listing;

use crate::http::App;
use crate::http::extract::{Known, Named, Params, Speaks};
use crate::http::openapi::Refused;
use crate::http::problem::{Code, Problem, Violation};
use crate::model::{BatchId, Language, QuarantineId, Scope};
use crate::operations::StoreError;
use crate::operations::batches::{self, Filter, Waiting};

/// Records read at once while a list is written.
const PAGE: u32 = 500;

/// A refused record with its reasons.
#[derive(Serialize, ToSchema)]
pub struct RefusedRecord {
    /// `qua_…`, to correct or dismiss it.
    id: String,
    batch: String,
    scheme: String,
    /// `open`, `corrected`, `dismissed` or `superseded`.
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    record_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    received_at: String,
    violations: Vec<Violation>,
}

impl RefusedRecord {
    /// In words of a language.
    pub fn of(waiting: &Waiting, language: Language) -> Self {
        let kept = &waiting.kept;
        Self {
            id: waiting.id.to_string(),
            batch: waiting.batch.to_string(),
            scheme: waiting.scheme.to_string(),
            state: waiting.state,
            record_id: kept.record_id.clone(),
            line: (kept.place.line > 0).then_some(kept.place.line),
            received_at: waiting.received_at.to_string(),
            violations: kept.issues.iter().map(|issue| Violation::of(issue, language)).collect(),
        }
    }
}

/// In which form.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Form {
    /// `json`, `ndjson`, `csv`, or `source`: the sender's own format with the reason in a last
    /// column. Without it, the header `Accept` decides.
    format: Option<FormName>,
}

/// A form of the list.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FormName {
    /// One JSON array.
    Json,
    /// One JSON object a line.
    Ndjson,
    /// One row for each thing that is wrong.
    Csv,
    /// The sender's own records.
    Source,
}

/// Lists the refused records of a sending, all of them.
#[utoipa::path(get, path = "/v1/batches/{id}/refusals", tag = "records",
    params(("id" = String, Path, description = "`bat_…`"), Form), responses(
    (status = 200, description = "The refused records", content(
        (Vec<RefusedRecord> = "application/json"), (String = "application/x-ndjson"), (String = "text/csv"))),
    (status = "4XX", response = Refused)))]
pub async fn list(
    known: Known,
    Speaks(language): Speaks,
    Named(id): Named<BatchId>,
    Params(form): Params<Form>,
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = known.granted(Scope::RecordsRead)?;
    let receipt = batches::batch(&app.hub, id).await?;
    let receipt = receipt.filter(|receipt| caller.sees(&receipt.scheme));
    let scheme = receipt.ok_or(Problem::new(Code::NotFound))?.scheme;
    let form = form.format.unwrap_or_else(|| accepted(&headers));
    let mapping = app.hub.library().mapping(scheme.as_str()).cloned();
    let source = mapping.map(|mapping| mapping.write_options().container);
    let listing = Listing::new(form, source.as_ref(), language);
    let kind = listing.kind();
    Ok(([(CONTENT_TYPE, kind)], stream(app, id, listing)).into_response())
}

/// Page by page, so that a file of a million refusals costs no more memory than one of ten. A
/// failure on the way breaks the answer off: the reader sees that it is not whole.
fn stream(app: App, batch: BatchId, listing: Listing) -> Body {
    let steps = stream::try_unfold(Step::Head, move |step| {
        let (app, listing) = (app.clone(), listing.clone());
        async move {
            let filter = Filter { batch: Some(batch), ..Filter::default() };
            let after = match step {
                Step::Head => None,
                Step::After(last) => Some(last),
                Step::End => return Ok::<_, StoreError>(None),
            };
            let found = batches::page(&app.hub, &filter, after, PAGE).await?;
            let mut bytes = if after.is_none() { listing.head() } else { Vec::new() };
            for (at, waiting) in found.iter().enumerate() {
                listing.add(waiting, after.is_none() && at == 0, &mut bytes);
            }
            let next = match found.last() {
                Some(last) => Step::After(last.id),
                None => {
                    bytes.extend_from_slice(listing.tail());
                    Step::End
                }
            };
            Ok(Some((Bytes::from(bytes), next)))
        }
    });
    Body::from_stream(steps.into_stream())
}

/// How far a list is written.
enum Step {
    /// Nothing yet.
    Head,
    /// Up to a record.
    After(QuarantineId),
    /// All of it.
    End,
}

/// What the caller accepts; JSON when it does not matter.
fn accepted(headers: &HeaderMap) -> FormName {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accept.contains("ndjson") {
        FormName::Ndjson
    } else if accept.contains("text/csv") {
        FormName::Csv
    } else {
        FormName::Json
    }
}
