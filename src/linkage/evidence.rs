//! What a record may be found by: each field's value, and the parts of it that a slip leaves whole.

use super::date::Date;
use super::hash::{mix, text};
use super::kind::{Comparison, Kind};
use super::table::{Field, Table};
use super::text::{NONE, Symbol};

/// A piece of evidence: a hash of its kind and value, and where it comes from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Piece {
    /// Kind and value.
    pub hash: u64,
    /// The group of fields whose values are filed together.
    pub group: u8,
    /// The field.
    pub field: u8,
    /// Whether it is only a part of the value, or how it sounds.
    pub weak: bool,
}

/// Words of a text that are evidence of their own.
const WORDS: usize = 5;
/// Letters of a beginning, and of an end, that count as evidence.
const HEAD: usize = 4;
const TAIL: usize = 3;

/// The group of each field: parts of names are filed together, for they are exchanged; every other
/// field by itself.
#[must_use]
pub fn groups(fields: &[Field]) -> Vec<u8> {
    let is_part = |field: &Field| field.kind.comparison() == Comparison::PartOfName;
    let names = fields.iter().position(is_part);
    let group = |(place, field): (usize, &Field)| {
        let place = if is_part(field) { names.unwrap_or(place) } else { place };
        u8::try_from(place).expect("a model has at most 16 fields")
    };
    fields.iter().enumerate().map(group).collect()
}

/// Every piece of evidence of a field of a record, each once.
pub fn pieces(table: &Table, record: u32, field: usize, group: u8, found: &mut Vec<Piece>) {
    let cell = table.line(record)[field];
    if cell == NONE {
        return;
    }
    let before = found.len();
    let number = u8::try_from(field).expect("a model has at most 16 fields");
    // Sort 0 is the value itself, or a whole word of a name.
    let mut add = |sort: u64, value: u64| {
        let hash = mix(mix(u64::from(group), sort), value);
        found.push(Piece { hash, group, field: number, weak: sort > 0 });
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
    found[before..].sort_unstable();
    let mut kept = before;
    for place in before..found.len() {
        if kept == before || found[kept - 1].hash != found[place].hash {
            found[kept] = found[place];
            kept += 1;
        }
    }
    found.truncate(kept);
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
