//! Reading the CSV files: separator and encoding are told from each file, rows of another width are
//! read as far as they go and counted.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use csv::{ByteRecord, ReaderBuilder};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use crate::cli::failure::Failure;
use crate::cli::input;
use crate::cli::screen::Screen;
use crate::linkage::infer::Sample;
use crate::linkage::interner::Interner;
use crate::linkage::model::Column;
use crate::linkage::{Draft, Model};

/// A file whose columns are known.
pub struct Source {
    /// Where it is.
    pub path: PathBuf,
    /// Its name in the output.
    pub name: String,
    /// Its columns.
    pub columns: Vec<String>,
    separator: u8,
}

/// What identifies the records, in the order in which they were read.
#[derive(Default)]
pub struct Ids {
    known: Interner,
    numbers: Vec<u32>,
    sources: Vec<u32>,
    names: Interner,
    /// Whether the output says where a record comes from.
    pub several: bool,
}

/// What was odd about the files; nothing of it keeps a record from being linked.
#[derive(Default)]
pub struct Oddities {
    /// Rows with fewer or more cells than the header, and the line of the first.
    pub ragged: (u64, Option<(String, u64)>),
    /// Records with an id that came before.
    pub repeated: u64,
    /// Cells that are not UTF-8 and were read as Windows-1252.
    pub foreign: u64,
}

/// All records.
pub struct Records {
    /// Their values.
    pub draft: Draft,
    /// Their ids.
    pub ids: Ids,
    /// What was odd.
    pub oddities: Oddities,
}

impl Ids {
    /// How many records there are.
    pub const fn len(&self) -> usize {
        self.numbers.len()
    }

    /// The id of a record.
    pub fn id(&self, place: usize) -> &str {
        let whole = self.known.get(self.numbers[place]);
        let id = whole.splitn(2, |byte| *byte == 0x1f).nth(1).unwrap_or(whole);
        std::str::from_utf8(id).unwrap_or_default()
    }

    /// Where a record comes from.
    pub fn source(&self, place: usize) -> &str {
        std::str::from_utf8(self.names.get(self.sources[place])).unwrap_or_default()
    }

    /// Adds a record; whether its id is new in its source.
    fn add(&mut self, source: &str, id: &str, whole: &mut Vec<u8>) -> bool {
        whole.clear();
        whole.extend_from_slice(source.as_bytes());
        whole.push(0x1f);
        whole.extend_from_slice(id.as_bytes());
        let before = self.known.len();
        self.numbers.push(self.known.intern(whole));
        self.sources.push(self.names.intern(source.as_bytes()));
        self.known.len() > before
    }
}

/// Opens every file and reads its columns.
pub fn open_all(paths: &[PathBuf]) -> Result<Vec<Source>, Failure> {
    let mut sources: Vec<Source> = Vec::new();
    for path in paths {
        let mut source = open(path)?;
        // Two files of one name in two folders are two sources.
        let same = sources.iter().filter(|other| other.name == source.name).count();
        if same > 0 {
            source.name = format!("{}-{}", source.name, same + 1);
        }
        sources.push(source);
    }
    Ok(sources)
}

fn open(path: &Path) -> Result<Source, Failure> {
    let file = File::open(path).map_err(|error| Failure::file(path, error))?;
    let mut reader = decoded(Box::new(file), path)?;
    let head = reader.fill_buf().map_err(|error| Failure::file(path, error))?;
    let separator = separator(head);
    let mut rows = ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(reader);
    let header = rows.byte_headers().map_err(|error| broken(path, error))?;
    let columns: Vec<String> =
        header.iter().map(|cell| decode(cell).trim_matches('\u{feff}').trim().to_owned()).collect();
    if columns.iter().all(String::is_empty) {
        return Err(Failure::usage("link-empty", &[("path", &path.display().to_string())]));
    }
    let name = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    Ok(Source { path: path.to_owned(), name, columns, separator })
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

/// A reader of UTF-8 or of single bytes: UTF-16, which a byte order mark tells, is decoded whole.
fn decoded(
    mut file: Box<dyn Read + Send>,
    path: &Path,
) -> Result<Box<dyn BufRead + Send>, Failure> {
    let failed = |error| Failure::file(path, error);
    let mut mark = Vec::new();
    file.by_ref().take(3).read_to_end(&mut mark).map_err(failed)?;
    match Encoding::for_bom(&mark) {
        Some((encoding, _)) if encoding != UTF_8 => {
            let mut bytes = mark;
            file.read_to_end(&mut bytes).map_err(failed)?;
            let (text, _, _) = encoding.decode(&bytes);
            Ok(Box::new(Cursor::new(text.into_owned().into_bytes())))
        }
        _ => Ok(Box::new(BufReader::with_capacity(ROOM, Cursor::new(mark).chain(file)))),
    }
}

/// Room for bytes on their way in.
const ROOM: usize = 1 << 17;

/// The commonest separator of the first line.
fn separator(head: &[u8]) -> u8 {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |separator: u8| line.iter().filter(|byte| **byte == separator).count();
    [b',', b';', b'\t', b'|'].into_iter().rev().max_by_key(|s| count(*s)).unwrap_or(b',')
}

fn decode(cell: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(cell) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(cell).0,
    }
}

/// The places of a model's columns in one file; a column that another file has is nowhere here.
struct Places {
    id: Option<usize>,
    source: Option<usize>,
    fields: Vec<Vec<usize>>,
}

