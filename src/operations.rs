//! The one meaning of "submit", "link", "ask", "export": where decisions meet storage.
//!
//! [`Hub`] holds what every operation needs; each operation is a file with functions over `&Hub`. HTTP handlers,
//! commands and workers call only these. Start with `intake`: a record arrives.

pub mod accounts;
pub mod answers;
pub mod ask;
pub mod audit;
pub mod batches;
pub mod body;
mod changes;
pub mod checkup;
pub mod conflicts;
pub mod deliver;
pub mod demo;
pub mod directory;
mod effective;
pub mod events;
pub mod exchange;
pub mod export;
pub mod feed;
mod gather;
pub mod history;
pub mod households;
pub mod hub;
pub mod indicators;
pub mod intake;
pub mod kept;
pub mod keys;
mod lease;
pub mod library;
pub mod link;
pub mod overview;
pub mod patients;
pub mod people;
pub mod preview;
pub mod publish;
pub mod quality;
pub mod quarantine;
pub mod register;
pub mod replay;
pub mod reviews;
pub mod stewardship;
pub mod tokens;
pub mod translate;
pub mod versions;
pub mod what_if;
pub mod workshop;

pub use crate::store::StoreError;
pub use hub::{Clock, Hub, HubConfig, HubError, Randomness};
