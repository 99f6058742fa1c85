//! Pairs of records that may be one person: the hub asks rather than guesses. Here the queue is read.

pub mod answers;
mod bodies;
pub mod claims;

use std::str::FromStr;

use axum::Json;
use axum::extract::State;
use axum::http::header::ETAG;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use bodies::ReviewBody;

use super::records::narrow;
use crate::http::App;
use crate::http::extract::{Known, Named, Params};
use crate::http::openapi::Refused;
use crate::http::paging::{Listed, Page};
use crate::http::problem::{Code, Problem};
use crate::model::{Caller, ReviewId, SchemeId, Scope};
use crate::operations::reviews::{
    self, Claimed, Filter, Place, Review, ReviewKind, ReviewState, version,
};

/// Which pairs.
#[derive(Deserialize, IntoParams, Default)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Only those in which this scheme has a record; a scheme's key only sees its own anyway.
    scheme: Option<String>,
    /// `open` (the usual one), `same`, `different`, `unsure`, `obsolete`, or `all`.
    #[param(pattern = "^(open|same|different|unsure|obsolete|all)$")]
    state: Option<String>,
    /// `pair`, `questioned` or `sample`.
    #[param(pattern = "^(pair|questioned|sample)$")]
    kind: Option<String>,
    /// Why a person is asked, such as `perhaps_twins`.
    reason: Option<String>,
    /// At least so likely, from 0 to 1.
    #[param(minimum = 0, maximum = 1)]
    least: Option<f64>,
    /// At most so likely, from 0 to 1.
    #[param(minimum = 0, maximum = 1)]
    most: Option<f64>,
    /// `me`, `nobody`, or a holder such as `operator:bamako`.
    claimed: Option<String>,
    /// A group of like reviews, as `/v1/reviews/groups` names it.
    alike: Option<String>,
}

/// What was asked for, read.
struct Asked {
    scheme: Option<SchemeId>,
    state: Option<ReviewState>,
    kind: Option<ReviewKind>,
    reason: Option<String>,
    least: Option<f64>,
    most: Option<f64>,
    claimed: Option<String>,
    alike: Option<String>,
}

impl Wanted {
    fn read(self, app: &App, caller: &Caller) -> Result<Asked, Problem> {
        let scheme = narrow(app, caller, self.scheme.as_deref(), Scope::PeopleRead)?;
        let state = match self.state.as_deref().unwrap_or(ReviewState::Open.name()) {
            "all" => None,
            name => Some(ReviewState::parse(name).ok_or_else(|| {
                let known = "open | same | different | unsure | obsolete | all";
                Problem::parameter("state", known)
            })?),
        };
        let kind = match self.kind.as_deref() {
            None => None,
            Some(name) => Some(
                ReviewKind::parse(name)
                    .ok_or_else(|| Problem::parameter("kind", "pair | questioned | sample"))?,
            ),
        };
        for (name, bound) in [("least", self.least), ("most", self.most)] {
            if bound.is_some_and(|bound| !(0.0..=1.0).contains(&bound)) {
                return Err(Problem::parameter(name, "0..1"));
            }
        }
        let claimed = self.claimed.map(|name| match name.as_str() {
            "me" => caller.holder.to_string(),
            _ => name,
        });
        let Self { reason, least, most, alike, .. } = self;
        Ok(Asked { scheme, state, kind, reason, least, most, claimed, alike })
    }
}

impl Asked {
    fn filter(&self) -> Filter<'_> {
        Filter {
            scheme: self.scheme.as_ref(),
            state: self.state,
            kind: self.kind,
            reason: self.reason.as_deref(),
            least: self.least,
            most: self.most,
            claimed: self.claimed.as_deref().map(|name| match name {
                "nobody" => Claimed::Nobody,
                holder => Claimed::By(holder),
            }),
            alike: self.alike.as_deref(),
        }
    }
}

/// A place in the queue as `next` writes it.
struct Mark(Place);

