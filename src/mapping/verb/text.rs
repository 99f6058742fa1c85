//! Texts: blanks, case, pieces.

use std::borrow::Cow;

use regex::{Regex, RegexBuilder};

use crate::format::word::{controls, each, filled, places};
use crate::model::{Expected, IssueCode};

use super::super::table::folded;
use super::super::value::Value;
use super::{Failure, Kept};

/// A pattern larger than this (64 KiB once compiled) is refused; `(a{1000}){1000}` would take 100 MB.
const PATTERN_SIZE: usize = 64 * 1024;

/// What is taken out of a text by a regular expression: its first group, or all of it.
#[derive(Debug)]
pub struct Pattern {
    pattern: Regex,
    /// Whether a text without it is nothing, not a mistake.
    optional: bool,
}

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// What is wrong with it, or that it is too large.
    pub fn new(text: &str, optional: bool) -> Result<Self, regex::Error> {
        let pattern = RegexBuilder::new(text).size_limit(PATTERN_SIZE).build()?;
        Ok(Self { pattern, optional })
    }

    /// Runs it over a text, or each text of a list.
    ///
    /// # Errors
    /// `bad_format` when the pattern is not there.
    pub fn run<'a>(&self, value: Value<'a>) -> Result<Value<'a>, Box<Failure>> {
        let value = super::each(value, |text| match self.find(&text) {
            Some((from, to)) => Ok(cut(text, from, to)),
            None if self.optional => Ok(Cow::Borrowed("")),
            None => {
                let form = Expected::Form(self.pattern.as_str().to_owned());
                Err(Failure::new(IssueCode::BadFormat, form))
            }
        })?;
        Ok(value.each_text(|text| text))
    }

    fn find(&self, text: &str) -> Option<(usize, usize)> {
        let found = self.pattern.captures(text)?;
        let part = found.iter().skip(1).flatten().next().or_else(|| found.get(0))?;
        Some((part.start(), part.end()))
    }
}

fn cut(text: Cow<'_, str>, from: usize, to: usize) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(from..to).unwrap_or_default()),
        Cow::Owned(text) => Cow::Owned(text.get(from..to).unwrap_or_default().to_owned()),
    }
}

/// Without blanks around; Unicode blanks, so no-break spaces too.
pub fn trim(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) if text.trim().len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

/// Trimmed, and one blank where there are several or another kind.
pub fn squeeze(text: Cow<'_, str>) -> Cow<'_, str> {
    if is_squeezed(text.as_bytes()) {
        return text;
    }
    let text = trim(text);
    if is_squeezed(text.as_bytes()) {
        return text;
    }
    let mut squeezed = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !squeezed.is_empty() {
            squeezed.push(' ');
        }
        squeezed.push_str(word);
    }
    Cow::Owned(squeezed)
}

/// Whether nothing is to be squeezed, told by bytes alone, eight at a time: control characters and
/// whatever begins like a blank beyond ASCII (U+0085, U+00A0, U+1680, U+2000 and following, U+3000) count
/// as blanks.
pub fn is_squeezed(bytes: &[u8]) -> bool {
    let (words, rest) = bytes.as_chunks::<8>();
    // Letters fill the last word up.
    let last = filled(rest, each(b'x'));
    // Nothing may begin with a blank.
    let mut before = 0x80;
    for word in words.iter().map(|word| u64::from_le_bytes(*word)).chain([last]) {
        let blanks = places(word, each(b' '));
        let odd = controls(word)
            | places(word, each(0xc2))
            | places(word & each(0b1111_1100), each(0b1110_0000));
        if odd != 0 || blanks & (blanks << 8 | before) != 0 {
            return false;
        }
        before = blanks >> 56;
    }
    bytes.last().is_some_and(|byte| *byte != b' ')
}

/// Without the words of another text in front, or at the end: whole words, whatever their case, accents
/// and the blanks between them. As it is where they do not stand there.
pub fn strip_words<'a>(text: Cow<'a, str>, words: &str, end: bool) -> Cow<'a, str> {
    let same = |a: &&str, b: &&str| folded(a) == folded(b);
    let (all, off): (Vec<&str>, Vec<&str>) =
        (text.split_whitespace().collect(), words.split_whitespace().collect());
    let Some(left) = all.len().checked_sub(off.len()).filter(|_| !off.is_empty()) else {
        return text;
    };
    let (kept, cut) = if end {
        all.split_at(left)
    } else {
        let (cut, kept) = all.split_at(off.len());
        (kept, cut)
    };
    if !cut.iter().zip(&off).all(|(a, b)| same(a, b)) {
        return text;
    }
    Cow::Owned(kept.join(" "))
}

