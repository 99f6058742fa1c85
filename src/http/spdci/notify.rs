//! What a civil registry announces.

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use super::{Message, Sending, later};
use crate::eligibility::Refusal;
use crate::http::App;
use crate::http::problem::Problem;
use crate::model::Scope;
use crate::operations::exchange::{self, Work};

/// Takes a notice of a civil registry; deaths become events of the records that bear the number.
#[utoipa::path(post, path = "/spdci/registry/notify", tag = "spdci", request_body(content = Object,
    description = "Envelope with a NotifyEventRequest"), responses(
    (status = 200, description = "`message.ack_status`: ACK or ERR", body = Object),
    (status = "4XX", description = "`errors`, each with `code` and `message`", body = Object)))]
pub async fn take(
    who: Sending,
    State(app): State<App>,
    message: Message,
) -> Result<Json<Value>, Problem> {
    let caller = who.granted(Scope::RecordsWrite)?;
    if !exchange::announces_deaths(&app.hub, &caller) {
        return Err(Refusal::NoAgreement.into());
    }
    later::take(&app, &who, &caller, message, Work::Deaths).await
}
