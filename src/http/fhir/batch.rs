//! Several interactions in one request, each answered as if it had come alone.

use axum::extract::State;
use axum::http::Uri;
use serde_json::Value;

use super::media::parameters;
use super::{Asking, ROOT, Resource, Sent, coverage, eligibility, outcome, patient, pix, search};
use crate::fhir::{bundle, capability};
use crate::http::App;
use crate::http::problem::{Code, Problem};

/// How many interactions one request may hold: they are answered one after the other, within the time of one request.
const MOST: usize = 100;

/// Answers a Bundle of type batch, entry by entry.
#[utoipa::path(post, path = "/fhir/R4", tag = "fhir", request_body(content = Object,
    content_type = "application/fhir+json", description = "Bundle of type batch, at most 100 entries"), responses(
    (status = 200, description = "Bundle of type batch-response", content_type = "application/fhir+json", body = Object),
    (status = "4XX", description = "OperationOutcome", content_type = "application/fhir+json", body = Object)))]
pub async fn answer(
    asking: Asking,
    State(app): State<App>,
    Sent(mut body): Sent,
) -> Result<Resource, Problem> {
    if body["resourceType"] != "Bundle" || body["type"] != "batch" {
        let what = format!("{} {}", shown(&body["resourceType"]), shown(&body["type"]));
        return Err(Problem::new(Code::NotSupported).with("what", what));
    }
    let entries = match body["entry"].take() {
        Value::Array(entries) => entries,
        _ => Vec::new(),
    };
    if entries.len() > MOST {
        return Err(Problem::parameter("Bundle.entry", format!("0..{MOST}")));
    }
    let mut answers = Vec::with_capacity(entries.len());
    for mut entry in entries {
        answers.push(match one(&app, &asking, &mut entry).await {
            Ok((status, resource)) => (status, resource),
            Err(problem) => {
                let status = problem.code().status().as_u16();
                (status, outcome::of(&problem, asking.language, None))
            }
        });
    }
    Ok(Resource::found(bundle::batch_response(answers)))
}

/// As at the address without the last slash: both are in use.
#[utoipa::path(post, path = "/fhir/R4/", tag = "fhir", request_body(content = Object,
    content_type = "application/fhir+json", description = "Bundle of type batch, at most 100 entries"), responses(
    (status = 200, description = "Bundle of type batch-response", content_type = "application/fhir+json", body = Object),
    (status = "4XX", description = "OperationOutcome", content_type = "application/fhir+json", body = Object)))]
pub async fn answer_below(
    asking: Asking,
    app: State<App>,
    body: Sent,
) -> Result<Resource, Problem> {
    answer(asking, app, body).await
}

fn shown(value: &Value) -> String {
    value.as_str().unwrap_or("?").chars().take(40).collect()
}

async fn one(app: &App, asking: &Asking, entry: &mut Value) -> Result<(u16, Value), Problem> {
    let resource = entry["resource"].take();
    let request = &entry["request"];
    let method = request["method"].as_str().unwrap_or_default();
    let url = request["url"].as_str().unwrap_or_default();
    let uri = relative(url, &asking.base)?;
    let path = uri.path().trim_start_matches('/');
    let parts: Vec<&str> = path.split('/').collect();
    let answer = match (method, parts.as_slice()) {
        ("GET", ["metadata"]) => capability::statement(&asking.base),
        ("GET", ["Patient", "$ihe-pix"]) => pix::of_address(app, asking, &parameters(&uri)).await?,
        ("POST", ["Patient", "$ihe-pix"]) => pix::in_body(app, asking, &resource).await?,
        ("POST", ["Patient", "$match"]) => patient::matching(app, asking, &resource).await?,
        ("GET", ["Patient"]) => search::search_patients(app, asking, &parameters(&uri)).await?,
        ("GET", ["Coverage"]) => search::search_coverages(app, asking, &parameters(&uri)).await?,
        ("GET", ["Patient", id]) => patient::read(app, asking, id).await?,
        ("GET", ["Coverage", id]) => coverage::read(app, asking, id).await?,
        ("POST", ["CoverageEligibilityRequest"]) => {
            return Ok((201, eligibility::submit(app, asking, resource).await?));
        }
        ("POST", ["CoverageEligibilityRequest", "$submit"]) => {
            eligibility::submit(app, asking, resource).await?
        }
        _ => {
            let what: String = format!("{method} {path}").chars().take(80).collect();
            return Err(Problem::new(Code::NotSupported).with("what", what));
        }
    };
    Ok((200, answer))
}

/// The address of an entry, below the interface; absolute ones are taken when they are ours.
fn relative(url: &str, base: &str) -> Result<Uri, Problem> {
    let inner = url.strip_prefix(base).or_else(|| url.strip_prefix(ROOT)).unwrap_or(url);
    let path = format!("/{}", inner.trim_start_matches('/'));
    path.parse().map_err(|_| Problem::parameter("Bundle.entry.request.url", "?"))
}
