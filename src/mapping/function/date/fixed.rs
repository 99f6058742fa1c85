//! Layouts whose parts stand at fixed places, such as `dd/MM/yyyy`: most dates of most files.

use jiff::civil::Date;

use super::layout::Part;
use crate::model::PartialDate;

/// Where the parts of a whole date stand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Fixed {
    length: usize,
    year: usize,
    month: usize,
    day: usize,
    marks: Vec<(usize, u8)>,
}

impl Fixed {
    /// Of a layout, when it has all three fields in full width, and between them only signs that have
    /// no other form.
    pub(super) fn of(parts: &[Part]) -> Option<Self> {
        let (mut year, mut month, mut day) = (None, None, None);
        let (mut length, mut marks) = (0, Vec::new());
        for part in parts {
            length += match part {
                Part::Year => {
                    year = Some(length);
                    4
                }
                Part::Month { padded: true } => {
                    month = Some(length);
                    2
                }
                Part::Day { padded: true } => {
                    day = Some(length);
                    2
                }
                Part::Mark(mark) if mark.is_ascii_punctuation() => {
                    marks.push((length, u8::try_from(*mark).ok()?));
                    1
                }
                Part::Day { .. } | Part::Month { .. } | Part::ShortYear => return None,
                Part::MonthName { .. } | Part::Word(_) | Part::Mark(_) => return None,
            };
        }
        Some(Self { length, year: year?, month: month?, day: day?, marks })
    }

    /// Reads a day that exists; of anything else nothing is said.
    #[inline]
    pub(super) fn read(&self, text: &str) -> Option<PartialDate> {
        let bytes = text.as_bytes();
        if bytes.len() != self.length
            || !self.marks.iter().all(|(at, mark)| bytes.get(*at) == Some(mark))
        {
            return None;
        }
        let pair = |at: usize| {
            let pair: [u8; 2] = bytes.get(at..at + 2)?.try_into().ok()?;
            let [tens, ones] = pair.map(|byte| byte.wrapping_sub(b'0'));
            (tens < 10 && ones < 10).then(|| (tens * 10 + ones) as i8)
        };
        let year = i16::from(pair(self.year)?) * 100 + i16::from(pair(self.year + 2)?);
        let (month, day) = (pair(self.month)?, pair(self.day)?);
        if year == 0 {
            return None;
        }
        Date::new(year, month, day).ok().map(PartialDate::full)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{DEFAULT_PIVOT, layout, read};
    use super::*;

    proptest! {
        #[test]
        fn what_is_read_at_fixed_places_is_read_alike_part_by_part(
            pattern in prop::sample::select(vec!["dd/MM/yyyy", "yyyyMMdd", "yyyy-MM-dd", "MM.dd.yyyy", "ddMMyyyy"]),
            numbers in (0..3000_i32, 0..14_i32, 0..33_i32),
            odd in prop::option::of("[0-9/ .-]{0,11}"),
        ) {
            let parts = layout::parts(pattern).unwrap();
            let (year, month, day) = numbers;
            let text = odd.unwrap_or_else(|| {
                let text = pattern.replace("yyyy", &format!("{year:04}"));
                text.replace("MM", &format!("{month:02}")).replace("dd", &format!("{day:02}"))
            });
            if let Some(date) = Fixed::of(&parts).unwrap().read(&text) {
                prop_assert_eq!(read::parts(&parts, DEFAULT_PIVOT, &text), Ok(date));
            }
        }
    }
}
