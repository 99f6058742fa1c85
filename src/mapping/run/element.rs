//! What a run needs of a record as sent: a frame of a file, or an example of a mapping.

use std::borrow::Cow;

use jiff::civil::Date;

use crate::format::events::Events;
use crate::format::{Broken, Frame, Reader};
use crate::model::{Issue, Place};

use super::super::Mapping;
use super::Flow;
use super::rows::{Block, Collector, Next};

/// One element of the sender's file.
pub trait Element {
    /// Replays it.
    ///
    /// # Errors
    /// When its text does not follow the grammar of its format.
    #[allow(clippy::result_large_err, reason = "an issue is built once for a record that is lost")]
    fn walk<'s>(&'s self, sink: &mut impl Events<'s>) -> Result<(), Issue>;

    /// Where it starts.
    fn place(&self) -> Place;

    /// Where one of its cells stands.
    fn place_of(&self, at: u32) -> Place;

    /// The bytes as sent.
    fn raw(&self) -> &[u8];

    /// The text that is read: as sent, where nothing of it was put right.
    fn text(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(self.raw())
    }
}

impl Element for Frame<'_> {
    fn walk<'s>(&'s self, sink: &mut impl Events<'s>) -> Result<(), Issue> {
        Frame::walk(self, sink)
    }

    fn place(&self) -> Place {
        Frame::place(self)
    }

    fn place_of(&self, at: u32) -> Place {
        Frame::place_of(self, at)
    }

    fn raw(&self) -> &[u8] {
        Frame::raw(self)
    }
}

/// One element of a file: a record of it as cut out, or several rows that make one.
pub enum Whole<'r> {
    /// As cut out.
    Frame(Frame<'r>),
    /// Put together.
    Rows(Box<Block>),
}

impl Whole<'_> {
    /// Where it starts.
    #[must_use]
    pub fn begins(&self) -> Place {
        self.place()
    }
}

impl Element for Whole<'_> {
    fn walk<'s>(&'s self, sink: &mut impl Events<'s>) -> Result<(), Issue> {
        match self {
            Self::Frame(frame) => frame.walk(sink),
            Self::Rows(block) => block.walk(sink),
        }
    }

    fn place(&self) -> Place {
        match self {
            Self::Frame(frame) => frame.place(),
            Self::Rows(block) => block.place(),
        }
    }

    fn place_of(&self, at: u32) -> Place {
        match self {
            Self::Frame(frame) => frame.place_of(at),
            Self::Rows(block) => block.place_of(at),
        }
    }

    fn raw(&self) -> &[u8] {
        match self {
            Self::Frame(frame) => frame.raw(),
            Self::Rows(block) => block.raw(),
        }
    }
}

/// The elements of a file, for those who look at single ones; [`super::Run`] translates whole files.
pub struct Elements<'m> {
    reader: Reader,
    rows: Option<Collector>,
    flow: Flow<'m>,
}

impl Mapping {
    /// The elements of a file.
    #[must_use]
    pub fn elements(&self, reader: Reader) -> Elements<'_> {
        // What rows belong together does not depend on the day.
        let flow = Flow::new(self, self.id(), Date::MIN);
        Elements { reader, rows: Collector::of(self), flow }
    }
}

impl Elements<'_> {
    /// The next element, or what cannot be read.
    #[allow(clippy::should_implement_trait)] // It borrows from the reader.
    pub fn next(&mut self) -> Option<Result<Whole<'_>, Broken>> {
        match &mut self.rows {
            Some(rows) => Some(match rows.next(&mut self.reader, &self.flow)? {
                Next::Block(block) => Ok(Whole::Rows(block)),
                Next::Broken(broken) => Err(*broken),
            }),
            None => Some(self.reader.next()?.map(Whole::Frame)),
        }
    }
}
