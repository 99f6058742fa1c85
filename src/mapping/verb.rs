//! The verbs: a closed list, each with what it takes and gives, whether it can fail, and its way back.
//!
//! A verb is one entry of [`DECLARATIONS`], one variant of [`Verb`], and its two functions in the file
//! of its kind. The leaf functions (dates, phones, keys, numbers, names) are in
//! [`super::function`]; verbs add nothing but the shape around them.

mod build;
mod date;
mod declarations;
mod list;
pub(super) mod text;

use std::sync::Arc;

use crate::model::{Expected, IssueCode, Severity};

use super::function::check_digit::Check;
use super::function::number::Mark;
use super::function::{name, number, phone};
use super::scene::{Input, Surroundings, When};
use super::table::{Found, Table};
use super::value::{Class, Value};

pub use build::{Builder, build};
pub use date::Dates;
pub use declarations::{DECLARATIONS, Declaration, Example};
pub use text::{fingerprint, named_uuid};

/// The names of all verbs.
#[must_use]
pub fn names() -> Vec<&'static str> {
    DECLARATIONS.iter().map(|declaration| declaration.name).collect()
}

/// The declaration of a verb.
#[must_use]
pub fn declaration(name: &str) -> Option<&'static Declaration> {
    DECLARATIONS.iter().find(|declaration| declaration.name == name)
}

/// Which characters `keep` keeps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kept {
    /// Decimal digits.
    Digits,
    /// Letters.
    Letters,
    /// Both.
    Alphanumeric,
}

/// Which part of a name `name_part` takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// The family name.
    Family,
    /// The given names, as a list.
    Given,
    /// Titles, as a list.
    Prefix,
}

/// A verb with its arguments, ready to run.
#[derive(Debug)]
pub enum Verb {
    /// No blanks around.
    Trim,
    /// And single blanks within.
    Squeeze,
    /// Capitals.
    Upper,
    /// Small letters.
    Lower,
    /// Capitals at the beginning of words.
    Title,
    /// Text to list.
    Split(Box<str>),
    /// List to text.
    Join(Box<str>),
    /// Text in front.
    Prefix(Box<str>),
    /// Text behind.
    Suffix(Box<str>),
    /// This text removed in front, or at the end.
    Strip(Box<str>, bool),
    /// The words of another field removed in front, or at the end.
    StripField(Input, bool),
    /// Filled in front to a length.
    Pad(usize, char),
    /// A text for another.
    Replace(Box<str>, Box<str>),
    /// Characters from, to.
    Slice(usize, usize),
    /// Some characters only.
    Keep(Kept),
    /// A decimal number.
    Number(Mark),
    /// A date.
    Date(Arc<Dates>),
    /// A date whose month and day stand in other fields.
    DateParts(date::Parts),
    /// Only the year, approximately.
    EstimatedWhen(When),
    /// Only the year.
    YearOnlyWhen(When),
    /// E.164, of a country.
    Phone(Box<str>, phone::Asked),
    /// The key must hold.
    CheckDigit(Check),
    /// What a pattern catches.
    Extract(text::Pattern),
    /// One of a list.
    Item(i32),
    /// A date moved by so many days, months or years.
    Plus(date::Move),
    /// A birth from an age on a day.
    BornAt(date::Age),
    /// Part of a whole name.
    NamePart(Part, name::Order),
    /// A code of another list.
    Table(Arc<Table>),
    /// When absent.
    Default(Box<str>),
    /// A fingerprint.
    Hash,
    /// A UUID made of this name and the text.
    Uuid(Box<str>),
}

/// Why a verb cannot take a value.
#[derive(Debug)]
pub struct Failure {
    /// The code.
    pub code: IssueCode,
    /// What was expected.
    pub expected: Option<Expected>,
    /// Severity, when the verb itself decides it.
    pub severity: Option<Severity>,
    /// What takes the value's place in spite of the failure.
    pub instead: Option<Box<str>>,
    /// The other field that is to blame, when it is not the value.
    pub blame: Option<Input>,
    /// What was there, when it is more than the text of one field.
    pub shown: Option<Box<str>>,
}

impl Failure {
    /// With what was expected; the rule decides the severity. In a box, because most values have none.
    #[must_use]
    pub fn new(code: IssueCode, expected: Expected) -> Box<Self> {
        let (severity, instead, blame, shown) = (None, None, None, None);
        Box::new(Self { code, expected: Some(expected), severity, instead, blame, shown })
    }

    /// The same, of another field that the verb looks at.
    #[must_use]
    pub fn of_field(field: Input, code: IssueCode, expected: Expected) -> Box<Self> {
        let mut failure = Self::new(code, expected);
        failure.blame = Some(field);
        failure
    }
}