impl FromStr for Mark {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (rank, id) = text.split_once('.').ok_or(())?;
        let (rank, id) = (rank.parse().map_err(|_| ())?, id.parse().map_err(|_| ())?);
        Ok(Self(Place { rank, id }))
    }
}

/// Lists pairs that may be one person, the most urgent first: what decides whether somebody is covered, what could be
/// either, what concerns many records, and what has waited long.
#[utoipa::path(get, path = "/v1/reviews", tag = "stewardship", params(Wanted, Page), responses(
    (status = 200, description = "A page of pairs", body = Listed<ReviewBody>),
    (status = "4XX", response = Refused)))]
pub async fn list(
    known: Known,
    Params(wanted): Params<Wanted>,
    Params(page): Params<Page>,
    State(app): State<App>,
) -> Result<Json<Listed<ReviewBody>>, Problem> {
    let caller = known.granted(Scope::PeopleRead)?;
    let asked = wanted.read(&app, &caller)?;
    let (limit, after) = (page.limit()?, page.after::<Mark>()?.map(|mark| mark.0));
    let found = reviews::page(&app.hub, asked.filter(), after, limit + 1).await?;
    let place = |review: &Review| format!("{}.{}", review.rank, review.id);
    Ok(Json(Listed::cut(found, limit, place, |review| ReviewBody::of(review, &caller))))
}

/// What waits, in all.
#[derive(Serialize, ToSchema)]
pub struct SummaryBody {
    /// Reviews that wait.
    open: u64,
    /// Pairs that are not asked about yet, because five questions about one of the two people wait already.
    held_back: u64,
    /// Like reviews, the largest group first; at most 100 groups.
    groups: Vec<GroupBody>,
}

/// Reviews that can be judged alike.
#[derive(Serialize, ToSchema)]
pub struct GroupBody {
    /// Reason, schemes and levels of agreement: to be given as `alike`.
    alike: String,
    count: u64,
}

/// Counts what waits, by groups of like reviews: a scheme that sent everybody twice is one line.
#[utoipa::path(get, path = "/v1/reviews/groups", tag = "stewardship", params(Whose), responses(
    (status = 200, description = "What waits", body = SummaryBody),
    (status = "4XX", response = Refused)))]
pub async fn groups(
    known: Known,
    Params(whose): Params<Whose>,
    State(app): State<App>,
) -> Result<Json<SummaryBody>, Problem> {
    let caller = known.granted(Scope::PeopleRead)?;
    let scheme = narrow(&app, &caller, whose.scheme.as_deref(), Scope::PeopleRead)?;
    let summary = reviews::summary(&app.hub, scheme.as_ref()).await?;
    let group = |(alike, count)| GroupBody { alike, count };
    // How much waits of everybody is for those who run the hub.
    let all = |count: u64| if caller.runs_the_hub() { count } else { 0 };
    let own: u64 = summary.groups.iter().map(|(_, count)| *count).sum();
    Ok(Json(SummaryBody {
        open: if caller.runs_the_hub() { summary.open } else { own },
        held_back: all(summary.held_back),
        groups: summary.groups.into_iter().map(group).collect(),
    }))
}

/// Whose.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Whose {
    /// Only those in which this scheme has a record; a scheme's key only sees its own anyway.
    scheme: Option<String>,
}

/// Opens a review, with the records that the caller may see. The `ETag` names what was seen: an answer gives it back.
#[utoipa::path(get, path = "/v1/reviews/{id}", tag = "stewardship",
    params(("id" = String, Path, description = "`rev_…`")), responses(
    (status = 200, description = "The review", body = ReviewBody),
    (status = "4XX", response = Refused)))]
pub async fn read(
    known: Known,
    Named(id): Named<ReviewId>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let caller = known.granted(Scope::PeopleRead)?;
    let opened = reviews::open(&app.hub, &caller, id).await?;
    let opened = opened.ok_or(Problem::new(Code::NotFound))?;
    let tag = format!("\"{}\"", version(&opened.review));
    let body = ReviewBody::of(opened.review, &caller).with_records(&opened.records)?;
    Ok(([(ETAG, tag)], Json(body)).into_response())
}
