//! What handlers are given: the caller, the language, parameters and bodies, each read once.
//!
//! The caller comes first in every handler's list: who may not ask learns nothing about what is
//! wrong with the question.

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::problem::{Code, Problem, language_of};
use super::{App, UploadLimits, media, upload};
use crate::model::{Caller, Holder, Language, SchemeId, Scope};
use crate::operations::keys;

/// Somebody whose key was recognised; what it may do is asked with [`Known::granted`].
#[derive(Clone)]
pub struct Known(Caller);

impl Known {
    /// The caller, when its key has this right.
    ///
    /// # Errors
    /// `not_permitted`, with the name of the right.
    pub fn granted(self, scope: Scope) -> Result<Caller, Problem> {
        if self.0.may(scope) {
            Ok(self.0)
        } else {
            Err(Problem::new(Code::NotPermitted).with("scope", scope.name()))
        }
    }
}

/// Somebody who asks from the hub's own machine. Only this process can say so: it comes with no header.
#[derive(Clone)]
pub(super) struct Here(pub Caller);

impl FromRequestParts<App> for Known {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        if let Some(Here(caller)) = parts.extensions.get::<Here>() {
            return Ok(Self(caller.clone()));
        }
        let shown = bearer(&parts.headers).ok_or(Problem::new(Code::Unauthenticated))?;
        let caller = keys::authenticate(&app.hub, shown).await?;
        Ok(Self(caller))
    }
}

/// RFC 6750: the name of the method is compared without regard to case.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (method, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    method.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// The language in which to answer.
pub struct Speaks(pub Language);

impl<S: Send + Sync> FromRequestParts<S> for Speaks {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(language_of(&parts.headers)))
    }
}

/// Parameters after the question mark.
pub struct Params<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match Query::<T>::from_request_parts(parts, app).await {
            Ok(Query(params)) => Ok(Self(params)),
            Err(rejection) => Err(Problem::parameter("?", rejection.body_text())),
        }
    }
}

/// Bytes of a data file: a table of a hundred thousand codes has some five million.
pub const LARGEST_FILE: u64 = 8 << 20;

/// A typed part of the path, such as an id. What cannot be one is simply not there.
pub struct Named<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match Path::<T>::from_request_parts(parts, app).await {
            Ok(Path(named)) => Ok(Self(named)),
            Err(_) => Err(Problem::new(Code::NotFound)),
        }
    }
}

/// A JSON document of ours, of a size that a person or a small program writes.
pub struct Document<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Document<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        Ok(Self(document(request, app.limits.document).await?))
    }
}

/// A JSON document of ours that carries the text of a data file: as large as such a file may be.
pub struct Carrying<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Carrying<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let limits = UploadLimits { bytes: LARGEST_FILE, ..app.limits.document };
        Ok(Self(document(request, limits).await?))
    }
}

async fn document<T: DeserializeOwned>(
    request: Request,
    limits: UploadLimits,
) -> Result<T, Problem> {
    let bytes = json_bytes(request, limits).await?;
    json(&bytes)
}

/// The bytes of a JSON document.
///
/// # Errors
/// When it is said to be something else, too long, or broken off.
pub(super) async fn json_bytes(request: Request, limits: UploadLimits) -> Result<Vec<u8>, Problem> {
    let (parts, body): (Parts, Body) = request.into_parts();
    media::expect_json(&parts.headers)?;
    Ok(upload::whole(body, limits).await?)
}

/// Reads a JSON document.
///
/// # Errors
/// `invalid_body`, with the place.
pub(super) fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes)
        .map_err(|error| Problem::new(Code::InvalidBody).with("reason", place_of(&error)))
}

/// Only what kind of error and where: the message of a wrong value would repeat the value.
fn place_of(error: &serde_json::Error) -> String {
    format!("line {}, column {}", error.line(), error.column())
}

/// The scheme of a path, when the hub knows it.
///
/// # Errors
/// `unknown_scheme`, with the known ones.
pub fn known_scheme(app: &App, name: &str) -> Result<SchemeId, Problem> {
    let library = app.hub.library();
    let registry = library.registry();
    let parsed: Option<SchemeId> = name.parse().ok();
    parsed.filter(|scheme| registry.scheme(scheme).is_some()).ok_or_else(|| {
        let shown: String = name.chars().take(40).collect();
        let known = registry.schemes().map(|scheme| &scheme.id);
        Problem::new(Code::UnknownScheme).with("scheme", shown).known(known)
    })
}

/// The scheme that a caller may act for: its own, or any for an operator.
///
/// # Errors
/// `not_permitted`.
pub fn own(caller: &Caller, scheme: &SchemeId, scope: Scope) -> Result<(), Problem> {
    if caller.sees(scheme) {
        Ok(())
    } else {
        let needed = format!("{} ({scheme})", scope.name());
        Err(Problem::new(Code::NotPermitted).with("scope", needed))
    }
}

/// To which scheme a caller's lists are narrowed: its own; `None`, that is all, for an operator.
///
/// # Errors
/// `not_permitted` for a partner: nothing in such lists is a partner's.
pub fn narrowed(caller: &Caller, scope: Scope) -> Result<Option<&SchemeId>, Problem> {
    match &caller.holder {
        Holder::Scheme(scheme) => Ok(Some(scheme)),
        Holder::Operator(_) => Ok(None),
        Holder::Partner(_) => Err(Problem::new(Code::NotPermitted).with("scope", scope.name())),
    }
}
