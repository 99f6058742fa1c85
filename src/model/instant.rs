//! A moment of recorded time, in milliseconds since 1970.

use std::fmt;

/// When the hub knew something. Valid time (when it is so) is a date, not an instant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Instant(i64);

impl Instant {
    /// From milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// From RFC 3339 text with its offset, such as `2027-01-01T00:00:00Z`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let timestamp: jiff::Timestamp = text.trim().parse().ok()?;
        Some(Self(timestamp.as_millisecond()))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The instant `millis` later.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// The first moment of a day, in UTC (Mali and Côte d'Ivoire keep UTC all year).
    #[must_use]
    pub fn start_of(date: jiff::civil::Date) -> Self {
        let zoned = date.to_zoned(jiff::tz::TimeZone::UTC);
        Self(zoned.map_or(0, |zoned| zoned.timestamp().as_millisecond()))
    }

    /// The day of this instant, in UTC.
    #[must_use]
    pub fn date(self) -> jiff::civil::Date {
        jiff::Timestamp::from_millisecond(self.0)
            .unwrap_or_default()
            .to_zoned(jiff::tz::TimeZone::UTC)
            .date()
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(timestamp) => write!(out, "{timestamp}"),
            Err(_) => write!(out, "{}ms", self.0),
        }
    }
}

impl serde::Serialize for Instant {
    /// As RFC 3339 text in UTC.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
