//! Is somebody enrolled: the same question and the same operation as `/v1/eligibility`.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::{Message, Sending, invalid};
use crate::eligibility::Question;
use crate::http::App;
use crate::http::problem::Problem;
use crate::model::{DeliveryId, Scope};
use crate::operations::ask::{self, Outcome};
use crate::spdci::{enrolled, envelope};

/// Answers whether somebody is covered by a programme, or by any.
#[utoipa::path(post, path = "/spdci/registry/sync/enrolled", tag = "spdci", request_body(content = Object,
    description = "Envelope with an EnrolledRequest"), responses(
    (status = 200, description = "EnrolledResponse, with a header beside it", body = Object),
    (status = "4XX", description = "`errors`, each with `code` and `message`", body = Object)))]
pub async fn answer(
    sending: Sending,
    State(app): State<App>,
    message: Message,
) -> Result<Json<Value>, Problem> {
    let caller = sending.granted(Scope::EligibilityAsk)?;
    let received = message.read("search")?;
    let asked = enrolled::read(&received.message, app.hub.library().registry()).map_err(invalid)?;
    let question = Question {
        // Whoever the header names as sender: the caller is known by its key.
        asked_by: caller.holder.id().to_owned(),
        purpose: sending.purpose(&app, &caller).unwrap_or_default(),
        as_of: asked.as_of.unwrap_or_else(|| app.hub.today()),
        known_at: None,
        country_of_care: asked.country.clone(),
        scheme: asked.scheme.clone(),
        subject: asked.subject.clone(),
    };
    match ask::ask(&app.hub, &caller, &question).await? {
        Outcome::Answered(answer, permission) => {
            crate::http::metrics::asked(answer.verdict.name());
            let now = app.hub.now();
            let id = DeliveryId::new(now, app.hub.random()).to_string();
            let told = (&*answer, &permission);
            let body = enrolled::write(&asked, told, &id, now, sending.language);
            let header = envelope::Sending { id: &id, action: "on-search", counts: (1, 1), now };
            // The specification shows this answer without an envelope; who looks for one finds its header beside it.
            let mut whole = envelope::write(&received, &header, Value::Null);
            if let (Some(whole), Value::Object(body)) = (whole.as_object_mut(), body) {
                whole.remove("message");
                whole.extend(body);
            }
            Ok(Json(json!(whole)))
        }
        Outcome::Refused(refusal) => {
            crate::http::metrics::asked("refused");
            Err(refusal.into())
        }
    }
}
