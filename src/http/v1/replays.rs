//! Mappings tried on stored records, and history made again with them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::App;
use crate::http::extract::{Carrying, Document, Known, Named, Params, known_scheme, own};
use crate::http::openapi::Refused;
use crate::http::paging::{Listed, Page};
use crate::http::problem::{Code, Problem};
use crate::model::{Caller, ReplayId, SchemeId, Scope};
use crate::operations::library::{FileId, Kind};
use crate::operations::preview::{self, Candidate, Edition, Preview, Trial};
use crate::operations::replay::report::Report;
use crate::operations::replay::{self, Replay};
use crate::operations::versions::{self, LifeError, Named as Which};

/// Records that a preview looks at when nobody says: some seconds.
const USUAL: u64 = 10_000;
/// Records that a preview looks at at most while its caller waits: about a minute.
const MOST: u64 = 1_000_000;

/// What is to be tried.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrialBody {
    /// Whose records; without it those of the scheme that has the mapping's name.
    scheme: Option<String>,
    /// A text that nobody has saved.
    text: Option<String>,
    /// Or a saved version: `draft`, `in_force` or the hash of its text. Without text and version, the open draft.
    version: Option<String>,
    /// So many of the last received records: 1 to 1,000,000, usually 10,000.
    last: Option<u64>,
}

/// What a mapping would change.
#[derive(Serialize, ToSchema)]
pub struct PreviewBody {
    candidate: EditionBody,
    in_force: EditionBody,
    took_ms: u64,
    /// Counts of what becomes of the records; groups of what differs, each with a count and a few examples. The sender's
    /// ids and values stand in it only for keys that may read the records.
    #[schema(value_type = Object)]
    report: Report,
}

/// An edition of a mapping.
#[derive(Serialize, ToSchema)]
pub struct EditionBody {
    /// Its id.
    mapping: String,
    /// Its `version:`.
    version: String,
    /// Hash of its text.
    hash: String,
}

impl From<Edition> for EditionBody {
    fn from(edition: Edition) -> Self {
        Self { mapping: edition.id, version: edition.version, hash: edition.hash }
    }
}

impl PreviewBody {
    fn of(preview: Preview, entitled: bool) -> Self {
        let Preview { candidate, in_force, report, took } = preview;
        Self {
            candidate: candidate.into(),
            in_force: in_force.into(),
            took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            report: if entitled { report } else { report.without_values() },
        }
    }
}

/// Tells what a mapping would change among the records that were received last, and changes nothing. A candidate that
/// does not compile is answered with all its problems.
#[utoipa::path(post, path = "/v1/mappings/{name}/preview", tag = "mappings",
    params(("name" = String, Path, description = "Id of the mapping, such as `ml-utm`")), request_body = TrialBody, responses(
    (status = 200, description = "What would change", body = PreviewBody),
    (status = "4XX", response = Refused)))]
