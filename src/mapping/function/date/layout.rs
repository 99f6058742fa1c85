//! The pattern of a date layout, taken apart.

use std::fmt;

/// One piece of a layout.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Part {
    /// Day of the month.
    Day { padded: bool },
    /// Month of the year.
    Month { padded: bool },
    /// Name of the month, whole or shortened; both are read.
    MonthName { whole: bool },
    /// Four digits.
    Year,
    /// Two digits.
    ShortYear,
    /// Quoted text; a space stands for one blank or more.
    Word(String),
    /// A separator.
    Mark(char),
}

/// Why a text is no date layout.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LayoutError {
    /// A letter that means nothing here, or too many or too few of it.
    #[error("`{0}` is not a field of a date: use d, dd, M, MM, MMM, yy or yyyy")]
    Field(String),
    /// The same field twice.
    #[error("`{0}` stands twice")]
    Twice(char),
    /// A quoted word that does not end.
    #[error("a quoted word does not end")]
    OpenQuote,
    /// No year.
    #[error("there is no year")]
    NoYear,
    /// A day without a month.
    #[error("there is a day but no month")]
    DayWithoutMonth,
    /// Fields of varying width that touch, such as `dM`.
    #[error("`d` and `M` need a separator; write `dd` and `MM`")]
    Ambiguous,
}

/// Takes a pattern apart.
pub(super) fn parts(pattern: &str) -> Result<Vec<Part>, LayoutError> {
    let mut parts = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(first) = chars.next() {
        if first == '\'' {
            let mut word = String::new();
            loop {
                match chars.next() {
                    Some('\'') => break,
                    Some(letter) => word.push(letter),
                    None => return Err(LayoutError::OpenQuote),
                }
            }
            parts.push(Part::Word(word));
        } else if first.is_alphanumeric() {
            let mut run = 1;
            while chars.next_if_eq(&first).is_some() {
                run += 1;
            }
            parts.push(field(first, run)?);
        } else {
            parts.push(Part::Mark(first));
        }
    }
    check(&parts)?;
    Ok(parts)
}

fn field(letter: char, run: usize) -> Result<Part, LayoutError> {
    match (letter, run) {
        ('d', 1 | 2) => Ok(Part::Day { padded: run == 2 }),
        ('M', 1 | 2) => Ok(Part::Month { padded: run == 2 }),
        ('M', 3 | 4) => Ok(Part::MonthName { whole: run == 4 }),
        ('y', 2) => Ok(Part::ShortYear),
        ('y', 4) => Ok(Part::Year),
        _ => Err(LayoutError::Field(std::iter::repeat_n(letter, run.min(8)).collect())),
    }
}

fn check(parts: &[Part]) -> Result<(), LayoutError> {
    let count = |wanted: fn(&Part) -> bool| parts.iter().filter(|part| wanted(part)).count();
    let days = count(|part| matches!(part, Part::Day { .. }));
    let months = count(|part| matches!(part, Part::Month { .. } | Part::MonthName { .. }));
    let years = count(|part| matches!(part, Part::Year | Part::ShortYear));
    for (letter, found) in [('d', days), ('M', months), ('y', years)] {
        if found > 1 {
            return Err(LayoutError::Twice(letter));
        }
    }
    if years == 0 {
        return Err(LayoutError::NoYear);
    }
    if days > 0 && months == 0 {
        return Err(LayoutError::DayWithoutMonth);
    }
    let varies =
        |part: &Part| matches!(part, Part::Day { padded: false } | Part::Month { padded: false });
    let number =
        |part: &Part| !matches!(part, Part::Word(_) | Part::Mark(_) | Part::MonthName { .. });
    let touch = parts.windows(2).any(|pair| match pair {
        [a, b] => number(a) && number(b) && (varies(a) || varies(b)),
        _ => false,
    });
    if touch { Err(LayoutError::Ambiguous) } else { Ok(()) }
}

/// Whether a layout is digits only with all three fields: the one in which zeros mean "unknown".
pub(super) fn is_compact(parts: &[Part]) -> bool {
    let number =
        |part: &Part| !matches!(part, Part::Word(_) | Part::Mark(_) | Part::MonthName { .. });
    parts.len() == 3 && parts.iter().all(number)
}

impl fmt::Display for Part {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day { padded } => out.write_str(if *padded { "dd" } else { "d" }),
            Self::Month { padded } => out.write_str(if *padded { "MM" } else { "M" }),
            Self::MonthName { whole } => out.write_str(if *whole { "MMMM" } else { "MMM" }),
            Self::Year => out.write_str("yyyy"),
            Self::ShortYear => out.write_str("yy"),
            Self::Word(word) => write!(out, "'{word}'"),
            Self::Mark(mark) => write!(out, "{mark}"),
        }
    }
}
