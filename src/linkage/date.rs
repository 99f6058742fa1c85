//! Dates in whichever layout a file has them, in four bytes, with the slips that clerks make.
//!
//! A date that does not exist (`1859-81-01`) is kept as written: the other seven digits are
//! evidence. Which of day and month comes first is told by the file itself: for each shape of
//! writing, the order that makes most of its values dates.

use rustc_hash::FxHashMap;

/// No date.
pub const NONE: u32 = u32::MAX;

/// A day that stands for "day unknown": more people have it than the calendar explains.
const HEAPED: u32 = 1 << 28;

/// A date in four bytes: year, month, day as written (0 when unknown), and whether the day of the
/// year is one that stands for "unknown".
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Date(pub u32);

impl Date {
    fn new(year: u32, month: u32, day: u32) -> Self {
        Self((year.min(9_999) << 14) | (month.min(99) << 7) | day.min(99))
    }

    /// The year, 0 when unknown.
    #[must_use]
    pub const fn year(self) -> u32 {
        (self.0 >> 14) & 0x3fff
    }

    /// The month as written.
    #[must_use]
    pub const fn month(self) -> u32 {
        (self.0 >> 7) & 0x7f
    }

    /// The day as written.
    #[must_use]
    pub const fn day(self) -> u32 {
        self.0 & 0x7f
    }

    /// Whether the day stands for "unknown", or is not stated.
    #[must_use]
    pub const fn is_vague(self) -> bool {
        self.0 & HEAPED != 0 || self.day() == 0 || self.month() == 0
    }

    /// Day and month as one number.
    #[must_use]
    pub const fn day_of_year(self) -> u32 {
        self.month() << 7 | self.day()
    }

    /// The same date, marked as one whose day stands for "unknown".
    #[must_use]
    pub const fn heaped(self) -> Self {
        Self(self.0 | HEAPED)
    }

    /// The date without that mark.
    #[must_use]
    pub const fn plain(self) -> u32 {
        self.0 & (HEAPED - 1)
    }
}

/// How two dates agree, the best first; the numbers are the levels of a pattern.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum DateLevel {
    /// The same day.
    Equal = 1,
    /// The same date, of which the day stands for "unknown", or only year and month are known.
    EqualVague = 2,
    /// Day and month exchanged, or one digit another, or two digits exchanged.
    Slip = 3,
    /// Two of year, month and day.
    TwoParts = 4,
    /// The same year, one of the days unknown.
    YearVague = 5,
    /// The same year.
    Year = 6,
    /// Years at most two apart, one of the days unknown.
    NearVague = 7,
    /// Nothing of that.
    Different = 8,
}

/// How two dates agree.
#[must_use]
pub fn compare(a: Date, b: Date) -> DateLevel {
    let vague = a.is_vague() || b.is_vague();
    if a.plain() == b.plain() {
        return if vague { DateLevel::EqualVague } else { DateLevel::Equal };
    }
    let same = [a.year() == b.year(), a.month() == b.month(), a.day() == b.day()];
    let swapped = a.month() == b.day() && a.day() == b.month();
    if same[0] && vague {
        return DateLevel::YearVague;
    }
    let parts = same.iter().filter(|same| **same).count();
    if same[0] && swapped || parts == 2 && is_slip(a, b) {
        return DateLevel::Slip;
    }
    if parts == 2 {
        return if vague { DateLevel::Different } else { DateLevel::TwoParts };
    }
    if same[0] {
        return DateLevel::Year;
    }
    if vague && a.year().abs_diff(b.year()) <= 2 {
        return DateLevel::NearVague;
    }
    DateLevel::Different
}

/// One digit another, or two neighbours exchanged.
fn is_slip(a: Date, b: Date) -> bool {
    let (x, y) = (digits(a), digits(b));
    let mut apart = x.iter().zip(&y).enumerate().filter(|(_, (p, q))| p != q).map(|(i, _)| i);
    match (apart.next(), apart.next(), apart.next()) {
        (Some(_), None, None) => true,
        (Some(i), Some(j), None) => j == i + 1 && x[i] == y[j] && x[j] == y[i],
        _ => false,
    }
}

