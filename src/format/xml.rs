//! XML to events, without a tree and without ever resolving what the document declares.
//!
//! [`split`] cuts the record elements out of the stream, [`walk`] replays one. Only the five
//! predefined entities and character references are known; a document type declaration ends the file
//! at once (entity bombs, external entities). Namespaces are not resolved: names are local names, and
//! `xmlns` attributes are no data.

pub(super) mod markup;
pub(super) mod split;

use std::borrow::Cow;

use memchr::{memchr, memchr3};

use self::markup::{Attributes, Markup, local, markup};
use super::events::{Events, Scalar, ScalarKind};
use super::frame::Fault;
use super::options::Limits;
use crate::model::IssueCode;

/// Replays one element. Events are well nested even when it fails.
pub(super) fn walk<'s>(
    text: &'s str,
    limits: &Limits,
    sink: &mut impl Events<'s>,
) -> Result<(), Fault> {
    let mut walker = Walker { text, at: 0, fields: 0, limits, open: Vec::new() };
    let result = walker.run(sink);
    walker.close(sink);
    result
}

struct Walker<'s, 'l> {
    text: &'s str,
    at: usize,
    fields: usize,
    limits: &'l Limits,
    open: Vec<Element<'s>>,
}

/// An element whose end has not come.
struct Element<'s> {
    /// Name with its prefix, as the end tag must repeat it.
    name: &'s str,
    /// Whether an object was begun for it: it has attributes or children.
    object: bool,
    content: Cow<'s, str>,
    content_at: usize,
}

