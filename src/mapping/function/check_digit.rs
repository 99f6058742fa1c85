//! Check digits of the identifiers that have one.
//!
//! A key that does not hold means that a digit was mistyped; one that holds proves nothing. Text is
//! judged as it stands: normalise it first.

/// A way of checking a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Check {
    /// Malian NINA: 14 digits and a letter, which is the 14 digits modulo 23. The real method is not
    /// public; this one is the convention of the exchange and is replaced when the registry publishes it.
    Nina,
    /// Verhoeff's scheme, of so many digits where that is said; the Nigerian NIN has 11.
    Verhoeff(Option<usize>),
    /// Luhn's scheme, of so many digits where that is said; the CMU number has 13.
    Luhn(Option<usize>),
    /// ISO 7064 MOD 97-10: digits and letters (A is 10), the last two make the remainder 1.
    Iso97(Option<usize>),
    /// Digits times their weights, then a key that makes the sum a multiple of 11; a key of ten is
    /// written `X` or `0`.
    Mod11(Option<usize>, Weights),
    /// AMO number: 11 digits and a key of two (97 less the number modulo 97); dependants add `-NN`.
    Mod97,
    /// openIMIS insurance number: 9 digits, the last is the first eight modulo 7.
    Mod7,
}

/// The weights of the digits of a number, its key left out, from the left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Weights {
    weights: [u8; MOST_WEIGHTS],
    count: usize,
}

/// Numbers of people are shorter than this.
const MOST_WEIGHTS: usize = 24;

impl Weights {
    /// 2 to 7 from the right and round again, the commonest weights.
    pub const USUAL: Self = Self { weights: [0; MOST_WEIGHTS], count: 0 };

    /// These weights; nothing when there are none or too many.
    #[must_use]
    pub fn new(given: &[u8]) -> Option<Self> {
        let mut weights = [0; MOST_WEIGHTS];
        weights.get_mut(..given.len())?.copy_from_slice(given);
        (!given.is_empty()).then_some(Self { weights, count: given.len() })
    }

    /// The sum of the weighted digits; nothing when there are more or fewer digits than weights.
    fn sum(&self, body: &[u8]) -> Option<u32> {
        let product = |digit: &u8, weight: u32| u32::from(digit - b'0') * weight;
        if self.count == 0 {
            let usual = (2..=7).cycle();
            return Some(body.iter().rev().zip(usual).map(|(d, weight)| product(d, weight)).sum());
        }
        let own = self.weights.get(..self.count)?;
        let pairs = body.iter().zip(own);
        (body.len() == self.count)
            .then(|| pairs.map(|(digit, weight)| product(digit, u32::from(*weight))).sum())
    }
}

/// The letters of the NINA key, without I, O and U, which are mistaken for digits and V.
const NINA_LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPQRSTVWXYZ";

impl Check {
    /// Every check with its names in mappings.
    pub const NAMES: &'static [(&'static str, Self)] = &[
        ("nina", Self::Nina),
        ("verhoeff", Self::Verhoeff(None)),
        ("nin", Self::Verhoeff(Some(11))),
        ("luhn", Self::Luhn(None)),
        ("cmu", Self::Luhn(Some(13))),
        ("mod97_10", Self::Iso97(None)),
        ("mod11", Self::Mod11(None, Weights::USUAL)),
        ("mod97", Self::Mod97),
        ("amo", Self::Mod97),
        ("mod7", Self::Mod7),
        ("openimis", Self::Mod7),
    ];

    /// The check of a name, by its method or by the number that it guards.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, check)| *check)
    }

    /// Its name in mappings.
    #[must_use]
    pub fn name(self) -> &'static str {
        let same = |known: &Self| std::mem::discriminant(known) == std::mem::discriminant(&self);
        let exact = Self::NAMES.iter().find(|(_, known)| *known == self);
        let found = exact.or_else(|| Self::NAMES.iter().find(|(_, known)| same(known)));
        found.map_or("", |(name, _)| name)
    }

    /// The same of numbers with so many digits and letters; nothing where its form is fixed.
    #[must_use]
    pub const fn with_length(self, length: usize) -> Option<Self> {
        match self {
            Self::Verhoeff(None) => Some(Self::Verhoeff(Some(length))),
            Self::Luhn(None) => Some(Self::Luhn(Some(length))),
            Self::Iso97(None) => Some(Self::Iso97(Some(length))),
            Self::Mod11(None, weights) => Some(Self::Mod11(Some(length), weights)),
            _ => None,
        }
    }

    /// The same with these weights; nothing where there are none.
    #[must_use]
    pub const fn with_weights(self, weights: Weights) -> Option<Self> {
        match self {
            Self::Mod11(length, _) => Some(Self::Mod11(length, weights)),
            _ => None,
        }
    }

    /// Whether the number has its form and its key holds.
    #[must_use]
    pub fn holds(self, text: &str) -> bool {
        let bytes = text.as_bytes();
        match self {
            Self::Nina => nina(bytes),
            Self::Verhoeff(length) => of_length(bytes, length) && verhoeff(bytes) == 0,
            Self::Luhn(length) => of_length(bytes, length) && luhn(bytes) == 0,
            Self::Iso97(length) => {
                length.is_none_or(|length| length == bytes.len()) && iso97(bytes) == Some(1)
            }
            Self::Mod11(length, weights) => {
                length.is_none_or(|length| length == bytes.len()) && mod11(bytes, &weights)
            }
            Self::Mod97 => mod97(bytes),
            Self::Mod7 => match bytes.split_last() {
                Some((last, body)) => {
                    digits(bytes, 9) && number(body) % 7 == u64::from(last - b'0')
                }
                None => false,
            },
        }
    }
}

