//! Cuts a CSV file into rows under its header.

use std::sync::Arc;

use super::csv::{self, Dialect, Row, Splitter};
use super::frame::{Broken, Legible, Shape};
use super::options::Limits;
use super::reader::{Cut, Found, too_long};
use super::source::End;
use super::text::{LineEnd, Text, characters};
use crate::model::{Expected, Issue, IssueCode, Place};

/// The state of reading one CSV file.
pub(super) struct Rows {
    dialect: Dialect,
    header_row: u64,
    columns: Option<Vec<String>>,
    header: Option<Arc<[String]>>,
    none: Arc<[String]>,
    splitter: Splitter,
}

impl Rows {
    pub(super) fn new(dialect: Dialect, header_row: u64, columns: Option<Vec<String>>) -> Self {
        Self {
            dialect,
            header_row: header_row.max(1),
            columns,
            header: None,
            none: Arc::new([]),
            splitter: Splitter::new(dialect),
        }
    }

    pub(super) fn shape(&self) -> Shape<'_> {
        Shape::Csv {
            header: self.header.as_ref().unwrap_or(&self.none),
            cells: self.splitter.cells(),
            dialect: self.dialect,
            plain: self.splitter.is_plain(),
        }
    }

    /// Whether nothing in the row would have to be escaped in JSON, a control character least of all.
    pub(super) fn is_plain(&self) -> bool {
        self.splitter.is_plain()
    }

    /// What can be read of a row whose text was repaired.
    pub(super) fn legible(&self, lossy: String) -> Legible {
        let mut splitter = Splitter::new(self.dialect);
        splitter.split(lossy.as_bytes());
        Legible::Csv {
            text: lossy,
            header: Arc::clone(self.header.as_ref().unwrap_or(&self.none)),
            cells: splitter.cells().to_vec(),
            dialect: self.dialect,
        }
    }

    /// The next row that is not blank.
    pub(super) fn next(&mut self, text: &mut Text, limits: &Limits) -> Found {
        let columns = match &self.header {
            Some(header) => header.len(),
            None => match self.read_header(text, limits) {
                Ok(columns) => columns,
                Err(found) => return found,
            },
        };
        loop {
            let (to, next) = match text.line_end(0, limits.record) {
                LineEnd::TooFar => {
                    return Found::broken(too_long(text, limits, |lossy, _| self.legible(lossy)));
                }
                LineEnd::Feed(at) => (at, at + 1),
                LineEnd::File(at) if at == 0 || broke_off(text) => return Found::End,
                LineEnd::File(at) => (at, at),
            };
            let line = csv::without_return(text.bytes().get(..to).unwrap_or_default());
            if line.is_empty() {
                text.consume(next);
                continue;
            }
            let ends_with_feed = next > to;
            let to = line.len();
            let row = self.splitter.split(line);
            return match row {
                Row::Whole if self.splitter.cells().len() == columns => {
                    Found::Record(Cut { from: 0, to, next, line: ends_with_feed })
                }
                Row::Whole => {
                    let issue = Issue::error(IssueCode::ColumnCount, text.place())
                        .field("(row)")
                        .value(&format!("{} columns", self.splitter.cells().len()))
                        .expected(Expected::Columns(columns));
                    Found::broken(self.broken(issue, text, to, next))
                }
                Row::AfterQuote(at) => {
                    let mut place = text.place();
                    place.column += characters(line.get(..at).unwrap_or_default());
                    let issue = Issue::error(IssueCode::BadSyntax, place).field("(row)");
                    Found::broken(self.broken(issue, text, to, next))
                }
                Row::Open => self.several_lines(text, limits, columns, to, next),
            };
        }
    }

    /// A quoted cell goes on over the line end: reads further lines until it closes. When it never
    /// does, or what comes of it is no row, the quote was a fault of the first line alone.
    fn several_lines(
        &mut self,
        text: &mut Text,
        limits: &Limits,
        columns: usize,
        first: usize,
        second_line: usize,
    ) -> Found {
        let mut from = second_line;
        loop {
            let left = limits.record.saturating_sub(from);
            let (to, next) = match text.line_end(from, left) {
                LineEnd::Feed(at) => (at, at + 1),
                LineEnd::File(at) if at > from && !broke_off(text) => (at, at),
                LineEnd::File(_) | LineEnd::TooFar => break,
            };
            let row = csv::without_return(text.bytes().get(..to).unwrap_or_default());
            match self.splitter.resume(row, from) {
                Row::Whole if self.splitter.cells().len() == columns => {
                    let to = row.len();
                    return Found::Record(Cut { from: 0, to, next, line: false });
                }
                Row::Open => from = next,
                Row::Whole | Row::AfterQuote(_) => break,
            }
        }
        let issue = Issue::error(IssueCode::UnclosedQuote, text.place()).field("(row)");
        Found::broken(self.broken(issue, text, first, second_line))
    }

    fn broken(&self, issue: Issue, text: &mut Text, to: usize, next: usize) -> Broken {
        let raw = text.bytes().get(..to).unwrap_or_default().to_vec();
        let place = text.place();
        text.consume(next);
        Broken {
            issue,
            place,
            legible: self.legible(String::from_utf8_lossy(&raw).into_owned()),
            raw,
            ordinal: 0,
            ends_file: false,
        }
    }

    /// Reads past the titles to the header; how many columns it has.
    fn read_header(&mut self, text: &mut Text, limits: &Limits) -> Result<usize, Found> {
        while text.line() < self.header_row {
            text.skip_line();
            if text.byte_at(0).is_none() {
                return Err(self.no_header(text, None));
            }
        }
        let (to, next) = match text.line_end(0, limits.record) {
            LineEnd::Feed(at) => (at, at + 1),
            LineEnd::File(at) if at > 0 && !broke_off(text) => (at, at),
            LineEnd::File(_) if broke_off(text) => return Err(Found::End),
            LineEnd::File(_) | LineEnd::TooFar => return Err(self.no_header(text, None)),
        };
        let line = csv::without_return(text.bytes().get(..to).unwrap_or_default()).to_vec();
        let Ok(row) = std::str::from_utf8(&line) else {
            return Err(header_fault(IssueCode::BrokenEncoding, text.place(), |issue| {
                issue.field("(bytes)")
            }));
        };
        let split = self.splitter.split(&line);
        let header = csv::header(row, self.splitter.cells(), self.dialect);
        if split != Row::Whole {
            return Err(header_fault(IssueCode::UnclosedQuote, text.place(), |issue| {
                issue.field("(row)")
            }));
        }
        let missing: Vec<String> = self
            .columns
            .iter()
            .flatten()
            .filter(|name| !header.iter().any(|found| found.trim() == name.trim()))
            .cloned()
            .collect();
        if !missing.is_empty() || row.trim().is_empty() {
            return Err(self.no_header(text, Some((row, missing))));
        }
        if let Some(twice) = twice(&header) {
            return Err(header_fault(IssueCode::DuplicateKey, text.place(), |issue| {
                issue.field(twice)
            }));
        }
        text.consume(next);
        let columns = header.len();
        self.header = Some(header);
        Ok(columns)
    }

    /// The header is not there, or another: names the columns that are missing.
    fn no_header(&self, text: &Text, found: Option<(&str, Vec<String>)>) -> Found {
        let mut place = text.place();
        place.line = place.line.min(self.header_row);
        header_fault(IssueCode::MissingHeader, place, |mut issue| {
            issue = issue.field("(row)");
            let missing = match found {
                Some((row, missing)) => {
                    issue = issue.value(row);
                    missing
                }
                None => self.columns.clone().unwrap_or_default(),
            };
            if missing.is_empty() { issue } else { issue.expected(Expected::OneOf(missing)) }
        })
    }
}

fn header_fault(code: IssueCode, place: Place, with: impl FnOnce(Issue) -> Issue) -> Found {
    Found::broken(Broken::file(with(Issue::error(code, place))))
}

fn broke_off(text: &Text) -> bool {
    matches!(text.end(), Some(End::Broken(_)))
}

fn twice(header: &[String]) -> Option<&str> {
    header
        .iter()
        .enumerate()
        .find(|(index, name)| header.iter().take(*index).any(|before| before == *name))
        .map(|(_, name)| name.as_str())
}
