//! The attributes of a start tag, as `quick-xml` finds them, and where their values stand.

use std::borrow::Cow;

use quick_xml::errors::Error;
use quick_xml::escape::EscapeError;
use quick_xml::events::attributes::{self, AttrError};

use super::markup::is_name;
use super::{VERSION, allowed};
use crate::format::frame::Fault;
use crate::model::IssueCode;

/// The attributes of one tag.
pub(super) struct Attributes<'s> {
    /// The text between the brackets of the tag, and its offset in the record.
    tag: &'s str,
    base: usize,
    found: attributes::Attributes<'s>,
    failed: bool,
}

/// One attribute.
pub(super) struct Attribute<'s> {
    found: attributes::Attribute<'s>,
    /// Offset of its value in the record.
    pub(super) at: usize,
}

impl<'s> Attributes<'s> {
    /// Of the tag that stands at `base` in the record; they follow its name.
    pub(super) fn new(tag: &'s str, name: usize, base: usize) -> Self {
        Self { tag, base, found: attributes::Attributes::new(tag, name), failed: false }
    }

    fn checked(&self, found: attributes::Attribute<'s>) -> Result<Attribute<'s>, Fault> {
        // Values are cut out of the tag, so the distance of the two is the offset.
        let from = (found.value.as_ptr() as usize).saturating_sub(self.tag.as_ptr() as usize);
        let after = self.tag.get(from + found.value.len() + 1..).unwrap_or_default();
        let at = self.base + from;
        // All three are left to the caller by the reader.
        let sound = is_name(found.key.as_ref())
            && !found.value.contains('<')
            && (after.is_empty() || after.starts_with([' ', '\t', '\r', '\n']));
        if sound { Ok(Attribute { found, at }) } else { Err(Fault::new(IssueCode::BadSyntax, at)) }
    }

    fn fault(&self, error: &AttrError) -> Fault {
        let (code, at) = match *error {
            AttrError::Duplicated(at, _) => (IssueCode::DuplicateKey, at),
            AttrError::ExpectedEq(at)
            | AttrError::ExpectedValue(at)
            | AttrError::UnquotedValue(at)
            | AttrError::ExpectedQuote(at, _) => (IssueCode::BadSyntax, at),
        };
        let mut fault = Fault::new(code, self.base + at);
        if code == IssueCode::DuplicateKey {
            let rest = self.tag.get(at..).unwrap_or_default();
            let name = rest.split(|c: char| c == '=' || c.is_ascii_whitespace()).next();
            fault.field = name.map(|name| format!("@{name}"));
        }
        fault
    }
}

impl<'s> Iterator for Attributes<'s> {
    /// An attribute, or why none can be read; then nothing follows.
    type Item = Result<Attribute<'s>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let found = match self.found.next()? {
            Ok(found) => self.checked(found),
            Err(error) => Err(self.fault(&error)),
        };
        self.failed = found.is_err();
        Some(found)
    }
}

impl<'s> Attribute<'s> {
    pub(super) fn declares_namespace(&self) -> bool {
        self.found.key.as_namespace_binding().is_some()
    }

    pub(super) fn local_name(&self) -> &'s str {
        self.found.key.local_name().into_inner()
    }

    /// The value, with references resolved and white space as XML has it.
    pub(super) fn text(&self) -> Result<Cow<'s, str>, Fault> {
        let text = self.found.normalized_value(VERSION).map_err(|error| {
            let within = match error {
                Error::Escape(EscapeError::UnrecognizedEntity(range, _)) => range.start - "&".len(),
                Error::Escape(EscapeError::UnterminatedEntity(range)) => range.start,
                _ => 0,
            };
            Fault::new(IssueCode::BadSyntax, self.at + within)
        })?;
        allowed(text, self.at)
    }
}
