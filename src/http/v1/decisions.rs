//! What people decided: listed, read, taken back.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::App;
use crate::http::extract::{Document, Known, Named, Params};
use crate::http::openapi::Refused;
use crate::http::paging::{Listed, Page};
use crate::http::problem::{Code, Problem};
use crate::http::v1::deciding::Deciding;
use crate::model::{DecisionId, PersonId, Scope};
use crate::operations::stewardship::{self, Decision, DecisionFact, DecisionKind, Wanted};

/// A decision.
#[derive(Serialize, ToSchema)]
pub struct DecisionBody {
    /// `dec_…`
    id: String,
    /// `same`, `different`, `unsure`, `merge`, `split` or `undo`.
    kind: &'static str,
    at: String,
    /// Who, such as `operator:bamako`.
    by: String,
    /// Why, in their own words.
    reason: String,
    /// The review that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    review: Option<String>,
    /// The decision that it takes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    undoes: Option<String>,
    /// The decision that took it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    undone_by: Option<String>,
    /// What it binds and parts, when a single decision is read; of an `undo`, what that changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    facts: Vec<FactBody>,
}

/// A pair that a decision binds or parts.
#[derive(Serialize, ToSchema)]
pub struct FactBody {
    a: String,
    b: String,
    /// Whether the two are held to be one person; else they are held apart.
    same: bool,
    /// Bits of evidence when it was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    weight: Option<f64>,
    /// What spoke against joining them then.
    #[serde(skip_serializing_if = "Option::is_none")]
    objection: Option<String>,
}

impl From<Decision> for DecisionBody {
    fn from(decision: Decision) -> Self {
        Self {
            id: decision.id.to_string(),
            kind: decision.kind.name(),
            at: decision.at.to_string(),
            by: decision.by,
            reason: decision.reason,
            review: decision.review.map(|id| id.to_string()),
            undoes: decision.undoes.map(|id| id.to_string()),
            undone_by: decision.undone_by.map(|id| id.to_string()),
            facts: Vec::new(),
        }
    }
}

impl From<DecisionFact> for FactBody {
    fn from(fact: DecisionFact) -> Self {
        Self {
            a: fact.a.to_string(),
            b: fact.b.to_string(),
            same: fact.same,
            weight: fact.weight,
            objection: fact.objection,
        }
    }
}

/// A decision just taken.
#[derive(Serialize, ToSchema)]
pub struct DecidedBody {
    #[serde(flatten)]
    decision: DecisionBody,
    /// Whether what follows from it is in force.
    settled: bool,
}

/// Whether to wait.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Waits {
    /// `linked`: answers only when the linker has acted on it.
    #[param(pattern = "^linked$")]
    wait: Option<String>,
}

/// Answers with a decision: 200 when what follows from it is in force, 202 when the linker has still to act.
pub async fn decided(app: &App, decision: Decision, waits: Waits) -> Result<Response, Problem> {
    let longest = match waits.wait.as_deref() {
        None => std::time::Duration::ZERO,
        Some("linked") => app.limits.answer,
        Some(_) => return Err(Problem::parameter("wait", "linked")),
    };
    let settled = stewardship::until_settled(&app.hub, decision.id, longest).await?;
    let status = if settled { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Json(DecidedBody { decision: decision.into(), settled })).into_response())
}

/// Which decisions.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Only by this holder, such as `operator:bamako`, or `me`; a scheme's key only sees its own anyway.
    by: Option<String>,
    /// Only of this kind.
    #[param(pattern = "^(same|different|unsure|merge|split|undo)$")]
    kind: Option<String>,
    /// Only about records that are now this person's.
    person: Option<String>,
}

/// Lists decisions, the newest first.
#[utoipa::path(get, path = "/v1/identity/decisions", tag = "stewardship", params(Which, Page), responses(
    (status = 200, description = "A page of decisions", body = Listed<DecisionBody>),
    (status = "4XX", response = Refused)))]
pub async fn list(
    known: Known,
    Params(which): Params<Which>,
    Params(page): Params<Page>,
    State(app): State<App>,
) -> Result<Json<Listed<DecisionBody>>, Problem> {
    let caller = known.granted(Scope::PeopleRead)?;
    let own = caller.holder.to_string();
    let kind = match which.kind.as_deref() {
        None => None,
        Some(name) => Some(DecisionKind::parse(name).ok_or_else(|| {
            Problem::parameter("kind", "same | different | unsure | merge | split | undo")
        })?),
    };
    let person = match which.person.as_deref() {
        None => None,
        Some(id) => {
            Some(id.parse::<PersonId>().map_err(|error| Problem::parameter("person", error))?)
        }
    };
    let by = which.by.as_deref().map(|by| if by == "me" { own.as_str() } else { by });
    let wanted = Wanted { by, kind, person, review: None };
    let (limit, before) = (page.limit()?, page.after()?);
    let found = stewardship::decisions(&app.hub, &caller, wanted, before, limit + 1).await?;
    Ok(Json(Listed::cut(found, limit, |decision| decision.id.to_string(), DecisionBody::from)))
}

/// Reads a decision with what it binds and parts.
#[utoipa::path(get, path = "/v1/identity/decisions/{id}", tag = "stewardship",
    params(("id" = String, Path, description = "`dec_…`")), responses(
    (status = 200, description = "The decision", body = DecisionBody),
    (status = "4XX", response = Refused)))]
pub async fn read(
    known: Known,
    Named(id): Named<DecisionId>,
    State(app): State<App>,
) -> Result<Json<DecisionBody>, Problem> {
    let caller = known.granted(Scope::PeopleRead)?;
    let found = stewardship::decision(&app.hub, &caller, id).await?;
    let (decision, facts) = found.ok_or(Problem::new(Code::NotFound))?;
    let facts = facts.into_iter().map(FactBody::from).collect();
    Ok(Json(DecisionBody { facts, ..decision.into() }))
}

/// Why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonBody {
    /// Why, for those who look at it later: up to 2,000 letters.
    reason: String,
}

/// Takes a decision back: its facts hold no longer, and what it answered is asked again. This is a decision too, and can
/// be taken back.
#[utoipa::path(post, path = "/v1/identity/decisions/{id}/undo", tag = "stewardship",
    params(("id" = String, Path, description = "`dec_…`"), Waits,
        ("idempotency-key" = Option<String>, Header, description = "Makes the decision safe to repeat")),
    request_body = ReasonBody, responses(
    (status = 200, description = "Taken back, and what follows from it is in force", body = DecidedBody),
    (status = 202, description = "Taken back; the linker has still to act on it", body = DecidedBody),
    (status = "4XX", response = Refused)))]
pub async fn undo(
    deciding: Deciding,
    Named(id): Named<DecisionId>,
    Params(waits): Params<Waits>,
    State(app): State<App>,
    Document(body): Document<ReasonBody>,
) -> Result<Response, Problem> {
    let decision = stewardship::undo(&app.hub, deciding.because(&body.reason), id).await?;
    decided(&app, decision, waits).await
}
