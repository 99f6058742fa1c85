//! Several rows of a file that make one record: rows of one key that follow one another.
//!
//! The rows are shown as one element: the cells of the first, and all of them as a list, so that rules
//! go through them as through any repeated group. Only one record is held at a time. Rows of a key that
//! comes back later are refused: what came first has gone its way already.

use std::borrow::Cow;
use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use crate::format::events::{Events, Scalar};
use crate::format::{Broken, Frame, Kept, Limits, Reader};
use crate::model::{Expected, Issue, IssueCode, Place};

use super::super::Mapping;
use super::super::spec::Format;
use super::settle::fingerprint;
use super::{Element, Flow};

/// More rows of one record are refused: ten years of monthly rows are 120.
pub const MOST_ROWS: usize = 1_000;

/// What a row says of the record to which it belongs.
pub enum Key {
    /// Nothing: it is no record (`skip_when`).
    Skipped,
    /// It has no key, so that nothing else belongs to it.
    Alone,
    /// Its key.
    Of(String),
}

/// What comes next out of a file: a record of some rows, or something that cannot be read.
pub enum Next {
    /// The rows of one record.
    Block(Box<Block>),
    /// A row that belongs to none.
    Broken(Box<Broken>),
}

/// Collects the rows of a file.
pub struct Collector {
    /// The name of the list of rows.
    name: Box<str>,
    /// What stands between two of them, so that they can be read again.
    between: &'static str,
    open: Option<Block>,
    /// A row that cannot be read at all: whether it belongs to the open record, the next row tells.
    doubtful: Option<Broken>,
    ready: VecDeque<Next>,
    /// Line and byte at which the rows of each key began: some 40 bytes a record.
    begun: FxHashMap<u128, (u64, u64)>,
}

/// The rows of one record.
pub struct Block {
    name: Box<str>,
    key: Option<String>,
    rows: Vec<Kept>,
    /// Where each row starts in `raw`.
    starts: Vec<u32>,
    raw: Vec<u8>,
    /// Why they cannot be taken as a record.
    fault: Option<Issue>,
}

impl Collector {
    /// For a mapping by which rows make one record.
    #[must_use]
    pub fn of(mapping: &Mapping) -> Option<Self> {
        let name = &mapping.rows.as_ref()?.name;
        let between = match mapping.spec.source.format {
            Format::Csv | Format::Xml => "\n",
            // One record is read again as an array.
            Format::Json | Format::Ndjson | Format::Fhir | Format::Canonical => ",\n",
        };
        Some(Self {
            name: name.clone(),
            between,
            open: None,
            doubtful: None,
            ready: VecDeque::new(),
            begun: FxHashMap::default(),
        })
    }

    /// The next record of the file.
    pub fn next(&mut self, reader: &mut Reader, flow: &Flow<'_>) -> Option<Next> {
        loop {
            if let Some(next) = self.ready.pop_front() {
                return Some(next);
            }
            match reader.next() {
                None => {
                    self.close();
                    return self.ready.pop_front();
                }
                Some(Ok(frame)) => match flow.row_key(|sink| frame.walk(sink).is_ok()) {
                    Key::Skipped => {}
                    Key::Alone => self.begin(None, &frame),
                    Key::Of(key) => self.row(key, &frame),
                },
                Some(Err(broken)) => self.broken(broken, flow),
            }
        }
    }

    fn row(&mut self, key: String, frame: &Frame<'_>) {
        match &mut self.open {
            Some(open) if open.key.as_ref() == Some(&key) => {
                if let Some(doubtful) = self.doubtful.take() {
                    open.spoil(&doubtful, self.between);
                }
                if open.has_room(frame.raw().len()) {
                    open.add(frame, self.between);
                } else {
                    let place = open.place();
                    open.fault.get_or_insert_with(|| too_many(place));
                    self.begin(Some(key), frame);
                }
            }
            _ => self.begin(Some(key), frame),
        }
    }

    /// Begins another record.
    fn begin(&mut self, key: Option<String>, frame: &Frame<'_>) {
        // More rows of a record that is too large already.
        let goes_on = self.open.as_ref().is_some_and(|open| key.is_some() && open.key == key);
        self.close();
        let place = frame.place();
        let before = key.as_ref().and_then(|key| {
            let here = (place.line, place.byte);
            let first = *self.begun.entry(fingerprint(key)).or_insert(here);
            (first != here).then_some(first.0)
        });
        let mut block = Block {
            name: self.name.clone(),
            key,
            rows: Vec::new(),
            starts: Vec::new(),
            raw: Vec::new(),
            fault: None,
        };
        block.fault = match before {
            _ if goes_on => Some(too_many(place)),
            Some(line) => Some(scattered(place, line)),
            None => None,
        };
        block.add(frame, self.between);
        self.open = Some(block);
    }

