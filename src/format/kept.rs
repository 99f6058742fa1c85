//! A record that is kept while the reader goes on: several rows of a file may make one record.

use std::sync::Arc;

use super::csv::{Cell, Dialect};
use super::events::{Events, Row};
use super::frame::{Frame, Piece, Shape};
use super::options::Limits;
use super::{json, xml};
use crate::model::{Issue, Place};

/// The text of a frame with all that it takes to replay it.
pub struct Kept {
    text: String,
    shape: KeptShape,
    place: Place,
    ordinal: u64,
    limits: Limits,
    pieces: Vec<Piece>,
}

enum KeptShape {
    Json,
    Csv { header: Arc<[String]>, cells: Vec<Cell>, dialect: Dialect },
    Xml,
}

impl Frame<'_> {
    /// The same record in memory of its own.
    #[must_use]
    pub fn keep(&self) -> Kept {
        Kept {
            text: self.text.to_owned(),
            shape: match self.shape {
                Shape::Json => KeptShape::Json,
                Shape::Xml => KeptShape::Xml,
                Shape::Csv { header, cells, dialect, .. } => {
                    KeptShape::Csv { header: Arc::clone(header), cells: cells.to_vec(), dialect }
                }
            },
            place: self.place(),
            ordinal: self.ordinal,
            limits: self.limits,
            pieces: self.pieces.to_vec(),
        }
    }
}

impl Kept {
    /// The record's text, as [`Frame::raw`].
    #[must_use]
    pub fn raw(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// The columns of the header above a row, as [`Frame::columns`].
    #[must_use]
    pub fn columns(&self) -> Option<Arc<[String]>> {
        self.frame().columns()
    }

    /// Where it starts, as [`Frame::place`].
    #[must_use]
    pub fn place(&self) -> Place {
        self.place.clone()
    }

    /// Line and column of a scalar, as [`Frame::place_of`].
    #[must_use]
    pub fn place_of(&self, at: u32) -> Place {
        self.frame().place_of(at)
    }

    /// Replays it, as [`Frame::walk`].
    ///
    /// # Errors
    /// The text does not follow the grammar of its format, or is beyond the limits.
    #[allow(clippy::result_large_err)] // As for a frame.
    pub fn walk<'s>(&'s self, sink: &mut impl Events<'s>) -> Result<(), Issue> {
        let walked = match &self.shape {
            KeptShape::Json => json::walk(&self.text, &self.limits, sink),
            KeptShape::Xml => xml::walk(&self.text, &self.limits, sink),
            KeptShape::Csv { header, cells, dialect } => {
                sink.row(&Row { text: &self.text, header, cells, dialect: *dialect, plain: false });
                Ok(())
            }
        };
        walked.map_err(|fault| self.frame().issue(fault))
    }

    fn frame(&self) -> Frame<'_> {
        let shape = match &self.shape {
            KeptShape::Json => Shape::Json,
            KeptShape::Xml => Shape::Xml,
            KeptShape::Csv { header, cells, dialect } => {
                Shape::Csv { header, cells, dialect: *dialect, plain: false }
            }
        };
        Frame {
            text: &self.text,
            shape,
            place: self.place(),
            ordinal: self.ordinal,
            limits: self.limits,
            pieces: &self.pieces,
        }
    }
}
