//! A code table whose results are made ready beforehand.

use rustc_hash::FxHashMap;

use super::super::json::write_inside;
use super::super::spec::Unmapped;
use super::super::table::Table;
use super::super::value::trimmed;

/// Up to so many rows are found faster one by one than by their hash.
const FEW: usize = 8;

/// See the module.
#[derive(Debug)]
pub struct Codes {
    rows: Rows,
    otherwise: Otherwise,
}

/// A text and its code as JSON writes it, without quotes.
type Row = (Box<str>, Box<[u8]>);

#[derive(Debug)]
enum Rows {
    Few(Box<[Row]>),
    Many(FxHashMap<Box<str>, Box<[u8]>>),
}

/// What becomes of a text without row.
#[derive(Debug)]
enum Otherwise {
    Keep,
    Use(Box<[u8]>),
    Doubt,
}

impl Codes {
    /// Of a table that is asked for texts as they are written, all of whose codes are `taken`; none of
    /// another.
    pub fn of(table: &Table, taken: &impl Fn(&str) -> bool) -> Option<Self> {
        let mut rows: Vec<(Box<str>, Box<[u8]>)> = Vec::new();
        for (from, to) in table.rows()? {
            if !taken(to) {
                return None;
            }
            // Blanks around a text do not count, so that no text is like this one.
            if from.trim() == from {
                rows.push((from.into(), inside(to)));
            }
        }
        let otherwise = match table.otherwise() {
            Unmapped::Keep => Otherwise::Keep,
            Unmapped::Use(code, None) if taken(code) => Otherwise::Use(inside(code)),
            Unmapped::Use(..) | Unmapped::Fail(_) => Otherwise::Doubt,
        };
        let rows = match rows.len() {
            ..=FEW => Rows::Few(rows.into()),
            _ => Rows::Many(rows.into_iter().collect()),
        };
        Some(Self { rows, otherwise })
    }

    /// The code of a text, as JSON writes it, without quotes.
    #[inline]
    pub fn find(&self, text: &str) -> Option<&[u8]> {
        let found = self.rows.get(text).or_else(|| self.rows.get(trimmed(text)));
        match &self.otherwise {
            Otherwise::Use(code) => found.or(Some(&**code)),
            Otherwise::Keep | Otherwise::Doubt => found,
        }
    }

    /// Whether a text without code stays as it is.
    pub const fn keeps(&self) -> bool {
        matches!(self.otherwise, Otherwise::Keep)
    }
}

impl Rows {
    #[inline]
    fn get(&self, text: &str) -> Option<&[u8]> {
        match self {
            Self::Few(rows) => rows.iter().find(|(from, _)| **from == *text).map(|(_, to)| &**to),
            Self::Many(rows) => rows.get(text).map(|to| &**to),
        }
    }
}

/// A text as JSON writes it, without quotes.
pub fn inside(text: &str) -> Box<[u8]> {
    let mut inside = Vec::with_capacity(text.len());
    write_inside(text, &mut inside);
    inside.into()
}
