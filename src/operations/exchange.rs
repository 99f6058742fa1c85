//! Messages between registries (SPDCI): opened as agreed with their sender, answered at once or later.
//!
//! What is answered later is kept first: [`take`] writes it down before it is acknowledged, [`step`] works on it under a
//! lease, and the answer is written together with the message that carries it ([`super::deliver`] sends that). A crash
//! loses nothing: what was not closed is worked on once more, under the rights of that moment. Answers are kept for a week,
//! for senders whom nothing can be sent to and for those who ask again.

mod announce;
mod bearers;
pub mod calls;
mod follow;
mod inbox;
mod search;
mod status;
mod subscribe;
mod updates;

use serde_json::{Value, json};
use tracing::{error, info, warn};

pub use follow::follow;
pub use inbox::{TakeError, Taking, announces_deaths, open, take};
pub use search::answer as answer_search;
pub use status::answer as answer_status;
pub use updates::take as take_updates;

use super::Hub;
use super::answers::signer;
use super::intake::IntakeError;
use super::patients::ViewError;
use crate::delivery::plan::Kind;
use crate::eligibility::Registry;
use crate::model::{Caller, DeliveryId, Instant, Issue, SubscriptionId};
use crate::spdci::envelope::Header;
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
    /// What became of an earlier message.
    Status,
    /// To be told what happens to somebody.
    Subscribe,
    /// To be told no longer.
    Unsubscribe,
    /// Nothing: a civil registry tells who died.
    Deaths,
}

impl Work {
    /// All of it.
    const ALL: [Self; 5] =
        [Self::Search, Self::Status, Self::Subscribe, Self::Unsubscribe, Self::Deaths];

    /// The action of the message.
    #[must_use]
    pub const fn action(self) -> &'static str {
        match self {
            Self::Search => "search",
            Self::Status => "txn-status",
            Self::Subscribe => "subscribe",
            Self::Unsubscribe => "unsubscribe",
            Self::Deaths => "notify",
        }
    }

    /// Which kind of header the message has.
    #[must_use]
    pub const fn header(self) -> Header {
        match self {
            Self::Search | Self::Status | Self::Subscribe | Self::Unsubscribe => Header::Request,
            Self::Deaths => Header::Callback,
        }
    }

    /// The action of the answer and where it goes below a partner's address; none when nothing is answered.
    const fn answer(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Search => Some(("on-search", "registry/on-search")),
            Self::Status => Some(("txn-on-status", "registry/txn/on-status")),
            Self::Subscribe => Some(("on-subscribe", "registry/on-subscribe")),
            Self::Unsubscribe => Some(("on-unsubscribe", "registry/on-unsubscribe")),
            Self::Deaths => None,
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
            Self::Status => spdci::status::read(message).map(drop),
            Self::Subscribe => spdci::subscribe::read(message, registry).map(drop),
            Self::Unsubscribe => spdci::subscribe::read_end(message).map(drop),
            Self::Deaths => spdci::announce::read(message, registry).map(drop),
        }
    }

    /// The answer to a message that the hub may no longer answer.
    fn nothing(self, transaction: &Value, correlation: &str, now: Instant) -> Value {
        let mut message = json!({ "transaction_id": transaction, "correlation_id": correlation });
        match self {
            Self::Search | Self::Deaths => message["search_response"] = json!([]),
            Self::Subscribe => message["subscribe_response"] = json!([]),
            Self::Unsubscribe => {
                message["timestamp"] = json!(now);
                message["status"] = json!("rjct");
            }
            Self::Status => {
                let nothing = Self::Search.nothing(transaction, correlation, now);
                message["txnstatus_response"] =
                    json!({ "txn_type": "search", "txn_status": nothing });
            }
        }
        message
    }
}

/// Below which address a caller is told what it did not just ask for: the first that was agreed.
fn callback_base(hub: &Hub, caller: &Caller) -> Option<String> {
    let base = inbox::partner(hub, caller).callbacks.into_iter().next()?;
    Some(base.trim_end_matches('/').to_owned())
}

/// The answer to a message: what it says, how many requests it answers, and which subscriptions it ends.
pub struct Answer {
    message: Value,
    status: &'static str,
    count: usize,
    /// Ended where the answer is written, so that a crash between the two cannot tell of an end as of an old one.
    ends: Vec<SubscriptionId>,
}

impl Answer {
    const fn new(message: Value, status: &'static str, count: usize) -> Self {
        Self { message, status, count, ends: Vec::new() }
    }
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
    let Some(kept) = taken.body.as_deref().and_then(Kept::read) else {
        return close_unread(hub, worker, &taken).await.map(|()| true);
    };
    match work(hub, &taken, &kept).await {
        Ok(answer) => close(hub, worker, &taken, &kept, answer).await?,
        Err(WorkError::Store(error)) => return Err(error),
        // Its content, and not the store, fails it: it is tried again, and in the end refused.
        Err(WorkError::Intake(cause)) => {
            error!(exchange.id = %taken.id, %cause, "`{}` could not be worked on", taken.id);
        }
    }
    Ok(true)
}

