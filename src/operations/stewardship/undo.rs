//! A decision is taken back; so is the taking back.

use super::{Decision, DecisionKind, Draft, Steward, StewardError, check, repeated, write};
use crate::model::{DecisionId, Holder};
use crate::operations::Hub;
use crate::operations::reviews::ReviewState;
use crate::store::Tx;

/// Takes a decision back: its facts hold no longer, and what it answered is asked again. Taking back an `undo` lets what
/// it took back count again, as long as that contradicts nothing that was decided since.
///
/// # Errors
/// When the decision is unknown or taken back already, or what would count again contradicts other decisions.
pub async fn undo(
    hub: &Hub,
    steward: Steward<'_>,
    id: DecisionId,
) -> Result<Decision, StewardError> {
    let keys = hub.store().keys();
    let mut tx = hub.store().begin().await?;
    tx.change_facts().await?;
    let same = |before: &Decision| before.undoes == Some(id);
    if let Some(before) = repeated(hub, &mut tx, steward, same).await? {
        return Ok(before);
    }
    let own = steward.caller.holder.to_string();
    let operator = matches!(steward.caller.holder, Holder::Operator(_));
    let found = tx.decision(keys, id).await?.filter(|decision| operator || decision.by == own);
    let target = found.ok_or(StewardError::Unknown)?;
    if let Some(by) = target.undone_by {
        return Err(StewardError::Undone { by });
    }
    let draft = Draft {
        kind: DecisionKind::Undo,
        review: None,
        undoes: Some(id),
        pairs: Vec::new(),
        subject: None,
        steward,
    };
    let decision = write(hub, &mut tx, draft).await?;
    tx.mark_undone(id, Some(decision.id)).await?;
    turn(hub, &mut tx, target, decision.id).await?;
    tx.commit().await?;
    Ok(decision)
}

/// Lets what `target` did count no longer, and what it had taken back count again, down a chain of undos.
async fn turn(
    hub: &Hub,
    tx: &mut Tx,
    mut target: Decision,
    because: DecisionId,
) -> Result<(), StewardError> {
    let mut counts = false;
    while let Some(before) = target.undoes {
        let next = tx.decision(hub.store().keys(), before).await?.ok_or(StewardError::Unknown)?;
        counts = !counts;
        tx.mark_undone(before, (!counts).then_some(target.id)).await?;
        target = next;
    }
    if counts {
        let facts = tx.facts_of_decision(target.id).await?;
        let pairs: Vec<_> = facts.iter().map(|fact| (fact.a, fact.b, fact.same)).collect();
        check(hub, tx, &pairs).await?;
        if let Some(state) = answered(target.kind) {
            tx.restore_reviews(target.id, state, (target.at, &target.by)).await?;
        }
    } else {
        tx.reopen_reviews(target.id, target.kind == DecisionKind::Unsure).await?;
    }
    tx.hold_decision(target.id, counts, because).await?;
    Ok(())
}

/// Where a review stands that a decision of this kind answered.
const fn answered(kind: DecisionKind) -> Option<ReviewState> {
    match kind {
        DecisionKind::Same => Some(ReviewState::Same),
        DecisionKind::Different => Some(ReviewState::Different),
        DecisionKind::Unsure => Some(ReviewState::Unsure),
        DecisionKind::Merge | DecisionKind::Split | DecisionKind::Undo => None,
    }
}
