//! Below `/spdci`, what cannot be done is told as `{"errors": [{"code", "message"}]}`, also what no handler told.

use axum::Json;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::{ROOT, later};
use crate::http::problem::{self, Problem, language_of};
use crate::model::Issue;
use crate::spdci::faults;

/// The longest message that the specification allows.
const LONGEST: usize = 999;

/// Whether a path is one of SPDCI's.
pub fn is_below(path: &str) -> bool {
    path.strip_prefix(ROOT).is_some_and(|rest| rest.starts_with('/'))
}

/// Puts what `run` could not do into the words of SPDCI.
pub async fn speak<F>(request: Request, run: impl FnOnce(Request) -> F) -> Response
where
    F: Future<Output = Response>,
{
    let uri = request.uri().clone();
    let language = language_of(request.headers());
    let mut response = run(request).await;
    let Some(problem) = problem::taken(&mut response, &uri) else { return response };
    let wrong = problem.wrong().iter();
    let mut errors: Vec<Value> = wrong
        .map(|issue| error(of_issue(issue, code(&problem)), &later::said(issue, language)))
        .collect();
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
        _ => BAD,
    }
}

const BAD: &str = "err.request.bad";

/// What is wrong with a message has a code of its own; everything else that of the whole.
fn of_issue(issue: &Issue, whole: &'static str) -> &'static str {
    if whole == BAD { faults::code(issue) } else { whole }
}

fn error(code: &str, message: &str) -> Value {
    let message: String = message.chars().take(LONGEST).collect();
    json!({ "code": code, "message": message })
}
