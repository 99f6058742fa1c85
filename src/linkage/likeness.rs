//! How alike two texts are.

use std::cmp::Ordering;

use super::alphabet::{self, Places};
use super::text::{Ends, Manner, Symbol, Texts};

/// How alike two texts are, the most alike first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Likeness {
    /// The same letters, blanks apart.
    Equal,
    /// A slip of the pen, or the same sounds.
    Near,
    /// More letters or words in common than chance gives.
    Similar,
    /// A word in common, or one the beginning of the other.
    Partial,
    /// One is the first letter of the other.
    Initial,
    /// Nothing of that.
    Different,
}

/// Letters below which one slip makes another word.
const SHORT: usize = 4;
/// Letters from which two slips are forgiven.
const LONG: usize = 8;
/// Similarity of Jaro and Winkler from which two words are similar.
const SIMILAR: f32 = 0.86;
/// Words of a text that are compared with those of another.
const MOST_WORDS: usize = 12;
/// Of what all the words of the poorer, or of the richer text are worth: shared enough to be
/// similar, and to be alike at all.
const MOST_OF_POORER: f32 = 0.8;
const MOST_OF_RICHER: f32 = 0.6;
const SOME_OF_RICHER: f32 = 0.25;

/// How alike two texts are; the same both ways round.
#[must_use]
pub fn likeness(texts: &Texts, one: Symbol, other: Symbol) -> Likeness {
    if one == other {
        return Likeness::Equal;
    }
    if texts.manner() == Manner::Code {
        return of_codes(texts.ends(one), texts.ends(other));
    }
    let (a, b) = (texts.entry(one), texts.entry(other));
    let both = (a.letters & b.letters).count_ones();
    if both == 0 {
        return Likeness::Different;
    }
    if texts.manner().is_name() && a.sound == b.sound && a.sound != 0 {
        return Likeness::Near;
    }
    let (mut one, mut other) = (one, other);
    let several = texts.words(one).len() > 1 || texts.words(other).len() > 1;
    let (mut x, mut y) = (texts.letters(one), texts.letters(other));
    let either = (a.letters | b.letters).count_ones();
    // Fewer than half of their letters in common: no slip of the pen explains that.
    let far = both * 2 < either;
    if far && !several {
        return if a.first == b.first { beginning(x, y) } else { Likeness::Different };
    }
    // The same both ways round, whatever walks through words and letters in order.
    let order = (a.length, a.letters).cmp(&(b.length, b.letters));
    match order.then_with(|| x.cmp(y)) {
        Ordering::Less => {}
        Ordering::Equal => return Likeness::Equal,
        Ordering::Greater => {
            std::mem::swap(&mut one, &mut other);
            std::mem::swap(&mut x, &mut y);
        }
    }
    if !several {
        return of_letters(x, y, texts.manner());
    }
    let by_words = by_words(texts, one, other);
    // Read as one word only where nearly all letters are the same: a blank came or went.
    if both * 5 < either * 4 { by_words } else { by_words.min(of_letters(x, y, texts.manner())) }
}

/// The words that two texts share, in any order, each weighed by how rare it is.
fn by_words(texts: &Texts, one: Symbol, other: Symbol) -> Likeness {
    let (here, there) = (texts.words(one), texts.words(other));
    let worth = |words: &[u32]| -> f32 { words.iter().map(|word| texts.word(*word).weight).sum() };
    let (mut shared, mut shared_words, mut hinted) = (0.0, 0, 0);
    let mut taken = 0_u32;
    for word in here.iter().take(MOST_WORDS) {
        let mut best = (Likeness::Different, 0);
        for (place, rival) in there.iter().enumerate().take(MOST_WORDS) {
            if taken & (1 << place) == 0 {
                let likeness = of_words(texts, *word, *rival);
                if likeness < best.0 {
                    best = (likeness, place);
                }
            }
        }
        if best.0 < Likeness::Different {
            taken |= 1 << best.1;
        }
        match best.0 {
            Likeness::Equal | Likeness::Near => {
                shared_words += 1;
                shared += texts.word(*word).weight.min(texts.word(there[best.1]).weight);
            }
            Likeness::Similar | Likeness::Partial | Likeness::Initial => hinted += 1,
            Likeness::Different => {}
        }
    }
    let (fewer, more) = (here.len().min(there.len()), here.len().max(there.len()));
    let (poorer, richer) =
        (worth(here).min(worth(there)), worth(here).max(worth(there)).max(f32::MIN_POSITIVE));
    if shared_words == more {
        Likeness::Near
    } else if shared_words > 0
        && (fewer > 1 && shared_words + hinted >= fewer && shared >= poorer * MOST_OF_POORER
            || shared >= richer * MOST_OF_RICHER)
    {
        Likeness::Similar
    } else if shared >= richer * SOME_OF_RICHER {
        Likeness::Partial
    } else if texts.manner().is_name() && hinted >= fewer {
        Likeness::Initial
    } else {
        Likeness::Different
    }
}

