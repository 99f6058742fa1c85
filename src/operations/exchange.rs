//! Messages between registries (SPDCI): opened as agreed with their sender, answered at once or later.
//!
//! What is answered later is kept first: [`take`] writes it down before it is acknowledged, [`step`] works on it under a
//! lease, and the answer is written together with the message that carries it ([`super::deliver`] sends that). A crash
//! loses nothing: what was not closed is worked on once more, under the rights of that moment. Answers are kept for a week,
//! for senders whom nothing can be sent to and for those who ask again.

mod inbox;
mod search;

use serde_json::{Value, json};
use tracing::{info, warn};

pub use inbox::{TakeError, Taking, open, take};
pub use search::answer as answer_search;

use super::answers::signer;
use super::{Hub, patients};
use crate::eligibility::Registry;
use crate::model::{Caller, DeliveryId, Instant, Issue, SubscriptionId};
use crate::spdci::{self, envelope, signature};
use crate::store::StoreError;
use crate::store::exchanges::Taken;
use crate::store::outbox::NewMessage;
use inbox::Kept;

/// How long a worker may hold a message, in milliseconds: a hundred searches take a few seconds.
const LEASE: i64 = 60_000;

/// Attempts before a message is answered with a refusal: it is its content, and not the store, that fails.
const ATTEMPTS: u32 = 10;

/// How long an answer is kept, in milliseconds. It must exceed the time within which a message may be sent again, or one
/// could be taken twice.
const KEPT: i64 = 7 * 24 * 60 * 60 * 1000;

/// What a message asks, as far as it is answered later.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Work {
    /// Who somebody is.
    Search,
}

impl Work {
    /// All of it.
    const ALL: [Self; 1] = [Self::Search];

    /// The action of the message.
    #[must_use]
    pub const fn action(self) -> &'static str {
        match self {
            Self::Search => "search",
        }
    }

    /// The action of the answer.
    #[must_use]
    pub const fn answer(self) -> &'static str {
        match self {
            Self::Search => "on-search",
        }
    }

    /// Where below a partner's address the answer goes.
    const fn path(self) -> &'static str {
        match self {
            Self::Search => "registry/on-search",
        }
    }

    fn parse(action: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|work| work.action() == action)
    }

    /// Everything that is wrong with a message, before it is taken.
    ///
    /// # Errors
    /// Each with its path.
    pub fn check(self, message: &Value, registry: &Registry) -> Result<(), Vec<Issue>> {
        match self {
            Self::Search => spdci::search::read(message, registry).map(drop),
        }
    }
}

/// The answer to a message: what it says, and how many requests it answers.
pub struct Answer {
    message: Value,
    status: &'static str,
    count: usize,
}

/// Works on the message that has waited longest; whether there was one.
///
/// # Errors
/// When the store fails; the message is worked on again after its lease.
pub async fn step(hub: &Hub, worker: &str) -> Result<bool, StoreError> {
    let (keys, now) = (hub.store().keys(), hub.now());
    let mut tx = hub.store().begin().await?;
    let taken = tx.lease_exchange(keys, worker, now, now.plus_millis(LEASE)).await?;
    if taken.is_none() {
        tx.forget_exchanges(now.plus_millis(-KEPT)).await?;
    }
    tx.commit().await?;
    let Some(taken) = taken else { return Ok(false) };
    let kept = Kept::read(&taken.body)?;
    let answer = work(hub, &taken, &kept).await?;
    close(hub, worker, &taken, &kept, answer).await?;
    Ok(true)
}

/// The answer under the rights of now: a key that was withdrawn meanwhile is answered nothing.
async fn work(hub: &Hub, taken: &Taken, kept: &Kept) -> Result<Answer, StoreError> {
    let caller = match taken.key {
        None => Some(Caller::local_operator()),
        Some(key) => super::keys::holder(hub, key).await?,
    };
    let work = Work::parse(&taken.action).filter(|_| taken.attempts <= ATTEMPTS);
    let (Some(caller), Some(work)) = (caller, work) else {
        warn!(exchange.id = %taken.id, "`{}` cannot be answered any more", taken.id);
        return Ok(refused(taken, kept));
    };
    let correlation = taken.id.to_string();
    let answered = match work {
        Work::Search => search::later(hub, &caller, kept, &correlation).await,
    };
    match answered {
        Ok(Some(answer)) => Ok(answer),
        Ok(None) | Err(patients::ViewError::Refused(_)) => Ok(refused(taken, kept)),
        Err(patients::ViewError::Store(error)) => Err(error),
    }
}

fn refused(taken: &Taken, kept: &Kept) -> Answer {
    let message = json!({
        "transaction_id": kept.message["transaction_id"],
        "correlation_id": taken.id.to_string(),
        "search_response": [],
    });
    Answer { message, status: "rjct", count: 0 }
}

/// Writes the answer down, and the message that carries it.
async fn close(
    hub: &Hub,
    worker: &str,
    taken: &Taken,
    kept: &Kept,
    answer: Answer,
) -> Result<(), StoreError> {
    let (keys, now) = (hub.store().keys(), hub.now());
    let action = Work::parse(&taken.action).map_or("on-error", Work::answer);
    let envelope = write(kept, taken, action, &answer, now);
    let mut tx = hub.store().begin().await?;
    let told = serde_json::to_vec(&answer.message).expect("a tree is plain JSON");
    if !tx.close_exchange(keys, taken, worker, &told, now).await? {
        return Ok(());
    }
    let partner = taken.partner.parse().ok();
    if let (Some(url), Some(partner)) = (&taken.callback, partner) {
        let message = NewMessage {
            about: SubscriptionId::from_bytes(*taken.id.as_bytes()),
            partner,
            person: None,
            log_seq: 0,
            url: url.clone(),
            body: serde_json::to_vec(&envelope).expect("a tree is plain JSON"),
        };
        tx.insert_message(keys, (DeliveryId::new(now, hub.random()), &message), now).await?;
    }
    tx.commit().await?;
    info!(exchange.id = %taken.id, count = answer.count, "answered `{}`", taken.id);
    Ok(())
}

fn write(kept: &Kept, taken: &Taken, action: &str, answer: &Answer, now: Instant) -> Value {
    let id = taken.id.to_string();
    let counts = (answer.count, answer.count);
    let sending = envelope::Sending { id: &id, action, status: answer.status, counts, now };
    envelope::write(&kept.received(), &sending, answer.message.clone())
}

/// The body of a message of ours as it leaves now: dated, and signed with the hub's published key. A message that is tried
/// again is signed again, because its receiver looks at its date.
///
/// # Errors
/// When the store fails or the body is none of ours.
pub(super) async fn signed(hub: &Hub, body: &[u8]) -> Result<Vec<u8>, StoreError> {
    let mut envelope: Value = serde_json::from_slice(body).map_err(|_| StoreError::Sealed)?;
    let now = hub.now();
    envelope["header"]["message_ts"] = json!(now);
    sign(hub, &mut envelope).await?;
    Ok(serde_json::to_vec(&envelope).expect("a tree is plain JSON"))
}

/// Signs a message of ours with the hub's published key.
///
/// # Errors
/// When the store fails.
pub async fn sign(hub: &Hub, envelope: &mut Value) -> Result<(), StoreError> {
    let key = signer::current(hub).await?;
    signature::sign(&key, envelope, hub.now());
    Ok(())
}
