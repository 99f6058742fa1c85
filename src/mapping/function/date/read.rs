//! Reading a text by a layout.

use jiff::civil::Date;

use super::layout::{Part, is_compact};
use super::months::month;
use super::{DateError, FIRST_SAFE_SERIAL, LONE_YEARS, SERIAL_OF_1970};
use crate::model::PartialDate;

/// What is left to read.
struct Cursor<'t>(&'t str);

impl Cursor<'_> {
    /// Between `min` and `max` digits, as a number.
    fn digits(&mut self, min: usize, max: usize) -> Result<i16, DateError> {
        let bytes = self.0.as_bytes();
        let width = bytes.iter().take(max).take_while(|byte| byte.is_ascii_digit()).count();
        if width < min {
            return Err(DateError::Form);
        }
        let number =
            bytes.iter().take(width).fold(0, |sum: i16, byte| sum * 10 + i16::from(byte - b'0'));
        self.0 = self.0.get(width..).ok_or(DateError::Form)?;
        Ok(number)
    }

    /// The name of a month, with a point where it is shortened.
    fn month_name(&mut self) -> Result<i16, DateError> {
        let end = self.0.find(|c: char| !c.is_alphabetic()).unwrap_or(self.0.len());
        let (name, rest) = self.0.split_at(end);
        self.0 = rest.strip_prefix('.').unwrap_or(rest);
        month(name).ok_or(DateError::Form)
    }

    fn mark(&mut self, mark: char) -> Result<(), DateError> {
        let mut rest = self.0.chars();
        let found = rest.next().ok_or(DateError::Form)?;
        let blank = mark == ' ' && found.is_whitespace();
        if !blank && found != mark && !found.to_lowercase().eq(mark.to_lowercase()) {
            return Err(DateError::Form);
        }
        self.0 = if blank { rest.as_str().trim_start() } else { rest.as_str() };
        Ok(())
    }

    fn end(&self) -> Result<(), DateError> {
        if self.0.is_empty() { Ok(()) } else { Err(DateError::Form) }
    }
}

/// The full year of two digits.
pub(super) fn century(short: u8, pivot: u8) -> i16 {
    i16::from(short) + if short <= pivot { 2000 } else { 1900 }
}

/// Reads by the parts of a pattern.
pub(super) fn parts(parts: &[Part], pivot: u8, text: &str) -> Result<PartialDate, DateError> {
    let mut rest = Cursor(text);
    let (mut year, mut month, mut day) = (0, None, None);
    for part in parts {
        match part {
            Part::Day { padded } => {
                day = Some(rest.digits(if *padded { 2 } else { 1 }, 2)?);
                // In French the first of a month is `1er`.
                if day == Some(1) && parts.iter().any(|p| matches!(p, Part::MonthName { .. })) {
                    rest.0 = rest.0.strip_prefix("er").unwrap_or(rest.0);
                }
            }
            Part::Month { padded } => month = Some(rest.digits(if *padded { 2 } else { 1 }, 2)?),
            Part::MonthName { .. } => month = Some(rest.month_name()?),
            Part::Year => year = rest.digits(4, 4)?,
            Part::ShortYear => {
                let short = u8::try_from(rest.digits(2, 2)?).map_err(|_| DateError::Form)?;
                year = century(short, pivot);
            }
            Part::Word(word) => word.chars().try_for_each(|letter| rest.mark(letter))?,
            Part::Mark(mark) => rest.mark(*mark)?,
        }
    }
    rest.end()?;
    if is_compact(parts) && day == Some(0) {
        day = None;
        month = month.filter(|month| *month != 0);
    }
    partial(year, month, day)
}

/// Reads a date as [`PartialDate`] shows itself.
pub(super) fn edtf(text: &str) -> Result<PartialDate, DateError> {
    match text.strip_suffix('~') {
        Some(date) => day(date).map(PartialDate::approximately),
        None => day(text),
    }
}

fn day(text: &str) -> Result<PartialDate, DateError> {
    if text.len() > 10 { Err(DateError::Form) } else { iso(text) }
}

