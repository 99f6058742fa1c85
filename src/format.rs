//! Bytes to records and back: JSON, NDJSON, CSV, XML, FHIR Bundles, compressed or not.
//!
//! Pure: it takes readers and writers and opens nothing itself. A [`Reader`] cuts a stream into
//! [`Frame`]s (one record's bytes with its place); [`Frame::walk`] replays a frame as [`Events`] with
//! positions, as often as wanted, borrowing from the frame. A broken record is one issue, and the
//! rest of the file goes on.

pub mod events;

pub use events::{Events, Scalar, ScalarKind};
