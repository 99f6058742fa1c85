//! Facts that bind or part two records whatever their data says: a scheme's `precedent`, a steward's word.

use super::batches::names;
use super::sql::{Bulk, Kind, Query, params, sql};
use super::{Row, Session, StoreError, Tx};
use crate::model::{Instant, RecordId};

/// What a fact says of two records.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FactKind {
    /// A steward says that they are one person.
    Same,
    /// A steward says that they are two people.
    Different,
    /// A scheme says that `a` continues `b`: one person.
    Precedent,
}

names!(FactKind { Same = "same", Different = "different", Precedent = "precedent" });

/// A fact about two records.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fact {
    /// One record; of a precedent the newer one.
    pub a: RecordId,
    /// The other.
    pub b: RecordId,
    /// What is said.
    pub kind: FactKind,
    /// Where it comes from, such as the id of a batch or a review.
    pub origin: String,
    /// Since when the hub knows it.
    pub created_at: Instant,
    /// Who said it.
    pub created_by: String,
}

sql! {
    ADD: Bulk = Bulk::insert(
        "facts",
        &[
            ("a", Kind::Bytes),
            ("b", Kind::Bytes),
            ("kind", Kind::Text),
            ("origin", Kind::Text),
            ("created_at", Kind::Integer),
            ("created_by", Kind::Text),
        ],
        "on conflict (a, b, kind) do nothing",
    );
    ALL: Query = Query::same(
        "select a, b, kind, origin, created_at, created_by from facts order by created_at, a, b",
    );
}

impl Session {
    /// Every fact, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn facts(&mut self) -> Result<Vec<Fact>, StoreError> {
        let read = |mut row: Row| {
            Ok(Fact {
                a: row.take()?,
                b: row.take()?,
                kind: row.take()?,
                origin: row.take()?,
                created_at: row.take()?,
                created_by: row.take()?,
            })
        };
        self.fetch(&ALL, &[]).await?.into_iter().map(read).collect()
    }
}

impl Tx {
    /// Adds facts; one that is known stays as it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_facts(&mut self, facts: &[Fact]) -> Result<(), StoreError> {
        let rows: Vec<_> = facts
            .iter()
            .map(|fact| {
                params![
                    &fact.a,
                    &fact.b,
                    fact.kind,
                    &fact.origin,
                    fact.created_at,
                    &fact.created_by
                ]
            })
            .collect();
        self.insert_many(&ADD, &rows).await?;
        Ok(())
    }
}
