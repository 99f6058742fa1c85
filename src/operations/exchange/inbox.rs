//! Messages as they arrive: opened as agreed with their sender, taken once.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Work;
use crate::delivery::address::Reach;
use crate::eligibility::agreement::{Partner, Reading, Signature};
use crate::model::{Caller, ExchangeId, Instant, Issue, IssueCode};
use crate::operations::Hub;
use crate::proof::key::PublicKey;
use crate::spdci::envelope::{self, Ack, Expected, Header, Received};
use crate::spdci::{faults, lenient, signature};
use crate::store::exchanges::NewExchange;
use crate::store::{KeyedHash, Keys, StoreError};

/// A message as it waits.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    id: String,
    sender: String,
    repaired: Vec<String>,
    /// The purpose that was named beside it.
    pub(super) purpose: Option<String>,
    pub(super) message: Value,
}

impl Kept {
    pub(super) fn read(body: &[u8]) -> Result<Self, StoreError> {
        serde_json::from_slice(body).map_err(|_| StoreError::Sealed)
    }

    /// The envelope that is answered.
    pub(super) fn received(&self) -> Received {
        Received {
            id: self.id.clone(),
            sender: self.sender.clone(),
            callback: None,
            message: Value::Null,
            repaired: self.repaired.clone(),
        }
    }
}

/// How the caller exchanges messages now.
pub(super) fn partner(hub: &Hub, caller: &Caller) -> Partner {
    hub.library().agreements().partner(caller.holder.id(), hub.today())
}

/// Opens a message, which came as `raw`: its signature first, because that is of what was sent, then what may be mended,
/// then the envelope.
///
/// # Errors
/// Everything that is wrong with it.
pub fn open(
    hub: &Hub,
    caller: &Caller,
    (mut body, raw): (Value, &[u8]),
    (action, header): (&str, Header),
) -> Result<Received, Vec<Issue>> {
    let partner = partner(hub, caller);
    let now = hub.now();
    let signed = proved(&partner, (&body, raw), now)?;
    let repaired = match partner.reading {
        Reading::Strict => Vec::new(),
        Reading::Lenient => lenient::mend(&mut body),
    };
    let expected = Expected { action, header, senders: &partner.sender_ids, signed, now };
    let received = envelope::read(body, &expected)?;
    Ok(Received { repaired, ..received })
}

/// Whether a message is signed as agreed.
fn proved(partner: &Partner, message: (&Value, &[u8]), now: Instant) -> Result<bool, Vec<Issue>> {
    let stated = match (partner.signature, signature::stated(message.0)) {
        (Signature::None, _) | (Signature::IfPresent, None) => return Ok(false),
        (Signature::Required, None) => return Err(vec![faults::missing("signature")]),
        (Signature::IfPresent | Signature::Required, Some(stated)) => stated,
    };
    match signature::check(stated, &keys(partner), message, now) {
        Ok(()) => Ok(true),
        Err(_) => Err(vec![faults::error(IssueCode::BadSignature, "signature")]),
    }
}

fn keys(partner: &Partner) -> BTreeMap<String, PublicKey> {
    let read =
        partner.keys.iter().filter_map(|key| Some((key.id.clone(), PublicKey::from_text(&key.x)?)));
    read.collect()
}

/// A message to be taken.
pub struct Taking<'t> {
    /// What it asks.
    pub work: Work,
    /// Who sent it.
    pub caller: &'t Caller,
    /// The purpose that was named beside it.
    pub purpose: Option<String>,
    /// The message; what it says was checked ([`Work::check`]).
    pub received: Received,
    /// To where the hub may send at all.
    pub reach: Reach,
}

/// Why a message is not taken.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    /// Something is wrong with it, or it was taken before.
    #[error("the message is not taken")]
    Wrong(Vec<Issue>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes a message, once, and says what its sender may expect.
///
/// # Errors
/// When its answer may not go where it asks, when it was sent before, or when the store fails.
pub async fn take(hub: &Hub, taking: Taking<'_>) -> Result<(ExchangeId, Ack), TakeError> {
    let Taking { work, caller, purpose, received, reach } = taking;
    let callback =
        callback(&partner(hub, caller), work, &received, reach).map_err(TakeError::Wrong)?;
    let (keys, now) = (hub.store().keys(), hub.now());
    let id = ExchangeId::new(now, hub.random());
    let names = names(keys, &received.message);
    let message_key = keys.hash("exchange message", &[&received.id]);
    let message_id = received.id.clone();
    let kept = Kept {
        id: received.id,
        sender: received.sender,
        repaired: received.repaired,
        purpose,
        message: received.message,
    };
    let ack = if callback.is_some() { Ack::Follows } else { Ack::Kept };
    let new = NewExchange {
        id,
        partner: caller.holder.id().to_owned(),
        key: caller.key,
        action: work.action(),
        message_key,
        names,
        callback,
        body: serde_json::to_vec(&kept).expect("a tree is plain JSON"),
    };
    let mut tx = hub.store().begin().await?;
    let first = tx.add_exchange(keys, &new, now).await?;
    tx.commit().await?;
    if first {
        tracing::info!(exchange.id = %id, action = work.action(), "took `{id}`");
        Ok((id, ack))
    } else {
        let issue = faults::error(IssueCode::RepeatedMessage, "header.message_id");
        Err(TakeError::Wrong(vec![issue.value(&message_id)]))
    }
}

/// Where the answer goes. Only to an address that was agreed, and that the hub may call at all: whoever holds a key must
/// not be able to send the hub, or what it knows, elsewhere.
fn callback(
    partner: &Partner,
    work: Work,
    received: &Received,
    reach: Reach,
) -> Result<Option<String>, Vec<Issue>> {
    let named = received.callback.as_deref();
    let agreed = partner
        .callback(named, work.path())
        .ok()
        .filter(|url| url.as_deref().is_none_or(|url| reach.check_url(url).is_ok()));
    agreed.ok_or_else(|| {
        let known = partner.callbacks.iter().map(String::as_str);
        vec![faults::one_of("header.sender_uri", named.unwrap_or_default(), known)]
    })
}

/// The names under which a message is asked for again: its transaction, and the references in it.
fn names(keys: &Keys, message: &Value) -> Vec<KeyedHash> {
    let transaction = message["transaction_id"].as_str().map(|id| name(keys, TRANSACTION, id));
    let lists = message.as_object().into_iter().flat_map(|members| members.values());
    let requests = lists.filter_map(Value::as_array).flatten();
    let references = requests.filter_map(|request| request["reference_id"].as_str());
    transaction.into_iter().chain(references.map(|id| name(keys, REFERENCE, id))).collect()
}

const TRANSACTION: &str = "transaction_id";
const REFERENCE: &str = "reference_id";

fn name(keys: &Keys, kind: &str, id: &str) -> KeyedHash {
    keys.hash("exchange name", &[kind, id])
}
