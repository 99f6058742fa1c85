//! Whether what was answered would still be answered: follows the log, cancels, and tells the asker.
//!
//! The log says which records changed; the standing answers about their people are derived again, by the person and
//! under the agreements of now. An answer that comes out otherwise is cancelled, and its asker is told through the
//! outbox when it subscribed. An answer may have been derived just before a change and written just after it was looked
//! at: such answers know where the log ended for them, and are looked at once more.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::digest;
use crate::delivery::envelope;
use crate::delivery::plan::Kind;
use crate::eligibility::{Answer, Permission, Question, Subject, query};
use crate::model::{AnswerId, DeliveryId, Instant, PersonId, RecordId};
use crate::operations::ask::derive;
use crate::operations::{Hub, StoreError};
use crate::store::Session;
use crate::store::answers::AnswerRow;
use crate::store::feed::LogEntry;
use crate::store::outbox::NewDelivery;
use crate::store::subscriptions::SubscriptionRow;

/// Entries of the log in one step.
const PAGE: u32 = 500;

/// How long deriving and writing an answer may take, in milliseconds, and how many such answers a step looks at.
const OVERTAKEN_WITHIN: i64 = 60_000;
const OVERTAKEN: u32 = 500;

/// What one step did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct WatchStep {
    /// Entries of the log that were looked at.
    pub entries: usize,
    /// Answers that were cancelled.
    pub cancelled: u64,
}

/// A person of whom the log speaks: where, and by which record.
#[derive(Clone, Copy)]
struct Touched {
    seq: u64,
    record: RecordId,
}

/// An answer that would come out otherwise.
struct Changed {
    row: AnswerRow,
    person: PersonId,
    touched: Touched,
    now: Answer,
    permission: Permission,
}

/// Looks at the next entries of the log.
///
/// # Errors
/// When the store fails; then nothing of the step was written.
pub async fn step(hub: &Hub) -> Result<WatchStep, StoreError> {
    let now = hub.now();
    let mut session = hub.store().read().await?;
    let from = session.answers_watched().await?;
    let entries = session.log_after(from, PAGE).await?;
    let Some(last) = entries.last().map(|entry| entry.seq) else {
        return Ok(WatchStep::default());
    };
    let mut looked_at = Vec::new();
    let mut changed = Vec::new();
    if session.answers_stand(now).await? {
        let touched = touched(&mut session, &entries, from).await?;
        let people: Vec<PersonId> = touched.keys().copied().collect();
        let mut rows = session.answers_about(&people, now).await?;
        let since = now.plus_millis(-OVERTAKEN_WITHIN);
        rows.extend(session.answers_overtaken(since, last, OVERTAKEN).await?);
        let mut seen = BTreeSet::new();
        rows.retain(|row| seen.insert(row.id));
        for row in rows {
            looked_at.push(row.id);
            changed.extend(again(hub, &mut session, row, &touched, last).await?);
        }
    }
    let subscriptions = session.subscriptions(hub.store().keys(), None).await?;
    drop(session);
    let messages = messages(hub, &changed, &subscriptions, now);
    let mut tx = hub.store().begin().await?;
    let mut step = WatchStep { entries: entries.len(), cancelled: 0 };
    for one in &changed {
        let because = one.now.reason.name();
        step.cancelled += u64::from(tx.cancel_answer(one.row.id, now, because).await?);
    }
    for id in looked_at {
        tx.answer_looked_at(id, last).await?;
    }
    for message in &messages {
        tx.insert_delivery(hub.store().keys(), message, now).await?;
    }
    tx.answers_watched_to(last).await?;
    tx.commit().await?;
    Ok(step)
}

