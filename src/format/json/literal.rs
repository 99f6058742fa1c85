//! The strings, numbers and words of JSON.

use std::borrow::Cow;

use super::Scanner;
use crate::format::frame::Fault;
use crate::format::plain::plain_length;
use crate::model::IssueCode;

impl<'s> Scanner<'s, '_> {
    fn plain_until_stop(&mut self) {
        self.at += plain_length(self.bytes.get(self.at..).unwrap_or_default());
    }

    pub(super) fn string(&mut self) -> Result<Cow<'s, str>, Fault> {
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

    pub(super) fn number(&mut self) -> Result<Cow<'s, str>, Fault> {
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

    pub(super) fn word(&mut self, word: &'static str) -> Result<Cow<'s, str>, Fault> {
        for expected in word.bytes() {
            if self.peek() != Some(expected) {
                return Err(self.unexpected(self.peek()));
            }
            self.at += 1;
        }
        Ok(Cow::Borrowed(word))
    }
}