impl Places {
    fn of(model: &Model, columns: &[String]) -> Self {
        let place = |name: &str| columns.iter().position(|column| column == name);
        let own = |column: &Option<Column>| column.as_ref().and_then(|column| place(&column.name));
        let fields = model
            .fields
            .iter()
            .map(|(_, columns)| columns.iter().filter_map(|column| place(&column.name)).collect());
        Self { id: own(&model.record_id), source: own(&model.source), fields: fields.collect() }
    }
}

/// Reads the records of all files.
pub fn read(sources: &[Source], model: &Model, screen: &Screen) -> Result<Records, Failure> {
    let fields = model.fields.iter().map(|(field, _)| field.clone()).collect();
    let mut records = Records {
        draft: Draft::new(fields),
        ids: Ids { several: sources.len() > 1 || model.source.is_some(), ..Ids::default() },
        oddities: Oddities::default(),
    };
    let mut whole = Vec::new();
    for source in sources {
        let (bytes, progress) = input::open(&source.path, screen)?;
        let Records { draft, ids, oddities } = &mut records;
        each_row(source, bytes, model, oddities, |from, id, values| {
            let new = ids.add(from, id, &mut whole);
            draft.push(&[from, id], values.iter().map(String::as_str));
            new
        })?;
        progress.finish();
    }
    if records.ids.len() == 0 {
        let path = sources.first().map(|source| source.path.display().to_string());
        return Err(Failure::usage("link-empty", &[("path", &path.unwrap_or_default())]));
    }
    Ok(records)
}

/// The values of some records, by their places among all that are read.
pub fn values_of(
    sources: &[Source],
    model: &Model,
    wanted: &BTreeSet<usize>,
) -> Result<BTreeMap<usize, Vec<String>>, Failure> {
    let mut found = BTreeMap::new();
    let mut place = 0;
    for source in sources {
        let file = File::open(&source.path).map_err(|error| Failure::file(&source.path, error))?;
        let mut ignored = Oddities::default();
        each_row(source, Box::new(file), model, &mut ignored, |_, _, values| {
            if wanted.contains(&place) {
                found.insert(place, values.to_vec());
            }
            place += 1;
            true
        })?;
    }
    Ok(found)
}

/// Hands over every row of a file: its source, its id and the values of the fields. The answer is
/// whether the id is new.
fn each_row(
    source: &Source,
    bytes: Box<dyn Read + Send>,
    model: &Model,
    oddities: &mut Oddities,
    mut row_read: impl FnMut(&str, &str, &[String]) -> bool,
) -> Result<(), Failure> {
    let places = Places::of(model, &source.columns);
    let reader = decoded(bytes, &source.path)?;
    let mut rows =
        ReaderBuilder::new().delimiter(source.separator).flexible(true).from_reader(reader);
    let mut row = ByteRecord::new();
    let mut joined: Vec<String> = vec![String::new(); places.fields.len()];
    while rows.read_byte_record(&mut row).map_err(|error| broken(&source.path, error))? {
        if row.iter().all(|cell| cell.trim_ascii().is_empty()) {
            continue;
        }
        let line = row.position().map_or(0, csv::Position::line);
        if row.len() != source.columns.len() {
            oddities.ragged.0 += 1;
            oddities.ragged.1.get_or_insert_with(|| (source.name.clone(), line));
        }
        let foreign = &mut oddities.foreign;
        let mut cell = |place: usize| {
            let cell = row.get(place).unwrap_or_default();
            let text = decode(cell);
            *foreign += u64::from(matches!(text, Cow::Owned(_)));
            text
        };
        for (columns, joined) in places.fields.iter().zip(&mut joined) {
            joined.clear();
            for place in columns {
                let text = cell(*place);
                if !joined.is_empty() && !text.trim().is_empty() {
                    joined.push(' ');
                }
                joined.push_str(text.trim());
            }
        }
        let id = places.id.map_or_else(|| Cow::Owned(line.to_string()), &mut cell);
        let own = places.source.map(&mut cell).filter(|text| !text.trim().is_empty());
        let from = own.as_deref().unwrap_or(&source.name);
        oddities.repeated += u64::from(!row_read(from, id.trim(), &joined));
    }
    Ok(())
}

/// The values of the first rows of each column of all files.
pub fn sample(sources: &[Source], rows: usize) -> Result<Vec<Sample>, Failure> {
    let mut samples: Vec<Sample> = Vec::new();
    for source in sources {
        for column in &source.columns {
            if !column.is_empty() && !samples.iter().any(|sample| sample.name == *column) {
                samples.push(Sample { name: column.clone(), values: Vec::new() });
            }
        }
    }
    for source in sources {
        let file = File::open(&source.path).map_err(|error| Failure::file(&source.path, error))?;
        let reader = decoded(Box::new(file), &source.path)?;
        let rows_of =
            ReaderBuilder::new().delimiter(source.separator).flexible(true).from_reader(reader);
        for row in rows_of.into_byte_records().take(rows) {
            let row = row.map_err(|error| broken(&source.path, error))?;
            for (place, column) in source.columns.iter().enumerate() {
                if let Some(sample) = samples.iter_mut().find(|sample| sample.name == *column) {
                    sample.values.push(decode(row.get(place).unwrap_or_default()).into_owned());
                }
            }
        }
    }
    Ok(samples)
}
