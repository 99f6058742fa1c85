//! Who wants to be called when something happens to patients (R4 Subscription, IHE ITI-94).

use axum::extract::State;

use super::patient::invalid;
use super::{Asking, Resource, Sent, Version};
use crate::fhir::id::PatientId;
use crate::fhir::request::error;
use crate::fhir::subscription::{self, Criteria};
use crate::http::App;
use crate::http::extract::Named;
use crate::http::problem::{Code, Problem};
use crate::model::{Expected, Issue, IssueCode, Scope, SubscriptionId};
use crate::operations::exchange::calls::{self, CallError, Standing, Wanted, Whose};

/// Makes a subscription: the address is called, without a message, when something happens to somebody who is followed.
#[utoipa::path(post, path = "/fhir/R4/Subscription", tag = "fhir",
    request_body(content = Object, content_type = "application/fhir+json", description = "Subscription: `criteria` is `Patient`, `Patient?organization=<scheme>`, `Patient?identifier=<system>|<value>` or `Patient?_id=<id>`; `channel` a rest-hook without payload, at an address of the agreement"), responses(
    (status = 201, description = "Subscription", content_type = "application/fhir+json", body = Object),
    (status = "4XX", description = "OperationOutcome", content_type = "application/fhir+json", body = Object)))]
pub async fn create(
    asking: Asking,
    State(app): State<App>,
    Sent(body): Sent,
) -> Result<Resource, Problem> {
    let caller = asking.granted(Scope::PeopleRead)?;
    let library = app.hub.library();
    let asked = subscription::read(&body, library.registry()).map_err(invalid)?;
    let wanted = Wanted {
        whose: match asked.criteria {
            Criteria::Everybody(scheme) => Whose::Everybody(scheme),
            Criteria::Number(number) => Whose::Number(number),
            Criteria::Patient(PatientId::Person(person)) => Whose::Person(person),
            Criteria::Patient(PatientId::Record(record)) => Whose::Record(record),
        },
        endpoint: asked.endpoint,
        headers: asked.headers,
        end: asked.end,
        said: subscription::kept(body),
    };
    let why = (asking.purpose(&app, &caller), app.client.reach());
    let standing = calls::subscribe(&app.hub, &caller, why, wanted).await.map_err(refused)?;
    Ok(written(standing, Resource::created))
}

/// Reads a subscription of the caller: `active`, `off` after its end, `error` when the address could not be called.
#[utoipa::path(get, path = "/fhir/R4/Subscription/{id}", tag = "fhir", params(
    ("id" = String, Path, description = "As it was answered")), responses(
    (status = 200, description = "Subscription", content_type = "application/fhir+json", body = Object),
    (status = "4XX", description = "OperationOutcome", content_type = "application/fhir+json", body = Object)))]
pub async fn read(
    asking: Asking,
    Named(id): Named<String>,
    State(app): State<App>,
) -> Result<Resource, Problem> {
    let caller = asking.granted(Scope::PeopleRead)?;
    let standing = calls::standing(&app.hub, &caller, parsed(&id)?).await?;
    Ok(written(standing.ok_or(Problem::new(Code::NotFound))?, Resource::found))
}

/// Ends a subscription of the caller; nobody is called any more.
#[utoipa::path(delete, path = "/fhir/R4/Subscription/{id}", tag = "fhir", params(
    ("id" = String, Path, description = "As it was answered")), responses(
    (status = 204, description = "Ended"),
    (status = "4XX", description = "OperationOutcome", content_type = "application/fhir+json", body = Object)))]
pub async fn end(
    asking: Asking,
    Named(id): Named<String>,
    State(app): State<App>,
) -> Result<Resource, Problem> {
    let caller = asking.granted(Scope::PeopleRead)?;
    if calls::end(&app.hub, &caller, parsed(&id)?).await? {
        Ok(Resource::nothing())
    } else {
        Err(Problem::new(Code::NotFound))
    }
}

fn written(standing: Standing, answer: impl FnOnce(serde_json::Value) -> Resource) -> Resource {
    let Standing { id, said, status, since } = standing;
    let id = shown(id);
    let resource = subscription::write(said, &id, (status, since));
    let reference = format!("Subscription/{id}");
    answer(resource).of_version(Version { reference, number: 1, at: since })
}

/// An id of FHIR has no underscore.
fn shown(id: SubscriptionId) -> String {
    id.to_string().replace('_', "-")
}

fn parsed(id: &str) -> Result<SubscriptionId, Problem> {
    id.replacen('-', "_", 1).parse().map_err(|_| Problem::new(Code::NotFound))
}

fn refused(error: CallError) -> Problem {
    match error {
        CallError::Address { agreed } => {
            let known = Expected::OneOf(agreed);
            invalid(vec![fault("Subscription.channel.endpoint").expected(known)])
        }
        CallError::Whose => invalid(vec![fault("Subscription.criteria")]),
        CallError::View(error) => error.into(),
    }
}

fn fault(path: &str) -> Issue {
    error(IssueCode::NotPermitted, path)
}
