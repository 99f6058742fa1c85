//! What happened to people after their files were written.

use axum::extract::{Request, State};
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::batches::{BatchBody, Wait, answer, header};
use crate::format::Container;
use crate::http::extract::{Known, Params};
use crate::http::openapi::Refused;
use crate::http::problem::{Code, Problem};
use crate::http::{App, media, upload};
use crate::model::{Holder, SchemeId, Scope};
use crate::operations::body::Body;
use crate::operations::events::{self, ALL_SCHEMES};
use crate::operations::intake::Submission;

/// How events are sent.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Sending {
    /// The sender's name for the file; kept sealed.
    file_name: Option<String>,
    /// `linked`: answers only when the linker has seen every record that the events touched.
    #[param(inline)]
    wait: Option<Wait>,
}

/// Sends events, one JSON object a line: `{event_id, type, source, source_record_id, date_effet,
/// date_envoi, payload}`. The same `event_id` counts once, in whatever order events arrive. A scheme
/// sends events about its own records; those who run the hub, about any. The header
/// `Idempotency-Key` makes a sending safe to repeat.
#[utoipa::path(post, path = "/v1/events", tag = "records",
    params(Sending,
        ("idempotency-key" = Option<String>, Header, description = "Makes the sending safe to repeat")),
    request_body(content = String, content_type = "application/x-ndjson"),
    responses(
    (status = 200, description = "Received, and it counts; `refused` events wait in quarantine", body = BatchBody),
    (status = 202, description = "Received, and not yet linked", body = BatchBody),
    (status = 422, description = "No event could be used; `Location` leads to the batch", content_type = "application/problem+json", body = crate::http::problem::ProblemBody),
    (status = "4XX", response = Refused)))]
pub async fn submit(
    known: Known,
    Params(sending): Params<Sending>,
    State(app): State<App>,
    request: Request,
) -> Result<Response, Problem> {
    let caller = known.granted(Scope::RecordsWrite)?;
    let scheme: SchemeId = match &caller.holder {
        Holder::Scheme(own) => own.clone(),
        Holder::Operator(_) => ALL_SCHEMES.parse().expect("a name is a scheme id"),
        Holder::Partner(_) => {
            return Err(Problem::new(Code::NotPermitted).with("scope", Scope::RecordsWrite.name()));
        }
    };
    let (parts, body) = request.into_parts();
    media::check(&parts.headers, &Container::Ndjson)?;
    let (sender, reader) = Body::channel();
    let submission = Submission {
        idempotency_key: header(&parts.headers, "idempotency-key", 200)?,
        file_name: sending.file_name.map(|name| name.chars().take(200).collect()),
        actor: caller.actor(),
        ..Submission::new(scheme, reader)
    };
    let pump = upload::pump(body, app.limits.upload, sender);
    let (pumped, taken) = tokio::join!(pump, events::submit_events(&app.hub, submission));
    pumped?;
    let receipt = taken?;
    if !receipt.replayed {
        let counts = &receipt.counts;
        crate::http::metrics::received(receipt.scheme.as_str(), counts.received, counts.refused);
    }
    answer(&app, receipt, sending.wait).await
}
