//! `/fhir/R4` through a real port, on both databases; every answer is judged by R4's own schema.

#![allow(clippy::unwrap_used)]

#[path = "fhir/asked.rs"]
mod asked;
#[path = "fhir/batch.rs"]
mod batch;
mod cluster;
#[path = "fhir/eligibility.rs"]
mod eligibility;
#[path = "fhir/feed.rs"]
mod feed;
#[path = "fhir/history.rs"]
mod history;
mod invented;
#[path = "fhir/matching.rs"]
mod matching;
#[path = "fhir/message.rs"]
mod message;
#[path = "fhir/pix.rs"]
mod pix;
mod r4;
#[path = "http/receiver.rs"]
mod receiver;
#[path = "fhir/refused.rs"]
mod refused;
#[path = "fhir/search.rs"]
mod search;
#[path = "http/server.rs"]
mod server;
#[path = "fhir/subscription.rs"]
mod subscription;
#[path = "fhir/transaction.rs"]
mod transaction;
#[path = "fhir/xml.rs"]
mod xml;
