//! Dates.

use std::borrow::Cow;

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};

use crate::model::{Expected, IssueCode, PartialDate};

use super::super::function::date::Layout;
use super::super::scene::{Input, Surroundings};
use super::super::value::{Class, Value};
use super::Failure;

/// Layouts that are tried in order.
#[derive(Debug)]
pub struct Dates {
    layouts: Vec<Layout>,
    shown: String,
}

impl Dates {
    /// For these layouts, at least one.
    #[must_use]
    pub fn new(layouts: Vec<Layout>) -> Self {
        let shown: Vec<String> = layouts.iter().map(ToString::to_string).collect();
        Self { shown: shown.join(" | "), layouts }
    }

    /// The layouts as messages show them.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Reads a date.
    ///
    /// # Errors
    /// `bad_date` when no layout fits.
    pub fn read<'a>(&self, value: Value<'a>) -> Result<Value<'a>, Box<Failure>> {
        let date = match &value {
            Value::Text(text) => self.find(text),
            Value::Date(date) => Some(*date).filter(is_dated),
            Value::Absent => return Ok(value),
            Value::List(_) => None,
        };
        date.map(Value::Date)
            .ok_or_else(|| Failure::new(IssueCode::BadDate, Expected::Form(self.shown.clone())))
    }

    /// The date of a text, in the first layout that fits.
    #[inline]
    #[must_use]
    pub fn find(&self, text: &str) -> Option<PartialDate> {
        match self.layouts.first().and_then(|first| first.read_at_once(text)) {
            Some(date) => Some(date),
            None => self.layouts.iter().find_map(|layout| layout.read(text).ok()).filter(is_dated),
        }
    }

    /// Writes a date in the first layout that has a form for it.
    #[must_use]
    pub fn write<'a>(&self, value: Value<'a>) -> Option<Value<'a>> {
        let date = date_of(&value)?;
        let written = self.layouts.iter().find_map(|layout| {
            // A layout with days takes 1985 only when it can say that the rest is unknown.
            let text = layout.write(date)?;
            layout.read(&text).is_ok_and(|back| back == date).then_some(text)
        });
        let written = written.or_else(|| self.layouts.iter().find_map(|layout| layout.write(date)));
        written.map(|text| Value::Text(Cow::Owned(text)))
    }
}

/// The year 0 stands in exports for "unknown", never for a year.
fn is_dated(date: &PartialDate) -> bool {
    date.year() > 0
}

/// A unit of time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Days.
    Days,
    /// Months.
    Months,
    /// Years.
    Years,
}

impl Unit {
    /// The units with their names in mappings.
    pub const NAMES: &'static [(&'static str, Self)] =
        &[("days", Self::Days), ("months", Self::Months), ("years", Self::Years)];

    /// The unit of a word, one or many.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        let same = |name: &str| name == word || name.strip_suffix('s') == Some(word);
        Self::NAMES.iter().find(|(name, _)| same(name)).map(|(_, unit)| *unit)
    }

    /// So many of it; nothing beyond a few thousand years.
    fn times(self, count: i64) -> Option<Span> {
        if count.unsigned_abs() > MOST_UNITS {
            return None;
        }
        Some(match self {
            Self::Days => count.days(),
            Self::Months => count.months(),
            Self::Years => count.years(),
        })
    }
}

/// Nobody's dates lie further apart: 100,000 days are 273 years.
const MOST_UNITS: u64 = 100_000;

/// How far a date is moved.
#[derive(Debug)]
pub struct Move {
    count: Count,
    unit: Unit,
}

#[derive(Debug)]
enum Count {
    Fixed(i64),
    Read(Input),
}

impl Move {
    /// By a fixed number.
    #[must_use]
    pub const fn by(count: i64, unit: Unit) -> Self {
        Self { count: Count::Fixed(count), unit }
    }

    /// By the number that stands in another field.
    #[must_use]
    pub const fn read(count: Input, unit: Unit) -> Self {
        Self { count: Count::Read(count), unit }
    }

    /// The field with the number, when one has it.
    #[must_use]
    pub const fn input(&self) -> Option<Input> {
        match &self.count {
            Count::Fixed(_) => None,
            Count::Read(input) => Some(*input),
        }
    }

