//! Who is somebody: what agreements let the asker see of the person whom each search names.

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use super::{Message, Sending, invalid};
use crate::eligibility::Subject;
use crate::http::App;
use crate::http::problem::Problem;
use crate::model::{BeneficiaryRecord, DeliveryId, Scope};
use crate::operations::patients::{self, Patient, View, Wanted};
use crate::spdci::search::{self, Search};
use crate::spdci::{envelope, member};

/// Answers a batch of searches, each for one person.
#[utoipa::path(post, path = "/spdci/registry/sync/search", tag = "spdci", request_body(content = Object,
    description = "Envelope with a SearchRequest"), responses(
    (status = 200, description = "Envelope with a SearchResponse", body = Object),
    (status = "4XX", description = "`errors`, each with `code` and `message`", body = Object)))]
pub async fn answer(
    sending: Sending,
    State(app): State<App>,
    message: Message,
) -> Result<Json<Value>, Problem> {
    let caller = sending.granted(Scope::PeopleRead)?;
    let received = message.read("search")?;
    let asked = search::read(&received.message, app.hub.library().registry()).map_err(invalid)?;
    let view = patients::view(&app.hub, &caller, sending.purpose(&app, &caller)).await?;
    let now = app.hub.now();
    let mut responses = Vec::with_capacity(asked.searches.len());
    for one in &asked.searches {
        let found = look(&app, &view, one).await?;
        responses.push(search::response(one, found, now));
    }
    let id = DeliveryId::new(now, app.hub.random()).to_string();
    let count = responses.len();
    let header = envelope::Sending { id: &id, action: "on-search", counts: (count, count), now };
    Ok(Json(envelope::write(&received, &header, search::write(&asked, responses, &id))))
}

/// The Members of one search; the code of the specification where it names nobody.
async fn look(
    app: &App,
    view: &View<'_>,
    search: &Search,
) -> Result<Result<Vec<Value>, &'static str>, Problem> {
    let wanted = match &search.wanted {
        Err(code) => return Ok(Err(*code)),
        Ok(Subject::Identifiers(numbers)) => Wanted { numbers: numbers.clone(), person: None },
        Ok(Subject::Demographics(person)) => {
            Wanted { numbers: Vec::new(), person: Some(person.clone()) }
        }
        Ok(Subject::Person(_) | Subject::Record(_)) => return Ok(Ok(Vec::new())),
    };
    let found = patients::matches(&app.hub, view, &wanted).await?;
    let members = found.iter().map(|found| written(&found.patient));
    members.collect::<Result<Vec<_>, Problem>>().map(Ok)
}

fn written(patient: &Patient) -> Result<Value, Problem> {
    let records: Vec<BeneficiaryRecord> = patient
        .faces
        .iter()
        .map(|face| serde_json::from_slice(&face.shown.canonical))
        .collect::<Result<_, _>>()
        .map_err(|error| Problem::internal(&error))?;
    let first = patient.faces.first().map(|face| face.shown.id.to_string());
    let id = patient.person.map(|person| person.to_string()).or(first).unwrap_or_default();
    let both = records.iter().zip(&patient.faces);
    let seen: Vec<member::Seen<'_>> =
        both.map(|(record, face)| member::Seen { record, fields: &face.fields }).collect();
    Ok(member::write(&id, &seen))
}
