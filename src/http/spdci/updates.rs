//! How beneficiaries stand, told by their programme's own system.

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use super::{Message, Sending, answered, begun, invalid};
use crate::http::App;
use crate::http::problem::{Code, Problem};
use crate::model::{Holder, Scope};
use crate::operations::exchange;
use crate::spdci::envelope::Header;
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
        return Err(Problem::new(Code::SchemesOnly));
    }
    let received = message.read(&app, &caller, ("notify", Header::Callback)).await?;
    let library = app.hub.library();
    let (transaction, all) =
        updates::read(&received.message, library.registry()).map_err(invalid)?;
    let outcomes = exchange::take_updates(&app.hub, &caller, &received.id, &all).await?;
    let (id, now) = begun(&app);
    let what = ("notify", outcomes.len());
    let message = updates::write(&transaction, &outcomes, &id, (now, who.language));
    Ok(Json(answered(&app, &received, (&id, now), what, message).await?))
}
