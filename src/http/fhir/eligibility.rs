//! Is this person covered? The same question and the same operation as `/v1/eligibility`.

use axum::extract::State;
use serde_json::Value;

use super::patient::invalid;
use super::{Asking, Resource, Sent};
use crate::eligibility::Question;
use crate::fhir::{request, response};
use crate::http::App;
use crate::http::problem::Problem;
use crate::model::{Expected, IssueCode, Scope};
use crate::operations::ask::{self, Outcome};

/// Answers a CoverageEligibilityRequest with its response; the request is not kept.
#[utoipa::path(post, path = "/fhir/R4/CoverageEligibilityRequest", tag = "fhir", request_body(content = Object,
    content_type = "application/fhir+json", description = "CoverageEligibilityRequest"), responses(
    (status = 201, description = "CoverageEligibilityResponse", content_type = "application/fhir+json", body = Object),
    (status = "4XX", description = "OperationOutcome", content_type = "application/fhir+json", body = Object)))]
pub async fn create(
    asking: Asking,
    State(app): State<App>,
    Sent(body): Sent,
) -> Result<Resource, Problem> {
    submit(&app, &asking, body).await.map(Resource::created)
}

/// Answers a CoverageEligibilityRequest with its response.
#[utoipa::path(post, path = "/fhir/R4/CoverageEligibilityRequest/$submit", tag = "fhir", request_body(content = Object,
    content_type = "application/fhir+json", description = "CoverageEligibilityRequest, or Parameters with it as `resource`"), responses(
    (status = 200, description = "CoverageEligibilityResponse", content_type = "application/fhir+json", body = Object),
    (status = "4XX", description = "OperationOutcome", content_type = "application/fhir+json", body = Object)))]
pub async fn submit_one(
    asking: Asking,
    State(app): State<App>,
    Sent(body): Sent,
) -> Result<Resource, Problem> {
    submit(&app, &asking, body).await.map(Resource::found)
}

/// Asks what the request asks.
pub async fn submit(app: &App, asking: &Asking, body: Value) -> Result<Value, Problem> {
    let caller = asking.granted(Scope::EligibilityAsk)?;
    let library = app.hub.library();
    let asked = request::read(unwrapped(body)?, library.registry()).map_err(invalid)?;
    let question = Question {
        // Whoever the request names as enterer or provider: the caller is known by its key.
        asked_by: caller.holder.id().to_owned(),
        // None is a purpose that nobody granted; the refusal says so.
        purpose: asking.purpose(app, &caller).unwrap_or_default(),
        as_of: asked.as_of.unwrap_or_else(|| app.hub.today()),
        known_at: None,
        country_of_care: asked.country.clone(),
        scheme: asked.scheme.clone(),
        subject: asked.subject.clone(),
    };
    let (outcome, signed) = if asked.signed {
        ask::ask_signed(&app.hub, &caller, &question).await?
    } else {
        (ask::ask(&app.hub, &caller, &question).await?, None)
    };
    match outcome {
        Outcome::Answered(answer, permission) => {
            crate::http::metrics::asked(answer.verdict.name());
            let (now, language) = (app.hub.now(), asking.language);
            let mut resource = response::write(&asked, &answer, &permission, now, language);
            if let Some(signed) = signed {
                response::add_proof(&mut resource, &signed.token, &signed.card());
            }
            Ok(resource)
        }
        Outcome::Refused(refusal) => {
            crate::http::metrics::asked("refused");
            Err(refusal.into())
        }
    }
}

/// The request itself: alone, or as the parameter `resource`.
fn unwrapped(mut body: Value) -> Result<Value, Problem> {
    if body["resourceType"] == "Parameters"
        && let Some(parameters) = body["parameter"].as_array_mut()
        && let Some(parameter) = parameters.iter_mut().find(|one| one["name"] == "resource")
    {
        body = parameter["resource"].take();
    }
    let kind = "CoverageEligibilityRequest";
    if body["resourceType"] == kind {
        return Ok(body);
    }
    let issue = request::error(IssueCode::WrongType, "resourceType");
    Err(invalid(vec![issue.expected(Expected::OneOf(vec![kind.to_owned()]))]))
}
