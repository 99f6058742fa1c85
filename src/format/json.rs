//! Strict JSON (RFC 8259) to events, without a tree: one pass, borrowing every string that has no
//! escapes. [`split`] cuts arrays into elements; lines need no cutting. `literal` reads strings and
//! numbers, `part` looks into a text without replaying it.
//!
//! Beyond the grammar it refuses what no consumer could agree on: the same key twice in one object,
//! lone surrogates, U+0000 (no text column can hold it), and what is deeper or larger than the limits.

mod key;
mod literal;
mod part;
mod scan;
pub(super) mod split;

use std::borrow::Cow;

use memchr::memchr;
use smallvec::SmallVec;

pub use self::key::Key;
pub(super) use self::part::{as_string, is_number, members};
use super::events::{Events, Scalar, ScalarKind};
use super::frame::Fault;
use super::options::Limits;
use crate::model::IssueCode;

/// Replays one JSON text. Events are well nested even when it fails.
pub(super) fn walk<'s>(
    text: &'s str,
    limits: &Limits,
    sink: &mut impl Events<'s>,
) -> Result<(), Fault> {
    let mut scanner = Scanner::new(text, limits);
    scanner.value(sink)?;
    scanner.space();
    match scanner.peek() {
        None => Ok(()),
        Some(byte) => Err(scanner.unexpected(Some(byte))),
    }
}

struct Scanner<'s, 'l> {
    text: &'s str,
    bytes: &'s [u8],
    at: usize,
    depth: usize,
    fields: usize,
    limits: &'l Limits,
    /// Hashes of the keys of every open object, the innermost last.
    keys: SmallVec<[u64; 64]>,
}

impl<'s, 'l> Scanner<'s, 'l> {
    fn new(text: &'s str, limits: &'l Limits) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            at: 0,
            depth: 0,
            fields: 0,
            limits,
            keys: SmallVec::new(),
        }
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    /// The fault of finding `byte`, or the end, where the grammar does not allow it.
    #[cold]
    fn unexpected(&self, byte: Option<u8>) -> Fault {
        let code = match byte {
            None => IssueCode::TruncatedLine,
            Some(0) => IssueCode::NulCharacter,
            Some(_) => IssueCode::BadSyntax,
        };
        Fault::new(code, self.at)
    }

    fn value(&mut self, sink: &mut impl Events<'s>) -> Result<(), Fault> {
        self.space();
        let at = self.at;
        let scalar = match self.peek() {
            Some(b'{') => return self.nested(sink, Self::object),
            Some(b'[') => return self.nested(sink, Self::array),
            Some(b'"') => self.string().map(|text| (ScalarKind::Text, text)),
            Some(b'-' | b'0'..=b'9') => self.number().map(|text| (ScalarKind::Number, text)),
            Some(b't') => self.word("true").map(|text| (ScalarKind::Boolean, text)),
            Some(b'f') => self.word("false").map(|text| (ScalarKind::Boolean, text)),
            Some(b'n') => self.word("null").map(|text| (ScalarKind::Null, text)),
            other => Err(self.unexpected(other)),
        };
        // An offset within a record fits: records are at most the limit, far below 4 GiB.
        let at = at as u32;
        match scalar {
            Ok((kind, text)) => {
                sink.scalar(Scalar { kind, text, at });
                Ok(())
            }
            Err(fault) => {
                sink.scalar(null(at));
                Err(fault)
            }
        }
    }

    fn nested<S: Events<'s>>(
        &mut self,
        sink: &mut S,
        body: impl FnOnce(&mut Self, &mut S) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        if self.depth == self.limits.depth {
            sink.scalar(null(self.at as u32));
            return Err(Fault::at_most(IssueCode::TooDeep, self.at, self.limits.depth));
        }
        self.depth += 1;
        self.at += 1;
        let result = body(self, sink);
        self.depth -= 1;
        result
    }

    fn object<S: Events<'s>>(&mut self, sink: &mut S) -> Result<(), Fault> {
        sink.begin_object();
        let outer = self.keys.len();
        let result = self.members(sink, outer);
        self.keys.truncate(outer);
        sink.end_object();
        result
    }

    fn members<S: Events<'s>>(&mut self, sink: &mut S, outer: usize) -> Result<(), Fault> {
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err(self.unexpected(self.peek()));
            }
            match sink.expects().map(|key| self.takes(key, outer)) {
                Some(true) => {
                    self.colon()?;
                    sink.as_expected();
                }
                Some(false) | None => sink.key(self.name(outer)?),
            }
            self.value(sink)?;
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                other => return Err(self.unexpected(other)),
            }
        }
    }

    /// Reads a key and its colon; the keys of its object start at `outer`.
    fn name(&mut self, outer: usize) -> Result<Cow<'s, str>, Fault> {
        let at = self.at;
        let name = self.string()?;
        self.count(at)?;
        let hash = key::hash(name.as_bytes());
        if self.has(hash, outer) {
            let mut fault = Fault::new(IssueCode::DuplicateKey, at);
            fault.field = Some(name.into_owned());
            return Err(fault);
        }
        self.keys.push(hash);
        self.colon()?;
        Ok(name)
    }

    /// Whether the object whose keys start at `outer` has had a key.
    #[inline]
    fn has(&self, hash: u64, outer: usize) -> bool {
        self.keys.get(outer..).is_some_and(|keys| keys.contains(&hash))
    }

    /// Reads a key as it was expected; false when it is another, or one too many.
    #[inline]
    fn takes(&mut self, key: &Key, outer: usize) -> bool {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let comes = rest.starts_with(key.quoted())
            && self.fields < self.limits.fields
            && !self.has(key.hash(), outer);
        if comes {
            self.at += key.quoted().len();
            self.fields += 1;
            self.keys.push(key.hash());
        }
        comes
    }

    #[inline]
    fn colon(&mut self) -> Result<(), Fault> {
        self.space();
        if self.peek() != Some(b':') {
            return Err(self.unexpected(self.peek()));
        }
        self.at += 1;
        Ok(())
    }

    fn array<S: Events<'s>>(&mut self, sink: &mut S) -> Result<(), Fault> {
        sink.begin_array();
        let result = self.items(sink);
        sink.end_array();
        result
    }

    fn items<S: Events<'s>>(&mut self, sink: &mut S) -> Result<(), Fault> {
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.count(self.at)?;
            self.value(sink)?;
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(());
                }
                other => return Err(self.unexpected(other)),
            }
        }
    }

    fn count(&mut self, at: usize) -> Result<(), Fault> {
        self.fields += 1;
        if self.fields > self.limits.fields {
            return Err(Fault::at_most(IssueCode::TooManyFields, at, self.limits.fields));
        }
        Ok(())
    }

    fn slice(&self, from: usize, to: usize) -> &'s str {
        self.text.get(from..to).expect("JSON tokens end at ASCII bytes, so at character boundaries")
    }
}

fn null<'s>(at: u32) -> Scalar<'s> {
    Scalar { kind: ScalarKind::Null, text: Cow::Borrowed("null"), at }
}

/// Where the text holds a NUL, which no format allows.
pub(super) fn nul(text: &[u8]) -> Option<usize> {
    memchr(0, text)
}