    fn broken(&mut self, broken: Broken, flow: &Flow<'_>) {
        match (flow.row_key(|sink| broken.walk(sink)), &mut self.open) {
            (Key::Skipped, _) => {}
            (Key::Of(key), Some(open)) if open.key.as_ref() == Some(&key) => {
                open.spoil(&broken, self.between);
            }
            // Nobody knows whether the rows that are missing were of this record.
            (_, Some(open)) if broken.ends_file => {
                open.fault.get_or_insert_with(|| broken.issue.clone());
                self.close();
                self.ready.push_back(Next::Broken(Box::new(broken)));
            }
            (Key::Alone, Some(_)) if self.doubtful.is_none() => self.doubtful = Some(broken),
            _ => {
                self.close();
                self.ready.push_back(Next::Broken(Box::new(broken)));
            }
        }
    }

    fn close(&mut self) {
        self.ready.extend(self.open.take().map(|open| Next::Block(Box::new(open))));
        self.ready.extend(self.doubtful.take().map(|broken| Next::Broken(Box::new(broken))));
    }
}

fn too_many(place: Place) -> Issue {
    Issue::error(IssueCode::TooManyFields, place)
        .field("(row)")
        .expected(Expected::AtMost(MOST_ROWS as u64))
}

fn scattered(place: Place, line: u64) -> Issue {
    Issue::error(IssueCode::ScatteredRows, place).field("(row)").expected(Expected::Stated {
        fr: format!("à la suite de la ligne {line}"),
        en: format!("right behind line {line}"),
    })
}

impl Block {
    fn has_room(&self, more: usize) -> bool {
        self.rows.len() < MOST_ROWS && self.raw.len() + more <= Limits::RECORD
    }

    fn add(&mut self, frame: &Frame<'_>, between: &str) {
        self.start(between);
        self.raw.extend_from_slice(frame.raw());
        self.rows.push(frame.keep());
    }

    fn start(&mut self, between: &str) {
        if !self.raw.is_empty() {
            self.raw.extend_from_slice(between.as_bytes());
        }
        self.starts.push(u32::try_from(self.raw.len()).unwrap_or(u32::MAX));
    }

    /// A row of the record cannot be read: without it the record is not whole.
    fn spoil(&mut self, broken: &Broken, between: &str) {
        self.start(between);
        self.starts.pop();
        self.raw.extend_from_slice(&broken.raw);
        self.fault.get_or_insert_with(|| broken.issue.clone());
    }

    /// The columns of the header above the rows.
    #[must_use]
    pub fn columns(&self) -> Option<std::sync::Arc<[String]>> {
        self.rows.first().and_then(Kept::columns)
    }
}

impl Element for Block {
    fn walk<'s>(&'s self, sink: &mut impl Events<'s>) -> Result<(), Issue> {
        let mut fault = self.fault.clone();
        let Some(first) = self.rows.first() else { return Ok(()) };
        let mut top = Part { sink, base: 0, depth: 0, objects: 0, open_end: true };
        fault = fault.or(first.walk(&mut top).err());
        if top.objects == 0 {
            // A row that is no group has no fields, and no rows beside them.
            return fault.map_or(Ok(()), Err);
        }
        sink.key(Cow::Borrowed(&self.name));
        sink.begin_array();
        for (row, base) in self.rows.iter().zip(&self.starts) {
            let mut part = Part { sink, base: *base, depth: 0, objects: 0, open_end: false };
            fault = fault.or(row.walk(&mut part).err());
        }
        sink.end_array();
        sink.end_object();
        fault.map_or(Ok(()), Err)
    }

    fn place(&self) -> Place {
        self.rows.first().map(Kept::place).unwrap_or_default()
    }

    fn place_of(&self, at: u32) -> Place {
        let number = self.starts.partition_point(|start| *start <= at).saturating_sub(1);
        match (self.rows.get(number), self.starts.get(number)) {
            (Some(row), Some(start)) => row.place_of(at - start),
            _ => self.place(),
        }
    }

    fn raw(&self) -> &[u8] {
        &self.raw
    }
}

/// The events of one row within those of its record.
struct Part<'b, E> {
    sink: &'b mut E,
    /// What is added to the offsets of its scalars.
    base: u32,
    depth: u32,
    objects: u32,
    /// Whether its object stays open.
    open_end: bool,
}

impl<'r, E: Events<'r>> Events<'r> for Part<'_, E> {
    fn begin_object(&mut self) {
        self.depth += 1;
        self.objects += 1;
        self.sink.begin_object();
    }

    fn key(&mut self, name: Cow<'r, str>) {
        self.sink.key(name);
    }

    fn end_object(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        if self.depth > 0 || !self.open_end {
            self.sink.end_object();
        }
    }

    fn begin_array(&mut self) {
        self.depth += 1;
        self.sink.begin_array();
    }

    fn end_array(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.sink.end_array();
    }

    fn scalar(&mut self, scalar: Scalar<'r>) {
        self.sink.scalar(Scalar { at: scalar.at.saturating_add(self.base), ..scalar });
    }
}
