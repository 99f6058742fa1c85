//! The workshop: the files that describe schemes, looked at, changed, tried, approved and published in a browser.
//!
//! A file lives as [`crate::operations::versions`] says; here each step of that life is a form. [`list`] shows the files,
//! [`show`] one of them with what can be done next, [`compare`] two versions, [`steps`] does it; [`edit`] changes a text, and
//! [`live`] answers its editor while somebody types; [`rows`] shows a file as a
//! table; [`start`] begins a scheme from a sample, [`blank`] any other file from nothing. What is wrong with a text
//! is told by [`finding`] in the same words everywhere.

mod blank;
mod compare;
mod edit;
mod finding;
mod list;
mod live;
mod preview;
mod results;
mod rows;
mod show;
mod start;
mod steps;
mod units;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts};
use axum::http::request::Parts;
use axum::routing::{get, post};

use super::words::Words;
use crate::http::{App, Code, Named, Problem};
use crate::operations::library::{FileId, Kind};

/// Where the files are listed.
const ROOT: &str = "/ui/mappings";

/// Every address of the workshop.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/ui/mappings", get(list::list))
        .route(
            "/ui/mappings/new",
            get(start::show).post(start::take).layer(DefaultBodyLimit::disable()),
        )
        .route("/ui/mappings/blank", get(blank::show).post(blank::take))
        .route("/ui/mappings/{kind}/{name}", get(show::show))
        .route("/ui/mappings/{kind}/{name}/compare", get(compare::show))
        .route("/ui/mappings/{kind}/{name}/edit", get(edit::show).post(edit::take))
        .route("/ui/mappings/{kind}/{name}/look", post(live::look))
        .route("/ui/mappings/{kind}/{name}/help", post(live::help))
        .route("/ui/mappings/{kind}/{name}/preview", post(preview::show))
        .route("/ui/mappings/{kind}/{name}/rows", get(rows::show).post(rows::take))
        .route("/ui/mappings/{kind}/{name}/steps", post(steps::take))
}

/// The file that an address names.
pub struct Of(pub FileId);

impl FromRequestParts<App> for Of {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Named((kind, name)): Named<(String, String)> =
            Named::from_request_parts(parts, app).await?;
        let file = Kind::parse(&kind).and_then(|kind| FileId::new(kind, &name));
        file.map(Self).ok_or(Problem::new(Code::NotFound))
    }
}

/// The page of a file. The slash in the name of a schema is part of its name.
fn path(file: &FileId) -> String {
    format!("{ROOT}/{}/{}", file.kind.name(), file.name.replace('/', "%2F"))
}

/// What every view of a file says of it.
struct About {
    kind: String,
    name: String,
    path: String,
}

impl About {
    fn of(words: Words, file: &FileId) -> Self {
        Self {
            kind: words.named("page-kind", file.kind.name()),
            name: file.name.clone(),
            path: path(file),
        }
    }
}

/// The first digits of a hash: enough to tell the versions of one file apart.
fn short(hash: &str) -> String {
    hash.chars().take(8).collect()
}

/// Who did something, as `operator:awa.traore` is said to people.
fn person(words: Words, holder: &str) -> String {
    match holder.split_once(':') {
        Some((_, name)) => name.to_owned(),
        None => words.named("page-step-by", holder),
    }
}