/// Whether `text` passes the check called `name`; `None` when no check has that name.
///
/// ```
/// use dankun::mapping::function::check_digit::holds;
///
/// assert_eq!(holds("luhn", "3849459630106"), Some(true));
/// assert_eq!(holds("luhn", "3849459630107"), Some(false));
/// assert_eq!(holds("lune", "3849459630106"), None);
/// ```
#[must_use]
pub fn holds(name: &str, text: &str) -> Option<bool> {
    Check::parse(name).map(|check| check.holds(text))
}

fn digits(bytes: &[u8], count: usize) -> bool {
    bytes.len() == count && bytes.iter().all(u8::is_ascii_digit)
}

/// Digits only, so many where that is said, and at least two: a key alone guards nothing.
fn of_length(bytes: &[u8], length: Option<usize>) -> bool {
    bytes.len() >= 2 && digits(bytes, length.unwrap_or(bytes.len()))
}

/// The remainder of a number of digits and letters; nothing when there is anything else in it.
fn iso97(bytes: &[u8]) -> Option<u32> {
    if bytes.len() < 3 {
        return None;
    }
    bytes.iter().try_fold(0, |sum, byte| match byte {
        b'0'..=b'9' => Some((sum * 10 + u32::from(byte - b'0')) % 97),
        b'A'..=b'Z' => Some((sum * 100 + u32::from(byte - b'A') + 10) % 97),
        _ => None,
    })
}

fn mod11(bytes: &[u8], weights: &Weights) -> bool {
    let Some((key, body)) = bytes.split_last() else { return false };
    if body.is_empty() || !digits(body, body.len()) {
        return false;
    }
    match weights.sum(body).map(|sum| (11 - sum % 11) % 11) {
        Some(10) => matches!(key, b'X' | b'x' | b'0'),
        Some(wanted) => key.is_ascii_digit() && u32::from(key - b'0') == wanted,
        None => false,
    }
}

fn number(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'))
}

fn nina(bytes: &[u8]) -> bool {
    let Some((key, body)) = bytes.split_last() else { return false };
    digits(body, 14)
        && usize::try_from(number(body) % 23).ok().and_then(|index| NINA_LETTERS.get(index))
            == Some(&key.to_ascii_uppercase())
}

fn mod97(bytes: &[u8]) -> bool {
    let (person, rank) = bytes.split_at_checked(13).unwrap_or((bytes, &[]));
    let Some((body, key)) = person.split_at_checked(11) else { return false };
    let rank_stands = match rank.split_first() {
        None => true,
        Some((dash, rank)) => *dash == b'-' && digits(rank, 2),
    };
    rank_stands && digits(person, 13) && number(key) == 97 - number(body) % 97
}

/// Luhn's sum modulo 10 over all digits, the check digit last.
fn luhn(digits: &[u8]) -> u32 {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit - b'0');
            match place % 2 {
                0 => digit,
                _ if digit > 4 => digit * 2 - 9,
                _ => digit * 2,
            }
        })
        .sum();
    sum % 10
}

