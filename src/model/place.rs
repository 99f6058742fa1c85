//! Where something stands in the sender's own file.

use std::fmt;

/// A place in a file as sent: what a person needs to find the record or the cell again.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Place {
    /// Physical line, from 1; 0 when the format has none.
    pub line: u64,
    /// Column in characters, from 1; 0 when unknown.
    pub column: u64,
    /// Offset in bytes from the start of the decoded text.
    pub byte: u64,
    /// Path of the element or field, such as `entry[3].resource` or `/exportAMO/assure[12]`.
    pub path: Option<String>,
}

impl Place {
    /// A place known by its line only.
    #[must_use]
    pub fn at_line(line: u64) -> Self {
        Self { line, ..Self::default() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.line)?;
        if self.column > 0 {
            write!(out, ":{}", self.column)?;
        }
        Ok(())
    }
}
