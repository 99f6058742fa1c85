//! How beneficiaries stand, told by their programme's own system.

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use super::{Message, Sending, invalid, sending};
use crate::http::App;
use crate::http::problem::{Code, Problem};
use crate::model::{DeliveryId, Holder, Scope};
use crate::operations::exchange;
use crate::spdci::envelope::{self, Header};
use crate::spdci::updates;

/// Takes over how beneficiaries stand now: suspended, or active again. A scheme tells it of its own.
#[utoipa::path(post, path = "/spdci/registry/sync/enrollment/updates", tag = "spdci", request_body(content = Object,
    description = "Envelope with an EnrollmentUpdatesRequest"), responses(
    (status = 200, description = "Envelope with an EnrollmentUpdatesResponse", body = Object),
    (status = "4XX", description = "`errors`, each with `code` and `message`", body = Object)))]
pub async fn take(
    who: Sending,
    State(app): State<App>,
    message: Message,
) -> Result<Json<Value>, Problem> {
    let caller = who.granted(Scope::RecordsWrite)?;
    if !matches!(caller.holder, Holder::Scheme(_)) {
        let scope = Scope::RecordsWrite.name();
        return Err(Problem::new(Code::NotPermitted).with("scope", scope));
    }
    let received = message.read(&app, &caller, ("notify", Header::Callback)).await?;
    let library = app.hub.library();
    let (transaction, all) =
        updates::read(&received.message, library.registry()).map_err(invalid)?;
    let outcomes = exchange::take_updates(&app.hub, &caller, &all).await?;
    let now = app.hub.now();
    let id = DeliveryId::new(now, app.hub.random()).to_string();
    let header = sending(&id, "notify", outcomes.len(), now);
    let message = updates::write(&transaction, &outcomes, &id, (now, who.language));
    let mut whole = envelope::write(&received, &header, message);
    exchange::sign(&app.hub, &mut whole).await?;
    Ok(Json(whole))
}
