//! Subscriptions to which nothing is sent but a call (FHIR, rest-hook): made, read and ended, and the calls that follow.
//!
//! A call says that something happened to somebody of those who are followed, not to whom, nor what: the follower reads
//! that for itself, under the agreement of that moment. So any word of the log about a record is worth a call.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Hub;
use super::inbox::{holder, partner};
use super::subscribe::{begin_following, targets};
use crate::delivery::address::Reach;
use crate::delivery::plan::Kind;
use crate::eligibility::Registry;
use crate::eligibility::agreement::{Field, Partner};
use crate::eligibility::question::Number;
use crate::model::{Caller, Instant, PersonId, RecordId, SchemeId, SubscriptionId};
use crate::operations::patients::{ViewError, view};
use crate::store::feed::LogEntry;
use crate::store::followers::{CALL, Follower};
use crate::store::outbox::NewMessage;
use crate::store::{KeyedHash, Session, StoreError};

/// Whose changes.
pub enum Whose {
    /// Of everybody in a scheme; of the only one that was agreed when none is named.
    Everybody(Option<SchemeId>),
    /// Of whoever bears a number.
    Number(Number),
    /// Of a person.
    Person(PersonId),
    /// Of whom a record is about.
    Record(RecordId),
}

/// What is wanted.
pub struct Wanted {
    /// Whose changes.
    pub whose: Whose,
    /// The address that is called.
    pub endpoint: String,
    /// Headers of the call. They may hold a password.
    pub headers: Vec<(String, String)>,
    /// Until when.
    pub end: Option<Instant>,
    /// What is shown of the subscription. Personal.
    pub said: Value,
}

/// A subscription as it stands.
pub struct Standing {
    /// Its id.
    pub id: SubscriptionId,
    /// What is shown of it.
    pub said: Value,
    /// `active`, `off` after its end, or `error` when the address could not be called.
    pub status: &'static str,
    /// Since when.
    pub since: Instant,
}

/// Why there is no such subscription.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The address was not agreed, or the hub may not call it.
    #[error("the address was not agreed")]
    Address {
        /// Those that were.
        agreed: Vec<String>,
    },
    /// The agreement does not let the caller follow everybody there.
    #[error("whom is followed was not agreed")]
    Whose,
    /// No agreement lets the caller see anybody, or the store failed.
    #[error(transparent)]
    View(#[from] ViewError),
}

impl From<StoreError> for CallError {
    fn from(error: StoreError) -> Self {
        Self::View(error.into())
    }
}

/// What is kept of a subscription.
#[derive(Serialize, Deserialize)]
struct Kept {
    endpoint: String,
    headers: Vec<(String, String)>,
    end: Option<i64>,
    said: Value,
}

impl Kept {
    fn read(follower: &Follower) -> Result<Self, StoreError> {
        serde_json::from_slice(&follower.body).map_err(|_| StoreError::Sealed)
    }

    fn is_over(&self, now: Instant) -> bool {
        self.end.is_some_and(|end| end <= now.as_millis())
    }
}

/// Makes a subscription, whether anybody bears the number or not: that is not told.
///
/// # Errors
/// When it was not agreed, or the store fails.
pub async fn subscribe(
    hub: &Hub,
    caller: &Caller,
    (purpose, reach): (Option<String>, Reach),
    wanted: Wanted,
) -> Result<Standing, CallError> {
    view(hub, caller, purpose.clone()).await?;
    let agreed = partner(hub, caller);
    if !may_call(&agreed, &wanted.endpoint) || reach.check_url(&wanted.endpoint).is_err() {
        return Err(CallError::Address { agreed: agreed.callbacks });
    }
    let library = hub.library();
    let (scheme, targets) = whose(hub, library.registry(), &agreed, wanted.whose).await?;
    let Wanted { endpoint, headers, end, said, .. } = wanted;
    let now = hub.now();
    let kept = Kept { endpoint, headers, end: end.map(Instant::as_millis), said: said.clone() };
    let follower = Follower {
        id: SubscriptionId::new(now, hub.random()),
        holder: caller.holder.to_string(),
        purpose: purpose.unwrap_or_default(),
        event: CALL.to_owned(),
        scheme,
        since: now,
        body: serde_json::to_vec(&kept).expect("a tree is plain JSON"),
    };
    // Who asks twice is called twice: each subscription has an end of its own.
    let wish = hub.store().keys().hash_bytes("call", [follower.id.as_bytes().as_slice()]);
    begin_following(hub, &follower, (&wish, &targets)).await?;
    tracing::info!(subscription.id = %follower.id, "`{}` is called", follower.id);
    Ok(Standing { id: follower.id, said, status: "active", since: now })
}

fn may_call(agreed: &Partner, endpoint: &str) -> bool {
    agreed.callback(Some(endpoint), "").is_ok()
}

