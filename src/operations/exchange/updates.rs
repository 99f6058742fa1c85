//! A programme's own system tells how its beneficiaries stand: suspended, or active again.
//!
//! It becomes events of the programme's own records, as if sent to `/v1/events`. Whoever is new, or left, is told by the
//! record itself: a message that holds less than a record cannot stand for one.

use serde_json::json;

use super::Hub;
use super::announce::{Line, event_id, submit};
use super::bearers::{Bearer, bearers};
use crate::model::{Caller, Holder};
use crate::operations::intake::IntakeError;
use crate::spdci::updates::{Outcome, Status, Update};

/// Takes over what a message tells; answers what became of each.
///
/// # Errors
/// When the store fails.
pub async fn take(
    hub: &Hub,
    caller: &Caller,
    message: &str,
    updates: &[Update],
) -> Result<Vec<Outcome>, IntakeError> {
    let Holder::Scheme(own) = &caller.holder else {
        return Ok(vec![Outcome::Unknown; updates.len()]);
    };
    let mut lines = Vec::new();
    let mut outcomes = Vec::with_capacity(updates.len());
    // Which events stand for which update.
    let mut sent: Vec<(usize, String)> = Vec::new();
    let mut session = hub.store().read().await?;
    for (at, update) in updates.iter().enumerate() {
        let mut found = bearers(hub, &mut session, &update.numbers).await?;
        found.retain(|(scheme, _)| scheme == own);
        let events: Option<Vec<Line>> =
            found.iter().map(|record| event(hub, message, update, record)).collect();
        outcomes.push(match events {
            Some(events) if events.is_empty() => Outcome::Unknown,
            Some(events) => {
                sent.extend(events.iter().map(|event| (at, event.id.clone())));
                lines.extend(events);
                Outcome::Taken
            }
            None => Outcome::Unclear,
        });
    }
    drop(session);
    let refused = submit(hub, caller, own.as_str(), &lines).await?;
    for (at, outcome) in outcomes.iter_mut().enumerate() {
        if sent.iter().any(|(of, id)| *of == at && refused.contains(id)) {
            *outcome = Outcome::Refused;
        }
    }
    Ok(outcomes)
}

/// The event, as a line; none where the status or its day is not clear.
fn event(hub: &Hub, message: &str, update: &Update, (scheme, record): &Bearer) -> Option<Line> {
    let kind = match update.status? {
        Status::Suspended => "SUSPENSION",
        Status::Active => "REINSTATEMENT",
    };
    let since = update.since?.to_string();
    let id = event_id(&[message, scheme.as_str(), record, kind, &since]);
    let line = json!({
        "event_id": id,
        "type": kind,
        "source": scheme,
        "source_record_id": record,
        "date_effet": since,
        "date_envoi": hub.today(),
        "payload": { "portee": "individu" },
    });
    Some(Line { id, text: format!("{line}\n") })
}
