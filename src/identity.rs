//! Who is the same person: an in-memory index over the records, a cache of rows.
//!
//! Pure: no clock, no store. `operations::link` feeds it and writes down what it finds.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::matching::Model;
use crate::model::record::Sex;
use crate::model::{BeneficiaryRecord, PartialDate, RecordId};

/// What is known of a person who is asked about without a number.
#[derive(Clone)]
pub struct Demographics {
    /// Family name as written.
    pub family: String,
    /// Given names as written.
    pub given: String,
    /// Sex, when stated.
    pub sex: Option<Sex>,
    /// Birth date with its precision, when stated.
    pub birth_date: Option<PartialDate>,
    /// Phone in E.164, when stated.
    pub phone: Option<String>,
}

/// The answer to a search by demographics.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// Nobody is meant with enough certainty.
    None,
    /// One person; all the records that are theirs, in order of id.
    One(Vec<RecordId>),
    /// Several people fit equally well: how many.
    Ambiguous(usize),
}

/// One person as the index sees them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cluster {
    /// Their records, in order of id; never empty.
    pub records: Vec<RecordId>,
}

/// The index.
pub struct Index {
    model: Arc<Model>,
    records: BTreeMap<RecordId, BeneficiaryRecord>,
}

impl Index {
    /// An empty index that decides by `model`.
    #[must_use]
    pub fn new(model: Arc<Model>) -> Self {
        Self { model, records: BTreeMap::new() }
    }

    /// The model it decides by.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// How many records it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Adds a record or replaces its former content. Takes effect at [`Index::settle`].
    pub fn upsert(&mut self, id: RecordId, record: &BeneficiaryRecord) {
        self.records.insert(id, record.clone());
    }

    /// Forgets a record. Takes effect at [`Index::settle`].
    pub fn remove(&mut self, id: RecordId) {
        self.records.remove(&id);
    }

    /// The person that is meant by `asked`, if exactly one is.
    #[must_use]
    pub fn search(&self, asked: &Demographics) -> Found {
        let _ = asked;
        Found::None
    }
}
