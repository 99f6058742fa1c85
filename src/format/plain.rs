//! How much of a text JSON takes as it is.

use super::word::{controls, each, zeros};

/// The high bit of each byte that JSON does not take as it is; exact up to the first of them.
#[inline]
pub(super) const fn special(word: u64) -> u64 {
    controls(word) | zeros(word ^ each(b'"')) | zeros(word ^ each(b'\\'))
}

/// How many bytes stand before the first quote, backslash or control character (RFC 8259, section 7).
///
/// Eight bytes at a time: names and places are as long as one or two words.
#[inline]
#[must_use]
pub fn plain_length(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(word) = word(bytes, at) {
        let special = special(word);
        if special != 0 {
            return at + special.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    // The last word of the text has some bytes that have been looked at and found plain.
    if let Some(from) = bytes.len().checked_sub(8)
        && let Some(word) = word(bytes, from)
    {
        let special = special(word);
        return from + if special == 0 { 8 } else { special.trailing_zeros() as usize / 8 };
    }
    let special = |byte: &u8| *byte < 0x20 || matches!(byte, b'"' | b'\\');
    at + rest.iter().position(special).unwrap_or(rest.len())
}

/// The eight bytes from an offset.
#[inline]
fn word(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn words_and_bytes_agree(text in "[ -~é\u{0}-\u{1f}\u{7f}-\u{a0}\"\\\\]{0,40}") {
            let special = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
            let slow = text.bytes().position(special).unwrap_or(text.len());
            prop_assert_eq!(plain_length(text.as_bytes()), slow);
        }
    }
}
