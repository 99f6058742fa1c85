//! Rows under a header: the keys of a record are its columns.

use std::borrow::Cow;
use std::collections::HashMap;

use super::super::{Events, Scalar, ScalarKind};

pub(super) struct Csv {
    delimiter: char,
    quote: char,
    titles: Vec<String>,
    columns: Vec<String>,
    index: HashMap<String, usize>,
    cells: Vec<String>,
    column: Option<usize>,
    depth: usize,
}

impl Csv {
    pub(super) fn new(delimiter: u8, quote: u8, titles: &[String], columns: &[String]) -> Self {
        let index = columns.iter().enumerate().map(|(at, name)| (name.clone(), at)).collect();
        Self {
            delimiter: char::from(delimiter),
            quote: char::from(quote),
            titles: titles.to_vec(),
            columns: columns.to_vec(),
            index,
            cells: vec![String::new(); columns.len()],
            column: None,
            depth: 0,
        }
    }

    pub(super) fn clear(&mut self) {
        self.cells.iter_mut().for_each(String::clear);
        self.column = None;
        self.depth = 0;
    }

    pub(super) fn head(&self, text: &mut String) {
        for title in &self.titles {
            text.push_str(title);
            text.push('\n');
        }
        self.row(&self.columns, text);
    }

    pub(super) fn write(&mut self, text: &mut String) {
        self.row(&self.cells, text);
    }

    fn row(&self, cells: &[String], text: &mut String) {
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 {
                text.push(self.delimiter);
            }
            self.cell(cell, text);
        }
        // An empty line is no row, so the only cell of one must show itself.
        if matches!(cells, [only] if only.is_empty()) {
            text.extend([self.quote, self.quote]);
        }
        text.push('\n');
    }

    fn cell(&self, cell: &str, text: &mut String) {
        let special = |c: char| c == self.delimiter || c == self.quote || c == '\n' || c == '\r';
        if !cell.contains(special) {
            text.push_str(cell);
            return;
        }
        text.push(self.quote);
        for c in cell.chars() {
            if c == self.quote {
                text.push(c);
            }
            text.push(c);
        }
        text.push(self.quote);
    }
}

impl<'r> Events<'r> for Csv {
    fn begin_object(&mut self) {
        self.depth += 1;
    }

    fn key(&mut self, name: Cow<'r, str>) {
        // A key without a column has no place in a row; the mapping reports it as loss.
        if self.depth == 1 {
            self.column = self.index.get(name.as_ref()).copied();
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
