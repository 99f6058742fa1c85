//! Files that are not kept: translated into another format, or looked through for what is wrong.

use std::io::{Seek, SeekFrom};

use axum::Json;
use axum::body;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tokio::task::{JoinError, spawn_blocking};
use tokio_util::io::ReaderStream;
use utoipa::{IntoParams, ToSchema};

use crate::http::extract::{Known, Params, Speaks};
use crate::http::openapi::Refused;
use crate::http::problem::{Code, Problem, Violation};
use crate::http::{App, formats, media, upload};
use crate::model::Scope;
use crate::operations::body::Body;
use crate::operations::translate::{self, Summary};

/// From which format to which.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Ways {
    /// The format of the body: a scheme's id, `fhir` or `canonical`.
    from: String,
    /// The format of the answer.
    to: String,
}

/// Translates a file. How many records were written and refused stands in the headers
/// `dankun-records` and `dankun-refused`, how many fields have no place in the target in
/// `dankun-lost-fields`, and in `dankun-loss`, as a JSON object, how often fields were `lost`, `missing`
/// although the target asks for them, or written with less than they say (`partial`, `one_way` …), and how
/// many `characters` the target's encoding lacks; what is wrong with the refused ones is told by
/// `POST /v1/validate`.
#[utoipa::path(post, path = "/v1/translate", tag = "mappings", params(Ways), responses(
    (status = 200, description = "The records in the target format"),
    (status = 422, description = "No record could be translated; `violations` say why", content_type = "application/problem+json", body = crate::http::problem::ProblemBody),
    (status = "4XX", response = Refused)))]
pub async fn translate(
    known: Known,
    Params(ways): Params<Ways>,
    State(app): State<App>,
    request: Request,
) -> Result<Response, Problem> {
    known.granted(Scope::MappingsRead)?;
    let from = formats::named(&app, "from", &ways.from)?;
    let to = formats::target(&app, "to", &ways.to)?;
    let (parts, body) = request.into_parts();
    media::check(&parts.headers, &from.read_options().container)?;
    let kind = formats::media_type(to.as_deref());
    let (sender, reader) = Body::channel();
    let pump = upload::pump(body, app.limits.upload, sender);
    let today = app.hub.today();
    // Spooled, so that a failure can still be answered as one, and memory stays flat.
    let spool = tempfile::tempfile().map_err(|error| Problem::internal(&error))?;
    let output = spool.try_clone().map_err(|error| Problem::internal(&error))?;
    let work = spawn_blocking(move || {
        translate::translate(&from, to.as_deref(), Box::new(reader), output, today)
    });
    let (pumped, done) = tokio::join!(pump, work);
    pumped?;
    let summary = finished(done)?;
    if summary.accepted == 0 && summary.refused > 0 {
        return Err(Problem::new(Code::UnreadableFile).violations(summary.issues));
    }
    let headers = [
        ("dankun-records", summary.accepted.to_string()),
        ("dankun-refused", summary.refused.to_string()),
        ("dankun-lost-fields", summary.lost().to_string()),
        ("dankun-loss", serde_json::json!(summary.losses).to_string()),
    ];
    Ok((headers, [(CONTENT_TYPE, kind)], stream(spool)?).into_response())
}

fn stream(mut spool: std::fs::File) -> Result<body::Body, Problem> {
    spool.seek(SeekFrom::Start(0)).map_err(|error| Problem::internal(&error))?;
    Ok(body::Body::from_stream(ReaderStream::new(tokio::fs::File::from_std(spool))))
}

fn finished(
    done: Result<Result<Summary, translate::TranslateError>, JoinError>,
) -> Result<Summary, Problem> {
    done.map_err(|error| Problem::internal(&error))?.map_err(|error| Problem::internal(&error))
}

/// Of which scheme.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Sender {
    /// A scheme's id, `fhir` or `canonical`.
    scheme: String,
}

/// What is wrong with a file.
#[derive(Serialize, ToSchema)]
pub struct Report {
    /// Records that were read.
    received: u64,
    /// Records that would be taken.
    accepted: u64,
    /// Records that would be refused.
    refused: u64,
    /// False when the file broke off.
    complete: bool,
    /// What is wrong, in the order of the file: at most a thousand.
    violations: Vec<Violation>,
    /// How many more there were.
    untold: u64,
    /// Fields that may not be kept, with how often they were there.
    dropped: Vec<Dropped>,
}

/// A field that may not be kept.
#[derive(Serialize, ToSchema)]
pub struct Dropped {
    field: String,
    times: u64,
}

/// Looks a file through and keeps nothing of it. References to records outside the file are not
/// looked up: a dry run of `POST /v1/schemes/{scheme}/records` does that.
#[utoipa::path(post, path = "/v1/validate", tag = "mappings", params(Sender), responses(
    (status = 200, description = "What was found; a file full of errors is also 200", body = Report),
    (status = "4XX", response = Refused)))]
pub async fn validate(
    known: Known,
    Speaks(language): Speaks,
    Params(sender): Params<Sender>,
    State(app): State<App>,
    request: Request,
) -> Result<Json<Report>, Problem> {
    known.granted(Scope::MappingsRead)?;
    let from = formats::named(&app, "scheme", &sender.scheme)?;
    let (parts, body) = request.into_parts();
    media::check(&parts.headers, &from.read_options().container)?;
    let (sender, reader) = Body::channel();
    let pump = upload::pump(body, app.limits.upload, sender);
    let today = app.hub.today();
    let work = spawn_blocking(move || translate::validate(&from, Box::new(reader), today));
    let (pumped, done) = tokio::join!(pump, work);
    pumped?;
    let summary = finished(done)?;
    let dropped = summary.dropped.into_iter().map(|(field, times)| Dropped { field, times });
    Ok(Json(Report {
        received: summary.received,
        accepted: summary.accepted,
        refused: summary.refused,
        complete: summary.complete,
        violations: summary.issues.iter().map(|issue| Violation::of(issue, language)).collect(),
        untold: summary.untold,
        dropped: dropped.collect(),
    }))
}
