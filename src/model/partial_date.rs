//! Dates that may lack a day or a month, written as EDTF level 1 (ISO 8601-2:2019).

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

/// A date known to the year, the month or the day, perhaps only approximately.
///
/// Written `1985`, `1985-06`, `1985-06-14`, and `1985~` for "vers 1985".
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PartialDate {
    year: i16,
    /// 0 when unknown.
    month: i8,
    /// 0 when unknown.
    day: i8,
    approximate: bool,
}

/// Why a text is no partial date.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a date such as 1985, 1985-06, 1985-06-14 or 1985~")]
pub struct PartialDateError;

impl PartialDate {
    /// A year alone.
    #[must_use]
    pub fn year_only(year: i16) -> Self {
        Self { year, month: 0, day: 0, approximate: false }
    }

    /// A year and a month.
    ///
    /// # Errors
    /// When the month is not 1 to 12.
    pub fn year_month(year: i16, month: i8) -> Result<Self, PartialDateError> {
        Date::new(year, month, 1).map_err(|_| PartialDateError)?;
        Ok(Self { year, month, day: 0, approximate: false })
    }

    /// A full date.
    #[must_use]
    pub fn full(date: Date) -> Self {
        Self { year: date.year(), month: date.month(), day: date.day(), approximate: false }
    }

    /// The same date, known only approximately.
    #[must_use]
    pub fn approximately(self) -> Self {
        Self { approximate: true, ..self }
    }

    /// The year.
    #[must_use]
    pub const fn year(self) -> i16 {
        self.year
    }

    /// The month, from 1, when known.
    #[must_use]
    pub const fn month(self) -> Option<i8> {
        if self.month == 0 { None } else { Some(self.month) }
    }

    /// The day of the month, from 1, when known.
    #[must_use]
    pub const fn day(self) -> Option<i8> {
        if self.day == 0 { None } else { Some(self.day) }
    }

    /// Whether the date is only approximate (`~`).
    #[must_use]
    pub const fn is_approximate(self) -> bool {
        self.approximate
    }

    /// The full date, when day and month are known.
    #[must_use]
    pub fn to_date(self) -> Option<Date> {
        if self.day == 0 { None } else { Date::new(self.year, self.month, self.day).ok() }
    }

    /// The first day that this date can mean.
    #[must_use]
    pub fn earliest(self) -> Date {
        Date::new(self.year, self.month.max(1), self.day.max(1)).unwrap_or(Date::MIN)
    }

    /// The last day that this date can mean.
    #[must_use]
    pub fn latest(self) -> Date {
        let month = if self.month == 0 { 12 } else { self.month };
        match Date::new(self.year, month, self.day.max(1)) {
            Ok(date) if self.day == 0 => date.last_of_month(),
            Ok(date) => date,
            Err(_) => Date::MAX,
        }
    }
}

impl FromStr for PartialDate {
    type Err = PartialDateError;

    fn from_str(text: &str) -> Result<Self, PartialDateError> {
        // Most are whole days.
        if let &[a, b, c, d, b'-', e, f, b'-', g, h] = text.as_bytes()
            && [a, b, c, d, e, f, g, h].iter().all(u8::is_ascii_digit)
        {
            let pair = |tens: u8, ones: u8| ((tens - b'0') * 10 + (ones - b'0')) as i8;
            let year = i16::from(pair(a, b)) * 100 + i16::from(pair(c, d));
            let date = Date::new(year, pair(e, f), pair(g, h));
            return date.map(Self::full).map_err(|_| PartialDateError);
        }
        let (plain, approximate) = match text.strip_suffix('~') {
            Some(plain) => (plain, true),
            None => (text, false),
        };
        let mut parts = plain.split('-');
        let year = number::<i16>(parts.next(), 4)?.ok_or(PartialDateError)?;
        let month = number::<i8>(parts.next(), 2)?;
        let day = number::<i8>(parts.next(), 2)?;
        if parts.next().is_some() {
            return Err(PartialDateError);
        }
        let date = match (month, day) {
            (None, _) => Self::year_only(year),
            (Some(month), None) => Self::year_month(year, month)?,
            (Some(month), Some(day)) => {
                Self::full(Date::new(year, month, day).map_err(|_| PartialDateError)?)
            }
        };
        Ok(Self { approximate, ..date })
    }
}

fn number<T: FromStr>(part: Option<&str>, digits: usize) -> Result<Option<T>, PartialDateError> {
    match part {
        None => Ok(None),
        Some(text) if text.len() == digits && text.bytes().all(|b| b.is_ascii_digit()) => {
            text.parse().map(Some).map_err(|_| PartialDateError)
        }
        Some(_) => Err(PartialDateError),
    }
}

