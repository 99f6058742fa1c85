//! People overrule the index: reviews are decided, people merged and split, and every decision can be taken back.
//!
//! A decision is kept for ever with its author, time and reason. What follows from it are facts of pairs of records,
//! which the linker obeys whatever the evidence says; see [`crate::identity::facts`]. A decision that contradicts others
//! is refused with the chain by which it does. Taking one back is a decision too: then its facts hold no longer, and
//! the evidence alone says who is whom.

mod answer;
mod bind;
mod replace;
mod undo;

use std::time::Duration;

use serde_json::json;

pub use crate::store::decisions::{Decision, DecisionKind, Wanted};
pub use crate::store::facts::DecisionFact;
pub use answer::{Answer, answer, answer_alike};
pub use bind::{merge, split};
pub(super) use replace::replace;
pub use undo::undo;

use super::Hub;
use super::reviews::ReviewState;
use crate::identity::facts::{self, Fact};
use crate::model::{
    AuditId, Caller, DecisionId, Holder, Instant, PersonId, RecordId, ReviewId, SchemeId,
};
use crate::store::audit::Entry;
use crate::store::facts::Source;
use crate::store::{Session, StoreError, Tx};

/// Records that one decision may bind or part: more is no person, and a mistake rather than a decision.
pub const MOST_RECORDS: usize = 200;
/// Letters of a reason: enough to say why, not to keep a file.
pub const LONGEST_REASON: usize = 2_000;
/// How often it is looked whether the linker has acted.
const LOOK: Duration = Duration::from_millis(50);

/// Who decides, why, and under which name of their own.
#[derive(Clone, Copy)]
pub struct Steward<'s> {
    /// Who.
    pub caller: &'s Caller,
    /// Why, in their own words.
    pub reason: &'s str,
    /// A repetition with the same key is answered with the same decision.
    pub idempotency_key: Option<&'s str>,
}

/// One fact of a chain that contradicts a decision.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChainStep {
    /// One record.
    pub a: RecordId,
    /// The other.
    pub b: RecordId,
    /// Whether they are held to be one person.
    pub same: bool,
    /// The decision that says so; none when it is the one that was refused, or an event.
    pub decision: Option<DecisionId>,
    /// By whom and when.
    pub by: Option<(String, Instant)>,
}

/// Why nothing was decided; then nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StewardError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No such review, person or decision, or none that the caller may see.
    #[error("nothing there")]
    Unknown,
    /// It concerns records of others: for those who run the hub.
    #[error("it concerns records of other schemes")]
    OthersRecords,
    /// Somebody else looks at the review.
    #[error("claimed by {by} until {until}")]
    Claimed {
        /// Who.
        by: String,
        /// Until when.
        until: Instant,
    },
    /// It is no longer as the steward saw it.
    #[error("no longer as it was seen")]
    Stale {
        /// What it is now: the version of a review, the id of a person.
        current: String,
    },
    /// The review was decided, or its question no longer stands.
    #[error("no longer waits")]
    Answered {
        /// Where it stands.
        state: ReviewState,
        /// Who decided.
        by: Option<String>,
    },
    /// Other facts say the contrary.
    #[error("it contradicts what was decided before")]
    Contradiction {
        /// Facts that bind two records, then the one that parts them.
        chain: Vec<ChainStep>,
    },
    /// The same idempotency key with another decision.
    #[error("the idempotency key has served for another decision")]
    KeyReused,
    /// Without a reason nobody could question the decision later.
    #[error("a reason of 1 to {LONGEST_REASON} letters is needed")]
    NoReason,
    /// Too many records at once.
    #[error("at most {MOST_RECORDS} records at once")]
    TooMany,
    /// Records that are not the person's, or all of them.
    #[error("a split names some of the person's records, not all")]
    NotAPart,
    /// A person is not merged with themselves.
    #[error("they are one person already")]
    OnePerson,
    /// The decision has been taken back.
    #[error("taken back already")]
    Undone {
        /// By which decision.
        by: DecisionId,
    },
}

