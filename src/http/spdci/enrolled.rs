//! Is somebody enrolled: the same question and the same operation as `/v1/eligibility`.

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use super::{Message, Sending, answered, begun, invalid};
use crate::eligibility::Question;
use crate::http::App;
use crate::http::problem::Problem;
use crate::model::Scope;
use crate::operations::ask::{self, Outcome};
use crate::spdci::enrolled;
use crate::spdci::envelope::Header;

/// Answers whether somebody is covered by a programme, or by any.
#[utoipa::path(post, path = "/spdci/registry/sync/enrolled", tag = "spdci", request_body(content = Object,
    description = "Envelope with an EnrolledRequest"), responses(
    (status = 200, description = "EnrolledResponse, with a header beside it", body = Object),
    (status = "4XX", description = "`errors`, each with `code` and `message`", body = Object)))]
pub async fn answer(
    who: Sending,
    State(app): State<App>,
    message: Message,
) -> Result<Json<Value>, Problem> {
    let caller = who.granted(Scope::EligibilityAsk)?;
    let received = message.read(&app, &caller, ("search", Header::Request)).await?;
    let asked = enrolled::read(&received.message, app.hub.library().registry()).map_err(invalid)?;
    let question = Question {
        // Whoever the header names as sender: the caller is known by its key.
        asked_by: caller.holder.id().to_owned(),
        purpose: who.purpose(&app, &caller).unwrap_or_default(),
        as_of: asked.as_of.unwrap_or_else(|| app.hub.today()),
        known_at: None,
        country_of_care: asked.country.clone(),
        scheme: asked.scheme.clone(),
        subject: asked.subject.clone(),
    };
    match ask::ask(&app.hub, &caller, &question).await? {
        Outcome::Answered(answer, permission) => {
            crate::http::metrics::asked(answer.verdict.name());
            let (id, now) = begun(&app);
            let told = (&*answer, &permission);
            let body = enrolled::write(&asked, told, &id, now, who.language);
            // The specification shows this answer without an envelope; it stands in one all the same, for those who look
            // for it there, and because a signature is of header and message.
            let what = ("on-search", 1);
            let mut whole = answered(&app, &received, (&id, now), what, body.clone()).await?;
            if let (Some(whole), Value::Object(body)) = (whole.as_object_mut(), body) {
                whole.extend(body);
            }
            Ok(Json(whole))
        }
        Outcome::Refused(refusal) => {
            crate::http::metrics::asked("refused");
            Err(refusal.into())
        }
    }
}
