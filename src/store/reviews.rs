//! Pairs that wait for a steward or were decided by one, as they are listed.

use super::batches::names;
use super::sql::{Query, params, sql};
use super::{Row, Session, StoreError};
use crate::model::{Instant, RecordId, ReviewId, SchemeId};

/// Where a review stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReviewState {
    /// It waits.
    Open,
    /// A steward said that the two are one person.
    Same,
    /// A steward said that they are two.
    Different,
    /// The records changed and the question no longer stands.
    Obsolete,
}

names!(ReviewState {
    Open = "open",
    Same = "same",
    Different = "different",
    Obsolete = "obsolete",
});

/// One of the two records of a review.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Side {
    /// The record.
    pub record: RecordId,
    /// Who sent it.
    pub scheme: SchemeId,
}

/// A pair put before a steward.
#[derive(Clone, PartialEq, Debug)]
pub struct Review {
    /// Its id.
    pub id: ReviewId,
    /// Where it stands.
    pub state: ReviewState,
    /// Why a person is asked, such as `between_thresholds`.
    pub reason: String,
    /// How likely the two are one person.
    pub probability: f64,
    /// When the pair was first put before somebody.
    pub created_at: Instant,
    /// When somebody decided.
    pub decided_at: Option<Instant>,
    /// The two records.
    pub sides: [Side; 2],
}

sql! {
    PAGE: Query = Query::same(
        "select v.id, v.state, v.reason, v.probability, v.created_at, v.decided_at, v.a, ra.scheme, v.b, rb.scheme
         from reviews v join records ra on ra.id = v.a join records rb on rb.id = v.b
         where (v.state = $1 or $1 is null) and (ra.scheme = $2 or rb.scheme = $2 or $2 is null)
            and (v.id > $3 or $3 is null)
         order by v.id limit $4",
    );
}

fn read(mut row: Row) -> Result<Review, StoreError> {
    Ok(Review {
        id: row.take()?,
        state: row.take()?,
        reason: row.take()?,
        probability: row.take()?,
        created_at: row.take()?,
        decided_at: row.take_optional()?,
        sides: [
            Side { record: row.take()?, scheme: row.take()? },
            Side { record: row.take()?, scheme: row.take()? },
        ],
    })
}

impl Session {
    /// A page of reviews in order of their ids, after one: of all schemes, or those in which a scheme has a record.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn review_page(
        &mut self,
        scheme: Option<&SchemeId>,
        state: Option<ReviewState>,
        after: Option<ReviewId>,
        limit: u32,
    ) -> Result<Vec<Review>, StoreError> {
        let state = state.map(ReviewState::name);
        let rows = self.fetch(&PAGE, &params![state, scheme, after.as_ref(), limit]).await?;
        rows.into_iter().map(read).collect()
    }
}
