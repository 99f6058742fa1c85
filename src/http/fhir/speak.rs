//! Layer: below `/fhir/`, answers are resources in the syntax that the caller reads, and problems are OperationOutcomes,
//! also those that no handler made.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::media::Syntax;
use super::{ROOT, Unwritten, outcome};
use crate::http::layers;
use crate::http::problem::{self, language_of};

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
    if let Some(problem) = problem::taken(&mut response, &uri) {
        let mut written = syntax.write(&outcome::of(&problem, language, instance));
        *written.status_mut() = problem.code().status();
        problem::describe(&problem, language, response.headers(), &mut written);
        return written;
    }
    match response.extensions_mut().remove::<Unwritten>() {
        Some(Unwritten(resource)) => {
            let mut written = syntax.write(&resource);
            *written.status_mut() = response.status();
            written
        }
        None => response,
    }
}
