//! What became of earlier messages of the same sender; of others it hears nothing.

use serde_json::{Value, json};

use super::super::ask;
use super::super::patients::{self, ViewError};
use super::inbox::{Kept, REFERENCE, TRANSACTION, name};
use super::{Answer, Hub};
use crate::model::{AuditId, Caller, ExchangeId};
use crate::spdci::status::{self, Asked, Became, Named};
use crate::store::StoreError;
use crate::store::audit::Entry;
use crate::store::exchanges::Kept as Stored;

/// Messages of one transaction that are looked through.
const MOST: u32 = 100;

/// The answer, and how many requests it tells of.
///
/// # Errors
/// When the store fails.
pub async fn answer(
    hub: &Hub,
    caller: &Caller,
    asked: &Asked,
    correlation: &str,
) -> Result<(Value, usize), StoreError> {
    let stored = stored(hub, &caller.holder.to_string(), &asked.named).await?;
    let mut became = Vec::new();
    let mut transaction = None;
    for one in stored.iter().filter(|one| is_of(asked, one)) {
        let kept = Kept::read(&one.body).ok_or(StoreError::Sealed)?;
        if one.action == "search" && !may_see(hub, caller, &kept).await? {
            continue;
        }
        let stated = kept.message["transaction_id"].as_str();
        transaction = transaction.or(stated.map(str::to_owned));
        became.extend(requests(&kept.message, one, &asked.named)?);
    }
    let transaction = transaction.unwrap_or_else(|| asked.transaction.clone());
    let count = became.len();
    note(hub, caller, count).await?;
    Ok((status::write(asked, (&transaction, became), correlation, hub.now()), count))
}

/// Whether who asks may still look for people under the purpose of a search: another key of the same partner, or an
/// agreement that has ended, shows nothing of what was answered before.
async fn may_see(hub: &Hub, caller: &Caller, kept: &Kept) -> Result<bool, StoreError> {
    let purpose = ask::purpose(hub, caller, kept.stated_purpose());
    match patients::view(hub, caller, purpose).await {
        Ok(_) => Ok(true),
        Err(ViewError::Refused(_)) => Ok(false),
        Err(ViewError::Store(failed)) => Err(failed),
    }
}

/// Writes down that answers were looked at once more.
async fn note(hub: &Hub, caller: &Caller, answers: usize) -> Result<(), StoreError> {
    let now = hub.now();
    let entry = Entry {
        id: AuditId::new(now, hub.random()),
        at: now,
        action: "exchange_status".to_owned(),
        actor: caller.actor(),
        scheme: None,
        subject: None,
        purpose: None,
        agreement: None,
        outcome: "shown".to_owned(),
        detail: json!({ "answers": answers }).to_string(),
        personal: None,
    };
    let mut tx = hub.store().begin().await?;
    tx.add_audit(hub.store().keys(), &[entry]).await?;
    tx.commit().await
}

/// The answer to a message that waited; none when it can no longer be read.
pub(super) async fn later(
    hub: &Hub,
    caller: &Caller,
    kept: &Kept,
    correlation: &str,
) -> Result<Option<Answer>, StoreError> {
    let Ok(asked) = status::read(&kept.message) else { return Ok(None) };
    let (message, count) = answer(hub, caller, &asked, correlation).await?;
    Ok(Some(Answer::new(message, "succ", count)))
}

async fn stored(hub: &Hub, partner: &str, named: &Named) -> Result<Vec<Stored>, StoreError> {
    let keys = hub.store().keys();
    let mut session = hub.store().read().await?;
    match named {
        Named::Correlation(id) => match id.parse::<ExchangeId>() {
            Ok(id) => Ok(session.exchange(keys, partner, id).await?.into_iter().collect()),
            Err(_) => Ok(Vec::new()),
        },
        Named::Transaction(id) => {
            session.exchanges_named(keys, partner, &name(keys, TRANSACTION, id), MOST).await
        }
        Named::References(ids) => {
            let mut all = Vec::new();
            for id in ids {
                let name = name(keys, REFERENCE, id);
                all.extend(session.exchanges_named(keys, partner, &name, 1).await?);
            }
            all.sort_by_key(|one| one.id);
            all.dedup_by_key(|one| one.id);
            Ok(all)
        }
    }
}

/// Whether a message is of the kind that is asked for: who asks for a search hears of no subscription.
fn is_of(asked: &Asked, one: &Stored) -> bool {
    match asked.kind.as_str() {
        "search" => one.action == "search",
        "subscribe" => one.action == "subscribe",
        _ => one.action == "notify",
    }
}

/// What became of the requests of a message, each by its reference.
fn requests(message: &Value, one: &Stored, named: &Named) -> Result<Vec<Became>, StoreError> {
    let wanted = |reference: &Value| match (named, reference.as_str()) {
        (Named::References(ids), Some(reference)) => ids.iter().any(|id| id == reference),
        _ => true,
    };
    let Some(answer) = &one.answer else {
        let references = lists(message).map(|request| request["reference_id"].clone());
        let pending = references.filter(|reference| wanted(reference));
        return Ok(pending
            .filter_map(|reference| reference.as_str().map(str::to_owned))
            .map(Became::Pending)
            .collect());
    };
    let answer: Value = serde_json::from_slice(answer).map_err(|_| StoreError::Sealed)?;
    let responses = lists(&answer).filter(|response| wanted(&response["reference_id"]));
    Ok(responses.cloned().map(Became::Answered).collect())
}

/// What stands in the lists of a message: its requests, or its answers.
fn lists(message: &Value) -> impl Iterator<Item = &Value> {
    let members = message.as_object().into_iter().flat_map(|members| members.values());
    members.filter_map(Value::as_array).flatten().filter(|one| one["reference_id"].is_string())
}
