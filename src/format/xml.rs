//! XML to events, without a tree and without ever resolving what the document declares. The grammar is
//! that of `quick-xml`.
//!
//! [`split`] cuts the record elements out of the stream, [`walk`] replays one: of plain markup at once
//! ([`events`]), of any other through a [`quick_xml::Reader`]. What that leaves to its callers is asked for here: names that are names, no
//! `<` in attributes, white space between them, only characters that XML allows. Only the five
//! predefined entities and character references are known; a document type declaration ends the file
//! at once (entity bombs, external entities). Namespaces are not resolved: names are local names, and
//! `xmlns` attributes are no data.

mod attribute;
mod events;
pub(super) mod markup;
mod plain;
pub(super) mod split;

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::errors::{Error, SyntaxError};
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

use self::attribute::Attributes;
use self::markup::{is_name, local};
use super::events::{Events, Scalar, ScalarKind};
use super::frame::Fault;
use super::options::Limits;
use crate::model::IssueCode;

/// Records are cut out of their document, so nothing tells them which version it declared; 1.1, which
/// nobody sends, only adds two rare line ends.
const VERSION: XmlVersion = XmlVersion::Implicit1_0;

/// Replays one element. Events are well nested even when it fails.
pub(super) fn walk<'s>(
    text: &'s str,
    limits: &Limits,
    sink: &mut impl Events<'s>,
) -> Result<(), Fault> {
    match events::plain(text, limits) {
        Some(heard) => {
            events::tell(&heard, sink);
            Ok(())
        }
        None => walk_through_library(text, limits, sink),
    }
}

fn walk_through_library<'s>(
    text: &'s str,
    limits: &Limits,
    sink: &mut impl Events<'s>,
) -> Result<(), Fault> {
    let mut walker = Walker { text, fields: 0, limits, open: Vec::new() };
    let result = walker.run(sink);
    walker.close(sink);
    result
}

struct Walker<'s, 'l> {
    text: &'s str,
    fields: usize,
    limits: &'l Limits,
    open: Vec<Element<'s>>,
}

/// An element whose end has not come.
struct Element<'s> {
    /// Whether an object was begun for it: it has attributes or children.
    object: bool,
    content: Cow<'s, str>,
    content_at: usize,
}

