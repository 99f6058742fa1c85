//! `/spdci`: the questions that partners ask, as messages between registries.
//!
//! A thin shell: messages are read and written by [`crate::spdci`], everything is asked of the same operations as `/v1`,
//! so agreements, purposes and audit are the same. [`speak`] puts every failure into the specification's form.

pub mod enrolled;
mod later;
pub mod notify;
pub mod search;
mod speak;
pub mod status;
pub mod subscribe;
pub mod token;
pub mod updates;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use serde_json::Value;

pub use speak::{is_below, speak};

use super::App;
use super::extract::{self, Known};
use super::problem::{Code, Problem, language_of};
use crate::model::{Caller, DeliveryId, Instant, Issue, Language, Scope};
use crate::operations::exchange::{self, TakeError};
use crate::operations::{ask, patients};
use crate::spdci::envelope::{self, Header, Received};

/// Where the interface lives.
const ROOT: &str = "/spdci";

/// The specification has no field for the purpose of a question: whoever may ask for several names one here.
const PURPOSE: &str = "x-purpose-of-use";

/// Somebody who sends a message.
pub struct Sending {
    known: Known,
    purpose: Option<String>,
    /// The language in which to answer.
    language: Language,
}

impl FromRequestParts<App> for Sending {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let known = Known::from_request_parts(parts, app).await?;
        let purpose = text(&parts.headers, PURPOSE).map(ToOwned::to_owned);
        Ok(Self { known, purpose, language: language_of(&parts.headers) })
    }
}

impl Sending {
    fn granted(&self, scope: Scope) -> Result<Caller, Problem> {
        self.known.clone().granted(scope)
    }

    /// Whether agreements let the caller see anybody; the refusal is written down.
    async fn sees_anything(&self, app: &App, caller: &Caller) -> Result<(), Problem> {
        patients::view(&app.hub, caller, self.purpose(app, caller)).await?;
        Ok(())
    }

    fn purpose(&self, app: &App, caller: &Caller) -> Option<String> {
        ask::purpose(&app.hub, caller, self.purpose.as_deref())
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok().map(str::trim).filter(|text| !text.is_empty())
}

/// A message as sent: its tree, and the bytes that may be signed.
pub struct Message {
    body: Value,
    raw: Vec<u8>,
}

impl FromRequest<App> for Message {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        // Who says nothing of its kind does not speak the protocol.
        if !request.headers().contains_key(axum::http::header::CONTENT_TYPE) {
            let problem = Problem::new(Code::UnsupportedFormat).with("format", "?");
            return Err(problem.known(["application/json"]));
        }
        let raw = extract::json_bytes(request, app.limits.document).await?;
        Ok(Self { body: extract::json(&raw)?, raw })
    }
}

impl Message {
    /// The message, when it is as agreed with its sender and the action is this one.
    async fn open(
        self,
        app: &App,
        caller: &Caller,
        expected: (&str, Header),
    ) -> Result<Received, TakeError> {
        exchange::open(&app.hub, caller, (self.body, &self.raw), expected).await
    }

    /// The same of a message that is answered at once.
    async fn read(
        self,
        app: &App,
        caller: &Caller,
        expected: (&str, Header),
    ) -> Result<Received, Problem> {
        self.open(app, caller, expected).await.map_err(|error| match error {
            TakeError::Wrong(wrong) => invalid(wrong),
            TakeError::Store(error) => error.into(),
        })
    }
}

/// The id of an answer that is given at once, and its moment.
fn begun(app: &App) -> (String, Instant) {
    let now = app.hub.now();
    (DeliveryId::new(now, app.hub.random()).to_string(), now)
}

/// What is answered at once: `count` requests, in an envelope that is signed.
async fn answered(
    app: &App,
    received: &Received,
    (id, now): (&str, Instant),
    (action, count): (&str, usize),
    message: Value,
) -> Result<Value, Problem> {
    let sending = envelope::Sending { id, action, status: "succ", counts: (count, count), now };
    let mut whole = envelope::write(received, &sending, message);
    exchange::sign(&app.hub, &mut whole).await?;
    Ok(whole)
}

fn invalid(wrong: Vec<Issue>) -> Problem {
    Problem::new(Code::InvalidRecord).violations(wrong)
}
