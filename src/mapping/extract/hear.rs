//! The events of a record, as the extractor takes them.

use std::borrow::Cow;

use crate::format::events::{Events, Key, Row, Scalar, ScalarKind};

use super::Extractor;

impl<'r> Events<'r> for Extractor<'_, 'r, '_> {
    #[inline]
    fn begin_object(&mut self) {
        let from = self.arrive();
        let spots = from..self.memory.spots.len();
        self.group(spots.clone(), 1);
        self.next = spots.end;
        self.memory.open(spots, self.at);
    }

    #[inline]
    fn key(&mut self, name: Cow<'r, str>) {
        let Some(level) = self.memory.levels.last() else {
            self.memory.spots.clear();
            return;
        };
        let spots = level.spots.clone();
        self.memory.spots.truncate(spots.end);
        self.next = spots.end;
        if spots.len() == 1 {
            let (group, frame) = self.memory.spots[spots.start];
            if let Some(field) = self.follow(group, &name) {
                self.memory.spots.push((field, frame));
            }
        } else {
            for spot in spots {
                let (group, frame) = self.memory.spots[spot];
                if let Some(field) = self.trie.field(group, &name) {
                    self.memory.spots.push((field, frame));
                }
            }
        }
        // The text of an element with attributes is the element itself.
        self.own_text |= name == "#text";
    }

    #[inline]
    fn expects(&self) -> Option<&Key> {
        self.expected().map(|field| &field.key)
    }

    #[inline]
    fn as_expected(&mut self) {
        Extractor::as_expected(self);
    }

    #[inline]
    fn end_object(&mut self) {
        if let Some(level) = self.memory.levels.pop() {
            self.leave(level.spots);
        }
        self.settle();
    }

    fn begin_array(&mut self) {
        // An array is the repetition of its key, not a value of its own.
        self.own_text = false;
        let to = self.memory.spots.len();
        let from = match self.memory.levels.last() {
            Some(level) if level.array => to,
            _ => self.next,
        };
        self.next = to;
        self.memory.open_array(from..to, self.at);
    }

    fn end_array(&mut self) {
        if let Some(level) = self.memory.levels.pop() {
            let at = std::mem::replace(&mut self.at, level.at);
            self.group(level.spots, level.items);
            self.at = at;
        }
        self.settle();
    }

    #[inline]
    fn scalar(&mut self, scalar: Scalar<'r>) {
        let absent = scalar.kind == ScalarKind::Null || self.empty.holds(&scalar.text);
        self.take(scalar, absent);
    }

    fn row(&mut self, row: &Row<'r>) {
        self.begin_row(row);
        for column in 0..row.header().len() {
            let Some(cell) = row.cell(column) else { break };
            let absent = self.empty.holds(&cell.text);
            self.take_cell(column, cell, absent);
        }
        self.end_object();
    }
}
