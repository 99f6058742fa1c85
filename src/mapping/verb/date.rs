//! Dates.

use std::borrow::Cow;

use crate::model::{Expected, IssueCode, PartialDate};

use super::super::function::date::Layout;
use super::super::value::Value;
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

    /// Reads a date.
    ///
    /// # Errors
    /// `bad_date` when no layout fits.
    pub fn read<'a>(&self, value: Value<'a>) -> Result<Value<'a>, Box<Failure>> {
        let date = match &value {
            Value::Text(text) => self.layouts.iter().find_map(|layout| layout.read(text).ok()),
            Value::Date(date) => Some(*date),
            Value::Absent => return Ok(value),
            Value::List(_) => None,
        };
        // The year 0 stands in exports for "unknown", never for a year.
        date.filter(|date| date.year() > 0)
            .map(Value::Date)
            .ok_or_else(|| Failure::new(IssueCode::BadDate, Expected::Form(self.shown.clone())))
    }

    /// Writes a date in the first layout that has a form for it.
    #[must_use]
    pub fn write<'a>(&self, value: Value<'a>) -> Option<Value<'a>> {
        let date = match &value {
            Value::Date(date) => Some(*date),
            Value::Text(text) => text.parse().ok(),
            Value::Absent | Value::List(_) => None,
        }?;
        let written = self.layouts.iter().find_map(|layout| {
            // A layout with days takes 1985 only when it can say that the rest is unknown.
            let text = layout.write(date)?;
            layout.read(&text).is_ok_and(|back| back == date).then_some(text)
        });
        let written = written.or_else(|| self.layouts.iter().find_map(|layout| layout.write(date)));
        written.map(|text| Value::Text(Cow::Owned(text)))
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
    let date = match &value {
        Value::Date(date) => Some(*date),
        Value::Text(text) => text.parse().ok(),
        Value::Absent | Value::List(_) => None,
    };
    match date {
        Some(date) if date.month().is_none() => Value::Date(PartialDate::full(date.earliest())),
        Some(date) => Value::Date(date),
        None => value,
    }
}
