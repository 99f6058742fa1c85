//! How the queue of reviews changes: the linker asks and closes, stewards claim and answer.

use super::reviews::{NewReview, Review, ReviewState};
use super::sql::{Bulk, Kind as Column, Param, Query, params, sql};
use super::{StoreError, Tx};
use crate::model::{DecisionId, Instant, RecordId, ReviewId};

sql! {
    CLAIM: Query = Query::same(
        "update reviews set claimed_by = $2, claimed_until = $3
         where id = $1 and state in ('open', 'unsure')
            and (claimed_by is null or claimed_until <= $4 or claimed_by = $2)",
    );
    UNCLAIM: Query = Query::same(
        "update reviews set claimed_by = null, claimed_until = null where id = $1 and claimed_by = $2",
    );
    // Only while it is as the steward saw it.
    DECIDE: Query = Query::same(
        "update reviews set state = $2, decided_at = $3, decided_by = $4, decision_id = $5, claimed_by = null,
            claimed_until = null, doubted = case when $2 = 'unsure' then probability else doubted end
         where id = $1 and state in ('open', 'unsure') and seq = $6",
    );
    // A question that rests on the evidence waits for the linker to find that it stands; the others wait at once.
    REOPEN: Query = Query::same(
        "update reviews set state = case when kind = 'sample' or $2 then 'open' else 'obsolete' end, decided_at = null,
            decided_by = null, doubted = null
         where decision_id = $1 and not exists (select 1 from reviews o where o.a = reviews.a and o.b = reviews.b
            and o.kind = reviews.kind and o.id <> reviews.id and o.state in ('open', 'unsure', 'obsolete'))",
    );
    RESTORE: Query = Query::same(
        "update reviews set state = $2, decided_at = $3, decided_by = $4
         where decision_id = $1 and state in ('open', 'obsolete')",
    );
    CLOSE: Query = Query::differing(
        "update reviews set state = 'obsolete' where state in ('open', 'unsure') and kind <> 'sample'
            and (a in (select unhex(value) from json_each($1)) or b in (select unhex(value) from json_each($1)))",
        "update reviews set state = 'obsolete' where state in ('open', 'unsure') and kind <> 'sample'
            and (a = any($1) or b = any($1))",
    );
    CLOSE_GONE: Query = Query::differing(
        "update reviews set state = 'obsolete' where state in ('open', 'unsure')
            and (a in (select unhex(value) from json_each($1)) or b in (select unhex(value) from json_each($1)))",
        "update reviews set state = 'obsolete' where state in ('open', 'unsure') and (a = any($1) or b = any($1))",
    );
    PLACE: Query = Query::same(
        "update reviews set scheme_a = (select scheme from records where records.id = reviews.a),
            scheme_b = (select scheme from records where records.id = reviews.b)
         where scheme_a is null",
    );
    // A pair keeps its id, its age and its claim. What left a steward unsure comes back when it looks different.
    ASK: Bulk = Bulk::insert(
        "reviews",
        &[
            ("id", Column::Bytes),
            ("a", Column::Bytes),
            ("b", Column::Bytes),
            ("kind", Column::Text),
            ("state", Column::Text),
            ("reason", Column::Text),
            ("probability", Column::Real),
            ("weight", Column::Real),
            ("model", Column::Text),
            ("detail", Column::Text),
            ("joined", Column::Boolean),
            ("alike", Column::Text),
            ("rank", Column::Integer),
            ("created_at", Column::Integer),
            ("seq", Column::Integer),
        ],
        "on conflict (a, b, kind) where state in ('open', 'unsure', 'obsolete') do update set
            state = case when reviews.doubted is not null and reviews.reason = excluded.reason
                and abs(reviews.doubted - excluded.probability) < 0.1 then 'unsure' else 'open' end,
            reason = excluded.reason, probability = excluded.probability, weight = excluded.weight,
            model = excluded.model, detail = excluded.detail, alike = excluded.alike, seq = excluded.seq,
            rank = reviews.created_at + excluded.rank - excluded.created_at",
    );
}

impl Tx {
    /// Replaces what waits for a steward about these records; decided pairs and samples are left alone, but for those
    /// of records that are gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replace_reviews(
        &mut self,
        records: &[RecordId],
        gone: &[RecordId],
        reviews: &[NewReview],
        seq: u64,
        now: Instant,
    ) -> Result<(), StoreError> {
        self.execute(&CLOSE, &[Param::keys(records)]).await?;
        self.execute(&CLOSE_GONE, &[Param::keys(gone)]).await?;
        self.add_reviews(reviews, seq, now).await
    }

    /// Puts reviews into the queue.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_reviews(
        &mut self,
        reviews: &[NewReview],
        seq: u64,
        now: Instant,
    ) -> Result<(), StoreError> {
        let rows: Vec<_> = reviews
            .iter()
            .map(|review| {
                params![
                    &review.id,
                    &review.a,
                    &review.b,
                    review.kind.name(),
                    ReviewState::Open.name(),
                    review.reason,
                    review.probability,
                    review.weight,
                    &review.model,
                    &review.detail,
                    review.joined,
                    &review.alike,
                    now.plus_millis(-review.gain),
                    now,
                    seq
                ]
            })
            .collect();
        self.insert_many(&ASK, &rows).await?;
        self.execute(&PLACE, &[]).await?;
        Ok(())
    }

    /// Takes a review until a moment, unless somebody else has it; taking it again prolongs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_review(
        &mut self,
        id: ReviewId,
        by: &str,
        until: Instant,
        now: Instant,
    ) -> Result<bool, StoreError> {
        Ok(self.execute(&CLAIM, &params![&id, by, until, now]).await? == 1)
    }

    /// Gives a review back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn release_review(&mut self, id: ReviewId, by: &str) -> Result<bool, StoreError> {
        Ok(self.execute(&UNCLAIM, &params![&id, by]).await? == 1)
    }

    /// Notes what was decided of a review, if it is still as it was at `seq`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn decide_review(
        &mut self,
        review: &Review,
        state: ReviewState,
        (decision, by): (DecisionId, &str),
        now: Instant,
    ) -> Result<bool, StoreError> {
        let params = params![&review.id, state.name(), now, by, &decision, review.seq];
        Ok(self.execute(&DECIDE, &params).await? == 1)
    }

    /// Lets the reviews that a decision answered wait again: at once, or when the linker finds that the question stands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reopen_reviews(
        &mut self,
        decision: DecisionId,
        at_once: bool,
    ) -> Result<(), StoreError> {
        self.execute(&REOPEN, &params![&decision, at_once]).await?;
        Ok(())
    }

    /// Answers the reviews again that a decision had answered, because it counts again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn restore_reviews(
        &mut self,
        decision: DecisionId,
        state: ReviewState,
        (at, by): (Instant, &str),
    ) -> Result<(), StoreError> {
        self.execute(&RESTORE, &params![&decision, state.name(), at, by]).await?;
        Ok(())
    }
}
