//! How much of a text JSON takes as it is.

/// One byte in each place of a word.
const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The high bit of each byte that is zero; exact up to the first of them.
const fn zeros(word: u64) -> u64 {
    word.wrapping_sub(each(1)) & !word & each(0x80)
}

/// How many bytes stand before the first quote, backslash or control character (RFC 8259, section 7).
///
/// Eight bytes at a time: names and places are as long as one or two words.
#[inline]
#[must_use]
pub fn plain_length(bytes: &[u8]) -> usize {
    let mut words = bytes.chunks_exact(8);
    for (index, word) in words.by_ref().enumerate() {
        let Ok(word) = word.try_into().map(u64::from_le_bytes) else { break };
        let control = word.wrapping_sub(each(0x20)) & !word & each(0x80);
        let special = control | zeros(word ^ each(b'"')) | zeros(word ^ each(b'\\'));
        if special != 0 {
            return index * 8 + special.trailing_zeros() as usize / 8;
        }
    }
    let rest = words.remainder();
    let special = |byte: &u8| *byte < 0x20 || matches!(byte, b'"' | b'\\');
    bytes.len() - rest.len() + rest.iter().position(special).unwrap_or(rest.len())
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
