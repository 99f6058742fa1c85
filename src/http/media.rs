//! Content types: which of them say what a scheme sends.
//!
//! The mapping of a scheme says its format; a content type can only agree with it or not. A sender
//! that names none, or only says "bytes", is taken at the scheme's word.

use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};

use super::problem::{Code, Problem};
use crate::format::{Container, WriteOptions, Written};

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

/// The media types that fit a container, the usual one first.
pub const fn of(container: &Container) -> &'static [&'static str] {
    match container {
        Container::Json { .. } => &["application/json"],
        Container::Ndjson => &["application/x-ndjson", "application/jsonl", "application/json"],
        Container::Csv { .. } => &["text/csv", "text/plain", "application/csv"],
        Container::Xml { .. } => &["application/xml", "text/xml"],
        Container::FhirBundle { .. } => &["application/fhir+json", "application/json"],
    }
}

/// Whatever the format: the reader finds out by itself how bytes are compressed.
const NEUTRAL: [&str; 5] = [
    "application/octet-stream",
    "application/gzip",
    "application/x-gzip",
    "application/zstd",
    "application/x-www-form-urlencoded",
];

/// Checks that a request's content type and encoding can be what a scheme sends.
///
/// # Errors
/// `unsupported_format`, with those that can.
pub fn check(headers: &HeaderMap, container: &Container) -> Result<(), Problem> {
    let accepted = of(container);
    let refused = |format: String| {
        Problem::new(Code::UnsupportedFormat).with("format", format).known(accepted)
    };
    if let Some(kind) = essence(headers)
        // `curl --data-binary` says `x-www-form-urlencoded` when it is not told what it sends.
        && !NEUTRAL.contains(&kind.as_str())
        && !accepted.contains(&kind.as_str())
    {
        return Err(refused(shown(headers)));
    }
    match headers.get(CONTENT_ENCODING).map(|value| value.to_str().unwrap_or("?")) {
        None | Some("identity" | "gzip" | "zstd") => Ok(()),
        Some(other) => Err(refused(other.chars().take(40).collect())),
    }
}

/// The media type of what is written in a format.
pub fn written(options: &WriteOptions) -> String {
    let charset = options.encoding.as_deref().unwrap_or("utf-8");
    match &options.container {
        Written::Json { .. } => "application/json".to_owned(),
        Written::Ndjson => "application/x-ndjson".to_owned(),
        Written::Csv { .. } => format!("text/csv; charset={charset}"),
        Written::Xml { .. } => format!("application/xml; charset={charset}"),
        Written::FhirBundle => "application/fhir+json".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(kind: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        headers
    }

    #[test]
    fn a_content_type_agrees_with_the_format_or_not() {
        let ndjson = Container::Ndjson;
        for kind in ["application/x-ndjson", "Application/JSON; charset=utf-8", "application/gzip"]
        {
            assert!(check(&headers(kind), &ndjson).is_ok(), "{kind}");
        }
        for kind in ["text/csv", "application/xml", "image/png"] {
            assert!(check(&headers(kind), &ndjson).is_err(), "{kind}");
        }
        assert!(check(&HeaderMap::new(), &ndjson).is_ok());
    }

    #[test]
    fn an_unknown_compression_is_refused() {
        let mut brotli = headers("application/x-ndjson");
        brotli.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
        assert!(check(&brotli, &Container::Ndjson).is_err());
    }
}
