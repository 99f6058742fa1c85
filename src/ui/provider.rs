//! The door through an institution: out to its own sign-in, back from it, and out of it.
//!
//! Whoever comes back is led on by a page of ours, not by a redirect: what the browser shows from now on is sent along only
//! from page to page of ours.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use tracing::{info, warn};
use zeroize::Zeroizing;

use super::cookie;
use super::page::page;
use super::shell::Shell;
use super::sign_in;
use super::visit::{Visit, back_to};
use crate::http::{App, Code, Params, Problem};
use crate::operations::accounts::providers::{Back, ProviderError, Providers};
use crate::operations::accounts::sign_in::Entered;

/// Where to go on in the end.
#[derive(Deserialize)]
pub struct Wanted {
    to: Option<String>,
}

fn providers(app: &App) -> Result<&Providers, Problem> {
    app.providers().ok_or(Problem::new(Code::NotFound))
}

/// Out to its sign-in.
pub async fn begin(
    visit: Visit,
    Path(name): Path<String>,
    State(app): State<App>,
    Params(wanted): Params<Wanted>,
) -> Result<Response, Problem> {
    let to = back_to(wanted.to.as_deref());
    match providers(&app)?.begin(app.hub(), &name, (to, visit.words.0)).await {
        Ok(way) => {
            let mut response = Redirect::to(&way.address).into_response();
            keep(&mut response, cookie::way(&way.held, visit.tls));
            Ok(response)
        }
        Err(error) => refused(&app, &visit, &name, (to, error)),
    }
}

/// What it leads the browser back with.
#[derive(Deserialize)]
pub struct Brought {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    error: String,
    #[serde(default)]
    iss: String,
}

#[derive(Template)]
#[template(path = "provider_in.html")]
struct In {
    shell: Shell,
    to: String,
}

/// Back from its sign-in.
pub async fn finish(
    visit: Visit,
    Path(name): Path<String>,
    State(app): State<App>,
    headers: HeaderMap,
    Params(brought): Params<Brought>,
) -> Result<Response, Problem> {
    let held = Zeroizing::new(cookie::read(&headers, cookie::WAY).unwrap_or_default().to_owned());
    let back = Back {
        held: &held,
        state: &brought.state,
        code: &brought.code,
        error: &brought.error,
        issuer: &brought.iss,
        agent: &visit.agent,
    };
    let mut response = match providers(&app)?.finish(app.hub(), &name, &back).await {
        Ok(returned) => {
            let to = back_to(Some(&returned.to)).to_owned();
            led_on(&visit, &name, (returned.entered, to))?
        }
        Err(error) => refused(&app, &visit, &name, (super::ROOT, error))?,
    };
    // Used, whatever came of it.
    response.headers_mut().append(SET_COOKIE, cookie::arrived());
    Ok(response)
}

fn led_on(
    visit: &Visit,
    name: &str,
    (entered, to): (Entered, String),
) -> Result<Response, Problem> {
    let (secret, to) = match entered {
        Entered::In(secret) => (secret, to),
        Entered::CodeNeeded(secret) => {
            let to: String = form_urlencoded::byte_serialize(to.as_bytes()).collect();
            (secret, format!("/ui/sign-in/code?to={to}"))
        }
    };
    let shell = Shell::of(visit).titled(visit.words.say("page-provider-in"));
    let mut response = page(visit.words, &In { shell, to })?;
    keep(&mut response, cookie::shown(cookie::SHOWN, &secret, visit.tls));
    keep(&mut response, cookie::shown(cookie::PROVIDER, name, visit.tls));
    Ok(response)
}

fn keep(response: &mut Response, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

/// Out of it, where it has a place for that.
pub async fn leave(
    visit: Visit,
    Path(name): Path<String>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    match providers(&app)?.leaving(app.hub(), &name).await {
        Ok(Some(address)) => Ok(Redirect::to(&address).into_response()),
        Ok(None) => Ok(Redirect::to("/ui/sign-in").into_response()),
        Err(error) => refused(&app, &visit, &name, (super::ROOT, error)),
    }
}

/// The door again, with why somebody is not let in and what to do.
fn refused(
    app: &App,
    visit: &Visit,
    name: &str,
    (to, error): (&str, ProviderError),
) -> Result<Response, Problem> {
    let why = error.name();
    let status = match &error {
        ProviderError::Unknown => return Err(Problem::new(Code::NotFound)),
        ProviderError::Store(failed) => return Err(Problem::internal(failed)),
        ProviderError::Unreachable(cause) => {
            warn!(provider = name, error = %cause, "a sign-in provider does not answer");
            StatusCode::BAD_GATEWAY
        }
        ProviderError::Undescribed(cause) => {
            warn!(provider = name, error = %cause, "a sign-in provider is not set up soundly");
            StatusCode::BAD_GATEWAY
        }
        ProviderError::Token(cause) => {
            warn!(provider = name, error = %cause, "the token of a sign-in provider is not believed");
            StatusCode::FORBIDDEN
        }
        ProviderError::Begin
        | ProviderError::Refused(_)
        | ProviderError::Stranger(_)
        | ProviderError::OneFactor => {
            info!(provider = name, why, "nobody was let in by a sign-in provider");
            StatusCode::FORBIDDEN
        }
    };
    let words = visit.words;
    let title = app.providers().and_then(|all| all.title(name, words.0)).unwrap_or_default();
    let more = match &error {
        ProviderError::Token(reason) => words.named("page-token", reason.name()),
        // Their own name, shown to themselves.
        ProviderError::Stranger(holder) => holder.subject.expose().clone(),
        _ => String::new(),
    };
    let args = [("title", title.into()), ("reason", more.clone().into()), ("subject", more.into())];
    let said = words.with(&format!("page-provider-{why}"), &args);
    sign_in::refused(app, visit, back_to(Some(to)).to_owned(), (status, said, ""))
}
