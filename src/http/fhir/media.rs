//! In which syntax a caller writes and reads.

use axum::extract::{FromRequest, Request};
use axum::http::header::{ACCEPT, CONTENT_TYPE, HeaderMap};
use axum::http::{HeaderValue, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::fhir::xml::{self, Fault};
use crate::http::problem::{Code, Problem};
use crate::http::{App, media, upload};

/// A syntax of FHIR.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Syntax {
    /// JSON.
    Json,
    /// XML.
    Xml,
}

impl Syntax {
    const ALL: [Self; 2] = [Self::Json, Self::Xml];

    const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/fhir+json",
            Self::Xml => "application/fhir+xml",
        }
    }

    /// The syntax of a media type, or of the short name that `_format` allows.
    fn of(name: &str) -> Option<Self> {
        match name {
            "json" | "application/json" | "application/fhir+json" | "text/json" => Some(Self::Json),
            "xml" | "application/xml" | "application/fhir+xml" | "text/xml" => Some(Self::Xml),
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
    ///
    /// # Errors
    /// When XML has no place for it: the mapping that made it writes what R4 does not know.
    pub fn write(self, resource: &Value) -> Result<Response, Fault> {
        let body = match self {
            Self::Json => resource.to_string(),
            Self::Xml => xml::write(resource)?,
        };
        // Of blanks R4's `string` knows those of ASCII only, and French has no-break ones.
        let body = body.replace(|c: char| c.is_whitespace() && !c.is_ascii(), " ");
        let kind = HeaderValue::from_static(self.media_type());
        Ok(([(CONTENT_TYPE, kind)], body).into_response())
    }

    /// Reads a resource in this syntax.
    fn read(self, bytes: &[u8]) -> Result<Value, Problem> {
        let wrong = |place: String| Problem::new(Code::InvalidBody).with("reason", place);
        match self {
            // Only where: the message of a wrong value would repeat the value.
            Self::Json => serde_json::from_slice(bytes).map_err(|error| {
                wrong(format!("line {}, column {}", error.line(), error.column()))
            }),
            Self::Xml => {
                let text = std::str::from_utf8(bytes).map_err(|_| wrong("UTF-8".to_owned()))?;
                xml::read(text).map_err(|fault| wrong(fault.to_string()))
            }
        }
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
        let resource = syntax.read(&bytes)?;
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
        assert_eq!(wanted("/p?_format=xml", "application/fhir+json"), Some(Syntax::Xml));
        assert_eq!(wanted("/p", "application/fhir+json;q=0.5, text/xml"), Some(Syntax::Xml));
        assert_eq!(wanted("/p", "image/png"), None);
        assert_eq!(wanted("/p?_format=text/turtle", "application/json"), None);
    }
}
