//! Data files and their versions: listed, read, compared. `kind` says which sort of file, usually a mapping; who asks
//! for a name that belongs to a schema writes its slash as `%2F`.

mod bodies;
pub mod draft;
pub mod publications;
pub mod steps;

use axum::Json;
use axum::extract::State;
use axum::http::header::ETAG;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::App;
use crate::http::extract::{Known, Named, Params};
use crate::http::openapi::Refused;
use crate::http::paging::{Listed, Page};
use crate::http::problem::{Code, Problem};
use crate::model::Scope;
use crate::operations::library::{FileId, Kind, Problem as FileProblem};
use crate::operations::versions::{self, Filter, difference};

use bodies::{DiffBody, FileBody, StepBody, VersionBody, VersionLine};

/// What sort of file.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Sort {
    /// `mapping` (the usual one), `codes`, `scheme`, `agreement`, `identity` or `schema`.
    #[param(pattern = "^(mapping|codes|scheme|agreement|identity|schema)$")]
    kind: Option<String>,
}

impl Sort {
    /// The file of this sort and a name.
    ///
    /// # Errors
    /// `invalid_parameter` for an unknown kind, `not_found` for what cannot be a name.
    pub fn file(&self, name: &str) -> Result<FileId, Problem> {
        let kind = self.kind.as_deref().map(kind).transpose()?.unwrap_or(Kind::Mapping);
        FileId::new(kind, name).ok_or(Problem::new(Code::NotFound))
    }
}

fn kind(name: &str) -> Result<Kind, Problem> {
    Kind::parse(name).ok_or_else(|| {
        Problem::parameter("kind", "?").known(Kind::ALL.iter().map(|kind| kind.name()))
    })
}

/// Which files.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Only of this kind.
    #[param(pattern = "^(mapping|codes|scheme|agreement|identity|schema)$")]
    kind: Option<String>,
    /// Only those with an open draft, or without.
    draft: Option<bool>,
    /// Only those whose name begins so.
    name: Option<String>,
}

/// Lists data files with what counts of each, its draft and what is published for later.
#[utoipa::path(get, path = "/v1/mappings", tag = "mappings", params(Which, Page), responses(
    (status = 200, description = "A page of files", body = Listed<FileBody>),
    (status = "4XX", response = Refused)))]
pub async fn list(
    known: Known,
    Params(which): Params<Which>,
    Params(page): Params<Page>,
    State(app): State<App>,
) -> Result<Json<Listed<FileBody>>, Problem> {
    let caller = known.granted(Scope::MappingsRead)?;
    let filter = Filter {
        kind: which.kind.as_deref().map(kind).transpose()?,
        draft: which.draft,
        prefix: which.name,
    };
    let limit = page.limit()?;
    let after = page.after.as_deref().map(after).transpose()?;
    let most = limit as usize + 1;
    let found = versions::list(&app.hub, &caller, &filter, after.as_ref(), most).await?;
    let key =
        |listed: &versions::Listed| format!("{}:{}", listed.file.kind.name(), listed.file.name);
    Ok(Json(Listed::cut(found, limit, key, FileBody::from)))
}

fn after(text: &str) -> Result<FileId, Problem> {
    let wrong = || Problem::parameter("after", "?");
    let (sort, name) = text.split_once(':').ok_or_else(wrong)?;
    FileId::new(kind(sort)?, name).ok_or_else(wrong)
}

/// Lists the versions of a file, the newest first.
#[utoipa::path(get, path = "/v1/mappings/{name}/versions", tag = "mappings",
    params(("name" = String, Path, description = "Such as `ml-utm`"), Sort, Page), responses(
    (status = 200, description = "A page of versions, without their texts", body = Listed<VersionLine>),
    (status = "4XX", response = Refused)))]
pub async fn versions(
    known: Known,
    Named(name): Named<String>,
    Params(sort): Params<Sort>,
    Params(page): Params<Page>,
    State(app): State<App>,
) -> Result<Json<Listed<VersionLine>>, Problem> {
    let caller = known.granted(Scope::MappingsRead)?;
    let (file, limit) = (sort.file(&name)?, page.limit()?);
    let after = page.after.as_deref();
    let found = versions::versions(&app.hub, &caller, &file, after, limit + 1).await?;
    let key = |(version, _): &(versions::Version, versions::State)| version.hash.clone();
    Ok(Json(Listed::cut(found, limit, key, |(version, state)| VersionLine::of(version, state))))
}

