//! Eight bytes at a time: which bytes of a word are of a kind, as the high bit of each.

/// One byte in each place of a word.
#[must_use]
pub const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The bytes of a word that are the one of [`each`].
#[inline]
#[must_use]
pub const fn places(word: u64, each_byte: u64) -> u64 {
    let low = each(0x7f);
    let differs = word ^ each_byte;
    !(((differs & low) + low) | differs | low)
}

/// The bytes that are zero; exact up to the first of them.
#[inline]
#[must_use]
pub const fn zeros(word: u64) -> u64 {
    word.wrapping_sub(each(1)) & !word & each(0x80)
}

/// The control characters of ASCII but DEL; exact up to the first of them.
#[inline]
#[must_use]
pub const fn controls(word: u64) -> u64 {
    word.wrapping_sub(each(0x20)) & !word & each(0x80)
}

/// Fewer than eight bytes, and another in the places behind them.
#[inline]
#[must_use]
pub fn filled(rest: &[u8], each_behind: u64) -> u64 {
    let behind = u64::MAX.checked_shl(8 * rest.len() as u32).unwrap_or_default();
    packed(rest).unwrap_or_default() & !behind | each_behind & behind
}

/// Of a text of at most seven bytes the bytes and their number in one word, which no other text has.
#[inline]
#[must_use]
pub fn packed(text: &[u8]) -> Option<u64> {
    let length = text.len();
    let (first, last, before) = match length {
        0 => return Some(0),
        1 => (u64::from(text[0]), 0, 0),
        2..=3 => {
            let half =
                |half: Option<&[u8; 2]>| half.map(|half| u64::from(u16::from_le_bytes(*half)));
            (half(text.first_chunk())?, half(text.last_chunk())?, length - 2)
        }
        4..=7 => {
            let half =
                |half: Option<&[u8; 4]>| half.map(|half| u64::from(u32::from_le_bytes(*half)));
            (half(text.first_chunk())?, half(text.last_chunk())?, length - 4)
        }
        _ => return None,
    };
    // The halves may share bytes, which are the same in both.
    Some(first | last << (8 * before) | (length as u64) << 56)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_place_of_a_byte_is_found(word in any::<[u8; 8]>(), few in prop::array::uniform8(0_u8..3), byte in 0_u8..3) {
            for word in [word, few] {
                let found = places(u64::from_le_bytes(word), each(byte)).to_le_bytes();
                prop_assert_eq!(found, word.map(|other| if other == byte { 0x80 } else { 0 }));
            }
        }

        #[test]
        fn short_texts_are_told_apart_by_a_word(text in prop::collection::vec(any::<u8>(), 0..9)) {
            let mut bytes = [0; 8];
            bytes.iter_mut().zip(&text).for_each(|(to, from)| *to = *from);
            let expected = u64::from_le_bytes(bytes) | (text.len() as u64) << 56;
            prop_assert_eq!(packed(&text), (text.len() < 8).then_some(expected));
            if text.len() < 8 {
                let mut bytes = [b'x'; 8];
                bytes.iter_mut().zip(&text).for_each(|(to, from)| *to = *from);
                prop_assert_eq!(filled(&text, each(b'x')), u64::from_le_bytes(bytes));
            }
        }

        #[test]
        fn controls_and_zeros_are_seen(bytes in prop::array::uniform8(prop_oneof![0_u8..0x24, any::<u8>()])) {
            let word = u64::from_le_bytes(bytes);
            prop_assert_eq!(controls(word) != 0, bytes.iter().any(|byte| *byte < 0x20));
            prop_assert_eq!(zeros(word) != 0, bytes.contains(&0));
        }
    }
}
