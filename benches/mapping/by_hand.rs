//! What one would write by hand for one file and no other: typed serde that borrows from the input,
//! one output buffer, no tree. The same job as the mapping does: every field is read and written,
//! codes, dates, keys and phones are judged, a record id that comes twice is refused.
//!
//! A refused record is only counted: to say why, and where, is what the mapping does beyond it.

mod elements;
mod lines;
mod rows;
mod simple;

use std::borrow::Cow;
use std::hash::Hasher;

use rustc_hash::{FxHashSet, FxHasher};

pub use elements::ml_canam;
pub use lines::ci_cnam;
pub use rows::ml_utm;
pub use simple::{back, elements as simple_elements, lines as simple_lines, rows as simple_rows};

/// The day of the run, as the mappings get it.
pub const TODAY: &[u8; 10] = b"2026-01-01";

/// The record ids that have come, as fingerprints.
#[derive(Default)]
pub struct Seen(FxHashSet<u64>);

impl Seen {
    /// Whether the id is new.
    pub fn first(&mut self, parts: &[&str]) -> bool {
        let mut hasher = FxHasher::default();
        parts.iter().for_each(|part| hasher.write(part.as_bytes()));
        self.0.insert(hasher.finish())
    }
}

/// Bytes that JSON does not take as they are.
const SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        special[byte] = true;
        byte += 1;
    }
    special[b'"' as usize] = true;
    special[b'\\' as usize] = true;
    special
};

/// Appends a JSON string.
pub fn text(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    if text.bytes().any(|byte| SPECIAL[usize::from(byte)]) {
        let quoted = serde_json::to_string(text).expect("a text is a JSON value");
        out.extend_from_slice(&quoted.as_bytes()[1..quoted.len() - 1]);
    } else {
        out.extend_from_slice(text.as_bytes());
    }
    out.push(b'"');
}

/// Appends a member of an object: `key` with its quotes, colon and the comma before it.
pub fn member(out: &mut Vec<u8>, key: &str, value: &str) {
    out.extend_from_slice(key.as_bytes());
    text(out, value);
}

/// Appends a date.
pub fn date(out: &mut Vec<u8>, key: &str, value: &[u8]) {
    out.extend_from_slice(key.as_bytes());
    out.push(b'"');
    out.extend_from_slice(value);
    out.push(b'"');
}

/// A day as ISO writes it, if it exists.
pub type Day = [u8; 10];

/// `yyyyMMdd`, `yyyy-MM-dd` or `dd/MM/yyyy`, by where their parts stand.
pub fn day(text: &str, year: usize, month: usize, day: usize, length: usize) -> Option<Day> {
    let bytes = text.as_bytes();
    if bytes.len() != length {
        return None;
    }
    let digit = |at: usize| bytes[at].wrapping_sub(b'0');
    let places = [year, year + 1, year + 2, year + 3, month, month + 1, day, day + 1];
    if places.iter().any(|at| digit(*at) > 9) {
        return None;
    }
    let number = |at: usize| u16::from(digit(at)) * 10 + u16::from(digit(at + 1));
    let (years, months, days) = (number(year) * 100 + number(year + 2), number(month), number(day));
    let leap = years % 4 == 0 && (years % 100 != 0 || years % 400 == 0);
    let longest = match months {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    if years == 0 || days == 0 || days > longest {
        return None;
    }
    let mut iso = *b"yyyy-MM-dd";
    iso[..4].copy_from_slice(&bytes[year..year + 4]);
    iso[5..7].copy_from_slice(&bytes[month..month + 2]);
    iso[8..].copy_from_slice(&bytes[day..day + 2]);
    Some(iso)
}

/// `yyyy-MM-dd`.
pub fn iso_day(text: &str) -> Option<Day> {
    let marks = text.as_bytes().get(4) == Some(&b'-') && text.as_bytes().get(7) == Some(&b'-');
    if marks { day(text, 0, 5, 8, 10) } else { None }
}

/// One blank between words, none around.
pub fn squeezed(text: &str) -> Cow<'_, str> {
    let mut before = b' ';
    let clean = text.bytes().all(|byte| {
        // The leading bytes of no-break and typographic blanks.
        let fine =
            !matches!(byte, b'\t'..=b'\r' | 0xc2 | 0xe1..=0xe3) && (byte != b' ' || before != b' ');
        before = byte;
        fine
    });
    if clean && before != b' ' {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The titles before the given names, and the names.
pub fn titles(given: &str) -> (Option<&str>, &str) {
    for title in ["El Hadj", "Hadja", "Alhaji", "Dr"] {
        let cut = given.split_at_checked(title.len());
        if let Some((before, after)) = cut
            && before.eq_ignore_ascii_case(title)
            && after.starts_with(' ')
        {
            return Some((before, &after[1..])).map_or((None, given), |(a, b)| (Some(a), b));
        }
    }
    (None, given)
}

/// Writes the official name.
pub fn names(out: &mut Vec<u8>, family: &str, given: &str) {
    out.extend_from_slice(b"\"person\":{\"names\":[{\"use\":\"official\"");
    let family = squeezed(family);
    if !family.is_empty() {
        member(out, ",\"family\":", &family);
    }
    let given = squeezed(given);
    let (title, given) = titles(&given);
    if !given.is_empty() {
        let mut before = ",\"given\":[";
        for word in given.split(' ') {
            member(out, before, word);
            before = ",";
        }
        out.push(b']');
    }
    if let Some(title) = title {
        member(out, ",\"prefix\":[", title);
        out.push(b']');
    }
    out.extend_from_slice(b"}]");
}

/// The NINA without anything but digits and capitals, if its key holds.
pub fn nina(text: &str) -> Option<[u8; 15]> {
    let mut kept = [0; 15];
    let mut length = 0;
    for byte in text.bytes().filter(u8::is_ascii_alphanumeric) {
        *kept.get_mut(length)? = byte.to_ascii_uppercase();
        length += 1;
    }
    let body = kept[..14].iter().try_fold(0, |sum: u64, digit| {
        digit.is_ascii_digit().then(|| sum * 10 + u64::from(digit - b'0'))
    })?;
    let key = b"ABCDEFGHJKLMNPQRSTVWXYZ"[(body % 23) as usize];
    (length == 15 && kept[14] == key).then_some(kept)
}

/// A phone of so many digits, with its blanks and marks left out.
pub fn phone(out: &mut Vec<u8>, before: &str, code: &str, digits: usize, number: &str) {
    let mut kept = [0; 16];
    let mut length = 0;
    for byte in number.bytes() {
        match byte {
            b'0'..=b'9' if length < kept.len() => {
                kept[length] = byte;
                length += 1;
            }
            b' ' | b'-' | b'.' => {}
            _ => return,
        }
    }
    if length == digits {
        out.extend_from_slice(before.as_bytes());
        out.extend_from_slice(code.as_bytes());
        out.extend_from_slice(&kept[..length]);
        out.extend_from_slice(b"\"]");
    }
}