impl<'s> Walker<'s, '_> {
    fn run(&mut self, sink: &mut impl Events<'s>) -> Result<(), Fault> {
        loop {
            let rest = self.rest();
            let length = memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
            self.content(length)?;
            if self.at == self.text.len() {
                return match self.open.is_empty() {
                    true => Ok(()),
                    false => Err(Fault::new(IssueCode::BadSyntax, self.at)),
                };
            }
            self.markup(sink)?;
        }
    }

    fn rest(&self) -> &'s str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn slice(&self, from: usize, to: usize) -> &'s str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// Takes text up to the next markup.
    fn content(&mut self, length: usize) -> Result<(), Fault> {
        let (from, to) = (self.at, self.at + length);
        let raw = self.slice(from, to);
        self.at = to;
        if raw.is_empty() {
            return Ok(());
        }
        let text = resolved(with_line_feeds(raw))
            .map_err(|offset| Fault::new(IssueCode::BadSyntax, from + offset))?;
        self.add(text, from)
    }

    fn add(&mut self, text: Cow<'s, str>, at: usize) -> Result<(), Fault> {
        if let Some(bad) = text.find(|character| !is_xml(character)) {
            return Err(Fault::new(IssueCode::BadSyntax, at + bad));
        }
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

    fn markup(&mut self, sink: &mut impl Events<'s>) -> Result<(), Fault> {
        let from = self.at;
        let bad = || Fault::new(IssueCode::BadSyntax, from);
        let (found, length) = markup(self.rest().as_bytes()).ok_or_else(bad)?;
        let to = from + length;
        self.at = to;
        match found {
            Markup::Comment | Markup::Instruction => Ok(()),
            Markup::Declaration => Err(Fault::new(IssueCode::ForbiddenEntity, from)),
            Markup::Broken => Err(bad()),
            Markup::Data => {
                let inside = self.slice(from + "<![CDATA[".len(), to - "]]>".len());
                self.add(with_line_feeds(inside), from)
            }
            Markup::Start => self.start(sink, self.slice(from + 1, to - 1), from),
            Markup::Empty => {
                self.start(sink, self.slice(from + 1, to - 2), from)?;
                self.end(sink);
                Ok(())
            }
            Markup::End => {
                let name = self.slice(from + 2, to - 1).trim_end();
                match self.open.last() {
                    Some(element) if element.name == name => {
                        self.end(sink);
                        Ok(())
                    }
                    _ => Err(bad()),
                }
            }
        }
    }

    fn start(
        &mut self,
        sink: &mut impl Events<'s>,
        inside: &'s str,
        at: usize,
    ) -> Result<(), Fault> {
        if self.open.len() == self.limits.depth {
            return Err(Fault::at_most(IssueCode::TooDeep, at, self.limits.depth));
        }
        let mut attributes = Attributes::new(inside, at + 1);
        let name = attributes.name().ok_or_else(|| Fault::new(IssueCode::BadSyntax, at))?;
        if !self.open.is_empty() {
            self.count(at)?;
            self.begin_object(sink);
            sink.key(Cow::Borrowed(local(name)));
        } else if at != 0 {
            return Err(Fault::new(IssueCode::BadSyntax, at));
        }
        self.open.push(Element { name, object: false, content: Cow::Borrowed(""), content_at: at });
        self.attributes(sink, attributes)
    }

    fn attributes(
        &mut self,
        sink: &mut impl Events<'s>,
        attributes: Attributes<'s>,
    ) -> Result<(), Fault> {
        let mut names: Vec<&str> = Vec::new();
        for attribute in attributes {
            let attribute = attribute.map_err(|at| Fault::new(IssueCode::BadSyntax, at))?;
            if names.contains(&attribute.name) {
                let mut fault = Fault::new(IssueCode::DuplicateKey, attribute.at);
                fault.field = Some(format!("@{}", attribute.name));
                return Err(fault);
            }
            names.push(attribute.name);
            if attribute.name == "xmlns" || attribute.name.starts_with("xmlns:") {
                continue;
            }
            self.count(attribute.at)?;
            let text = resolved(with_spaces(attribute.value))
                .map_err(|offset| Fault::new(IssueCode::BadSyntax, attribute.at + offset))?;
            if let Some(bad) = text.find(|character| !is_xml(character)) {
                return Err(Fault::new(IssueCode::BadSyntax, attribute.at + bad));
            }
            self.begin_object(sink);
            sink.key(Cow::Owned(format!("@{}", local(attribute.name))));
            sink.scalar(Scalar { kind: ScalarKind::Text, text, at: attribute.at as u32 });
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
        if let Some(element) = self.open.last_mut() {
            if !element.object {
                element.object = true;
                sink.begin_object();
            }
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

/// Every line end is one line feed (XML 1.0, 2.11).
fn with_line_feeds(raw: &str) -> Cow<'_, str> {
    if memchr(b'\r', raw.as_bytes()).is_some() {
        Cow::Owned(raw.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(raw)
    }
}

/// Line ends and tabs in an attribute are spaces, unless written as references (XML 1.0, 3.3.3).
fn with_spaces(raw: &str) -> Cow<'_, str> {
    if memchr3(b'\n', b'\r', b'\t', raw.as_bytes()).is_some() {
        Cow::Owned(raw.replace("\r\n", " ").replace(['\n', '\r', '\t'], " "))
    } else {
        Cow::Borrowed(raw)
    }
}

fn resolved(raw: Cow<'_, str>) -> Result<Cow<'_, str>, usize> {
    match raw {
        Cow::Borrowed(raw) => unescape(raw),
        Cow::Owned(raw) => unescape(&raw).map(|text| Cow::Owned(text.into_owned())),
    }
}

/// Replaces references; the offset of one that is not known, otherwise.
fn unescape(raw: &str) -> Result<Cow<'_, str>, usize> {
    if memchr(b'&', raw.as_bytes()).is_none() {
        return Ok(Cow::Borrowed(raw));
    }
    let mut text = String::with_capacity(raw.len());
    let mut offset = 0;
    let mut parts = raw.split('&');
    let plain = parts.next().unwrap_or_default();
    text.push_str(plain);
    offset += plain.len();
    for part in parts {
        let (name, plain) = part.split_once(';').ok_or(offset)?;
        text.push(reference(name).ok_or(offset)?);
        text.push_str(plain);
        offset += 1 + part.len();
    }
    Ok(Cow::Owned(text))
}

fn reference(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let digits = name.strip_prefix('#')?;
            let (digits, radix) = match digits.strip_prefix('x') {
                Some(digits) => (digits, 16),
                None => (digits, 10),
            };
            if !digits.chars().all(|digit| digit.is_digit(radix)) {
                return None;
            }
            let character = char::from_u32(u32::from_str_radix(digits, radix).ok()?)?;
            is_xml(character).then_some(character)
        }
    }
}

/// The characters of XML 1.0, 2.2.
pub(super) fn is_xml(character: char) -> bool {
    !matches!(character, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}
