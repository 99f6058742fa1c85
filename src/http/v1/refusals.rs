//! Refused records, told so that their sender can mend them: as JSON, as lines, as a table, or in
//! the sender's own format with the reason at the end.

mod listing;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream::{self, TryStreamExt};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use listing::Listing;

use crate::http::App;
use crate::http::extract::{Known, Named, Params, Speaks};
use crate::http::openapi::Refused;
use crate::http::problem::{Code, Problem, Rule, Violation};
use crate::model::{BatchId, Language, QuarantineId, SchemeId, Scope};
use crate::operations::StoreError;
use crate::operations::batches::{self, Filter, SharedGroup, Sharing, Waiting};

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
    pub fn of(waiting: &Waiting, sharing: &Sharing, language: Language) -> Self {
        let kept = &waiting.kept;
        let told = |issue| Violation {
            others: sharing.others(waiting.batch, issue),
            ..Violation::of(issue, language)
        };
        Self {
            id: waiting.id.to_string(),
            batch: waiting.batch.to_string(),
            scheme: waiting.scheme.to_string(),
            state: waiting.state,
            record_id: kept.record_id.clone(),
            line: (kept.place.line > 0).then_some(kept.place.line),
            received_at: waiting.received_at.to_string(),
            violations: kept.issues.iter().map(told).collect(),
        }
    }
}

/// In which form.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Form {
    /// `json`, `ndjson`, `csv`, or `source`: the sender's own format with the reason in a last
    /// column. Without it, the header `Accept` decides.
    #[param(inline)]
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
    told(app, &scheme, id, form, language).await
}

/// The refused records of a sending in its sender's own format, with the reason at the end, as a file. Whoever calls it
/// has seen to it that the reader may see them.
///
/// # Errors
/// When the store fails.
pub async fn as_sent(
    app: App,
    scheme: SchemeId,
    id: BatchId,
    language: Language,
) -> Result<Response, Problem> {
    let mut response = told(app, &scheme, id, FormName::Source, language).await?;
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let ending = match kind.and_then(|kind| kind.split(';').next()) {
        Some("text/csv") => "csv",
        Some("application/xml") => "xml",
        _ => "ndjson",
    };
    let name = format!("attachment; filename=\"{scheme}-{id}.{ending}\"");
    if let Ok(name) = name.parse() {
        response.headers_mut().insert(CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

async fn told(
    app: App,
    scheme: &SchemeId,
    id: BatchId,
    form: FormName,
    language: Language,
) -> Result<Response, Problem> {
    let mapping = app.hub.library().mapping(scheme.as_str()).cloned();
    let source = mapping.map(|mapping| mapping.write_options().container);
    let sharing = Sharing::of_batch(&app.hub, id).await?;
    let listing = Listing::new(form, source.as_ref(), language, sharing);
    let kind = listing.kind();
    Ok(([(CONTENT_TYPE, kind)], stream(app, id, listing)).into_response())
}

/// A defect that refused records of a file share.
#[derive(Serialize, ToSchema)]
pub struct DefectBody {
    /// The stable name of the catalogue, such as `bad_date`.
    code: &'static str,
    /// Its number in the catalogue, such as `D203`.
    number: &'static str,
    /// `error` or `warning`.
    severity: &'static str,
    /// The field as the sender wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// What was expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<String>,
    /// The line of the mapping that found it.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<Rule>,
    /// How many records have it.
    records: u64,
    /// What to do about it, in words.
    mend: String,
    /// The first of them.
    first: Vec<Violation>,
}

impl DefectBody {
    fn of(group: &SharedGroup, language: Language) -> Option<Self> {
        let issue = Violation::of(group.first.first()?, language);
        let told =
            |issue| Violation { others: Some(group.records - 1), ..Violation::of(issue, language) };
        Some(Self {
            code: issue.code,
            number: issue.number,
            severity: issue.severity,
            field: issue.field,
            expected: issue.expected,
            rule: issue.rule,
            records: group.records,
            mend: issue.mend,
            first: group.first.iter().map(told).collect(),
        })
    }
}

/// Tells what is wrong in a sending by defect, the most frequent first: one fault of an export refuses thousands of
/// records, and is told once.
#[utoipa::path(get, path = "/v1/batches/{id}/defects", tag = "records",
    params(("id" = String, Path, description = "`bat_…`")), responses(
    (status = 200, description = "The defects", body = Vec<DefectBody>),
    (status = "4XX", response = Refused)))]
pub async fn defects(
    known: Known,
    Speaks(language): Speaks,
    Named(id): Named<BatchId>,
    State(app): State<App>,
) -> Result<Json<Vec<DefectBody>>, Problem> {
    let caller = known.granted(Scope::RecordsRead)?;
    let receipt = batches::batch(&app.hub, id).await?;
    let seen = receipt.is_some_and(|receipt| caller.sees(&receipt.scheme));
    if !seen {
        return Err(Problem::new(Code::NotFound));
    }
    let groups = batches::shared_groups(&app.hub, id).await?;
    Ok(Json(groups.iter().filter_map(|group| DefectBody::of(group, language)).collect()))
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
