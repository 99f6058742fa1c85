//! Dates in the layouts that senders use, read into [`PartialDate`] and written back.
//!
//! A layout is a pattern of `d`, `M` and `y` letters, separators and quoted words, or one of the
//! names `iso`, `edtf`, `serial`, `epoch` and `epoch_ms`. Trying several layouts in order is the caller's business. The
//! question "is it in the future?" is not asked here: that needs to know today.

use std::fmt;

use jiff::civil::Date;

use super::super::value::trimmed;
use crate::model::PartialDate;

mod fixed;
mod layout;
mod months;
mod read;

use fixed::Fixed;
pub use layout::LayoutError;
use layout::Part;
pub use months::Months;

/// A compiled date layout.
///
/// | letters | read | written |
/// |---|---|---|
/// | `dd` `MM` | exactly two digits | two digits |
/// | `d` `M` | one or two digits | no leading zero |
/// | `MMM` `MMMM` | the name of a month in French, English or Portuguese, whole or its beginning | shortened, whole |
/// | `yyyy` | four digits | four digits |
/// | `yy` | two digits; up to the pivot 20yy, above it 19yy | two digits, if they read back as the same year |
/// | `'VERS '` | the text in any case; a space in it is one blank or more, also no-break | the text |
/// | `~` at the end | nothing; the date is approximate | nothing |
/// | anything else | itself | itself |
/// | `edtf` | `1985`, `1985-06`, `1985-06-14`, each with `~` perhaps | the same |
/// | `iso` | the same without `~`, or with a time of day, which is checked and dropped | without `~` |
/// | `serial` | a spreadsheet's day number, 25569 is 1970-01-01 | the number |
/// | `epoch` `epoch_ms` | seconds, thousandths of a second since 1970-01-01 | the number of its midnight |
///
/// In a layout of all three fields without separators (`yyyyMMdd`), `00` for the day, or for day and
/// month, means that they are unknown. A layout of the year alone reads 1000 to 2999 only, so that spreadsheet day
/// numbers cannot pass for years.
///
/// ```
/// use dankun::mapping::function::date::Layout;
///
/// let layout = Layout::parse("'VERS 'yyyy~").expect("a layout");
/// assert_eq!(layout.read("vers 1985").expect("a date").to_string(), "1985~");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Layout {
    kind: Kind,
    /// Two-digit years up to this one belong to the century 2000.
    pivot: u8,
    /// The language in which names of months are written.
    months: Months,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Kind {
    Parts {
        parts: Vec<Part>,
        approximate: bool,
        /// The same where every part has its place.
        fixed: Option<Fixed>,
    },
    /// `1985`, `1985-06`, `1985-06-14`, with an optional time of day that is checked and dropped.
    Iso,
    /// As [`PartialDate`] shows itself.
    Edtf,
    /// Days since 1899-12-30, as spreadsheets count from March 1900 on.
    Serial,
    /// So many units of a second since 1970-01-01.
    Epoch { per_second: i64 },
}

/// Why a text is not a date in a layout.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DateError {
    /// The text does not have the form of the layout.
    #[error("not written in the expected layout")]
    Form,
    /// The form is right, but the calendar has no such day.
    #[error("no such day in the calendar")]
    Impossible,
}

/// Up to 10 is 20yy: the pivot of senders that say nothing. It must move when births of 2011 come in
/// with two digits, and a mapping can set it.
pub const DEFAULT_PIVOT: u8 = 10;

/// Years that stand alone are between these; see [`Layout`].
const LONE_YEARS: std::ops::RangeInclusive<i16> = 1000..=2999;

/// The spreadsheet number of 1970-01-01.
const SERIAL_OF_1970: i64 = 25_569;

/// 1900-03-01; before it spreadsheets disagree, because one of them gave 1900 a leap day.
const FIRST_SAFE_SERIAL: i64 = 61;

impl Layout {
    /// Whether it has years of two digits, so that the pivot matters.
    #[must_use]
    pub fn has_short_year(&self) -> bool {
        matches!(&self.kind, Kind::Parts { parts, .. } if parts.contains(&Part::ShortYear))
    }

    /// Compiles a layout.
    ///
    /// # Errors
    /// When a letter is unknown or repeated a wrong number of times, a field stands twice, a quote
    /// is open, there is no year, or a day has no month.
    pub fn parse(pattern: &str) -> Result<Self, LayoutError> {
        let kind = match pattern {
            "iso" => Kind::Iso,
            "edtf" => Kind::Edtf,
            "serial" => Kind::Serial,
            "epoch" => Kind::Epoch { per_second: 1 },
            "epoch_ms" => Kind::Epoch { per_second: 1_000 },
            _ => {
                let exact = pattern.strip_suffix('~');
                let parts = layout::parts(exact.unwrap_or(pattern))?;
                let fixed = Fixed::of(&parts);
                Kind::Parts { parts, approximate: exact.is_some(), fixed }
            }
        };
        Ok(Self { kind, pivot: DEFAULT_PIVOT, months: Months::default() })
    }

    /// The same layout where two-digit years up to `pivot` (0 to 99) belong to the century 2000.
    #[must_use]
    pub fn with_pivot(self, pivot: u8) -> Self {
        Self { pivot, ..self }
    }