impl Verb {
    /// The verb's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Trim => "trim",
            Self::Squeeze => "squeeze",
            Self::Upper => "upper",
            Self::Lower => "lower",
            Self::Title => "title",
            Self::Split(_) => "split",
            Self::Join(_) => "join",
            Self::Prefix(_) => "prefix",
            Self::Suffix(_) => "suffix",
            Self::Strip(..) | Self::StripField(..) => "strip",
            Self::Pad(..) => "pad",
            Self::Replace(..) => "replace",
            Self::Slice(..) => "slice",
            Self::Keep(_) => "keep",
            Self::Number(_) => "number",
            Self::Date(_) => "date",
            Self::DateParts(_) => "date_parts",
            Self::EstimatedWhen(_) => "estimated_when",
            Self::YearOnlyWhen(_) => "year_only_when",
            Self::Phone(..) => "phone",
            Self::CheckDigit(_) => "check_digit",
            Self::Extract(_) => "extract",
            Self::Item(_) => "item",
            Self::Plus(_) => "plus",
            Self::BornAt(_) => "born_at",
            Self::NamePart(..) => "name_part",
            Self::Table(_) => "table",
            Self::Default(_) => "default",
            Self::Hash => "hash",
            Self::Uuid(_) => "uuid",
        }
    }

    /// How much the way back restores.
    #[must_use]
    pub fn class(&self) -> Class {
        match self {
            Self::Table(table) => table.class(),
            Self::Plus(moved) => moved.class(),
            // Which words the field has taken off nobody tells on the way back.
            Self::StripField(..) => Class::OneWay,
            other => declaration(other.name()).map_or(Class::OneWay, |found| found.class),
        }
    }

    /// What it reads of the record around its value.
    #[must_use]
    pub fn inputs(&self) -> Vec<Input> {
        match self {
            Self::EstimatedWhen(when) | Self::YearOnlyWhen(when) => when.inputs().to_vec(),
            Self::Plus(moved) => moved.input().into_iter().collect(),
            Self::BornAt(age) => age.input().into_iter().collect(),
            Self::DateParts(parts) => parts.inputs().collect(),
            Self::StripField(field, _) => vec![*field],
            _ => Vec::new(),
        }
    }

    /// Whether it can refuse one text of a list and take the others.
    #[must_use]
    pub const fn judges_each(&self) -> bool {
        matches!(
            self,
            Self::Number(_)
                | Self::Phone(..)
                | Self::CheckDigit(_)
                | Self::Extract(_)
                | Self::Table(_)
        )
    }

    /// Whether it looks up a table that is not this mapping's alone.
    #[must_use]
    pub fn is_shared_table(&self) -> bool {
        matches!(self, Self::Table(table) if table.is_shared())
    }

    /// Runs the verb on a value of the record `around` it.
    ///
    /// # Errors
    /// Why it cannot take the value.
    pub fn run<'a>(
        &'a self,
        value: Value<'a>,
        around: &impl Surroundings,
    ) -> Result<Value<'a>, Box<Failure>> {
        if value.is_absent() && !matches!(self, Self::Default(_)) {
            return Ok(value);
        }
        Ok(match self {
            Self::Trim => value.each_text(text::trim),
            Self::Squeeze => value.each_text(text::squeeze),
            Self::Upper => value.each_text(text::upper),
            Self::Lower => value.each_text(text::lower),
            Self::Title => value.each_text(text::title),
            Self::Split(separator) => list::split(value, separator),
            Self::Join(separator) => list::join(value, separator),
            Self::Prefix(text) => value.each_text(|old| format!("{text}{old}").into()),
            Self::Suffix(text) => value.each_text(|old| format!("{old}{text}").into()),
            Self::Strip(text, end) => value.each_text(|old| text::strip(old, text, *end)),
            Self::StripField(field, end) => match around.text(*field) {
                Some(words) => value.each_text(|old| text::strip_words(old, words, *end)),
                None => value,
            },
            Self::Pad(length, with) => value.each_text(|old| text::pad(old, *length, *with)),
            Self::Replace(old, new) => value.each_text(|text| text::replace(text, old, new)),
            Self::Slice(from, to) => value.each_text(|old| text::slice(&old, *from, *to).into()),
            Self::Keep(kept) => value.each_text(|old| text::keep(old, *kept)),
            Self::Number(mark) => each(value, |text| {
                let found = match &text {
                    std::borrow::Cow::Borrowed(text) => number::read(text, *mark),
                    std::borrow::Cow::Owned(text) => {
                        number::read(text, *mark).map(|n| n.into_owned().into())
                    }
                };
                found.ok_or_else(|| {
                    let form = if *mark == Mark::Comma { "1 234,56" } else { "1234.56" };
                    Failure::new(IssueCode::BadNumber, Expected::Form(form.to_owned()))
                })
            })?,
            Self::Date(dates) => dates.read(value)?,
            Self::DateParts(parts) => parts.read(value, around)?,
            Self::EstimatedWhen(when) if around.holds(when) => date::year_only(value, true),
            Self::YearOnlyWhen(when) if around.holds(when) => date::year_only(value, false),
            Self::EstimatedWhen(_) | Self::YearOnlyWhen(_) => value,
            Self::Phone(country, asked) => each(value, |text| {
                phone::read_asked(&text, country, *asked).map(Into::into).ok_or_else(|| {
                    Failure::new(IssueCode::BadPhone, Expected::Form(phone::form(country)))
                })
            })?,
            Self::CheckDigit(check) => each(value, |text| {
                if check.holds(&text) {
                    return Ok(text);
                }
                let name = check.name().to_owned();
                Err(Failure::new(IssueCode::BadCheckDigit, Expected::Check(name)))
            })?,
            Self::Extract(pattern) => pattern.run(value)?,
            Self::Item(place) => list::item(value, *place),
            Self::Plus(moved) => moved.run(value, around)?,
            Self::BornAt(age) => age.run(value, around)?,
            Self::NamePart(part, order) => list::name_part(value, *part, *order),
            Self::Table(table) => each(value, |text| match table.find(&text) {
                Found::Row(to) => Ok(std::borrow::Cow::Borrowed(to)),
                Found::Keep => Ok(text),
                Found::Failed(failure) => Err(failure),
            })?,
            Self::Default(text) if value.is_absent() => Value::text(&**text),
            Self::Default(_) => value,
            Self::Hash => value.each_text(|old| text::fingerprint(&old).into()),
            Self::Uuid(name) => value.each_text(|old| text::named_uuid(name, &old).into()),
        })
    }

    /// Undoes the verb: `None` when nothing sensible can be written.
    #[must_use]
    pub fn back<'a>(&self, value: Value<'a>) -> Option<Value<'a>> {
        if value.is_absent() {
            return Some(value);
        }
        Some(match self {
            Self::Trim | Self::Squeeze | Self::Upper | Self::Lower | Self::Title => value,
            Self::Pad(..) | Self::Default(_) => value,
            // What would not be let through again has no way back.
            Self::Keep(kept) => {
                let same = |old: &str| text::keep(old.to_owned().into(), *kept) == old;
                return value.shown().is_none_or(|shown| same(&shown)).then_some(value);
            }
            Self::CheckDigit(check) => {
                return value.shown().is_none_or(|shown| check.holds(&shown)).then_some(value);
            }
            Self::Split(separator) => list::join(value, separator),
            Self::Join(separator) => list::split(value, separator),
            Self::Prefix(text) => value.each_text(|old| text::strip(old, text, false)),
            Self::Suffix(text) => value.each_text(|old| text::strip(old, text, true)),
            Self::Strip(text, false) => value.each_text(|old| format!("{text}{old}").into()),
            Self::Strip(text, true) => value.each_text(|old| format!("{old}{text}").into()),
            Self::Number(mark) => {
                value.each_text(|old| number::write(&old, *mark).into_owned().into())
            }
            Self::Date(dates) => return dates.write(value),
            Self::DateParts(_) => return date::year_of(&value),
            Self::EstimatedWhen(_) | Self::YearOnlyWhen(_) => date::first_of_year(value),
            Self::Phone(country, _) => value.each_text(|old| phone::write(&old, country).into()),
            Self::NamePart(..) => list::join(value, " "),
            Self::Table(table) => return table.back(&value),
            Self::Plus(moved) => return moved.back(value),
            Self::StripField(..)
            | Self::Extract(_)
            | Self::Item(_)
            | Self::BornAt(_)
            | Self::Replace(..)
            | Self::Slice(..)
            | Self::Hash
            | Self::Uuid(_) => return None,
        })
    }
}

/// A verb that can fail, over a text or each text of a list.
fn each<'a>(
    value: Value<'a>,
    mut change: impl FnMut(std::borrow::Cow<'a, str>) -> Result<std::borrow::Cow<'a, str>, Box<Failure>>,
) -> Result<Value<'a>, Box<Failure>> {
    match value {
        Value::Text(text) => change(text).map(Value::Text),
        Value::List(items) => {
            items.into_iter().map(change).collect::<Result<_, _>>().map(Value::List)
        }
        other @ (Value::Absent | Value::Date(_)) => Ok(other),
    }
}