    /// Of a text such as `12 months` or `-1 day`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (count, unit) = text.trim().split_once(char::is_whitespace)?;
        let count: i64 = count.trim_start_matches('+').parse().ok()?;
        let unit = Unit::parse(unit.trim())?;
        unit.times(count).is_some().then_some(Self { count: Count::Fixed(count), unit })
    }

    /// Days go both ways; the end of a month does not.
    #[must_use]
    pub const fn class(&self) -> Class {
        match (&self.count, self.unit) {
            (Count::Fixed(_), Unit::Days) => Class::Exact,
            (Count::Fixed(_), Unit::Months | Unit::Years) => Class::Partial,
            (Count::Read(_), _) => Class::OneWay,
        }
    }

    /// Moves a date; without a number in the other field there is no date.
    ///
    /// # Errors
    /// `bad_date` when the date is not known to the unit, `bad_number` when the other field holds none.
    pub fn run<'a>(
        &self,
        value: Value<'a>,
        around: &impl Surroundings,
    ) -> Result<Value<'a>, Box<Failure>> {
        let count = match &self.count {
            Count::Fixed(count) => *count,
            Count::Read(input) => match around.text(*input) {
                None => return Ok(Value::Absent),
                Some(text) => text.trim().parse().map_err(|_| {
                    let expected = Expected::Form("0, 1, 2 …".to_owned());
                    Failure::of_field(*input, IssueCode::BadNumber, expected)
                })?,
            },
        };
        let Value::Date(date) = value else { return Ok(value) };
        let moved = moved(date, count, self.unit).ok_or_else(|| {
            let known = match self.unit {
                Unit::Days => "yyyy-MM-dd",
                Unit::Months => "yyyy-MM",
                Unit::Years => "yyyy",
            };
            Failure::new(IssueCode::BadDate, Expected::Form(known.to_owned()))
        })?;
        Ok(Value::Date(moved))
    }

    /// Moves a date back.
    #[must_use]
    pub fn back<'v>(&self, value: Value<'v>) -> Option<Value<'v>> {
        let Count::Fixed(count) = self.count else { return None };
        let date = date_of(&value)?;
        moved(date, count.checked_neg()?, self.unit).map(Value::Date)
    }
}

/// A date so many units later; nothing when it is not known to the unit, or out of the calendar.
fn moved(date: PartialDate, count: i64, unit: Unit) -> Option<PartialDate> {
    let known = match unit {
        Unit::Days => date.day().is_some(),
        Unit::Months => date.month().is_some(),
        Unit::Years => true,
    };
    let later = date.earliest().checked_add(unit.times(count)?).ok().filter(|_| known)?;
    let later = match (date.month(), date.day()) {
        (None, _) => PartialDate::year_only(later.year()),
        (Some(_), None) => PartialDate::year_month(later.year(), later.month()).ok()?,
        (Some(_), Some(_)) => PartialDate::full(later),
    };
    Some(if date.is_approximate() { later.approximately() } else { later })
}

fn date_of(value: &Value<'_>) -> Option<PartialDate> {
    match value {
        Value::Date(date) => Some(*date),
        Value::Text(text) => text.parse().ok(),
        Value::Absent | Value::List(_) => None,
    }
}

/// The fields in which the month and the day of a date stand beside its year.
#[derive(Debug)]
pub struct Parts {
    month: Input,
    day: Option<Input>,
}

impl Parts {
    /// Of these fields.
    #[must_use]
    pub const fn new(month: Input, day: Option<Input>) -> Self {
        Self { month, day }
    }

    /// The fields.
    pub fn inputs(&self) -> impl Iterator<Item = Input> {
        std::iter::once(self.month).chain(self.day)
    }

    /// The date of a year: as exact as its parts are known. A part that is absent, or 0, is unknown.
    ///
    /// # Errors
    /// `bad_date` with all three parts when a part is no number or the calendar has no such day.
    pub fn read<'a>(
        &self,
        value: Value<'a>,
        around: &impl Surroundings,
    ) -> Result<Value<'a>, Box<Failure>> {
        let Value::Text(year) = &value else { return Ok(value) };
        let text = |input: Option<Input>| input.and_then(|input| around.text(input));
        let texts = [Some(&**year), text(Some(self.month)), text(self.day)];
        let date = from_parts(texts);
        date.map(Value::Date).ok_or_else(|| {
            let shown: Vec<&str> = texts.iter().flatten().map(|part| part.trim()).collect();
            let mut failure = Failure::new(IssueCode::BadDate, Expected::Form("yyyy-M-d".into()));
            failure.shown = Some(shown.join("-").into());
            failure
        })
    }
}

