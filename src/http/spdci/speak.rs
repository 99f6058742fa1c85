//! Layer: below `/spdci`, what cannot be done is told as `{"errors": [{"code", "message"}]}`, also what no handler told.

use axum::Json;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::ROOT;
use crate::http::problem::{self, Problem, language_of};
use crate::messages;
use crate::model::{Issue, Language};

/// The longest message that the specification allows.
const LONGEST: usize = 999;

/// Wraps everything that may answer; other addresses are let through.
pub async fn speak(request: Request, next: Next) -> Response {
    let uri = request.uri().clone();
    if !uri.path().strip_prefix(ROOT).is_some_and(|rest| rest.starts_with('/')) {
        return next.run(request).await;
    }
    let language = language_of(request.headers());
    let mut response = next.run(request).await;
    let Some(problem) = problem::taken(&mut response, &uri) else { return response };
    let mut errors: Vec<Value> =
        problem.wrong().iter().map(|issue| told(issue, code(&problem), language)).collect();
    if errors.is_empty() || problem.code().status() != StatusCode::UNPROCESSABLE_ENTITY {
        let (title, detail) = problem.words(language);
        errors.insert(0, error(code(&problem), &format!("{title}. {detail}")));
    }
    let mut written = (status(&problem), Json(json!({ "errors": errors }))).into_response();
    problem::describe(&problem, language, response.headers(), &mut written);
    written
}

/// The specification knows a bad request and no unprocessable one.
fn status(problem: &Problem) -> StatusCode {
    match problem.code().status() {
        StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
        other => other,
    }
}

fn code(problem: &Problem) -> &'static str {
    match problem.code().status() {
        StatusCode::UNAUTHORIZED => "err.request.unauthorized",
        StatusCode::FORBIDDEN => "err.request.forbidden",
        StatusCode::NOT_FOUND => "err.request.not_found",
        StatusCode::REQUEST_TIMEOUT => "err.request.timeout",
        status if status.is_server_error() => "err.service.unavailable",
        _ => "err.request.bad",
    }
}

fn told(issue: &Issue, code: &str, language: Language) -> Value {
    let words = messages::issue(issue, language);
    let path = issue.place.path.as_deref().unwrap_or("message");
    let expected = words.expected.map(|expected| format!(" [{expected}]")).unwrap_or_default();
    error(code, &format!("{path}: {}{expected} {}", words.detail, words.mend))
}

fn error(code: &str, message: &str) -> Value {
    let message: String = message.chars().take(LONGEST).collect();
    json!({ "code": code, "message": message })
}
