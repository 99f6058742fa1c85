//! The door: a name and a password, then perhaps a code; and out again.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::cookie;
use super::form::Form;
use super::page::{page, with_status};
use super::shell::Shell;
use super::visit::{Member, Visit, back_to};
use crate::http::{App, Params, Problem};
use crate::operations::accounts::sessions;
use crate::operations::accounts::sign_in::{self, Entered, SignInError};

/// Where to go on.
#[derive(Deserialize)]
pub struct Back {
    to: Option<String>,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    shell: Shell,
    to: String,
    name: String,
    wrong: Option<String>,
}

#[derive(Template)]
#[template(path = "sign_in_code.html")]
struct Code {
    shell: Shell,
    to: String,
    wrong: Option<String>,
}

/// The door; whoever is in already goes on.
pub async fn show(visit: Visit, Params(back): Params<Back>) -> Result<Response, Problem> {
    let to = back_to(back.to.as_deref()).to_owned();
    if visit.seated.is_some() {
        return Ok(Redirect::to(&to).into_response());
    }
    let shell = Shell::of(&visit).titled(visit.words.say("page-sign-in"));
    page(visit.words, &SignIn { shell, to, name: String::new(), wrong: None })
}

/// A name and a password.
pub async fn enter(visit: Visit, State(app): State<App>, form: Form) -> Result<Response, Problem> {
    let to = back_to(Some(form.text("to"))).to_owned();
    let (name, password) = (form.text("name"), form.exact("password"));
    match sign_in::enter(app.hub(), name, password, &visit.agent).await {
        Ok(Entered::In(secret)) => Ok(with_cookie(Redirect::to(&to), &visit, &secret)),
        Ok(Entered::CodeNeeded(secret)) => {
            let to: String = form_urlencoded::byte_serialize(to.as_bytes()).collect();
            Ok(with_cookie(Redirect::to(&format!("/ui/sign-in/code?to={to}")), &visit, &secret))
        }
        Err(error) => {
            let (status, wrong) = said(error, &visit)?;
            let shell = Shell::of(&visit).titled(visit.words.say("page-sign-in"));
            let again = SignIn { shell, to, name: name.to_owned(), wrong: Some(wrong) };
            with_status(status, visit.words, &again)
        }
    }
}

/// Where the code is typed.
pub async fn show_code(visit: Visit, Params(back): Params<Back>) -> Result<Response, Problem> {
    let to = back_to(back.to.as_deref()).to_owned();
    let shell = Shell::of(&visit).titled(visit.words.say("page-sign-in-code"));
    page(visit.words, &Code { shell, to, wrong: None })
}

/// The code.
pub async fn confirm(
    visit: Visit,
    State(app): State<App>,
    form: Form,
) -> Result<Response, Problem> {
    let to = back_to(Some(form.text("to"))).to_owned();
    match sign_in::confirm(app.hub(), &visit.shown, form.text("code"), &visit.agent).await {
        Ok(secret) => Ok(with_cookie(Redirect::to(&to), &visit, &secret)),
        Err(SignInError::Begin) => Ok(Redirect::to("/ui/sign-in").into_response()),
        Err(error) => {
            let (status, wrong) = said(error, &visit)?;
            let shell = Shell::of(&visit).titled(visit.words.say("page-sign-in-code"));
            with_status(status, visit.words, &Code { shell, to, wrong: Some(wrong) })
        }
    }
}

/// Out.
pub async fn leave(member: Member, State(app): State<App>, _: Form) -> Result<Response, Problem> {
    sessions::end(app.hub(), &member.seated.account, member.seated.id).await?;
    let mut response = Redirect::to("/ui/sign-in?done=signed-out").into_response();
    response.headers_mut().append(SET_COOKIE, cookie::forgotten());
    Ok(response)
}

fn with_cookie(to: Redirect, visit: &Visit, secret: &str) -> Response {
    let mut response = to.into_response();
    if let Some(cookie) = cookie::shown(cookie::SHOWN, secret, visit.tls) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// Why somebody is not let in, in words that tell nobody who has an account.
fn said(error: SignInError, visit: &Visit) -> Result<(StatusCode, String), Problem> {
    match error {
        SignInError::Store(failed) => Err(Problem::internal(&failed)),
        SignInError::Wrong | SignInError::Begin => {
            Ok((StatusCode::UNPROCESSABLE_ENTITY, visit.words.say("page-sign-in-wrong")))
        }
        SignInError::Wait { until } => {
            let until = visit.words.moment(until);
            let said = visit.words.of("page-sign-in-wait", "until", until);
            Ok((StatusCode::TOO_MANY_REQUESTS, said))
        }
    }
}
