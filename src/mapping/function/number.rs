//! Decimal numbers as people write them, read into plain decimal text (`2200`, `0.78`) and back.
//!
//! Amounts never become floats: what comes out is the sender's digits with a point.

use std::borrow::Cow;

/// The decimal mark of a sender.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Mark {
    /// `0,78`, and a point may group thousands.
    Comma,
    /// `0.78`, and a comma may group thousands.
    #[default]
    Point,
}

impl Mark {
    const fn decimal(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Point => '.',
        }
    }

    const fn grouping(self) -> char {
        match self {
            Self::Comma => '.',
            Self::Point => ',',
        }
    }
}

/// Reads a number. Groups of three may be set apart by blanks (also no-break and narrow ones), an
/// apostrophe or the mark that is not the decimal one. No exponent, no unit, no currency.
///
/// The result has no grouping, a point, no `+` and no superfluous zeros before its digits; zeros
/// after the point stay, for they say how exactly the sender counts.
///
/// ```
/// use dankun::mapping::function::number::{Mark, read};
///
/// assert_eq!(read("2\u{a0}200", Mark::Comma).as_deref(), Some("2200"));
/// assert_eq!(read("1 234,50", Mark::Comma).as_deref(), Some("1234.50"));
/// assert_eq!(read("N45,000 naira", Mark::Point), None);
/// ```
#[must_use]
pub fn read(text: &str, mark: Mark) -> Option<Cow<'_, str>> {
    let text = text.trim();
    if is_plain(text) {
        return Some(Cow::Borrowed(text));
    }
    let (negative, unsigned) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = match unsigned.split_once(mark.decimal()) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (unsigned, None),
    };
    let whole = ungrouped(whole.trim_end(), mark)?;
    if fraction.is_some_and(|fraction| fraction.is_empty() || !all_digits(fraction)) {
        return None;
    }
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    let mut number = String::with_capacity(text.len());
    if negative {
        number.push('-');
    }
    number.push_str(whole);
    if let Some(fraction) = fraction {
        number.push('.');
        number.push_str(fraction);
    }
    Some(Cow::Owned(number))
}

/// Writes a plain decimal text with the sender's mark, without grouping.
#[must_use]
pub fn write(number: &str, mark: Mark) -> Cow<'_, str> {
    match mark {
        Mark::Comma if number.contains('.') => Cow::Owned(number.replace('.', ",")),
        _ => Cow::Borrowed(number),
    }
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Digits alone, without a leading zero: the common case, which needs no copy.
/// Whether a text is a whole number as it is read: digits alone, none of them superfluous.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    !text.is_empty() && all_digits(text) && (text == "0" || !text.starts_with('0'))
}

/// The digits of the whole part, when its groups are of three.
fn ungrouped(whole: &str, mark: Mark) -> Option<String> {
    let separates =
        |c: char| c.is_whitespace() || c == '\'' || c == '\u{2019}' || c == mark.grouping();
    let mut digits = String::with_capacity(whole.len());
    let mut separator = None;
    for (index, group) in whole.split(separates).enumerate() {
        let fits = if index == 0 { !group.is_empty() } else { group.len() == 3 };
        if !fits || !all_digits(group) || (separator.is_some() && digits.len() > 3 * index) {
            return None;
        }
        if index == 1 {
            separator = whole.chars().find(|c| separates(*c));
        }
        digits.push_str(group);
    }
    // One kind of separator only: `1.234 567` is two numbers.
    let mixed = whole.chars().any(|c| separates(c) && Some(c) != separator);
    (!mixed).then_some(digits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_as_their_senders_write_them() {
        for (text, mark, expected) in [
            ("2200", Mark::Comma, "2200"),
            ("2 200", Mark::Comma, "2200"),
            ("2\u{202f}200", Mark::Comma, "2200"),
            ("0,78", Mark::Comma, "0.78"),
            ("1.234.567,5", Mark::Comma, "1234567.5"),
            ("45000.00", Mark::Point, "45000.00"),
            ("45,000.00", Mark::Point, "45000.00"),
            ("1'234", Mark::Point, "1234"),
            ("007", Mark::Point, "7"),
            ("000", Mark::Point, "0"),
            ("-5", Mark::Point, "-5"),
            ("+5,0", Mark::Comma, "5.0"),
            (" 12 ", Mark::Point, "12"),
        ] {
            assert_eq!(read(text, mark).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in [
            "",
            "gratuit",
            "N45,000 naira",
            "1,2,3",
            "1.2.3",
            "12 34",
            "1 234,567 890",
            "1e5",
            "0x10",
            ".5",
            "5.",
            "1.234 567",
            "٣",
        ] {
            assert_eq!(read(text, Mark::Point), None, "{text}");
        }
        assert_eq!(read("deux hectares", Mark::Comma), None);
    }

    proptest! {
        #[test]
        fn a_number_written_reads_back(number in "(0|[1-9][0-9]{0,12})(\\.[0-9]{1,4})?") {
            for mark in [Mark::Comma, Mark::Point] {
                let text = write(&number, mark).into_owned();
                let back = read(&text, mark);
                prop_assert_eq!(back.as_deref(), Some(number.as_str()));
            }
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in ".{0,16}") {
            let _ = read(&text, Mark::Comma);
            let _ = read(&text, Mark::Point);
        }
    }
}