/// Reads `1985`, `1985-06`, `1985-06-14` or `1985-06-14T10:20:30.5+01:00`; the day counts as written.
pub(super) fn iso(text: &str) -> Result<PartialDate, DateError> {
    let mut rest = Cursor(text);
    let year = rest.digits(4, 4)?;
    let mut month = None;
    let mut day = None;
    if !rest.0.is_empty() {
        rest.mark('-')?;
        month = Some(rest.digits(2, 2)?);
    }
    if !rest.0.is_empty() {
        rest.mark('-')?;
        day = Some(rest.digits(2, 2)?);
    }
    if !rest.0.is_empty() {
        time_of_day(&mut rest)?;
    }
    rest.end()?;
    partial(year, month, day)
}

/// `T10:20`, seconds, their fraction and the zone are optional.
fn time_of_day(rest: &mut Cursor<'_>) -> Result<(), DateError> {
    rest.mark('T').or_else(|_| rest.mark(' '))?;
    let hour = rest.digits(2, 2)?;
    rest.mark(':')?;
    let minute = rest.digits(2, 2)?;
    let mut second = 0;
    if rest.mark(':').is_ok() {
        second = rest.digits(2, 2)?;
        if rest.mark('.').is_ok() {
            let fraction = rest.0.trim_start_matches(|c: char| c.is_ascii_digit());
            if fraction.len() == rest.0.len() {
                return Err(DateError::Form);
            }
            rest.0 = fraction;
        }
    }
    // 60 is a leap second.
    if hour > 23 || minute > 59 || second > 60 {
        return Err(DateError::Impossible);
    }
    if rest.mark('Z').is_err() && (rest.mark('+').is_ok() || rest.mark('-').is_ok()) {
        let hours = rest.digits(2, 2)?;
        rest.mark(':')?;
        let minutes = rest.digits(2, 2)?;
        if hours > 14 || minutes > 59 {
            return Err(DateError::Impossible);
        }
    }
    Ok(())
}

/// Reads a spreadsheet day number; `35228.0`, as some exports write it, is the same day.
pub(super) fn serial(text: &str) -> Result<PartialDate, DateError> {
    let whole = match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|byte| byte == b'0') => whole,
        Some(_) => return Err(DateError::Form),
        None => text,
    };
    if whole.is_empty() || whole.len() > 7 || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(DateError::Form);
    }
    let serial: i64 = whole.parse().map_err(|_| DateError::Form)?;
    if serial < FIRST_SAFE_SERIAL {
        return Err(DateError::Impossible);
    }
    let days = jiff::Span::new().try_days(serial - SERIAL_OF_1970);
    days.and_then(|days| Date::constant(1970, 1, 1).checked_add(days))
        .map(PartialDate::full)
        .map_err(|_| DateError::Impossible)
}

/// Reads seconds, or thousandths, since 1970-01-01 in Greenwich, which is local time in most of West
/// Africa; the time of day is dropped.
pub(super) fn epoch(text: &str, per_second: i64) -> Result<PartialDate, DateError> {
    let whole = match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|byte| byte.is_ascii_digit()) => whole,
        Some(_) => return Err(DateError::Form),
        None => text,
    };
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(DateError::Form);
    }
    let count: i64 = whole.parse().map_err(|_| DateError::Impossible)?;
    let days = count.div_euclid(per_second * SECONDS_OF_A_DAY);
    let days = jiff::Span::new().try_days(days).map_err(|_| DateError::Impossible)?;
    let date = Date::constant(1970, 1, 1).checked_add(days).map_err(|_| DateError::Impossible)?;
    Ok(PartialDate::full(date))
}

pub(super) const SECONDS_OF_A_DAY: i64 = 86_400;

fn partial(year: i16, month: Option<i16>, day: Option<i16>) -> Result<PartialDate, DateError> {
    let small = |number: i16| i8::try_from(number).map_err(|_| DateError::Impossible);
    match (month, day) {
        (None, None) if LONE_YEARS.contains(&year) => Ok(PartialDate::year_only(year)),
        (None, _) => Err(DateError::Impossible),
        (Some(month), None) if year > 0 => {
            PartialDate::year_month(year, small(month)?).map_err(|_| DateError::Impossible)
        }
        (Some(month), Some(day)) if year > 0 => Date::new(year, small(month)?, small(day)?)
            .map(PartialDate::full)
            .map_err(|_| DateError::Impossible),
        _ => Err(DateError::Impossible),
    }
}