fn of_words(texts: &Texts, one: u32, other: u32) -> Likeness {
    if one == other {
        return Likeness::Equal;
    }
    let (a, b) = (texts.word(one), texts.word(other));
    let (both, either) =
        ((a.letters & b.letters).count_ones(), (a.letters | b.letters).count_ones());
    if both == 0 {
        return Likeness::Different;
    }
    let (x, y) = (texts.spelling(a), texts.spelling(b));
    if both * 2 >= either {
        of_letters(x, y, texts.manner())
    } else if a.first == b.first {
        beginning(x, y)
    } else {
        Likeness::Different
    }
}

fn of_letters(one: &[u8], other: &[u8], manner: Manner) -> Likeness {
    let shorter = one.len().min(other.len());
    if shorter == 1 {
        let initial = manner.is_name() && one.first() == other.first();
        return if initial { Likeness::Initial } else { Likeness::Different };
    }
    let places = Places::of(one);
    let apart = alphabet::distance(&places, one.len(), other);
    let slips = if shorter >= LONG { 2 } else { usize::from(shorter >= SHORT) };
    if apart <= slips {
        return Likeness::Near;
    }
    let few_slips = shorter >= SHORT && apart * 4 <= shorter + 1;
    if few_slips || alphabet::jaro_winkler(&places, one, other) >= SIMILAR {
        return Likeness::Similar;
    }
    beginning(one, other)
}

/// What one text being the beginning of the other says.
fn beginning(one: &[u8], other: &[u8]) -> Likeness {
    if one.first() != other.first() {
        return Likeness::Different;
    }
    let shorter = one.len().min(other.len());
    if shorter >= 3 && (one.starts_with(other) || other.starts_with(one)) {
        Likeness::Partial
    } else if shorter == 1 {
        Likeness::Initial
    } else {
        Likeness::Different
    }
}

/// Codes are alike when one slip explains the difference, or when a half is the same. Only the eight
/// letters at each end are looked at: no number that people bear is longer than both.
fn of_codes(one: Ends, other: Ends) -> Likeness {
    let (shorter, longer) =
        (u32::from(one.length.min(other.length)), u32::from(one.length.max(other.length)));
    if shorter < 4 {
        return Likeness::Different;
    }
    let head = ((one.head ^ other.head).trailing_zeros() / 8).min(8).min(shorter);
    let tail = ((one.tail ^ other.tail).trailing_zeros() / 8).min(8).min(shorter);
    let exchanged = || {
        let letter = |ends: Ends, at: u32| (ends.head >> (8 * at)) & 0xff;
        shorter == longer
            && head + tail + 2 == shorter
            && head < 7
            && letter(one, head) == letter(other, head + 1)
            && letter(one, head + 1) == letter(other, head)
    };
    if head + tail + 1 >= longer || exchanged() {
        Likeness::Near
    } else if head.max(tail) * 2 >= shorter {
        Likeness::Similar
    } else {
        Likeness::Different
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(manner: Manner, one: &str, other: &str, expected: Likeness) {
        let mut texts = Texts::new(manner);
        let (a, b) = (texts.intern(one), texts.intern(other));
        assert_eq!(likeness(&texts, a, b), expected, "{one}, {other}");
        assert_eq!(likeness(&texts, b, a), expected, "{other}, {one}");
    }

    #[test]
    fn names_are_alike_by_letters_sounds_words_and_initials() {
        check(Manner::Name, "Aïssata", "AISSATA", Likeness::Equal);
        check(Manner::Name, "geor ge", "George", Likeness::Equal);
        check(Manner::Name, "Coulibaly", "Koulibali", Likeness::Near);
        check(Manner::Name, "thpmas", "thomas", Likeness::Near);
        check(Manner::Name, "Martinez Remedios", "Remedios Martinez", Likeness::Near);
        check(Manner::Name, "Fatou", "Fatoumata", Likeness::Similar);
        check(Manner::Name, "J", "James", Likeness::Initial);
        check(Manner::Name, "Awa", "Moussa", Likeness::Different);
        check(Manner::WholeName, "Keita Moussa", "Moussa Keita", Likeness::Equal);
    }

    #[test]
    fn codes_are_alike_by_one_slip_or_a_half() {
        check(Manner::Code, "9967942", "9967924", Likeness::Near);
        check(Manner::Code, "9967942", "996794", Likeness::Near);
        check(Manner::Code, "l31 1hb", "l31 2xz", Likeness::Similar);
        check(Manner::Code, "99679421", "99670000", Likeness::Similar);
        check(Manner::Code, "9967942", "1234567", Likeness::Different);
    }
}
