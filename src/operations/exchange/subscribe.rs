//! Subscriptions of other registries: made and ended. [`super::follow`] tells what follows from them.

use serde_json::{Value, json};

use super::inbox::{Kept, partner};
use super::{Answer, Hub};
use crate::eligibility::question::Number;
use crate::eligibility::registry::NumberKind;
use crate::eligibility::{Registry, agreement::Partner};
use crate::model::{Caller, SubscriptionId};
use crate::operations::ask::{self, resolve::normalised};
use crate::operations::patients::{ViewError, view};
use crate::spdci::subscribe::{self, Event, Followed, Made, Reason};
use crate::store::followers::Follower;
use crate::store::identifiers::identifier_key;
use crate::store::records::record_key;
use crate::store::{KeyedHash, Keys, StoreError};

/// Makes the subscriptions of a message that waited; none when it can no longer be read.
pub(super) async fn begin(
    hub: &Hub,
    caller: &Caller,
    kept: &Kept,
    correlation: &str,
) -> Result<Option<Answer>, ViewError> {
    let library = hub.library();
    let Ok(asked) = subscribe::read(&kept.message, library.registry()) else { return Ok(None) };
    let purpose = ask::purpose(hub, caller, kept.purpose.as_deref());
    view(hub, caller, purpose.clone()).await?;
    let agreed = partner(hub, caller);
    let mut made = Vec::with_capacity(asked.requests.len());
    for request in &asked.requests {
        let outcome = match &request.wanted {
            Err(reason) => Err(*reason),
            Ok((event, followed)) => {
                let wish = Wish {
                    holder: caller.holder.to_string(),
                    purpose: purpose.clone().unwrap_or_default(),
                    reference: &request.reference,
                    sender: kept.sender(),
                    event: *event,
                };
                keep(hub, library.registry(), &agreed, &wish, followed).await?
            }
        };
        made.push(Made { reference: &request.reference, outcome });
    }
    let said = (hub.now(), kept.language());
    let message = subscribe::write(&asked.transaction, &made, correlation, said);
    Ok(Some(Answer { message, status: "succ", count: made.len() }))
}

/// A subscription to be made.
struct Wish<'w> {
    holder: String,
    purpose: String,
    reference: &'w str,
    sender: &'w str,
    event: Event,
}

/// Keeps a subscription, whether anybody bears the number or not: that is not told.
async fn keep(
    hub: &Hub,
    registry: &Registry,
    agreed: &Partner,
    wish: &Wish<'_>,
    followed: &Followed,
) -> Result<Result<(String, Event), Reason>, StoreError> {
    let keys = hub.store().keys();
    let (scheme, targets) = match followed {
        Followed::Everybody(scheme) if agreed.follows.contains(scheme) => {
            (Some(scheme.clone()), Vec::new())
        }
        Followed::Everybody(_) => return Ok(Err(Reason::NotAgreed)),
        Followed::Numbers(numbers) => {
            let all = numbers.iter().flat_map(|number| targets(keys, registry, number));
            (None, all.collect::<Vec<_>>())
        }
    };
    if scheme.is_none() && targets.is_empty() {
        return Ok(Err(Reason::Nobody));
    }
    let now = hub.now();
    let follower = Follower {
        id: SubscriptionId::new(now, hub.random()),
        holder: wish.holder.clone(),
        purpose: wish.purpose.clone(),
        event: wish.event.name().to_owned(),
        scheme,
        body: json!({ "reference": wish.reference, "sender": wish.sender })
            .to_string()
            .into_bytes(),
    };
    let same = sameness(keys, &follower, &targets);
    let mut tx = hub.store().begin().await?;
    if !tx.anybody_follows().await? {
        // What happened before is nobody's notice.
        let end = tx.log_end().await?;
        tx.followed_to(end).await?;
    }
    let new = tx.add_follower(keys, &follower, (&same, &targets), now).await?;
    tx.commit().await?;
    if !new {
        return Ok(Err(Reason::Already));
    }
    tracing::info!(subscription.id = %follower.id, "`{}` follows", follower.id);
    Ok(Ok((follower.id.to_string(), wish.event)))
}

/// What makes a wish the same: what, of whom, for which purpose.
fn sameness(keys: &Keys, follower: &Follower, targets: &[KeyedHash]) -> KeyedHash {
    let scheme = follower.scheme.as_ref().map_or("", |scheme| scheme.as_str());
    let words = [follower.purpose.as_bytes(), follower.event.as_bytes(), scheme.as_bytes()];
    let targets = targets.iter().map(|target| target.as_bytes().as_slice());
    keys.hash_bytes("follower wish", words.into_iter().chain(targets))
}

/// The hashes by which the bearer of a number is recognised: as the record of that number, or by it in any record.
fn targets(keys: &Keys, registry: &Registry, number: &Number) -> Vec<KeyedHash> {
    let value = number.value.expose().trim();
    match &number.kind {
        None => Vec::new(),
        Some(NumberKind::System(system)) => vec![identifier_key(keys, system, &normalised(value))],
        Some(NumberKind::Record(scheme)) => {
            let mut found = vec![record_key(keys, scheme, value)];
            if let Some(scheme) = registry.scheme(scheme) {
                found.push(identifier_key(keys, &scheme.record_number.system, &normalised(value)));
            }
            found
        }
    }
}

/// Ends the subscriptions of a message that waited; none when it can no longer be read.
pub(super) async fn end(
    hub: &Hub,
    caller: &Caller,
    kept: &Kept,
    correlation: &str,
) -> Result<Option<Answer>, StoreError> {
    let Ok((transaction, codes)) = subscribe::read_end(&kept.message) else { return Ok(None) };
    let mut ended = Vec::with_capacity(codes.len());
    for code in codes {
        let outcome = end_one(hub, caller, &code).await?;
        ended.push((code, outcome));
    }
    let said = (hub.now(), kept.language());
    let message: Value = subscribe::write_end(&transaction, &ended, correlation, said);
    let status = if ended.iter().any(|(_, outcome)| outcome.is_ok()) { "succ" } else { "rjct" };
    Ok(Some(Answer { message, status, count: ended.len() }))
}

/// Ends a subscription of the caller; what still waits for it is given up.
async fn end_one(hub: &Hub, caller: &Caller, code: &str) -> Result<Result<(), Reason>, StoreError> {
    let Ok(id) = code.parse::<SubscriptionId>() else { return Ok(Err(Reason::NoSuch)) };
    let mut tx = hub.store().begin().await?;
    let outcome = match tx.follows(id, &caller.holder.to_string()).await? {
        None => Err(Reason::NoSuch),
        Some(true) if tx.end_follower(id).await? => {
            tx.withdraw_deliveries(id, hub.now()).await?;
            Ok(())
        }
        Some(_) => Err(Reason::Ended),
    };
    tx.commit().await?;
    Ok(outcome)
}
