//! A shared table out of a CSV file: a list of codes as an office publishes it.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::format::Reader;
use crate::format::events::{Events, Scalar};
use crate::model::Issue;

use super::super::infer::yaml_text::{quoted, scalar};
use super::super::yaml::LARGEST;

/// Which columns of the file hold what.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// The sender's text; the first column when not said.
    pub from: Option<String>,
    /// The code that it becomes; the second column when not said.
    pub to: Option<String>,
    /// Label in French.
    pub fr: Option<String>,
    /// Label in English.
    pub en: Option<String>,
}

/// What a table is to say of itself.
#[derive(Clone, Debug)]
pub struct Import<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it is, in both languages.
    pub title: &'a str,
    /// Who publishes the codes.
    pub source: Option<&'a str>,
    /// Which edition.
    pub version: Option<&'a str>,
    /// The columns.
    pub columns: Columns,
}

/// Why no table can be made of a file.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A row, or the file, cannot be read.
    #[error("a row cannot be read")]
    Unreadable(Box<Issue>),
    /// A column that the file does not have.
    #[error("there is no column `{column}`")]
    NoColumn {
        /// The column.
        column: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// One text with two codes.
    #[error("`{text}` has two codes")]
    TwoCodes {
        /// The text.
        text: String,
        /// The line of the first.
        first: u64,
        /// The line of the second.
        second: u64,
    },
    /// A row without its text or without its code.
    #[error("a row without its text or code")]
    NoCode {
        /// Its line.
        line: u64,
    },
    /// The table would be larger than a file of the language may be.
    #[error("more than {limit} bytes after {rows} rows")]
    TooLarge {
        /// Rows that fitted.
        rows: usize,
        /// The limit.
        limit: usize,
    },
    /// No row at all.
    #[error("no row")]
    Empty,
}

/// Makes the file of a table; how many rows it has comes with it. A row that says the same again is left.
///
/// # Errors
/// The first thing that keeps the file from being a table; a file that is too large is not read on.
pub fn import(mut rows: Reader, about: &Import<'_>) -> Result<(String, usize), ImportError> {
    let mut text = format!("codes: {}\n", about.name);
    let title = quoted(about.title);
    text.push_str(&format!("title: {{ fr: {title}, en: {title} }}\n"));
    for (key, value) in [("source", about.source), ("version", about.version)] {
        if let Some(value) = value {
            text.push_str(&format!("{key}: {}\n", quoted(value)));
        }
    }
    text.push_str("rows:\n");
    let mut places: Option<[Option<usize>; 4]> = None;
    let mut known: HashMap<String, (String, u64)> = HashMap::new();
    while let Some(row) = rows.next() {
        let row = row.map_err(|broken| ImportError::Unreadable(Box::new(broken.issue)))?;
        let line = row.place().line;
        let places = match places {
            Some(places) => places,
            None => *places.insert(find(&about.columns, &row.columns().unwrap_or_default())?),
        };
        let mut cells = Cells::default();
        row.walk(&mut cells).map_err(|issue| ImportError::Unreadable(Box::new(issue)))?;
        let cell = |at: Option<usize>| {
            at.and_then(|at| cells.0.get(at)).map(|cell| cell.trim()).filter(|c| !c.is_empty())
        };
        let [from, to, fr, en] = places.map(cell);
        let (Some(from), Some(to)) = (from, to) else { return Err(ImportError::NoCode { line }) };
        if let Some((code, first)) = known.get(from) {
            if code == to {
                continue;
            }
            return Err(ImportError::TwoCodes {
                text: from.to_owned(),
                first: *first,
                second: line,
            });
        }
        text.push_str(&written(from, to, fr, en));
        if text.len() > LARGEST {
            return Err(ImportError::TooLarge { rows: known.len(), limit: LARGEST });
        }
        known.insert(from.to_owned(), (to.to_owned(), line));
    }
    if known.is_empty() { Err(ImportError::Empty) } else { Ok((text, known.len())) }
}

fn written(from: &str, to: &str, fr: Option<&str>, en: Option<&str>) -> String {
    let (from, to) = (quoted(from), scalar(to));
    match fr.or(en) {
        None => format!("  {from}: {to}\n"),
        Some(either) => {
            let (fr, en) = (quoted(fr.unwrap_or(either)), quoted(en.unwrap_or(either)));
            format!("  {from}: {{ to: {to}, label: {{ fr: {fr}, en: {en} }} }}\n")
        }
    }
}

/// Where the columns stand.
fn find(columns: &Columns, header: &[String]) -> Result<[Option<usize>; 4], ImportError> {
    let at = |column: &Option<String>, usual: Option<usize>| match column {
        None => Ok(usual),
        Some(column) => match header.iter().position(|known| known.trim() == column.trim()) {
            Some(at) => Ok(Some(at)),
            None => Err(ImportError::NoColumn { column: column.clone(), known: header.to_vec() }),
        },
    };
    Ok([
        at(&columns.from, Some(0))?,
        at(&columns.to, Some(1))?,
        at(&columns.fr, None)?,
        at(&columns.en, None)?,
    ])
}

/// The cells of a row in their order.
#[derive(Default)]
struct Cells<'r>(Vec<Cow<'r, str>>);

impl<'r> Events<'r> for Cells<'r> {
    fn begin_object(&mut self) {}
    fn key(&mut self, _: Cow<'r, str>) {}
    fn end_object(&mut self) {}
    fn begin_array(&mut self) {}
    fn end_array(&mut self) {}
    fn scalar(&mut self, scalar: Scalar<'r>) {
        self.0.push(scalar.text);
    }
}
