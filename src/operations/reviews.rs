//! The queue of what stewards are asked: listed, grouped, claimed.
//!
//! A claim is a lease: who looks at a review keeps it from others until the claim runs out, so two stewards do not read
//! the same two records at the same time, and nobody has to clean up after one who went home.

use serde_json::json;

pub use crate::store::reviews::{Claimed, Filter, Place, Review, ReviewKind, ReviewState, Side};

use super::Hub;
use super::stewardship::StewardError;
use crate::model::{Caller, Instant, RecordId, ReviewId, SchemeId};
use crate::store::StoreError;
use crate::store::records::current_owner;

/// How long a claim holds when nobody says, in milliseconds: long enough to call a scheme.
pub const CLAIM: i64 = 30 * 60_000;
/// The longest claim: a working day.
pub const LONGEST_CLAIM: i64 = 8 * 3_600_000;
/// How many reviews one call may claim.
pub const MOST_CLAIMED: u32 = 50;
/// Groups of like reviews that are listed.
pub const GROUPS: u32 = 100;

/// What waits, in all.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Summary {
    /// Reviews that wait.
    pub open: u64,
    /// Pairs that will be asked about once fewer reviews wait of those concerned.
    pub held_back: u64,
    /// Groups of like reviews, the largest first, at most [`GROUPS`].
    pub groups: Vec<(String, u64)>,
}

/// A page of the queue, after a place in it.
///
/// # Errors
/// When the store fails.
pub async fn page(
    hub: &Hub,
    filter: Filter<'_>,
    after: Option<Place>,
    limit: u32,
) -> Result<Vec<Review>, StoreError> {
    hub.store().read().await?.review_page(filter, after, limit, hub.now()).await
}

/// What waits, by groups of like reviews; with a scheme, only those in which it has a record.
///
/// # Errors
/// When the store fails.
pub async fn summary(hub: &Hub, scheme: Option<&SchemeId>) -> Result<Summary, StoreError> {
    let mut session = hub.store().read().await?;
    Ok(Summary {
        open: session.open_reviews().await?,
        held_back: session.held_back().await?,
        groups: session.alike_reviews(scheme, GROUPS).await?,
    })
}

/// A review with what a steward needs to judge it.
pub struct Opened {
    /// The review.
    pub review: Review,
    /// The records that the caller may see, as `beneficiary/1`. Personal.
    pub records: Vec<(RecordId, Vec<u8>)>,
}

/// Opens a review; the look is written down first.
///
/// # Errors
/// When the store fails or a record does not open.
pub async fn open(hub: &Hub, caller: &Caller, id: ReviewId) -> Result<Option<Opened>, StoreError> {
    let mut session = hub.store().read().await?;
    let review = session.review(id).await?;
    let Some(review) = review.filter(|review| sees(caller, review)) else { return Ok(None) };
    let visible: Vec<RecordId> = review
        .sides
        .iter()
        .filter(|side| caller.sees(&side.scheme))
        .map(|side| side.record)
        .collect();
    let stored = session.records(&visible).await?;
    drop(session);
    let keys = hub.store().keys();
    let opened = stored
        .iter()
        .map(|record| Ok((record.id, keys.open(current_owner(&record.id), &record.current)?)));
    let records = opened.collect::<Result<Vec<_>, StoreError>>()?;
    let detail = json!({ "records": visible }).to_string();
    super::people::note(hub, caller, "read_review", id.to_string(), detail).await?;
    Ok(Some(Opened { review, records }))
}

/// Whether a caller may know of a review: it has a record in it, or runs the hub.
#[must_use]
pub fn sees(caller: &Caller, review: &Review) -> bool {
    review.sides.iter().any(|side| caller.sees(&side.scheme))
}

/// Takes a review for `millis`; taking it again prolongs.
///
/// # Errors
/// When it is unknown, no longer waits, or somebody else has it.
pub async fn claim(
    hub: &Hub,
    caller: &Caller,
    id: ReviewId,
    millis: i64,
) -> Result<Review, StewardError> {
    let now = hub.now();
    let by = caller.holder.to_string();
    let until = now.plus_millis(millis.clamp(1, LONGEST_CLAIM));
    let mut tx = hub.store().begin().await?;
    let review = tx.review(id).await?.filter(|review| sees(caller, review));
    let review = review.ok_or(StewardError::Unknown)?;
    if !tx.claim_review(id, &by, until, now).await? {
        return Err(not_free(&review, now));
    }
    tx.commit().await?;
    Ok(Review { claim: Some((by, until)), ..review })
}

/// Takes the next reviews of the queue that nobody has.
///
/// # Errors
/// When the store fails.
pub async fn claim_next(
    hub: &Hub,
    caller: &Caller,
    filter: Filter<'_>,
    (count, millis): (u32, i64),
) -> Result<Vec<Review>, StewardError> {
    let now = hub.now();
    let by = caller.holder.to_string();
    let until = now.plus_millis(millis.clamp(1, LONGEST_CLAIM));
    let filter =
        Filter { claimed: Some(Claimed::Nobody), state: Some(ReviewState::Open), ..filter };
    let mut tx = hub.store().begin().await?;
    let free = tx.review_page(filter, None, count.min(MOST_CLAIMED), now).await?;
    let mut claimed = Vec::with_capacity(free.len());
    for review in free {
        // Somebody may have been faster since the page was read.
        if tx.claim_review(review.id, &by, until, now).await? {
            claimed.push(Review { claim: Some((by.clone(), until)), ..review });
        }
    }
    tx.commit().await?;
    Ok(claimed)
}

/// Gives a review back before its claim runs out.
///
/// # Errors
/// When the caller does not have it.
pub async fn release(hub: &Hub, caller: &Caller, id: ReviewId) -> Result<(), StewardError> {
    let mut tx = hub.store().begin().await?;
    let released = tx.release_review(id, &caller.holder.to_string()).await?;
    tx.commit().await?;
    if released { Ok(()) } else { Err(StewardError::Unknown) }
}

/// Why a review cannot be taken or decided.
pub(super) fn not_free(review: &Review, now: Instant) -> StewardError {
    match (&review.state, &review.claim) {
        (ReviewState::Open | ReviewState::Unsure, Some((by, until))) if *until > now => {
            StewardError::Claimed { by: by.clone(), until: *until }
        }
        (ReviewState::Open | ReviewState::Unsure, _) => {
            StewardError::Stale { current: version(review) }
        }
        (state, _) => StewardError::Answered { state: *state, by: review.decided_by.clone() },
    }
}

/// What names a review as somebody saw it: its evidence and its state.
#[must_use]
pub fn version(review: &Review) -> String {
    format!("{}-{}", review.seq, review.state.name())
}
