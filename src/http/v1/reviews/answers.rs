//! A review is answered, or a group of like ones.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::IF_MATCH;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::App;
use crate::http::extract::{Document, Known, Named, Params};
use crate::http::openapi::Refused;
use crate::http::problem::{Code, Problem};
use crate::http::v1::deciding::Deciding;
use crate::http::v1::decisions::{DecidedBody, Waits, decided};
use crate::model::{ReviewId, Scope};
use crate::operations::stewardship::{self, Answer, Steward};

/// How many like reviews one call answers.
const MOST_ALIKE: u32 = 500;

/// What a steward says.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerBody {
    /// `same`, `different` or `unsure`.
    answer: String,
    /// Why, for those who look at it later: up to 2,000 letters.
    reason: String,
}

fn parse(answer: &str) -> Result<Answer, Problem> {
    Answer::parse(answer).ok_or_else(|| Problem::parameter("answer", "same | different | unsure"))
}

/// Answers a review as it was seen: `If-Match` names its `version`. `same` holds all records of the two people together,
/// `different` holds the two records apart; both count until the decision is taken back, whatever arrives later.
#[utoipa::path(post, path = "/v1/reviews/{id}/decide", tag = "stewardship",
    params(("id" = String, Path, description = "`rev_…`"), Waits,
        ("if-match" = String, Header, description = "The version that was seen"),
        ("idempotency-key" = Option<String>, Header, description = "Makes the decision safe to repeat")),
    request_body = AnswerBody, responses(
    (status = 200, description = "Decided, and what follows from it is in force", body = DecidedBody),
    (status = 202, description = "Decided; the linker has still to act on it", body = DecidedBody),
    (status = "4XX", response = Refused)))]
pub async fn decide(
    deciding: Deciding,
    Named(id): Named<ReviewId>,
    Params(waits): Params<Waits>,
    State(app): State<App>,
    headers: HeaderMap,
    Document(body): Document<AnswerBody>,
) -> Result<axum::response::Response, Problem> {
    let seen = headers.get(IF_MATCH).and_then(|value| value.to_str().ok()).map(str::trim);
    let seen = seen.ok_or(Problem::new(Code::PreconditionRequired))?;
    // `*`: whatever it is now (RFC 9110, section 13.1.1).
    let seen = Some(seen.trim_matches('"')).filter(|seen| *seen != "*");
    let answer = parse(&body.answer)?;
    let decision =
        stewardship::answer(&app.hub, deciding.because(&body.reason), id, seen, answer).await?;
    decided(&app, decision, waits).await
}

/// An answer to a group.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AlikeBody {
    /// The group, as `/v1/reviews/groups` names it.
    alike: String,
    /// `same`, `different` or `unsure`.
    answer: String,
    /// Why.
    reason: String,
    /// How many at most: 1 to 500, usually 100.
    #[serde(default)]
    limit: Option<u32>,
}

/// What came of an answer to a group.
#[derive(Serialize, ToSchema)]
pub struct AlikeDecided {
    /// The decisions, each to be taken back by itself.
    #[schema(value_type = Vec<String>)]
    decisions: Vec<crate::model::DecisionId>,
    /// Reviews that somebody else has, or that other decisions contradict: they wait as before.
    left: u64,
}

/// Answers like reviews alike, the most urgent first; those that somebody else has are left.
#[utoipa::path(post, path = "/v1/reviews/groups/decide", tag = "stewardship", request_body = AlikeBody, responses(
    (status = 200, description = "What was decided", body = AlikeDecided),
    (status = "4XX", response = Refused)))]
pub async fn decide_alike(
    known: Known,
    State(app): State<App>,
    Document(body): Document<AlikeBody>,
) -> Result<Json<AlikeDecided>, Problem> {
    let caller = known.granted(Scope::ReviewsDecide)?;
    let limit = match body.limit.unwrap_or(100) {
        limit @ 1..=MOST_ALIKE => limit,
        _ => return Err(Problem::parameter("limit", format!("1..{MOST_ALIKE}"))),
    };
    let steward = Steward { caller: &caller, reason: &body.reason, idempotency_key: None };
    let answer = parse(&body.answer)?;
    let (made, left) =
        stewardship::answer_alike(&app.hub, steward, &body.alike, answer, limit).await?;
    let decisions = made.into_iter().map(|decision| decision.id).collect();
    Ok(Json(AlikeDecided { decisions, left }))
}
