//! One walk over a document for two listeners, one of them the judge of its schema.

use std::borrow::Cow;

use crate::format::events::{Events, Scalar};
use crate::schema::{Absent, Judge};

/// The events of a document to whoever takes it and to its judge.
pub struct Judged<'b, 's, E> {
    taker: &'b mut E,
    judge: Option<&'b mut Judge<'s>>,
    absent: Absent<'b>,
}

impl<'b, 's, E> Judged<'b, 's, E> {
    /// For one document; `empty` are the texts that count as absent.
    #[must_use]
    pub fn new(taker: &'b mut E, judge: Option<&'b mut Judge<'s>>, empty: &'b [String]) -> Self {
        Self { taker, judge, absent: Absent::new(empty) }
    }
}

impl<'r, E: Events<'r>> Events<'r> for Judged<'_, '_, E> {
    fn begin_object(&mut self) {
        if let Some(judge) = &mut self.judge {
            judge.begin_object();
        }
        self.taker.begin_object();
    }

    fn key(&mut self, name: Cow<'r, str>) {
        if let Some(judge) = &mut self.judge {
            judge.key(&name);
        }
        self.taker.key(name);
    }

    fn end_object(&mut self) {
        if let Some(judge) = &mut self.judge {
            judge.end_object();
        }
        self.taker.end_object();
    }

    fn begin_array(&mut self) {
        if let Some(judge) = &mut self.judge {
            judge.begin_array();
        }
        self.taker.begin_array();
    }

    fn end_array(&mut self) {
        if let Some(judge) = &mut self.judge {
            judge.end_array();
        }
        self.taker.end_array();
    }

    fn scalar(&mut self, scalar: Scalar<'r>) {
        if let Some(judge) = &mut self.judge {
            judge.scalar(scalar.kind, &scalar.text, self.absent.holds(&scalar.text));
        }
        self.taker.scalar(scalar);
    }
}
