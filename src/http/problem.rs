//! What the hub answers when it cannot do what was asked: RFC 9457 problems.
//!
//! The only module that knows status codes. A handler returns a [`Problem`];
//! [`localize`] writes it in the caller's language, because a problem may also come from where
//! nobody knows the request (a panic, a limit). A client sees what it can fix; the cause of an
//! internal failure goes to the log, once, here.

mod operations;
mod violation;

use std::error::Error;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    ACCEPT_LANGUAGE, ALLOW, CONTENT_LANGUAGE, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION,
    RETRY_AFTER, VARY, WWW_AUTHENTICATE,
};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value as Json;
use tracing::error;
use utoipa::ToSchema;

pub use violation::{Rule, Violation};

use crate::messages::{self, Value};
use crate::model::named::named;
use crate::model::{Issue, Language};

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $status:ident $name:literal;)*) => {
        named! {
            /// A stable code of the problems that this interface answers.
            pub enum Code;

            $($(#[$doc])* $variant = $name;)*
        }

        impl Code {
            /// The status with which it is answered.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)* }
            }
        }
    };
}

codes! {
    /// A parameter that cannot be read; `name` and `reason` say which and why.
    InvalidParameter = BAD_REQUEST "invalid_parameter";
    /// A body that is not the JSON document that was expected.
    InvalidBody = BAD_REQUEST "invalid_body";
    /// The upload broke off before its end.
    IncompleteBody = BAD_REQUEST "incomplete_body";
    /// No key, or one that nobody gave out.
    Unauthenticated = UNAUTHORIZED "unauthenticated";
    /// A key that was withdrawn or whose time is over.
    KeyExpired = UNAUTHORIZED "key_expired";
    /// A right that nobody gave the key; `scope` names it.
    NotPermitted = FORBIDDEN "not_permitted";
    /// Something that a scheme says of its own beneficiaries, said by somebody else.
    SchemesOnly = FORBIDDEN "schemes_only";
    /// A form that no page of the hub made for this browser.
    ForeignForm = FORBIDDEN "foreign_form";
    /// No agreement lets the asker have this.
    RefusedByAgreement = FORBIDDEN "refused_by_agreement";
    /// No scheme of this name; the known ones are listed.
    UnknownScheme = NOT_FOUND "unknown_scheme";
    /// `$ihe-pix`: nobody bears this number, or nobody whom the caller may see.
    UnknownSourceIdentifier = NOT_FOUND "unknown_source_identifier";
    /// `$ihe-pix`: nobody here assigns numbers of the source's system.
    UnknownSourceSystem = BAD_REQUEST "unknown_source_system";
    /// `$ihe-pix`: nobody here assigns numbers of a target system.
    UnknownTargetSystem = FORBIDDEN "unknown_target_system";
    /// A number that another scheme gives, or nobody; `system`.
    ForeignDomain = FORBIDDEN "foreign_domain";
    /// A resource under another number than the one that was named.
    OtherNumber = BAD_REQUEST "other_number";
    /// An inactive patient whose place nobody takes.
    InactivePatient = UNPROCESSABLE_ENTITY "inactive_patient";
    /// A record whose place another one has taken; `by`.
    RecordReplaced = CONFLICT "record_replaced";
    /// The record that is to take another one's place is not there.
    NoSurvivor = UNPROCESSABLE_ENTITY "no_survivor";
    /// A patient alone, in whose place coverages would be lost.
    LosesCoverage = CONFLICT "loses_coverage";
    /// No syntax that the caller reads.
    NotAcceptable = NOT_ACCEPTABLE "not_acceptable";
    /// Something of a standard that this hub does not do; `what` names it.
    NotSupported = UNPROCESSABLE_ENTITY "not_supported";
    /// Nothing there, or nothing that the caller may see.
    NotFound = NOT_FOUND "not_found";
    /// The address exists, but not with this method.
    MethodNotAllowed = METHOD_NOT_ALLOWED "method_not_allowed";
    /// A change that does not say what it was made from; `If-Match` or `If-None-Match` says it.
    PreconditionRequired = PRECONDITION_REQUIRED "precondition_required";
    /// Somebody else was faster: what stands there is not what the change was made from.
    Stale = PRECONDITION_FAILED "stale";
    /// A version that would change what was published under its `version:`.
    VersionPublished = CONFLICT "version_published";
    /// A version that a second person must approve first.
    ApprovalMissing = CONFLICT "approval_missing";
    /// A version that its own author cannot approve.
    OwnText = FORBIDDEN "own_text";
    /// Data files that would not work; `diagnostics` say why.
    InvalidFiles = UNPROCESSABLE_ENTITY "invalid_files";
    /// The caller stopped sending, or the answer took too long.
    TimedOut = REQUEST_TIMEOUT "timed_out";
    /// What is asked contradicts what is already there.
    Conflict = CONFLICT "conflict";
    /// A review that somebody else looks at; `by` and `until`.
    Claimed = CONFLICT "claimed";
    /// A review that was decided, or whose question no longer stands; `state` and `by`.
    AlreadyDecided = CONFLICT "already_decided";
    /// A decision that was taken back already; `by`.
    AlreadyUndone = CONFLICT "already_undone";
    /// A decision that contradicts others; `chain`, and one diagnostic a step.
    Contradiction = CONFLICT "contradiction";
    /// A decision without a reason, or with one that is too long; `limit` in letters.
    ReasonMissing = BAD_REQUEST "reason_missing";
    /// More records than one decision may concern; `limit`.
    TooManyRecords = UNPROCESSABLE_ENTITY "too_many_records";
    /// A split that names none, all, or others than the person's records.
    NotAPart = UNPROCESSABLE_ENTITY "not_a_part";
    /// A merge of a person with themselves.
    OnePerson = UNPROCESSABLE_ENTITY "one_person";
    /// Nothing was measured yet.
    NotMeasured = NOT_FOUND "not_measured";
    /// A person of whom nothing is known any more.
    PersonGone = GONE "person_gone";
    /// The same idempotency key with another content.
    IdempotencyKeyReused = CONFLICT "idempotency_key_reused";
    /// A body larger than the limit; `limit` in bytes.
    BodyTooLarge = PAYLOAD_TOO_LARGE "body_too_large";
    /// A content type that the scheme's format is not.
    UnsupportedFormat = UNSUPPORTED_MEDIA_TYPE "unsupported_format";
    /// A file of which nothing can be used; its violations say why.
    UnreadableFile = UNPROCESSABLE_ENTITY "unreadable_file";
    /// A document that breaks rules; its violations say which.
    InvalidRecord = UNPROCESSABLE_ENTITY "invalid_record";
    /// A subscriber's address that may not be called.
    ForbiddenAddress = UNPROCESSABLE_ENTITY "forbidden_address";
    /// More at once than the hub takes.
    Overloaded = SERVICE_UNAVAILABLE "overloaded";
    /// The hub cannot reach what it needs.
    Unavailable = SERVICE_UNAVAILABLE "unavailable";
    /// A fault of the hub.
    Internal = INTERNAL_SERVER_ERROR "internal";
}