/// Whether to look a version through.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Look {
    /// Also says what is wrong with it.
    #[serde(default)]
    diagnostics: bool,
}

/// Reads a version: its text, where it stands, who did what with it. Its hash is the `ETag`.
#[utoipa::path(get, path = "/v1/mappings/{name}/versions/{version}", tag = "mappings",
    params(("name" = String, Path, description = "Such as `ml-utm`"),
        ("version" = String, Path, description = "Its hash, `in_force` or `draft`"), Sort, Look), responses(
    (status = 200, description = "The version", body = VersionBody),
    (status = "4XX", response = Refused)))]
pub async fn read(
    known: Known,
    Named((name, version)): Named<(String, String)>,
    Params(sort): Params<Sort>,
    Params(look): Params<Look>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let caller = known.granted(Scope::MappingsRead)?;
    let file = sort.file(&name)?;
    let named = versions::Named::parse(&version);
    let found = versions::version(&app.hub, &caller, &file, named).await?;
    let found = found.ok_or(Problem::new(Code::NotFound))?;
    let diagnostics = match look.diagnostics {
        true => {
            Some(versions::check_text(&app.hub, versions::file(&file, found.text.clone())?).await?)
        }
        false => None,
    };
    let diagnostics =
        diagnostics.map(|checked| checked.problems.iter().map(FileProblem::to_json).collect());
    answer(&app, found, diagnostics).await
}

/// A version with its history, and its hash as `ETag`.
pub(super) async fn answer(
    app: &App,
    version: versions::Version,
    diagnostics: Option<Vec<serde_json::Value>>,
) -> Result<Response, Problem> {
    let tag = format!("\"{}\"", version.hash);
    let shown = versions::shown(&app.hub, version).await?;
    Ok(([(ETAG, tag)], Json(VersionBody::of(shown, diagnostics))).into_response())
}

/// Tells what was done with a file, by whom, the newest first.
#[utoipa::path(get, path = "/v1/mappings/{name}/history", tag = "mappings",
    params(("name" = String, Path, description = "Such as `ml-utm`"), Sort, Page), responses(
    (status = 200, description = "A page of steps", body = Listed<StepBody>),
    (status = "4XX", response = Refused)))]
pub async fn history(
    known: Known,
    Named(name): Named<String>,
    Params(sort): Params<Sort>,
    Params(page): Params<Page>,
    State(app): State<App>,
) -> Result<Json<Listed<StepBody>>, Problem> {
    let caller = known.granted(Scope::MappingsRead)?;
    let (file, limit) = (sort.file(&name)?, page.limit()?);
    let library = app.hub.library();
    if !versions::sees_drafts(&library, &caller, &file) {
        let needed = format!("{} ({file})", Scope::MappingsRead.name());
        return Err(Problem::new(Code::NotPermitted).with("scope", needed));
    }
    let found = versions::history(&app.hub, &file, page.after()?, limit + 1).await?;
    Ok(Json(Listed::cut(found, limit, |step| step.id.to_string(), StepBody::from)))
}

/// Which two versions.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Two {
    /// The older one: a hash, `in_force` (the usual one) or `draft`.
    from: Option<String>,
    /// The newer one; usually `draft`.
    to: Option<String>,
}

/// Compares two versions: which entries were added, removed or changed, and line by line.
#[utoipa::path(get, path = "/v1/mappings/{name}/diff", tag = "mappings",
    params(("name" = String, Path, description = "Such as `ml-utm`"), Sort, Two), responses(
    (status = 200, description = "What is different", body = DiffBody),
    (status = "4XX", response = Refused)))]
pub async fn diff(
    known: Known,
    Named(name): Named<String>,
    Params(sort): Params<Sort>,
    Params(two): Params<Two>,
    State(app): State<App>,
) -> Result<Json<DiffBody>, Problem> {
    let caller = known.granted(Scope::MappingsRead)?;
    let file = sort.file(&name)?;
    let find = async |named: &str| {
        let named = versions::Named::parse(named);
        let found = versions::version(&app.hub, &caller, &file, named).await?;
        found.ok_or(Problem::new(Code::NotFound))
    };
    let from = find(two.from.as_deref().unwrap_or("in_force")).await?;
    let to = find(two.to.as_deref().unwrap_or("draft")).await?;
    let compared = tokio::task::spawn_blocking(move || {
        let names = (from.hash.as_str(), to.hash.as_str());
        let found = difference(&from.text, &to.text, names);
        DiffBody::of(names, found)
    });
    Ok(Json(compared.await.map_err(|error| Problem::internal(&error))?))
}
