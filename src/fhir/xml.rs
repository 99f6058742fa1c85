//! FHIR's XML: the same resources as in JSON, written and read by the element order and types of R4.
//!
//! JSON is the tree that the rest of the program knows; this is only syntax, and only for the resources of the table
//! [`elements`]. Reading is strict about structure (unknown elements, wrong places, text where none belongs) because
//! R4 is, and says nothing about meaning. Document type declarations, and with them entities, are refused.

pub mod elements;
mod read;
mod write;

pub use read::read;
pub use write::write;

/// The namespace of FHIR.
const FHIR: &str = "http://hl7.org/fhir";
/// The namespace of narratives.
const XHTML: &str = "http://www.w3.org/1999/xhtml";
/// How deep elements may nest: a contained resource with nested extensions has some twenty levels.
const DEPTH: usize = 64;

/// Why a document is no resource, or a resource no document.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("line {line}, column {column}: {what}")]
pub struct Fault {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong, without values: the element, or what was expected.
    pub what: String,
}