/// Multiplication in the dihedral group of order ten: 0 to 4 turn, 5 to 9 turn and mirror.
const fn dihedral(a: u8, b: u8) -> u8 {
    match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + (a + b - 5) % 5,
        (false, true) => 5 + (a + 5 - b) % 5,
        (false, false) => (a + 5 - b) % 5,
    }
}

/// Verhoeff's permutation, applied once for each place from the right.
const PERMUTATION: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

/// Verhoeff's check over all digits, the check digit last; zero when it holds.
fn verhoeff(digits: &[u8]) -> u8 {
    digits.iter().rev().enumerate().fold(0, |sum, (place, digit)| {
        let turned = (0..place % 8).fold(digit - b'0', |digit, _| {
            PERMUTATION.get(usize::from(digit)).copied().unwrap_or(digit)
        });
        dihedral(sum, turned)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_with_their_keys_hold() {
        for (name, text) in [
            ("nina", "12749000300000P"),
            ("nina", "11179000600000W"),
            ("nin", "99814060358"),
            ("verhoeff", "99809065131"),
            ("cmu", "3849422219201"),
            ("amo", "9995706918763"),
            ("amo", "9995706918763-04"),
            ("openimis", "946258353"),
            // The examples of ISO 7064, of a payment card and of an ISBN-10.
            ("mod97_10", "79444"),
            ("luhn", "79927398713"),
        ] {
            assert_eq!(holds(name, text), Some(true), "{name} {text}");
        }
        let isbn = Weights::new(&[10, 9, 8, 7, 6, 5, 4, 3, 2]).and_then(|weights| {
            Check::parse("mod11").and_then(|check| check.with_weights(weights))
        });
        for (text, holds) in [("0306406152", true), ("080442957X", true), ("0306406153", false)] {
            assert_eq!(isbn.map(|check| check.holds(text)), Some(holds), "{text}");
        }
    }

    #[test]
    fn the_worked_example_of_verhoeff_holds() {
        assert_eq!(verhoeff(b"2363"), 0);
        assert_ne!(verhoeff(b"2364"), 0);
    }

    #[test]
    fn other_shapes_do_not_hold() {
        for (name, text) in [
            ("nina", ""),
            ("nina", "P"),
            ("nina", "1274900030000P"),
            ("nina", "1274900030000éP"),
            ("nin", "0000000000"),
            ("cmu", "384942221920"),
            ("amo", "9995706918763-4"),
            ("amo", "99957069187630"),
            ("amo", "9995706918763x04"),
            ("openimis", "94625835é"),
            ("openimis", ""),
        ] {
            assert_eq!(holds(name, text), Some(false), "{name} {text}");
        }
    }

    fn with_key(check: Check, body: &str) -> Option<String> {
        let last = ('0'..='9').chain('A'..='Z').map(|key| format!("{body}{key}"));
        let pairs = (1..=97).map(|key| format!("{body}{key:02}"));
        last.chain(pairs).find(|number| check.holds(number))
    }

    proptest! {
        #[test]
        fn every_body_has_a_key_and_a_wrong_digit_breaks_it(
            body in "[0-9]{14}", place in 0_usize..8, turn in 1_u8..10,
        ) {
            for (check, length) in
                [
                    (Check::Nina, 14),
                    (Check::Verhoeff(Some(11)), 10),
                    (Check::Luhn(Some(13)), 12),
                    (Check::Mod97, 11),
                    (Check::Mod7, 8),
                ]
            {
                let number = with_key(check, body.get(..length).unwrap()).unwrap();
                let mut digits = number.clone().into_bytes();
                digits[place] = (digits[place] - b'0' + turn) % 10 + b'0';
                let mistyped = String::from_utf8(digits).unwrap();
                // Modulo 7 cannot tell 0 from 7, 1 from 8, 2 from 9.
                prop_assert!(!check.holds(&mistyped) || (check == Check::Mod7 && matches!(turn, 3 | 7)));
            }
        }

        #[test]
        fn no_text_makes_a_check_panic(text in ".{0,20}") {
            for (name, _) in Check::NAMES {
                prop_assert!(holds(name, &text).is_some());
            }
        }
    }
}
