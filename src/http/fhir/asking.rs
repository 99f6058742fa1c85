//! Who asks, why, in which language and at which address: what every interaction needs.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::HOST;
use axum::http::request::Parts;

use super::ROOT;
use crate::http::App;
use crate::http::extract::Known;
use crate::http::problem::{Problem, language_of};
use crate::model::{Caller, Language, Scope};
use crate::operations::ask;
use crate::operations::patients::{self, View};

/// FHIR has no field for the purpose of a question: whoever may ask for several names one here.
const PURPOSE: &str = "x-purpose-of-use";

/// Somebody who asks.
pub struct Asking {
    known: Known,
    strict: bool,
    purpose: Option<String>,
    /// The language in which to answer.
    pub language: Language,
    /// The address of the interface, as the caller knows it.
    pub base: String,
}

impl Asking {
    /// The caller, when its key has this right.
    ///
    /// # Errors
    /// `not_permitted`.
    pub fn granted(&self, scope: Scope) -> Result<Caller, Problem> {
        self.known.clone().granted(scope)
    }

    /// Why the caller asks, as far as it can be known.
    pub fn purpose(&self, app: &App, caller: &Caller) -> Option<String> {
        ask::purpose(&app.hub, caller, self.purpose.as_deref())
    }

    /// With whose eyes the caller looks at people.
    ///
    /// # Errors
    /// `refused_by_agreement`, before anybody is looked for.
    pub async fn view<'c>(&self, app: &App, caller: &'c Caller) -> Result<View<'c>, Problem> {
        Ok(patients::view(&app.hub, caller, self.purpose(app, caller)).await?)
    }
}

impl Asking {
    /// Checks that a caller can do with parameters that are left aside: usually they are only named in the answer.
    ///
    /// # Errors
    /// `invalid_parameter`, for who wants them to be strictly handled.
    pub fn tolerates(&self, ignored: &[String]) -> Result<(), Problem> {
        match ignored.first().filter(|_| self.strict) {
            Some(name) => Err(Problem::parameter(name, "handling=strict")),
            None => Ok(()),
        }
    }

    /// The address of a search; `next` leads to another page of it.
    pub fn address(
        &self,
        kind: &str,
        given: &[(String, String)],
        next: Option<(&str, String)>,
    ) -> String {
        let address = format!("{}/{kind}", self.base);
        let Ok(mut url) = reqwest::Url::parse(&address) else { return address };
        let turned = |name: &str| next.is_some() && matches!(name, "_after" | "_offset");
        let kept = given.iter().filter(|(name, _)| !turned(name));
        let all = kept.map(|(name, value)| (name.as_str(), value.as_str()));
        let next = next.as_ref().map(|(name, value)| (*name, value.as_str()));
        let all: Vec<(&str, &str)> = all.chain(next).collect();
        if !all.is_empty() {
            url.query_pairs_mut().extend_pairs(all);
        }
        url.into()
    }
}

impl FromRequestParts<App> for Asking {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let known = Known::from_request_parts(parts, app).await?;
        let headers = &parts.headers;
        let purpose = text(headers, PURPOSE).map(ToOwned::to_owned);
        let strict = text(headers, "prefer").is_some_and(|text| text.contains("handling=strict"));
        Ok(Self { known, strict, purpose, language: language_of(headers), base: base(headers) })
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok().map(str::trim).filter(|text| !text.is_empty())
}

/// The address of the interface: the host that the caller named, behind the proxy that terminates TLS.
pub fn base(headers: &HeaderMap) -> String {
    let host = text(headers, HOST.as_str()).unwrap_or("localhost");
    let scheme = match text(headers, "x-forwarded-proto") {
        Some("https") => "https",
        _ => "http",
    };
    format!("{scheme}://{host}{ROOT}")
}
