//! Deaths that a civil registry announces become events of the records that bear the number.
//!
//! Two doors have two keys: the right to write, and an agreement that says of whose insured this registry speaks. A record
//! is matched by number alone, and only when all numbers that are announced lead to one person; somebody who cannot be
//! matched is counted and named by the sender's own reference, and nothing is guessed.

use std::collections::BTreeSet;
use std::io::Cursor;

use jiff::civil::Date;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tracing::info;

use super::bearers::{Bearer, bearers};
use super::inbox::{Kept, partner};
use super::{Answer, Hub};
use crate::model::{AuditId, BatchId, Caller};
use crate::operations::body::Body;
use crate::operations::events::{ALL_SCHEMES, submit_events};
use crate::operations::intake::{IntakeError, Submission};
use crate::operations::kept::KeptRefusal;
use crate::spdci::announce::{self, Death};
use crate::store::StoreError;
use crate::store::audit::Entry;
use crate::store::batches::BatchState;
use crate::store::quarantine::Filter;

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
        let events = theirs.map(|record| event(kept.message_id(), death, &record, hub.today()));
        // Whether somebody is known here is not told to a registry that may not ask: it hears that it was received.
        responses.push(json!({
            "reference_id": death.reference, "timestamp": hub.now(), "status": "rcvd",
        }));
        lines.extend(events);
    }
    drop(session);
    let refused = submit(hub, caller, ALL_SCHEMES, &lines).await?.len();
    let matched = lines.len() - refused;
    note(hub, caller, deaths.len(), (matched, refused)).await?;
    info!(
        exchange.id = correlation,
        deaths = deaths.len(),
        matched,
        refused,
        "deaths were announced"
    );
    let message = json!({
        "transaction_id": kept.message["transaction_id"],
        "correlation_id": correlation,
        "notify_response": responses,
    });
    Ok(Some(Answer::new(message, "succ", deaths.len())))
}

/// The event, as a line.
fn event(message: &str, death: &Death, (scheme, record): &Bearer, today: Date) -> Line {
    let died_on = death.died_on.to_string();
    let id = event_id(&[message, scheme.as_str(), record, &died_on]);
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
    Line { id, text: format!("{line}\n") }
}

/// An event to be taken over.
pub(super) struct Line {
    pub id: String,
    pub text: String,
}

/// An id that follows from the message and what it says: worked on once more it is the same event, and somebody who is
/// suspended again from the same day on, after it was taken back, another.
pub(super) fn event_id(says: &[&str]) -> String {
    let digest = hex::encode(Sha256::digest(says.join("|")));
    format!("spdci-{}", digest.split_at(32).0)
}

/// Takes events over; answers the ids of those that were refused, or that wait for a person to release them.
pub(super) async fn submit(
    hub: &Hub,
    caller: &Caller,
    scheme: &str,
    lines: &[Line],
) -> Result<BTreeSet<String>, IntakeError> {
    if lines.is_empty() {
        return Ok(BTreeSet::new());
    }
    let scheme = scheme.parse().expect("a name of a scheme is a scheme id");
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    let body = Body::from_reader(Cursor::new(texts.concat()));
    let mut submission = Submission::new(scheme, body);
    submission.actor = caller.actor();
    let receipt = submit_events(hub, submission).await?;
    if receipt.state != BatchState::Released.name() {
        return Ok(lines.iter().map(|line| line.id.clone()).collect());
    }
    if receipt.counts.refused == 0 {
        return Ok(BTreeSet::new());
    }
    Ok(refused(hub, receipt.batch, lines.len()).await?)
}

/// The ids of the events of a sending that wait in quarantine.
async fn refused(hub: &Hub, batch: BatchId, most: usize) -> Result<BTreeSet<String>, StoreError> {
    let filter = Filter { scheme: None, batch: Some(batch), state: None, code: None, field: None };
    let most = u32::try_from(most).unwrap_or(u32::MAX);
    let refused = hub.store().read().await?.quarantine_page(&filter, None, most).await?;
    let keys = hub.store().keys();
    let ids = refused.iter().map(|one| KeptRefusal::open(one, keys).map(|kept| kept.record_id));
    Ok(ids.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

async fn note(
    hub: &Hub,
    caller: &Caller,
    deaths: usize,
    (matched, refused): (usize, usize),
) -> Result<(), StoreError> {
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
        detail: json!({ "deaths": deaths, "records": matched, "refused": refused }).to_string(),
        personal: None,
    };
    let mut tx = hub.store().begin().await?;
    tx.add_audit(hub.store().keys(), &[entry]).await?;
    tx.commit().await
}
