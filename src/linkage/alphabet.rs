//! Texts in an alphabet of 64 letters, and how far two of them are apart.
//!
//! One byte a letter and at most 64 letters a text make every comparison a few machine words: the
//! places of a letter in a text are one 64-bit set. Latin letters and digits keep their identity,
//! the letters of other scripts share what is left of the alphabet.

/// The blank between two words.
pub const BLANK: u8 = 0;
/// Letters of a text that are looked at: the number of bits of a set of places.
pub const LONGEST: usize = 64;
/// The first code of the letters that are neither Latin nor digits.
const OTHERS: u32 = 37;
/// How many codes they share.
const SHARED: u32 = 27;

/// The code of a folded letter.
#[must_use]
pub fn code(letter: char) -> u8 {
    let code = match letter {
        'a'..='z' => letter as u32 - 'a' as u32 + 1,
        '0'..='9' => letter as u32 - '0' as u32 + 27,
        ' ' => u32::from(BLANK),
        _ => OTHERS + (letter as u32).wrapping_mul(0x9e37_79b9) % SHARED,
    };
    u8::try_from(code).unwrap_or(BLANK)
}

/// Where each letter of a text stands: bit `i` of set `c` when letter `i` is `c`.
pub struct Places([u64; 64]);

impl Places {
    /// The places of the letters of a text of at most [`LONGEST`] letters.
    #[must_use]
    pub fn of(text: &[u8]) -> Self {
        let mut sets = [0_u64; 64];
        for (place, letter) in text.iter().take(LONGEST).enumerate() {
            sets[usize::from(*letter & 63)] |= 1 << place;
        }
        Self(sets)
    }

    const fn get(&self, letter: u8) -> u64 {
        self.0[(letter & 63) as usize]
    }
}

/// Letters put in, left out, replaced, or exchanged with their neighbour to make one text of the
/// other (optimal string alignment), by the bit-parallel recurrence of Hyyrö (2003).
#[must_use]
pub fn distance(one: &Places, length: usize, other: &[u8]) -> usize {
    if length == 0 {
        return other.len();
    }
    let last = 1_u64 << (length.min(LONGEST) - 1);
    let (mut plus, mut minus, mut diagonal, mut before) = (u64::MAX, 0_u64, 0_u64, 0_u64);
    let mut distance = length;
    for letter in other {
        let here = one.get(*letter);
        let exchanged = ((!diagonal & here) << 1) & before;
        diagonal = ((here & plus).wrapping_add(plus) ^ plus) | here | minus | exchanged;
        let up = minus | !(diagonal | plus);
        let down = diagonal & plus;
        distance += usize::from(up & last != 0);
        distance -= usize::from(down & last != 0);
        let up = (up << 1) | 1;
        plus = (down << 1) | !(diagonal | up);
        minus = up & diagonal;
        before = here;
    }
    distance
}

/// The similarity of Jaro and Winkler, 0 to 1: letters in common within half a length, and a
/// premium for the same beginning.
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "lengths are at most 64")]
pub fn jaro_winkler(one: &Places, first: &[u8], other: &[u8]) -> f32 {
    let (n, m) = (first.len().min(LONGEST), other.len().min(LONGEST));
    if n == 0 || m == 0 {
        return 0.0;
    }
    let reach = (n.max(m) / 2).saturating_sub(1);
    let mut taken = 0_u64;
    let mut found = [0_u8; LONGEST];
    let mut common = 0;
    for (place, letter) in other.iter().take(m).enumerate() {
        let low = place.saturating_sub(reach);
        let high = (place + reach).min(LONGEST - 1);
        let window = (u64::MAX << low) & (u64::MAX >> (LONGEST - 1 - high));
        let open = one.get(*letter) & window & !taken;
        if open != 0 {
            taken |= open & open.wrapping_neg();
            found[common] = *letter;
            common += 1;
        }
    }
    if common == 0 {
        return 0.0;
    }
    let mut rest = taken;
    let mut exchanged = 0;
    for letter in found.iter().take(common) {
        let place = rest.trailing_zeros() as usize;
        rest &= rest - 1;
        exchanged += usize::from(first[place] != *letter);
    }
    let common = common as f32;
    let jaro =
        (common / n as f32 + common / m as f32 + (common - (exchanged / 2) as f32) / common) / 3.0;
    let same = first.iter().zip(other).take(4).take_while(|(a, b)| a == b).count();
    jaro + same as f32 * 0.1 * (1.0 - jaro)
}
