//! CSV rows (RFC 4180, with any delimiter) to events. The cells are cut by `csv-core`.
//!
//! It never reports an error and reads on over line ends as long as a quote is open. One missing quote
//! would take the rest of the file with it, so lines are ours and cells are theirs: a [`Splitter`]
//! gives it one physical line at a time and asks whether the line feed ended the row. Text is not
//! copied: the lengths that it reads and writes give the bounds of a cell, and only a cell with doubled
//! quotes is decoded, when it is replayed.

use std::borrow::Cow;
use std::cell;
use std::sync::Arc;

use csv_core::{ReadFieldResult, Reader, ReaderBuilder, Terminator};
use memchr::memchr_iter;

use super::plain::special;
use super::word::{each, filled, places};

/// What a file puts between and around its cells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Dialect {
    pub(super) delimiter: u8,
    pub(super) quote: u8,
}

thread_local! {
    /// A reader that was done with. To build one costs as much as to split thousands of cells, and who
    /// reads stored records again has one for each; a clone of one forgets its classes of bytes.
    static SPARE: cell::Cell<Option<(Dialect, Reader)>> = const { cell::Cell::new(None) };
}

impl Dialect {
    fn reader(self) -> Reader {
        match SPARE.take() {
            Some((dialect, mut reader)) if dialect == self => {
                ready(&mut reader);
                reader
            }
            Some(_) | None => self.build(),
        }
    }

    /// Takes back a reader that is done with.
    fn give_back(self, reader: Reader) {
        // Nothing is lost with a reader that comes back while its thread ends.
        SPARE.try_with(|spare| spare.set(Some((self, reader)))).ok();
    }

    fn build(self) -> Reader {
        let mut reader = ReaderBuilder::new()
            .delimiter(self.delimiter)
            .quote(self.quote)
            // A carriage return alone may be part of a cell.
            .terminator(Terminator::Any(b'\n'))
            .build();
        ready(&mut reader);
        reader
    }
}

/// A reader drops a byte order mark from the first bytes that it sees: those of a file, but not those
/// of every row. An empty line before them costs nothing.
fn ready(reader: &mut Reader) {
    reader.reset();
    reader.read_field(b"\n", &mut [0]);
}

/// Bounds of one cell in its row's text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Cell {
    start: u32,
    end: u32,
    /// Whether the bounds include quotes and what stands between them is to be decoded.
    coded: bool,
}

/// How a row ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Row {
    /// All its cells were split.
    Whole,
    /// A quoted cell is still open at the end of the text.
    Open,
    /// In the cell at this offset something stands between the closing quote and the delimiter.
    AfterQuote(usize),
}

/// Splits rows, line by line, into cells.
pub(super) struct Splitter {
    dialect: Dialect,
    /// Made when the first quote comes.
    reader: Option<Reader>,
    /// Takes the decoded cells, of which only the length and the quotes count here.
    decoded: Vec<u8>,
    cells: Vec<Cell>,
    /// Whether JSON takes the row that was split last as it is.
    plain: bool,
    /// The cell that is being read.
    cell: Reading,
    /// Whether the reader stands inside a cell that was given up.
    inside: bool,
    after_quote: Option<usize>,
}

/// What is known of a cell before its end.
#[derive(Clone, Copy, Default)]
struct Reading {
    start: usize,
    read: usize,
    written: usize,
    /// Quotes among what was written, for a quoted cell.
    quotes: usize,
}

