//! Cuts the record elements out of an XML document.
//!
//! Tags are matched, not checked further: [`super::walk`] does that. A record whose tags do not match
//! is broken alone: reading goes on at the next start tag of a record after its own.

use std::ops::Range;

use memchr::memchr;
use smallvec::SmallVec;

use super::markup::{Markup, is_name, local, markup};
use super::plain::plain_record;
use crate::format::frame::{Broken, Legible, advance};
use crate::format::options::Limits;
use crate::format::reader::{Cut, Found, KEPT_OF_TOO_LONG};
use crate::format::source::End;
use crate::format::text::Text;
use crate::model::{Expected, Issue, IssueCode};

/// The state of reading one document.
pub(in crate::format) struct Elements {
    record: String,
    /// Names of the elements around the next record, the root first.
    around: Vec<String>,
    /// Whether the root has ended.
    ended: bool,
    /// Whether a broken record was left by searching, so what is around is known by name only.
    searching: bool,
}

/// What a tag is to the splitter, and where in the window its name stands.
enum Tag {
    Start(Range<usize>),
    Empty(Range<usize>),
    End(Range<usize>),
    Other,
}

/// The name of a tag, which is UTF-8 and a name, or it would be no tag.
fn named<'t>(text: &'t Text, name: &Range<usize>) -> &'t str {
    let name = text.bytes().get(name.clone()).unwrap_or_default();
    std::str::from_utf8(name).unwrap_or_default()
}

/// What looking for the next markup found.
enum Next {
    /// A tag and the offset where it ends.
    Tag(Tag, usize),
    /// Declared types and entities.
    Declaration,
    /// Markup that is longer than a record may be, or no markup at all.
    Fault(IssueCode),
    /// The file ends inside markup or before any.
    Ended,
}

impl Elements {
    /// The elements of this local name.
    pub(in crate::format) fn new(record: String) -> Self {
        Self { record, around: Vec::new(), ended: false, searching: false }
    }

    /// The next record element.
    pub(in crate::format) fn next(&mut self, text: &mut Text, limits: &Limits) -> Found {
        loop {
            if let Err(code) = self.skip_content(text) {
                return file(code, text);
            }
            if text.byte_at(0).is_none() {
                return self.end(text);
            }
            if let Some(to) = plain_record(text.bytes(), &self.record, limits) {
                self.cut();
                return Found::Record(Cut { from: 0, to, next: to, line: false });
            }
            match tag_at(text, 0, limits) {
                Next::Tag(Tag::Start(name) | Tag::Empty(name), _)
                    if local(named(text, &name)) == self.record =>
                {
                    return self.record(text, limits);
                }
                Next::Tag(tag, end) => {
                    if let Err(code) = self.step(&tag, text, limits) {
                        return file(code, text);
                    }
                    text.consume(end);
                }
                Next::Declaration => return file(IssueCode::ForbiddenEntity, text),
                Next::Fault(_) if self.searching => text.consume(1),
                Next::Fault(code) => return file(code, text),
                Next::Ended => return self.end(text),
            }
        }
    }

    /// Follows a tag that is around the records.
    fn step(&mut self, tag: &Tag, text: &Text, limits: &Limits) -> Result<(), IssueCode> {
        match tag {
            Tag::Start(_) | Tag::Empty(_) if self.ended => return Err(IssueCode::BadSyntax),
            // Of what a broken record left behind only the ends of elements around it matter.
            Tag::Start(_) if self.searching => {}
            Tag::Start(name) => {
                if self.around.len() == limits.depth {
                    return Err(IssueCode::TooDeep);
                }
                self.around.push(named(text, name).to_owned());
            }
            Tag::End(name) => {
                if self.around.last().is_some_and(|around| *around == named(text, name)) {
                    self.around.pop();
                    self.ended = self.around.is_empty();
                } else if !self.searching {
                    return Err(IssueCode::BadSyntax);
                }
            }
            Tag::Empty(_) => self.ended = self.around.is_empty(),
            Tag::Other => {}
        }
        Ok(())
    }

    /// Drops text up to the next `<`; there may be none outside the root.
    fn skip_content(&self, text: &mut Text) -> Result<(), IssueCode> {
        loop {
            let bytes = text.bytes();
            let length = memchr(b'<', bytes).unwrap_or(bytes.len());
            let content = bytes.get(..length).unwrap_or_default();
            if self.around.is_empty() && !self.searching && !content.trim_ascii().is_empty() {
                return Err(IssueCode::BadSyntax);
            }
            let found = length < bytes.len();
            text.consume(length);
            if found || !text.fill() {
                return Ok(());
            }
        }
    }

    fn end(&self, text: &Text) -> Found {
        let clean = text.end() == Some(End::Clean);
        if self.ended && text.bytes().is_empty() || !clean {
            Found::End
        } else {
            file(IssueCode::TruncatedFile, text)
        }
    }

