//! In which syntax a caller writes and reads.

use axum::extract::{FromRequest, Request};
use axum::http::header::{ACCEPT, CONTENT_TYPE, HeaderMap};
use axum::http::{HeaderValue, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::http::problem::{Code, Problem};
use crate::http::{App, media, upload};

/// A syntax of FHIR.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Syntax {
    /// JSON.
    Json,
}

impl Syntax {
    const ALL: [Self; 1] = [Self::Json];

    const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/fhir+json",
        }
    }

    /// The syntax of a media type, or of the short name that `_format` allows.
    fn of(name: &str) -> Option<Self> {
        match name {
            "json" | "application/json" | "application/fhir+json" | "text/json" => Some(Self::Json),
            "*/*" | "application/*" => Some(Self::Json),
            _ => None,
        }
    }

    /// The syntax that a caller reads: `_format` before `Accept`; JSON for who does not say.
    ///
    /// # Errors
    /// `not_acceptable`.
    pub fn wanted(uri: &Uri, headers: &HeaderMap) -> Result<Self, Problem> {
        if let Some(format) = parameter(uri, "_format") {
            // A plus sign in a query is a blank.
            return Self::of(&essence(&format).replace(' ', "+")).ok_or_else(not_acceptable);
        }
        let Some(accept) = headers.get(ACCEPT).and_then(|value| value.to_str().ok()) else {
            return Ok(Self::Json);
        };
        let mut best: Option<(f32, Self)> = None;
        for range in accept.split(',') {
            let Some(syntax) = Self::of(&essence(range)) else { continue };
            let quality = quality(range);
            if quality > best.map_or(0.0, |(known, _)| known) {
                best = Some((quality, syntax));
            }
        }
        best.map(|(_, syntax)| syntax).ok_or_else(not_acceptable)
    }

    /// A resource in this syntax.
    pub fn write(self, resource: &Value) -> Response {
        let body = match self {
            Self::Json => resource.to_string(),
        };
        let kind = HeaderValue::from_static(self.media_type());
        ([(CONTENT_TYPE, kind)], body).into_response()
    }
}

fn not_acceptable() -> Problem {
    let known: Vec<&str> = Syntax::ALL.iter().map(|syntax| syntax.media_type()).collect();
    Problem::new(Code::NotAcceptable).with("known", known.join(", "))
}

/// A media type without its parameters, in lower case.
fn essence(range: &str) -> String {
    range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn quality(range: &str) -> f32 {
    let stated = range.split(';').skip(1).find_map(|part| part.trim().strip_prefix("q="));
    stated.and_then(|text| text.parse().ok()).unwrap_or(1.0)
}

/// The first value of a parameter.
pub fn parameter(uri: &Uri, name: &str) -> Option<String> {
    parameters(uri).into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

/// Every parameter of an address, in order; what cannot be read is left out.
pub fn parameters(uri: &Uri) -> Vec<(String, String)> {
    axum::extract::Query::try_from_uri(uri).map(|query| query.0).unwrap_or_default()
}

/// A resource that was sent.
pub struct Sent(pub Value);

impl FromRequest<App> for Sent {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let kind = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let syntax = kind.map_or(Some(Syntax::Json), |kind| Syntax::of(&essence(kind)));
        let Some(syntax) = syntax else {
            let known = Syntax::ALL.map(Syntax::media_type);
            let format = media::shown(&parts.headers);
            return Err(Problem::new(Code::UnsupportedFormat).with("format", format).known(known));
        };
        let bytes = upload::whole(body, app.limits.document).await?;
        let resource: Value = match syntax {
            Syntax::Json => serde_json::from_slice(&bytes).map_err(|error| {
                // Only where: the message of a wrong value would repeat the value.
                let place = format!("line {}, column {}", error.line(), error.column());
                Problem::new(Code::InvalidBody).with("reason", place)
            })?,
        };
        if resource["resourceType"].is_string() {
            Ok(Self(resource))
        } else {
            Err(Problem::new(Code::InvalidBody).with("reason", "resourceType"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(uri: &'static str, accept: &'static str) -> Option<Syntax> {
        let mut headers = HeaderMap::new();
        if !accept.is_empty() {
            headers.insert(ACCEPT, HeaderValue::from_static(accept));
        }
        Syntax::wanted(&Uri::from_static(uri), &headers).ok()
    }

    #[test]
    fn format_counts_before_accept_and_json_is_the_usual() {
        assert_eq!(wanted("/p", ""), Some(Syntax::Json));
        assert_eq!(wanted("/p", "text/html, */*;q=0.8"), Some(Syntax::Json));
        assert_eq!(wanted("/p?_format=application/fhir+json", "image/png"), Some(Syntax::Json));
        assert_eq!(wanted("/p", "image/png"), None);
        assert_eq!(wanted("/p?_format=text/turtle", "application/json"), None);
    }
}
