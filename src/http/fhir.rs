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
pub mod feed;
pub mod history;
mod media;
pub mod message;
pub mod metadata;
mod outcome;
pub mod patient;
pub mod pix;
pub mod search;
mod speak;
pub mod subscription;
mod transaction;
mod written;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::fhir::bundle;
use crate::model::Instant;

pub use asking::Asking;
pub use media::Sent;
pub use speak::{is_below, speak};

/// Where the interface lives.
pub const ROOT: &str = "/fhir/R4";

/// A resource to be answered, before it is put into a syntax; none where the status says it all.
pub struct Resource {
    status: StatusCode,
    resource: Option<Value>,
    version: Option<Version>,
}

/// Which version of a resource is answered.
#[derive(Clone)]
pub struct Version {
    /// `Patient/rec-…`.
    pub reference: String,
    /// Its number.
    pub number: i64,
    /// When it came to be.
    pub at: Instant,
}

impl Resource {
    /// What was asked for.
    pub const fn found(resource: Value) -> Self {
        Self { status: StatusCode::OK, resource: Some(resource), version: None }
    }

    /// What came of a creation.
    pub const fn created(resource: Value) -> Self {
        Self { status: StatusCode::CREATED, resource: Some(resource), version: None }
    }

    /// Done, and there is nothing to show.
    pub const fn nothing() -> Self {
        Self { status: StatusCode::NO_CONTENT, resource: None, version: None }
    }

    /// With its version in the headers.
    pub fn of_version(mut self, version: Version) -> Self {
        self.version = Some(version);
        self
    }

    /// Without the resource: the headers say enough.
    pub fn bare(self) -> Self {
        Self { resource: None, ..self }
    }

    /// Status and resource, as an entry of a Bundle says them.
    pub fn into_parts(self) -> (u16, Option<Value>, Option<Version>) {
        (self.status.as_u16(), self.resource, self.version)
    }
}

impl Version {
    /// The address of this version.
    fn address(&self, base: &str) -> String {
        format!("{base}/{}/_history/{}", self.reference, self.number)
    }

    /// As an entry of a Bundle tells it.
    pub fn told(&self, base: &str) -> bundle::Version {
        let modified = self.at.to_string();
        bundle::Version { location: self.address(base), etag: self.etag(), modified }
    }

    /// Its number as HTTP knows it.
    fn etag(&self) -> String {
        format!("W/\"{}\"", self.number)
    }
}

/// The resource in the extensions of a response.
#[derive(Clone)]
struct Unwritten(Value);

/// The version in the extensions of a response: its address takes that of the interface.
#[derive(Clone)]
struct Versioned {
    version: Version,
    created: bool,
}

impl IntoResponse for Resource {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        let extensions = response.extensions_mut();
        if let Some(resource) = self.resource {
            extensions.insert(Unwritten(resource));
        }
        if let Some(version) = self.version {
            extensions.insert(Versioned { version, created: self.status == StatusCode::CREATED });
        }
        response
    }
}
