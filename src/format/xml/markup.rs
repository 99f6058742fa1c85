//! The tokens of XML: where markup ends, and what stands in a start tag.

use memchr::memmem;

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
    let until = |skip: usize, end: &[u8]| {
        memmem::find(bytes.get(skip..)?, end).map(|at| skip + at + end.len())
    };
    match bytes.get(1)? {
        b'/' => Some((Markup::End, until(2, b">")?)),
        b'?' => Some((Markup::Instruction, until(2, b"?>")?)),
        b'!' => {
            if bytes.starts_with(b"<!--") {
                Some((Markup::Comment, until(4, b"-->")?))
            } else if bytes.starts_with(b"<![CDATA[") {
                Some((Markup::Data, until(9, b"]]>")?))
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
    let mut quote = None;
    for (at, &byte) in bytes.iter().enumerate().skip(1) {
        match (byte, quote) {
            (b'<', _) => return Some((at, false)),
            (b'>', None) => return Some((at + 1, true)),
            (b'"' | b'\'', None) => quote = Some(byte),
            (_, Some(open)) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

/// The local part of a name.
pub(in crate::format) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// Whether a name is one that XML allows (XML 1.0, 2.3; beyond ASCII any letter-like character).
pub(in crate::format) fn is_name(name: &str) -> bool {
    let start = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | ':') || !c.is_ascii();
    let mut characters = name.chars();
    characters.next().is_some_and(start)
        && characters.all(|c| start(c) || c.is_ascii_digit() || matches!(c, '-' | '.'))
}

/// The name and attributes of a start tag, from the text between its brackets.
pub(in crate::format) struct Attributes<'s> {
    text: &'s str,
    /// What has not been read, and its offset in the record.
    rest: &'s str,
    base: usize,
}

/// One attribute.
pub(in crate::format) struct Attribute<'s> {
    pub(in crate::format) name: &'s str,
    /// As written, with references.
    pub(in crate::format) value: &'s str,
    /// Offset of the value.
    pub(in crate::format) at: usize,
}

impl<'s> Attributes<'s> {
    /// The tag `text` starts at `base` in the record.
    pub(in crate::format) fn new(text: &'s str, base: usize) -> Self {
        Self { text, rest: text, base }
    }

    /// Takes the name of the element.
    pub(in crate::format) fn name(&mut self) -> Option<&'s str> {
        let end = self.rest.find(is_space).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        is_name(name).then_some(name)
    }

    fn at(&self) -> usize {
        self.base + self.text.len() - self.rest.len()
    }

    fn attribute(&mut self) -> Option<Attribute<'s>> {
        let (name, after) = self.rest.split_once('=')?;
        let name = name.trim_end_matches(is_space);
        let after = after.trim_start_matches(is_space);
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, rest) = after.strip_prefix(quote)?.split_once(quote)?;
        if !is_name(name) || value.contains('<') || !(rest.is_empty() || rest.starts_with(is_space))
        {
            return None;
        }
        self.rest = rest;
        let at = self.at() - 1 - value.len();
        Some(Attribute { name, value, at })
    }
}

impl<'s> Iterator for Attributes<'s> {
    /// An attribute, or the offset where none can be read.
    type Item = Result<Attribute<'s>, usize>;

    fn next(&mut self) -> Option<Self::Item> {
        self.rest = self.rest.trim_start_matches(is_space);
        if self.rest.is_empty() {
            return None;
        }
        let found = self.attribute().ok_or_else(|| self.at());
        if found.is_err() {
            self.rest = "";
        }
        Some(found)
    }
}

fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}