/// A date of a year and what is known of its month and day; `None` when there is no such day.
fn from_parts([year, month, day]: [Option<&str>; 3]) -> Option<PartialDate> {
    // A number of JSON may come as `1985.0`.
    let number = |text: Option<&str>| match text.map(str::trim) {
        None | Some("") => Some(0),
        Some(text) => text.strip_suffix(".0").unwrap_or(text).parse::<i16>().ok(),
    };
    let (year, month, day) = (number(year)?, number(month)?, number(day)?);
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    if !(1..=9999).contains(&year) {
        return None;
    }
    match (month, day) {
        (0, 0..=31) => Some(PartialDate::year_only(year)),
        (month, 0) => PartialDate::year_month(year, month).ok(),
        (month, day) => Date::new(year, month, day).ok().map(PartialDate::full),
    }
}

/// The year of a date as text: what is written back where its month and day have fields of their own.
pub fn year_of<'a>(value: &Value<'a>) -> Option<Value<'a>> {
    date_of(value).map(|date| Value::Text(Cow::Owned(format!("{:04}", date.year()))))
}

/// The day on which an age was told, and its unit.
#[derive(Debug)]
pub struct Age {
    day: Day,
    unit: Unit,
}

/// A day that a mapping names.
#[derive(Debug)]
enum Day {
    Fixed(PartialDate),
    Read(Input),
}

/// Nobody is older: a larger number is another one.
const OLDEST: i64 = 130;

impl Age {
    /// Of an age on this day.
    #[must_use]
    pub const fn on(day: Input, unit: Unit) -> Self {
        Self { day: Day::Read(day), unit }
    }

    /// Of an age on the same day for all.
    #[must_use]
    pub const fn on_day(day: PartialDate, unit: Unit) -> Self {
        Self { day: Day::Fixed(day), unit }
    }

    /// The field of the day on which the age was told, when it has one.
    #[must_use]
    pub const fn input(&self) -> Option<Input> {
        match self.day {
            Day::Fixed(_) => None,
            Day::Read(input) => Some(input),
        }
    }

    /// The birth: about a year from an age in years, about a month from one in months or days.
    ///
    /// # Errors
    /// `bad_number` when the text is no age, `bad_date` when the day is not known to a year (month).
    pub fn run<'a>(
        &self,
        value: Value<'a>,
        around: &impl Surroundings,
    ) -> Result<Value<'a>, Box<Failure>> {
        let Some(text) = value.shown() else { return Ok(value) };
        let most = match self.unit {
            Unit::Years => OLDEST,
            Unit::Months => OLDEST * 12,
            Unit::Days => OLDEST * 366,
        };
        let age = text.trim().parse::<i64>().ok().filter(|age| (0..=most).contains(age));
        let age = age.ok_or_else(|| {
            Failure::new(IssueCode::BadNumber, Expected::Form(format!("0 … {most}")))
        })?;
        let day = match &self.day {
            Day::Fixed(day) => Some(*day),
            Day::Read(input) => around.text(*input).and_then(|day| day.parse().ok()),
        };
        let born = day.and_then(|day| moved(day, -age, self.unit)).map(|born| {
            let month = born.month().filter(|_| self.unit != Unit::Years);
            let known = month.and_then(|month| PartialDate::year_month(born.year(), month).ok());
            known.unwrap_or_else(|| PartialDate::year_only(born.year())).approximately()
        });
        born.map(Value::Date).ok_or_else(|| {
            let expected = Expected::Form("yyyy-MM-dd".to_owned());
            match self.input() {
                Some(day) => Failure::of_field(day, IssueCode::BadDate, expected),
                None => Failure::new(IssueCode::BadDate, expected),
            }
        })
    }
}

/// Only the year.
pub fn year_only(value: Value<'_>, approximately: bool) -> Value<'_> {
    match value {
        Value::Date(date) => {
            let year = PartialDate::year_only(date.year());
            Value::Date(if approximately { year.approximately() } else { year })
        }
        other @ (Value::Absent | Value::Text(_) | Value::List(_)) => other,
    }
}

/// 1985 as 1985-01-01: what a sender writes beside its "estimated" flag.
pub fn first_of_year(value: Value<'_>) -> Value<'_> {
    match date_of(&value) {
        Some(date) if date.month().is_none() => Value::Date(PartialDate::full(date.earliest())),
        Some(date) => Value::Date(date),
        None => value,
    }
}
