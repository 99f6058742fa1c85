//! FHIR R4 as values: what the hub knows said in resources, and what partners write in them understood.
//!
//! Pure, over [`serde_json::Value`]: a resource is a tree whatever its syntax, and every part of it that is not ours is
//! let through. Nothing here decides who may see what; it leaves out what it is not given. Only
//! [`xml`] knows that there is another syntax than JSON's. Start reading at [`request`] and [`response`]: a question comes in, an answer goes out.

pub mod bundle;
pub mod capability;
pub mod feed;
pub mod id;
pub mod identifier;
pub mod message;
pub mod outcome;
pub mod parameters;
pub mod patient;
pub mod request;
pub mod response;
pub mod search;
pub mod subscription;
pub mod xml;

/// Extensions of ours begin so, in the mapping `fhir-r4` too.
pub const OURS: &str = "urn:dankun:";

/// The system of schemes, where an organisation is named by an identifier.
pub const SCHEME: &str = "urn:dankun:scheme";