impl Splitter {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            reader: None,
            decoded: Vec::new(),
            cells: Vec::new(),
            plain: false,
            cell: Reading::default(),
            inside: false,
            after_quote: None,
        }
    }

    /// The cells of the row that was split last.
    pub(super) fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// Whether JSON takes the cells of that row as they are: nothing in them has to be escaped.
    pub(super) const fn is_plain(&self) -> bool {
        self.plain
    }

    /// Splits the text of a row, without its line end.
    pub(super) fn split(&mut self, text: &[u8]) -> Row {
        self.cells.clear();
        self.cell = Reading::default();
        self.after_quote = None;
        if std::mem::take(&mut self.inside)
            && let Some(reader) = &mut self.reader
        {
            ready(reader);
        }
        if text.is_empty() {
            self.plain = true;
            self.cells.push(Cell::new(0, 0));
            return Row::Whole;
        }
        if self.bare(text) {
            return Row::Whole;
        }
        self.plain = false;
        self.cells.clear();
        self.read(text, 0)
    }

    /// Splits a row without a quote, which only its delimiters divide; false when there is one.
    fn bare(&mut self, text: &[u8]) -> bool {
        let (delimiter, quote) = (each(self.dialect.delimiter), each(self.dialect.quote));
        let usual = self.dialect.quote == b'"';
        let (words, rest) = text.as_chunks::<8>();
        // The rest is filled up with blanks, which are no delimiters.
        let blank = if self.dialect.delimiter == b' ' { b'_' } else { b' ' };
        let last = filled(rest, each(blank));
        let (mut start, mut odd) = (0, 0);
        let words = words.iter().map(|word| u64::from_le_bytes(*word)).chain([last]);
        for (index, word) in words.enumerate() {
            let special = special(word);
            // The usual quote is one of those that JSON does not take as they are.
            if (special != 0 || !usual) && places(word, quote) != 0 {
                return false;
            }
            odd |= special;
            let mut delimiters = places(word, delimiter);
            while delimiters != 0 {
                let end = index * 8 + delimiters.trailing_zeros() as usize / 8;
                self.cells.push(Cell::new(start, end));
                start = end + 1;
                delimiters &= delimiters - 1;
            }
        }
        self.cells.push(Cell::new(start, text.len()));
        self.plain = odd == 0;
        true
    }

    /// Goes on with a row that was [`Row::Open`], its text now longer; the new line starts at `from`.
    pub(super) fn resume(&mut self, text: &[u8], from: usize) -> Row {
        self.cells.pop();
        self.read(text, from)
    }

    fn read(&mut self, text: &[u8], from: usize) -> Row {
        if self.decoded.len() <= text.len() {
            self.decoded.resize(text.len() + 1, 0);
        }
        let mut at = from;
        // No input at all would tell the reader that the file ends.
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let (read, ended) = self.step(text, rest);
            at += read;
            if ended.is_some() {
                self.end(text, at - 1);
                self.cell = Reading { start: at, ..Reading::default() };
            }
            if ended == Some(Ended::Row) {
                return self.row(Row::Whole);
            }
        }
        if self.step(text, b"\n").1.is_some() {
            self.end(text, text.len());
            return self.row(Row::Whole);
        }
        self.inside = true;
        self.cells.push(Cell { coded: true, ..Cell::new(self.cell.start, text.len()) });
        self.row(Row::Open)
    }

    /// Has the reader take some input: how much it took, and what ended with it.
    fn step(&mut self, text: &[u8], input: &[u8]) -> (usize, Option<Ended>) {
        let reader = self.reader.get_or_insert_with(|| self.dialect.reader());
        let (result, read, written) = reader.read_field(input, &mut self.decoded);
        self.cell.read += read;
        self.cell.written += written;
        if text.get(self.cell.start) == Some(&self.dialect.quote) {
            let written = self.decoded.get(..written).unwrap_or_default();
            self.cell.quotes += memchr_iter(self.dialect.quote, written).count();
        }
        let ended = match result {
            ReadFieldResult::Field { record_end: false } => Some(Ended::Cell),
            ReadFieldResult::Field { record_end: true } | ReadFieldResult::End => Some(Ended::Row),
            ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull => None,
        };
        (read, ended)
    }

    /// Keeps the cell that ends before the delimiter or line feed at `end`.
    fn end(&mut self, text: &[u8], end: usize) {
        let Reading { start, read, written, quotes } = self.cell;
        let raw = text.get(start..end).unwrap_or_default();
        let quote = self.dialect.quote;
        if raw.first() != Some(&quote) {
            self.cells.push(Cell::new(start, end));
            return;
        }
        // Of a quoted cell the two quotes around it are not written, and one of each pair inside. Where
        // text follows the closing quote, quotes in it stay as they are, so that the sum is another.
        let sound = read == written + quotes + "\"\";".len() && raw.last() == Some(&quote);
        if !sound {
            self.after_quote.get_or_insert(start);
        }
        self.cells.push(match sound && quotes == 0 {
            true => Cell::new(start + 1, end - 1),
            false => Cell { coded: true, ..Cell::new(start, end) },
        });
    }

    fn row(&self, row: Row) -> Row {
        self.after_quote.map_or(row, Row::AfterQuote)
    }
}

impl Drop for Splitter {
    fn drop(&mut self) {
        if let Some(reader) = self.reader.take() {
            self.dialect.give_back(reader);
        }
    }
}

/// What a reader came to the end of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    Cell,
    Row,
}

impl Cell {
    fn new(start: usize, end: usize) -> Self {
        // Rows are at most the record limit, far below 4 GiB.
        Self { start: start as u32, end: end as u32, coded: false }
    }

    /// Where its text starts in the row.
    pub(super) fn at(self) -> u32 {
        self.start + u32::from(self.coded)
    }

    /// The text of the cell.
    #[inline]
    pub(super) fn text(self, row: &str, dialect: Dialect) -> Cow<'_, str> {
        let text = row.get(self.start as usize..self.end as usize).unwrap_or_default();
        if self.coded { Cow::Owned(decoded(text, dialect)) } else { Cow::Borrowed(text) }
    }
}

/// The text of a cell that is given with its quotes.
fn decoded(cell: &str, dialect: Dialect) -> String {
    let mut text = vec![0; cell.len() + 1];
    let mut reader = dialect.reader();
    let (_, _, length) = reader.read_field(cell.as_bytes(), &mut text);
    dialect.give_back(reader);
    text.truncate(length);
    String::from_utf8_lossy(&text).into_owned()
}

/// The text of a line without a carriage return before its line feed.
pub(super) fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Names of the columns of a header row. A column without a name, as spreadsheets leave them, is
/// called by its number: `#7`.
pub(super) fn header(row: &str, cells: &[Cell], dialect: Dialect) -> Arc<[String]> {
    cells
        .iter()
        .zip(1..)
        .map(|(cell, number)| {
            let name = cell.text(row, dialect);
            if name.trim().is_empty() { format!("#{number}") } else { name.into_owned() }
        })
        .collect()
}
