//! What flows through the steps of a rule.

use std::borrow::Cow;

use crate::model::PartialDate;

/// A value between two steps.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum Value<'a> {
    /// Nothing: every verb but `default` leaves it alone.
    #[default]
    Absent,
    /// Text, as long as possible a slice of the sender's.
    Text(Cow<'a, str>),
    /// A date.
    Date(PartialDate),
    /// Texts.
    List(Vec<Cow<'a, str>>),
}

/// A text without blanks around it, as [`str::trim`] gives it: most have none, which two bytes tell.
#[inline]
#[must_use]
pub fn trimmed(text: &str) -> &str {
    let sign = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    let bytes = text.as_bytes();
    if sign(bytes.first()) && sign(bytes.last()) { text } else { text.trim() }
}

impl<'a> Value<'a> {
    /// Text of any kind of string.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    /// Whether it is nothing.
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// As one text: dates in EDTF, lists with blanks between.
    #[must_use]
    pub fn shown(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Absent => None,
            Self::Text(text) => Some(Cow::Borrowed(text)),
            Self::Date(date) => Some(Cow::Owned(date.to_string())),
            Self::List(items) => Some(Cow::Owned(items.join(" "))),
        }
    }

    /// The same value with its own memory.
    #[must_use]
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Absent => Value::Absent,
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Self::Date(date) => Value::Date(date),
            Self::List(items) => {
                Value::List(items.into_iter().map(|item| Cow::Owned(item.into_owned())).collect())
            }
        }
    }

    /// Every text changed; a text that becomes empty is absent.
    #[must_use]
    pub fn each_text(self, mut change: impl FnMut(Cow<'a, str>) -> Cow<'a, str>) -> Self {
        match self {
            Self::Text(text) => Self::non_empty(change(text)),
            Self::List(items) => {
                let items = items.into_iter().map(change).filter(|text| !text.is_empty());
                Self::list(items.collect())
            }
            other @ (Self::Absent | Self::Date(_)) => other,
        }
    }

    /// A text, or nothing when it is empty.
    #[must_use]
    pub fn non_empty(text: Cow<'a, str>) -> Self {
        if text.is_empty() { Self::Absent } else { Self::Text(text) }
    }

    /// A list, or nothing when it is empty.
    #[must_use]
    pub fn list(items: Vec<Cow<'a, str>>) -> Self {
        if items.is_empty() { Self::Absent } else { Self::List(items) }
    }
}

/// The shapes that verbs take and give.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// One text.
    Text,
    /// A date.
    Date,
    /// A list of texts.
    List,
    /// Any of them.
    Any,
}

impl Shape {
    /// Whether a value of this shape fits where `wanted` is taken. Text verbs go through lists.
    #[must_use]
    pub fn fits(self, wanted: Self) -> bool {
        self == wanted || wanted == Self::Any || self == Self::Any
    }

    /// As messages name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Date => "date",
            Self::List => "list",
            Self::Any => "any",
        }
    }
}

/// How much of a value the way back restores; a rule has the class of its weakest step.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Class {
    /// All of it.
    Exact,
    /// All but its form: blanks, case, punctuation.
    EqualUpToForm,
    /// Only some values.
    Partial,
    /// The field is left out.
    Projection,
    /// Nothing.
    OneWay,
}

impl Class {
    /// As reports name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::EqualUpToForm => "equal_up_to_form",
            Self::Partial => "partial",
            Self::Projection => "projection",
            Self::OneWay => "one_way",
        }
    }
}