impl<'s> Walker<'s, '_> {
    fn run(&mut self, sink: &mut impl Events<'s>) -> Result<(), Fault> {
        let mut reader = quick_xml::Reader::from_str(self.text);
        loop {
            let from = offset(reader.buffer_position());
            let event = reader
                .read_event()
                .map_err(|error| Fault::new(code(&error), offset(reader.error_position())))?;
            let to = offset(reader.buffer_position());
            match event {
                Event::Text(text) => self.add(text.xml_content(VERSION), from)?,
                Event::CData(data) => self.add(data.xml_content(VERSION), from)?,
                Event::GeneralRef(reference) => self.add(resolved(&reference, from)?, from)?,
                Event::Start(tag) => self.start(sink, &tag, (from, to - ">".len()))?,
                Event::Empty(tag) => {
                    self.start(sink, &tag, (from, to - "/>".len()))?;
                    self.end(sink);
                }
                // The reader has compared its name.
                Event::End(_) => self.end(sink),
                Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
                Event::DocType(_) => return Err(Fault::new(IssueCode::ForbiddenEntity, from)),
                Event::Eof if self.open.is_empty() => return Ok(()),
                Event::Eof => return Err(Fault::new(IssueCode::BadSyntax, to)),
            }
        }
    }

    /// Takes text of the innermost element.
    fn add(&mut self, text: Cow<'s, str>, at: usize) -> Result<(), Fault> {
        let text = allowed(text, at)?;
        match self.open.last_mut() {
            None if text.trim().is_empty() => Ok(()),
            None => Err(Fault::new(IssueCode::BadSyntax, at)),
            Some(element) if element.content.is_empty() => {
                element.content = text;
                element.content_at = at;
                Ok(())
            }
            Some(element) => {
                element.content.to_mut().push_str(&text);
                Ok(())
            }
        }
    }

    /// Begins the element whose tag stands between these offsets, its closing bracket excluded.
    fn start(
        &mut self,
        sink: &mut impl Events<'s>,
        tag: &BytesStart<'_>,
        (at, to): (usize, usize),
    ) -> Result<(), Fault> {
        if self.open.len() == self.limits.depth {
            return Err(Fault::at_most(IssueCode::TooDeep, at, self.limits.depth));
        }
        let inside = self.text.get(at + 1..to).unwrap_or_default();
        let name = inside.get(..tag.name().as_ref().len()).unwrap_or_default();
        if !is_name(name) || (self.open.is_empty() && at != 0) {
            return Err(Fault::new(IssueCode::BadSyntax, at));
        }
        if !self.open.is_empty() {
            self.count(at)?;
            self.begin_object(sink);
            sink.key(Cow::Borrowed(local(name)));
        }
        self.open.push(Element { object: false, content: Cow::Borrowed(""), content_at: at });
        for attribute in Attributes::new(inside, name.len(), at + 1) {
            let attribute = attribute?;
            if attribute.declares_namespace() {
                continue;
            }
            self.count(attribute.at)?;
            let at = attribute.at as u32;
            self.begin_object(sink);
            sink.attribute(attribute.local_name());
            match attribute.text() {
                Ok(text) => sink.scalar(Scalar { kind: ScalarKind::Text, text, at }),
                Err(fault) => {
                    // A key without a value would be no document any more.
                    sink.scalar(Scalar { kind: ScalarKind::Null, text: Cow::Borrowed("null"), at });
                    return Err(fault);
                }
            }
        }
        Ok(())
    }

    fn count(&mut self, at: usize) -> Result<(), Fault> {
        self.fields += 1;
        if self.fields > self.limits.fields {
            return Err(Fault::at_most(IssueCode::TooManyFields, at, self.limits.fields));
        }
        Ok(())
    }

    /// The innermost element turns out to be more than text.
    fn begin_object(&mut self, sink: &mut impl Events<'s>) {
        if let Some(element) = self.open.last_mut().filter(|element| !element.object) {
            element.object = true;
            sink.begin_object();
        }
    }

    fn end(&mut self, sink: &mut impl Events<'s>) {
        let Some(element) = self.open.pop() else {
            return;
        };
        let scalar =
            Scalar { kind: ScalarKind::Text, text: element.content, at: element.content_at as u32 };
        if !element.object {
            sink.scalar(scalar);
            return;
        }
        if !scalar.text.trim().is_empty() {
            sink.key(Cow::Borrowed("#text"));
            sink.scalar(scalar);
        }
        sink.end_object();
    }

    /// Ends what a fault left open; text that was cut is not given.
    fn close(&mut self, sink: &mut impl Events<'s>) {
        while let Some(element) = self.open.pop() {
            if element.object {
                sink.end_object();
            } else {
                sink.scalar(Scalar {
                    kind: ScalarKind::Null,
                    text: Cow::Borrowed("null"),
                    at: element.content_at as u32,
                });
            }
        }
    }
}

/// An offset in a record, which is in memory.
fn offset(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

/// What the reader refuses is broken, but for declarations other than that of the document type,
/// which it does not know.
fn code(error: &Error) -> IssueCode {
    match error {
        Error::Syntax(SyntaxError::InvalidBangMarkup | SyntaxError::UnclosedDoctype) => {
            IssueCode::ForbiddenEntity
        }
        _ => IssueCode::BadSyntax,
    }
}

fn resolved<'s>(reference: &BytesRef<'_>, at: usize) -> Result<Cow<'s, str>, Fault> {
    let bad = || Fault::new(IssueCode::BadSyntax, at);
    match reference.resolve_char_ref().map_err(|_| bad())? {
        Some(character) => Ok(Cow::Owned(character.to_string())),
        None => resolve_xml_entity(reference).map(Cow::Borrowed).ok_or_else(bad),
    }
}

/// The text, if XML allows all its characters.
fn allowed(text: Cow<'_, str>, at: usize) -> Result<Cow<'_, str>, Fault> {
    // What is no control character and begins none of U+F000 to U+FFFF is always allowed.
    let plain = |byte: &u8| *byte >= 0x20 && *byte != 0xef || matches!(byte, b'\t' | b'\n' | b'\r');
    if text.as_bytes().iter().all(plain) {
        return Ok(text);
    }
    match text.find(|character| !is_xml(character)) {
        None => Ok(text),
        Some(bad) => Err(Fault::new(IssueCode::BadSyntax, at + bad)),
    }
}

/// The characters of XML 1.0, 2.2.
pub(super) fn is_xml(character: char) -> bool {
    !matches!(character, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}
