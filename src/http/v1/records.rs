//! Records as the hub holds them, with corrections and events.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use crate::http::App;
use crate::http::extract::{Known, Named, Params, known_scheme, narrowed, own};
use crate::http::openapi::Refused;
use crate::http::paging::{Listed, Page};
use crate::http::problem::{Code, Problem};
use crate::model::{Caller, RecordId, SchemeId, Scope};
use crate::operations::people::{self, Shown};

/// A record as the hub holds it.
#[derive(Serialize, ToSchema)]
pub struct RecordBody {
    #[schema(value_type = String)]
    id: RecordId,
    scheme: String,
    /// The person behind it, once the linker has seen it.
    #[serde(skip_serializing_if = "Option::is_none")]
    person_id: Option<String>,
    /// Number of its live revision, from 1.
    revision: i64,
    updated_at: String,
    /// The day from which a snapshot no longer held it.
    #[serde(skip_serializing_if = "Option::is_none")]
    absent_since: Option<String>,
    /// Position in the log of its last change, when changes were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    log_seq: Option<u64>,
    /// `beneficiary/1`, with corrections and events.
    #[schema(value_type = Object)]
    record: Box<RawValue>,
}

impl RecordBody {
    fn of(shown: Shown, log_seq: Option<u64>) -> Result<Self, Problem> {
        let record =
            serde_json::from_slice(&shown.canonical).map_err(|error| Problem::internal(&error))?;
        Ok(Self {
            id: shown.id,
            scheme: shown.scheme.to_string(),
            person_id: shown.person.map(|person| person.to_string()),
            revision: shown.revision,
            updated_at: shown.updated_at.to_string(),
            absent_since: shown.absent_since.map(|day| day.to_string()),
            log_seq,
            record,
        })
    }
}

/// Which records.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only of this scheme; a scheme's key only sees its own anyway.
    scheme: Option<String>,
    /// Only those that changed after this position in the log, in the order of their changes;
    /// `next` then is the position to go on from. 0 is the beginning.
    changed_since: Option<u64>,
}

/// Lists records, or what changed since.
#[utoipa::path(get, path = "/v1/records", tag = "records", params(Filter, Page), responses(
    (status = 200, description = "A page of records", body = Listed<RecordBody>),
    (status = "4XX", response = Refused)))]
pub async fn list(
    known: Known,
    Params(filter): Params<Filter>,
    Params(page): Params<Page>,
    State(app): State<App>,
) -> Result<Json<Listed<RecordBody>>, Problem> {
    let caller = known.granted(Scope::RecordsRead)?;
    let scheme = narrow(&app, &caller, filter.scheme.as_deref(), Scope::RecordsRead)?;
    let (hub, scheme, limit) = (&app.hub, scheme.as_ref(), page.limit()?);
    let Some(since) = filter.changed_since else {
        let found = people::records(hub, &caller, scheme, page.after()?, limit + 1).await?;
        let found = found.into_iter().map(|shown| RecordBody::of(shown, None));
        let found = found.collect::<Result<Vec<_>, _>>()?;
        return Ok(Json(Listed::cut(found, limit, |body| body.id.to_string(), |body| body)));
    };
    // The stores count in signed numbers: what lies beyond is no position.
    if i64::try_from(since).is_err() {
        return Err(Problem::parameter("changed_since", format!("0..{}", i64::MAX)));
    }
    let found = people::changed(hub, &caller, scheme, since, limit).await?;
    let next = found.last().map(|(seq, _)| seq.to_string());
    let items = found.into_iter().map(|(seq, shown)| RecordBody::of(shown, Some(seq)));
    Ok(Json(Listed { items: items.collect::<Result<_, _>>()?, next }))
}

/// Reads one record.
#[utoipa::path(get, path = "/v1/records/{id}", tag = "records",
    params(("id" = String, Path, description = "`rec_…`")), responses(
    (status = 200, description = "The record", body = RecordBody),
    (status = "4XX", response = Refused)))]
pub async fn read(
    known: Known,
    Named(id): Named<RecordId>,
    State(app): State<App>,
) -> Result<Json<RecordBody>, Problem> {
    let caller = known.granted(Scope::RecordsRead)?;
    let shown = people::record(&app.hub, &caller, id).await?.ok_or(Problem::new(Code::NotFound))?;
    Ok(Json(RecordBody::of(shown, None)?))
}

/// The scheme whose things a caller asks for: the one named, as far as it is the caller's, or all
/// that are.
pub fn narrow(
    app: &App,
    caller: &Caller,
    named: Option<&str>,
    scope: Scope,
) -> Result<Option<SchemeId>, Problem> {
    match named {
        None => narrowed(caller, scope).map(|own| own.cloned()),
        Some(name) => {
            let scheme = known_scheme(app, name)?;
            own(caller, &scheme, scope)?;
            Ok(Some(scheme))
        }
    }
}
