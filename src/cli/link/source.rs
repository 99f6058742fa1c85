//! A CSV file before its records are read: separator, titles above the header, columns.

use std::borrow::Cow;
use std::io::BufRead;
use std::path::{Path, PathBuf};

use csv::{ByteRecord, ReaderBuilder};
use encoding_rs::WINDOWS_1252;

use super::bytes::Bytes;
use crate::cli::failure::Failure;
use crate::cli::progress::Progress;
use crate::cli::screen::Screen;

/// A file whose columns are known.
pub struct Source {
    /// What the command line calls it.
    pub path: PathBuf,
    /// Its name in the output.
    pub name: String,
    /// Its columns.
    pub columns: Vec<String>,
    bytes: Bytes,
    separator: u8,
    /// Rows above the header.
    above: usize,
}

/// Opens every file and reads its columns.
pub fn open_all(paths: &[PathBuf], screen: &Screen) -> Result<Vec<Source>, Failure> {
    let mut sources: Vec<Source> = Vec::new();
    for path in paths {
        let mut source = open(path, screen)?;
        // Two files of one name in two folders are two sources.
        let same = sources.iter().filter(|other| other.name == source.name).count();
        if same > 0 {
            source.name = format!("{}-{}", source.name, same + 1);
        }
        sources.push(source);
    }
    Ok(sources)
}

fn open(path: &Path, screen: &Screen) -> Result<Source, Failure> {
    let bytes = Bytes::open(path, screen)?;
    let mut reader = bytes.read()?;
    let head = reader.fill_buf().map_err(|error| Failure::file(path, error))?;
    let separator = separator(head);
    let shown = path.display().to_string();
    let Some((header, above)) = header(Rows::of(reader, separator, path))? else {
        return Err(Failure::usage("link-empty", &[("path", &shown)]));
    };
    let cells = header.iter().map(|cell| decode(cell).trim_matches('\u{feff}').trim().to_owned());
    let columns: Vec<String> = cells.collect();
    if let Some(value) = columns.iter().find(|column| is_value(column)) {
        return Err(Failure::usage("link-no-header", &[("path", &shown), ("value", value)]));
    }
    let (name, columns) = (name(path), distinct(columns));
    Ok(Source { path: path.to_owned(), name, columns, bytes, separator, above })
}

/// The rows of a file.
pub struct Rows<'p> {
    rows: csv::Reader<Box<dyn BufRead + Send>>,
    path: &'p Path,
}

impl<'p> Rows<'p> {
    fn of(bytes: Box<dyn BufRead + Send>, separator: u8, path: &'p Path) -> Self {
        let mut reader = ReaderBuilder::new();
        reader.delimiter(separator).flexible(true).has_headers(false);
        Self { rows: reader.from_reader(bytes), path }
    }

    /// Reads the next row, if there is one.
    pub fn read(&mut self, row: &mut ByteRecord) -> Result<bool, Failure> {
        self.rows.read_byte_record(row).map_err(|error| broken(self.path, error))
    }
}

/// Rows in which a header is looked for: titles and empty lines may stand above it.
const ABOVE: usize = 20;

/// The header and how many rows stand above it: the first row of which half of the cells have a text.
/// `None` where no row has any.
fn header(mut rows: Rows<'_>) -> Result<Option<(ByteRecord, usize)>, Failure> {
    let mut row = ByteRecord::new();
    for above in 0..ABOVE {
        if !rows.read(&mut row)? {
            return Ok(None);
        }
        let filled = row.iter().filter(|cell| !cell.trim_ascii().is_empty()).count();
        if filled > 0 && filled * 2 >= row.len() {
            return Ok(Some((row, above)));
        }
    }
    Ok(None)
}

impl Source {
    /// The rows below the header.
    pub fn rows(&self) -> Result<Rows<'_>, Failure> {
        self.below_header(self.bytes.read()?)
    }

    /// The same with a bar over what is read.
    pub fn watched(&self, screen: &Screen) -> Result<(Rows<'_>, Progress), Failure> {
        let (bytes, progress) = self.bytes.watched(screen)?;
        Ok((self.below_header(bytes)?, progress))
    }

    fn below_header(&self, bytes: Box<dyn BufRead + Send>) -> Result<Rows<'_>, Failure> {
        let mut rows = Rows::of(bytes, self.separator, &self.path);
        let mut row = ByteRecord::new();
        for _ in 0..=self.above {
            rows.read(&mut row)?;
        }
        Ok(rows)
    }
}

/// Columns of one name: from the second on each gets its number, so that all of them can be named.
fn distinct(columns: Vec<String>) -> Vec<String> {
    let mut named: Vec<String> = Vec::with_capacity(columns.len());
    for column in columns {
        let mut name = column.clone();
        for number in 2.. {
            if name.is_empty() || !named.contains(&name) {
                break;
            }
            name = format!("{column}-{number}");
        }
        named.push(name);
    }
    named
}

/// The name of a source: of its file, without what says how it is written.
fn name(path: &Path) -> String {
    let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let stem = |name: &str| name.rsplit_once('.').map(|(stem, _)| stem.to_owned());
    let unpacked = file.strip_suffix(".gz").or_else(|| file.strip_suffix(".zst")).unwrap_or(&file);
    stem(unpacked).filter(|stem| !stem.is_empty()).unwrap_or_else(|| unpacked.to_owned())
}

/// Whether the cell of a header is what stands in a record: a date, a long number, a mail address.
/// No column is called so.
fn is_value(cell: &str) -> bool {
    let digits = cell.chars().filter(char::is_ascii_digit).count();
    let letters = cell.chars().filter(|letter| letter.is_alphabetic()).count();
    digits >= 5 && digits > letters || cell.contains('@')
}

fn broken(path: &Path, error: csv::Error) -> Failure {
    let line = error.position().map_or(0, csv::Position::line).to_string();
    match error.into_kind() {
        csv::ErrorKind::Io(error) => Failure::file(path, error),
        kind => Failure::usage(
            "link-broken",
            &[
                ("path", &path.display().to_string()),
                ("line", &line),
                ("detail", &format!("{kind:?}")),
            ],
        ),
    }
}

/// The commonest separator of the first lines.
fn separator(head: &[u8]) -> u8 {
    let lines = || head.split(|byte| *byte == b'\n').take(ABOVE).flatten();
    let count = |separator: u8| lines().filter(|byte| **byte == separator).count();
    [b',', b';', b'\t', b'|'].into_iter().rev().max_by_key(|s| count(*s)).unwrap_or(b',')
}

/// The text of a cell: what is no UTF-8 is read as Windows-1252.
pub fn decode(cell: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(cell) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(cell).0,
    }
}