/// Why a message could not be worked on.
#[derive(Debug, thiserror::Error)]
enum WorkError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Intake(IntakeError),
}

impl From<IntakeError> for WorkError {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::Store(error) => Self::Store(error),
            other => Self::Intake(other),
        }
    }
}

/// The answer under the rights of now: a key that was withdrawn meanwhile is answered nothing.
async fn work(hub: &Hub, taken: &Taken, kept: &Kept) -> Result<Answer, WorkError> {
    let caller = match taken.key {
        None => kept.keyless(),
        Some(key) => super::keys::holder(hub, key).await?,
    };
    let work = Work::parse(&taken.action).filter(|_| taken.attempts <= ATTEMPTS);
    let (Some(caller), Some(work)) = (caller, work) else {
        return Ok(refused(taken, kept, hub.now()));
    };
    let correlation = taken.id.to_string();
    let answered = match work {
        Work::Search => search::later(hub, &caller, kept, &correlation).await,
        Work::Subscribe => subscribe::begin(hub, &caller, kept, taken.id).await,
        Work::Status => Ok(status::later(hub, &caller, kept, &correlation).await?),
        Work::Unsubscribe => Ok(subscribe::end(hub, &caller, kept, &correlation).await?),
        Work::Deaths => Ok(announce::deaths(hub, &caller, kept, &correlation).await?),
    };
    match answered {
        Ok(Some(answer)) => Ok(answer),
        Ok(None) | Err(ViewError::Refused(_)) => Ok(refused(taken, kept, hub.now())),
        Err(ViewError::Store(error)) => Err(error.into()),
    }
}

fn refused(taken: &Taken, kept: &Kept, now: Instant) -> Answer {
    warn!(exchange.id = %taken.id, "`{}` cannot be answered any more", taken.id);
    let work = Work::parse(&taken.action).unwrap_or(Work::Search);
    let (transaction, correlation) = (&kept.message["transaction_id"], taken.id.to_string());
    Answer::new(work.nothing(transaction, &correlation, now), "rjct", 0)
}

/// Closes a message that does not open any more, or is none of ours. Its sender is unknown with it, so nothing is sent; it
/// is not worked on for ever either, before all the others.
async fn close_unread(hub: &Hub, worker: &str, taken: &Taken) -> Result<(), StoreError> {
    error!(exchange.id = %taken.id, "`{}` cannot be read, and is closed", taken.id);
    let work = Work::parse(&taken.action).unwrap_or(Work::Search);
    let nothing = work.nothing(&Value::Null, &taken.id.to_string(), hub.now());
    let told = serde_json::to_vec(&nothing).expect("a tree is plain JSON");
    let mut tx = hub.store().begin().await?;
    tx.close_exchange(hub.store().keys(), taken, worker, &told, hub.now()).await?;
    tx.commit().await
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
    let mut tx = hub.store().begin().await?;
    let told = serde_json::to_vec(&answer.message).expect("a tree is plain JSON");
    if !tx.close_exchange(keys, taken, worker, &told, now).await? {
        return Ok(());
    }
    for ended in &answer.ends {
        tx.end_follower(*ended).await?;
        // What still waits for it is given up.
        tx.withdraw_deliveries(*ended, now).await?;
    }
    if let (Some((action, _)), Some((partner, url))) =
        (Work::parse(&taken.action).and_then(Work::answer), address(hub, taken, kept))
    {
        let envelope = write(kept, taken, action, &answer, now);
        let message = NewMessage {
            about: SubscriptionId::from_bytes(*taken.id.as_bytes()),
            partner,
            person: None,
            log_seq: 0,
            kind: Kind::Message,
            url,
            body: serde_json::to_vec(&envelope).expect("a tree is plain JSON"),
        };
        tx.insert_message(keys, (DeliveryId::new(now, hub.random()), &message), now).await?;
    }
    tx.commit().await?;
    info!(exchange.id = %taken.id, count = answer.count, "answered `{}`", taken.id);
    Ok(())
}

/// To whom the answer goes, and where; none unless the agreement of now still has the address.
fn address(hub: &Hub, taken: &Taken, kept: &Kept) -> Option<(String, String)> {
    let (sender, url) = (kept.keyless()?, taken.callback.as_deref()?);
    let agreed = inbox::partner(hub, &sender).callback(Some(url), "").ok().flatten();
    if agreed.is_none() {
        warn!(exchange.id = %taken.id, "the answer to `{}` has no agreed address any more", taken.id);
    }
    Some((sender.holder.id().to_owned(), agreed?))
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
