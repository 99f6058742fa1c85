//! Drafts out of sample files, measured against mappings that people wrote.

#![allow(clippy::unwrap_used)]

mod drafts;
mod foreign;
mod measured;
