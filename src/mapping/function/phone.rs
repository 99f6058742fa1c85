//! Phone numbers as lists show them, read into E.164 (`+22370123456`) and written back.
//!
//! Mali, Côte d'Ivoire and Nigeria are read by hand; numbers of other countries go through
//! libphonenumber. A phone is never an identifier on its own: families share them.

use std::borrow::Cow;

use phonenumber::country;

/// Longest digits that can be meant: `00` and the fifteen of E.164, and some for a doubled prefix.
const MOST_DIGITS: usize = 20;

/// The digits of a text and whether it begins with a `+`.
struct Digits {
    digits: [u8; MOST_DIGITS],
    count: usize,
    plus: bool,
}

impl Digits {
    /// `None` when there is anything but digits, blanks and the marks that people put between them.
    fn of(text: &str) -> Option<Self> {
        let mut found = Self { digits: [0; MOST_DIGITS], count: 0, plus: false };
        for letter in text.chars() {
            match letter {
                '0'..='9' => {
                    *found.digits.get_mut(found.count)? = u8::try_from(letter).ok()?;
                    found.count += 1;
                }
                '+' if found.count == 0 && !found.plus => found.plus = true,
                '-' | '.' | '(' | ')' | '/' | '\u{2010}'..='\u{2013}' => {}
                _ if letter.is_whitespace() => {}
                _ => return None,
            }
        }
        Some(found)
    }

    fn as_str(&self) -> &str {
        self.digits
            .get(..self.count)
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .unwrap_or("")
    }
}

/// Whether these two letters are a country whose numbers are known.
#[must_use]
pub fn is_country(code: &str) -> bool {
    code.parse::<country::Id>().is_ok_and(|id| id.as_ref() == code)
}

/// What a number must be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asked {
    /// Of a range that the country has given out, as far as the list of ranges knows.
    Given,
    /// As long as the country's numbers are: ranges are given out faster than lists are renewed.
    Length,
}

/// Reads a phone number as [`read`] does, by what is asked of it.
#[must_use]
pub fn read_asked(text: &str, country: &str, asked: Asked) -> Option<String> {
    match asked {
        Asked::Given => read(text, country),
        Asked::Length => read(text, country).or_else(|| by_length(text, country)),
    }
}

fn by_length(text: &str, country: &str) -> Option<String> {
    let found = Digits::of(text)?;
    let digits = found.as_str();
    let number = match digits.strip_prefix("00") {
        _ if found.plus => format!("+{digits}"),
        Some(rest) => format!("+{rest}"),
        None => digits.to_owned(),
    };
    let parsed = phonenumber::parse(country.parse().ok(), &number).ok()?;
    let national = parsed.national().to_string();
    let length = u16::try_from(national.len()).ok()?;
    let metadata = phonenumber::metadata::DATABASE.by_code(&parsed.country().code())?;
    let long = metadata.iter().any(|region| {
        let general = region.descriptors().general();
        // Some countries list no lengths: then the pattern of all their numbers says them.
        let pattern = || general.national_number().find(&national);
        general.possible_length().contains(&length)
            || pattern().is_some_and(|found| found.start() == 0 && found.end() == national.len())
    });
    long.then(|| parsed.format().mode(phonenumber::Mode::E164).to_string())
}

/// Reads a phone number from a list of `country` (ISO 3166-1 alpha-2): national or international,
/// with or without `+` or `00`, with any blanks and marks. Numbers of Côte d'Ivoire from before
/// 31 January 2021 (eight digits) are rebuilt.
///
/// `None` when it cannot be a number of any country. Blank text is `None`, too.
///
/// ```
/// use dankun::mapping::function::phone::read;
///
/// assert_eq!(read("(+223) 70 12 34 56", "ML").as_deref(), Some("+22370123456"));
/// assert_eq!(read("08015235", "CI").as_deref(), Some("+2250708015235"));
/// ```
#[must_use]
pub fn read(text: &str, country: &str) -> Option<String> {
    let found = Digits::of(text)?;
    let digits = found.as_str();
    if digits.is_empty() {
        return None;
    }
    if found.plus {
        return international(digits);
    }
    if let Some(digits) = digits.strip_prefix("00") {
        return international(digits);
    }
    national(digits, country)
        .or_else(|| match digits.get(..3) {
            // The prefix without its `+`: only our three, elsewhere it would be a guess.
            Some("223" | "225" | "234") => international(digits),
            _ => None,
        })
        .or_else(|| neighbour(digits, country))
}

