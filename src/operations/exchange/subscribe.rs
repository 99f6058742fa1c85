//! Subscriptions of other registries: made and ended. [`super::follow`] tells what follows from them.

use serde_json::{Value, json};

use super::inbox::{Kept, partner};
use super::{Answer, Hub};
use crate::eligibility::question::Number;
use crate::eligibility::registry::NumberKind;
use crate::eligibility::{Registry, agreement::Partner};
use crate::model::{Caller, ExchangeId, SubscriptionId};
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
    exchange: ExchangeId,
) -> Result<Option<Answer>, ViewError> {
    let library = hub.library();
    let Ok(asked) = subscribe::read(&kept.message, library.registry()) else { return Ok(None) };
    let purpose = ask::purpose(hub, caller, kept.purpose.as_deref());
    view(hub, caller, purpose.clone()).await?;
    let agreed = partner(hub, caller);
    let mut made = Vec::with_capacity(asked.requests.len());
    for (position, request) in asked.requests.iter().enumerate() {
        let outcome = match &request.wanted {
            Err(reason) => Err(*reason),
            Ok((event, followed)) => {
                let wish = Wish {
                    id: code(hub.store().keys(), exchange, position),
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
    let message = subscribe::write(&asked.transaction, &made, &exchange.to_string(), said);
    Ok(Some(Answer::new(message, "succ", made.len())))
}

/// The code of a subscription follows from the message that asks for it and the place in it: worked on once more after a
/// crash, the message finds its own subscriptions and tells their codes.
fn code(keys: &Keys, exchange: ExchangeId, position: usize) -> SubscriptionId {
    let place = position.to_string();
    let hash =
        keys.hash_bytes("subscription of a message", [exchange.as_bytes(), place.as_bytes()]);
    // Its time, as that of any id, and the hash in place of chance.
    let mut id = *exchange.as_bytes();
    id.iter_mut().zip(hash.as_bytes()).skip(9).for_each(|(to, from)| *to = *from);
    SubscriptionId::from_bytes(id)
}

/// A subscription to be made.
struct Wish<'w> {
    id: SubscriptionId,
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
        id: wish.id,
        holder: wish.holder.clone(),
        purpose: wish.purpose.clone(),
        event: wish.event.name().to_owned(),
        scheme,
        since: now,
        body: json!({ "reference": wish.reference, "sender": wish.sender })
            .to_string()
            .into_bytes(),
    };
    let same = sameness(keys, &follower, &targets);
    if !begin_following(hub, &follower, (&same, &targets)).await? {
        return Ok(Err(Reason::Already));
    }
    tracing::info!(subscription.id = %follower.id, "`{}` follows", follower.id);
    Ok(Ok((follower.id.to_string(), wish.event)))
}

/// Keeps a follower; `false` when there is another one with the same wish.
pub(super) async fn begin_following(
    hub: &Hub,
    follower: &Follower,
    (wish, targets): (&KeyedHash, &[KeyedHash]),
) -> Result<bool, StoreError> {
    let mut tx = hub.store().begin().await?;
    if !tx.anybody_follows().await? {
        // What happened before is nobody's notice.
        let end = tx.log_end().await?;
        tx.followed_to(end).await?;
    }
    let kept = tx.add_follower(hub.store().keys(), follower, (wish, targets)).await?
        // Before a crash.
        || tx.follows(follower.id, &follower.holder).await?.is_some();
    tx.commit().await?;
    Ok(kept)
}

/// What makes a wish the same: what, of whom, for which purpose.
fn sameness(keys: &Keys, follower: &Follower, targets: &[KeyedHash]) -> KeyedHash {
    let scheme = follower.scheme.as_ref().map_or("", |scheme| scheme.as_str());
    let words = [follower.purpose.as_bytes(), follower.event.as_bytes(), scheme.as_bytes()];
    let targets = targets.iter().map(|target| target.as_bytes().as_slice());
    keys.hash_bytes("follower wish", words.into_iter().chain(targets))
}

/// The hashes by which the bearer of a number is recognised: as the record of that number, or by it in any record.
pub(super) fn targets(keys: &Keys, registry: &Registry, number: &Number) -> Vec<KeyedHash> {
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
    let mut ends = Vec::new();
    for code in codes {
        let outcome = match theirs(hub, caller, &code).await? {
            Ok(id) if ends.contains(&id) => Err(Reason::Ended),
            Ok(id) => {
                ends.push(id);
                Ok(())
            }
            Err(reason) => Err(reason),
        };
        ended.push((code, outcome));
    }
    let said = (hub.now(), kept.language());
    let message: Value = subscribe::write_end(&transaction, &ended, correlation, said);
    let status = if ended.iter().any(|(_, outcome)| outcome.is_ok()) { "succ" } else { "rjct" };
    Ok(Some(Answer { ends, ..Answer::new(message, status, ended.len()) }))
}

/// A subscription of the caller that can be ended.
async fn theirs(
    hub: &Hub,
    caller: &Caller,
    code: &str,
) -> Result<Result<SubscriptionId, Reason>, StoreError> {
    let Ok(id) = code.parse::<SubscriptionId>() else { return Ok(Err(Reason::NoSuch)) };
    let mut session = hub.store().read().await?;
    Ok(match session.follows(id, &caller.holder.to_string()).await? {
        None => Err(Reason::NoSuch),
        Some(false) => Err(Reason::Ended),
        Some(true) => Ok(id),
    })
}
