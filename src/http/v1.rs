//! The handlers of `/v1`, one file an address, and what they take and give.

pub mod batches;
pub mod conflicts;
pub mod corrections;
pub mod deciding;
pub mod decisions;
pub mod deliveries;
pub mod eligibility;
pub mod events;
pub mod health;
pub mod indicators;
pub mod keys;
pub mod mappings;
pub mod people;
pub mod quality;
pub mod quarantine;
pub mod records;
pub mod refusals;
pub mod replays;
pub mod reviews;
pub mod schemes;
pub mod subscriptions;
pub mod translate;
pub mod what_if;
