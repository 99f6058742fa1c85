//! One person, as the caller may see them, in the format that the caller reads.

pub mod decide;
pub mod past;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::App;
use crate::http::extract::{Known, Named, Params};
use crate::http::formats;
use crate::http::openapi::Refused;
use crate::http::problem::{Code, Problem};
use crate::mapping::Mapping;
use crate::model::{PersonId, Scope};
use crate::operations::people::{self, Look};
use crate::operations::translate;

/// In which format.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Format {
    /// A scheme's id, `fhir` or `canonical`; `canonical` when absent.
    r#as: Option<String>,
}

/// Reads a person: the records behind them that the caller may see, with corrections and events,
/// in the format asked for. A scheme sees its own records only.
#[utoipa::path(get, path = "/v1/people/{id}", tag = "people",
    params(("id" = String, Path, description = "`per_…`"), Format), responses(
    (status = 200, description = "The records, in the format asked for"),
    (status = 308, description = "The person is known under another id: `Location`"),
    (status = "4XX", response = Refused)))]
pub async fn read(
    known: Known,
    Named(id): Named<PersonId>,
    Params(format): Params<Format>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let caller = known.granted(Scope::PeopleRead)?;
    let name = format.r#as.as_deref().unwrap_or(translate::CANONICAL);
    let target = formats::target(&app, "as", name)?;
    let shown_as = target.as_deref().map_or(translate::CANONICAL, Mapping::id);
    let records = match people::look(&app.hub, &caller, id, shown_as).await? {
        Look::Here(records) => records,
        Look::Moved(to) => {
            let location = format!("/v1/people/{to}?as={shown_as}");
            return Ok(Redirect::permanent(&location).into_response());
        }
        Look::Gone => return Err(Problem::new(Code::PersonGone)),
        Look::Nobody => return Err(Problem::new(Code::NotFound)),
    };
    let canonical: Vec<Vec<u8>> = records.into_iter().map(|record| record.canonical).collect();
    let bytes = translate::render(target.as_deref(), &canonical)
        .map_err(|issues| Problem::new(Code::InvalidRecord).violations(issues))?;
    let kind = formats::media_type(target.as_deref());
    Ok(([(CONTENT_TYPE, kind)], bytes).into_response())
}
