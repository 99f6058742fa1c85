//! Telling subscribers: who subscribed, what follows from the log, and one step of the worker.
//!
//! [`plan_pending`] turns new entries of the log into messages in the outbox; [`step`] leases what
//! is due, sends it outside any transaction and records what became of it. Neither waits: the
//! caller decides when to come again, so tests drive them step by step.

mod message;
mod planner;
mod subscriptions;

use futures_util::future::join_all;
use tracing::{info, warn};

pub use crate::delivery::plan::Kind;
pub use crate::store::outbox::DeliveryRow;
pub use crate::store::subscriptions::SubscriptionRow;
pub use planner::{PlanStep, plan_pending};
pub use subscriptions::{NewSubscription, SubscribeError, subscribe, subscriptions, unsubscribe};

use super::{Hub, exchange};
use crate::delivery::client::{Attempt, Client};
use crate::delivery::schedule::{self, Failure, Next};
use crate::delivery::signature::Secret;
use crate::delivery::{Reason, State};
use crate::model::{DeliveryId, Instant, SchemeId};
use crate::store::StoreError;
use crate::store::outbox::{Leased, Outcome};

/// How long a worker may hold a message, in milliseconds: well over the longest attempt, so that a
/// live worker never loses its lease and a dead one's messages wait no more than this.
const LEASE: i64 = 60_000;

/// How many messages one step takes: they are sent side by side, and one slow subscriber holds up
/// no more than these.
const AT_ONCE: u32 = 16;

/// What one step did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Step {
    /// Answered with success.
    pub done: u64,
    /// Failed and to be tried again.
    pub retried: u64,
    /// Given up.
    pub abandoned: u64,
}

impl Step {
    /// Whether there was anything to do.
    #[must_use]
    pub const fn is_idle(&self) -> bool {
        self.done + self.retried + self.abandoned == 0
    }
}

/// Sends what is due, once. `worker` names this process in the leases.
///
/// # Errors
/// When the store fails; what was sent by then is sent again after its lease, under the same id.
pub async fn step(hub: &Hub, client: &Client, worker: &str) -> Result<Step, StoreError> {
    let now = hub.now();
    let mut tx = hub.store().begin().await?;
    let leased = tx
        .lease_deliveries(hub.store().keys(), worker, now, now.plus_millis(LEASE), AT_ONCE)
        .await?;
    tx.commit().await?;
    let outcomes = join_all(leased.into_iter().map(|leased| attempt(hub, client, leased))).await;
    let mut step = Step::default();
    for attempted in outcomes {
        let (row, outcome) = attempted?;
        let mut tx = hub.store().begin().await?;
        let ours = tx.settle_delivery(&row, worker, &outcome, hub.now()).await?;
        tx.commit().await?;
        if ours {
            note(&row, &outcome, &mut step);
        }
    }
    Ok(step)
}

async fn attempt(
    hub: &Hub,
    client: &Client,
    leased: Leased,
) -> Result<(DeliveryRow, Outcome), StoreError> {
    let Leased { row, body, url } = leased;
    if let Some(url) = url {
        let (headers, body) = if row.kind == Kind::Call {
            (serde_json::from_slice(&body).map_err(|_| StoreError::Sealed)?, Vec::new())
        } else {
            (Vec::new(), exchange::signed(hub, &body).await?)
        };
        let message = Message { url: &url, headers: &headers, body, secret: None };
        return Ok(sent(hub, client, row, message).await);
    }
    let subscription =
        hub.store().read().await?.subscription(hub.store().keys(), row.subscription).await?;
    let Some(subscription) = subscription.filter(|subscription| subscription.active) else {
        let state = State::Abandoned { at: hub.now(), reason: Reason::Unsubscribed };
        return Ok((row, Outcome { state, http_status: None, failure: None }));
    };
    let (url, secret) = (subscription.url.as_str(), Some(&subscription.secret));
    let message = Message { url, headers: &[], body, secret };
    Ok(sent(hub, client, row, message).await)
}

/// What is sent, and to where.
struct Message<'m> {
    url: &'m str,
    headers: &'m [(String, String)],
    body: Vec<u8>,
    secret: Option<&'m Secret>,
}

