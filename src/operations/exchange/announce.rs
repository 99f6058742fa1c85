//! Deaths that a civil registry announces become events of the records that bear the number.
//!
//! Two doors have two keys: the right to write, and an agreement that says of whose insured this registry speaks. A record
//! is matched by number alone, and only when all numbers that are announced lead to one person; somebody who cannot be
//! matched is counted and named by the sender's own reference, and nothing is guessed.

use std::io::Cursor;

use jiff::civil::Date;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tracing::info;

use super::bearers::{Bearer, bearers};
use super::inbox::{Kept, partner};
use super::{Answer, Hub};
use crate::model::{AuditId, Caller};
use crate::operations::body::Body;
use crate::operations::events::{ALL_SCHEMES, submit_events};
use crate::operations::intake::{IntakeError, Submission};
use crate::spdci::announce::{self, Death};
use crate::store::StoreError;
use crate::store::audit::Entry;

/// Takes over the deaths of a message that waited; none when it can no longer be read.
pub(super) async fn deaths(
    hub: &Hub,
    caller: &Caller,
    kept: &Kept,
    correlation: &str,
) -> Result<Option<Answer>, IntakeError> {
    let library = hub.library();
    let Ok(deaths) = announce::read(&kept.message, library.registry()) else { return Ok(None) };
    let agreed = partner(hub, caller);
    let mut lines = Vec::new();
    let mut responses = Vec::with_capacity(deaths.len());
    let mut session = hub.store().read().await?;
    for death in &deaths {
        let found = bearers(hub, &mut session, &death.numbers).await?;
        let theirs = found.into_iter().filter(|(scheme, ..)| agreed.deaths_of.contains(scheme));
        let events: Vec<String> =
            theirs.map(|record| event(caller, death, &record, hub.today())).collect();
        // Whether somebody is known here is not told to a registry that may not ask: it hears that it was received.
        responses.push(json!({
            "reference_id": death.reference, "timestamp": hub.now(), "status": "rcvd",
        }));
        lines.extend(events);
    }
    drop(session);
    let matched = lines.len();
    submit(hub, caller, ALL_SCHEMES, &lines).await?;
    note(hub, caller, deaths.len(), matched).await?;
    info!(exchange.id = correlation, deaths = deaths.len(), matched, "deaths were announced");
    let message = json!({
        "transaction_id": kept.message["transaction_id"],
        "correlation_id": correlation,
        "notify_response": responses,
    });
    Ok(Some(Answer { message, status: "succ", count: deaths.len() }))
}

/// The event, as a line. Its id follows from what it says, so that an announcement that comes again changes nothing, and
/// one with another date is another.
fn event(caller: &Caller, death: &Death, (scheme, record): &Bearer, today: Date) -> String {
    let died_on = death.died_on.to_string();
    let id = event_id(&[caller.holder.id(), scheme.as_str(), record, &died_on]);
    // Of a death of which only the month is known, it counts from today that it is known.
    let effective_on = death.died_on.to_date().unwrap_or(today);
    let line = json!({
        "event_id": id,
        "type": "DEATH",
        "source": scheme,
        "source_record_id": record,
        "date_effet": effective_on,
        "date_envoi": today,
        "payload": { "date_deces": died_on },
    });
    format!("{line}\n")
}

/// An id that follows from what an event says.
pub(super) fn event_id(says: &[&str]) -> String {
    let digest = hex::encode(Sha256::digest(says.join("|")));
    format!("spdci-{}", digest.split_at(32).0)
}

/// Takes events over, one a line.
pub(super) async fn submit(
    hub: &Hub,
    caller: &Caller,
    scheme: &str,
    lines: &[String],
) -> Result<(), IntakeError> {
    if lines.is_empty() {
        return Ok(());
    }
    let scheme = scheme.parse().expect("a name of a scheme is a scheme id");
    let body = Body::from_reader(Cursor::new(lines.concat()));
    let mut submission = Submission::new(scheme, body);
    submission.actor = caller.actor();
    submit_events(hub, submission).await.map(drop)
}

async fn note(hub: &Hub, caller: &Caller, deaths: usize, matched: usize) -> Result<(), StoreError> {
    let now = hub.now();
    let entry = Entry {
        id: AuditId::new(now, hub.random()),
        at: now,
        action: "announce_deaths".to_owned(),
        actor: caller.actor(),
        scheme: None,
        subject: None,
        purpose: None,
        agreement: None,
        outcome: "received".to_owned(),
        detail: json!({ "deaths": deaths, "records": matched }).to_string(),
        personal: None,
    };
    let mut tx = hub.store().begin().await?;
    tx.add_audit(hub.store().keys(), &[entry]).await?;
    tx.commit().await
}
