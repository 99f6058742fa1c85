//! What every request passes, from the outside in. The order stands in [`super::router`].

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use tracing::{Instrument, error, info, info_span};
use uuid::Uuid;

use super::App;
use super::problem::{Code, Problem};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request, in its extensions.
#[derive(Clone)]
struct RequestId(String);

/// The id that [`identify`] gave the request.
pub fn request_id(request: &Request) -> Option<String> {
    request.extensions().get::<RequestId>().map(|id| id.0.clone())
}

/// Gives each request an id, or keeps the one that a proxy gave it, and answers with it.
pub async fn identify(mut request: Request, next: Next) -> Response {
    let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let id = given
        .filter(|id| is_plain(id))
        .map_or_else(|| format!("req_{}", Uuid::now_v7().simple()), ToOwned::to_owned);
    let header = HeaderValue::from_str(&id).ok();
    request.extensions_mut().insert(RequestId(id));
    let mut response = next.run(request).await;
    if let Some(header) = header {
        response.headers_mut().insert(REQUEST_ID, header);
    }
    response
}

/// An id from outside goes into the log: only what cannot forge a line there.
fn is_plain(id: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (8..=80).contains(&id.len()) && id.chars().all(plain)
}

/// Logs one line a request. The route is logged, never the path or the query: they may hold what
/// a caller should not have put there.
pub async fn log(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = request_id(&request).unwrap_or_default();
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "(none)".to_owned(), |path| path.as_str().to_owned());
    let span = info_span!("request", request.id = %id);
    let response = next.run(request).instrument(span.clone()).await;
    let status = response.status().as_u16();
    let took = started.elapsed();
    super::metrics::answered(&method, &route, status, took);
    let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| info!(%method, route, status, took_ms, "{method} {route} answered {status}"));
    response
}

/// Headers that keep answers out of caches, frames and type guessing.
pub async fn secure(request: Request, next: Next) -> Response {
    const HEADERS: [(&str, &str); 6] = [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ("strict-transport-security", "max-age=31536000"),
    ];
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        response
            .headers_mut()
            .entry(HeaderName::from_static(name))
            .or_insert(HeaderValue::from_static(value));
    }
    response
}

/// A panic in a handler ends that request, not the hub. Its message may hold values of the request
/// and is therefore left to the panic hook, not put into the answer.
pub async fn contain(request: Request, next: Next) -> Response {
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => {
            error!("a handler panicked");
            Problem::new(Code::Internal).into_response()
        }
    }
}

/// Sheds what is more than the hub can work on at once, instead of queueing it to death.
pub async fn shed(State(app): State<App>, request: Request, next: Next) -> Response {
    match app.slots.try_acquire() {
        Ok(_slot) => next.run(request).await,
        Err(_) => Problem::new(Code::Overloaded).into_response(),
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
