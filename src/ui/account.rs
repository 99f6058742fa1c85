//! One's own account: password, second factor, where one is signed in.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use super::form::Form;
use super::page::{done, page, refused};
use super::shell::{Section, Shell};
use super::visit::Member;
use super::welcome::weak;
use super::words::Words;
use crate::http::{App, Code, Named, Problem};
use crate::model::{Instant, SessionId};
use crate::operations::accounts::second_factor::{self, Proof};
use crate::operations::accounts::{AccountError, sessions, totp};
use crate::proof::qr;

const HERE: &str = "/ui/account";

#[derive(Template)]
#[template(path = "account.html")]
struct Own {
    shell: Shell,
    name: String,
    role: String,
    scheme: Option<String>,
    has_second_factor: bool,
    sittings: Vec<Sitting>,
    present_wrong: Option<String>,
    password_wrong: Option<String>,
    remove_wrong: Option<String>,
}

/// A browser that is signed in.
struct Sitting {
    id: String,
    agent: String,
    began: String,
    used: String,
    this: bool,
}

async fn own(app: &App, member: &Member) -> Result<Own, Problem> {
    let (words, account) = (member.visit.words, &member.seated.account);
    let sittings = sessions::list(app.hub(), account.id).await?;
    let sitting = |sitting: sessions::Sitting| Sitting {
        id: sitting.id.to_string(),
        began: words.moment(sitting.created_at),
        used: words.moment(sitting.seen_at),
        this: sitting.id == member.seated.id,
        agent: if sitting.agent.is_empty() { "?".to_owned() } else { sitting.agent },
    };
    Ok(Own {
        shell: Shell::new(member, Section::Own, "page-own"),
        name: account.name.to_string(),
        role: words.named("page-role", account.role.name()),
        scheme: account.scheme.as_ref().map(ToString::to_string),
        has_second_factor: account.has_second_factor,
        sittings: sittings.into_iter().map(sitting).collect(),
        present_wrong: None,
        password_wrong: None,
        remove_wrong: None,
    })
}

/// One's own account.
pub async fn show(member: Member, State(app): State<App>) -> Result<Response, Problem> {
    page(member.visit.words, &own(&app, &member).await?)
}

/// Another password; other browsers are signed out.
pub async fn change_password(
    member: Member,
    State(app): State<App>,
    form: Form,
) -> Result<Response, Problem> {
    let words = member.visit.words;
    let (present, chosen) = (form.exact("present"), form.exact("password"));
    let mut again = own(&app, &member).await?;
    if chosen != form.exact("again") {
        again.password_wrong = Some(words.say("page-password-differs"));
        return refused(words, &again);
    }
    match sessions::change_password(app.hub(), &member.seated, present, chosen).await {
        Ok(true) => return Ok(done(HERE, "password-changed")),
        Ok(false) => again.present_wrong = Some(words.say("page-password-wrong")),
        Err(AccountError::Weak(weakness)) => again.password_wrong = Some(weak(words, weakness)),
        Err(AccountError::TryLater { until }) => again.present_wrong = Some(later(words, until)),
        Err(error) => return Err(error.into()),
    }
    refused(words, &again)
}

/// Signs one browser out.
pub async fn end_session(
    member: Member,
    State(app): State<App>,
    Named(id): Named<SessionId>,
    _: Form,
) -> Result<Response, Problem> {
    if !sessions::end(app.hub(), &member.seated.account, id).await? {
        return Err(Problem::new(Code::NotFound));
    }
    Ok(done(HERE, "session-ended"))
}

#[derive(Template)]
#[template(path = "second_factor.html")]
struct Offer {
    shell: Shell,
    /// The secret as the form carries it, as it is typed, and as it is photographed.
    secret: String,
    spelled: String,
    drawing: String,
    code_wrong: Option<String>,
    password_wrong: Option<String>,
}

impl Offer {
    fn of(member: &Member, secret: &[u8]) -> Result<Self, Problem> {
        let uri = totp::uri(secret, member.seated.account.name.as_str());
        let spelled = totp::spelled(secret);
        let groups: Vec<String> = spelled
            .chars()
            .collect::<Vec<_>>()
            .chunks(4)
            .map(|four| four.iter().collect())
            .collect();
        Ok(Self {
            shell: Shell::new(member, Section::Own, "page-factor"),
            secret: second_factor::written(secret),
            spelled: groups.join(" "),
            drawing: qr::svg(&uri).map_err(|failed| Problem::internal(&failed))?,
            code_wrong: None,
            password_wrong: None,
        })
    }
}

/// A new secret for an authenticator app.
pub async fn offer_factor(member: Member, State(app): State<App>) -> Result<Response, Problem> {
    if member.seated.account.has_second_factor {
        return Ok(Redirect::to(HERE).into_response());
    }
    let secret = second_factor::offer(app.hub());
    page(member.visit.words, &Offer::of(&member, &secret)?)
}

/// Takes it, once the password and a code of it were shown.
pub async fn take_factor(
    member: Member,
    State(app): State<App>,
    form: Form,
) -> Result<Response, Problem> {
    let secret = second_factor::read(form.text("secret"));
    let secret = secret.ok_or_else(|| Problem::parameter("secret", "?"))?;
    let account = &member.seated.account;
    let words = member.visit.words;
    let shown = (form.text("code"), form.exact("present"));
    let mut again = Offer::of(&member, &secret)?;
    match second_factor::confirm(app.hub(), account, &secret, shown).await {
        Ok(Proof::Taken) => return Ok(done(HERE, "factor-on")),
        Ok(Proof::WrongCode) => again.code_wrong = Some(words.say("page-factor-wrong")),
        Ok(Proof::WrongPassword) => again.password_wrong = Some(words.say("page-password-wrong")),
        Err(AccountError::TryLater { until }) => again.password_wrong = Some(later(words, until)),
        Err(error) => return Err(error.into()),
    }
    refused(words, &again)
}

/// Takes the second factor away, against the password.
pub async fn remove_factor(
    member: Member,
    State(app): State<App>,
    form: Form,
) -> Result<Response, Problem> {
    let account = &member.seated.account;
    let words = member.visit.words;
    let wrong = match second_factor::remove(app.hub(), account, form.exact("present")).await {
        Ok(true) => return Ok(done(HERE, "factor-off")),
        Ok(false) => words.say("page-password-wrong"),
        Err(AccountError::TryLater { until }) => later(words, until),
        Err(error) => return Err(error.into()),
    };
    let mut again = own(&app, &member).await?;
    again.remove_wrong = Some(wrong);
    refused(words, &again)
}

/// That too many wrong passwords were shown.
fn later(words: Words, until: Instant) -> String {
    words.of("page-sign-in-wait", "until", words.moment(until))
}
