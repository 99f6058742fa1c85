//! Layer: below `/fhir/`, answers are resources in the syntax that the caller reads, and problems are OperationOutcomes,
//! also those that no handler made.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::media::Syntax;
use super::{ROOT, Unwritten, outcome};
use crate::http::layers;
use crate::http::problem::{self, Problem, language_of};

/// Wraps everything that may answer; other addresses are let through.
pub async fn speak(request: Request, next: Next) -> Response {
    let uri = request.uri().clone();
    let ours = uri.path().strip_prefix(ROOT);
    if !ours.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
        return next.run(request).await;
    }
    let language = language_of(request.headers());
    let instance = layers::request_id(&request);
    let wanted = Syntax::wanted(&uri, request.headers());
    let (syntax, mut response) = match wanted {
        Ok(syntax) => (syntax, next.run(request).await),
        Err(problem) => (Syntax::Json, problem.into_response()),
    };
    let problem = match (problem::taken(&mut response, &uri), response.extensions_mut().remove()) {
        (Some(problem), _) => problem,
        (None, None) => return response,
        (None, Some(Unwritten(resource))) => match syntax.write(&resource) {
            Ok(mut written) => {
                *written.status_mut() = response.status();
                return written;
            }
            Err(fault) => Problem::internal(&fault),
        },
    };
    let said = outcome::of(&problem, language, instance);
    let mut written = syntax.write(&said).unwrap_or_else(|_| problem.clone().into_response());
    *written.status_mut() = problem.code().status();
    problem::describe(&problem, language, response.headers(), &mut written);
    written
}
