//! What cannot be done is told in the shell of every page, with what to do next.

use askama::Template;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::page::with_status;
use super::shell::Shell;
use super::visit::{self, Visit};
use super::words::Words;
use crate::http::{Code, Problem, taken};

#[derive(Template)]
#[template(path = "trouble.html")]
struct Trouble {
    shell: Shell,
    title: String,
    detail: String,
    code: &'static str,
}

/// Layer: problems of handlers become pages, with the navigation of whoever came.
pub async fn speak(visit: Visit, request: Request, next: Next) -> Response {
    let uri = request.uri().clone();
    let mut response = next.run(request).await;
    match taken(&mut response, &uri) {
        Some(problem) => tell(&problem, Shell::of(&visit)),
        None => response,
    }
}

/// A problem that nobody who knows the visit told: in a shell without navigation.
pub fn alone(problem: &Problem, headers: &HeaderMap) -> Response {
    tell(problem, Shell::alone(Words(visit::language(headers))))
}

/// An address that no page has.
pub async fn nowhere() -> Problem {
    Problem::new(Code::NotFound)
}

fn tell(problem: &Problem, shell: Shell) -> Response {
    let words = shell.words;
    let (title, detail) = said(problem, words);
    let shell = Shell { title: title.clone(), ..shell };
    let page = Trouble { shell, title, detail, code: problem.code().name() };
    let written = with_status(problem.code().status(), words, &page);
    written.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// Title and detail: what speaks of keys to programs speaks of accounts to people.
fn said(problem: &Problem, words: Words) -> (String, String) {
    let key = format!("page-problem-{}", problem.code().name());
    let own = |key: &str| crate::messages::find(words.0, key, &[]);
    own(&key).zip(own(&format!("{key}-detail"))).unwrap_or_else(|| problem.words(words.0))
}
