//! Reading the records of all files: rows of another width are read as far as they go and counted.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use csv::ByteRecord;

use super::source::{Rows, Source, decode};
use crate::cli::failure::Failure;
use crate::cli::screen::Screen;
use crate::linkage::interner::Interner;
use crate::linkage::model::Column;
use crate::linkage::{Draft, Model};

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
    /// Records with an id that came before, and the line of the first.
    pub repeated: (u64, Option<(String, u64)>),
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
        let (rows, progress) = source.watched(screen)?;
        let Records { draft, ids, oddities } = &mut records;
        each_row(source, rows, model, oddities, |from, id, values| {
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
        let mut ignored = Oddities::default();
        each_row(source, source.rows()?, model, &mut ignored, |_, _, values| {
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
    mut rows: Rows<'_>,
    model: &Model,
    oddities: &mut Oddities,
    mut row_read: impl FnMut(&str, &str, &[String]) -> bool,
) -> Result<(), Failure> {
    let places = Places::of(model, &source.columns);
    let mut row = ByteRecord::new();
    let mut joined: Vec<String> = vec![String::new(); places.fields.len()];
    while rows.read(&mut row)? {
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
        if !row_read(from, id.trim(), &joined) {
            oddities.repeated.0 += 1;
            oddities.repeated.1.get_or_insert_with(|| (source.name.clone(), line));
        }
    }
    Ok(())
}
