//! Messages as they arrive: opened as agreed with their sender, taken once.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Work;
use crate::delivery::address::Reach;
use crate::eligibility::agreement::{Partner, Reading, Signature};
use crate::model::{AuditId, Caller, ExchangeId, Holder, Instant, Issue, IssueCode, Language};
use crate::operations::Hub;
use crate::proof::key::PublicKey;
use crate::spdci::envelope::{self, Ack, Expected, Header, Received};
use crate::spdci::{faults, lenient, signature};
use crate::store::audit::Entry;
use crate::store::exchanges::NewExchange;
use crate::store::{KeyedHash, Keys, StoreError};

/// A message as it waits.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    id: String,
    sender: String,
    repaired: Vec<String>,
    /// Whose key it came with, and the purposes of that.
    holder: String,
    purposes: Vec<String>,
    /// The language of its sender, as its tag.
    language: String,
    /// The purpose that was named beside it.
    pub(super) purpose: Option<String>,
    pub(super) message: Value,
}

impl Kept {
    /// The purpose under which it came: the one that was named, or the only one of its key.
    pub(super) fn stated_purpose(&self) -> Option<&str> {
        match (&self.purpose, self.purposes.as_slice()) {
            (Some(named), _) => Some(named),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }

    pub(super) fn read(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }

    /// Who sent it, when it came with no key that could be withdrawn meanwhile: its holder, and no right beside.
    pub(super) fn keyless(&self) -> Option<Caller> {
        let purposes = self.purposes.clone();
        Some(Caller { purposes, ..holder(&self.holder)? })
    }

    /// The sender's own id of it.
    pub(super) fn message_id(&self) -> &str {
        &self.id
    }

    /// Who the sender says it is.
    pub(super) fn sender(&self) -> &str {
        &self.sender
    }

    /// The language of its sender.
    pub(super) fn language(&self) -> Language {
        Language::from_tag(&self.language).unwrap_or(Language::English)
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

/// Somebody of whom only kind and id are known, such as `partner:ci-cnam`: without any right but what agreements grant.
pub(super) fn holder(text: &str) -> Option<Caller> {
    let (kind, id) = text.split_once(':')?;
    let holder = Holder::parse(kind, id)?;
    Some(Caller { key: None, account: None, holder, scopes: Vec::new(), purposes: Vec::new() })
}

/// How the caller exchanges messages now.
pub(super) fn partner(hub: &Hub, caller: &Caller) -> Partner {
    hub.library().agreements().partner(caller.holder.id(), hub.today())
}

/// Whether an agreement in force makes the caller a civil registry.
#[must_use]
pub fn announces_deaths(hub: &Hub, caller: &Caller) -> bool {
    !partner(hub, caller).deaths_of.is_empty()
}

/// Opens a message, which came as `raw`: its signature first, because that is of what was sent, then what may be mended,
/// then the envelope. What is not opened is written down: a forged or outdated message is worth a look.
///
/// # Errors
/// Everything that is wrong with it; or the store fails.
pub async fn open(
    hub: &Hub,
    caller: &Caller,
    message: (Value, &[u8]),
    expected: (&str, Header),
) -> Result<Received, TakeError> {
    match opened(&partner(hub, caller), message, expected, hub.now()) {
        Ok(received) => Ok(received),
        Err(wrong) => refuse(hub, caller, expected.0, wrong).await,
    }
}

fn opened(
    partner: &Partner,
    (mut body, raw): (Value, &[u8]),
    (action, header): (&str, Header),
    now: Instant,
) -> Result<Received, Vec<Issue>> {
    let signed = proved(partner, (&body, raw), now)?;
    let repaired = match partner.reading {
        Reading::Strict => Vec::new(),
        Reading::Lenient => lenient::mend(&mut body),
    };
    let expected = Expected { action, header, senders: &partner.sender_ids, signed, now };
    let received = envelope::read(body, &expected)?;
    Ok(Received { repaired, ..received })
}

/// Writes down that a message was not taken, and why, without what it said.
async fn refuse<T>(
    hub: &Hub,
    caller: &Caller,
    action: &str,
    wrong: Vec<Issue>,
) -> Result<T, TakeError> {
    let now = hub.now();
    let told: Vec<Value> = wrong
        .iter()
        .map(|issue| json!({ "code": issue.code.name(), "path": issue.place.path }))
        .collect();
    let entry = Entry {
        id: AuditId::new(now, hub.random()),
        at: now,
        action: "exchange".to_owned(),
        actor: caller.actor(),
        scheme: None,
        subject: None,
        purpose: None,
        agreement: None,
        outcome: "refused".to_owned(),
        detail: json!({ "action": action, "wrong": told }).to_string(),
        personal: None,
    };
    let mut tx = hub.store().begin().await?;
    tx.add_audit(hub.store().keys(), &[entry]).await?;
    tx.commit().await?;
    Err(TakeError::Wrong(wrong))
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
    /// The language in which to answer.
    pub language: Language,
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
    let Taking { work, caller, purpose, language, received, reach } = taking;
    let callback = match callback(&partner(hub, caller), work, &received, reach) {
        Ok(callback) => callback,
        Err(wrong) => return refuse(hub, caller, work.action(), wrong).await,
    };
    let (keys, now) = (hub.store().keys(), hub.now());
    let id = ExchangeId::new(now, hub.random());
    let names = names(keys, &received.message);
    let message_key = keys.hash("exchange message", &[&received.id]);
    let message_id = received.id.clone();
    let kept = Kept {
        id: received.id,
        sender: received.sender,
        repaired: received.repaired,
        holder: caller.holder.to_string(),
        purposes: caller.purposes.clone(),
        language: language.tag().to_owned(),
        purpose,
        message: received.message,
    };
    // Of a notice nobody expects an answer.
    let follows = callback.is_some() || work.answer().is_none();
    let ack = if follows { Ack::Follows } else { Ack::Kept };
    let new = NewExchange {
        id,
        partner: caller.holder.to_string(),
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
        refuse(hub, caller, work.action(), vec![issue.value(&message_id)]).await
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
    let Some((_, path)) = work.answer() else { return Ok(None) };
    let named = received.callback.as_deref();
    let agreed = partner.callback(named, path).ok().filter(|url| match url {
        Some(url) => reach.check_url(url).is_ok(),
        // Whoever follows somebody must be reached.
        None => work != Work::Subscribe,
    });
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

pub(super) const TRANSACTION: &str = "transaction_id";
pub(super) const REFERENCE: &str = "reference_id";

pub(super) fn name(keys: &Keys, kind: &str, id: &str) -> KeyedHash {
    keys.hash("exchange name", &[kind, id])
}