fn digits(date: Date) -> [u32; 8] {
    let (year, month, day) = (date.year(), date.month(), date.day());
    [
        year / 1000,
        year / 100 % 10,
        year / 10 % 10,
        year % 10,
        month / 10,
        month % 10,
        day / 10,
        day % 10,
    ]
}

/// The order of the parts of a date.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Order {
    YearMonthDay,
    DayMonthYear,
    MonthDayYear,
}

/// In case of doubt: the international order, then the one of most of the world.
const ORDERS: [Order; 3] = [Order::YearMonthDay, Order::DayMonthYear, Order::MonthDayYear];

/// A text cut into its numbers and month names.
#[derive(Default)]
struct Parts {
    numbers: [u32; 3],
    widths: [u8; 3],
    count: usize,
    /// Which of them is a month by its name.
    named: Option<usize>,
}

/// The writings of a column that are read in one way: widths of the numbers.
type Shape = [u8; 3];

/// How the dates of a column are written.
#[derive(Default)]
pub struct Layout {
    orders: FxHashMap<Shape, Order>,
}

impl Layout {
    /// Learns the layout from the distinct values of a column.
    #[must_use]
    pub fn learn<'t>(values: impl Iterator<Item = &'t str>) -> Self {
        let mut votes: FxHashMap<Shape, [u32; 3]> = FxHashMap::default();
        for value in values {
            let parts = cut(value);
            let votes = votes.entry(shape(&parts)).or_default();
            for (vote, order) in votes.iter_mut().zip(ORDERS) {
                *vote += u32::from(read(&parts, order).is_some_and(is_real));
            }
        }
        let best = |votes: [u32; 3]| {
            let most = votes.into_iter().max().unwrap_or(0);
            let place = votes.iter().position(|count| *count == most).unwrap_or(0);
            ORDERS[place]
        };
        let orders = votes.into_iter().map(|(shape, votes)| (shape, best(votes))).collect();
        Self { orders }
    }

    /// Reads a value; `None` where there is nothing like a date.
    #[must_use]
    pub fn read(&self, value: &str) -> Option<Date> {
        let parts = cut(value);
        let order = self.orders.get(&shape(&parts)).copied().unwrap_or(Order::YearMonthDay);
        read(&parts, order)
    }
}

/// Widths as far as they tell two layouts apart: 1 and 2 digits are the same.
fn shape(parts: &Parts) -> Shape {
    let mut shape = parts.widths.map(|width| if width == 1 { 2 } else { width });
    if let Some(named) = parts.named {
        shape[named] = 99;
    }
    shape
}

const MONTHS: [&[&str]; 12] = [
    &["jan"],
    &["feb", "fev", "fév"],
    &["mar"],
    &["apr", "avr"],
    &["may", "mai"],
    &["jun", "juin"],
    &["jul", "juil"],
    &["aug", "aou", "aoû"],
    &["sep"],
    &["oct"],
    &["nov"],
    &["dec", "déc"],
];

fn month(word: &str) -> Option<u32> {
    (1..).zip(MONTHS).find(|(_, names)| names.iter().any(|n| word.starts_with(n))).map(|(m, _)| m)
}

fn cut(value: &str) -> Parts {
    let mut parts = Parts::default();
    // What follows a blank after the third number is a time of day.
    for piece in value.split(|c: char| !c.is_alphanumeric()).filter(|piece| !piece.is_empty()) {
        if parts.count == 3 {
            break;
        }
        let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            if let Some(month) = month(&piece.to_lowercase()) {
                parts.named = Some(parts.count);
                parts.push(month, 2);
            }
        } else if digits <= 8 {
            let number = piece.get(..digits).and_then(|text| text.parse().ok()).unwrap_or(0);
            parts.push(number, u8::try_from(digits).unwrap_or(8));
        }
    }
    parts
}

impl Parts {
    const fn push(&mut self, number: u32, width: u8) {
        self.numbers[self.count] = number;
        self.widths[self.count] = width;
        self.count += 1;
    }
}