/// In capitals.
pub fn upper(text: Cow<'_, str>) -> Cow<'_, str> {
    if is_upper(&text) { text } else { Cow::Owned(text.to_uppercase()) }
}

/// Whether no letter is small.
pub fn is_upper(text: &str) -> bool {
    let capital = |byte: u8| byte.is_ascii() && !byte.is_ascii_lowercase();
    text.bytes().all(capital) || text.chars().all(|c| !c.is_lowercase())
}

/// In small letters.
pub fn lower(text: Cow<'_, str>) -> Cow<'_, str> {
    if is_lower(&text) { text } else { Cow::Owned(text.to_lowercase()) }
}

/// Whether no letter is a capital.
pub fn is_lower(text: &str) -> bool {
    text.chars().all(|c| !c.is_uppercase())
}

/// A capital at the beginning of each word and after hyphens and apostrophes.
pub fn title(text: Cow<'_, str>) -> Cow<'_, str> {
    let mut first = true;
    let mut titled = String::with_capacity(text.len());
    for c in text.chars() {
        if first {
            titled.extend(c.to_uppercase());
        } else {
            titled.extend(c.to_lowercase());
        }
        first = !c.is_alphanumeric();
    }
    Cow::Owned(titled)
}

/// Without `part` in front, or at the end.
pub fn strip<'a>(text: Cow<'a, str>, part: &str, end: bool) -> Cow<'a, str> {
    let cut = |text: &str| {
        let rest = if end { text.strip_suffix(part) } else { text.strip_prefix(part) };
        rest.map(str::len)
    };
    match (cut(&text), text) {
        (None, text) => text,
        (Some(_), Cow::Borrowed(text)) => {
            let rest = if end { text.strip_suffix(part) } else { text.strip_prefix(part) };
            Cow::Borrowed(rest.unwrap_or(text))
        }
        (Some(_), Cow::Owned(text)) => {
            let rest = if end { text.strip_suffix(part) } else { text.strip_prefix(part) };
            Cow::Owned(rest.unwrap_or(&text).to_owned())
        }
    }
}

/// Filled in front to a length in characters.
pub fn pad(text: Cow<'_, str>, length: usize, with: char) -> Cow<'_, str> {
    let missing = length.saturating_sub(text.chars().count());
    if missing == 0 {
        return text;
    }
    let mut padded = String::from(with).repeat(missing);
    padded.push_str(&text);
    Cow::Owned(padded)
}

/// Every `old` as `new`.
pub fn replace<'a>(text: Cow<'a, str>, old: &str, new: &str) -> Cow<'a, str> {
    if text.contains(old) { Cow::Owned(text.replace(old, new)) } else { text }
}

/// Characters `from` (from 0) to `to` (not included).
pub fn slice(text: &str, from: usize, to: usize) -> String {
    text.chars().skip(from).take(to.saturating_sub(from)).collect()
}

/// Some characters only.
pub fn keep(text: Cow<'_, str>, kept: Kept) -> Cow<'_, str> {
    if is_kept(&text, kept) {
        return text;
    }
    Cow::Owned(text.chars().filter(|c| keeps(kept, *c)).collect())
}

fn keeps(kept: Kept, c: char) -> bool {
    match kept {
        Kept::Digits => c.is_ascii_digit(),
        Kept::Letters => c.is_alphabetic(),
        Kept::Alphanumeric => c.is_alphanumeric(),
    }
}

/// Whether nothing of a text is left out.
pub fn is_kept(text: &str, kept: Kept) -> bool {
    let plain = match kept {
        Kept::Digits => u8::is_ascii_digit,
        Kept::Letters => u8::is_ascii_alphabetic,
        Kept::Alphanumeric => u8::is_ascii_alphanumeric,
    };
    text.as_bytes().iter().all(plain) || text.chars().all(|c| keeps(kept, c))
}

/// A UUID (version 8, RFC 9562) that the same name and text always give: ids that must stay the same
/// from file to file without a place to keep them.
pub fn named_uuid(name: &str, text: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(name.as_bytes()).update(b"\0").update(text.as_bytes());
    let mut half = [0; 16];
    hasher.finalize_xof().fill(&mut half);
    uuid::Builder::from_custom_bytes(half).into_uuid().hyphenated().to_string()
}

/// The first half of the BLAKE3 hash, in hexadecimal.
pub fn fingerprint(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().chars().take(32).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_said_to_be_squeezed_is(text in "[a-zé ]{0,20}|[ -~é\t\u{85}\u{a0}\u{1680}\u{2003}\u{202f}\u{3000}]{0,20}") {
            let words: Vec<&str> = text.split_whitespace().collect();
            let squeezed = words.join(" ");
            prop_assert_eq!(squeeze(Cow::Borrowed(&text)), squeezed.as_str());
            let simple = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
            prop_assert!(!simple || is_squeezed(text.as_bytes()) == (text == squeezed && !text.is_empty()));
        }
    }
}
