//! The one shape in which every format shows a record: nested objects, arrays and scalars.

use std::borrow::Cow;

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
}