/// Waits until the linker has acted on a decision; `false` when that takes longer than `longest`.
///
/// # Errors
/// When the store fails.
pub async fn until_settled(
    hub: &Hub,
    decision: DecisionId,
    longest: Duration,
) -> Result<bool, StoreError> {
    let mut waited = Duration::ZERO;
    // At least one look, however short the patience.
    while hub.store().read().await?.pending_of(decision).await? > 0 {
        if waited >= longest {
            return Ok(false);
        }
        tokio::time::sleep(LOOK).await;
        waited += LOOK;
    }
    Ok(true)
}

/// Decisions that a caller may see, the newest first: all for those who run the hub, its own for a scheme.
///
/// # Errors
/// When the store fails.
pub async fn decisions(
    hub: &Hub,
    caller: &Caller,
    wanted: Wanted<'_>,
    before: Option<DecisionId>,
    limit: u32,
) -> Result<Vec<Decision>, StoreError> {
    let own = caller.holder.to_string();
    let wanted = match caller.holder {
        Holder::Operator(_) => wanted,
        Holder::Scheme(_) | Holder::Partner(_) => Wanted { by: Some(&own), ..wanted },
    };
    hub.store().read().await?.decisions(hub.store().keys(), wanted, before, limit).await
}

/// A decision with its facts.
///
/// # Errors
/// When the store fails.
pub async fn decision(
    hub: &Hub,
    caller: &Caller,
    id: DecisionId,
) -> Result<Option<(Decision, Vec<DecisionFact>)>, StoreError> {
    let mut session = hub.store().read().await?;
    let found = session.decision(hub.store().keys(), id).await?;
    let own = caller.holder.to_string();
    let operator = matches!(caller.holder, Holder::Operator(_));
    let Some(decision) = found.filter(|decision| operator || decision.by == own) else {
        return Ok(None);
    };
    let of = decision.undoes.unwrap_or(id);
    Ok(Some((decision, session.facts_of_decision(of).await?)))
}

/// What is decided, before its facts are checked.
struct Draft<'d> {
    kind: DecisionKind,
    review: Option<ReviewId>,
    undoes: Option<DecisionId>,
    /// Pairs, and whether each is one person.
    pairs: Vec<(RecordId, RecordId, bool)>,
    /// About whom, for the audit log.
    subject: Option<PersonId>,
    steward: Steward<'d>,
}

/// An earlier decision under the same key, when it is the same.
async fn repeated(
    hub: &Hub,
    tx: &mut Tx,
    steward: Steward<'_>,
    is_same: impl Fn(&Decision) -> bool,
) -> Result<Option<Decision>, StewardError> {
    let Some(key) = steward.idempotency_key else { return Ok(None) };
    let by = steward.caller.holder.to_string();
    match tx.decision_by_key(hub.store().keys(), &by, key).await? {
        Some(before) if is_same(&before) => Ok(Some(before)),
        Some(_) => Err(StewardError::KeyReused),
        None => Ok(None),
    }
}

