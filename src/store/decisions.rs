//! What people decided about records, and the facts that follow from it.
//!
//! A decision is written once. Whether its facts hold changes when it is undone and when that is undone again; the
//! linker acts on a change ([`Session::pending_facts`]) and then notes that it did ([`Tx::settle_facts`]). So what a
//! follower of the log must hold and what is still to come are told apart.

use super::batches::names;
use super::seal::{Keys, Owner};
use super::sql::{Bulk, Kind, Param, Query, params, sql};
use super::{Row, Session, StoreError, Tx};
use crate::identity::facts::Fact;
use crate::model::{DecisionId, Instant, KeyId, PersonId, RecordId, ReviewId};

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

/// A pair that a decision binds or parts.
#[derive(Clone, PartialEq, Debug)]
pub struct DecisionFact {
    /// The decision.
    pub decision: DecisionId,
    /// The smaller id.
    pub a: RecordId,
    /// The larger id.
    pub b: RecordId,
    /// Whether they are one person.
    pub same: bool,
    /// Bits of evidence when it was decided; none when the pair was never compared.
    pub weight: Option<f64>,
    /// What spoke against joining them then.
    pub objection: Option<String>,
}

/// A fact on which the linker has not acted yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PendingFact {
    /// Whose it is.
    pub decision: DecisionId,
    /// One record.
    pub a: RecordId,
    /// The other.
    pub b: RecordId,
    /// Whether it holds from now on.
    pub holds: bool,
    /// The decision that made it so.
    pub changed_by: DecisionId,
}

/// Where a fact comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Source {
    /// The steward's decision; none for what an event said.
    pub decision: Option<DecisionId>,
    /// Whether a person decided it: then evidence and events give way.
    pub firm: bool,
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
    // Nobody else decides until the transaction ends: two facts that contradict each other cannot both come in.
    BUMP: Query = Query::same("update facts_head set seq = seq + 1 where id = 1");
    SEQ: Query = Query::same("select seq from facts_head where id = 1");
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
    ADD_FACTS: Bulk = Bulk::insert(
        "decision_facts",
        &[
            ("decision_id", Kind::Bytes),
            ("a", Kind::Bytes),
            ("b", Kind::Bytes),
            ("same", Kind::Boolean),
            ("holds", Kind::Boolean),
            ("settled", Kind::Boolean),
            ("changed_by", Kind::Bytes),
            ("weight", Kind::Real),
            ("objection", Kind::Text),
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
            and (d.id < $5 or $5 is null)
         order by d.id desc limit $6"
    ));
    UNDONE: Query = Query::same("update decisions set undone_by = $2 where id = $1");
    HOLD: Query = Query::same(
        "update decision_facts set holds = $2, changed_by = $3 where decision_id = $1",
    );
    SETTLE: Query = Query::same(
        "update decision_facts set settled = $4 where decision_id = $1 and a = $2 and b = $3 and holds = $4",
    );
    PENDING: Query = Query::same(
        "select decision_id, a, b, holds, changed_by from decision_facts where holds <> settled
         order by decision_id, a, b limit $1",
    );
    PENDING_OF: Query = Query::same(
        "select count(*) from decision_facts where changed_by = $1 and holds <> settled",
    );
    HELD: Query = Query::same(
        "select a, b, same, decision_id, true as firm from decision_facts where holds
         union all select a, b, kind <> 'different', null, kind <> 'precedent' from facts order by 5 desc, 1, 2, 3",
    );
    SETTLED: Query = Query::same(
        "select a, b, same, decision_id, true as firm from decision_facts where settled
         union all select a, b, kind <> 'different', null, kind <> 'precedent' from facts order by 5 desc, 1, 2, 3",
    );
    FACTS_OF: Query = Query::differing(
        "select a, b, same, decision_id, true as firm from decision_facts
         where holds and (a in (select unhex(value) from json_each($1)) or b in (select unhex(value) from json_each($1)))
         union all select a, b, kind <> 'different', null, kind <> 'precedent' from facts
         where a in (select unhex(value) from json_each($1)) or b in (select unhex(value) from json_each($1))",
        "select a, b, same, decision_id, true as firm from decision_facts
         where holds and (a = any($1) or b = any($1))
         union all select a, b, kind <> 'different', null, kind <> 'precedent' from facts
         where a = any($1) or b = any($1)",
    );
    EVIDENCE: Query = Query::differing(
        "select decision_id, a, b, same, weight, objection from decision_facts
         where holds and (a in (select unhex(value) from json_each($1)) or b in (select unhex(value) from json_each($1)))
         order by decision_id, a, b",
        "select decision_id, a, b, same, weight, objection from decision_facts
         where holds and (a = any($1) or b = any($1)) order by decision_id, a, b",
    );
    OF_DECISION: Query = Query::same(
        "select decision_id, a, b, same, weight, objection from decision_facts where decision_id = $1 order by a, b",
    );
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

