//! Compared pairs worth keeping, with their explanation.

use super::sql::{Bulk, Kind, Param, Query, params, sql};
use super::{Row, Session, StoreError, Tx};
use crate::model::{PersonId, RecordId};

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
    /// `join`, `review`, `held_back` (a review once fewer wait) or `apart`.
    pub decision: String,
    /// The match model that said so.
    pub model: String,
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
    OF_PERSON: Query = Query::same(
        "select e.a, e.b, e.weight, e.probability, e.decision, e.model, e.detail
         from person_links l join edges e on e.a = l.record_id
         join person_links o on o.record_id = e.b and o.person_id = l.person_id
         where l.person_id = $1 order by e.a, e.b limit $2",
    );
    MODELS: Query = Query::same("select coalesce(min(model), ''), coalesce(max(model), '') from edges");
    FORGET_OTHERS: Query = Query::same("delete from edges where model <> $1");
    PAIR: Query = Query::same(
        "select a, b, weight, probability, decision, model, detail from edges where a = $1 and b = $2",
    );
}

/// Reads a row that begins with the columns of an edge, in their order.
pub(super) fn read(mut row: Row) -> Result<StoredEdge, StoreError> {
    Ok(StoredEdge {
        a: row.take()?,
        b: row.take()?,
        weight: row.take()?,
        probability: row.take()?,
        decision: row.take()?,
        model: row.take()?,
        detail: row.take()?,
    })
}

impl Session {
    /// The pairs that hold a person together, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn edges_of_person(
        &mut self,
        person: PersonId,
        limit: u32,
    ) -> Result<Vec<StoredEdge>, StoreError> {
        let rows = self.fetch(&OF_PERSON, &params![&person, limit]).await?;
        rows.into_iter().map(read).collect()
    }

    /// Whether a match model of another version decided any of the pairs that are kept.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn knows_other_models(&mut self, version: &str) -> Result<bool, StoreError> {
        let Some(mut row) = self.fetch_optional(&MODELS, &params![]).await? else {
            return Ok(false);
        };
        // Both are empty when no pair is kept.
        let ends: [String; 2] = [row.take()?, row.take()?];
        Ok(ends.iter().any(|known| !known.is_empty() && known != version))
    }

    /// The evidence of a pair, when it was worth keeping.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn edge(
        &mut self,
        one: RecordId,
        other: RecordId,
    ) -> Result<Option<StoredEdge>, StoreError> {
        let (a, b) = (one.min(other), one.max(other));
        self.fetch_optional(&PAIR, &params![&a, &b]).await?.map(read).transpose()
    }
}

impl Tx {
    /// Forgets the pairs that a match model of another version decided.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_other_models(&mut self, version: &str) -> Result<(), StoreError> {
        self.execute(&FORGET_OTHERS, &params![version]).await?;
        Ok(())
    }

    /// Replaces all pairs of these records.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replace_edges(
        &mut self,
        records: &[RecordId],
        edges: &[StoredEdge],
        seq: u64,
    ) -> Result<(), StoreError> {
        self.execute(&FORGET, &[Param::keys(records)]).await?;
        let rows: Vec<_> = edges
            .iter()
            .map(|edge| {
                let (weight, probability) = (edge.weight, edge.probability);
                params![
                    &edge.a,
                    &edge.b,
                    weight,
                    probability,
                    &edge.decision,
                    &edge.model,
                    &edge.detail,
                    seq
                ]
            })
            .collect();
        self.insert_many(&PUT, &rows).await?;
        Ok(())
    }
}
