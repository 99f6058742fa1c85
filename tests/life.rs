//! The life of data files: drafted, approved, published, followed by every process, and gone back to; on both databases.

#![allow(clippy::unwrap_used)]

mod cluster;

#[path = "life/cli.rs"]
mod cli;
#[path = "life/hubs.rs"]
mod hubs;
#[path = "cli/program.rs"]
mod program;
#[path = "life/publish.rs"]
mod publish;
#[path = "life/rules.rs"]
mod rules;
