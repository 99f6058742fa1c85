//! *dankun* (Bambara: crossroads) stands between health-insurance and social-protection schemes.
//!
//! It receives records in each scheme's own format, validates and translates them with declarative
//! mapping files, knows which records are the same person, answers eligibility questions across
//! borders and delivers changes to whoever subscribed.
//!
//! The middle decides, the edge acts. [`model`], [`messages`], [`format`], [`schema`], [`mapping`],
//! [`matching`], [`identity`], [`linkage`], [`eligibility`], [`fhir`], [`spdci`], [`oidc`] and [`proof`] are plain functions over plain data: no clock, no
//! files, no network, no randomness. [`store`] keeps things, [`operations`] is the one place where
//! decisions meet storage, and [`http`], [`ui`], [`delivery`] and [`cli`] call only operations. The allowed
//! arrows stand in `tests/architecture.rs`. Start reading at [`operations`]: "a record arrives" is
//! `operations::intake`.

pub mod cli;
pub mod delivery;
pub mod eligibility;
pub mod fhir;
pub mod format;
pub mod http;
pub mod identity;
pub mod linkage;
pub mod mapping;
pub mod matching;
pub mod messages;
pub mod model;
pub mod oidc;
pub mod operations;
pub mod proof;
pub mod schema;
pub mod spdci;
pub mod store;
pub mod ui;
