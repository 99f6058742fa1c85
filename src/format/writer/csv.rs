//! Rows under a header: the keys of a record are its columns. Quoting is that of `csv-core`.

use std::borrow::Cow;

use csv_core::{Terminator, Writer, WriterBuilder};
use rustc_hash::FxHashMap;

use super::super::{Events, Scalar, ScalarKind};

pub(super) struct Csv {
    rows: Writer,
    titles: Vec<String>,
    columns: Vec<String>,
    index: FxHashMap<String, usize>,
    cells: Vec<String>,
    column: Option<usize>,
    /// The column that is likely to come next: records have their keys in one order.
    next: usize,
    depth: usize,
}

impl Csv {
    pub(super) fn new(delimiter: u8, quote: u8, titles: &[String], columns: &[String]) -> Self {
        let index = columns.iter().enumerate().map(|(at, name)| (name.clone(), at)).collect();
        let rows = WriterBuilder::new()
            .delimiter(delimiter)
            .quote(quote)
            .terminator(Terminator::Any(b'\n'))
            .build();
        Self {
            rows,
            titles: titles.to_vec(),
            columns: columns.to_vec(),
            index,
            cells: vec![String::new(); columns.len()],
            column: None,
            next: 0,
            depth: 0,
        }
    }

    pub(super) fn clear(&mut self) {
        self.cells.iter_mut().for_each(String::clear);
        self.column = None;
        self.next = 0;
        self.depth = 0;
    }

    pub(super) fn head(&mut self, text: &mut String) {
        for title in &self.titles {
            text.push_str(title);
            text.push('\n');
        }
        row(&mut self.rows, &self.columns, text);
    }

    pub(super) fn write(&mut self, text: &mut String) {
        row(&mut self.rows, &self.cells, text);
    }
}

fn row(rows: &mut Writer, cells: &[String], text: &mut String) {
    // A row of one empty cell is quoted, too: without quotes it would be no row.
    let plain = cells.len() > 1 && !cells.iter().any(|cell| rows.should_quote(cell.as_bytes()));
    if plain {
        for (at, cell) in cells.iter().enumerate() {
            text.extend((at > 0).then_some(char::from(rows.get_delimiter())));
            text.push_str(cell);
        }
        text.push('\n');
        return;
    }
    // Every character a quote that is doubled, quotes around each cell, and delimiters.
    let room = cells.iter().map(|cell| 2 * cell.len() + 3).sum::<usize>() + 3;
    let mut line = vec![0; room];
    let mut length = 0;
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            length += rows.delimiter(line.get_mut(length..).unwrap_or_default()).1;
        }
        length += rows.field(cell.as_bytes(), line.get_mut(length..).unwrap_or_default()).2;
    }
    length += rows.terminator(line.get_mut(length..).unwrap_or_default()).1;
    text.push_str(&String::from_utf8_lossy(line.get(..length).unwrap_or_default()));
}

impl<'r> Events<'r> for Csv {
    fn begin_object(&mut self) {
        self.depth += 1;
    }

    fn key(&mut self, name: Cow<'r, str>) {
        // A key without a column has no place in a row; the mapping reports it as loss.
        if self.depth == 1 {
            self.column = match self.columns.get(self.next) {
                Some(next) if **next == *name => Some(self.next),
                Some(_) | None => self.index.get(name.as_ref()).copied(),
            };
            self.next = self.column.map_or(self.next, |column| column + 1);
        }
    }

    fn end_object(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    fn begin_array(&mut self) {}

    fn end_array(&mut self) {}

    fn scalar(&mut self, scalar: Scalar<'r>) {
        if scalar.kind == ScalarKind::Null {
            return;
        }
        let Some(cell) = self.column.and_then(|column| self.cells.get_mut(column)) else { return };
        // Several values of one key share its cell, as people do in spreadsheets.
        if !cell.is_empty() {
            cell.push(' ');
        }
        cell.push_str(&scalar.text);
    }
}