/// The people of whom the entries speak, also by the ids that they had before a merge.
async fn touched(
    session: &mut Session,
    entries: &[LogEntry],
    from: u64,
) -> Result<BTreeMap<PersonId, Touched>, StoreError> {
    let mut found = BTreeMap::new();
    let records: BTreeMap<RecordId, u64> =
        entries.iter().filter_map(|entry| Some((entry.record?, entry.seq))).collect();
    for (record, seq) in records {
        let subject = session.subject(record).await?;
        if let Some(person) = subject.and_then(|subject| subject.person) {
            found.insert(person, Touched { seq, record });
        }
    }
    for entry in entries {
        if let (Some(person), Some(record)) = (entry.person, entry.record) {
            found.entry(person).or_insert(Touched { seq: entry.seq, record });
        }
    }
    let last = entries.last().map_or(from, |entry| entry.seq);
    for redirect in session.redirected(from, last).await? {
        if let Some(touched) = found.get(&redirect.new).copied() {
            found.entry(redirect.old).or_insert(touched);
        }
    }
    Ok(found)
}

/// Derives an answer again; none when it stands, or when no agreement allows the question any more: what was told then
/// is not wrong for that.
async fn again(
    hub: &Hub,
    session: &mut Session,
    row: AnswerRow,
    touched: &BTreeMap<PersonId, Touched>,
    last: u64,
) -> Result<Option<Changed>, StoreError> {
    let Some(person) = row.person else { return Ok(None) };
    let question = Question {
        asked_by: row.asker.clone(),
        purpose: row.purpose.clone(),
        as_of: row.as_of,
        known_at: None,
        country_of_care: row.country.clone(),
        scheme: row.scheme.clone(),
        subject: Subject::Person(person),
    };
    let Some((now, permission)) = derive(hub, session, &row.asker, &question).await? else {
        return Ok(None);
    };
    if digest(query::answer_line("", &now, &permission)) == row.told {
        return Ok(None);
    }
    let touched = match touched.get(&person) {
        Some(touched) => *touched,
        None => match session.members(person).await?.first() {
            Some(member) => Touched { seq: last, record: member.record },
            None => return Ok(None),
        },
    };
    Ok(Some(Changed { row, person, touched, now, permission }))
}

#[derive(Serialize)]
struct Data<'m> {
    /// The answers that were cancelled.
    answers: Vec<Told<'m>>,
}

#[derive(Serialize)]
struct Told<'m> {
    id: AnswerId,
    given_at: Instant,
    as_of: jiff::civil::Date,
    purpose: &'m str,
    /// What would be answered now, as far as the agreement allows.
    now: Value,
}

/// One message for each subscription of an asker and each place in the log.
fn messages(
    hub: &Hub,
    changed: &[Changed],
    subscriptions: &[SubscriptionRow],
    now: Instant,
) -> Vec<NewDelivery> {
    let mut messages = Vec::new();
    for subscription in subscriptions {
        let wants =
            subscription.kinds.is_empty() || subscription.kinds.contains(&Kind::AnswerChanged);
        let theirs = |one: &&Changed| wants && subscription.scheme.as_str() == one.row.asker;
        let mut by_place: BTreeMap<u64, Vec<&Changed>> = BTreeMap::new();
        for one in changed.iter().filter(theirs) {
            by_place.entry(one.touched.seq).or_default().push(one);
        }
        for (log_seq, group) in by_place {
            let Some(first) = group.first() else { continue };
            messages.push(NewDelivery {
                id: DeliveryId::new(now, hub.random()),
                subscription: subscription.id,
                scheme: subscription.scheme.clone(),
                record: first.touched.record,
                person: first.person,
                log_seq,
                kind: Kind::AnswerChanged,
                body: body(&group, now),
            });
        }
    }
    messages
}

fn body(group: &[&Changed], now: Instant) -> Vec<u8> {
    let answers = group.iter().map(|one| Told {
        id: one.row.id,
        given_at: one.row.given_at,
        as_of: one.row.as_of,
        purpose: &one.row.purpose,
        now: query::answer_line("", &one.now, &one.permission),
    });
    envelope::write(Kind::AnswerChanged, now, Data { answers: answers.collect() })
}
