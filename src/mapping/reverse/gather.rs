//! Records that were read out of one element, put together again.
//!
//! A stream of canonical records has them one after the other, mostly side by side. An element stays
//! open until [`MOST_OPEN`] others have begun after it: what comes later still begins an element of
//! its own, so that memory does not grow with the file.

use std::collections::{HashMap, VecDeque};

use serde_json::Value as Json;

use crate::model::Issue;

use super::super::Mapping;
use super::document::Document;
use super::seat::{Belonging, Seat};

/// Elements that are open at the same time: families of which other families came in between.
const MOST_OPEN: usize = 1_000;

/// Records that are held at the same time, some 6 KiB each.
const MOST_HELD: usize = 10_000;

/// Records of one element: a reader refuses larger ones.
const MOST_IN_ONE: usize = 1_000;

/// Collects records and gives elements, in the order in which they began.
pub struct Gathering<'m, T> {
    mapping: &'m Mapping,
    open: VecDeque<Gathered<T>>,
    /// For each key the number of the element that is open for it.
    numbers: HashMap<String, u64>,
    /// How many elements have been given.
    given: u64,
    held: usize,
    ended: bool,
}

/// The records of one element, each with what its caller wants to know of it afterwards.
pub struct Gathered<T> {
    key: Option<String>,
    records: Vec<Record<T>>,
}

/// A record of an element.
#[derive(Clone)]
pub struct Record<T> {
    /// What it says, as JSON.
    canonical: Vec<u8>,
    id: Option<String>,
    /// Which of the mapping's kinds of records it is.
    pub kind: usize,
    carried: T,
}

impl<T> Record<T> {
    /// Of its parts; `document` is what stands in `canonical`.
    pub fn new(canonical: &[u8], document: &Document<'_>, kind: usize, carried: T) -> Self {
        let id = document.record_id().map(str::to_owned);
        Self { canonical: canonical.to_vec(), id, kind, carried }
    }

    /// The sender's id.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// What it says.
    pub fn document(&self) -> Document<'_> {
        Document::parse(&self.canonical).unwrap_or(Document::Null)
    }

    /// The same for who changes it or compares it.
    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.canonical).unwrap_or_default()
    }
}

impl<'m, T> Gathering<'m, T> {
    /// For the format of a mapping.
    #[must_use]
    pub fn new(mapping: &'m Mapping) -> Self {
        Self {
            mapping,
            open: VecDeque::new(),
            numbers: HashMap::new(),
            given: 0,
            held: 0,
            ended: false,
        }
    }

    /// Takes a record; then ask for elements with [`Gathering::next`].
    ///
    /// # Errors
    /// When the bytes are no JSON document.
    pub fn add(&mut self, canonical: &[u8], carried: T) -> Result<(), Vec<Issue>> {
        let document = super::parse(canonical)?;
        let Belonging { kind, key } = Belonging::of(&document, self.mapping);
        let record = Record::new(canonical, &document, kind, carried);
        self.held += 1;
        let number = key.as_ref().and_then(|key| self.numbers.get(key)).copied();
        let index = number.and_then(|number| usize::try_from(number - self.given).ok());
        match index.and_then(|index| self.open.get_mut(index)) {
            Some(element) if element.has_room(self.mapping, kind) => element.records.push(record),
            Some(_) | None => {
                if let Some(key) = &key {
                    self.numbers.insert(key.clone(), self.given + self.open.len() as u64);
                }
                self.open.push_back(Gathered { key, records: vec![record] });
            }
        }
        Ok(())
    }

    /// No record comes any more: all elements are given.
    pub const fn end(&mut self) {
        self.ended = true;
    }

    /// The next element that waits for no record any more.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Option<Gathered<T>> {
        let waits = self.mapping.has_nested()
            && !self.ended
            && self.open.len() <= MOST_OPEN
            && self.held <= MOST_HELD;
        let element = if waits { None } else { self.open.pop_front() }?;
        if let Some(key) = &element.key
            && self.numbers.get(key) == Some(&self.given)
        {
            self.numbers.remove(key);
        }
        self.given += 1;
        self.held -= element.records.len();
        Some(element)
    }
}

impl Gathered<()> {
    /// One record in an element of its own.
    ///
    /// # Errors
    /// When the bytes are no JSON document.
    pub fn of_one(mapping: &Mapping, canonical: &[u8]) -> Result<Self, Vec<Issue>> {
        let document = super::parse(canonical)?;
        let Belonging { kind, key } = Belonging::of(&document, mapping);
        Ok(Self { key, records: vec![Record::new(canonical, &document, kind, ())] })
    }

    pub(super) const fn of(records: Vec<Record<()>>) -> Self {
        Self { key: None, records }
    }
}

impl<T> Gathered<T> {
    /// What the caller gave with each record.
    pub fn carried(&self) -> impl Iterator<Item = &T> {
        self.records.iter().map(|record| &record.carried)
    }

    /// The records as canonical documents.
    pub fn documents(&self) -> impl Iterator<Item = Json> {
        self.records.iter().map(Record::json)
    }

    /// The same records saying something else, in the same order.
    #[must_use]
    pub fn with(mut self, documents: Vec<Json>) -> Self {
        for (record, document) in self.records.iter_mut().zip(documents) {
            record.canonical = document.to_string().into_bytes();
            let id = record.document().record_id().map(str::to_owned);
            record.id = id;
        }
        self
    }

    pub(super) fn records(&self) -> impl Iterator<Item = &Record<T>> {
        self.records.iter()
    }

    /// The place of each record, in their order.
    pub(super) fn seats(&self, mapping: &Mapping) -> Vec<Seat> {
        let beside_own = self.records.iter().any(|record| is_own(mapping, record.kind));
        let mut next = vec![0; mapping.kinds.len()];
        let seat = |record: &Record<T>| {
            let index = next.get(record.kind).copied().unwrap_or_default();
            if let Some(next) = next.get_mut(record.kind) {
                *next += 1;
            }
            Seat::new(mapping, record.kind, index, beside_own)
        };
        self.records.iter().map(seat).collect()
    }

    /// An element has one record of its own.
    fn has_room(&self, mapping: &Mapping, kind: usize) -> bool {
        let taken = is_own(mapping, kind) && self.records.iter().any(|other| other.kind == kind);
        // A wide row has only so many columns; who comes then begins another row.
        let columns = mapping.kinds.get(kind).and_then(|kind| kind.columns.as_ref());
        let most = columns.map_or(MOST_IN_ONE, |columns| columns.numbers().count());
        let alike = self.records.iter().filter(|other| other.kind == kind).count();
        !taken && self.records.len() < MOST_IN_ONE && alike < most
    }
}

fn is_own(mapping: &Mapping, kind: usize) -> bool {
    mapping.kinds.get(kind).is_some_and(|kind| kind.each.is_none())
}
