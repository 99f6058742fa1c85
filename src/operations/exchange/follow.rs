//! From the log to notices: who follows whom of what just happened, and what they may see of it.
//!
//! A follower is told what its agreement shows of the person now, or nothing: an agreement that ended ends the notices,
//! too. A death is told whoever reported it, as it decides every answer; other events only when they happened in a record
//! that the follower may see.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::inbox;
use super::search::written;
use super::{Hub, callback_base};
use crate::eligibility::Subject;
use crate::eligibility::agreement::Field;
use crate::eligibility::facts::{RecordFacts, Statement};
use crate::model::{Caller, DeliveryId, Instant, PersonId, RecordId, SchemeId};
use crate::operations::patients::{self, ViewError};
use crate::spdci::envelope::{self, Received};
use crate::spdci::subscribe::{self, Event};
use crate::store::followers::Follower;
use crate::store::outbox::NewMessage;
use crate::store::{Session, StoreError};

/// How many entries of the log one step looks at.
const PAGE: u32 = 500;

/// What happened to somebody.
struct Happened {
    events: Vec<Event>,
    person: PersonId,
    scheme: SchemeId,
    seq: u64,
    since: Instant,
}

/// Puts the notices that follow from the next entries of the log into the outbox; how many entries there were.
///
/// # Errors
/// When the store fails; then nothing of the step was written.
pub async fn follow(hub: &Hub) -> Result<usize, StoreError> {
    let mut session = hub.store().read().await?;
    let from = session.followed().await?;
    if !session.anybody_follows().await? {
        // Whoever follows from now on hears of what comes.
        let end = session.log_end().await?;
        drop(session);
        if end > from {
            write(hub, &[], end).await?;
        }
        return Ok(0);
    }
    let entries = session.log_after(from, PAGE).await?;
    let Some(last) = entries.last().map(|entry| entry.seq) else { return Ok(0) };
    let touched: BTreeMap<RecordId, u64> =
        entries.iter().filter_map(|entry| Some((entry.record?, entry.seq))).collect();
    let mut messages = Vec::new();
    for (record, seq) in touched {
        if let Some(happened) = happened(hub, &mut session, record, seq).await? {
            messages.extend(notices(hub, &mut session, &happened).await?);
        }
    }
    drop(session);
    write(hub, &messages, last).await?;
    Ok(entries.len())
}

async fn write(hub: &Hub, messages: &[NewMessage], last: u64) -> Result<(), StoreError> {
    let (keys, now) = (hub.store().keys(), hub.now());
    let mut tx = hub.store().begin().await?;
    for message in messages {
        tx.insert_message(keys, (DeliveryId::new(now, hub.random()), message), now).await?;
    }
    tx.followed_to(last).await?;
    tx.commit().await
}

/// What happened in a record, when it is anything that is followed.
async fn happened(
    hub: &Hub,
    session: &mut Session,
    record: RecordId,
    seq: u64,
) -> Result<Option<Happened>, StoreError> {
    let keys = hub.store().keys();
    let Some(person) = session.subject(record).await?.and_then(|subject| subject.person) else {
        return Ok(None);
    };
    let Some(after) = session.statement_of_record(keys, record, hub.now()).await? else {
        return Ok(None);
    };
    let moment_before = after.recorded_at.plus_millis(-1);
    let before = session.statement_of_record(keys, record, moment_before).await?;
    let events = events(before.as_ref(), &after.says);
    let (scheme, since) = (after.says.scheme, after.recorded_at);
    Ok((!events.is_empty()).then_some(Happened { events, person, scheme, seq, since }))
}

fn events(before: Option<&RecordFacts>, after: &Statement) -> Vec<Event> {
    let lived = before.is_none_or(|facts| facts.says.death_date.is_none());
    let mut events = Vec::new();
    match before {
        None => events.push(Event::Registration),
        Some(before) if before.says.coverages != after.coverages => events.push(Event::Enrolment),
        Some(_) => {}
    }
    if lived && after.death_date.is_some() {
        events.push(Event::Death);
    }
    events
}

async fn notices(
    hub: &Hub,
    session: &mut Session,
    happened: &Happened,
) -> Result<Vec<NewMessage>, StoreError> {
    let keys = hub.store().keys();
    let followers = session.followers(keys, &happened.scheme, happened.person).await?;
    let mut messages = Vec::new();
    for follower in followers {
        let event = Event::parse(&follower.event);
        let Some(event) = event.filter(|event| happened.events.contains(event)) else { continue };
        if session.was_notified(follower.id, happened.person, happened.since).await? {
            continue;
        }
        messages.extend(notice(hub, &follower, event, happened).await?);
    }
    Ok(messages)
}

/// The words of a follower that a notice repeats.
#[derive(Deserialize)]
struct Words {
    reference: String,
    sender: String,
}

/// The notice to a follower; none when it may see nothing of the person, or nothing may be sent to it.
async fn notice(
    hub: &Hub,
    follower: &Follower,
    event: Event,
    happened: &Happened,
) -> Result<Option<NewMessage>, StoreError> {
    let Some(holder) = inbox::holder(&follower.holder) else { return Ok(None) };
    let caller = Caller { purposes: vec![follower.purpose.clone()], ..holder };
    // Whom it follows without a number is for the agreement of now to say.
    let agreed = inbox::partner(hub, &caller);
    if follower.scheme.as_ref().is_some_and(|scheme| !agreed.follows.contains(scheme)) {
        return Ok(None);
    }
    let (Some(base), Ok(partner)) = (callback_base(hub, &caller), caller.holder.id().parse())
    else {
        return Ok(None);
    };
    let Some(member) = seen(hub, &caller, follower, event, happened).await? else {
        return Ok(None);
    };
    let words: Words = serde_json::from_slice(&follower.body).map_err(|_| StoreError::Sealed)?;
    let now = hub.now();
    let (id, code) = (DeliveryId::new(now, hub.random()).to_string(), follower.id.to_string());
    let message = subscribe::notice(&code, &words.reference, event, &member, now);
    let sending =
        envelope::Sending { id: &id, action: "notify", status: "succ", counts: (1, 1), now };
    let to = Received { sender: words.sender, ..Received::default() };
    let envelope = envelope::write(&to, &sending, message);
    Ok(Some(NewMessage {
        about: follower.id,
        partner,
        person: Some(happened.person),
        log_seq: happened.seq,
        url: format!("{base}/registry/notify"),
        body: serde_json::to_vec(&envelope).expect("a tree is plain JSON"),
    }))
}

/// The person as the follower may see it.
async fn seen(
    hub: &Hub,
    caller: &Caller,
    follower: &Follower,
    event: Event,
    happened: &Happened,
) -> Result<Option<Value>, StoreError> {
    let view = match patients::view(hub, caller, Some(follower.purpose.clone())).await {
        Ok(view) => view,
        Err(ViewError::Refused(_)) => return Ok(None),
        Err(ViewError::Store(error)) => return Err(error),
    };
    let here = view.fields(&happened.scheme).contains(&Field::PersonId);
    if event != Event::Death && !here {
        return Ok(None);
    }
    let found = patients::find(hub, &view, &Subject::Person(happened.person)).await?;
    found.first().map(written).transpose()
}
