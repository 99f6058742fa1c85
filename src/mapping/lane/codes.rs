//! A code table whose results are made ready beforehand.

use rustc_hash::FxHashMap;

use crate::format::word::packed;

use super::super::json::write_inside;
use super::super::spec::Unmapped;
use super::super::table::Table;
use super::super::value::trimmed;
use super::layout::Text;

/// Up to so many rows are found faster one by one than by their hash.
const FEW: usize = 12;

/// See the module.
#[derive(Debug)]
pub struct Codes {
    rows: Rows,
    otherwise: Otherwise,
}

/// A text and its code as JSON writes it, without quotes.
type Row = (Box<str>, Text);

#[derive(Debug)]
enum Rows {
    /// All their texts are short enough for one word.
    Few(Box<[(u64, Text)]>),
    Many(FxHashMap<Box<str>, Text>),
}

/// What becomes of a text without row.
#[derive(Debug)]
enum Otherwise {
    Keep,
    Use(Text),
    Doubt,
}

impl Codes {
    /// Of a table that is asked for texts as they are written, all of whose codes are `taken`; none of
    /// another.
    pub fn of(table: &Table, taken: &impl Fn(&str) -> bool) -> Option<Self> {
        let mut rows: Vec<Row> = Vec::new();
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
        Some(Self { rows: Rows::new(rows), otherwise })
    }

    /// The code of a text, as JSON writes it, without quotes.
    #[inline]
    pub fn find(&self, text: &str) -> Option<&Text> {
        let found = self.rows.get(text).or_else(|| self.rows.get(trimmed(text)));
        match &self.otherwise {
            Otherwise::Use(code) => found.or(Some(code)),
            Otherwise::Keep | Otherwise::Doubt => found,
        }
    }

    /// Whether a text without code stays as it is.
    pub const fn keeps(&self) -> bool {
        matches!(self.otherwise, Otherwise::Keep)
    }
}

impl Rows {
    fn new(rows: Vec<Row>) -> Self {
        let word = |(from, to): &Row| Some((packed(from.as_bytes())?, to.clone()));
        let few = (rows.len() <= FEW).then(|| rows.iter().map(word).collect::<Option<_>>());
        match few.flatten() {
            Some(rows) => Self::Few(rows),
            None => Self::Many(rows.into_iter().collect()),
        }
    }

    #[inline]
    fn get(&self, text: &str) -> Option<&Text> {
        match self {
            Self::Few(rows) => {
                let word = packed(text.as_bytes())?;
                rows.iter().find(|(from, _)| *from == word).map(|(_, to)| to)
            }
            Self::Many(rows) => rows.get(text),
        }
    }
}

/// A text as JSON writes it, without quotes.
pub fn inside(text: &str) -> Text {
    let mut inside = Vec::with_capacity(text.len());
    write_inside(text, &mut inside);
    Text::new(inside)
}