/// Writes a decision with its facts and its audit entry, unless it contradicts others. The caller has taken the turn
/// ([`Tx::change_facts`]) before it read anything.
async fn write(hub: &Hub, tx: &mut Tx, draft: Draft<'_>) -> Result<Decision, StewardError> {
    let Draft { kind, review, undoes, pairs, subject, steward } = draft;
    let reason = steward.reason.trim();
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
        return Err(StewardError::NoReason);
    }
    check(hub, tx, &pairs).await?;
    let now = hub.now();
    let decision = Decision {
        id: DecisionId::new(now, hub.random()),
        kind,
        review,
        undoes,
        undone_by: None,
        at: now,
        by: steward.caller.holder.to_string(),
        key: steward.caller.key,
        idempotency_key: steward.idempotency_key.map(str::to_owned),
        reason: reason.to_owned(),
    };
    let mut facts = Vec::with_capacity(pairs.len());
    for (one, other, same) in pairs {
        let (a, b) = (one.min(other), one.max(other));
        let (weight, objection) = evidence(hub, tx, a, b).await?;
        facts.push(DecisionFact { decision: decision.id, a, b, same, weight, objection });
    }
    let keys = hub.store().keys();
    tx.add_decision(keys, &decision, &facts).await?;
    let records: std::collections::BTreeSet<RecordId> =
        facts.iter().flat_map(|fact| [fact.a, fact.b]).collect();
    let entry = Entry {
        id: AuditId::new(now, hub.random()),
        at: now,
        action: "decide".to_owned(),
        actor: steward.caller.actor(),
        scheme: own_scheme(steward.caller),
        subject: subject.map(|person| person.to_string()),
        purpose: None,
        agreement: None,
        outcome: kind.name().to_owned(),
        detail: json!({
            "decision": decision.id, "review": review, "undoes": undoes, "records": records,
        })
        .to_string(),
        personal: None,
    };
    tx.add_audit(keys, &[entry]).await?;
    Ok(decision)
}

/// Whether pairs can be held together with everything that was decided before.
async fn check(
    hub: &Hub,
    session: &mut Session,
    pairs: &[(RecordId, RecordId, bool)],
) -> Result<(), StewardError> {
    let unknown = Source { decision: None, firm: false };
    let mut all: Vec<Fact<Source>> = pairs
        .iter()
        .map(|(a, b, same)| Fact { a: *a, b: *b, same: *same, source: unknown })
        .collect();
    let mut seen: std::collections::BTreeSet<RecordId> = std::collections::BTreeSet::new();
    let mut open: Vec<RecordId> = pairs.iter().flat_map(|(a, b, _)| [*a, *b]).collect();
    // Everybody whom facts connect with the pair. An event's word gives way to a person's, so it does not count.
    while !open.is_empty() {
        open.sort_unstable();
        open.dedup();
        seen.extend(&open);
        let found = session.facts_of(&open).await?;
        open.clear();
        for fact in found.into_iter().filter(|fact| fact.source.firm) {
            open.extend([fact.a, fact.b].into_iter().filter(|record| !seen.contains(record)));
            if !all.contains(&fact) {
                all.push(fact);
            }
        }
    }
    let Some(found) = facts::contradiction(&all) else { return Ok(()) };
    let mut chain = Vec::with_capacity(found.len());
    for fact in found {
        let by = match fact.source.decision {
            Some(id) => session.decision(hub.store().keys(), id).await?,
            None => None,
        };
        chain.push(ChainStep {
            a: fact.a,
            b: fact.b,
            same: fact.same,
            decision: fact.source.decision,
            by: by.map(|decision| (decision.by, decision.at)),
        });
    }
    Err(StewardError::Contradiction { chain })
}

/// What the evidence says of a pair now: from the index of this process, else as it was kept.
async fn evidence(
    hub: &Hub,
    session: &mut Session,
    a: RecordId,
    b: RecordId,
) -> Result<(Option<f64>, Option<String>), StoreError> {
    let scored = hub.index().explain(a, b);
    if let Some(score) = scored {
        let objection = score.objection.map(|objection| objection.name().to_owned());
        return Ok((Some(f64::from(score.weight)), objection));
    }
    let Some(edge) = session.edge(a, b).await? else { return Ok((None, None)) };
    let detail: serde_json::Value = serde_json::from_str(&edge.detail).unwrap_or_default();
    Ok((Some(edge.weight), detail["objection"].as_str().map(str::to_owned)))
}

fn own_scheme(caller: &Caller) -> Option<SchemeId> {
    match &caller.holder {
        Holder::Scheme(scheme) => Some(scheme.clone()),
        Holder::Partner(_) | Holder::Operator(_) => None,
    }
}
