//! Layer: pages are compressed, because links are slow.
//!
//! Compression beside a secret tells of the secret by its length (BREACH), to another site that can make a browser ask
//! again and again as its owner. Ours cannot be asked so: what the browser shows is never sent for another site.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, VARY};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::assets::{packed, reads_packed};
use crate::http::Problem;

/// Smaller pages fit one packet anyway.
const WORTH_IT: usize = 1400;
/// More than any page: what is larger is a file, and is left as it is.
const LARGEST: usize = 8 << 20;

/// Compresses pages, and what their scripts ask, for whoever reads it so.
pub async fn layer(request: Request, next: Next) -> Response {
    let wanted = reads_packed(request.headers());
    let response = next.run(request).await;
    let kind = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let ours = ["text/html", "application/json"];
    let worth = kind.is_some_and(|kind| ours.iter().any(|ours| kind.starts_with(ours)));
    if !wanted || !worth {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let plain = match to_bytes(body, LARGEST).await {
        Ok(plain) => plain,
        Err(failed) => return Problem::internal(&failed).into_response(),
    };
    parts.headers.insert(VARY, HeaderValue::from_static("accept-encoding, cookie"));
    if plain.len() < WORTH_IT {
        return Response::from_parts(parts, Body::from(plain));
    }
    parts.headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(packed(&plain)))
}