    /// The same layout with names of months written in this language.
    #[must_use]
    pub fn with_months(self, months: Months) -> Self {
        Self { months, ..self }
    }

    /// Whether the pivot decides about the century.
    #[must_use]
    pub fn has_two_digit_year(&self) -> bool {
        matches!(&self.kind, Kind::Parts { parts, .. } if parts.contains(&Part::ShortYear))
    }

    /// Reads a date; blanks around it are ignored.
    ///
    /// # Errors
    /// [`DateError::Form`] or [`DateError::Impossible`].
    pub fn read(&self, text: &str) -> Result<PartialDate, DateError> {
        let text = trimmed(text);
        match &self.kind {
            Kind::Parts { parts, approximate, fixed } => {
                let date = match fixed.and_then(|fixed| fixed.read(text)) {
                    Some(date) => date,
                    None => read::parts(parts, self.pivot, text)?,
                };
                Ok(if *approximate { date.approximately() } else { date })
            }
            Kind::Iso => read::iso(text),
            Kind::Edtf => read::edtf(text),
            Kind::Serial => read::serial(text),
            Kind::Epoch { per_second } => read::epoch(text, *per_second),
        }
    }

    /// Reads a whole day where each of its digits has its place; of anything else nothing is said.
    #[inline]
    #[must_use]
    pub fn read_at_once(&self, text: &str) -> Option<PartialDate> {
        match &self.kind {
            Kind::Parts { fixed: Some(fixed), approximate: false, .. } => fixed.read(text),
            Kind::Parts { .. } | Kind::Iso | Kind::Edtf | Kind::Serial | Kind::Epoch { .. } => None,
        }
    }

    /// Writes a date, or `None` when the layout has no form for it: a year in a layout with days,
    /// 1985 with a two-digit year whose pivot says 2085, an exact date where `~` makes it approximate.
    ///
    /// That a date is approximate gets lost where the layout has no `~`; reading back tells.
    #[must_use]
    pub fn write(&self, date: PartialDate) -> Option<String> {
        match &self.kind {
            Kind::Parts { parts, approximate, fixed } if date.is_approximate() || !approximate => {
                let written = fixed.and_then(|fixed| fixed.write(date));
                written.or_else(|| self.write_parts(parts, date))
            }
            Kind::Parts { .. } => None,
            Kind::Iso if date.is_approximate() => {
                Some(date.to_string().trim_end_matches('~').to_owned())
            }
            Kind::Iso | Kind::Edtf => Some(date.to_string()),
            Kind::Epoch { per_second } => {
                Some((days_since_1970(date)? * read::SECONDS_OF_A_DAY * per_second).to_string())
            }
            Kind::Serial => {
                let serial = days_since_1970(date)? + SERIAL_OF_1970;
                (serial >= FIRST_SAFE_SERIAL).then(|| serial.to_string())
            }
        }
    }

    fn write_parts(&self, parts: &[Part], date: PartialDate) -> Option<String> {
        use std::fmt::Write as _;

        let zeros = layout::is_compact(parts);
        let unknown = |part: Option<i8>| if zeros { Some(part.unwrap_or(0)) } else { part };
        let mut out = String::with_capacity(12);
        let (mut says_month, mut says_day) = (false, false);
        for part in parts {
            match part {
                Part::Day { padded } => {
                    says_day = true;
                    write_number(&mut out, unknown(date.day())?, *padded);
                }
                Part::Month { padded } => {
                    says_month = true;
                    write_number(&mut out, unknown(date.month())?, *padded);
                }
                Part::MonthName { whole } => {
                    says_month = true;
                    out.push_str(&self.months.name(date.month()?, *whole)?);
                }
                Part::Year => write!(out, "{:04}", date.year()).ok()?,
                Part::ShortYear => {
                    let short = u8::try_from(date.year().rem_euclid(100)).ok()?;
                    if read::century(short, self.pivot) != date.year() {
                        return None;
                    }
                    write!(out, "{short:02}").ok()?;
                }
                Part::Word(word) => out.push_str(word),
                Part::Mark(mark) => out.push(*mark),
            }
        }
        // A layout that says less than the date would lose its day or month.
        let complete =
            date.month().is_none_or(|_| says_month) && date.day().is_none_or(|_| says_day);
        complete.then_some(out)
    }
}

fn days_since_1970(date: PartialDate) -> Option<i64> {
    let epoch = Date::constant(1970, 1, 1);
    Some(i64::from(date.to_date()?.since(epoch).ok()?.get_days()))
}

fn write_number(out: &mut String, number: i8, padded: bool) {
    if padded && number < 10 {
        out.push('0');
    }
    out.push_str(&number.to_string());
}

impl fmt::Display for Layout {
    /// The layout as it was written.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Iso => out.write_str("iso"),
            Kind::Edtf => out.write_str("edtf"),
            Kind::Serial => out.write_str("serial"),
            Kind::Epoch { per_second: 1 } => out.write_str("epoch"),
            Kind::Epoch { .. } => out.write_str("epoch_ms"),
            Kind::Parts { parts, approximate, .. } => {
                parts.iter().try_for_each(|part| write!(out, "{part}"))?;
                out.write_str(if *approximate { "~" } else { "" })
            }
        }
    }
}

#[cfg(test)]
mod tests;
