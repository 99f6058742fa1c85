//! Words, numbers and moments in the reader's language.

use std::borrow::Borrow;
use std::fmt::Display;

use jiff::civil::Date;

use crate::messages::{self, Value};
use crate::model::{Instant, Language};
use crate::operations::overview::Tally;

/// Says things in a language.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Words(pub Language);

impl Words {
    /// The sentence of a key.
    pub fn say(&self, key: &str) -> String {
        messages::text(self.0, key, &[])
    }

    /// The sentence of a key with values.
    pub fn with(&self, key: &str, values: &[(&str, Value<'_>)]) -> String {
        messages::text(self.0, key, values)
    }

    /// The sentence of a key about a `count`, in the right number.
    pub fn count(&self, key: &str, count: impl Borrow<u64>) -> String {
        self.with(key, &[("count", Value::from(*count.borrow()))])
    }

    /// The sentence of a key with one value, as it is.
    pub fn of(&self, key: &str, name: &str, value: impl Display) -> String {
        self.with(key, &[(name, value.to_string().into())])
    }

    /// The sentence of a name of ours, such as `role-steward`; the name itself when it has none.
    pub fn named(&self, family: &str, name: impl Display) -> String {
        let name = name.to_string();
        messages::find(self.0, &format!("{family}-{name}"), &[]).unwrap_or(name)
    }

    /// A number with its digits grouped.
    pub fn number(&self, number: impl Borrow<u64>) -> String {
        self.with("page-number", &[("count", Value::from(*number.borrow()))])
    }

    /// A count that may have ended early.
    pub fn tally(&self, tally: Tally) -> String {
        if tally.more {
            self.count("page-more-than", tally.count)
        } else {
            self.number(tally.count)
        }
    }

    /// A share as a percentage.
    pub fn percent(&self, part: u64, whole: u64) -> String {
        let share = (part * 100 + whole / 2).checked_div(whole).unwrap_or(0);
        self.with("page-percent", &[("count", Value::from(share))])
    }

    /// A share between nothing and one as a percentage, to two places.
    pub fn share(&self, share: f64) -> String {
        self.of("page-percent", "count", self.decimal(share * 100.0))
    }

    /// A number to two places, with the comma or the point of the language.
    pub fn decimal(&self, number: f64) -> String {
        let point = format!("{number:.2}");
        match self.0 {
            Language::French => point.replace('.', ","),
            Language::English => point,
        }
    }

    /// A day, such as `3 mars 2026`.
    pub fn day(&self, date: Date) -> String {
        let month = self.named("page-month", date.month());
        let args = [
            ("day", i64::from(date.day()).into()),
            ("month", month.into()),
            ("year", date.year().to_string().into()),
        ];
        self.with("page-day", &args)
    }

    /// A moment, to the minute, in UTC: the time of Mali, Côte d'Ivoire and Senegal all year.
    pub fn moment(&self, at: impl Borrow<Instant>) -> String {
        let at = *at.borrow();
        let minutes = at.as_millis().div_euclid(60_000).rem_euclid(24 * 60);
        let time = format!("{:02}:{:02}", minutes / 60, minutes % 60);
        let day = self.day(at.date());
        self.with("page-moment", &[("day", day.into()), ("time", time.into())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_said_as_each_language_does() {
        let at = Instant::parse("2026-03-01T09:05:59Z").expect("a moment");
        let (french, english) = (Words(Language::French), Words(Language::English));
        assert_eq!(french.moment(at), "1er mars 2026 à 09:05");
        assert_eq!(english.moment(at), "1 March 2026, 09:05");
        assert_eq!(french.share(0.0625).replace(['\u{202f}', '\u{a0}'], " "), "6,25 %");
        assert_eq!(english.share(0.0625), "6.25%");
    }
}
