//! What a caller lays down beside a resource that is written.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::http::App;
use crate::http::problem::Problem;
use crate::http::v1::batches::header;

/// What a caller lays down beside the resource.
#[derive(Default)]
pub struct Conditions {
    /// The version that was seen.
    pub if_match: Option<String>,
    /// Creates only where this finds nobody.
    pub if_none_exist: Option<String>,
    /// The sender's name for the sending.
    pub idempotency_key: Option<String>,
    /// What of it is to be answered.
    pub answer: Answer,
}

/// What is answered to who writes.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub enum Answer {
    /// The resource as it stands now.
    #[default]
    Representation,
    /// Status and headers.
    Minimal,
    /// What was unusable in the resource.
    Outcome,
}

impl FromRequestParts<App> for Conditions {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let headers = &parts.headers;
        let preferred = header(headers, "prefer", 200)?.unwrap_or_default();
        let answer = match () {
            () if preferred.contains("return=minimal") => Answer::Minimal,
            () if preferred.contains("return=OperationOutcome") => Answer::Outcome,
            () => Answer::Representation,
        };
        Ok(Self {
            if_match: header(headers, "if-match", 100)?,
            if_none_exist: header(headers, "if-none-exist", 400)?,
            idempotency_key: header(headers, "idempotency-key", 200)?,
            answer,
        })
    }
}

impl Conditions {
    /// The number of the version that was seen.
    pub fn seen(&self) -> Result<Option<i64>, Problem> {
        let Some(text) = &self.if_match else { return Ok(None) };
        let number = text.trim().trim_start_matches("W/").trim_matches('"');
        number.parse().map(Some).map_err(|_| Problem::parameter("If-Match", "W/\"1\""))
    }
}
