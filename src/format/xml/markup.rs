//! Where markup ends, for [`super::split`].
//!
//! [`quick_xml::Reader`] stops for good at text that is not UTF-8 and at a tag that its window cuts off,
//! both of which must cost one record and no more: so boundaries are found by its parsers of single
//! tokens, and each record that is cut out is then read by the reader itself.

use memchr::{memchr, memmem};
use quick_xml::name::QName;
use quick_xml::parser::{CommentParser, ElementParser, Parser, PiParser};

/// What stands at a `<`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::format) enum Markup {
    Start,
    /// A start tag that is its own end.
    Empty,
    End,
    Comment,
    /// A CDATA section.
    Data,
    Instruction,
    /// A document type or any other declaration.
    Declaration,
    /// A start tag with another `<` inside.
    Broken,
}

/// The markup at the start of `bytes` and its length; `None` when more is needed to tell.
pub(in crate::format) fn markup(bytes: &[u8]) -> Option<(Markup, usize)> {
    match bytes.get(1)? {
        b'/' => Some((Markup::End, memchr(b'>', bytes)? + 1)),
        b'?' => Some((Markup::Instruction, PiParser::default().feed(bytes)? + 1)),
        b'!' => {
            if let Some(comment) = bytes.strip_prefix(b"<!--") {
                Some((Markup::Comment, 4 + CommentParser::default().feed(comment)?))
            } else if bytes.starts_with(b"<![CDATA[") {
                Some((Markup::Data, memmem::find(bytes, b"]]>")? + 3))
            } else if b"<!--".starts_with(bytes) || b"<![CDATA[".starts_with(bytes) {
                None
            } else {
                Some((Markup::Declaration, 2))
            }
        }
        _ => {
            let (length, sound) = tag_end(bytes)?;
            let kind = match bytes.get(length.saturating_sub(2)) {
                _ if !sound => Markup::Broken,
                Some(b'/') => Markup::Empty,
                _ => Markup::Start,
            };
            Some((kind, length))
        }
    }
}

/// The length of a start tag, or up to a `<` that may not stand in one, not even in quotes: a quote or
/// bracket that is missing is noticed at the next tag. A `>` in quotes does not end the tag.
fn tag_end(bytes: &[u8]) -> Option<(usize, bool)> {
    let next = memchr(b'<', bytes.get(1..)?).map(|at| at + 1);
    let tag = bytes.get(..next.unwrap_or(bytes.len()))?;
    match ElementParser::default().feed(tag) {
        Some(at) => Some((at + 1, true)),
        None => next.map(|at| (at, false)),
    }
}

/// The local part of a name.
pub(in crate::format) fn local(name: &str) -> &str {
    QName(name).local_name().into_inner()
}

/// Whether a name is one that XML allows (XML 1.0, 2.3; beyond ASCII any letter-like character).
pub(in crate::format) fn is_name(name: &str) -> bool {
    if let [first, rest @ ..] = name.as_bytes()
        && first.is_ascii_alphabetic()
        && rest.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    {
        return true;
    }
    let start = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | ':') || !c.is_ascii();
    let mut characters = name.chars();
    characters.next().is_some_and(start)
        && characters.all(|c| start(c) || c.is_ascii_digit() || matches!(c, '-' | '.'))
}
