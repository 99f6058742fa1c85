//! Cuts a JSON array, wherever it stands in its document, into elements.
//!
//! The elements are only balanced ([`super::scan`]), not checked: [`super::walk`] does that. But an
//! element must not take its neighbours with it: where one cannot be balanced, reading goes on at the next line that can only start an element: one with
//! an opening brace, not further indented than the line where the broken element starts.

use super::scan::{Scanned, scan};
use crate::format::frame::{Broken, Legible, advance};
use crate::format::options::Limits;
use crate::format::reader::{Cut, Found, KEPT_OF_TOO_LONG};
use crate::format::source::End;
use crate::format::text::Text;
use crate::model::{Expected, Issue, IssueCode, Place};

/// The state of reading one array.
pub(in crate::format) struct Elements {
    path: Vec<String>,
    state: State,
    /// Width of white space before the text of the line where the current element starts.
    indent: usize,
    /// Containers that are open around the array once it is found.
    around: usize,
    /// Whether the document may do without the array.
    optional: bool,
    /// Text of the member `resourceType` of the root, when it is an object that has one.
    resource_type: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Before,
    /// Before the first element, or after a comma.
    Element {
        first: bool,
    },
    /// After an element.
    After,
    /// After the array.
    Rest,
    Done,
}

impl Elements {
    /// The array under the keys `path`, from the root.
    pub(in crate::format) fn new(path: Vec<String>) -> Self {
        Self {
            path,
            state: State::Before,
            indent: 0,
            around: 0,
            optional: false,
            resource_type: None,
        }
    }

    /// The entries of a Bundle; an empty one has no such member, since FHIR knows no empty arrays.
    pub(in crate::format) fn of_bundle() -> Self {
        Self { optional: true, ..Self::new(vec!["entry".to_owned()]) }
    }

    /// The member `resourceType` of the root, as far as the document has been read.
    pub(in crate::format) fn resource_type(&self) -> Option<&str> {
        self.resource_type.as_deref()
    }

    /// The next element.
    pub(in crate::format) fn next(&mut self, text: &mut Text, limits: &Limits) -> Found {
        loop {
            match self.state {
                State::Before => {
                    if let Err(found) = self.find(text, limits) {
                        self.state = State::Done;
                        return found;
                    }
                }
                State::Element { first } => {
                    text.skip_space();
                    match text.byte_at(0) {
                        None => return self.truncated(text),
                        Some(b']') if first => self.close(text),
                        Some(_) => return self.element(text, limits),
                    }
                }
                State::After => {
                    text.skip_space();
                    match text.byte_at(0) {
                        None => return self.truncated(text),
                        Some(b']') => self.close(text),
                        // The scan of the element has seen that a comma follows.
                        Some(_) => {
                            text.consume(1);
                            self.state = State::Element { first: false };
                        }
                    }
                }
                State::Rest => return self.rest(text, limits),
                State::Done => return Found::End,
            }
        }
    }

    fn close(&mut self, text: &mut Text) {
        text.consume(1);
        self.state = State::Rest;
    }

    fn truncated(&mut self, text: &Text) -> Found {
        self.state = State::Done;
        match text.end() {
            Some(End::Broken(_)) => Found::End,
            _ => Found::broken(Broken::file(
                Issue::error(IssueCode::TruncatedFile, text.place()).field("(bytes)"),
            )),
        }
    }

    fn wrong(&self, code: IssueCode, text: &Text, expected: &str) -> Found {
        Found::broken(Broken::file(
            Issue::error(code, text.place())
                .field("(bytes)")
                .expected(Expected::Form(expected.to_owned())),
        ))
    }

