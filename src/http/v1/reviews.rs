//! Pairs of records that may be one person: the hub asks rather than guesses.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::records::narrow;
use crate::http::App;
use crate::http::extract::{Known, Params};
use crate::http::openapi::Refused;
use crate::http::paging::{Listed, Page};
use crate::http::problem::Problem;
use crate::model::{Caller, RecordId, Scope};
use crate::operations::reviews::{self, Review, ReviewState};

/// Which pairs.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Only those in which this scheme has a record; a scheme's key only sees its own anyway.
    scheme: Option<String>,
    /// `open` (the usual one), `same`, `different`, `obsolete`, or `all`.
    state: Option<String>,
}

/// A pair of records that may be one person.
#[derive(Serialize, ToSchema)]
pub struct ReviewBody {
    /// Its id, `rev_…`.
    id: String,
    /// `open`, `same`, `different` or `obsolete`.
    state: &'static str,
    /// Why a person is asked, such as `between_thresholds` or `perhaps_twins`.
    reason: String,
    /// How likely the two are one person, from 0 to 1.
    probability: f64,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_at: Option<String>,
    /// The records of the pair that the caller may see: both for those who run the hub.
    records: Vec<ReviewedRecord>,
}

/// A record of a pair.
#[derive(Serialize, ToSchema)]
pub struct ReviewedRecord {
    #[schema(value_type = String)]
    id: RecordId,
    scheme: String,
}

impl ReviewBody {
    /// Neither the id nor the scheme of a record that is not the caller's: that somebody is known
    /// to another scheme is not for this one to learn before it is certain.
    fn of(review: Review, caller: &Caller) -> Self {
        let seen = review.sides.into_iter().filter(|side| caller.sees(&side.scheme));
        Self {
            id: review.id.to_string(),
            state: review.state.name(),
            reason: review.reason,
            probability: review.probability,
            created_at: review.created_at.to_string(),
            decided_at: review.decided_at.map(|at| at.to_string()),
            records: seen
                .map(|side| ReviewedRecord { id: side.record, scheme: side.scheme.to_string() })
                .collect(),
        }
    }
}

/// Lists pairs that may be one person, the oldest first.
#[utoipa::path(get, path = "/v1/reviews", tag = "records", params(Wanted, Page), responses(
    (status = 200, description = "A page of pairs", body = Listed<ReviewBody>),
    (status = "4XX", response = Refused)))]
pub async fn list(
    known: Known,
    Params(wanted): Params<Wanted>,
    Params(page): Params<Page>,
    State(app): State<App>,
) -> Result<Json<Listed<ReviewBody>>, Problem> {
    let caller = known.granted(Scope::PeopleRead)?;
    let scheme = narrow(&app, &caller, wanted.scheme.as_deref(), Scope::PeopleRead)?;
    let state = match wanted.state.as_deref().unwrap_or(ReviewState::Open.name()) {
        "all" => None,
        name => Some(ReviewState::parse(name).ok_or_else(|| {
            Problem::parameter("state", "open | same | different | obsolete | all")
        })?),
    };
    let limit = page.limit()?;
    let found = reviews::page(&app.hub, scheme.as_ref(), state, page.after()?, limit + 1).await?;
    let show = |review| ReviewBody::of(review, &caller);
    Ok(Json(Listed::cut(found, limit, |review| review.id.to_string(), show)))
}
