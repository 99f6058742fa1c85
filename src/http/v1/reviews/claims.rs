//! Who looks at a review, and for how long.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Asked, ReviewBody, Wanted};
use crate::http::App;
use crate::http::extract::{Document, Known, Named, Params};
use crate::http::openapi::Refused;
use crate::http::problem::Problem;
use crate::model::{ReviewId, Scope};
use crate::operations::reviews::{self, CLAIM, LONGEST_CLAIM, MOST_CLAIMED};

/// For how long, and how many.
#[derive(Deserialize, ToSchema, Default)]
#[serde(deny_unknown_fields)]
pub struct ClaimBody {
    /// Minutes until others may have it: 1 to 480, usually 30.
    #[serde(default)]
    minutes: Option<i64>,
    /// How many of the next ones, when none is named: 1 to 50, usually 1.
    #[serde(default)]
    count: Option<u32>,
}

impl ClaimBody {
    fn millis(&self) -> Result<i64, Problem> {
        let millis = self.minutes.map_or(Some(CLAIM), |minutes| minutes.checked_mul(60_000));
        let longest = LONGEST_CLAIM / 60_000;
        millis
            .filter(|millis| (1..=LONGEST_CLAIM).contains(millis))
            .ok_or_else(|| Problem::parameter("minutes", format!("1..{longest}")))
    }
}

/// Takes a review, so that nobody else looks at it meanwhile. Taking it again prolongs.
#[utoipa::path(post, path = "/v1/reviews/{id}/claim", tag = "stewardship",
    params(("id" = String, Path, description = "`rev_…`")), request_body = ClaimBody, responses(
    (status = 200, description = "It is the caller's until `claimed_until`", body = ReviewBody),
    (status = "4XX", response = Refused)))]
pub async fn claim(
    known: Known,
    Named(id): Named<ReviewId>,
    State(app): State<App>,
    Document(body): Document<ClaimBody>,
) -> Result<Json<ReviewBody>, Problem> {
    let caller = known.granted(Scope::ReviewsDecide)?;
    let review = reviews::claim(&app.hub, &caller, id, body.millis()?).await?;
    Ok(Json(ReviewBody::of(review, &caller)))
}

/// Reviews that were taken.
#[derive(Serialize, ToSchema)]
pub struct ClaimedBody {
    /// In the order of the queue; fewer than asked for when no more are free.
    items: Vec<ReviewBody>,
}

/// Takes the next reviews of the queue that nobody has.
#[utoipa::path(post, path = "/v1/reviews/claim", tag = "stewardship", params(Wanted), request_body = ClaimBody, responses(
    (status = 200, description = "They are the caller's until `claimed_until`", body = ClaimedBody),
    (status = "4XX", response = Refused)))]
pub async fn claim_next(
    known: Known,
    Params(wanted): Params<Wanted>,
    State(app): State<App>,
    Document(body): Document<ClaimBody>,
) -> Result<Json<ClaimedBody>, Problem> {
    let caller = known.granted(Scope::ReviewsDecide)?;
    let asked: Asked = wanted.read(&app, &caller)?;
    let count = match body.count.unwrap_or(1) {
        count @ 1..=MOST_CLAIMED => count,
        _ => return Err(Problem::parameter("count", format!("1..{MOST_CLAIMED}"))),
    };
    let much = (count, body.millis()?);
    let taken = reviews::claim_next(&app.hub, &caller, asked.filter(), much).await?;
    let items = taken.into_iter().map(|review| ReviewBody::of(review, &caller)).collect();
    Ok(Json(ClaimedBody { items }))
}

/// Gives a review back.
#[utoipa::path(delete, path = "/v1/reviews/{id}/claim", tag = "stewardship",
    params(("id" = String, Path, description = "`rev_…`")), responses(
    (status = 204, description = "Others may have it"),
    (status = "4XX", response = Refused)))]
pub async fn release(
    known: Known,
    Named(id): Named<ReviewId>,
    State(app): State<App>,
) -> Result<StatusCode, Problem> {
    let caller = known.granted(Scope::ReviewsDecide)?;
    reviews::release(&app.hub, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
