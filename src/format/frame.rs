//! One record's text with its place, and what is left of a record that is broken.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use memchr::{memchr_iter, memrchr};

use super::csv::{Cell, Dialect};
use super::events::{Events, Row, Scalar};
use super::options::Limits;
use super::text::characters;
use super::{json, xml};
use crate::model::{Expected, Issue, IssueCode, Place};

/// One record as the sender wrote it, borrowed from its reader.
pub struct Frame<'r> {
    pub(super) text: &'r str,
    pub(super) shape: Shape<'r>,
    pub(super) place: Place,
    pub(super) ordinal: u64,
    pub(super) limits: Limits,
    pub(super) pieces: &'r [Piece],
}

/// How the text of a frame is to be replayed.
#[derive(Clone, Copy)]
pub(super) enum Shape<'r> {
    Json,
    Csv { header: &'r Arc<[String]>, cells: &'r [Cell], dialect: Dialect, plain: bool },
    Xml,
}

/// A part of a frame that was put together from several places of the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Piece {
    /// Where the part starts in the frame's text.
    pub(super) at: usize,
    /// Where it stands in the file.
    pub(super) place: Place,
}

/// What is wrong inside one record's text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Fault {
    pub(super) code: IssueCode,
    /// Offset in the text.
    pub(super) at: usize,
    pub(super) field: Option<String>,
    pub(super) expected: Option<Expected>,
}

impl Fault {
    pub(super) fn new(code: IssueCode, at: usize) -> Self {
        Self { code, at, field: None, expected: None }
    }

    pub(super) fn at_most(code: IssueCode, at: usize, limit: usize) -> Self {
        Self { expected: Some(Expected::AtMost(limit as u64)), ..Self::new(code, at) }
    }
}

impl<'r> Frame<'r> {
    /// Where the record starts in the sender's file.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place.clone()
    }

    /// The record's text in UTF-8; for a Bundle, the resources put together as one object.
    #[must_use]
    pub fn raw(&self) -> &'r [u8] {
        self.text.as_bytes()
    }

    /// The columns of the header above a row, in the sender's order; none for other formats.
    #[must_use]
    pub fn columns(&self) -> Option<Arc<[String]>> {
        self.header().cloned()
    }

    /// The same, as all rows of the file share them.
    #[must_use]
    pub const fn header(&self) -> Option<&'r Arc<[String]>> {
        match self.shape {
            Shape::Csv { header, .. } => Some(header),
            Shape::Json | Shape::Xml => None,
        }
    }

    /// Number of the record in its file, from 1, broken ones counted.
    #[must_use]
    pub fn ordinal(&self) -> u64 {
        self.ordinal
    }

    /// Replays the record, as often as wanted. Events are well nested even when the walk fails: what
    /// was open is closed, and a value that could not be read is null.
    ///
    /// # Errors
    ///
    /// The text does not follow the grammar of its format, or is beyond the limits. [`Frame::broken`]
    /// makes of it what a reader gives for a record that it could not even cut out.
    // Once a broken record, so that its size does not count.
    #[allow(clippy::result_large_err)]
    pub fn walk<'s>(&'s self, sink: &mut impl Events<'s>) -> Result<(), Issue> {
        match self.shape {
            Shape::Json => json::walk(self.text, &self.limits, sink),
            Shape::Csv { header, cells, dialect, plain } => {
                sink.row(&Row { text: self.text, header, cells, dialect, plain });
                Ok(())
            }
            Shape::Xml => xml::walk(self.text, &self.limits, sink),
        }
        .map_err(|fault| self.issue(fault))
    }

    /// Line and column of a scalar, from its offset `at`.
    #[must_use]
    pub fn place_of(&self, at: u32) -> Place {
        self.locate(at as usize)
    }

    /// The record as broken by an issue that [`Frame::walk`] gave, with what was legible of it.
    #[must_use]
    pub fn broken(&self, issue: Issue) -> Broken {
        Broken {
            issue,
            place: self.place(),
            raw: self.raw().to_vec(),
            ordinal: self.ordinal,
            ends_file: false,
            legible: Legible::of(self.text, self.shape, self.limits),
        }
    }

    fn locate(&self, at: usize) -> Place {
        let piece = self.pieces.iter().rev().find(|piece| piece.at <= at);
        let (from, base) = piece.map_or((0, &self.place), |piece| (piece.at, &piece.place));
        let before = self.raw().get(from..at).unwrap_or_default();
        advance(base, before)
    }

    pub(super) fn issue(&self, fault: Fault) -> Issue {
        let code = match fault.code {
            // A Bundle or an array can only be cut at the end of the file; a line, in its middle.
            IssueCode::TruncatedLine if !self.pieces.is_empty() => IssueCode::BadSyntax,
            code => code,
        };
        let mut issue = Issue::error(code, self.locate(fault.at));
        issue.field = fault.field;
        issue.expected = fault.expected;
        issue
    }
}

