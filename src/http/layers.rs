//! What every request passes, from the outside in: it gets an id, is logged, its answer is made safe for browsers, its
//! problem is told in the words of the door it came by, it is counted against what can be worked on at once, and a panic
//! in it is contained.
//!
//! All of it is one layer, [`around`]: for each request axum copies everything that lies within a layer, so that nine
//! layers, one in the other, made fifty copies and cost more than the answer.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use tracing::{Instrument, error, info, info_span};
use uuid::Uuid;

use super::problem::{self, Code, Problem};
use super::{App, fhir, pages, spdci};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request, in its extensions.
#[derive(Clone)]
struct RequestId(String);

/// The id that [`identify`] gave the request.
pub fn request_id(request: &Request) -> Option<String> {
    request.extensions().get::<RequestId>().map(|id| id.0.clone())
}

/// Everything around an answer.
pub async fn around(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = identify(&mut request);
    let method = request.method().clone();
    // The route is logged, never the path or the query: they may hold what a caller should not have put there.
    let route = request.extensions().get::<MatchedPath>().cloned();
    let span = info_span!("request", request.id = %id);
    let mut response = tell(&app, request, next).instrument(span.clone()).await;
    secure(&mut response);
    let route = route.as_ref().map_or("(none)", MatchedPath::as_str);
    let (status, took) = (response.status().as_u16(), started.elapsed());
    super::metrics::answered(&method, route, status, took);
    let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| info!(%method, route, status, took_ms, "{method} {route} answered {status}"));
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// Gives a request an id, or keeps the one that a proxy gave it.
fn identify(request: &mut Request) -> String {
    let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let id = given
        .filter(|id| is_plain(id))
        .map_or_else(|| format!("req_{}", Uuid::now_v7().simple()), ToOwned::to_owned);
    request.extensions_mut().insert(RequestId(id.clone()));
    id
}

/// An id from outside goes into the log: only what cannot forge a line there.
fn is_plain(id: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (8..=80).contains(&id.len()) && id.chars().all(plain)
}

/// What came of a request, a problem in the words of the door: FHIR, SPDCI, a page, or RFC 9457.
async fn tell(app: &App, request: Request, next: Next) -> Response {
    let run = |request| answer(app, request, next);
    let path = request.uri().path();
    if fhir::is_below(path) {
        fhir::speak(request, run).await
    } else if spdci::is_below(path) {
        spdci::speak(request, run).await
    } else if let Some(pages) = pages::over(app, path) {
        pages::speak(pages, request, run).await
    } else {
        problem::localize(request, run).await
    }
}

/// Sheds what is more than the hub can work on at once, instead of queueing it to death. A panic in a handler ends that
/// request, not the hub: its message may hold values of the request and is left to the panic hook, not put into the
/// answer.
async fn answer(app: &App, request: Request, next: Next) -> Response {
    let Ok(_slot) = app.slots.try_acquire() else {
        return Problem::new(Code::Overloaded).into_response();
    };
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => {
            error!("a handler panicked");
            Problem::new(Code::Internal).into_response()
        }
    }
}

/// Headers that keep answers out of caches, frames and type guessing.
fn secure(response: &mut Response) {
    let kept = [
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
        ),
        (STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000")),
    ];
    for (name, value) in kept {
        response.headers_mut().entry(name).or_insert(value);
    }
}

/// Ends what takes too long. Uploads have their own clock, which runs only while nothing arrives.
pub async fn hurry(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(Code::TimedOut).with("seconds", limit.as_secs()).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_could_forge_a_log_line_is_replaced() {
        assert!(is_plain("req_0192f0c1"));
        for forged in ["", "short", "with blank in it", "line\nbreak-line", "é-é-é-é-é"] {
            assert!(!is_plain(forged), "{forged:?}");
        }
    }
}
