//! Mappings tried on stored records, and history made again with them.

#![allow(clippy::unwrap_used)]

#[path = "../cluster/mod.rs"]
mod cluster;
#[allow(dead_code)] // The intake tests use the rest of it.
#[path = "../intake/world.rs"]
mod world;

mod killed;
mod preview;
mod replay;
mod trial;