/// A number without country code that no national one of `country` looks like, but that has the
/// shape of one of the other two: people of the border regions keep their numbers.
fn neighbour(digits: &str, country: &str) -> Option<String> {
    match (digits.len(), country) {
        (8, "NG") => mali(digits),
        (10, "ML" | "NG") if digits.starts_with('0') => national(digits, "CI"),
        (10 | 11, "ML" | "CI") => {
            let rest = digits.strip_prefix('0').unwrap_or(digits);
            (rest.len() == 10 && rest.starts_with(['7', '8', '9'])).then(|| e164("234", rest))
        }
        _ => None,
    }
}

/// A number that begins with its country code.
fn international(digits: &str) -> Option<String> {
    let of = |code: &str| digits.strip_prefix(code);
    let read = if let Some(rest) = of("223") {
        mali(rest)
    } else if let Some(rest) = of("225") {
        ivory_coast(rest).map(|rest| e164("225", &rest))
    } else if let Some(rest) = of("234") {
        nigeria(rest)
    } else {
        return elsewhere(&format!("+{digits}"), None);
    };
    // A country code written twice, `+223 0022370123456`, is a common slip of forms.
    read.or_else(|| {
        digits.get(3..).and_then(|rest| rest.strip_prefix("00")).and_then(international)
    })
}

/// A number as people of the country dial it at home.
fn national(digits: &str, country: &str) -> Option<String> {
    match country {
        "ML" => mali(digits),
        "CI" => ivory_coast(digits).map(|rest| e164("225", &rest)),
        "NG" => nigeria(digits),
        _ => elsewhere(digits, Some(country)),
    }
}

fn e164(code: &str, rest: &str) -> String {
    let mut number = String::with_capacity(1 + code.len() + rest.len());
    number.push('+');
    number.push_str(code);
    number.push_str(rest);
    number
}

/// The code of the country, when the text is digits alone, and a number as people of the country dial it
/// at home today: [`read`] gives the code and the text.
#[must_use]
pub fn as_dialled(text: &str, country: &str) -> Option<&'static str> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match country {
        "ML" => is_mali(text).then_some("223"),
        "CI" => is_ivory_coast(text).then_some("225"),
        _ => None,
    }
}

/// Eight digits since 1 November 2008: 2 and 4 fixed, 5 to 9 mobile.
fn mali(rest: &str) -> Option<String> {
    is_mali(rest).then(|| e164("223", rest))
}

fn is_mali(rest: &str) -> bool {
    rest.len() == 8 && rest.starts_with(['2', '4', '5', '6', '7', '8', '9'])
}

/// Ten digits since 31 January 2021.
fn is_ivory_coast(rest: &str) -> bool {
    rest.len() == 10 && matches!(rest.get(..2), Some("01" | "05" | "07" | "21" | "25" | "27"))
}

/// Ten digits since 31 January 2021; the eight of before get the prefix of their operator.
fn ivory_coast(rest: &str) -> Option<Cow<'_, str>> {
    match rest.len() {
        10 => is_ivory_coast(rest).then_some(Cow::Borrowed(rest)),
        8 => {
            let operator = match rest.as_bytes().get(1)? {
                b'1'..=b'3' => "01",
                b'4'..=b'6' => "05",
                b'7'..=b'9' => "07",
                _ => return fixed_line(rest).map(Cow::Owned),
            };
            Some(Cow::Owned(format!("{operator}{rest}")))
        }
        _ => None,
    }
}

/// Abidjan's and the interior's fixed lines of before 2021 (20, 30): the third digit told the operator.
fn fixed_line(rest: &str) -> Option<String> {
    if !rest.starts_with(['2', '3']) {
        return None;
    }
    let operator = match rest.as_bytes().get(2)? {
        b'0' => "25",
        b'8' => "21",
        _ => "27",
    };
    Some(format!("{operator}{rest}"))
}

/// Ten digits after the trunk zero: 7, 8 and 9 are mobile; fixed lines are left to the library.
fn nigeria(rest: &str) -> Option<String> {
    let rest = rest.strip_prefix('0').unwrap_or(rest);
    if rest.len() == 10 && rest.starts_with(['7', '8', '9']) {
        return Some(e164("234", rest));
    }
    elsewhere(&e164("234", rest), None)
}

/// Any other country, by libphonenumber's metadata.
fn elsewhere(number: &str, home: Option<&str>) -> Option<String> {
    let home: Option<country::Id> = match home {
        Some(country) => Some(country.parse().ok()?),
        None => None,
    };
    let parsed = phonenumber::parse(home, number).ok()?;
    phonenumber::is_valid(&parsed)
        .then(|| parsed.format().mode(phonenumber::Mode::E164).to_string())
}

/// What a number of a country looks like once read: `+238… (CV)`.
#[must_use]
pub fn form(country: &str) -> String {
    let known = country.parse().ok().and_then(|id: country::Id| {
        let metadata = phonenumber::metadata::DATABASE.by_id(id.as_ref())?;
        Some(format!("+{}… ({country})", metadata.country_code()))
    });
    known.unwrap_or_else(|| format!("+… ({country})"))
}

