//! What a record may be found by: each field's value, and the parts of it that a slip leaves whole.
//!
//! Pieces belong to values, and a value is looked at once however many records have it: the
//! [`Catalogue`] numbers all pieces of a table and says which values have which.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::date::Date;
use super::hash::{mix, text};
use super::kind::{Comparison, Kind};
use super::ranges;
use super::table::{Field, Table};
use super::text::{NONE, Symbol};

/// A piece of evidence by its number.
pub type Piece = u32;

/// Words of a text that are evidence of their own.
const WORDS: usize = 5;
/// Letters of a beginning, and of an end, that count as evidence.
const HEAD: usize = 4;
const TAIL: usize = 3;

/// Every piece of evidence of a table.
pub struct Catalogue {
    columns: Vec<Column>,
    /// For each piece, whether it is only a part of a value, or how it sounds.
    weak: Vec<bool>,
    /// The pieces of each group, and its fields.
    groups: Vec<(Range<Piece>, Vec<usize>)>,
}

/// The pieces of the values of one field.
#[derive(Default)]
struct Column {
    /// Places of dates and years; the place of a text is its symbol.
    places: Option<FxHashMap<u32, u32>>,
    ends: Vec<u32>,
    pieces: Vec<Piece>,
}

impl Column {
    fn of(&self, cell: u32) -> &[Piece] {
        let place = match &self.places {
            Some(places) => places.get(&cell).map_or(usize::MAX, |place| *place as usize),
            None => cell as usize,
        };
        let Some(end) = self.ends.get(place) else { return &[] };
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.pieces[start as usize..*end as usize]
    }

    /// The same with fewer pieces.
    fn only(&self, kept: &[bool]) -> Self {
        let mut column = Self { places: self.places.clone(), ..Self::default() };
        let mut start = 0;
        for end in &self.ends {
            let pieces = &self.pieces[start as usize..*end as usize];
            column.pieces.extend(pieces.iter().filter(|piece| kept[**piece as usize]));
            column.ends.push(count(column.pieces.len()));
            start = *end;
        }
        column
    }
}

impl Catalogue {
    /// Of all values of a table.
    #[must_use]
    pub fn of(table: &Table, threads: usize) -> Self {
        let fields = groups(&table.fields);
        let read = ranges::each(
            threads,
            fields.len(),
            || (),
            |(), group| Numbered::of(table, group, &fields[group]),
        );
        let mut columns: Vec<Column> = table.fields.iter().map(|_| Column::default()).collect();
        let (mut weak, mut groups) = (Vec::new(), Vec::new());
        for (fields, numbered) in fields.into_iter().zip(read) {
            let first = count(weak.len());
            weak.extend(numbered.weak);
            for (field, mut column) in fields.iter().zip(numbered.columns) {
                column.pieces.iter_mut().for_each(|piece| *piece += first);
                columns[*field] = column;
            }
            groups.push((first..count(weak.len()), fields));
        }
        Self { columns, weak, groups }
    }

    /// The same with fewer pieces.
    #[must_use]
    pub fn only(&self, kept: &[bool]) -> Self {
        Self {
            columns: self.columns.iter().map(|column| column.only(kept)).collect(),
            weak: self.weak.clone(),
            groups: self.groups.clone(),
        }
    }

    /// How many pieces there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.weak.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.weak.is_empty()
    }

    /// The pieces of each group of fields whose values are filed together, and its fields.
    #[must_use]
    pub fn groups(&self) -> &[(Range<Piece>, Vec<usize>)] {
        &self.groups
    }

    /// Whether a piece is only a part of a value, or how it sounds.
    #[must_use]
    pub fn is_weak(&self, piece: Piece) -> bool {
        self.weak[piece as usize]
    }

    /// The pieces of a field of a record, each once.
    #[must_use]
    pub fn pieces(&self, table: &Table, record: u32, field: usize) -> &[Piece] {
        match table.line(record)[field] {
            NONE => &[],
            cell => self.columns[field].of(cell),
        }
    }
}

fn count(pieces: usize) -> u32 {
    u32::try_from(pieces).expect("fewer than 2^32 pieces of evidence")
}

/// The fields of each group: parts of names are filed together, for they are exchanged; every other
/// field by itself. A category tells nobody from half of the others.
fn groups(fields: &[Field]) -> Vec<Vec<usize>> {
    let is_part = |field: &Field| field.kind.comparison() == Comparison::PartOfName;
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut names: Option<usize> = None;
    for (place, field) in fields.iter().enumerate().filter(|(_, f)| f.kind != Kind::Category) {
        match names.filter(|_| is_part(field)) {
            Some(names) => groups[names].push(place),
            None => {
                names = if is_part(field) { Some(groups.len()) } else { names };
                groups.push(vec![place]);
            }
        }
    }
    groups
}

