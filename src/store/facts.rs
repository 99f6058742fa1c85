//! The facts that follow from what people decided: which pairs of records are one person, or two, whatever their data
//! says.
//!
//! Whether the facts of a decision hold changes when it is undone and when that is undone again; the linker acts on a
//! change ([`Session::pending_facts`]) and then notes that it did ([`Tx::settle_facts`]). So what a follower of the log
//! must hold and what is still to come are told apart.

use super::sql::{Bulk, Kind, Param, Query, params, sql};
use super::{Row, Session, StoreError, Tx};
use crate::identity::facts::Fact;
use crate::model::{DecisionId, RecordId};

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

sql! {
    // Nobody else decides until the transaction ends: two facts that contradict each other cannot both come in.
    BUMP: Query = Query::same("update facts_head set seq = seq + 1 where id = 1");
    SEQ: Query = Query::same("select seq from facts_head where id = 1");
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

    /// Adds the facts of a decision, which hold from now on.
    pub(super) async fn add_facts(
        &mut self,
        decision: DecisionId,
        facts: &[DecisionFact],
    ) -> Result<(), StoreError> {
        let rows: Vec<_> = facts
            .iter()
            .map(|fact| {
                let objection = fact.objection.as_deref();
                params![
                    &decision,
                    &fact.a,
                    &fact.b,
                    fact.same,
                    true,
                    false,
                    &decision,
                    fact.weight,
                    objection
                ]
            })
            .collect();
        self.insert_many(&ADD_FACTS, &rows).await?;
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
