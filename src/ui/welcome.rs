//! A one-time link: its holder chooses a password; the very first one a name too.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::form::Form;
use super::page::{page, refused};
use super::shell::Shell;
use super::visit::Visit;
use super::words::Words;
use crate::http::{App, Problem};
use crate::model::AccountName;
use crate::operations::accounts::password::{LONGEST, SHORTEST, Weakness};
use crate::operations::accounts::{self, AccountError, Invited};

#[derive(Template)]
#[template(path = "welcome.html")]
struct Welcome {
    shell: Shell,
    /// The account's name, when it has one already.
    holder: Option<String>,
    name: String,
    name_wrong: Option<String>,
    password_wrong: Option<String>,
}

impl Welcome {
    fn new(visit: &Visit, invited: Invited) -> Self {
        let holder = match invited {
            Invited::FirstAdministrator => None,
            Invited::Holder(name) => Some(name.to_string()),
        };
        let title = if holder.is_some() { "page-welcome" } else { "page-welcome-first" };
        Self {
            shell: Shell::of(visit).titled(visit.words.say(title)),
            holder,
            name: String::new(),
            name_wrong: None,
            password_wrong: None,
        }
    }
}

/// Where the password is chosen.
pub async fn show(
    visit: Visit,
    State(app): State<App>,
    Path(secret): Path<String>,
) -> Result<Response, Problem> {
    let invited = accounts::invited(app.hub(), &secret).await?;
    page(visit.words, &Welcome::new(&visit, invited))
}

/// Takes the password, and leads to the door.
pub async fn accept(
    visit: Visit,
    State(app): State<App>,
    Path(secret): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let words = visit.words;
    let invited = accounts::invited(app.hub(), &secret).await?;
    let mut again = Welcome::new(&visit, invited.clone());
    form.text("name").clone_into(&mut again.name);
    let name: Option<AccountName> = match invited {
        Invited::Holder(name) => Some(name),
        Invited::FirstAdministrator => form.text("name").parse().ok(),
    };
    let password = form.exact("password");
    if password != form.exact("again") {
        again.password_wrong = Some(words.say("page-password-differs"));
    }
    let (Some(name), None) = (name.as_ref(), &again.password_wrong) else {
        again.name_wrong = name.is_none().then(|| words.say("page-account-bad-name"));
        return refused(words, &again);
    };
    match accounts::accept(app.hub(), &secret, name, password).await {
        Ok(_) => Ok(Redirect::to("/ui/sign-in?done=password-chosen").into_response()),
        Err(AccountError::Weak(weakness)) => {
            again.password_wrong = Some(weak(words, weakness));
            refused(words, &again)
        }
        Err(AccountError::NameOfScheme) => {
            again.name_wrong = Some(words.say("page-account-name-scheme"));
            refused(words, &again)
        }
        Err(AccountError::NameTaken) => {
            again.name_wrong = Some(words.say("page-account-name-taken"));
            refused(words, &again)
        }
        Err(error) => Err(error.into()),
    }
}

/// Why a password will not do.
pub fn weak(words: Words, weakness: Weakness) -> String {
    match weakness {
        Weakness::Short => words.count("page-password-short", SHORTEST as u64),
        Weakness::Long => words.count("page-password-long", LONGEST as u64),
        Weakness::Guessable => words.say("page-password-guessable"),
    }
}
