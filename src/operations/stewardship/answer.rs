//! A review is answered.

use super::{Decision, DecisionKind, Draft, MOST_RECORDS, Steward, StewardError, repeated, write};
use crate::model::{RecordId, ReviewId};
use crate::operations::Hub;
use crate::operations::reviews::{self, Filter, Review, ReviewState};
use crate::store::Tx;

/// What a steward says of a pair.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// One person.
    Same,
    /// Two people.
    Different,
    /// It cannot be told.
    Unsure,
}

impl Answer {
    /// The answer of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "same" => Some(Self::Same),
            "different" => Some(Self::Different),
            "unsure" => Some(Self::Unsure),
            _ => None,
        }
    }

    const fn kind(self) -> DecisionKind {
        match self {
            Self::Same => DecisionKind::Same,
            Self::Different => DecisionKind::Different,
            Self::Unsure => DecisionKind::Unsure,
        }
    }

    const fn state(self) -> ReviewState {
        match self {
            Self::Same => ReviewState::Same,
            Self::Different => ReviewState::Different,
            Self::Unsure => ReviewState::Unsure,
        }
    }
}

/// Answers a review as it was seen; `seen` is its [version](reviews::version).
///
/// `Same` binds everything that is known of both people: who says that two people are one says it of all their records,
/// so that no record falls out of a person because of the other's. `Different` parts the two records that were asked
/// about.
///
/// # Errors
/// When the review is not as it was seen, somebody else has it, or the answer contradicts other decisions.
pub async fn answer(
    hub: &Hub,
    steward: Steward<'_>,
    id: ReviewId,
    seen: Option<&str>,
    answer: Answer,
) -> Result<Decision, StewardError> {
    let mut tx = hub.store().begin().await?;
    tx.change_facts().await?;
    let same = |before: &Decision| before.review == Some(id) && before.kind == answer.kind();
    if let Some(before) = repeated(hub, &mut tx, steward, same).await? {
        return Ok(before);
    }
    let review = tx.review(id).await?.filter(|review| reviews::sees(steward.caller, review));
    let review = review.ok_or(StewardError::Unknown)?;
    if seen.is_some_and(|seen| seen != reviews::version(&review)) && waits(&review) {
        return Err(StewardError::Stale { current: reviews::version(&review) });
    }
    let decision = answer_one(hub, &mut tx, steward, &review, answer).await?;
    tx.commit().await?;
    Ok(decision)
}

/// Answers like reviews alike, the first of the queue first, at most `limit`; each is a decision of its own and can be
/// taken back alone. Those that somebody else has, or whose answer would contradict other decisions, are left.
///
/// Second: how many were left.
///
/// # Errors
/// When the store fails, or the reason is missing.
pub async fn answer_alike(
    hub: &Hub,
    steward: Steward<'_>,
    alike: &str,
    answer: Answer,
    limit: u32,
) -> Result<(Vec<Decision>, u64), StewardError> {
    let filter = Filter { alike: Some(alike), state: Some(ReviewState::Open), ..Filter::default() };
    let waiting = reviews::page(hub, filter, None, limit).await?;
    let steward = Steward { idempotency_key: None, ..steward };
    let (mut decisions, mut left) = (Vec::with_capacity(waiting.len()), 0);
    for review in waiting {
        match self::answer(hub, steward, review.id, None, answer).await {
            Ok(decision) => decisions.push(decision),
            Err(
                StewardError::Claimed { .. }
                | StewardError::Contradiction { .. }
                | StewardError::Answered { .. }
                | StewardError::Stale { .. }
                | StewardError::OthersRecords
                | StewardError::TooMany
                | StewardError::Unknown,
            ) => left += 1,
            Err(error) => return Err(error),
        }
    }
    Ok((decisions, left))
}

fn waits(review: &Review) -> bool {
    matches!(review.state, ReviewState::Open | ReviewState::Unsure)
}

async fn answer_one(
    hub: &Hub,
    tx: &mut Tx,
    steward: Steward<'_>,
    review: &Review,
    answer: Answer,
) -> Result<Decision, StewardError> {
    let now = hub.now();
    let by = steward.caller.holder.to_string();
    let taken = review.claim.as_ref().is_some_and(|(who, until)| *who != by && *until > now);
    if !waits(review) || taken {
        return Err(reviews::not_free(review, now));
    }
    if !review.sides.iter().all(|side| steward.caller.sees(&side.scheme)) {
        return Err(StewardError::OthersRecords);
    }
    let draft = Draft {
        kind: answer.kind(),
        review: Some(review.id),
        undoes: None,
        pairs: pairs(tx, review, answer).await?,
        subject: review.sides[0].person,
        steward,
    };
    let decision = write(hub, tx, draft).await?;
    let decided = (decision.id, by.as_str());
    if !tx.decide_review(review, answer.state(), decided, now).await? {
        return Err(StewardError::Stale { current: reviews::version(review) });
    }
    Ok(decision)
}

async fn pairs(
    tx: &mut Tx,
    review: &Review,
    answer: Answer,
) -> Result<Vec<(RecordId, RecordId, bool)>, StewardError> {
    let [one, other] = &review.sides;
    let asked = (one.record, other.record);
    match answer {
        Answer::Unsure => return Ok(Vec::new()),
        Answer::Different => return Ok(vec![(asked.0, asked.1, false)]),
        Answer::Same => {}
    }
    let mut pairs = vec![(asked.0, asked.1, true)];
    if one.person == other.person {
        return Ok(pairs);
    }
    for side in &review.sides {
        let Some(person) = side.person else { continue };
        let members = tx.records_of_people(&[person]).await?.into_keys();
        pairs.extend(
            members
                .filter(|record| *record != side.record)
                .map(|record| (side.record, record, true)),
        );
    }
    if pairs.len() >= MOST_RECORDS {
        return Err(StewardError::TooMany);
    }
    Ok(pairs)
}
