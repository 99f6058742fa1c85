//! From the log to notices: who follows whom of what just happened, and what they may see of it.
//!
//! A follower is told what its agreement shows of the person now, or nothing: an agreement that ended ends the notices,
//! too. A death is told whoever reported it, as it decides every answer; other events only when they happened in a record
//! that the follower may see.

use serde::Deserialize;
use serde_json::Value;

use super::search::written;
use super::{Hub, callback_base};
use super::{calls, inbox};
use crate::delivery::plan::Kind;
use crate::eligibility::Subject;
use crate::eligibility::agreement::Field;
use crate::model::{Caller, DeliveryId, Instant, PersonId, SchemeId};
use crate::operations::changes::{self, Changed, Step};
use crate::operations::patients::{self, ViewError};
use crate::spdci::envelope::{self, Received};
use crate::spdci::subscribe::{self, Event};
use crate::store::followers::Follower;
use crate::store::outbox::NewMessage;
use crate::store::{Session, StoreError};

/// How many entries of the log one step looks at.
const PAGE: u32 = 500;

/// What happened to somebody, and when the hub came to know it.
struct Happened {
    events: Vec<(Event, Instant)>,
    person: PersonId,
    scheme: SchemeId,
    seq: u64,
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
    let mut messages = Vec::new();
    for changed in changes::of_page(hub, &mut session, &entries, from).await? {
        if let Some(happened) = happened(hub, &mut session, &changed).await? {
            messages.extend(notices(hub, &mut session, &happened).await?);
        }
    }
    messages.extend(calls::of_page(hub, &mut session, &entries).await?);
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
    changed: &Changed,
) -> Result<Option<Happened>, StoreError> {
    let mut events = Vec::new();
    for step in &changed.steps {
        for event in events_of(step) {
            if event != Event::Death || is_news(hub, session, changed.person, step).await? {
                events.push((event, step.after.recorded_at));
            }
        }
    }
    let Some(last) = changed.steps.last() else { return Ok(None) };
    let (person, scheme, seq) = (changed.person, last.after.says.scheme.clone(), changed.seq);
    Ok((!events.is_empty()).then_some(Happened { events, person, scheme, seq }))
}

fn events_of(Step { before, after }: &Step) -> Vec<Event> {
    let after = &after.says;
    let lived = before.as_ref().is_none_or(|facts| facts.says.death_date.is_none());
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

/// Whether no other record of the person had told of the death before.
async fn is_news(
    hub: &Hub,
    session: &mut Session,
    person: PersonId,
    step: &Step,
) -> Result<bool, StoreError> {
    let before = step.after.recorded_at.plus_millis(-1);
    let keys = hub.store().keys();
    let known = session.statements_of_people(keys, &[person], before).await?;
    Ok(known.iter().all(|(_, facts)| facts.says.death_date.is_none()))
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
        let mut fitting = happened.events.iter().filter(|(one, since)| {
            // What happened before it followed is no notice to it.
            Some(*one) == event && *since >= follower.since
        });
        let Some(&(event, since)) = fitting.next_back() else { continue };
        if session.was_notified(follower.id, happened.person, since).await? {
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
    let Some(base) = callback_base(hub, &caller) else { return Ok(None) };
    let partner = caller.holder.id().to_owned();
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
        kind: Kind::Message,
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
