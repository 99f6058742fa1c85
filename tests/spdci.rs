//! `/spdci` through a real port, on both databases; every answer is judged by the specification's own schema.

#![allow(clippy::unwrap_used)]

#[path = "spdci/announced.rs"]
mod announced;
#[path = "fhir/asked.rs"]
mod asked;
mod cluster;
#[path = "spdci/enrolled.rs"]
mod enrolled;
#[path = "spdci/follow.rs"]
mod follow;
mod invented;
#[path = "spdci/later.rs"]
mod later;
#[path = "spdci/message.rs"]
mod message;
mod r4;
#[path = "http/receiver.rs"]
mod receiver;
#[path = "spdci/refused.rs"]
mod refused;
#[path = "spdci/required.rs"]
mod required;
#[path = "spdci/search.rs"]
mod search;
#[path = "http/server.rs"]
mod server;
#[path = "spdci/token.rs"]
mod token;