pub async fn preview(
    known: Known,
    Named(id): Named<String>,
    State(app): State<App>,
    Carrying(body): Carrying<TrialBody>,
) -> Result<Response, Problem> {
    let caller = known.granted(Scope::MappingsRead)?;
    let scheme = scheme_of(&app, &caller, &id, body.scheme.as_deref(), Scope::MappingsRead)?;
    let last = body.last.unwrap_or(USUAL);
    if !(1..=MOST).contains(&last) {
        return Err(Problem::parameter("last", format!("1..{MOST}")));
    }
    let candidate = match (body.text, body.version) {
        (Some(text), None) => Candidate::Text(text),
        (None, version) => {
            let version = version.as_deref().unwrap_or("draft");
            Candidate::Version(hash_of(&app, &caller, &id, version).await?)
        }
        (Some(_), Some(_)) => return Err(Problem::parameter("version", "text | version")),
    };
    let saved = match &candidate {
        Candidate::Version(hash) => Some(hash.clone()),
        Candidate::InForce | Candidate::Text(_) | Candidate::Files(_) => None,
    };
    let trial = Trial { scheme, mapping: id.clone(), candidate, last: Some(last) };
    let answer = tried(&app, &caller, trial).await?;
    if let Some(hash) = saved.filter(|_| caller.may(Scope::MappingsWrite)) {
        let file = FileId { kind: Kind::Mapping, name: id };
        // Who may not write this file has seen it all the same.
        match versions::previewed(&app.hub, &caller, &file, &hash).await {
            Ok(()) | Err(LifeError::NotPermitted { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(answer)
}

async fn tried(app: &App, caller: &Caller, trial: Trial) -> Result<Response, Problem> {
    let entitled = caller.may(Scope::RecordsRead) && caller.sees(&trial.scheme);
    let preview = preview::preview(&app.hub, trial, |_, _| {}).await?;
    Ok(Json(PreviewBody::of(preview, entitled)).into_response())
}

async fn hash_of(app: &App, caller: &Caller, id: &str, version: &str) -> Result<String, Problem> {
    let file = FileId { kind: Kind::Mapping, name: id.to_owned() };
    let found = versions::version(&app.hub, caller, &file, Which::parse(version)).await;
    Ok(found?.ok_or(Problem::new(Code::NotFound))?.hash)
}

/// Whose records are meant, when the caller may act for them.
fn scheme_of(
    app: &App,
    caller: &Caller,
    id: &str,
    named: Option<&str>,
    scope: Scope,
) -> Result<SchemeId, Problem> {
    let scheme = known_scheme(app, named.unwrap_or(id))?;
    own(caller, &scheme, scope)?;
    Ok(scheme)
}

/// Which history is to be made again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HistoryBody {
    /// Whose records; without it those of the scheme that has the mapping's name.
    scheme: Option<String>,
    /// Hash of a version that was published; without it, the one in force.
    version: Option<String>,
    /// Says what would happen, and changes nothing.
    #[serde(default)]
    dry_run: bool,
}

/// A replay and how far it is.
#[derive(Serialize, ToSchema)]
pub struct ReplayBody {
    /// `rpl_…`
    id: String,
    scheme: String,
    mapping: EditionBody,
    /// `running`, `done` or `cancelled`.
    state: &'static str,
    /// Records to examine, counted when it began.
    total: u64,
    /// Counts and groups until now.
    #[schema(value_type = Object)]
    report: Report,
    started_at: String,
    started_by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at: Option<String>,
}

impl From<Replay> for ReplayBody {
    fn from(replay: Replay) -> Self {
        Self {
            id: replay.id.to_string(),
            scheme: replay.scheme.to_string(),
            mapping: replay.edition.into(),
            state: replay.state.name(),
            total: replay.total,
            report: replay.report,
            started_at: replay.started_at.to_string(),
            started_by: replay.started_by,
            finished_at: replay.finished_at.map(|at| at.to_string()),
        }
    }
}

/// Makes everything that was received again with a published version, or only says what that would change. What would be
/// refused now stays in force, and its refusal waits in quarantine; what is accepted now leaves it.
#[utoipa::path(post, path = "/v1/mappings/{name}/replays", tag = "mappings",
    params(("name" = String, Path, description = "Id of the mapping, such as `ml-utm`")), request_body = HistoryBody, responses(
    (status = 200, description = "A dry run: what would change", body = PreviewBody),
    (status = 202, description = "It runs; `Location` tells how far it is", body = ReplayBody),
    (status = "4XX", response = Refused)))]
pub async fn begin(
    known: Known,
    Named(id): Named<String>,
    State(app): State<App>,
    Document(body): Document<HistoryBody>,
) -> Result<Response, Problem> {
    let scope = if body.dry_run { Scope::MappingsRead } else { Scope::MappingsPublish };
    let caller = known.granted(scope)?;
    let scheme = scheme_of(&app, &caller, &id, body.scheme.as_deref(), scope)?;
    if body.dry_run {
        let candidate = body.version.map_or(Candidate::InForce, Candidate::Version);
        let trial = Trial { scheme, mapping: id, candidate, last: None };
        return tried(&app, &caller, trial).await;
    }
    let actor = caller.actor();
    let version = body.version.as_deref();
    let replay = replay::begin(&app.hub, &scheme, &id, version, &actor).await?;
    let location = format!("/v1/replays/{}", replay.id);
    let body = Json(ReplayBody::from(replay));
    Ok((StatusCode::ACCEPTED, [(LOCATION, location)], body).into_response())
}

/// Lists the replays of a mapping, the newest first.
#[utoipa::path(get, path = "/v1/mappings/{name}/replays", tag = "mappings",
    params(("name" = String, Path, description = "Id of the mapping, such as `ml-utm`"), Page), responses(
    (status = 200, description = "A page of replays", body = Listed<ReplayBody>),
    (status = "4XX", response = Refused)))]
pub async fn list(
    known: Known,
    Named(id): Named<String>,
    Params(page): Params<Page>,
    State(app): State<App>,
) -> Result<Json<Listed<ReplayBody>>, Problem> {
    let caller = known.granted(Scope::MappingsRead)?;
    let limit = page.limit()?;
    let mut found = replay::replays(&app.hub, &id, page.after()?, limit + 1).await?;
    found.retain(|replay| caller.sees(&replay.scheme));
    Ok(Json(Listed::cut(found, limit, |replay| replay.id.to_string(), ReplayBody::from)))
}

/// Tells how far a replay is, and what it came to.
#[utoipa::path(get, path = "/v1/replays/{id}", tag = "mappings",
    params(("id" = String, Path, description = "`rpl_…`")), responses(
    (status = 200, description = "The replay", body = ReplayBody),
    (status = "4XX", response = Refused)))]
pub async fn read(
    known: Known,
    Named(id): Named<ReplayId>,
    State(app): State<App>,
) -> Result<Json<ReplayBody>, Problem> {
    let caller = known.granted(Scope::MappingsRead)?;
    Ok(Json(seen(&app, &caller, id).await?.into()))
}

async fn seen(app: &App, caller: &Caller, id: ReplayId) -> Result<Replay, Problem> {
    let replay = replay::replay(&app.hub, id).await?;
    replay.filter(|replay| caller.sees(&replay.scheme)).ok_or(Problem::new(Code::NotFound))
}

/// Stops a replay; what it made until now stands.
#[utoipa::path(post, path = "/v1/replays/{id}/cancel", tag = "mappings",
    params(("id" = String, Path, description = "`rpl_…`")), responses(
    (status = 200, description = "The replay", body = ReplayBody),
    (status = "4XX", response = Refused)))]
pub async fn cancel(
    known: Known,
    Named(id): Named<ReplayId>,
    State(app): State<App>,
) -> Result<Json<ReplayBody>, Problem> {
    let caller = known.granted(Scope::MappingsPublish)?;
    let running = seen(&app, &caller, id).await?;
    if !replay::cancel(&app.hub, id, &caller.actor()).await? {
        return Err(Problem::new(Code::Conflict).with("reason", running.state.name()));
    }
    Ok(Json(seen(&app, &caller, id).await?.into()))
}