impl fmt::Debug for Frame<'_> {
    /// Without the text: it is personal.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "frame {} at {}", self.ordinal, self.place)
    }
}

/// The place after `text` that starts at `base`.
pub(super) fn advance(base: &Place, text: &[u8]) -> Place {
    let feeds = memchr_iter(b'\n', text).count() as u64;
    let column = match memrchr(b'\n', text) {
        Some(last) => 1 + characters(text.get(last + 1..).unwrap_or_default()),
        None => base.column + characters(text),
    };
    Place {
        line: base.line + feeds,
        column,
        byte: base.byte + text.len() as u64,
        path: base.path.clone(),
    }
}

/// A record, or a whole file, that cannot be read.
#[derive(Clone)]
pub struct Broken {
    /// What is wrong and where exactly.
    pub issue: Issue,
    /// Where the record starts.
    pub place: Place,
    /// The bytes as UTF-8 where they were legal, at most the limit of a record.
    pub raw: Vec<u8>,
    /// Number of the record in its file, from 1; 0 when the file is broken rather than a record.
    pub ordinal: u64,
    /// Whether nothing can be read after it.
    pub ends_file: bool,
    pub(super) legible: Legible,
}

/// What can still be replayed of a broken record.
#[derive(Clone)]
pub(super) enum Legible {
    Nothing,
    Json(String, Limits),
    Csv { text: String, header: Arc<[String]>, cells: Vec<Cell>, dialect: Dialect },
    Xml(String, Limits),
}

impl Legible {
    pub(super) fn of(text: &str, shape: Shape<'_>, limits: Limits) -> Self {
        match shape {
            Shape::Json => Self::Json(text.to_owned(), limits),
            Shape::Xml => Self::Xml(text.to_owned(), limits),
            Shape::Csv { header, cells, dialect, .. } => Self::Csv {
                text: text.to_owned(),
                header: Arc::clone(header),
                cells: cells.to_vec(),
                dialect,
            },
        }
    }
}

impl Broken {
    /// A file that cannot be read (further).
    pub(super) fn file(issue: Issue) -> Self {
        Self {
            place: issue.place.clone(),
            issue,
            raw: Vec::new(),
            ordinal: 0,
            ends_file: true,
            legible: Legible::Nothing,
        }
    }

    /// Replays what was legible: cells by column, keys and values before the break, with illegal
    /// bytes as U+FFFD. Enough to find the id of the record; never to accept it. Events are well
    /// nested. False when nothing was legible.
    pub fn walk<'s>(&'s self, sink: &mut impl Events<'s>) -> bool {
        // A fault is what made the record broken, and has been told.
        match &self.legible {
            Legible::Nothing => return false,
            Legible::Json(text, limits) => drop(json::walk(text, limits, sink)),
            Legible::Xml(text, limits) => drop(xml::walk(text, limits, sink)),
            Legible::Csv { text, header, cells, dialect } => {
                sink.row(&Row { text, header, cells, dialect: *dialect, plain: false });
            }
        }
        true
    }

    /// The columns of the header above a row, in the sender's order; none for other formats.
    #[must_use]
    pub fn columns(&self) -> Option<Arc<[String]>> {
        match &self.legible {
            Legible::Csv { header, .. } => Some(Arc::clone(header)),
            Legible::Nothing | Legible::Json(..) | Legible::Xml(..) => None,
        }
    }

    /// The legible scalars at the top of the record by key: the cells of a CSV row by column.
    #[must_use]
    pub fn cells(&self) -> Vec<(String, String)> {
        let mut cells = Cells::default();
        self.walk(&mut cells);
        cells.found
    }
}

impl fmt::Debug for Broken {
    /// Without the bytes: they are personal.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "broken record {}: {:?}", self.ordinal, self.issue)?;
        out.write_str(if self.ends_file { ", ends the file" } else { "" })
    }
}

/// Collects the scalars of the outermost object.
#[derive(Default)]
struct Cells {
    depth: usize,
    key: String,
    found: Vec<(String, String)>,
}

impl<'r> Events<'r> for Cells {
    fn begin_object(&mut self) {
        self.depth += 1;
    }
    fn key(&mut self, name: Cow<'r, str>) {
        if self.depth == 1 {
            self.key = name.into_owned();
        }
    }
    fn end_object(&mut self) {
        self.depth -= 1;
    }
    fn begin_array(&mut self) {
        self.depth += 1;
    }
    fn end_array(&mut self) {
        self.depth -= 1;
    }
    fn scalar(&mut self, scalar: Scalar<'r>) {
        if self.depth == 1 {
            let key = std::mem::take(&mut self.key);
            self.found.push((key, scalar.text.into_owned()));
        }
    }
}
