//! Several interactions in one request, each answered as if it had come alone.

use axum::extract::State;
use axum::http::Uri;
use serde_json::Value;

use super::media::parameters;
use super::{
    Asking, ROOT, Resource, Sent, coverage, eligibility, feed, history, outcome, patient, pix,
    search, transaction,
};
use crate::fhir::bundle::{self, Answered};
use crate::fhir::capability;
use crate::http::App;
use crate::http::problem::{Code, Problem};

/// How many interactions one request may hold: they are answered one after the other, within the time of one request.
pub const MOST: usize = 100;

/// Answers a Bundle: a batch entry by entry, a transaction as a whole.
#[utoipa::path(post, path = "/fhir/R4", tag = "fhir", request_body(content = Object,
    content_type = "application/fhir+json", description = "Bundle of type batch or transaction, at most 100 entries"), responses(
    (status = 200, description = "Bundle of type batch-response or transaction-response", content_type = "application/fhir+json", body = Object),
    (status = "4XX", description = "OperationOutcome", content_type = "application/fhir+json", body = Object)))]
pub async fn answer(
    asking: Asking,
    State(app): State<App>,
    Sent(mut body): Sent,
) -> Result<Resource, Problem> {
    let kind = body["type"].as_str().unwrap_or_default().to_owned();
    if body["resourceType"] != "Bundle" || !matches!(kind.as_str(), "batch" | "transaction") {
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
    if kind == "transaction" {
        return transaction::run(&app, &asking, entries).await;
    }
    let mut answers = Vec::with_capacity(entries.len());
    for mut entry in entries {
        let answer = one(&app, &asking, &mut entry).await;
        answers.push(answered(answer, &asking).answered);
    }
    Ok(Resource::found(bundle::response("batch-response", answers)))
}

/// What an interaction came to.
pub struct Told {
    /// As an entry of a Bundle says it.
    pub answered: Answered,
    /// Whether it failed because another record has taken the place.
    pub replaced: bool,
}

/// What an interaction came to.
pub fn answered(answer: Result<Resource, Problem>, asking: &Asking) -> Told {
    match answer {
        Ok(resource) => {
            let (status, resource, version) = resource.into_parts();
            let version = version.map(|version| version.told(&asking.base));
            Told { answered: Answered { status, resource, version }, replaced: false }
        }
        Err(problem) => {
            let status = problem.code().status().as_u16();
            let resource = Some(outcome::of(&problem, asking.language, None));
            let replaced = problem.code() == Code::RecordReplaced;
            Told { answered: Answered { status, resource, version: None }, replaced }
        }
    }
}

/// As at the address without the last slash: both are in use.
#[utoipa::path(post, path = "/fhir/R4/", tag = "fhir", request_body(content = Object,
    content_type = "application/fhir+json", description = "Bundle of type batch or transaction, at most 100 entries"), responses(
    (status = 200, description = "Bundle of type batch-response or transaction-response", content_type = "application/fhir+json", body = Object),
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

async fn one(app: &App, asking: &Asking, entry: &mut Value) -> Result<Resource, Problem> {
    let resource = entry["resource"].take();
    let request = &entry["request"];
    let method = request["method"].as_str().unwrap_or_default();
    let url = request["url"].as_str().unwrap_or_default();
    let uri = relative(url, &asking.base)?;
    let path = uri.path().trim_start_matches('/');
    let parts: Vec<&str> = path.split('/').collect();
    let given = parameters(&uri);
    let found = match (method, parts.as_slice()) {
        ("PUT", ["Patient"]) => {
            return feed::update(app, asking, &given, &conditions(request), resource).await;
        }
        ("POST", ["Patient"]) => {
            return feed::create(app, asking, &conditions(request), resource).await;
        }
        ("DELETE", ["Patient"]) => return feed::remove(app, asking, &given).await,
        ("PUT", ["Patient", id]) => {
            return feed::update_by_id(app, asking, id, &conditions(request), resource).await;
        }
        ("DELETE", ["Patient", id]) => return feed::remove_by_id(app, asking, id).await,
        ("POST", ["CoverageEligibilityRequest"]) => {
            return eligibility::submit(app, asking, resource).await.map(Resource::created);
        }
        ("GET", ["metadata"]) => capability::statement(&asking.base),
        ("GET", ["Patient", "$ihe-pix"]) => pix::of_address(app, asking, &given).await?,
        ("POST", ["Patient", "$ihe-pix"]) => pix::in_body(app, asking, &resource).await?,
        ("POST", ["Patient", "$match"]) => patient::matching(app, asking, &resource).await?,
        ("GET", ["Patient"]) => search::search_patients(app, asking, &given).await?,
        ("GET", ["Coverage"]) => search::search_coverages(app, asking, &given).await?,
        ("GET", ["Patient", id]) => patient::read(app, asking, id).await?,
        ("GET", ["Patient", id, "_history"]) => history::history(app, asking, id, &given).await?,
        ("GET", ["Coverage", id]) => coverage::read(app, asking, id).await?,
        ("POST", ["CoverageEligibilityRequest", "$submit"]) => {
            eligibility::submit(app, asking, resource).await?
        }
        _ => {
            let what: String = format!("{method} {path}").chars().take(80).collect();
            return Err(Problem::new(Code::NotSupported).with("what", what));
        }
    };
    Ok(Resource::found(found))
}

/// What an entry lays down beside its resource.
pub fn conditions(request: &Value) -> feed::Conditions {
    let text = |name: &str| request[name].as_str().map(ToOwned::to_owned);
    feed::Conditions {
        if_match: text("ifMatch"),
        if_none_exist: text("ifNoneExist"),
        ..feed::Conditions::default()
    }
}

/// The address of an entry, below the interface; absolute ones are taken when they are ours.
pub fn relative(url: &str, base: &str) -> Result<Uri, Problem> {
    let inner = url.strip_prefix(base).or_else(|| url.strip_prefix(ROOT)).unwrap_or(url);
    let path = format!("/{}", inner.trim_start_matches('/'));
    path.parse().map_err(|_| Problem::parameter("Bundle.entry.request.url", "?"))
}
