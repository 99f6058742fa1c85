//! Below `/fhir/R4`, answers are resources in the syntax that the caller reads, and problems are OperationOutcomes,
//! also those that no handler made.

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::{ETAG, LAST_MODIFIED, LOCATION};
use axum::response::{IntoResponse, Response};

use super::media::Syntax;
use super::{ROOT, Unwritten, Versioned, asking, outcome};
use crate::http::layers;
use crate::http::problem::{self, Problem, language_of};

/// Whether a path is one of FHIR's.
pub fn is_below(path: &str) -> bool {
    path.strip_prefix(ROOT).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Puts what `run` answers into the words of FHIR.
pub async fn speak<F>(request: Request, run: impl FnOnce(Request) -> F) -> Response
where
    F: Future<Output = Response>,
{
    let uri = request.uri().clone();
    let language = language_of(request.headers());
    let instance = layers::request_id(&request);
    let base = asking::base(request.headers());
    let wanted = Syntax::wanted(&uri, request.headers());
    let (syntax, mut response) = match wanted {
        Ok(syntax) => (syntax, run(request).await),
        Err(problem) => (Syntax::Json, problem.into_response()),
    };
    if let Some(versioned) = response.extensions_mut().remove() {
        describe(versioned, &base, response.headers_mut());
    }
    let problem = match (problem::taken(&mut response, &uri), response.extensions_mut().remove()) {
        (Some(problem), _) => problem,
        (None, None) => return response,
        (None, Some(Unwritten(resource))) => match syntax.write(&resource) {
            Ok(mut written) => {
                *written.status_mut() = response.status();
                let told = std::mem::take(response.headers_mut());
                written.headers_mut().extend(told);
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

/// Says in the headers which version it is, and of what was created where it is.
fn describe(Versioned { version, created }: Versioned, base: &str, headers: &mut HeaderMap) {
    let at = jiff::Timestamp::from_millisecond(version.at.as_millis()).unwrap_or_default();
    let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&at);
    let address = created.then(|| version.address(base));
    let told = [(ETAG, Some(version.etag())), (LAST_MODIFIED, date.ok()), (LOCATION, address)];
    for (name, text) in told {
        if let Some(value) = text.and_then(|text| text.parse().ok()) {
            headers.insert(name, value);
        }
    }
}