/// The pieces of one group, numbered from 0.
struct Numbered {
    columns: Vec<Column>,
    weak: Vec<bool>,
}

impl Numbered {
    fn of(table: &Table, group: usize, fields: &[usize]) -> Self {
        let mut numbers: FxHashMap<u64, Piece> = FxHashMap::default();
        let mut numbered = Self { columns: Vec::new(), weak: Vec::new() };
        let mut found: Vec<(u64, bool)> = Vec::new();
        for field in fields {
            let (cells, places) = values(table, *field);
            let mut column = Column { places, ..Column::default() };
            for cell in cells {
                of_value(table, group as u64, *field, cell, &mut found);
                for (hash, weak) in found.drain(..) {
                    let next = count(numbered.weak.len());
                    let piece = *numbers.entry(hash).or_insert(next);
                    if piece == next {
                        numbered.weak.push(weak);
                    }
                    column.pieces.push(piece);
                }
                column.ends.push(count(column.pieces.len()));
            }
            numbered.columns.push(column);
        }
        numbered
    }
}

/// The distinct cells of a field, and the place of each where it is not the cell itself.
fn values(table: &Table, field: usize) -> (Vec<u32>, Option<FxHashMap<u32, u32>>) {
    match table.fields[field].kind.comparison() {
        Comparison::Date | Comparison::Year => {
            let cells = table.distinct(field);
            let places = cells.iter().copied().zip(0..).collect();
            (cells, Some(places))
        }
        Comparison::PartOfName | Comparison::Text | Comparison::Code => {
            ((0..count(table.texts(field).len())).collect(), None)
        }
    }
}

/// Every piece of evidence of a value, each once: a hash of its kind and value, and whether it is
/// only a part of the value, or how it sounds.
fn of_value(table: &Table, group: u64, field: usize, cell: u32, found: &mut Vec<(u64, bool)>) {
    // Sort 0 is the value itself, or a whole word of a name.
    let mut add = |sort: u64, value: u64| {
        found.push((mix(mix(group, sort), value), sort > 0));
    };
    match table.fields[field].kind {
        Kind::Date => date(Date(cell), &mut add),
        Kind::Year => add(0, u64::from(cell)),
        Kind::Category => {}
        Kind::GivenName | Kind::FamilyName | Kind::Name => name(table, field, cell, &mut add),
        Kind::Place | Kind::Address | Kind::Text | Kind::Occupation | Kind::Email => {
            words(table, field, cell, &mut add);
        }
        Kind::Postcode | Kind::Number | Kind::Phone => {
            code(table.texts(field).letters(cell), &mut add);
        }
    }
    found.sort_unstable();
    found.dedup();
}
fn date(date: Date, add: &mut impl FnMut(u64, u64)) {
    let (year, month, day) = (date.year(), date.month(), date.day());
    // Day and month in order of size: exchanged, they are the same evidence.
    let ends = (u64::from(month.min(day)) << 7) | u64::from(month.max(day));
    add(0, (u64::from(year) << 14) | ends);
    if !date.is_vague() {
        add(1, ends);
    }
    add(2, u64::from(year));
}

fn name(table: &Table, field: usize, symbol: Symbol, add: &mut impl FnMut(u64, u64)) {
    let texts = table.texts(field);
    for word in texts.words(symbol).iter().take(WORDS) {
        let letters = texts.spelling(texts.word(*word));
        if letters.len() > 1 {
            add(0, text(letters));
            add(2, text(&letters[..letters.len().min(HEAD)]));
        }
    }
    if texts.entry(symbol).sound != 0 {
        add(1, texts.entry(symbol).sound);
    }
    let letters = texts.letters(symbol);
    add(3, text(&letters[letters.len().saturating_sub(TAIL)..]));
}

fn words(table: &Table, field: usize, symbol: Symbol, add: &mut impl FnMut(u64, u64)) {
    let texts = table.texts(field);
    let letters = texts.letters(symbol);
    add(0, text(letters));
    let several = texts.words(symbol).len() > 1;
    for word in texts.words(symbol).iter().take(WORDS).filter(|_| several) {
        let letters = texts.spelling(texts.word(*word));
        if letters.len() > 2 {
            add(1, text(letters));
        }
    }
    add(2, text(&letters[..letters.len().min(HEAD)]));
}

fn code(letters: &[u8], add: &mut impl FnMut(u64, u64)) {
    add(0, text(letters));
    if letters.len() >= HEAD + 2 {
        add(1, text(&letters[..HEAD]));
        add(2, text(&letters[letters.len() - HEAD..]));
    }
}