/// Something that could not be done, before it is put into words.
#[derive(Clone, Debug)]
pub struct Problem {
    code: Code,
    arguments: Vec<(&'static str, String)>,
    violations: Vec<Issue>,
    // Boxed: a problem is the error of every handler and should stay small.
    diagnostics: Box<[Json]>,
    known: Vec<String>,
    location: Option<String>,
}

impl Problem {
    /// A problem of this code.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self {
            code,
            arguments: Vec::new(),
            violations: Vec::new(),
            diagnostics: Box::new([]),
            known: Vec::new(),
            location: None,
        }
    }

    /// With a value that the words of the code name, such as `scope`. Never personal.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.arguments.push((name, value.to_string()));
        self
    }

    /// With what is wrong, each with its place.
    #[must_use]
    pub fn violations(mut self, violations: Vec<Issue>) -> Self {
        self.violations = violations;
        self
    }

    /// With what is wrong with data files, each with its place and, where possible, a correction.
    #[must_use]
    pub fn diagnostics(mut self, diagnostics: Vec<Json>) -> Self {
        self.diagnostics = diagnostics.into();
        self
    }

    /// With the values that would have been right.
    #[must_use]
    pub fn known(mut self, known: impl IntoIterator<Item = impl ToString>) -> Self {
        self.known = known.into_iter().map(|one| one.to_string()).collect();
        self
    }

    /// With the address of what was kept nevertheless, such as the batch of a refused file.
    #[must_use]
    pub fn location(mut self, location: impl Into<String>) -> Self {
        self.location = Some(location.into());
        self
    }

    /// Its code.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.code
    }

    /// What is wrong, each with its place.
    #[must_use]
    pub fn wrong(&self) -> &[Issue] {
        &self.violations
    }

    /// A parameter that cannot be read.
    #[must_use]
    pub fn parameter(name: &str, reason: impl ToString) -> Self {
        Self::new(Code::InvalidParameter).with("name", name).with("reason", reason)
    }

    /// A fault of the hub: the cause goes to the log with all that led to it.
    #[must_use]
    pub fn internal(cause: &(dyn Error + 'static)) -> Self {
        let mut chain = cause.to_string();
        let mut next = cause.source();
        while let Some(inner) = next {
            chain.push_str(": ");
            chain.push_str(&inner.to_string());
            next = inner.source();
        }
        error!(cause = chain, "a request failed inside the hub");
        Self::new(Code::Internal)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// A problem as RFC 9457 writes it.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// `urn:dankun:problem:` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// What kind of problem, in the caller's language.
    title: String,
    /// The HTTP status.
    status: u16,
    /// The stable code, such as `unknown_scheme`.
    code: &'static str,
    /// What happened this time and what to do, in the caller's language.
    detail: String,
    /// The id of the request, to be named when asking for help.
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
    /// What is wrong in what was sent, each with its place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    violations: Vec<Violation>,
    /// What is wrong with data files, each with its place and, where possible, a correction.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    diagnostics: Vec<Json>,
    /// The values that would have been right.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    known: Vec<String>,
}

/// The language in which to answer; French when the caller does not say.
#[must_use]
pub fn language_of(headers: &HeaderMap) -> Language {
    headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .and_then(Language::negotiate)
        .unwrap_or_default()
}

/// Writes the problem that `run` answers in the caller's language, also one that no handler made.
pub async fn localize<F>(request: Request, run: impl FnOnce(Request) -> F) -> Response
where
    F: Future<Output = Response>,
{
    let language = language_of(request.headers());
    let instance = super::layers::request_id(&request);
    let uri = request.uri().clone();
    let mut response = run(request).await;
    match taken(&mut response, &uri) {
        Some(problem) => write(&problem, language, instance, response.headers()),
        None => response,
    }
}

/// The problem that a response stands for, taken out of it.
pub fn taken(response: &mut Response, uri: &Uri) -> Option<Problem> {
    response.extensions_mut().remove::<Problem>().or_else(|| bare(response, uri))
}

/// The problem behind a bare status that the router or a layer answered.
fn bare(response: &Response, uri: &Uri) -> Option<Problem> {
    // A handler that answers with a document of its own has said what it had to say.
    if response.headers().contains_key(CONTENT_TYPE) {
        return None;
    }
    let code = match response.status() {
        StatusCode::NOT_FOUND => Code::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Code::MethodNotAllowed,
        StatusCode::PAYLOAD_TOO_LARGE => Code::BodyTooLarge,
        status if status.is_server_error() => Code::Internal,
        _ => return None,
    };
    Some(Problem::new(code).with("path", uri.path()))
}

impl Problem {
    /// What kind of problem, and what happened this time, in words.
    #[must_use]
    pub fn words(&self, language: Language) -> (String, String) {
        let arguments: Vec<(&str, Value<'_>)> =
            self.arguments.iter().map(|(name, value)| (*name, value.as_str().into())).collect();
        let words = |suffix: &str| {
            messages::text(language, &format!("problem-{}{suffix}", self.code.name()), &arguments)
        };
        (words(""), words(".detail"))
    }
}

fn write(
    problem: &Problem,
    language: Language,
    instance: Option<String>,
    from: &HeaderMap,
) -> Response {
    let code = problem.code;
    let (title, detail) = problem.words(language);
    let body = ProblemBody {
        kind: format!("urn:dankun:problem:{}", code.name()),
        title,
        status: code.status().as_u16(),
        code: code.name(),
        detail,
        instance,
        violations: problem.violations.iter().map(|issue| Violation::of(issue, language)).collect(),
        diagnostics: problem.diagnostics.to_vec(),
        known: problem.known.clone(),
    };
    let json = serde_json::to_vec(&body).expect("a problem has only texts and numbers");
    let mut response = (code.status(), Body::from(json)).into_response();
    let kind = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    describe(problem, language, from, &mut response);
    response
}

/// Sets the headers that belong to a problem, whatever its syntax.
pub fn describe(problem: &Problem, language: Language, from: &HeaderMap, response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    headers.insert(VARY, HeaderValue::from_static("accept-language"));
    // The router knows which methods an address has; nobody else does.
    if let Some(allow) = from.get(ALLOW) {
        headers.insert(ALLOW, allow.clone());
    }
    match problem.code.status() {
        StatusCode::UNAUTHORIZED => {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"dankun\""));
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        _ => {}
    }
    if let Some(location) = problem.location.as_deref().and_then(|text| text.parse().ok()) {
        headers.insert(LOCATION, location);
    }
}
