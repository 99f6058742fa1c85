//! Content types: which of them say what a scheme sends.
//!
//! The mapping of a scheme says its format; a content type can only agree with it or not. A sender
//! that names none, or only says "bytes", is taken at the scheme's word.

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;

use super::problem::{Code, Problem};

/// The media type of a request, in lower case and without its parameters.
fn essence(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(text.split(';').next()?.trim().to_ascii_lowercase())
}

/// The media type as it may be shown in a problem.
pub fn shown(headers: &HeaderMap) -> String {
    essence(headers).unwrap_or_else(|| "?".to_owned()).chars().take(80).collect()
}

/// Checks that a body says it is JSON; one that says nothing is believed.
///
/// # Errors
/// `unsupported_format`.
pub fn expect_json(headers: &HeaderMap) -> Result<(), Problem> {
    let kind = essence(headers);
    if kind.is_none_or(|kind| kind == "application/json" || kind.ends_with("+json")) {
        return Ok(());
    }
    let format = shown(headers);
    Err(Problem::new(Code::UnsupportedFormat).with("format", format).known(["application/json"]))
}
