//! The one shape in which every format shows a record: nested objects, arrays and scalars.

use std::borrow::Cow;
use std::sync::Arc;

use super::csv::{Cell, Dialect};
pub use super::json::Key;

/// What kind of scalar the sender wrote. CSV and XML only have [`ScalarKind::Text`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScalarKind {
    /// Text.
    Text,
    /// A JSON number, with its digits as written.
    Number,
    /// `true` or `false`.
    Boolean,
    /// `null`.
    Null,
}

/// One value as the sender wrote it, with its place.
#[derive(Clone, PartialEq, Eq)]
pub struct Scalar<'r> {
    /// What kind of value.
    pub kind: ScalarKind,
    /// The text: unescaped for strings, as written for numbers, `true`, `false` and `null`.
    pub text: Cow<'r, str>,
    /// Offset in bytes from the start of the frame's text.
    pub at: u32,
}

/// Receives a record. Calls nest as in JSON: after `key` comes one value (scalar, object or array).
///
/// - CSV: one object; each column is a key with the header's text exactly as the sender wrote it.
/// - XML: an element is an object; attributes are keys with `@` before the name; child elements are
///   keys by local name, one `key` call for each occurrence, so a repeated element is a repeated key
///   (consumers treat repeated keys as a group); the text of an element that has attributes or
///   children is the key `#text`; an element with text only, or empty, is a scalar.
/// - FHIR Bundle: `{"Patient": {…}, "Coverage": [{…}, …]}`: the anchor resource and those attached.
pub trait Events<'r> {
    /// An object begins.
    fn begin_object(&mut self);
    /// The key of the next value.
    fn key(&mut self, name: Cow<'r, str>);
    /// The current object ends.
    fn end_object(&mut self);
    /// An array begins.
    fn begin_array(&mut self);
    /// The current array ends.
    fn end_array(&mut self);
    /// A scalar.
    fn scalar(&mut self, scalar: Scalar<'r>);

    /// The key that is likely to come next, because it did in the records before: a reader that finds
    /// it need not take it apart, and says so by [`Events::as_expected`] in place of [`Events::key`].
    #[inline]
    fn expects(&self) -> Option<&Key> {
        None
    }

    /// The key that was expected has come.
    #[inline]
    fn as_expected(&mut self) {}

    /// The key of an attribute, which is its name with `@` before it.
    fn attribute(&mut self, name: &'r str) {
        self.key(Cow::Owned(format!("@{name}")));
    }

    /// A row under a header: one object. Who knows the header already may take it cell by cell.
    fn row(&mut self, row: &Row<'r>) {
        self.begin_object();
        for (column, name) in row.header.iter().enumerate() {
            let Some(cell) = row.cell(column) else { break };
            self.key(Cow::Borrowed(name));
            self.scalar(cell);
        }
        self.end_object();
    }
}

/// One row of a table: as many cells as its header has columns, or fewer.
pub struct Row<'r> {
    pub(super) text: &'r str,
    pub(super) header: &'r Arc<[String]>,
    pub(super) cells: &'r [Cell],
    pub(super) dialect: Dialect,
    /// Whether JSON takes its text as it is.
    pub(super) plain: bool,
}

impl<'r> Row<'r> {
    /// The columns. Rows of one file share them, so that whoever looked something up for each column
    /// need not do it again.
    #[must_use]
    pub const fn header(&self) -> &'r Arc<[String]> {
        self.header
    }

    /// Whether nothing in its cells would have to be escaped in JSON.
    #[inline]
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        self.plain
    }

    /// The cell of a column, counted from 0.
    #[inline]
    #[must_use]
    pub fn cell(&self, column: usize) -> Option<Scalar<'r>> {
        let cell = self.cells.get(column)?;
        let text = cell.text(self.text, self.dialect);
        Some(Scalar { kind: ScalarKind::Text, text, at: cell.at() })
    }
}
