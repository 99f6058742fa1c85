//! What became of earlier messages, answered at once or later.

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use super::{Message, Sending, answered, begun, invalid, later};
use crate::http::App;
use crate::http::problem::Problem;
use crate::model::Scope;
use crate::operations::exchange::{self, Work};
use crate::spdci::envelope::Header;
use crate::spdci::status;

/// Answers what became of a message: `pdng` while it waits, then what was answered.
#[utoipa::path(post, path = "/spdci/registry/sync/txn/status", tag = "spdci", request_body(content = Object,
    description = "Envelope with a TxnStatusRequest"), responses(
    (status = 200, description = "Envelope with a TxnStatusResponse", body = Object),
    (status = "4XX", description = "`errors`, each with `code` and `message`", body = Object)))]
pub async fn answer(
    who: Sending,
    State(app): State<App>,
    message: Message,
) -> Result<Json<Value>, Problem> {
    let caller = who.granted(Scope::PeopleRead)?;
    let received = message.read(&app, &caller, ("txn-status", Header::Request)).await?;
    let asked = status::read(&received.message).map_err(invalid)?;
    who.sees_anything(&app, &caller).await?;
    let (id, now) = begun(&app);
    let (message, count) = exchange::answer_status(&app.hub, &caller, &asked, &id).await?;
    let what = ("txn-on-status", count);
    Ok(Json(answered(&app, &received, (&id, now), what, message).await?))
}

/// Takes a question what became of a message, to be answered later by `txn-on-status`.
#[utoipa::path(post, path = "/spdci/registry/txn/status", tag = "spdci", request_body(content = Object,
    description = "Envelope with a TxnStatusRequest"), responses(
    (status = 200, description = "`message.ack_status`: ACK, NACK or ERR", body = Object),
    (status = "4XX", description = "`errors`, each with `code` and `message`", body = Object)))]
pub async fn take(
    who: Sending,
    State(app): State<App>,
    message: Message,
) -> Result<Json<Value>, Problem> {
    let caller = who.granted(Scope::PeopleRead)?;
    who.sees_anything(&app, &caller).await?;
    later::take(&app, &who, &caller, message, Work::Status).await
}