    /// Cuts the record whose start tag is at the start of the window.
    fn record(&mut self, text: &mut Text, limits: &Limits) -> Found {
        let mut open: SmallVec<[Range<usize>; 16]> = SmallVec::new();
        let mut at = 0;
        let code = loop {
            match tag_at(text, at, limits) {
                Next::Tag(tag, end) => {
                    match tag {
                        Tag::Start(name) => open.push(name),
                        Tag::End(name) => {
                            let opened = open.pop();
                            if opened.is_none_or(|o| named(text, &o) != named(text, &name)) {
                                break IssueCode::BadSyntax;
                            }
                        }
                        Tag::Empty(_) | Tag::Other => {}
                    }
                    at = end;
                }
                Next::Declaration => return file(IssueCode::ForbiddenEntity, text),
                Next::Fault(code) => break code,
                Next::Ended => break IssueCode::TruncatedFile,
            }
            if open.is_empty() {
                self.cut();
                return Found::Record(Cut { from: 0, to: at, next: at, line: false });
            }
            if open.len() > limits.depth {
                break IssueCode::TooDeep;
            }
            if at > limits.record {
                break IssueCode::RecordTooLong;
            }
            match next_markup(text, at, limits) {
                Some(next) => at = next,
                None if at + limits.record <= text.bytes().len() => break IssueCode::RecordTooLong,
                None => break IssueCode::TruncatedFile,
            }
        };
        if code == IssueCode::TruncatedFile && text.end() != Some(End::Clean) {
            return Found::End;
        }
        self.broken(text, limits, code, at)
    }

    /// A record has been cut out.
    fn cut(&mut self) {
        self.ended |= self.around.is_empty();
        self.searching = false;
    }

    fn broken(&mut self, text: &mut Text, limits: &Limits, code: IssueCode, at: usize) -> Found {
        let place = text.place();
        let bytes = text.bytes();
        let until = if code == IssueCode::TruncatedFile { bytes.len() } else { at };
        let raw = bytes.get(..until.min(KEPT_OF_TOO_LONG)).unwrap_or_default().to_vec();
        let mut issue = Issue::error(code, advance(&place, bytes.get(..at).unwrap_or_default()));
        issue.expected = match code {
            IssueCode::RecordTooLong => Some(Expected::AtMost(limits.record as u64)),
            IssueCode::TooDeep => Some(Expected::AtMost(limits.depth as u64)),
            _ => None,
        };
        // Its own start tag is not found again, one further inside may be.
        text.consume(1);
        self.searching = true;
        Found::broken(Broken {
            issue,
            place,
            legible: Legible::Xml(String::from_utf8_lossy(&raw).into_owned(), *limits),
            raw,
            ordinal: 0,
            ends_file: code == IssueCode::TruncatedFile,
        })
    }
}

fn file(code: IssueCode, text: &Text) -> Found {
    Found::broken(Broken::file(Issue::error(code, text.place()).field("(bytes)")))
}

/// The offset of the next `<` within the limit of a record.
fn next_markup(text: &mut Text, from: usize, limits: &Limits) -> Option<usize> {
    let mut scanned = from;
    loop {
        let bytes = text.bytes();
        if let Some(at) = memchr(b'<', bytes.get(scanned..).unwrap_or_default()) {
            return Some(scanned + at);
        }
        scanned = bytes.len().max(scanned);
        if scanned > from + limits.record || !text.fill() {
            return None;
        }
    }
}

/// The markup at an offset, reading more as needed.
fn tag_at(text: &mut Text, at: usize, limits: &Limits) -> Next {
    loop {
        let bytes = text.bytes().get(at..).unwrap_or_default();
        if let Some((found, length)) = markup(bytes) {
            let name = |from: usize, tail: usize| {
                let tag = bytes.get(from..length - tail)?;
                let end = tag.iter().position(u8::is_ascii_whitespace).unwrap_or(tag.len());
                let name = std::str::from_utf8(tag.get(..end)?).ok()?;
                is_name(name).then_some(at + from..at + from + end)
            };
            let tag = match found {
                Markup::Declaration => return Next::Declaration,
                Markup::Broken => None,
                Markup::Comment | Markup::Data | Markup::Instruction => Some(Tag::Other),
                Markup::Start => name(1, 1).map(Tag::Start),
                Markup::Empty => name(1, 2).map(Tag::Empty),
                Markup::End => name(2, 1).map(Tag::End),
            };
            return match tag {
                Some(tag) => Next::Tag(tag, at + length),
                None => Next::Fault(IssueCode::BadSyntax),
            };
        }
        if bytes.len() > limits.record {
            return Next::Fault(IssueCode::RecordTooLong);
        }
        if !text.fill() {
            return Next::Ended;
        }
    }
}
