//! What this server can do.

use axum::http::HeaderMap;

use super::{Resource, asking};
use crate::fhir::capability;

/// Reads the CapabilityStatement; no key is asked for.
#[utoipa::path(get, path = "/fhir/R4/metadata", tag = "fhir", security(()), responses(
    (status = 200, description = "CapabilityStatement", content_type = "application/fhir+json", body = Object)))]
pub async fn read(headers: HeaderMap) -> Resource {
    Resource::found(capability::statement(&asking::base(&headers)))
}