/// The two digits of each number below 100.
const PAIRS: [u16; 100] = {
    let mut pairs = [0; 100];
    let mut number = 0;
    while number < pairs.len() {
        let (tens, ones) = (number as u8 / 10, number as u8 % 10);
        pairs[number] = u16::from_le_bytes([b'0' + tens, b'0' + ones]);
        number += 1;
    }
    pairs
};

/// The text of a date, without memory of its own.
#[derive(Clone, Copy)]
pub struct DateText {
    bytes: [u8; 11],
    length: u8,
}

impl DateText {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let text = self.bytes.get(..usize::from(self.length)).unwrap_or_default();
        std::str::from_utf8(text).unwrap_or_default()
    }

    /// The same as bytes; all of them are ASCII.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }
}

impl PartialDate {
    /// As it is written; years before 0, which no layout reads, are not.
    #[inline]
    #[must_use]
    pub fn text(self) -> DateText {
        let [a, b, c, d, e, f, g, h, i, j] = self.whole_day();
        let mut bytes = [a, b, c, d, e, f, g, h, i, j, b'~'];
        let length = match (self.month, self.day) {
            (0, _) => 4,
            (_, 0) => 7,
            _ => 10,
        };
        if self.approximate {
            bytes[usize::from(length)] = b'~';
        }
        DateText { bytes, length: length + u8::from(self.approximate) }
    }

    /// Writes it, as [`PartialDate::text`] does.
    #[inline]
    pub fn write(self, out: &mut Vec<u8>) {
        if self.day > 0 && !self.approximate {
            // Most dates are whole days: ten bytes are copied without a call.
            out.extend_from_slice(&self.whole_day());
        } else {
            out.extend_from_slice(self.text().as_bytes());
        }
    }

    /// Year, month and day, whether they are known or not.
    #[inline]
    fn whole_day(self) -> [u8; 10] {
        let pair = |number: u16| u64::from(PAIRS[usize::from(number % 100)]);
        let (year, month) = (self.year.unsigned_abs(), u16::from(self.month.unsigned_abs()));
        let hyphen = u64::from(b'-');
        let year_month = pair(year / 100) | pair(year) << 16 | hyphen << 32 | pair(month) << 40;
        // One word in one go: bytes that are put together in memory are waited for.
        let [a, b, c, d, e, f, g, h] = (year_month | hyphen << 56).to_le_bytes();
        let [i, j] = PAIRS[usize::from(self.day.unsigned_abs() % 100)].to_le_bytes();
        [a, b, c, d, e, f, g, h, i, j]
    }

    /// Whether all of it lies after a day.
    #[must_use]
    pub fn begins_after(self, day: Date) -> bool {
        let first = (self.year, self.month.max(1), self.day.max(1));
        first > (day.year(), day.month(), day.day())
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if (0..=9999).contains(&self.year) {
            return out.write_str(self.text().as_str());
        }
        write!(out, "{:04}", self.year)?;
        for part in [self.month, self.day] {
            if part > 0 {
                write!(out, "-{part:02}")?;
            }
        }
        out.write_str(if self.approximate { "~" } else { "" })
    }
}

impl fmt::Debug for PartialDate {
    /// A birth date is personal: only its precision is shown.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let precision = match (self.month, self.day) {
            (0, _) => "year",
            (_, 0) => "month",
            _ => "day",
        };
        write!(out, "PartialDate({precision})")
    }
}

impl serde::Serialize for PartialDate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for PartialDate {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_precision_survives_its_text() {
        for text in ["1985", "1985~", "1985-06", "1985-06-14", "0000", "1985-06-14~"] {
            let date = text.parse::<PartialDate>();
            assert_eq!(date.as_ref().map(ToString::to_string).as_deref(), Ok(text));
            let mut written = Vec::new();
            date.unwrap().write(&mut written);
            assert_eq!(written, text.as_bytes());
        }
    }

    #[test]
    fn impossible_dates_are_refused() {
        for text in ["", "85", "1985-13", "1985-02-30", "1985-1-1", "1985-01-01-01", "~"] {
            assert_eq!(text.parse::<PartialDate>(), Err(PartialDateError), "{text}");
        }
    }

    #[test]
    fn a_year_is_an_interval() {
        let year: PartialDate = "1984".parse().unwrap();
        assert_eq!(year.earliest().to_string(), "1984-01-01");
        assert_eq!(year.latest().to_string(), "1984-12-31");
    }
}
