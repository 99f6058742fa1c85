//! What people decided about records. A decision is written once; the facts that follow from it stand in
//! [`super::facts`].

use super::batches::names;
use super::facts::DecisionFact;
use super::seal::{Keys, Owner};
use super::sql::{Bulk, Kind, Query, below, params, sql};
use super::{Row, Session, StoreError, Tx};
use crate::model::{DecisionId, Instant, KeyId, PersonId, ReviewId};

/// What somebody decided.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DecisionKind {
    /// The two records of a review are one person.
    Same,
    /// They are two.
    Different,
    /// It cannot be told from what is there.
    Unsure,
    /// Two people are one.
    Merge,
    /// Some records of a person are somebody else's.
    Split,
    /// Another decision is taken back.
    Undo,
}

names!(DecisionKind {
    Same = "same",
    Different = "different",
    Unsure = "unsure",
    Merge = "merge",
    Split = "split",
    Undo = "undo",
});

/// A decision.
#[derive(Clone, PartialEq, Eq)]
pub struct Decision {
    /// Its id.
    pub id: DecisionId,
    /// What was decided.
    pub kind: DecisionKind,
    /// The review that it answers.
    pub review: Option<ReviewId>,
    /// The decision that it takes back.
    pub undoes: Option<DecisionId>,
    /// The decision that took it back.
    pub undone_by: Option<DecisionId>,
    /// When.
    pub at: Instant,
    /// By whom, as `holder_kind:holder`.
    pub by: String,
    /// With which key; none on the hub's own machine.
    pub key: Option<KeyId>,
    /// The sender's name for it, by which a repetition is known.
    pub idempotency_key: Option<String>,
    /// Why, in the steward's own words: personal, sealed in the store.
    pub reason: String,
}

impl std::fmt::Debug for Decision {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Decision({} {} by {})", self.id, self.kind.name(), self.by)
    }
}

/// Which decisions are listed.
#[derive(Clone, Copy, Default)]
pub struct Wanted<'w> {
    /// By this holder.
    pub by: Option<&'w str>,
    /// Of this kind.
    pub kind: Option<DecisionKind>,
    /// About records that are this person's now.
    pub person: Option<PersonId>,
    /// Of this review.
    pub review: Option<ReviewId>,
}

macro_rules! columns {
    () => {
        "d.id, d.kind, d.review_id, d.undoes, d.undone_by, d.at, d.decided_by, d.decided_key, d.idempotency_key, d.sealed"
    };
}

sql! {
    ADD: Bulk = Bulk::insert(
        "decisions",
        &[
            ("id", Kind::Bytes),
            ("kind", Kind::Text),
            ("review_id", Kind::Bytes),
            ("undoes", Kind::Bytes),
            ("at", Kind::Integer),
            ("decided_by", Kind::Text),
            ("decided_key", Kind::Bytes),
            ("idempotency_key", Kind::Text),
            ("sealed", Kind::Bytes),
        ],
        "",
    );
    ONE: Query = Query::same(concat!("select ", columns!(), " from decisions d where d.id = $1"));
    BY_KEY: Query = Query::same(concat!(
        "select ", columns!(), " from decisions d where d.decided_by = $1 and d.idempotency_key = $2"
    ));
    PAGE: Query = Query::same(concat!(
        "select ", columns!(), " from decisions d
         where (d.decided_by = $1 or $1 is null) and (d.kind = $2 or $2 is null) and (d.review_id = $3 or $3 is null)
            and (exists (select 1 from decision_facts f
                join person_links l on l.record_id = f.a or l.record_id = f.b
                where f.decision_id = coalesce(d.undoes, d.id) and l.person_id = $4) or $4 is null)
            and d.id < $5
         order by d.id desc limit $6"
    ));
    UNDONE: Query = Query::same("update decisions set undone_by = $2 where id = $1");
}

fn owner(id: &DecisionId) -> Owner<'_> {
    Owner { table: "decisions", row: id.as_bytes() }
}

fn read(mut row: Row, keys: &Keys) -> Result<Decision, StoreError> {
    let id: DecisionId = row.take()?;
    Ok(Decision {
        id,
        kind: row.take()?,
        review: row.take_optional()?,
        undoes: row.take_optional()?,
        undone_by: row.take_optional()?,
        at: row.take()?,
        by: row.take()?,
        key: row.take_optional()?,
        idempotency_key: row.take_optional()?,
        reason: {
            let plain = keys.open(owner(&id), &row.take::<Vec<u8>>()?)?;
            String::from_utf8(plain).map_err(|_| StoreError::Sealed)?
        },
    })
}

impl Session {
    /// One decision.
    ///
    /// # Errors
    /// When the database fails or the reason does not open.
    pub async fn decision(
        &mut self,
        keys: &Keys,
        id: DecisionId,
    ) -> Result<Option<Decision>, StoreError> {
        let row = self.fetch_optional(&ONE, &params![&id]).await?;
        row.map(|row| read(row, keys)).transpose()
    }

    /// The decision that somebody sent under a key of their own.
    ///
    /// # Errors
    /// When the database fails or the reason does not open.
    pub async fn decision_by_key(
        &mut self,
        keys: &Keys,
        by: &str,
        key: &str,
    ) -> Result<Option<Decision>, StoreError> {
        let row = self.fetch_optional(&BY_KEY, &params![by, key]).await?;
        row.map(|row| read(row, keys)).transpose()
    }

    /// Decisions, the newest first, before `before` when given.
    ///
    /// # Errors
    /// When the database fails or a reason does not open.
    pub async fn decisions(
        &mut self,
        keys: &Keys,
        wanted: Wanted<'_>,
        before: Option<DecisionId>,
        limit: u32,
    ) -> Result<Vec<Decision>, StoreError> {
        let kind = wanted.kind.map(DecisionKind::name);
        let (review, person) = (wanted.review.as_ref(), wanted.person.as_ref());
        let params = params![wanted.by, kind, review, person, below(before.as_ref()), limit];
        let rows = self.fetch(&PAGE, &params).await?;
        rows.into_iter().map(|row| read(row, keys)).collect()
    }
}

impl Tx {
    /// Adds a decision with its facts, which hold from now on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_decision(
        &mut self,
        keys: &Keys,
        decision: &Decision,
        facts: &[DecisionFact],
    ) -> Result<(), StoreError> {
        let sealed = keys.seal(owner(&decision.id), decision.reason.as_bytes());
        let (review, undoes) = (decision.review.as_ref(), decision.undoes.as_ref());
        let row = params![
            &decision.id,
            decision.kind.name(),
            review,
            undoes,
            decision.at,
            &decision.by,
            decision.key.as_ref(),
            decision.idempotency_key.as_deref(),
            sealed,
        ];
        self.insert_many(&ADD, &[row]).await?;
        self.add_facts(decision.id, facts).await
    }

    /// Notes by which decision another one was taken back, or that it counts again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mark_undone(
        &mut self,
        id: DecisionId,
        by: Option<DecisionId>,
    ) -> Result<(), StoreError> {
        self.execute(&UNDONE, &params![&id, by.as_ref()]).await?;
        Ok(())
    }
}
