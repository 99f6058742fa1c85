//! Messages of a patient identity feed (IHE PMIR ITI-93): each entry of the history that they bring is done as if it had come
//! alone, and the message that answers says what became of each.
//!
//! A patient is known by the number of its source, as everywhere else; a reference to another patient of the same message
//! is read as that patient's number. What PMIR does not know, the taking back of a merge, has the code that it prescribes.

use axum::extract::State;
use serde_json::Value;
use uuid::Uuid;

use super::feed::{self, own_number};
use super::media::parameters;
use super::{Asking, Resource, Sent, batch};
use crate::fhir::bundle::Answered;
use crate::fhir::identifier;
use crate::fhir::message::{self, Message};
use crate::http::App;
use crate::http::problem::{Code, Problem};
use crate::model::{Caller, Scope};

/// Takes a message, at the address of the operation.
#[utoipa::path(post, path = "/fhir/R4/$process-message", tag = "fhir", request_body(content = Object,
    content_type = "application/fhir+json", description = "Bundle of type message: a MessageHeader and a Bundle of type history"), responses(
    (status = 200, description = "Bundle of type message", content_type = "application/fhir+json", body = Object),
    (status = "4XX", description = "OperationOutcome", content_type = "application/fhir+json", body = Object)))]
pub async fn process(
    asking: Asking,
    State(app): State<App>,
    Sent(body): Sent,
) -> Result<Resource, Problem> {
    take(&app, &asking, body).await
}

/// Takes a message, at the address of Bundles: both are in use.
#[utoipa::path(post, path = "/fhir/R4/Bundle", tag = "fhir", request_body(content = Object,
    content_type = "application/fhir+json", description = "Bundle of type message: a MessageHeader and a Bundle of type history"), responses(
    (status = 200, description = "Bundle of type message", content_type = "application/fhir+json", body = Object),
    (status = "4XX", description = "OperationOutcome", content_type = "application/fhir+json", body = Object)))]
pub async fn process_bundle(
    asking: Asking,
    State(app): State<App>,
    Sent(body): Sent,
) -> Result<Resource, Problem> {
    take(&app, &asking, body).await
}

async fn take(app: &App, asking: &Asking, body: Value) -> Result<Resource, Problem> {
    let caller = asking.granted(Scope::RecordsWrite)?;
    let message = message::read(body).map_err(|fault| match fault {
        message::Fault::Wrong(issues) => super::patient::invalid(issues),
        message::Fault::Event(event) => Problem::new(Code::NotSupported).with("what", event),
    })?;
    if message.entries.len() > batch::MOST {
        return Err(Problem::parameter("Bundle.entry", format!("0..{}", batch::MOST)));
    }
    let Message { id, mut entries } = message;
    message::settle(&mut entries, |patient| {
        let number = own_number(app, &caller, patient).ok()?;
        let library = app.hub.library();
        let system = identifier::record_uri(library.registry(), &number.scheme);
        Some(identifier::write(&system, &number.value))
    });
    let mut answers = Vec::with_capacity(entries.len());
    for entry in entries {
        let method = entry["request"]["method"].as_str().unwrap_or_default().to_owned();
        let mut answer = batch::answered(one(app, asking, &caller, entry).await, asking);
        // The number of a record that was replaced, written as if it were not: an attempt to take the merge back.
        if method == "PUT" && answer.replaced {
            answer.answered.status = 405;
        }
        answers.push(answer.answered);
    }
    Ok(Resource::found(response(app, asking, &id, answers)))
}

async fn one(
    app: &App,
    asking: &Asking,
    caller: &Caller,
    mut entry: Value,
) -> Result<Resource, Problem> {
    let patient = entry["resource"].take();
    let request = &entry["request"];
    let method = request["method"].as_str().unwrap_or_default();
    let what = || {
        let kind = patient["resourceType"].as_str().unwrap_or("?");
        let what: String = format!("{method} {kind}").chars().take(60).collect();
        Problem::new(Code::NotSupported).with("what", what)
    };
    match method {
        "POST" | "PUT" if patient["resourceType"] == "Patient" => {
            let number = own_number(app, caller, &patient)?;
            feed::take(app, asking, caller, &number, patient).await
        }
        "DELETE" => {
            let url = request["url"].as_str().unwrap_or_default();
            let uri = batch::relative(url, &asking.base)?;
            match uri.path().strip_prefix("/Patient") {
                Some("") => feed::remove(app, asking, &parameters(&uri)).await,
                Some(id) => feed::remove_by_id(app, asking, id.trim_start_matches('/')).await,
                None => Err(what()),
            }
        }
        _ => Err(what()),
    }
}

/// The message that answers: a header that says how it went, and what became of each entry.
fn response(app: &App, asking: &Asking, id: &str, answers: Vec<Answered>) -> Value {
    let worst = answers.iter().map(|answer| answer.status).max().unwrap_or(200);
    let ids = [(); 2].map(|()| Uuid::now_v7().to_string());
    let at = app.hub.now().to_string();
    message::response(&asking.base, id, worst, answers, &ids, &at)
}
