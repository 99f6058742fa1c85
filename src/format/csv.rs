//! CSV rows (RFC 4180, with any delimiter) to events.
//!
//! Rows are cut and split in one pass into cell bounds; the text itself is never copied, but for a
//! cell with doubled quotes. Physical lines are kept: a quoted cell may hold line ends, but a quote
//! that never closes, or that closes where the row has another number of columns than the header, is
//! taken for the typing error of one line and does not swallow the lines after it.

use std::borrow::Cow;
use std::sync::Arc;

use memchr::{memchr, memchr_iter};

use super::events::{Events, Scalar, ScalarKind};

/// Bounds of one cell in its row's text, without the quotes around it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Cell {
    start: u32,
    end: u32,
    /// Whether it holds doubled quotes.
    doubled: bool,
}

/// How a row ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Row {
    /// All its cells were split.
    Whole,
    /// A quoted cell is still open at the end of the text.
    Open,
    /// Something stands between a closing quote and the next delimiter, at this offset.
    AfterQuote(usize),
}

/// Splits the text of a row, without its line end, into `cells`.
pub(super) fn split(text: &[u8], delimiter: u8, quote: u8, cells: &mut Vec<Cell>) -> Row {
    cells.clear();
    if memchr(quote, text).is_none() {
        let mut start = 0;
        for at in memchr_iter(delimiter, text) {
            cells.push(Cell::new(start, at));
            start = at + 1;
        }
        cells.push(Cell::new(start, text.len()));
        return Row::Whole;
    }
    split_quoted(text, 0, delimiter, quote, cells)
}

/// Goes on with a row that was [`Row::Open`], its text now longer; the new part starts at `from`.
pub(super) fn resume(
    text: &[u8],
    from: usize,
    delimiter: u8,
    quote: u8,
    cells: &mut Vec<Cell>,
) -> Row {
    let Some(open) = cells.last_mut() else {
        return Row::Whole;
    };
    let Some((end, _)) = closing_quote(text, from, quote) else {
        *open = Cell { doubled: true, ..Cell::new(open.start as usize, text.len()) };
        return Row::Open;
    };
    *open = Cell {
        // Whether the part before had any is not known; looking for pairs that are not there is harmless.
        doubled: true,
        ..Cell::new(open.start as usize, end)
    };
    match text.get(end + 1) {
        None => Row::Whole,
        Some(&byte) if byte == delimiter => split_quoted(text, end + 2, delimiter, quote, cells),
        Some(_) => Row::AfterQuote(end + 1),
    }
}

fn split_quoted(text: &[u8], from: usize, delimiter: u8, quote: u8, cells: &mut Vec<Cell>) -> Row {
    let mut at = from;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        if rest.first() != Some(&quote) {
            // A quote inside an unquoted cell is a character like any other.
            let length = memchr(delimiter, rest).unwrap_or(rest.len());
            cells.push(Cell::new(at, at + length));
            at += length;
        } else {
            let (end, doubled) = match closing_quote(text, at + 1, quote) {
                Some(found) => found,
                None => {
                    cells.push(Cell::new(at + 1, text.len()));
                    return Row::Open;
                }
            };
            cells.push(Cell { doubled, ..Cell::new(at + 1, end) });
            at = end + 1;
        }
        match text.get(at) {
            None => return Row::Whole,
            Some(&byte) if byte == delimiter => at += 1,
            Some(_) => return Row::AfterQuote(at),
        }
    }
}

fn closing_quote(text: &[u8], from: usize, quote: u8) -> Option<(usize, bool)> {
    let mut doubled = false;
    let mut at = from;
    loop {
        at += memchr(quote, text.get(at..)?)?;
        if text.get(at + 1) != Some(&quote) {
            return Some((at, doubled));
        }
        doubled = true;
        at += 2;
    }
}

impl Cell {
    fn new(start: usize, end: usize) -> Self {
        // Rows are at most the record limit, far below 4 GiB.
        Self { start: start as u32, end: end as u32, doubled: false }
    }

    /// The text of the cell.
    pub(super) fn text(self, row: &str, quote: u8) -> Cow<'_, str> {
        let text = row.get(self.start as usize..self.end as usize).unwrap_or_default();
        if self.doubled {
            let quote = char::from(quote);
            let twice = String::from_iter([quote, quote]);
            Cow::Owned(text.replace(&twice, quote.encode_utf8(&mut [0; 4])))
        } else {
            Cow::Borrowed(text)
        }
    }
}

/// Replays a row: each column of the header that has a cell, in the order of the row.
pub(super) fn walk<'s>(
    row: &'s str,
    header: &'s Arc<[String]>,
    cells: &[Cell],
    quote: u8,
    sink: &mut impl Events<'s>,
) {
    sink.begin_object();
    for (name, cell) in header.iter().zip(cells) {
        sink.key(Cow::Borrowed(name));
        sink.scalar(Scalar { kind: ScalarKind::Text, text: cell.text(row, quote), at: cell.start });
    }
    sink.end_object();
}

/// The text of a line without a carriage return before its line feed.
pub(super) fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Names of the columns of a header row. A column without a name, as spreadsheets leave them, is
/// called by its number: `#7`.
pub(super) fn header(row: &str, cells: &[Cell], quote: u8) -> Arc<[String]> {
    cells
        .iter()
        .zip(1..)
        .map(|(cell, number)| {
            let name = cell.text(row, quote);
            if name.trim().is_empty() { format!("#{number}") } else { name.into_owned() }
        })
        .collect()
}
