//! Looks into a JSON text: the members of one object, a string, a number.

use std::borrow::Cow;

use super::Scanner;
use crate::format::events::{Events, Scalar};
use crate::format::frame::Fault;
use crate::format::options::Limits;

/// The members of an object that must be sound: each key with its value's text and offset.
pub(in crate::format) fn members<'s>(
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
pub(in crate::format) fn as_string(value: &str) -> Option<Cow<'_, str>> {
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
pub(in crate::format) fn is_number(text: &str) -> bool {
    let limits = Limits::default();
    let mut scanner = Scanner::new(text, &limits);
    scanner.number().is_ok() && scanner.at == text.len()
}
