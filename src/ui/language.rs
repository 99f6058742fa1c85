//! The reader chooses a language; it is kept in a cookie.

use axum::extract::Path;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::cookie;
use super::visit::back_to;
use crate::http::{Code, Params, Problem};
use crate::model::Language;

/// Where to go on.
#[derive(Deserialize)]
pub struct Back {
    to: Option<String>,
}

/// Keeps the choice, and goes back to where the reader was.
pub async fn choose(
    Path(tag): Path<String>,
    Params(back): Params<Back>,
) -> Result<Response, Problem> {
    let language = Language::from_tag(&tag).ok_or(Problem::new(Code::NotFound))?;
    let mut response = Redirect::to(back_to(back.to.as_deref())).into_response();
    if let Some(cookie) = cookie::language(language.tag()) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}
