//! Compared pairs worth keeping, with their explanation, and those of them that wait for a steward.

use super::sql::{Bulk, Kind, Param, Query, params, sql};
use super::{Session, StoreError, Tx};
use crate::model::{Instant, RecordId, ReviewId};

/// A compared pair.
#[derive(Clone, PartialEq, Debug)]
pub struct StoredEdge {
    /// The smaller id.
    pub a: RecordId,
    /// The larger id.
    pub b: RecordId,
    /// Final weight, in bits.
    pub weight: f64,
    /// How likely the two are one person.
    pub probability: f64,
    /// `join`, `review` or `apart`.
    pub decision: &'static str,
    /// Levels and weights by field, as JSON without values.
    pub detail: String,
}

/// A pair that a steward must decide.
#[derive(Clone, PartialEq, Debug)]
pub struct NewReview {
    /// Its id, when the pair was never reviewed.
    pub id: ReviewId,
    /// The smaller id.
    pub a: RecordId,
    /// The larger id.
    pub b: RecordId,
    /// Why a person is asked, such as `between_thresholds` or `perhaps_twins`.
    pub reason: &'static str,
    /// How likely the two are one person.
    pub probability: f64,
    /// Levels and weights by field, as JSON without values.
    pub detail: String,
}

sql! {
    FORGET: Query = Query::differing(
        "delete from edges where a in (select unhex(value) from json_each($1))
            or b in (select unhex(value) from json_each($1))",
        "delete from edges where a = any($1) or b = any($1)",
    );
    PUT: Bulk = Bulk::insert(
        "edges",
        &[
            ("a", Kind::Bytes),
            ("b", Kind::Bytes),
            ("weight", Kind::Real),
            ("probability", Kind::Real),
            ("decision", Kind::Text),
            ("model", Kind::Text),
            ("detail", Kind::Text),
            ("seq", Kind::Integer),
        ],
        "on conflict (a, b) do update set weight = excluded.weight, probability = excluded.probability,
            decision = excluded.decision, model = excluded.model, detail = excluded.detail, seq = excluded.seq",
    );
    CLOSE: Query = Query::differing(
        "update reviews set state = 'obsolete' where state = 'open'
            and (a in (select unhex(value) from json_each($1)) or b in (select unhex(value) from json_each($1)))",
        "update reviews set state = 'obsolete' where state = 'open' and (a = any($1) or b = any($1))",
    );
    // A pair that a person decided stays decided.
    ASK: Bulk = Bulk::insert(
        "reviews",
        &[
            ("id", Kind::Bytes),
            ("a", Kind::Bytes),
            ("b", Kind::Bytes),
            ("state", Kind::Text),
            ("reason", Kind::Text),
            ("probability", Kind::Real),
            ("detail", Kind::Text),
            ("created_at", Kind::Integer),
            ("seq", Kind::Integer),
        ],
        "on conflict (a, b) do update set state = excluded.state, reason = excluded.reason,
            probability = excluded.probability, detail = excluded.detail, seq = excluded.seq
         where reviews.state = 'obsolete'",
    );
    OPEN: Query = Query::same("select count(*) from reviews where state = 'open'");
}

impl Session {
    /// How many pairs wait for a steward.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_reviews(&mut self) -> Result<u64, StoreError> {
        self.fetch_one(&OPEN, &[]).await?.take()
    }
}

impl Tx {
    /// Replaces all pairs of these records.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replace_edges(
        &mut self,
        records: &[RecordId],
        edges: &[StoredEdge],
        model: &str,
        seq: u64,
    ) -> Result<(), StoreError> {
        self.execute(&FORGET, &[Param::keys(records)]).await?;
        let rows: Vec<_> = edges
            .iter()
            .map(|edge| {
                let (weight, probability) = (edge.weight, edge.probability);
                params![&edge.a, &edge.b, weight, probability, edge.decision, model, &edge.detail, seq]
            })
            .collect();
        self.insert_many(&PUT, &rows).await?;
        Ok(())
    }

    /// Replaces what waits for a steward about these records; decided pairs are left alone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replace_reviews(
        &mut self,
        records: &[RecordId],
        reviews: &[NewReview],
        seq: u64,
        now: Instant,
    ) -> Result<(), StoreError> {
        self.execute(&CLOSE, &[Param::keys(records)]).await?;
        let rows: Vec<_> = reviews
            .iter()
            .map(|review| {
                let probability = review.probability;
                params![
                    &review.id, &review.a, &review.b, "open", review.reason, probability, &review.detail, now, seq
                ]
            })
            .collect();
        self.insert_many(&ASK, &rows).await?;
        Ok(())
    }
}
