//! What a run needs of a record as sent: a frame of a file, or an example of a mapping.

use std::borrow::Cow;

use crate::format::Frame;
use crate::format::events::Events;
use crate::model::{Issue, Place};

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
