//! Who is somebody: a batch of searches, answered at once or later.

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use super::{Message, Sending, answered, begun, invalid, later};
use crate::http::App;
use crate::http::problem::Problem;
use crate::model::Scope;
use crate::operations::exchange::{self, Work};
use crate::spdci::envelope::Header;
use crate::spdci::search;

/// Answers a batch of searches, each for one person.
#[utoipa::path(post, path = "/spdci/registry/sync/search", tag = "spdci", request_body(content = Object,
    description = "Envelope with a SearchRequest"), responses(
    (status = 200, description = "Envelope with a SearchResponse", body = Object),
    (status = "4XX", description = "`errors`, each with `code` and `message`", body = Object)))]
pub async fn answer(
    who: Sending,
    State(app): State<App>,
    message: Message,
) -> Result<Json<Value>, Problem> {
    let caller = who.granted(Scope::PeopleRead)?;
    let received = message.read(&app, &caller, ("search", Header::Request)).await?;
    let asked = search::read(&received.message, app.hub.library().registry()).map_err(invalid)?;
    let purpose = who.purpose(&app, &caller);
    let responses = exchange::answer_search(&app.hub, &caller, purpose, &asked).await?;
    let (id, now) = begun(&app);
    let what = ("on-search", responses.len());
    let message = search::write(&asked, responses, &id);
    Ok(Json(answered(&app, &received, (&id, now), what, message).await?))
}

/// Takes a batch of searches, to be answered later by `on-search`.
#[utoipa::path(post, path = "/spdci/registry/search", tag = "spdci", request_body(content = Object,
    description = "Envelope with a SearchRequest"), responses(
    (status = 200, description = "`message.ack_status`: ACK, an answer is sent; NACK, it is kept to be asked for; ERR, with `error`", body = Object),
    (status = "4XX", description = "`errors`, each with `code` and `message`", body = Object)))]
pub async fn take(
    who: Sending,
    State(app): State<App>,
    message: Message,
) -> Result<Json<Value>, Problem> {
    let caller = who.granted(Scope::PeopleRead)?;
    who.sees_anything(&app, &caller).await?;
    later::take(&app, &who, &caller, message, Work::Search).await
}
