//! Who comes: looked up once a request, before any handler.
//!
//! Everybody who comes gets something to show, also before signing in: forms are bound to it, so that no other site can
//! make a browser send one. [`Visit`] is anybody; [`Member`] is somebody who signed in, others are sent to the door.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{HOST, REFERER, SET_COOKIE, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{cookie, words::Words};
use crate::http::{App, Code, Problem, language_of};
use crate::model::{Caller, Language, Scope};
use crate::operations::accounts::sessions::{self, Seated};
use crate::operations::{Hub, StoreError};

/// One request by anybody.
#[derive(Clone)]
pub struct Visit {
    /// In the reader's language.
    pub words: Words,
    /// What the browser shows.
    pub shown: Zeroizing<String>,
    /// What its forms must carry.
    pub form: String,
    /// How the hub was called, such as `https://hub.example.org`.
    pub origin: String,
    /// Path and query of the view that the reader has before them: of a form, those of the view that it stood on.
    pub here: String,
    /// The browser, as it names itself.
    pub agent: String,
    /// Whether it came by TLS.
    pub tls: bool,
    /// Who signed in.
    pub seated: Option<Seated>,
}

impl Visit {
    /// Whether a form with this token was made for this browser.
    pub fn made(&self, token: &str) -> bool {
        token.as_bytes().ct_eq(self.form.as_bytes()).into()
    }
}

/// Layer: looks who comes, and gives visitors something to show.
pub async fn load(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let (visit, fresh) = match look(app.hub(), request.headers().clone(), place(&request)).await {
        Ok(looked) => looked,
        Err(failed) => return Problem::internal(&failed).into_response(),
    };
    let cookie = fresh.then(|| cookie::shown(cookie::VISITOR, &visit.shown, visit.tls)).flatten();
    request.extensions_mut().insert(visit);
    let mut response = next.run(request).await;
    // A handler that lets somebody in has said what the browser shows from now on.
    if let Some(cookie) = cookie.filter(|_| !response.headers().contains_key(SET_COOKIE)) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// The visit, and whether what the browser shows is new.
async fn look(hub: &Hub, headers: HeaderMap, here: String) -> Result<(Visit, bool), StoreError> {
    let headers = &headers;
    let brought = |name| cookie::read(headers, name).filter(|text| text.len() == SHOWN_LENGTH);
    let member = brought(cookie::SHOWN);
    let seated = match member {
        Some(text) => sessions::recognise(hub, text).await?,
        None => None,
    };
    let known = member.or_else(|| brought(cookie::VISITOR));
    let fresh = known.is_none();
    let shown = Zeroizing::new(known.map_or_else(|| visitor(hub), str::to_owned));
    let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let visit = Visit {
        words: Words(language(headers)),
        form: form_token(hub, &shown),
        shown,
        here,
        agent: agent.to_owned(),
        origin: origin(headers),
        tls: cookie::came_by_tls(headers),
        seated,
    };
    Ok((visit, fresh))
}

/// Where the reader is. The address of a form is not always one that can be opened; the view that it stood on is.
fn place(request: &Request) -> String {
    if request.method() == Method::GET {
        return request.uri().path_and_query().map_or("", |whole| whole.as_str()).to_owned();
    }
    let from = request.headers().get(REFERER).and_then(|value| value.to_str().ok());
    let from = from.and_then(|text| text.parse::<Uri>().ok());
    let path = from.as_ref().map(Uri::path);
    back_to(path).to_owned()
}

fn origin(headers: &HeaderMap) -> String {
    let host = headers.get(HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let scheme = if cookie::came_by_tls(headers) { "https" } else { "http" };
    format!("{scheme}://{host}")
}

/// 32 bytes in base64url without padding.
const SHOWN_LENGTH: usize = 43;

fn visitor(hub: &Hub) -> String {
    URL_SAFE_NO_PAD.encode(hub.random::<32>())
}

/// What a form must carry that is sent by whoever shows this text: nobody who does not hold the hub's key can make it.
fn form_token(hub: &Hub, shown: &str) -> String {
    hex::encode(hub.store().keys().hash("page form", &[shown]).as_bytes())
}

/// The reader's choice, else what the browser prefers, else French.
pub fn language(headers: &HeaderMap) -> Language {
    let chosen = cookie::read(headers, cookie::LANGUAGE).and_then(Language::from_tag);
    chosen.unwrap_or_else(|| language_of(headers))
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().expect("`load` stands before every handler"))
    }
}

/// One request by somebody who signed in.
#[derive(Clone)]
pub struct Member {
    /// The request.
    pub visit: Visit,
    /// Who.
    pub seated: Seated,
    /// As operations know them.
    pub caller: Caller,
}

impl Member {
    /// Lets only those on who have a right.
    ///
    /// # Errors
    /// `not_permitted`, with the name of the right.
    pub fn with(self, scope: Scope) -> Result<Self, Problem> {
        if self.caller.may(scope) {
            Ok(self)
        } else {
            Err(Problem::new(Code::NotPermitted).with("scope", scope.name()))
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Member {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let Ok(visit) = Visit::from_request_parts(parts, state).await;
        let Some(seated) = visit.seated.clone() else {
            // What was typed into a form is lost, but not where it was.
            let to: String = form_urlencoded::byte_serialize(visit.here.as_bytes()).collect();
            return Err(Redirect::to(&format!("/ui/sign-in?to={to}")).into_response());
        };
        let caller = seated.account.caller();
        Ok(Self { visit, seated, caller })
    }
}

/// An address on this page that somebody may be sent back to; anything else is the beginning.
pub fn back_to(text: Option<&str>) -> &str {
    let ours = |text: &&str| {
        let rest = text.strip_prefix(super::ROOT);
        let path = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
        path && !text.contains(['\\', '\r', '\n']) && !text.contains("//")
    };
    text.filter(ours).unwrap_or(super::ROOT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for foreign in
            ["https://evil.example", "//evil.example", "/ui//evil", "/uix", "/v1/keys", "/ui\\x"]
        {
            assert_eq!(back_to(Some(foreign)), "/ui", "{foreign}");
        }
        assert_eq!(back_to(Some("/ui/batches?state=held")), "/ui/batches?state=held");
        assert_eq!(back_to(None), "/ui");
    }
}
