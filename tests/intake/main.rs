//! Files into the hub, on both databases, through the operations that HTTP and the commands call.
//!
//! The sender is an invented club with its own schema and mapping, so that these tests depend on no shipped one.

#![allow(clippy::unwrap_used)]

#[path = "../cluster/mod.rs"]
mod cluster;
mod world;

mod correct;
mod correct_formats;
mod crash;
mod events;
mod receive;
mod snapshot;
