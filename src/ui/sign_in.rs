//! The door: a name and a password, then perhaps a code; and out again.

use askama::Template;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
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
    /// Which provider let in whoever left.
    left: Option<String>,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    shell: Shell,
    to: String,
    name: String,
    wrong: Option<String>,
    /// Institutions that answer for their people: name and title.
    providers: Vec<(String, String)>,
    /// With which of them the browser is still signed in, after it left here: name and title.
    left: Option<(String, String)>,
}

impl SignIn {
    fn new(app: &App, visit: &Visit, to: String) -> Self {
        let providers = app.providers().map(|all| all.titles(visit.words.0));
        Self {
            shell: Shell::of(visit).titled(visit.words.say("page-sign-in")),
            to,
            name: String::new(),
            wrong: None,
            providers: providers.unwrap_or_default(),
            left: None,
        }
    }

    /// The address that begins the way to a provider.
    fn way(&self, provider: &str) -> String {
        let to: String = form_urlencoded::byte_serialize(self.to.as_bytes()).collect();
        format!("/ui/sign-in/with/{provider}?to={to}")
    }
}

#[derive(Template)]
#[template(path = "sign_in_code.html")]
struct Code {
    shell: Shell,
    to: String,
    wrong: Option<String>,
}

/// The door; whoever is in already goes on.
pub async fn show(
    visit: Visit,
    State(app): State<App>,
    Params(back): Params<Back>,
) -> Result<Response, Problem> {
    let to = back_to(back.to.as_deref()).to_owned();
    if visit.seated.is_some() {
        return Ok(Redirect::to(&to).into_response());
    }
    let mut door = SignIn::new(&app, &visit, to);
    door.left = door.providers.iter().find(|(name, _)| Some(name) == back.left.as_ref()).cloned();
    page(visit.words, &door)
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
            refused(&app, &visit, to, (status, wrong, name))
        }
    }
}

/// The door again, with why somebody is not let in.
///
/// # Errors
/// `internal`, when the template fails.
pub fn refused(
    app: &App,
    visit: &Visit,
    to: String,
    (status, wrong, name): (StatusCode, String, &str),
) -> Result<Response, Problem> {
    let door = SignIn::new(app, visit, to);
    let again = SignIn { name: name.to_owned(), wrong: Some(wrong), ..door };
    with_status(status, visit.words, &again)
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
pub async fn leave(
    member: Member,
    State(app): State<App>,
    headers: HeaderMap,
    _: Form,
) -> Result<Response, Problem> {
    sessions::end(app.hub(), &member.seated.account, member.seated.id).await?;
    // The form's address may lead to no other site (`form-action`): signing out there is a link of its own.
    let provider = cookie::read(&headers, cookie::PROVIDER);
    let known = provider.filter(|name| app.providers().is_some_and(|all| all.knows(name)));
    let left = known.map(|name| format!("&left={name}")).unwrap_or_default();
    let to = format!("/ui/sign-in?done=signed-out{left}");
    let mut response = Redirect::to(&to).into_response();
    response.headers_mut().append(SET_COOKIE, cookie::forgotten());
    response.headers_mut().append(SET_COOKIE, cookie::provider_forgotten());
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