fn fact(mut row: Row) -> Result<Fact<Source>, StoreError> {
    let (a, b, same) = (row.take()?, row.take()?, row.take()?);
    let source = Source { decision: row.take_optional()?, firm: row.take()? };
    Ok(Fact { a, b, same, source })
}

fn decision_fact(mut row: Row) -> Result<DecisionFact, StoreError> {
    Ok(DecisionFact {
        decision: row.take()?,
        a: row.take()?,
        b: row.take()?,
        same: row.take()?,
        weight: row.take_optional()?,
        objection: row.take_optional()?,
    })
}

impl Session {
    /// The edition of the facts: it changes with every change of one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn facts_seq(&mut self) -> Result<u64, StoreError> {
        self.fetch_one(&SEQ, &[]).await?.take()
    }

    /// Everything that holds of two records whatever their data says, the firm facts first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn held_facts(&mut self) -> Result<Vec<Fact<Source>>, StoreError> {
        self.fetch(&HELD, &[]).await?.into_iter().map(fact).collect()
    }

    /// Of [`Session::held_facts`] those on which the linker has acted: what the log tells its followers of.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settled_facts(&mut self) -> Result<Vec<Fact<Source>>, StoreError> {
        self.fetch(&SETTLED, &[]).await?.into_iter().map(fact).collect()
    }

    /// What holds of some records.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn facts_of(
        &mut self,
        records: &[RecordId],
    ) -> Result<Vec<Fact<Source>>, StoreError> {
        self.fetch(&FACTS_OF, &[Param::keys(records)]).await?.into_iter().map(fact).collect()
    }

    /// The facts of decisions about some records, each with what the evidence said then.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn decided_of(
        &mut self,
        records: &[RecordId],
    ) -> Result<Vec<DecisionFact>, StoreError> {
        let rows = self.fetch(&EVIDENCE, &[Param::keys(records)]).await?;
        rows.into_iter().map(decision_fact).collect()
    }

    /// The facts of one decision.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn facts_of_decision(
        &mut self,
        id: DecisionId,
    ) -> Result<Vec<DecisionFact>, StoreError> {
        let rows = self.fetch(&OF_DECISION, &params![&id]).await?;
        rows.into_iter().map(decision_fact).collect()
    }

    /// Facts on which the linker has not acted yet, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pending_facts(&mut self, limit: u32) -> Result<Vec<PendingFact>, StoreError> {
        let read = |mut row: Row| {
            Ok(PendingFact {
                decision: row.take()?,
                a: row.take()?,
                b: row.take()?,
                holds: row.take()?,
                changed_by: row.take()?,
            })
        };
        self.fetch(&PENDING, &params![limit]).await?.into_iter().map(read).collect()
    }

    /// On how many facts of a decision, or of the one that it takes back, the linker has still to act.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pending_of(&mut self, id: DecisionId) -> Result<u64, StoreError> {
        self.fetch_one(&PENDING_OF, &params![&id]).await?.take()
    }

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
        let params = params![wanted.by, kind, review, person, before.as_ref(), limit];
        let rows = self.fetch(&PAGE, &params).await?;
        rows.into_iter().map(|row| read(row, keys)).collect()
    }
}

impl Tx {
    /// Takes the turn to change facts: until this transaction ends nobody else does.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn change_facts(&mut self) -> Result<(), StoreError> {
        self.execute(&BUMP, &[]).await?;
        Ok(())
    }

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
        let rows: Vec<_> = facts
            .iter()
            .map(|fact| {
                let objection = fact.objection.as_deref();
                params![
                    &decision.id,
                    &fact.a,
                    &fact.b,
                    fact.same,
                    true,
                    false,
                    &decision.id,
                    fact.weight,
                    objection
                ]
            })
            .collect();
        self.insert_many(&ADD_FACTS, &rows).await?;
        Ok(())
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

    /// Lets the facts of a decision hold or not, because of another decision.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hold_decision(
        &mut self,
        id: DecisionId,
        holds: bool,
        because: DecisionId,
    ) -> Result<(), StoreError> {
        self.execute(&HOLD, &params![&id, holds, &because]).await?;
        Ok(())
    }

    /// Notes that the linker has acted on these changes; one that changed again meanwhile stays to be done.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settle_facts(&mut self, facts: &[PendingFact]) -> Result<(), StoreError> {
        if facts.is_empty() {
            return Ok(());
        }
        self.change_facts().await?;
        for fact in facts {
            let params = params![&fact.decision, &fact.a, &fact.b, fact.holds];
            self.execute(&SETTLE, &params).await?;
        }
        Ok(())
    }
}
