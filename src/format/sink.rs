//! Events to compact JSON, straight into bytes.

use std::borrow::Cow;

use super::events::{Events, Scalar, ScalarKind};
use super::json::is_number;
use super::plain::plain_length;

/// Writes one JSON text: compact, in the order of the events, well-formed whenever the events are
/// well nested. Keys are written as they come, so who sends a key twice writes it twice.
///
/// Made once and cleared for each record, it allocates nothing.
#[derive(Default)]
pub struct JsonSink {
    out: Vec<u8>,
}

impl JsonSink {
    /// An empty sink.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A sink that writes into the memory of `out`, whose bytes are forgotten.
    #[must_use]
    pub fn reusing(mut out: Vec<u8>) -> Self {
        out.clear();
        Self { out }
    }

    /// Forgets what was written and keeps the memory.
    pub fn clear(&mut self) {
        self.out.clear();
    }

    /// What has been written.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.out
    }

    /// What has been written, with its memory.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    /// Writes a key.
    #[inline]
    pub fn name(&mut self, name: &str) {
        self.separate();
        write_string(&mut self.out, name);
        self.out.push(b':');
    }

    /// Writes a string.
    #[inline]
    pub fn text(&mut self, text: &str) {
        self.separate();
        write_string(&mut self.out, text);
    }

    /// Writes a comma where one is due. What was written last tells: after `{`, `[`, `:` or nothing
    /// there is none, and no string or number ends in one of these.
    #[inline]
    fn separate(&mut self) {
        if !matches!(self.out.last(), None | Some(b'{' | b'[' | b':')) {
            self.out.push(b',');
        }
    }
}

impl<'r> Events<'r> for JsonSink {
    fn begin_object(&mut self) {
        self.separate();
        self.out.push(b'{');
    }

    fn key(&mut self, name: Cow<'r, str>) {
        JsonSink::name(self, &name);
    }

    fn end_object(&mut self) {
        self.out.push(b'}');
    }

    fn begin_array(&mut self) {
        self.separate();
        self.out.push(b'[');
    }

    fn end_array(&mut self) {
        self.out.push(b']');
    }

    fn scalar(&mut self, scalar: Scalar<'r>) {
        self.separate();
        match scalar.kind {
            ScalarKind::Text => write_string(&mut self.out, &scalar.text),
            ScalarKind::Null => self.out.extend_from_slice(b"null"),
            ScalarKind::Boolean if scalar.text == "true" => self.out.extend_from_slice(b"true"),
            ScalarKind::Boolean => self.out.extend_from_slice(b"false"),
            ScalarKind::Number if is_number(&scalar.text) => {
                self.out.extend_from_slice(scalar.text.as_bytes());
            }
            ScalarKind::Number => write_string(&mut self.out, &scalar.text),
        }
    }
}

/// How a byte is written: 0 as it is, `u` as `\u00XX`, else a backslash and this character.
const ESCAPES: [u8; 256] = {
    let mut escapes = [0; 256];
    let mut byte = 0;
    while byte < 0x20 {
        escapes[byte] = b'u';
        byte += 1;
    }
    escapes[0x08] = b'b';
    escapes[0x09] = b't';
    escapes[0x0a] = b'n';
    escapes[0x0c] = b'f';
    escapes[0x0d] = b'r';
    escapes[b'"' as usize] = b'"';
    escapes[b'\\' as usize] = b'\\';
    escapes
};

/// Appends a JSON string with its quotes.
pub(super) fn write_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    loop {
        let (plain, special) = rest.split_at(plain_length(rest));
        out.extend_from_slice(plain);
        let Some((&byte, after)) = special.split_first() else {
            break;
        };
        write_escape(byte, out);
        rest = after;
    }
    out.push(b'"');
}

#[cold]
fn write_escape(byte: u8, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    match ESCAPES[usize::from(byte)] {
        b'u' => {
            out.extend_from_slice(b"\\u00");
            out.push(DIGITS[usize::from(byte >> 4)]);
            out.push(DIGITS[usize::from(byte & 15)]);
        }
        short => out.extend_from_slice(&[b'\\', short]),
    }
}
