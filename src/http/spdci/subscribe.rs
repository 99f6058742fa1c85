//! Who wants to hear what of whom.

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use super::{Message, Sending, later};
use crate::http::App;
use crate::http::problem::Problem;
use crate::model::Scope;
use crate::operations::exchange::Work;

/// Takes subscriptions to what happens to somebody; `on-subscribe` brings their codes, `notify` what happens.
#[utoipa::path(post, path = "/spdci/registry/subscribe", tag = "spdci", request_body(content = Object,
    description = "Envelope with a SubscribeRequest"), responses(
    (status = 200, description = "`message.ack_status`: ACK or ERR", body = Object),
    (status = "4XX", description = "`errors`, each with `code` and `message`", body = Object)))]
pub async fn begin(
    who: Sending,
    State(app): State<App>,
    message: Message,
) -> Result<Json<Value>, Problem> {
    let caller = who.granted(Scope::PeopleRead)?;
    who.sees_anything(&app, &caller).await?;
    later::take(&app, &who, &caller, message, Work::Subscribe).await
}

/// Ends subscriptions by their codes; `on-unsubscribe` says which ended.
#[utoipa::path(post, path = "/spdci/registry/unsubscribe", tag = "spdci", request_body(content = Object,
    description = "Envelope with an UnSubscribeRequest"), responses(
    (status = 200, description = "`message.ack_status`: ACK, NACK or ERR", body = Object),
    (status = "4XX", description = "`errors`, each with `code` and `message`", body = Object)))]
pub async fn end(
    who: Sending,
    State(app): State<App>,
    message: Message,
) -> Result<Json<Value>, Problem> {
    let caller = who.granted(Scope::PeopleRead)?;
    later::take(&app, &who, &caller, message, Work::Unsubscribe).await
}
