//! Drafts out of sample files: measured against mappings that people wrote, tried on formats of other
//! countries, and run as a command.

#![allow(clippy::unwrap_used)]

mod careful;
mod command;
mod drafts;
mod foreign;
mod measured;
#[path = "../cli/program.rs"]
mod program;
mod trials;
