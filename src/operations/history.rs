//! The history of a person, and what holds them together.
//!
//! A scheme sees of it what concerns its own records: that two of its records became one person, not whose else they
//! are.

use std::collections::BTreeSet;

use serde_json::json;

use super::Hub;
use super::people::note;
use crate::model::{Caller, Instant, PersonId, RecordId, SchemeId};
use crate::store::decisions::Decision;
use crate::store::person_events::PersonEvent;
use crate::store::{Session, StoreError};

pub use crate::store::edges::StoredEdge;
pub use crate::store::people::Hop;
pub use crate::store::person_events::{Groups, PersonEventKind};

/// Edges of one person that are shown: a person of so many records is an alarm, not an explanation.
pub const MOST_EDGES: u32 = 1_000;

/// Where an id leads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// The ids that it was given up for, one after the other; empty when it never was.
    pub chain: Vec<Hop>,
    /// The person at the end of the chain.
    pub now: PersonId,
    /// Whether that person has records: else everything that was known of them is gone.
    pub lives: bool,
}

/// A record of a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Belonging {
    /// The record.
    pub record: RecordId,
    /// Who sent it.
    pub scheme: SchemeId,
}

/// A merge or split with the decision behind it.
#[derive(Clone, Debug)]
pub struct Happened {
    /// What.
    pub event: PersonEvent,
    /// By whose decision, and why; none when evidence led to it.
    pub decision: Option<Decision>,
}

/// What is known about the past of an id.
pub struct History {
    /// Where it leads.
    pub standing: Standing,
    /// The records of the person, as far as the caller may see them.
    pub records: Vec<Belonging>,
    /// Merges and splits, the newest first.
    pub events: Vec<Happened>,
}

/// The past of a person, or of an id that was given up: a page of events before a position in the log.
///
/// # Errors
/// When the store fails.
pub async fn history(
    hub: &Hub,
    caller: &Caller,
    person: PersonId,
    before: Option<u64>,
    limit: u32,
) -> Result<Option<History>, StoreError> {
    let mut session = hub.store().read().await?;
    let events = session.person_events(person, before, limit).await?;
    let Some(standing) = standing(&mut session, person).await? else { return Ok(None) };
    let members = session.members(standing.now).await?;
    let concerned: BTreeSet<RecordId> = events
        .iter()
        .flat_map(|event| event.before.values().chain(event.after.values()).flatten())
        .copied()
        .collect();
    let concerned: Vec<RecordId> = concerned.into_iter().collect();
    let schemes = session.schemes_of(&concerned).await?;
    let visible = |record: &RecordId| schemes.get(record).is_some_and(|scheme| caller.sees(scheme));
    let records: Vec<Belonging> = members
        .into_iter()
        .filter(|member| caller.sees(&member.scheme))
        .map(|member| Belonging { record: member.record, scheme: member.scheme })
        .collect();
    let operator = caller.runs_the_hub();
    let mut happened = Vec::with_capacity(events.len());
    for mut event in events {
        if !operator {
            event.before = seen(event.before, &visible);
            event.after = seen(event.after, &visible);
        }
        if event.before.is_empty() && event.after.is_empty() {
            continue;
        }
        let decision = match event.decision {
            Some(id) => session.decision(hub.store().keys(), id).await?,
            None => None,
        };
        happened.push(Happened { event, decision });
    }
    drop(session);
    if !operator && records.is_empty() && happened.is_empty() {
        return Ok(None);
    }
    let detail = json!({ "events": happened.len() }).to_string();
    note(hub, caller, "read_history", person.to_string(), detail).await?;
    Ok(Some(History { standing, records, events: happened }))
}

/// Only the records that a caller may see, and the people who have any.
fn seen(groups: Groups, visible: &impl Fn(&RecordId) -> bool) -> Groups {
    let own = |(person, mut records): (PersonId, Vec<RecordId>)| {
        records.retain(|record| visible(record));
        (!records.is_empty()).then_some((person, records))
    };
    groups.into_iter().filter_map(own).collect()
}

/// Where an id leads; `None` when there never was one.
pub(super) async fn standing(
    session: &mut Session,
    person: PersonId,
) -> Result<Option<Standing>, StoreError> {
    let chain = session.redirect_chain(person).await?;
    let now = chain.last().map_or(person, |hop| hop.to);
    let state = session.person_state(now).await?;
    Ok(state.map(|state| Standing { chain, now, lives: state == "active" }))
}

/// What holds a person together.
pub struct Evidence {
    /// The person, when the id was given up.
    pub now: PersonId,
    /// Their pairs, by the ids of their records.
    pub edges: Vec<StoredEdge>,
    /// When this was read.
    pub at: Instant,
}

/// The evidence between the records of a person, as it was when each pair was last compared.
///
/// # Errors
/// When the store fails.
pub async fn evidence(
    hub: &Hub,
    caller: &Caller,
    person: PersonId,
) -> Result<Option<Evidence>, StoreError> {
    let mut session = hub.store().read().await?;
    let Some(standing) = standing(&mut session, person).await? else { return Ok(None) };
    let members = session.members(standing.now).await?;
    let own: BTreeSet<RecordId> = members
        .into_iter()
        .filter(|member| caller.sees(&member.scheme))
        .map(|member| member.record)
        .collect();
    if own.is_empty() {
        return Ok(None);
    }
    let mut edges = session.edges_of_person(standing.now, MOST_EDGES).await?;
    edges.retain(|edge| own.contains(&edge.a) && own.contains(&edge.b));
    drop(session);
    let detail = json!({ "pairs": edges.len() }).to_string();
    note(hub, caller, "read_evidence", standing.now.to_string(), detail).await?;
    Ok(Some(Evidence { now: standing.now, edges, at: hub.now() }))
}