async fn sent(
    hub: &Hub,
    client: &Client,
    row: DeliveryRow,
    message: Message<'_>,
) -> (DeliveryRow, Outcome) {
    let Message { url, headers, body, secret } = message;
    let id = row.id.to_string();
    let timestamp = hub.now().as_millis().div_euclid(1000);
    let sent = client.send(Attempt { url, id: &id, timestamp, headers, body, secret }).await;
    let outcome = outcome_of(sent, row.attempts, hub.now(), jitter(hub.random()));
    (row, outcome)
}

/// A number in `0.0..1.0` from random bits.
fn jitter(random: [u8; 4]) -> f64 {
    f64::from(u32::from_le_bytes(random)) / (f64::from(u32::MAX) + 1.0)
}

fn outcome_of(sent: Result<u16, Failure>, attempt: u32, now: Instant, jitter: f64) -> Outcome {
    let failure = match sent {
        Ok(status) => {
            let http_status = Some(u32::from(status));
            return Outcome { state: State::Done { at: now }, http_status, failure: None };
        }
        Err(failure) => failure,
    };
    let state = match schedule::next(attempt, failure, jitter) {
        Next::Retry(pause) => {
            let millis = i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
            State::Waiting { due: now.plus_millis(millis) }
        }
        Next::Abandon(reason) => State::Abandoned { at: now, reason },
    };
    let http_status = match failure {
        Failure::Status { status, .. } => Some(u32::from(status)),
        Failure::TimedOut | Failure::Unreachable | Failure::ForbiddenAddress => None,
    };
    Outcome { state, http_status, failure: Some(failure.name()) }
}

fn note(row: &DeliveryRow, outcome: &Outcome, step: &mut Step) {
    let (id, attempt) = (row.id, row.attempts);
    let failure = outcome.failure.as_deref().unwrap_or_default();
    match &outcome.state {
        State::Done { .. } => {
            step.done += 1;
            info!(delivery.id = %id, attempt, "delivered `{id}`");
        }
        State::Waiting { due } | State::Leased { until: due, .. } => {
            step.retried += 1;
            info!(delivery.id = %id, attempt, failure, "`{id}` failed and is tried again at {due}");
        }
        State::Abandoned { reason, .. } => {
            step.abandoned += 1;
            let reason = reason.name();
            warn!(delivery.id = %id, attempt, failure, reason, "gave up `{id}`: {reason}");
        }
    }
}

/// Messages, the newest first.
///
/// # Errors
/// When the store fails.
pub async fn deliveries(
    hub: &Hub,
    scheme: Option<&SchemeId>,
    state: Option<&str>,
    before: Option<DeliveryId>,
    limit: u32,
) -> Result<Vec<DeliveryRow>, StoreError> {
    hub.store().read().await?.deliveries(scheme, state, before, limit).await
}

/// One message.
///
/// # Errors
/// When the store fails.
pub async fn delivery(hub: &Hub, id: DeliveryId) -> Result<Option<DeliveryRow>, StoreError> {
    hub.store().read().await?.delivery(id).await
}

/// Lets a message be tried again at once, from the start of its schedule; `false` when it is done
/// or on its way.
///
/// # Errors
/// When the store fails.
pub async fn retry(hub: &Hub, id: DeliveryId) -> Result<bool, StoreError> {
    let mut tx = hub.store().begin().await?;
    let again = tx.retry_delivery(id, hub.now()).await?;
    tx.commit().await?;
    Ok(again)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant::from_millis(1_000_000);

    #[test]
    fn a_success_is_done() {
        let outcome = outcome_of(Ok(204), 3, NOW, 0.0);
        assert_eq!(outcome.state, State::Done { at: NOW });
        assert_eq!((outcome.http_status, outcome.failure), (Some(204), None));
    }

    #[test]
    fn a_failure_waits_as_the_schedule_says() {
        let outcome = outcome_of(Err(Failure::Unreachable), 1, NOW, 0.0);
        assert_eq!(outcome.state, State::Waiting { due: NOW.plus_millis(5_000) });
        assert_eq!(outcome.failure.as_deref(), Some("unreachable"));
    }

    #[test]
    fn the_last_failure_is_given_up_with_its_reason() {
        let failure = Failure::Status { status: 503, retry_after: None };
        let outcome = outcome_of(Err(failure), schedule::ATTEMPTS, NOW, 0.0);
        assert_eq!(outcome.state, State::Abandoned { at: NOW, reason: Reason::Exhausted });
        assert_eq!(outcome.http_status, Some(503));
    }
}