/// The scheme of which everybody is followed, or the hashes by which somebody is.
async fn whose(
    hub: &Hub,
    registry: &Registry,
    agreed: &Partner,
    whose: Whose,
) -> Result<(Option<SchemeId>, Vec<KeyedHash>), CallError> {
    let records = match whose {
        Whose::Everybody(Some(scheme)) if agreed.follows.contains(&scheme) => {
            return Ok((Some(scheme), Vec::new()));
        }
        Whose::Everybody(None) if agreed.follows.len() == 1 => {
            return Ok((agreed.follows.first().cloned(), Vec::new()));
        }
        Whose::Everybody(_) => return Err(CallError::Whose),
        Whose::Number(number) => {
            return Ok((None, targets(hub.store().keys(), registry, &number)));
        }
        Whose::Person(person) => {
            let mut session = hub.store().read().await?;
            let members = session.members(person).await?;
            members.iter().map(|member| member.record).collect()
        }
        Whose::Record(record) => vec![record],
    };
    let stored = hub.store().read().await?.records(&records).await?;
    Ok((None, stored.iter().map(|record| record.key).collect()))
}

/// A subscription of the caller; none when it has none of this id, or it was ended.
///
/// # Errors
/// When the store fails.
pub async fn standing(
    hub: &Hub,
    caller: &Caller,
    id: SubscriptionId,
) -> Result<Option<Standing>, StoreError> {
    let mut session = hub.store().read().await?;
    let keys = hub.store().keys();
    let Some(follower) = session.caller(keys, id, &caller.holder.to_string()).await? else {
        return Ok(None);
    };
    let kept = Kept::read(&follower)?;
    let status = match session.last_abandoned(id).await? {
        _ if kept.is_over(hub.now()) => "off",
        true => "error",
        false => "active",
    };
    Ok(Some(Standing { id, said: kept.said, status, since: follower.since }))
}

/// Ends a subscription of the caller; `false` when it has none of this id, or it was ended before.
///
/// # Errors
/// When the store fails.
pub async fn end(hub: &Hub, caller: &Caller, id: SubscriptionId) -> Result<bool, StoreError> {
    let mut tx = hub.store().begin().await?;
    let theirs = tx.caller(hub.store().keys(), id, &caller.holder.to_string()).await?.is_some();
    if theirs {
        tx.end_follower(id).await?;
        tx.withdraw_deliveries(id, hub.now()).await?;
    }
    tx.commit().await?;
    Ok(theirs)
}

/// The calls that follow from a page of the log.
pub(super) async fn of_page(
    hub: &Hub,
    session: &mut Session,
    entries: &[LogEntry],
) -> Result<Vec<NewMessage>, StoreError> {
    let touched: BTreeMap<RecordId, &LogEntry> =
        entries.iter().filter_map(|entry| Some((entry.record?, entry))).collect();
    let mut messages = Vec::new();
    for (record, entry) in touched {
        let now = session.subject(record).await?.and_then(|subject| subject.person);
        // A record that was withdrawn is nobody's now; the entry says whose it was.
        let Some(person) = now.or(entry.person) else { continue };
        let scheme = session.schemes_of(&[record]).await?.remove(&record);
        let Some(scheme) = scheme else { continue };
        for follower in session.callers(hub.store().keys(), record, person).await? {
            if entry.at < follower.since {
                continue;
            }
            messages.extend(call(hub, &follower, (&scheme, person, entry.seq)).await?);
        }
    }
    Ok(messages)
}

/// The call to a follower; none when its end has come, or the agreement of now shows it nothing of the record.
async fn call(
    hub: &Hub,
    follower: &Follower,
    (scheme, person, log_seq): (&SchemeId, PersonId, u64),
) -> Result<Option<NewMessage>, StoreError> {
    let kept = Kept::read(follower)?;
    let Some(caller) = holder(&follower.holder).filter(|_| !kept.is_over(hub.now())) else {
        return Ok(None);
    };
    let caller = Caller { purposes: vec![follower.purpose.clone()], ..caller };
    let agreed = partner(hub, &caller);
    let follows = follower.scheme.as_ref().is_none_or(|scheme| agreed.follows.contains(scheme));
    if !follows || !may_call(&agreed, &kept.endpoint) {
        return Ok(None);
    }
    let view = match view(hub, &caller, Some(follower.purpose.clone())).await {
        Ok(view) => view,
        Err(ViewError::Refused(_)) => return Ok(None),
        Err(ViewError::Store(error)) => return Err(error),
    };
    Ok(view.fields(scheme).contains(&Field::PersonId).then(|| NewMessage {
        about: follower.id,
        partner: caller.holder.id().to_owned(),
        person: Some(person),
        log_seq,
        kind: Kind::Call,
        url: kept.endpoint,
        body: serde_json::to_vec(&kept.headers).expect("texts are plain JSON"),
    }))
}