fn read(parts: &Parts, order: Order) -> Option<Date> {
    let [a, b, c] = parts.numbers;
    match (parts.count, parts.widths) {
        (1, [8, ..]) => Some(match order {
            Order::YearMonthDay => Date::new(a / 10_000, a / 100 % 100, a % 100),
            Order::DayMonthYear => Date::new(a % 10_000, a / 10_000 % 100, a / 1_000_000),
            Order::MonthDayYear => Date::new(a % 10_000, a / 1_000_000, a / 10_000 % 100),
        }),
        (1, [6, ..]) => Some(match order {
            Order::YearMonthDay => Date::new(century(a / 10_000, 2), a / 100 % 100, a % 100),
            Order::DayMonthYear => Date::new(century(a % 100, 2), a / 100 % 100, a / 10_000),
            Order::MonthDayYear => Date::new(century(a % 100, 2), a / 10_000, a / 100 % 100),
        }),
        (1, [4, ..]) => Some(Date::new(a, 0, 0)),
        (2, [4, ..]) => Some(Date::new(a, b, 0)),
        (2, [_, 4, _]) => Some(Date::new(b, a, 0)),
        (3, [first, second, third]) => {
            let year = |number, width| (width != 3).then(|| century(number, width));
            Some(match (order, parts.named) {
                // With a month by its name, a year of two digits stands at the end.
                (Order::YearMonthDay, named) if named.is_none() || first > 2 => {
                    Date::new(year(a, first)?, b, c)
                }
                (_, Some(0)) | (Order::MonthDayYear, None) => Date::new(year(c, third)?, a, b),
                (_, Some(1)) | (Order::DayMonthYear | Order::YearMonthDay, None) => {
                    Date::new(year(c, third)?, b, a)
                }
                (_, Some(_)) => Date::new(year(b, second)?, c, a),
            })
        }
        _ => None,
    }
}

/// Years of two digits below this lie in this century: nobody knows better without a clock.
const PIVOT: u32 = 30;

const fn century(year: u32, width: u8) -> u32 {
    if width > 2 {
        year
    } else if year < PIVOT {
        2000 + year
    } else {
        1900 + year
    }
}

/// Whether a date could stand in a register.
pub(super) fn is_real(date: Date) -> bool {
    (1000..=2200).contains(&date.year())
        && (1..=12).contains(&date.month())
        && (1..=31).contains(&date.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reads(values: &[&str], value: &str, expected: (u32, u32, u32)) {
        let date = Layout::learn(values.iter().copied()).read(value).expect("a date");
        assert_eq!((date.year(), date.month(), date.day()), expected, "{value}");
    }

    #[test]
    fn the_layout_is_told_by_the_column() {
        reads(&["01/27/2002", "03/04/1999"], "03/04/1999", (1999, 3, 4));
        reads(&["27/01/2002", "03/04/1999"], "03/04/1999", (1999, 4, 3));
        reads(&["08231983", "01022003"], "01022003", (2003, 1, 2));
        reads(&["19831130"], "19840102", (1984, 1, 2));
        reads(&["24-May-11"], "17-mai-90", (1990, 5, 17));
        reads(&["1859-81-01"], "1859-81-01", (1859, 81, 1));
        reads(&["1949 7 22"], "1949 7 22", (1949, 7, 22));
    }

    #[test]
    fn slips_are_told_from_other_days() {
        let date = Date::new;
        let check = |a, b, level| {
            assert_eq!(compare(a, b), level);
            assert_eq!(compare(b, a), level);
        };
        check(date(1984, 3, 12), date(1984, 3, 12), DateLevel::Equal);
        check(date(1984, 3, 12), date(1984, 12, 3), DateLevel::Slip);
        check(date(1984, 3, 12), date(1948, 3, 12), DateLevel::Slip);
        check(date(1984, 3, 12), date(1984, 3, 25), DateLevel::TwoParts);
        check(date(1984, 3, 12), date(1984, 0, 0), DateLevel::YearVague);
        check(date(1984, 3, 12), date(1984, 7, 30), DateLevel::Year);
        check(date(1984, 1, 1).heaped(), date(1985, 7, 30), DateLevel::NearVague);
        check(date(1984, 3, 12), date(1990, 7, 30), DateLevel::Different);
    }
}
