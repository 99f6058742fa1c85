//! Signed answers: given over HTTP, checked by the program without the hub, cancelled when they no longer hold.

#![allow(clippy::unwrap_used)]

#[path = "fhir/asked.rs"]
mod asked;
#[path = "signed/cancelled.rs"]
mod cancelled;
mod cluster;
mod invented;
#[path = "signed/kept.rs"]
mod kept;
#[path = "cli/program.rs"]
mod program;
mod r4;
#[path = "http/receiver.rs"]
mod receiver;
#[path = "http/server.rs"]
mod server;
#[path = "signed/verified.rs"]
mod verified;
