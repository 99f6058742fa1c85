//! One walk over a document for two listeners, one of them the judge of its schema.

use std::borrow::Cow;

use crate::format::events::{Events, Key, Row, Scalar, ScalarKind};
use crate::schema::{Absent, Judge};

use super::super::extract::Extractor;

/// The events of a sender's document to the extractor and to the judge of its schema.
pub struct Tee<'b, 's, 't, 'r, 'm> {
    extractor: &'b mut Extractor<'t, 'r, 'm>,
    judge: Option<&'b mut Judge<'s>>,
    empty: Absent<'t>,
}

impl<'b, 's, 't, 'r, 'm> Tee<'b, 's, 't, 'r, 'm> {
    /// For one document.
    #[must_use]
    pub fn new(extractor: &'b mut Extractor<'t, 'r, 'm>, judge: Option<&'b mut Judge<'s>>) -> Self {
        let empty = extractor.empty();
        Self { extractor, judge, empty }
    }
}

impl<'r> Events<'r> for Tee<'_, '_, '_, 'r, '_> {
    #[inline]
    fn begin_object(&mut self) {
        if let Some(judge) = &mut self.judge {
            judge.begin_object();
        }
        self.extractor.begin_object();
    }

    #[inline]
    fn key(&mut self, name: Cow<'r, str>) {
        if let Some(judge) = &mut self.judge {
            judge.key(&name);
        }
        self.extractor.key(name);
    }

    #[inline]
    fn expects(&self) -> Option<&Key> {
        self.extractor.expected().map(|field| &field.key)
    }

    #[inline]
    fn as_expected(&mut self) {
        if let (Some(judge), Some(field)) = (&mut self.judge, self.extractor.expected()) {
            judge.key(&field.name);
        }
        self.extractor.as_expected();
    }

    fn attribute(&mut self, name: &'r str) {
        let expected = self.extractor.expected();
        match expected.filter(|field| field.name.strip_prefix('@') == Some(name)) {
            Some(_) => self.as_expected(),
            None => self.key(Cow::Owned(format!("@{name}"))),
        }
    }

    #[inline]
    fn end_object(&mut self) {
        if let Some(judge) = &mut self.judge {
            judge.end_object();
        }
        self.extractor.end_object();
    }

    fn begin_array(&mut self) {
        if let Some(judge) = &mut self.judge {
            judge.begin_array();
        }
        self.extractor.begin_array();
    }

    fn end_array(&mut self) {
        if let Some(judge) = &mut self.judge {
            judge.end_array();
        }
        self.extractor.end_array();
    }

    #[inline]
    fn scalar(&mut self, scalar: Scalar<'r>) {
        let absent = self.empty.holds(&scalar.text);
        if let Some(judge) = &mut self.judge {
            judge.scalar(scalar.kind, &scalar.text, absent);
        }
        let absent = absent || scalar.kind == ScalarKind::Null;
        self.extractor.take(scalar, absent);
    }

    fn row(&mut self, row: &Row<'r>) {
        let Some(judge) = &mut self.judge else { return self.extractor.row(row) };
        judge.begin_row(row.header());
        self.extractor.begin_row(row);
        for column in 0..row.header().len() {
            let Some(cell) = row.cell(column) else { break };
            let absent = self.empty.holds(&cell.text);
            judge.cell(column, &cell.text, absent);
            self.extractor.take_cell(column, cell, absent);
        }
        judge.end_object();
        self.extractor.end_object();
    }
}
