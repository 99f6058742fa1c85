//! Bytes to records and back: JSON, NDJSON, CSV, XML, FHIR Bundles, compressed or not.
//!
//! Pure: it takes readers and writers and opens nothing itself. A [`Reader`] cuts a stream into
//! [`Frame`]s (one record's text with its place); [`Frame::walk`] replays a frame as [`Events`] with
//! positions, as often as wanted, borrowing from the frame. What cannot be read is a [`Broken`], with
//! whatever was legible, and the rest of the file goes on. A [`Writer`] takes the same events.
//!
//! The path of the bytes: `expand` undoes gzip and zstd, `source` reads blocks, `encoding` makes UTF-8 of them,
//! `text` is the one buffer that everything borrows from, and one file a format cuts and walks; the
//! grammars of CSV and XML are those of `csv-core` and `quick-xml`.
//! Memory does not grow with the input, but for Bundles (`bundle` says how much).

mod attic;
mod bundle;
mod csv;
mod encoding;
pub mod events;
mod expand;
mod frame;
mod head;
mod json;
mod kept;
mod options;
mod plain;
mod reader;
mod rows;
mod sink;
mod sniff;
mod source;
mod text;
pub mod word;
mod writer;
mod xml;

pub use events::{Events, Scalar, ScalarKind};
pub use expand::Expanded;
pub use frame::{Broken, Frame};
pub use head::{Head, head};
pub use kept::Kept;
pub use options::{Compression, Container, Limits, ReadOptions, WriteOptions, Written};
pub use plain::plain_length;
pub use reader::Reader;
pub use sink::JsonSink;
pub use sniff::{Kind, sniff};
pub use writer::{RecordWriter, WriteError, Writer};
