//! From a template to a response, with the headers that keep a page to itself.

use askama::Template;
use axum::http::header::{
    CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

use super::words::Words;
use crate::http::Problem;

/// Styles, scripts and pictures come from the hub itself; nothing is written into the page that a browser would run, and
/// forms are sent to nobody else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Writes a page.
///
/// # Errors
/// `internal`, when the template fails.
pub fn page(words: Words, template: &impl Template) -> Result<Response, Problem> {
    with_status(StatusCode::OK, words, template)
}

/// Writes a page that says no: a form with mistakes, a problem.
///
/// # Errors
/// `internal`, when the template fails.
pub fn with_status(
    status: StatusCode,
    words: Words,
    template: &impl Template,
) -> Result<Response, Problem> {
    let html = template.render().map_err(|failed| Problem::internal(&failed))?;
    let mut response = (status, html).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(words.0.tag()));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    // Not `no-referrer`: browsers would then send our own forms with an unknown origin.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    Ok(response)
}

/// Writes a page with a script that writes styles of its own: those that carry `nonce` are let in, no others.
///
/// # Errors
/// `internal`, when the template fails.
pub fn with_nonce(
    status: StatusCode,
    words: Words,
    template: &impl Template,
    nonce: &str,
) -> Result<Response, Problem> {
    let mut response = with_status(status, words, template)?;
    let policy = POLICY.replace("style-src 'self'", &format!("style-src 'self' 'nonce-{nonce}'"));
    let policy = HeaderValue::from_str(&policy).map_err(|failed| Problem::internal(&failed))?;
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// A form that was not taken: the same page again, with what is wrong.
///
/// # Errors
/// `internal`, when the template fails.
pub fn refused(words: Words, template: &impl Template) -> Result<Response, Problem> {
    with_status(StatusCode::UNPROCESSABLE_ENTITY, words, template)
}

/// Goes on to a page that says what was done: `done` is the end of a key `page-done-…`.
pub fn done(path: &str, done: &str) -> Response {
    let mark = if path.contains('?') { '&' } else { '?' };
    Redirect::to(&format!("{path}{mark}done={done}")).into_response()
}
