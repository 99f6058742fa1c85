//! The hub over HTTP, through a real port, on both databases.

#![allow(clippy::unwrap_used)]

#[path = "http/access.rs"]
mod access;
#[path = "http/alarms.rs"]
mod alarms;
mod cluster;
#[path = "http/conflicts.rs"]
mod conflicts;
#[path = "http/deliveries.rs"]
mod deliveries;
#[path = "http/events.rs"]
mod events;
#[path = "http/held.rs"]
mod held;
mod invented;
#[path = "http/mappings.rs"]
mod mappings;
#[path = "http/quality.rs"]
mod quality;
#[path = "http/receiver.rs"]
mod receiver;
#[path = "http/records.rs"]
mod records;
#[path = "http/replays.rs"]
mod replays;
#[path = "http/server.rs"]
mod server;
#[path = "http/stewards.rs"]
mod stewards;
#[path = "http/told.rs"]
mod told;
#[path = "http/what_if.rs"]
mod what_if;
