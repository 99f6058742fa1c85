//! Messages that are answered later: what is wrong with one is told in its acknowledgement.

use axum::Json;
use serde_json::Value;

use super::{Message, Sending};
use crate::http::App;
use crate::http::problem::Problem;
use crate::messages;
use crate::model::{Caller, DeliveryId, Issue, Language};
use crate::operations::exchange::{self, TakeError, Taking, Work};
use crate::spdci::envelope::{self, Received};
use crate::spdci::faults;

/// Takes a message and acknowledges it.
///
/// # Errors
/// When the store fails.
pub async fn take(
    app: &App,
    who: &Sending,
    caller: &Caller,
    message: Message,
    work: Work,
) -> Result<Json<Value>, Problem> {
    let received = match opened(app, caller, message, work).await {
        Ok(received) => received,
        Err(TakeError::Wrong(wrong)) => return Ok(refused(app, &wrong, who.language)),
        Err(TakeError::Store(error)) => return Err(error.into()),
    };
    let repaired = received.repaired.clone();
    let taking = Taking {
        work,
        caller,
        purpose: who.purpose.clone(),
        language: who.language,
        received,
        reach: app.client.reach(),
    };
    match exchange::take(&app.hub, taking).await {
        Ok((id, ack)) => {
            let repaired = Received { repaired, ..Received::default() };
            let ack = envelope::acknowledge(&repaired, &id.to_string(), ack, app.hub.now());
            Ok(Json(ack))
        }
        Err(TakeError::Wrong(wrong)) => Ok(refused(app, &wrong, who.language)),
        Err(TakeError::Store(error)) => Err(error.into()),
    }
}

/// The message, when it is right without and within.
async fn opened(
    app: &App,
    caller: &Caller,
    message: Message,
    work: Work,
) -> Result<Received, TakeError> {
    let received = message.open(app, caller, (work.action(), work.header())).await?;
    work.check(&received.message, app.hub.library().registry()).map_err(TakeError::Wrong)?;
    Ok(received)
}

/// The acknowledgement of a message that is not taken.
pub fn refused(app: &App, wrong: &[Issue], language: Language) -> Json<Value> {
    let code = wrong.first().map_or("err.request.bad", faults::code);
    let words: Vec<String> = wrong.iter().map(|issue| said(issue, language)).collect();
    let now = app.hub.now();
    let id = DeliveryId::new(now, app.hub.random()).to_string();
    Json(envelope::refuse(&id, code, &words.join("\n"), now))
}

/// What is wrong in words, with its path.
pub fn said(issue: &Issue, language: Language) -> String {
    let words = messages::issue(issue, language);
    let path = issue.place.path.as_deref().unwrap_or("message");
    let expected = words.expected.map(|expected| format!(" [{expected}]")).unwrap_or_default();
    format!("{path}: {}{expected} {}", words.detail, words.mend)
}
