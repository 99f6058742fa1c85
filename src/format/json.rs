//! Strict JSON (RFC 8259) to events, without a tree: one pass, borrowing every string that has no
//! escapes. [`split`] cuts arrays into elements; lines need no cutting.
//!
//! Beyond the grammar it refuses what no consumer could agree on: the same key twice in one object,
//! lone surrogates, U+0000 (no text column can hold it), and what is deeper or larger than the limits.

pub(super) mod split;

use std::borrow::Cow;
use std::hash::Hasher;

use memchr::memchr;
use rustc_hash::FxHasher;
use smallvec::SmallVec;

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

/// Bytes that end the plain part of a string: the quote, the backslash and control characters.
const STOPS: [bool; 256] = {
    let mut stops = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        stops[byte] = true;
        byte += 1;
    }
    stops[b'"' as usize] = true;
    stops[b'\\' as usize] = true;
    stops
};

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

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

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
            sink.key(self.name(outer)?);
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
        let hash = hash(name.as_bytes());
        if self.keys.get(outer..).is_some_and(|keys| keys.contains(&hash)) {
            let mut fault = Fault::new(IssueCode::DuplicateKey, at);
            fault.field = Some(name.into_owned());
            return Err(fault);
        }
        self.keys.push(hash);
        self.space();
        if self.peek() != Some(b':') {
            return Err(self.unexpected(self.peek()));
        }
        self.at += 1;
        Ok(name)
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

    fn plain_until_stop(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let plain = rest.iter().position(|&byte| STOPS[usize::from(byte)]).unwrap_or(rest.len());
        self.at += plain;
    }

    fn string(&mut self) -> Result<Cow<'s, str>, Fault> {
        self.at += 1;
        let from = self.at;
        self.plain_until_stop();
        match self.peek() {
            Some(b'"') => {
                let text = self.slice(from, self.at);
                self.at += 1;
                Ok(Cow::Borrowed(text))
            }
            Some(b'\\') => self.escaped(from).map(Cow::Owned),
            other => Err(self.unexpected(other)),
        }
    }

    #[cold]
    fn escaped(&mut self, from: usize) -> Result<String, Fault> {
        let mut text = self.slice(from, self.at).to_owned();
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => {
                    self.at += 1;
                    text.push(self.escape()?);
                }
                other => return Err(self.unexpected(other)),
            }
            let from = self.at;
            self.plain_until_stop();
            text.push_str(self.slice(from, self.at));
        }
    }

    fn escape(&mut self) -> Result<char, Fault> {
        let character = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            other => return Err(self.unexpected(other)),
        };
        self.at += 1;
        Ok(character)
    }

    fn unicode_escape(&mut self) -> Result<char, Fault> {
        let start = self.at;
        let first = self.code_unit()?;
        let code = match first {
            0 => return Err(Fault::new(IssueCode::NulCharacter, start)),
            0xd800..=0xdbff => {
                if self.peek() != Some(b'\\') {
                    return Err(self.unexpected(self.peek()));
                }
                self.at += 1;
                let second = self.code_unit()?;
                if !(0xdc00..=0xdfff).contains(&second) {
                    return Err(Fault::new(IssueCode::BadSyntax, start));
                }
                0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)
            }
            other => other,
        };
        char::from_u32(code).ok_or_else(|| Fault::new(IssueCode::BadSyntax, start))
    }

    /// Reads `uXXXX`.
    fn code_unit(&mut self) -> Result<u32, Fault> {
        if self.peek() != Some(b'u') {
            return Err(self.unexpected(self.peek()));
        }
        self.at += 1;
        let mut code = 0;
        for _ in 0..4 {
            let byte = self.peek();
            let digit = byte.and_then(|byte| char::from(byte).to_digit(16));
            code = code * 16 + digit.ok_or_else(|| self.unexpected(byte))?;
            self.at += 1;
        }
        Ok(code)
    }

    fn number(&mut self) -> Result<Cow<'s, str>, Fault> {
        let from = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(Cow::Borrowed(self.slice(from, self.at)))
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let from = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == from {
            return Err(self.unexpected(self.peek()));
        }
        Ok(())
    }

    fn word(&mut self, word: &'static str) -> Result<Cow<'s, str>, Fault> {
        for expected in word.bytes() {
            if self.peek() != Some(expected) {
                return Err(self.unexpected(self.peek()));
            }
            self.at += 1;
        }
        Ok(Cow::Borrowed(word))
    }
}

fn null<'s>(at: u32) -> Scalar<'s> {
    Scalar { kind: ScalarKind::Null, text: Cow::Borrowed("null"), at }
}

/// Two keys with one hash are taken for equal: by chance once in 10^12 records of 10,000 fields, and
/// who makes it happen on purpose only gets their own record refused.
fn hash(name: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(name);
    hasher.write_u8(name.len() as u8);
    hasher.finish()
}

/// The members of an object that must be sound: each key with its value's text and offset.
pub(super) fn members<'s>(
    text: &'s str,
    limits: &Limits,
    mut each: impl FnMut(&str, &'s str, usize),
) -> Result<(), Fault> {
    let mut scanner = Scanner::new(text, limits);
    scanner.space();
    if scanner.peek() != Some(b'{') {
        return Err(scanner.unexpected(scanner.peek()));
    }
    loop {
        scanner.at += 1;
        scanner.space();
        match scanner.peek() {
            Some(b'"') => {}
            Some(b'}') if scanner.keys.is_empty() => return Ok(()),
            other => return Err(scanner.unexpected(other)),
        }
        let key = scanner.name(0)?;
        scanner.space();
        let from = scanner.at;
        scanner.value(&mut Nothing)?;
        each(&key, scanner.slice(from, scanner.at), from);
        scanner.space();
        match scanner.peek() {
            Some(b',') => {}
            Some(b'}') => return Ok(()),
            other => return Err(scanner.unexpected(other)),
        }
    }
}

/// A string's text, when a value is one.
pub(super) fn as_string(value: &str) -> Option<Cow<'_, str>> {
    let limits = Limits::default();
    let mut scanner = Scanner::new(value, &limits);
    (scanner.peek() == Some(b'"')).then(|| scanner.string().ok())?
}

/// Takes events and drops them.
struct Nothing;

impl<'r> Events<'r> for Nothing {
    fn begin_object(&mut self) {}
    fn key(&mut self, _: Cow<'r, str>) {}
    fn end_object(&mut self) {}
    fn begin_array(&mut self) {}
    fn end_array(&mut self) {}
    fn scalar(&mut self, _: Scalar<'r>) {}
}

/// Whether a text is one JSON number.
pub(super) fn is_number(text: &str) -> bool {
    let limits = Limits::default();
    let mut scanner = Scanner::new(text, &limits);
    scanner.number().is_ok() && scanner.at == text.len()
}

/// Where the text holds a NUL, which no format allows.
pub(super) fn nul(text: &[u8]) -> Option<usize> {
    memchr(0, text)
}
