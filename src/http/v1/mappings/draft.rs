//! Texts that come in: saved as drafts, or only looked through for an editor.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::{HeaderName, IF_MATCH, IF_NONE_MATCH};
use axum::response::Response;

use super::bodies::{CheckedBody, VersionBody};
use super::{Sort, answer};
use crate::http::extract::{Known, LARGEST_FILE, Named, Params};
use crate::http::openapi::Refused;
use crate::http::problem::{Code, Problem};
use crate::http::{App, UploadLimits, upload};
use crate::model::Scope;
use crate::operations::library::{DataFile, FileId, Kind};
use crate::operations::versions::{self, Seen};

/// Saves a text as the draft of its file. `If-Match` names the version that it was made from (the draft, or without one
/// what is in force); `If-None-Match: *` says that the file is new.
#[utoipa::path(put, path = "/v1/mappings/{name}/draft", tag = "mappings",
    params(("name" = String, Path, description = "Such as `ml-utm`"), Sort,
        ("if-match" = Option<String>, Header, description = "The ETag of the version that was changed"),
        ("if-none-match" = Option<String>, Header, description = "`*` for a new file")),
    request_body(content = String, content_type = "application/yaml"), responses(
    (status = 200, description = "The draft", body = VersionBody),
    (status = 412, description = "Somebody else was faster", content_type = "application/problem+json", body = crate::http::problem::ProblemBody),
    (status = "4XX", response = Refused)))]
pub async fn put(
    known: Known,
    Named(name): Named<String>,
    Params(sort): Params<Sort>,
    State(app): State<App>,
    request: Request,
) -> Result<Response, Problem> {
    let caller = known.granted(Scope::MappingsWrite)?;
    let file = sort.file(&name)?;
    let (parts, body) = request.into_parts();
    let seen = seen(&parts.headers)?;
    let text = text(&app, body).await?;
    let file = versions::file(&file, text)?;
    let seen = seen.as_deref().map_or(Seen::Nothing, Seen::Version);
    let saved = versions::draft(&app.hub, &caller, &file, seen).await?;
    answer(&app, saved, None).await
}

/// What the caller saw: a hash, or nothing.
fn seen(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let header = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    match (header(IF_MATCH), header(IF_NONE_MATCH).map(str::trim)) {
        (None, Some("*")) => Ok(None),
        (Some(tag), None) => {
            let hash = tag.trim().strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
            let hash = hash.filter(|hash| !hash.contains('"'));
            let hash = hash.ok_or_else(|| Problem::parameter("if-match", "\"…\""))?;
            Ok(Some(hash.to_owned()))
        }
        _ => Err(Problem::new(Code::PreconditionRequired)),
    }
}

async fn text(app: &App, body: axum::body::Body) -> Result<String, Problem> {
    let limits = UploadLimits { bytes: LARGEST_FILE, ..app.limits.document };
    let bytes = upload::whole(body, limits).await?;
    String::from_utf8(bytes).map_err(|_| Problem::new(Code::InvalidBody).with("reason", "UTF-8"))
}

/// Looks a text through and runs its examples; nothing of it is kept. For editors: diagnostics with their places and
/// corrections. Of a schema, `name` must be given.
#[utoipa::path(post, path = "/v1/mappings/check", tag = "mappings", params(Sort, SchemaName),
    request_body(content = String, content_type = "application/yaml"), responses(
    (status = 200, description = "What was found; a text full of errors is also 200", body = CheckedBody),
    (status = "4XX", response = Refused)))]
pub async fn check_text(
    known: Known,
    Params(sort): Params<Sort>,
    Params(schema): Params<SchemaName>,
    State(app): State<App>,
    request: Request,
) -> Result<Json<CheckedBody>, Problem> {
    known.granted(Scope::MappingsRead)?;
    let text = text(&app, request.into_body()).await?;
    let file = match schema.name {
        Some(name) => versions::file(&sort.file(&name)?, text)?,
        None => {
            let file = DataFile::yaml("text", text).map_err(versions::LifeError::from)?;
            let named = FileId::new(file.kind, &file.name);
            named
                .filter(|file| file.kind != Kind::Schema)
                .ok_or(Problem::parameter("name", "?"))?;
            file
        }
    };
    let checked = versions::check_text(&app.hub, file).await?;
    Ok(Json(CheckedBody::of(&checked, false)))
}

/// The name of a file whose text does not say it.
#[derive(serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SchemaName {
    /// Such as `ml-utm/1`; without it the text says its kind and name.
    name: Option<String>,
}
