//! Styles, scripts and the mark: embedded, named by their content, kept by browsers for a year.

use std::io::Write as _;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::http::{Code, Problem};

/// A file that the page needs.
struct Asset {
    name: &'static str,
    kind: &'static str,
    plain: &'static [u8],
    packed: Vec<u8>,
}

macro_rules! assets {
    ($($name:literal = $kind:literal;)*) => {
        [$((concat!($name), $kind, include_bytes!(concat!("../../ui/", $name)).as_slice()),)*]
    };
}

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    let files = assets! {
        "page.css" = "text/css; charset=utf-8";
        "workshop.css" = "text/css; charset=utf-8";
        "grid.js" = "text/javascript; charset=utf-8";
        "workshop.js" = "text/javascript; charset=utf-8";
        "mark.svg" = "image/svg+xml";
        "progress.js" = "text/javascript; charset=utf-8";
        "review.js" = "text/javascript; charset=utf-8";
    };
    let asset = |(name, kind, plain)| Asset { name, kind, plain, packed: packed(plain) };
    files.into_iter().map(asset).collect()
});

/// Eight hex digits of the content of all: another build, another address.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = blake3::Hasher::new();
    ASSETS.iter().for_each(|asset| {
        hasher.update(asset.plain);
    });
    hasher.finalize().to_hex().chars().take(8).collect()
});

/// The address of an asset.
pub fn path(name: &str) -> String {
    format!("/ui/assets/{}/{name}", *VERSION)
}

/// Compressed as every browser reads it.
pub fn packed(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 3), Compression::new(6));
    encoder.write_all(plain).and_then(|()| encoder.finish()).expect("memory takes what is written")
}

/// Whether a browser reads gzip.
pub fn reads_packed(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.split(',').any(|one| one.trim().starts_with("gzip")))
}

/// Gives a file out, to anybody.
pub async fn serve(
    Path((version, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asset =
        ASSETS.iter().find(|asset| asset.name == name).ok_or(Problem::new(Code::NotFound))?;
    // A page of another build asks for what that build had: it gets ours, and does not keep it.
    let kept = if version == *VERSION { "public, max-age=31536000, immutable" } else { "no-store" };
    let always = [(CONTENT_TYPE, asset.kind), (CACHE_CONTROL, kept), (VARY, "accept-encoding")];
    Ok(if reads_packed(&headers) {
        (always, [(CONTENT_ENCODING, "gzip")], asset.packed.as_slice()).into_response()
    } else {
        (always, asset.plain).into_response()
    })
}
