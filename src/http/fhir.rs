//! `/fhir/R4`: the questions that partners ask, in FHIR.
//!
//! A thin shell: resources are read and written by [`crate::fhir`], everything is asked of the same operations as
//! `/v1`, so agreements, purposes and audit are the same. [`speak`] puts every answer, also that of a limit or a wrong
//! address, into the syntax that the caller reads. Each interaction is a function over [`Asking`], which a batch calls
//! as the addresses do.

mod asking;
pub mod batch;
pub mod coverage;
pub mod eligibility;
mod media;
pub mod metadata;
mod outcome;
pub mod patient;
pub mod pix;
pub mod search;
mod speak;
mod written;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

pub use asking::Asking;
pub use media::Sent;
pub use speak::speak;

/// Where the interface lives.
pub const ROOT: &str = "/fhir/R4";

/// A resource to be answered, before it is put into a syntax.
pub struct Resource {
    status: StatusCode,
    resource: Value,
}

impl Resource {
    /// What was asked for.
    pub const fn found(resource: Value) -> Self {
        Self { status: StatusCode::OK, resource }
    }

    /// What came of a creation.
    pub const fn created(resource: Value) -> Self {
        Self { status: StatusCode::CREATED, resource }
    }
}

/// The resource in the extensions of a response.
#[derive(Clone)]
struct Unwritten(Value);

impl IntoResponse for Resource {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(Unwritten(self.resource));
        response
    }
}
