//! From the log to the outbox: what changed, who hears of it, what the message says.
//!
//! A record's statement before and after tells what kind of change it was. A subscriber is told of
//! each once: planning again finds the message in the outbox and adds nothing.

use super::message::{self, About};
use super::{Hub, SubscriptionRow};
use crate::delivery::plan::{Change, Holder, Kind, Planned, Wish, plan};
use crate::eligibility::facts::Statement;
use crate::model::{DeliveryId, Instant, PersonId};
use crate::operations::changes::{self, Changed, Step};
use crate::store::feed::Member;
use crate::store::outbox::NewDelivery;
use crate::store::{Session, StoreError};

/// How many entries of the log one step plans: a transaction of some tens of milliseconds.
const PAGE: u32 = 500;
/// How the log calls it that a person turned out to be several: one entry for each of them.
const SPLIT: &str = "split";

/// A change with its place in the log and since when the hub knows it.
struct Noticed {
    change: Change,
    seq: u64,
    since: Instant,
}

/// What one step of planning did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PlanStep {
    /// Entries of the log that were looked at.
    pub entries: usize,
    /// Messages that were put into the outbox.
    pub messages: u64,
}

/// Plans the messages that follow from the next entries of the log.
///
/// # Errors
/// When the store fails; then nothing of the step was written.
pub async fn plan_pending(hub: &Hub) -> Result<PlanStep, StoreError> {
    let keys = hub.store().keys();
    let mut session = hub.store().read().await?;
    let subscriptions = session.subscriptions(keys, None).await?;
    let Some(from) = subscriptions.iter().map(|row| row.log_seq).min() else {
        return Ok(PlanStep::default());
    };
    let entries = session.log_after(from, PAGE).await?;
    let Some(last) = entries.last().map(|entry| entry.seq) else {
        return Ok(PlanStep::default());
    };
    let mut messages = Vec::new();
    for changed in changes::of_page(hub, &mut session, &entries, from).await? {
        for one in of_record(&mut session, &changed).await? {
            write(hub, &mut session, &subscriptions, &one, &mut messages).await?;
        }
    }
    for redirect in session.redirected(from, last).await? {
        let merged = (Kind::PersonMerged, redirect.new, redirect.seq);
        if let Some(merge) = of_person(&mut session, merged, hub.now()).await? {
            write(hub, &mut session, &subscriptions, &merge, &mut messages).await?;
        }
    }
    for entry in entries.iter().filter(|entry| entry.kind == SPLIT) {
        let Some(person) = entry.person else { continue };
        let split = (Kind::PersonSplit, person, entry.seq);
        if let Some(split) = of_person(&mut session, split, hub.now()).await? {
            write(hub, &mut session, &subscriptions, &split, &mut messages).await?;
        }
    }
    drop(session);
    let now = hub.now();
    let mut step = PlanStep { entries: entries.len(), messages: 0 };
    let mut tx = hub.store().begin().await?;
    for message in &messages {
        step.messages += u64::from(tx.insert_delivery(keys, message, now).await?);
    }
    for subscription in &subscriptions {
        tx.subscription_planned(subscription.id, last).await?;
    }
    tx.commit().await?;
    Ok(step)
}

/// What happened in a record, one after the other.
async fn of_record(session: &mut Session, changed: &Changed) -> Result<Vec<Noticed>, StoreError> {
    let mut noticed = Vec::new();
    for Step { before, after } in &changed.steps {
        // A correction made since the record last said something else is what it now says.
        let since = before.as_ref().map_or(Instant::default(), |before| before.recorded_at);
        let corrected = session.was_corrected(after.record, since).await?;
        let told = kind_of(before.as_ref().map(|facts| &facts.says), &after.says);
        let kinds = [Some(told), corrected.then_some(Kind::RecordCorrected)];
        noticed.extend(kinds.into_iter().flatten().map(|kind| Noticed {
            change: Change {
                kind,
                person: changed.person,
                record: after.record,
                origin: after.says.scheme.clone(),
            },
            seq: changed.seq,
            since: after.recorded_at,
        }));
    }
    Ok(noticed)
}

/// The most telling kind: who wants to hear of deaths need not compare records.
fn kind_of(before: Option<&Statement>, after: &Statement) -> Kind {
    let Some(before) = before else {
        return Kind::RecordChanged;
    };
    let closed = |statement: &Statement| {
        statement.coverages.iter().filter(|coverage| coverage.closed_on.is_some()).count()
    };
    if before.death_date.is_none() && after.death_date.is_some() {
        Kind::PersonDied
    } else if closed(after) > closed(before) {
        Kind::CoverageClosed
    } else {
        Kind::RecordChanged
    }
}

/// A merge, or one of the people of a split, is told once to each scheme that knows the person.
async fn of_person(
    session: &mut Session,
    (kind, person, seq): (Kind, PersonId, u64),
    now: Instant,
) -> Result<Option<Noticed>, StoreError> {
    let first = session.members(person).await?.into_iter().next();
    Ok(first.map(|member| Noticed {
        change: Change { kind, person, record: member.record, origin: member.scheme },
        seq,
        since: now,
    }))
}

async fn write(
    hub: &Hub,
    session: &mut Session,
    subscriptions: &[SubscriptionRow],
    noticed: &Noticed,
    into: &mut Vec<NewDelivery>,
) -> Result<(), StoreError> {
    let ahead = |row: &&SubscriptionRow| row.log_seq < noticed.seq;
    let wishes: Vec<Wish> = subscriptions.iter().filter(ahead).map(SubscriptionRow::wish).collect();
    let members = session.members(noticed.change.person).await?;
    let holders: Vec<Holder> = members.into_iter().map(holder).collect();
    for planned in plan(&noticed.change, &holders, &wishes) {
        let Planned { subscription, ref scheme, about, ref change } = planned;
        if session.was_told(subscription, change.record, change.kind, noticed.since).await? {
            continue;
        }
        let (at, seq) = (noticed.since, noticed.seq);
        let about = About { change, scheme, own_record: about, at, seq };
        into.push(NewDelivery {
            id: DeliveryId::new(hub.now(), hub.random()),
            subscription,
            scheme: scheme.clone(),
            record: change.record,
            person: change.person,
            log_seq: noticed.seq,
            kind: change.kind,
            body: message::write(hub, session, &about).await?,
        });
    }
    Ok(())
}

fn holder(member: Member) -> Holder {
    Holder { scheme: member.scheme, record: member.record }
}