    /// Walks down the path to the opening bracket of the array, skipping what stands before it.
    fn find(&mut self, text: &mut Text, limits: &Limits) -> Result<(), Found> {
        while self.around < self.path.len() {
            self.open(text, b'{', "JSON {…}")?;
            self.around += 1;
            if !self.find_key(text, limits)? {
                self.state = State::Rest;
                if self.optional {
                    return Ok(());
                }
                let expected = format!("JSON {{\"{}\": […]}}", self.path.join("\": {\""));
                return Err(self.wrong(IssueCode::WrongFormat, text, &expected));
            }
        }
        self.open(text, b'[', "JSON […]")?;
        self.state = State::Element { first: true };
        Ok(())
    }

    fn open(&mut self, text: &mut Text, bracket: u8, expected: &str) -> Result<(), Found> {
        text.skip_space();
        match text.byte_at(0) {
            Some(byte) if byte == bracket => {
                text.consume(1);
                Ok(())
            }
            Some(_) => Err(self.wrong(IssueCode::WrongFormat, text, expected)),
            None => Err(self.truncated(text)),
        }
    }

    /// Skips members up to the one that the path names; false when the object ends before.
    fn find_key(&mut self, text: &mut Text, limits: &Limits) -> Result<bool, Found> {
        let wanted = self.path.get(self.around - 1).cloned().unwrap_or_default();
        loop {
            text.skip_space();
            match text.byte_at(0) {
                Some(b'}') => {
                    text.consume(1);
                    self.around -= 1;
                    return Ok(false);
                }
                Some(b',') => text.consume(1),
                Some(b'"') => {
                    if self.member(text, limits, Some(&wanted))? {
                        return Ok(true);
                    }
                }
                Some(_) => return Err(self.wrong(IssueCode::BadSyntax, text, "JSON")),
                None => return Err(self.truncated(text)),
            }
        }
    }

    /// Reads a key and its colon; its value too, unless it is the wanted one (then true).
    fn member(
        &mut self,
        text: &mut Text,
        limits: &Limits,
        wanted: Option<&str>,
    ) -> Result<bool, Found> {
        let key = self.small_value(text, limits)?;
        self.open(text, b':', "JSON")?;
        if wanted.is_some() && key.as_deref() == wanted {
            return Ok(true);
        }
        text.skip_space();
        if self.around == 1 && key.as_deref() == Some("resourceType") {
            self.resource_type = self.small_value(text, limits)?;
        } else {
            self.skip_value(text)?;
        }
        Ok(false)
    }

    /// Takes a value within the limit of a record; its text when it is a string without escapes.
    fn small_value(&mut self, text: &mut Text, limits: &Limits) -> Result<Option<String>, Found> {
        match scan(text, limits) {
            Scanned::Whole(end) => {
                let value = text.bytes().get(..end).unwrap_or_default();
                let value = std::str::from_utf8(value)
                    .ok()
                    .and_then(|value| value.strip_prefix('"')?.strip_suffix('"'))
                    .map(str::to_owned);
                text.consume(end);
                Ok(value)
            }
            Scanned::Fault(IssueCode::TruncatedFile, _) => Err(self.truncated(text)),
            Scanned::Fault(code, _) => Err(self.wrong(code, text, "JSON")),
        }
    }

    /// Drops a value of any length in constant memory.
    fn skip_value(&mut self, text: &mut Text) -> Result<(), Found> {
        let (mut depth, mut string, mut escaped) = (0_usize, false, false);
        loop {
            let bytes = text.bytes();
            let mut seen = 0;
            let mut ended = false;
            for &byte in bytes {
                if string {
                    match byte {
                        _ if escaped => escaped = false,
                        b'\\' => escaped = true,
                        b'"' => string = false,
                        _ => {}
                    }
                } else {
                    match byte {
                        b'"' => string = true,
                        b'{' | b'[' => depth += 1,
                        b'}' | b']' | b',' if depth == 0 => {
                            ended = true;
                            break;
                        }
                        b'}' | b']' => depth -= 1,
                        _ => {}
                    }
                }
                seen += 1;
            }
            text.consume(seen);
            if ended {
                return Ok(());
            }
            if !text.fill() {
                return Err(self.truncated(text));
            }
        }
    }