/// Writes an E.164 number as a list of `country` shows it: national there, with Nigeria's trunk
/// zero, international without blanks for all others.
#[must_use]
pub fn write(number: &str, country: &str) -> String {
    let home = match country {
        "ML" => number.strip_prefix("+223").map(str::to_owned),
        "CI" => number.strip_prefix("+225").map(str::to_owned),
        "NG" => number.strip_prefix("+234").map(|rest| format!("0{rest}")),
        _ => None,
    };
    home.unwrap_or_else(|| number.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_of_the_right_length_may_be_enough() {
        assert_eq!(read("550 35 54", "CV"), None);
        let lenient = |text| read_asked(text, "CV", Asked::Length);
        for text in ["550 35 54", "+238 5503554", "00238 5503554"] {
            assert_eq!(lenient(text).as_deref(), Some("+2385503554"), "{text}");
        }
        for text in ["55035", "550 35 54 00 11", "x"] {
            assert_eq!(lenient(text), None, "{text}");
        }
    }

    #[test]
    fn every_shape_of_a_malian_list_is_one_number() {
        for text in [
            "70123456",
            "+223 70 12 34 56",
            "0022370123456",
            "70-12-34-56",
            "(+223) 70 12 34 56",
            "22370123456",
            "7012 3456",
            " 70.12.34.56 ",
            "70\u{a0}12\u{202f}34 56",
            "+223 0022370123456",
        ] {
            assert_eq!(read(text, "ML").as_deref(), Some("+22370123456"), "{text}");
        }
    }

    #[test]
    fn numbers_of_cote_divoire_are_brought_to_ten_digits() {
        for (text, expected) in [
            ("0101885891", "+2250101885891"),
            ("+225 01 01 88 58 91", "+2250101885891"),
            ("22501885891", "+2250101885891"),
            ("01885891", "+2250101885891"),
            ("08015235", "+2250708015235"),
            ("05650657", "+2250505650657"),
            ("41433582", "+2250141433582"),
            ("0747 848207", "+2250747848207"),
            ("20304050", "+2252720304050"),
            ("2721304050", "+2252721304050"),
        ] {
            assert_eq!(read(text, "CI").as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn nigerian_numbers_lose_their_trunk_zero() {
        for text in [
            "08031234567",
            "8031234567",
            "+234 803 123 4567",
            "+234 (0) 803 123 4567",
            "2348031234567",
            "002348031234567",
        ] {
            assert_eq!(read(text, "NG").as_deref(), Some("+2348031234567"), "{text}");
        }
    }

    #[test]
    fn a_foreign_number_keeps_its_country() {
        assert_eq!(read("+2250101885891", "NG").as_deref(), Some("+2250101885891"));
        assert_eq!(read("2250101885891", "ML").as_deref(), Some("+2250101885891"));
        assert_eq!(read("+33 6 12 34 56 78", "ML").as_deref(), Some("+33612345678"));
        assert_eq!(read("06 12 34 56 78", "FR").as_deref(), Some("+33612345678"));
        assert_eq!(read("+226 70 12 34 56", "CI").as_deref(), Some("+22670123456"));
    }

    #[test]
    fn a_neighbours_number_without_code_is_known_by_its_shape() {
        assert_eq!(read("0747 848207", "ML").as_deref(), Some("+2250747848207"));
        assert_eq!(read("80 28 80 56 67", "ML").as_deref(), Some("+2348028805667"));
        assert_eq!(read("08028805667", "CI").as_deref(), Some("+2348028805667"));
        assert_eq!(read("70123456", "NG").as_deref(), Some("+22370123456"));
    }

    #[test]
    fn what_cannot_be_a_number_is_none() {
        for text in [
            "",
            " ",
            "-",
            "néant",
            "7012345",
            "701234567",
            "00",
            "+",
            "70123456 / 66123456",
            "123456789012345678901234",
        ] {
            assert_eq!(read(text, "ML"), None, "{text}");
        }
        assert_eq!(read("0601885891", "CI"), None);
        assert_eq!(read("+999 123", "ML"), None);
        assert_eq!(read("70123456", "??"), None);
    }

    proptest! {
        #[test]
        fn a_number_written_for_a_list_reads_back(
            country in prop::sample::select(vec!["ML", "CI", "NG", "FR"]),
            number in prop_oneof!["\\+223[2-9][0-9]{7}".prop_filter("no zone 3", |n| !n.starts_with("+2233")),
                "\\+2250[157][0-9]{8}", "\\+234[789][0-9]{9}"],
        ) {
            let list = if country == "FR" { "FR" } else { country };
            prop_assert_eq!(read(&write(&number, list), list), Some(number));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in ".{0,24}", country in ".{0,3}") {
            let _ = read(&text, &country);
        }
    }
}
