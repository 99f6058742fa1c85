//! Lists, and whole names that are lists of names.

use std::borrow::Cow;

use super::super::function::name::{self, Order};
use super::super::value::Value;
use super::Part;

/// A text cut at a separator; empty pieces are left out.
pub fn split<'a>(value: Value<'a>, separator: &str) -> Value<'a> {
    match value {
        Value::Text(Cow::Borrowed(text)) => Value::list(
            text.split(separator).filter(|p| !p.is_empty()).map(Cow::Borrowed).collect(),
        ),
        Value::Text(Cow::Owned(text)) => {
            let pieces = text.split(separator).filter(|p| !p.is_empty());
            Value::list(pieces.map(|piece| Cow::Owned(piece.to_owned())).collect())
        }
        other @ (Value::Absent | Value::Date(_) | Value::List(_)) => other,
    }
}

/// The texts of a list with a separator between.
pub fn join<'a>(value: Value<'a>, separator: &str) -> Value<'a> {
    match value {
        Value::List(items) => Value::non_empty(Cow::Owned(items.join(separator))),
        other @ (Value::Absent | Value::Date(_) | Value::Text(_)) => other,
    }
}

/// One of a list: from 0, or from its end with -1.
pub fn item(value: Value<'_>, place: i32) -> Value<'_> {
    let Value::List(mut items) = value else { return value };
    let wanted = usize::try_from(place.unsigned_abs()).unwrap_or(usize::MAX);
    let index = if place < 0 { items.len().checked_sub(wanted) } else { Some(wanted) };
    match index.filter(|index| *index < items.len()) {
        Some(index) => Value::Text(items.swap_remove(index)),
        None => Value::Absent,
    }
}

/// One part of a whole name.
pub fn name_part<'a>(value: Value<'a>, part: Part, order: Order) -> Value<'a> {
    if let (Value::Text(Cow::Borrowed(text)), Order::GivenOnly) = (&value, order)
        && let Some((prefix, given)) = name::given_only(text)
    {
        let list =
            |items: name::Words<'a>| Value::list(items.into_iter().map(Cow::Borrowed).collect());
        return match part {
            Part::Family => Value::Absent,
            Part::Given => list(given),
            Part::Prefix => list(prefix),
        };
    }
    let Some(text) = value.shown() else { return Value::Absent };
    let parts = name::parts(&text, order);
    let list = |items: Vec<String>| Value::list(items.into_iter().map(Cow::Owned).collect());
    match part {
        Part::Family => parts.family.map_or(Value::Absent, |name| Value::non_empty(name.into())),
        Part::Given => list(parts.given),
        Part::Prefix => list(parts.prefix),
    }
}
