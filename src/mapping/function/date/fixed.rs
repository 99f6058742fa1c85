//! Layouts whose parts stand at fixed places, such as `dd/MM/yyyy`: most dates of most files.

use jiff::civil::Date;

use super::layout::Part;
use crate::format::word::each;
use crate::model::PartialDate;

/// Where the parts of a whole date stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fixed {
    /// `yyyy-MM-dd`, with this mark.
    YearFirst(u8),
    /// `dd/MM/yyyy`, with this mark.
    DayFirst(u8),
    /// `yyyyMMdd`.
    Compact,
}

impl Fixed {
    /// Of a layout, when it is one of these and its marks have no other form.
    pub(super) fn of(parts: &[Part]) -> Option<Self> {
        const DAY: Part = Part::Day { padded: true };
        const MONTH: Part = Part::Month { padded: true };
        let sign = |mark: &char, other: &char| {
            let mark = u8::try_from(*mark).ok().filter(u8::is_ascii_punctuation);
            mark.filter(|mark| char::from(*mark) == *other)
        };
        match parts {
            [Part::Year, Part::Mark(a), month, Part::Mark(b), day]
                if (month, day) == (&MONTH, &DAY) =>
            {
                sign(a, b).map(Self::YearFirst)
            }
            [day, Part::Mark(a), month, Part::Mark(b), Part::Year]
                if (month, day) == (&MONTH, &DAY) =>
            {
                sign(a, b).map(Self::DayFirst)
            }
            [Part::Year, month, day] if (month, day) == (&MONTH, &DAY) => Some(Self::Compact),
            _ => None,
        }
    }

    /// Reads a day that exists; of anything else nothing is said.
    #[inline]
    pub(super) fn read(self, text: &str) -> Option<PartialDate> {
        let [years, year, month, day] = numbers(self.digits(text.as_bytes())?)?;
        let year = i16::from(years) * 100 + i16::from(year);
        if year == 0 {
            return None;
        }
        Date::new(year, month, day).ok().map(PartialDate::full)
    }

    /// Writes an exact day of our era; of anything else nothing is said.
    pub(super) fn write(self, date: PartialDate) -> Option<String> {
        let is_whole = date.day().is_some() && (1..=9999).contains(&date.year());
        let text = is_whole.then(|| date.text())?;
        let &[a, b, c, d, _, e, f, _, g, h] = text.as_bytes() else { return None };
        let written = match self {
            Self::YearFirst(mark) => vec![a, b, c, d, mark, e, f, mark, g, h],
            Self::DayFirst(mark) => vec![g, h, mark, e, f, mark, a, b, c, d],
            Self::Compact => vec![a, b, c, d, e, f, g, h],
        };
        String::from_utf8(written).ok()
    }

    /// The digits of the year, the month and the day.
    #[inline]
    fn digits(self, text: &[u8]) -> Option<[u8; 8]> {
        match (self, text) {
            (Self::YearFirst(mark), &[a, b, c, d, first, e, f, second, g, h])
            | (Self::DayFirst(mark), &[g, h, first, e, f, second, a, b, c, d]) => {
                (first == mark && second == mark).then_some([a, b, c, d, e, f, g, h])
            }
            (Self::Compact, &[a, b, c, d, e, f, g, h]) => Some([a, b, c, d, e, f, g, h]),
            _ => None,
        }
    }
}

/// Four numbers of two digits each.
#[inline]
fn numbers(digits: [u8; 8]) -> Option<[i8; 4]> {
    let values = u64::from_le_bytes(digits) ^ each(b'0');
    // A byte above 9 comes to have its high bit.
    if (values | ((values & each(0x7f)) + each(0x76))) & each(0x80) != 0 {
        return None;
    }
    let [a, _, b, _, c, _, d, _] = (values * 10 + (values >> 8)).to_le_bytes();
    Some([a as i8, b as i8, c as i8, d as i8])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{DEFAULT_PIVOT, layout, read};
    use super::*;

    proptest! {
        #[test]
        fn what_is_read_at_fixed_places_is_read_alike_part_by_part(
            pattern in prop::sample::select(vec!["dd/MM/yyyy", "yyyyMMdd", "yyyy-MM-dd", "dd.MM.yyyy", "yyyy:MM:dd"]),
            numbers in (0..3000_i32, 0..14_i32, 0..33_i32),
            odd in prop::option::of("[0-9/ .-]{0,11}"),
        ) {
            let parts = layout::parts(pattern).unwrap();
            let (year, month, day) = numbers;
            let text = odd.unwrap_or_else(|| {
                let text = pattern.replace("yyyy", &format!("{year:04}"));
                text.replace("MM", &format!("{month:02}")).replace("dd", &format!("{day:02}"))
            });
            let fixed = Fixed::of(&parts).unwrap();
            if let Some(date) = fixed.read(&text) {
                prop_assert_eq!(read::parts(&parts, DEFAULT_PIVOT, &text), Ok(date));
                prop_assert_eq!(fixed.write(date), Some(text));
            }
        }
    }
}
