//! A canonical record as the way back looks at it: a small tree that borrows from the record's bytes.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

/// A part of a record. That no key comes twice, the readers see to.
#[derive(Clone, PartialEq)]
pub enum Document<'d> {
    Null,
    Truth(bool),
    Number(Number),
    Text(Cow<'d, str>),
    List(Vec<Self>),
    Group(Vec<(Cow<'d, str>, Self)>),
}

impl<'d> Document<'d> {
    /// Of the bytes of a record; none when they are no JSON.
    pub fn parse(canonical: &'d [u8]) -> Option<Self> {
        serde_json::from_slice(canonical).ok()
    }

    /// A field of a group.
    #[inline]
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Group(fields) => {
                fields.iter().find(|(known, _)| **known == *key).map(|(_, below)| below)
            }
            Self::Null | Self::Truth(_) | Self::Number(_) | Self::Text(_) | Self::List(_) => None,
        }
    }

    /// The items of a list.
    pub fn items(&self) -> Option<&[Self]> {
        match self {
            Self::List(items) => Some(items),
            Self::Null | Self::Truth(_) | Self::Number(_) | Self::Text(_) | Self::Group(_) => None,
        }
    }

    /// A text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::Truth(_) | Self::Number(_) | Self::List(_) | Self::Group(_) => None,
        }
    }

    /// The scheme that the record is of.
    pub fn scheme(&self) -> Option<&str> {
        self.get("source")?.get("scheme")?.text()
    }

    /// The sender's id of the record.
    pub fn record_id(&self) -> Option<&str> {
        self.get("source")?.get("record_id")?.text()
    }
}

impl<'de> Deserialize<'de> for Document<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reading)
    }
}

/// Room for the fields of most groups of a record.
const FIELDS: usize = 8;

struct Reading;

impl<'de> Visitor<'de> for Reading {
    type Value = Document<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON document")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Document::Null)
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Self::Value, E> {
        Ok(Document::Truth(truth))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Document::Number(number.into()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Document::Number(number.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Number::from_f64(number).map_or(Document::Null, Document::Number))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Document::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Document::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut found = Vec::new();
        while let Some(item) = items.next_element()? {
            found.push(item);
        }
        Ok(Document::List(found))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let mut found = Vec::with_capacity(FIELDS);
        while let Some((Key(key), below)) = fields.next_entry()? {
            found.push((key, below));
        }
        Ok(Document::Group(found))
    }
}

/// A key, borrowed where it has no escapes.
#[derive(Deserialize)]
struct Key<'d>(#[serde(borrow)] Cow<'d, str>);
