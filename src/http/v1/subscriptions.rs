//! Who wants to hear of changes, and where.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::delivery::plan::Kind;
use crate::http::App;
use crate::http::extract::{Document, Known, Named, known_scheme, own};
use crate::http::openapi::Refused;
use crate::http::problem::{Code, Problem};
use crate::model::{Caller, Holder, SchemeId, Scope, SubscriptionId};
use crate::operations::deliver::{self, NewSubscription, SubscriptionRow};

/// What a partner may hear of.
const ANSWERS: [Kind; 1] = [Kind::AnswerChanged];

/// A subscription to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubscriptionRequest {
    /// The scheme: messages are about people of whom it has a record, in its own format. A partner names itself, and
    /// hears of `answer.changed` only.
    scheme: String,
    /// Where messages are posted.
    url: String,
    /// Which changes, such as `record.changed`; none means all.
    #[serde(default)]
    kinds: Vec<String>,
}

/// A subscription.
#[derive(Serialize, ToSchema)]
pub struct SubscriptionBody {
    #[schema(value_type = String)]
    id: SubscriptionId,
    scheme: String,
    url: String,
    kinds: Vec<&'static str>,
    created_at: String,
}

/// A subscription just made.
#[derive(Serialize, ToSchema)]
pub struct SubscriptionCreated {
    #[serde(flatten)]
    subscription: SubscriptionBody,
    /// `whsec_…`, to check the signatures with (Standard Webhooks); shown this once.
    secret: String,
}

impl From<&SubscriptionRow> for SubscriptionBody {
    fn from(row: &SubscriptionRow) -> Self {
        Self {
            id: row.id,
            scheme: row.scheme.to_string(),
            url: row.url.clone(),
            kinds: row.kinds.iter().map(|kind| kind.name()).collect(),
            created_at: row.created_at.to_string(),
        }
    }
}

/// Lists the caller's subscriptions.
#[utoipa::path(get, path = "/v1/subscriptions", tag = "deliveries", responses(
    (status = 200, description = "Those that have not ended", body = Vec<SubscriptionBody>),
    (status = "4XX", response = Refused)))]
pub async fn list(
    known: Known,
    State(app): State<App>,
) -> Result<Json<Vec<SubscriptionBody>>, Problem> {
    let caller = known.granted(Scope::DeliveriesManage)?;
    let rows = deliver::subscriptions(&app.hub, None).await?;
    let theirs = rows.iter().filter(|row| sees(&caller, row));
    Ok(Json(theirs.map(SubscriptionBody::from).collect()))
}

/// Subscribes to what happens from now on.
#[utoipa::path(post, path = "/v1/subscriptions", tag = "deliveries",
    request_body = SubscriptionRequest, responses(
    (status = 201, description = "The subscription with its secret", body = SubscriptionCreated),
    (status = "4XX", response = Refused)))]
pub async fn create(
    known: Known,
    State(app): State<App>,
    Document(request): Document<SubscriptionRequest>,
) -> Result<(StatusCode, Json<SubscriptionCreated>), Problem> {
    let caller = known.granted(Scope::DeliveriesManage)?;
    let kinds = request.kinds.iter().map(|name| kind(name)).collect::<Result<Vec<_>, _>>()?;
    let scheme = subscriber(&app, &caller, &request.scheme, &kinds)?;
    let new = NewSubscription { scheme, url: request.url, kinds };
    let row = deliver::subscribe(&app.hub, app.client.reach(), new).await?;
    let secret = row.secret.reveal().to_string();
    let created = SubscriptionCreated { subscription: (&row).into(), secret };
    Ok((StatusCode::CREATED, Json(created)))
}

/// Whose subscription it will be: a scheme's own, or a partner's to the answers that it was given.
fn subscriber(app: &App, caller: &Caller, name: &str, kinds: &[Kind]) -> Result<SchemeId, Problem> {
    if let Holder::Partner(partner) = &caller.holder {
        let scheme = name.parse().ok().filter(|_| partner == name && kinds == ANSWERS);
        let scope = Scope::DeliveriesManage.name();
        return scheme.ok_or_else(|| Problem::new(Code::NotPermitted).with("scope", scope));
    }
    let scheme = known_scheme(app, name)?;
    own(caller, &scheme, Scope::DeliveriesManage)?;
    Ok(scheme)
}

/// Whether a caller sees a subscription.
fn sees(caller: &Caller, row: &SubscriptionRow) -> bool {
    match &caller.holder {
        Holder::Operator(_) => true,
        Holder::Scheme(scheme) => *scheme == row.scheme,
        Holder::Partner(id) => id == row.scheme.as_str() && row.kinds == ANSWERS,
    }
}

fn kind(name: &str) -> Result<Kind, Problem> {
    let known = Kind::ALL.into_iter().find(|kind| kind.name() == name);
    known.ok_or_else(|| Problem::parameter("kinds", "?").known(Kind::ALL.iter().map(|k| k.name())))
}

/// Ends a subscription; what still waits for it is given up.
#[utoipa::path(delete, path = "/v1/subscriptions/{id}", tag = "deliveries",
    params(("id" = String, Path, description = "`sub_…`")), responses(
    (status = 204, description = "Ended"),
    (status = "4XX", response = Refused)))]
pub async fn end(
    known: Known,
    Named(id): Named<SubscriptionId>,
    State(app): State<App>,
) -> Result<StatusCode, Problem> {
    let caller = known.granted(Scope::DeliveriesManage)?;
    let rows = deliver::subscriptions(&app.hub, None).await?;
    let theirs = rows.iter().any(|row| row.id == id && sees(&caller, row));
    if theirs && deliver::unsubscribe(&app.hub, None, id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::new(Code::NotFound))
    }
}
