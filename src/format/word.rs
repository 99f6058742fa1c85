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
        fn controls_and_zeros_are_seen(bytes in prop::array::uniform8(prop_oneof![0_u8..0x24, any::<u8>()])) {
            let word = u64::from_le_bytes(bytes);
            prop_assert_eq!(controls(word) != 0, bytes.iter().any(|byte| *byte < 0x20));
            prop_assert_eq!(zeros(word) != 0, bytes.contains(&0));
        }
    }
}
