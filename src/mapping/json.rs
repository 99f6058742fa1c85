//! Events written as JSON bytes.

use std::borrow::Cow;

use crate::format::events::{Events, Scalar, ScalarKind};
use crate::format::plain_length;

/// Writes events as one compact JSON document.
#[derive(Default)]
pub struct JsonBytes {
    bytes: Vec<u8>,
    /// Whether a comma is due before the next key or item.
    comma: bool,
}

impl JsonBytes {
    /// The document.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn due(&mut self) {
        if self.comma {
            self.bytes.push(b',');
        }
    }
}

impl<'r> Events<'r> for JsonBytes {
    fn begin_object(&mut self) {
        self.due();
        self.bytes.push(b'{');
        self.comma = false;
    }

    fn key(&mut self, name: Cow<'r, str>) {
        self.due();
        write_text(&name, &mut self.bytes);
        self.bytes.push(b':');
        self.comma = false;
    }

    fn end_object(&mut self) {
        self.bytes.push(b'}');
        self.comma = true;
    }

    fn begin_array(&mut self) {
        self.due();
        self.bytes.push(b'[');
        self.comma = false;
    }

    fn end_array(&mut self) {
        self.bytes.push(b']');
        self.comma = true;
    }

    fn scalar(&mut self, scalar: Scalar<'r>) {
        self.due();
        match scalar.kind {
            ScalarKind::Text => write_text(&scalar.text, &mut self.bytes),
            ScalarKind::Number | ScalarKind::Boolean | ScalarKind::Null => {
                self.bytes.extend_from_slice(scalar.text.as_bytes());
            }
        }
        self.comma = true;
    }
}

/// A JSON string (RFC 8259 section 7).
#[inline]
pub fn write_text(text: &str, out: &mut Vec<u8>) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    write_inside(text, out);
    out.push(b'"');
}

/// The same without its quotes.
#[inline]
pub fn write_inside(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    if plain_length(bytes) == bytes.len() {
        out.extend_from_slice(bytes);
    } else {
        write_special(bytes, out);
    }
}

/// A string of which nothing has to be escaped.
#[inline]
pub fn write_plain(bytes: &[u8], out: &mut Vec<u8>) {
    out.reserve(bytes.len() + 2);
    out.push(b'"');
    out.extend_from_slice(bytes);
    out.push(b'"');
}

#[cold]
fn write_special(mut rest: &[u8], out: &mut Vec<u8>) {
    loop {
        let (plain, special) = rest.split_at(plain_length(rest));
        out.extend_from_slice(plain);
        let Some((byte, after)) = special.split_first() else { break };
        escape(*byte, out);
        rest = after;
    }
}

fn escape(byte: u8, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    match byte {
        b'"' => out.extend_from_slice(b"\\\""),
        b'\\' => out.extend_from_slice(b"\\\\"),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\t' => out.extend_from_slice(b"\\t"),
        other => {
            let hex = |nibble: u8| HEX[usize::from(nibble & 15)];
            out.extend_from_slice(&[b'\\', b'u', b'0', b'0', hex(other >> 4), hex(other)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_text_survives(text in any::<String>()) {
            let mut bytes = Vec::new();
            write_text(&text, &mut bytes);
            prop_assert_eq!(serde_json::from_slice::<String>(&bytes).ok(), Some(text));
        }
    }
}
