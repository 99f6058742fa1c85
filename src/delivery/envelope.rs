//! What every message is wrapped in, as Standard Webhooks has it: `type`, `timestamp`, `data`.

use serde::Serialize;

use super::plan::Kind;
use crate::model::Instant;

#[derive(Serialize)]
struct Envelope<D> {
    #[serde(rename = "type")]
    kind: &'static str,
    timestamp: Instant,
    data: D,
}

/// The body of a message: what happened, since when the hub knows, and what is told of it.
///
/// # Panics
/// When `data` is no plain JSON (a map whose keys are no texts).
#[must_use]
pub fn write(kind: Kind, timestamp: Instant, data: impl Serialize) -> Vec<u8> {
    serde_json::to_vec(&Envelope { kind: kind.name(), timestamp, data })
        .expect("data is plain JSON")
}
