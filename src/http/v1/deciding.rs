//! Somebody who may decide who is whom, with their own name for the decision.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::http::App;
use crate::http::extract::Known;
use crate::http::problem::Problem;
use crate::model::{Caller, Scope};
use crate::operations::stewardship::Steward;

/// A caller with the scope `reviews:decide`, and the `Idempotency-Key` of the request.
pub struct Deciding {
    caller: Caller,
    key: Option<String>,
}

impl Deciding {
    /// The steward, with a reason.
    pub fn because<'s>(&'s self, reason: &'s str) -> Steward<'s> {
        Steward { caller: &self.caller, reason, idempotency_key: self.key.as_deref() }
    }
}

impl FromRequestParts<App> for Deciding {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let known = Known::from_request_parts(parts, app).await?;
        let caller = known.granted(Scope::ReviewsDecide)?;
        Ok(Self { caller, key: idempotency_key(&parts.headers)? })
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().ok().map(str::trim);
    let key = key.filter(|key| (1..=200).contains(&key.len()));
    key.map(|key| Some(key.to_owned()))
        .ok_or_else(|| Problem::parameter("Idempotency-Key", "1..200 ASCII"))
}
