//! What the fuzz targets share: the pure core of the hub, compiled by itself, and how bytes go through it.
//!
//! The core's files are linked into this folder: a fuzzer needs neither the store nor the doors, and
//! building and instrumenting their crates would take longer than most runs.

#![allow(dead_code, unused_imports)]

pub mod format;
pub mod mapping;
pub mod messages;
pub mod model;
pub mod reading;
pub mod schema;
pub mod shipped;
