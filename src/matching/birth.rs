//! Birth dates compared as what they are: intervals, heaped on default days, with slips of the pen.

use super::frequency::Frequencies;
use super::line::Birth;

/// How two birth dates agree, the best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum BirthLevel {
    /// The same ordinary day.
    Day,
    /// The same 1 January or 31 December: perhaps only the year was known.
    DefaultDay,
    /// Day and month exchanged.
    Swapped,
    /// The same year and one of day and month.
    OnePart,
    /// The same ordinary day and month, the year one or ten off.
    YearSlip,
    /// The same year, stated by both as a year.
    Year,
    /// The same year; one states a day, the other only the year.
    YearReduced,
    /// The same year; one states 1 January, the other only the year or another day.
    DefaultReduced,
    /// Years at most two apart, one of them approximate or only a year.
    Near,
    /// Anything else.
    Conflict,
}

impl BirthLevel {
    /// Whether the dates agree well enough to count as a personal field of their own.
    #[must_use]
    pub const fn agrees(self) -> bool {
        !matches!(self, Self::Near | Self::Conflict)
    }

    /// The name of the level, as in the model.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::DefaultDay => "default_day",
            Self::Swapped => "swapped",
            Self::OnePart => "one_part",
            Self::YearSlip => "year_slip",
            Self::Year => "year",
            Self::YearReduced => "year_reduced",
            Self::DefaultReduced => "default_reduced",
            Self::Near => "near",
            Self::Conflict => "conflict",
        }
    }
}

/// How two birth dates agree, and the share of people of whom the same could be said; `None` when
/// one is missing.
#[must_use]
pub fn compare(a: Birth, b: Birth, frequencies: &Frequencies) -> Option<(BirthLevel, f32)> {
    if a.year == 0 || b.year == 0 {
        return None;
    }
    let level = level(a, b);
    // Either date could be the one that is asked for: the commoner counts, so that the comparison
    // is symmetric and errs on the side of coincidence.
    let year = frequencies.year(a).max(frequencies.year(b));
    let day =
        if a.is_full() && b.is_full() { frequencies.day(a).max(frequencies.day(b)) } else { 1.0 };
    let share = match level {
        BirthLevel::Day | BirthLevel::DefaultDay | BirthLevel::YearSlip | BirthLevel::Swapped => {
            year * day
        }
        BirthLevel::OnePart
        | BirthLevel::Year
        | BirthLevel::YearReduced
        | BirthLevel::DefaultReduced
        | BirthLevel::Near => year,
        BirthLevel::Conflict => 1.0,
    };
    Some((level, share))
}

fn level(a: Birth, b: Birth) -> BirthLevel {
    let apart = a.year.abs_diff(b.year);
    let loose = !a.is_full() || !b.is_full() || a.is_doubtful() || b.is_doubtful();
    if a.is_full() && b.is_full() {
        let parts = (a.month == b.month, a.day() == b.day());
        match (apart, parts) {
            (0, (true, true)) if a.is_default() => return BirthLevel::DefaultDay,
            (0, (true, true)) => return BirthLevel::Day,
            (0, _) if a.month == b.day() && a.day() == b.month => return BirthLevel::Swapped,
            (0, _) if a.is_new_year() || b.is_new_year() => return BirthLevel::DefaultReduced,
            (0, (true, false) | (false, true)) => return BirthLevel::OnePart,
            (1 | 10, (true, true)) if !a.is_default() => return BirthLevel::YearSlip,
            _ => {}
        }
    } else if apart == 0 {
        // A month beside a year is a year with a little more; it must not contradict.
        let months_differ = a.month != 0 && b.month != 0 && a.month != b.month;
        return match (a.is_full(), b.is_full()) {
            _ if months_differ => BirthLevel::Near,
            (false, false) => BirthLevel::Year,
            (true, _) if a.is_new_year() => BirthLevel::DefaultReduced,
            (_, true) if b.is_new_year() => BirthLevel::DefaultReduced,
            _ => BirthLevel::YearReduced,
        };
    }
    if apart <= 2 && loose { BirthLevel::Near } else { BirthLevel::Conflict }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PartialDate;

    #[track_caller]
    fn check(a: &str, b: &str, expected: BirthLevel) {
        let birth = |text: &str| Birth::from(text.parse::<PartialDate>().unwrap());
        assert_eq!(level(birth(a), birth(b)), expected, "{a} {b}");
        assert_eq!(level(birth(b), birth(a)), expected, "{b} {a}");
    }

    #[test]
    fn dates_agree_in_levels() {
        check("1985-06-14", "1985-06-14", BirthLevel::Day);
        check("1985-01-01", "1985-01-01", BirthLevel::DefaultDay);
        check("1985-03-07", "1985-07-03", BirthLevel::Swapped);
        check("1985-06-14", "1985-06-24", BirthLevel::OnePart);
        check("1985-06-14", "1986-06-14", BirthLevel::YearSlip);
        check("1985-06-14", "1995-06-14", BirthLevel::YearSlip);
        check("1985", "1985~", BirthLevel::Year);
        check("1985", "1985-06-14", BirthLevel::YearReduced);
        check("1985", "1985-01-01", BirthLevel::DefaultReduced);
        check("1985-01-01", "1985-06-14", BirthLevel::DefaultReduced);
        check("1985~", "1987", BirthLevel::Near);
        check("1985-01-01", "1986-01-01", BirthLevel::Conflict);
        check("1985-06-14", "1985-07-15", BirthLevel::Conflict);
        check("1985-06-14", "1961-02-03", BirthLevel::Conflict);
    }
}
