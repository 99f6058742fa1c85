//! What a form carries: taken only from our own pages, in the order of its fields.

use std::time::Duration;

use axum::body::Body;
use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};

use super::visit::Visit;
use crate::http::{App, Code, Problem, UploadLimits, whole};

/// The field that says the form is ours.
pub const TOKEN: &str = "form";
/// What a form may hold: a corrected record and a reason, not a file.
const LIMITS: UploadLimits = UploadLimits { bytes: 1 << 20, silence: Duration::from_secs(10) };
/// What a form with the text of a data file may hold: every letter of it may take three on the way.
const TEXT: UploadLimits = UploadLimits { bytes: 4 << 20, ..LIMITS };

/// The fields of a form that one of our pages made for this browser.
pub struct Form(Vec<(String, String)>);

impl Form {
    /// A field, without blanks around it; empty when it is absent.
    pub fn text(&self, name: &str) -> &str {
        self.exact(name).trim()
    }

    /// A field as it was typed: a password, a record.
    pub fn exact(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// Every field of a name.
    pub fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every field whose name begins so, with the rest of its name.
    pub fn beginning<'f>(&'f self, prefix: &'f str) -> impl Iterator<Item = (&'f str, &'f str)> {
        self.0
            .iter()
            .filter_map(move |(key, value)| Some((key.strip_prefix(prefix)?, value.as_str())))
    }
}

/// A form that carries the text of a data file.
pub struct LongForm(pub Form);

/// A form with a file in it (RFC 7578): the only way in which a browser sends one without a script.
pub struct Upload {
    /// Its other fields.
    pub form: Form,
    /// The file; empty when none was chosen.
    pub file: Vec<u8>,
}

impl FromRequest<App> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        take(request, app, LIMITS).await.map_err(IntoResponse::into_response)
    }
}

impl FromRequest<App> for LongForm {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        take(request, app, TEXT).await.map(Self).map_err(IntoResponse::into_response)
    }
}

impl FromRequest<App> for Upload {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        upload(request, app).await.map_err(IntoResponse::into_response)
    }
}

async fn upload(request: Request, app: &App) -> Result<Upload, Problem> {
    let (mut parts, body) = request.into_parts();
    let Ok(visit) = Visit::from_request_parts(&mut parts, app).await;
    if !is_ours(&parts.headers) {
        return Err(Problem::new(Code::ForeignForm));
    }
    let broken = |error: MultipartError| Problem::new(Code::InvalidBody).with("reason", error);
    let bytes = whole(body, TEXT).await?;
    let request = Request::from_parts(parts, Body::from(bytes));
    let form = Multipart::from_request(request, app).await;
    let mut form =
        form.map_err(|error| Problem::new(Code::InvalidBody).with("reason", error.body_text()))?;
    let (mut fields, mut file) = (Vec::new(), Vec::new());
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        if field.file_name().is_some() {
            file = field.bytes().await.map_err(broken)?.to_vec();
        } else {
            fields.push((name, field.text().await.map_err(broken)?));
        }
    }
    let form = Form(fields);
    if visit.made(form.exact(TOKEN)) {
        Ok(Upload { form, file })
    } else {
        Err(Problem::new(Code::ForeignForm))
    }
}

async fn take(request: Request, app: &App, limits: UploadLimits) -> Result<Form, Problem> {
    let (mut parts, body) = request.into_parts();
    let Ok(visit) = Visit::from_request_parts(&mut parts, app).await;
    if !is_ours(&parts.headers) {
        return Err(Problem::new(Code::ForeignForm));
    }
    let bytes = whole(body, limits).await?;
    let form = Form(form_urlencoded::parse(&bytes).into_owned().collect());
    if visit.made(form.exact(TOKEN)) { Ok(form) } else { Err(Problem::new(Code::ForeignForm)) }
}

/// Whether no other site made the browser send this, as far as it says (Fetch Metadata); old browsers do not say.
pub fn is_ours(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    site.is_none_or(|site| matches!(site, "same-origin" | "none"))
}
