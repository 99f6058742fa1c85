//! The schemes that the hub knows.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::App;
use crate::http::extract::{Known, Speaks};
use crate::http::problem::Problem;

/// A scheme.
#[derive(Serialize, ToSchema)]
pub struct SchemeBody {
    /// Its id, such as `ml-utm`.
    id: String,
    /// Its name, in the caller's language.
    title: String,
    /// ISO 3166-1 alpha-2.
    country: String,
}

/// Lists the schemes. Anybody with a key may: their names are public.
#[utoipa::path(get, path = "/v1/schemes", tag = "hub", responses(
    (status = 200, description = "Every scheme", body = Vec<SchemeBody>),
    (status = "4XX", response = crate::http::openapi::Refused)))]
pub async fn list(
    _known: Known,
    Speaks(language): Speaks,
    State(app): State<App>,
) -> Result<Json<Vec<SchemeBody>>, Problem> {
    let library = app.hub.library();
    let schemes = library.registry().schemes().map(|scheme| SchemeBody {
        id: scheme.id.to_string(),
        title: scheme.title.get(language).to_owned(),
        country: scheme.country.clone(),
    });
    Ok(Json(schemes.collect()))
}
