//! What became of earlier messages of the same sender; of others it hears nothing.

use serde_json::Value;

use super::inbox::{Kept, REFERENCE, TRANSACTION, name};
use super::{Answer, Hub};
use crate::model::{Caller, ExchangeId};
use crate::spdci::status::{self, Asked, Became, Named};
use crate::store::StoreError;
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
    let stored = stored(hub, caller.holder.id(), &asked.named).await?;
    let mut became = Vec::new();
    let mut transaction = None;
    for one in stored.iter().filter(|one| is_of(asked, one)) {
        let kept = Kept::read(&one.body)?;
        let stated = kept.message["transaction_id"].as_str();
        transaction = transaction.or(stated.map(str::to_owned));
        became.extend(requests(&kept.message, one, &asked.named)?);
    }
    let transaction = transaction.unwrap_or_else(|| asked.transaction.clone());
    let count = became.len();
    Ok((status::write(asked, (&transaction, became), correlation, hub.now()), count))
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
    Ok(Some(Answer { message, status: "succ", count }))
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