    /// What follows the array must close what was open around it.
    fn rest(&mut self, text: &mut Text, limits: &Limits) -> Found {
        while self.around > 0 {
            text.skip_space();
            let step = match text.byte_at(0) {
                Some(b'}') => {
                    text.consume(1);
                    self.around -= 1;
                    Ok(false)
                }
                Some(b',') => {
                    text.consume(1);
                    Ok(false)
                }
                Some(b'"') => self.member(text, limits, None),
                Some(_) => Err(self.wrong(IssueCode::BadSyntax, text, "JSON")),
                None => Err(self.truncated(text)),
            };
            if let Err(found) = step {
                self.state = State::Done;
                return found;
            }
        }
        self.state = State::Done;
        text.skip_space();
        match text.byte_at(0) {
            None => Found::End,
            Some(_) => self.wrong(IssueCode::BadSyntax, text, "JSON"),
        }
    }

    fn element(&mut self, text: &mut Text, limits: &Limits) -> Found {
        let place = text.place();
        // White space has been skipped, so the column tells how far the line is indented when the
        // element is the first on it; after anything else, as after `[`, it only allows more.
        self.indent = usize::try_from(place.column - 1).unwrap_or(usize::MAX);
        let scanned = match scan(text, limits) {
            Scanned::Whole(end) => match after(text, end) {
                None | Some((_, b',' | b']')) => {
                    self.state = State::After;
                    return Found::Record(Cut { from: 0, to: end, next: end, line: false });
                }
                Some((at, _)) => (IssueCode::BadSyntax, at),
            },
            Scanned::Fault(IssueCode::TruncatedFile, _) if text.end() != Some(End::Clean) => {
                self.state = State::Done;
                return Found::End;
            }
            Scanned::Fault(code, at) => (code, at),
        };
        self.broken(text, limits, place, scanned)
    }

    fn broken(
        &mut self,
        text: &mut Text,
        limits: &Limits,
        place: Place,
        (code, at): (IssueCode, usize),
    ) -> Found {
        let bytes = text.bytes();
        let kept = bytes.get(..at.min(KEPT_OF_TOO_LONG)).unwrap_or_default();
        let raw = kept.to_vec();
        let lossy = String::from_utf8_lossy(kept).into_owned();
        let mut issue = Issue::error(code, advance(&place, bytes.get(..at).unwrap_or_default()));
        issue.expected = match code {
            IssueCode::RecordTooLong => Some(Expected::AtMost(limits.record as u64)),
            IssueCode::TooDeep => Some(Expected::AtMost(limits.depth as u64)),
            _ => None,
        };
        let found_next = self.resume(text);
        Found::broken(Broken {
            issue,
            place,
            raw,
            ordinal: 0,
            ends_file: !found_next,
            legible: Legible::Json(lossy, *limits),
        })
    }

    /// Goes to the next line that can only start an element, or end the array.
    fn resume(&mut self, text: &mut Text) -> bool {
        loop {
            text.skip_line();
            let mut width = 0;
            while width <= self.indent && matches!(text.byte_at(width), Some(b' ' | b'\t')) {
                width += 1;
            }
            let first = text.byte_at(width);
            let starts = match first {
                None if width == 0 || text.byte_at(0).is_none() => {
                    self.state = State::Done;
                    return false;
                }
                Some(b'{') => true,
                Some(b']') => true,
                _ => false,
            };
            if starts && width <= self.indent {
                text.consume(width);
                self.state = State::Element { first: true };
                return true;
            }
        }
    }
}

/// The first byte after white space from `at` on, and where it stands.
fn after(text: &mut Text, at: usize) -> Option<(usize, u8)> {
    let mut at = at;
    loop {
        match text.byte_at(at)? {
            b' ' | b'\t' | b'\r' | b'\n' => at += 1,
            byte => return Some((at, byte)),
        }
    }
}
