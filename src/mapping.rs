//! The mapping language: declarative files that translate a scheme's records to `beneficiary/1` and
//! back, checked before they are used.
//!
//! `docs/mapping-language.md` is the reference. A file becomes a spanned tree ([`yaml`]), a typed
//! [`spec`], and, with all its problems reported at once ([`diagnostic`]), a [`Mapping`]: a trie of
//! wanted paths ([`extract`]), a flat [`program`] of rules and the [`page`] that their results are
//! written on. [`Run`] drives a file through it. No clock, no files: texts, readers and the day come
//! in from outside. Start reading at [`compile()`], then [`Run::next`].

pub mod amend;
pub mod assist;
pub mod codes;
pub mod condition;
pub mod diagnostic;
pub mod function;
pub mod infer;
pub mod outcome;
pub mod table;
pub mod value;
pub mod verb;

mod cases;
mod compile;
mod explain;
mod extract;
mod group;
mod json;
mod lane;
mod level;
mod names;
mod page;
pub mod path;
mod places;
mod program;
pub mod reference;
mod rehearse;
pub mod retouch;
mod reverse;
mod run;
mod samples;
mod scene;
pub mod spec;
mod summary;
mod target;
mod template;
pub mod yaml;

use std::sync::Arc;

use crate::format::{Container, ReadOptions, WriteOptions, Written};
use crate::model::IssueCode;
use crate::schema::Schema;

pub use amend::{Amendment, Amendments, Met};
pub use cases::{CaseFailure, Difference, TestReport};
pub use codes::Codes;
pub use compile::{Library, compile};
pub use diagnostic::{Diagnostic, Weight, nearest};
pub use explain::{
    Explained, Explanation, Source as ExplainedSource, Step as ExplainedStep, Taken,
};
pub use outcome::{
    Around, Carried, Ending, Outcome, Reference, Refusal, RunContext, Translated, Unresolved,
};
pub use rehearse::Rehearsed;
pub use reverse::{
    Base, Built, FieldClass, FieldTrip, Form, Gathered, Gathering, Loss, RoundTrip, RoundTripReport,
};
pub use run::{Elements, Run, Whole};
pub use samples::SampleReport;
pub use summary::{Lost, Read, Refuses, Summary, Writes};
pub use value::Class;

use extract::{Places, Straight, Trie};
use lane::Lane;
use level::{Columns, Each, Levels};
use path::SourcePath;
use program::Program;
use scene::When;
use spec::{Format, Spec, TestSpec, Title};
use template::Template;

/// A mapping that has passed its checks.
#[derive(Debug)]
pub struct Mapping {
    file: String,
    hash: [u8; 32],
    spec: Spec,
    program: Program,
    /// The short way of its records, when there is one.
    lane: Option<Lane>,
    schema: Option<Arc<Schema>>,
    target_schema: Option<Arc<Schema>>,
    sample: Option<yaml::Node>,
    tests: Vec<TestSpec>,
    trie: Trie,
    /// How plain elements are read, when no others are wanted.
    straight: Option<Straight>,
    levels: Levels,
    places: Vec<Places>,
    paths: Vec<SourcePath>,
    shown: Vec<String>,
    kinds: Vec<RecordKind>,
    /// For each kind of nested record the repeated groups on the way to it.
    ways: Vec<Vec<Each>>,
    rows: Option<RowsOfOne>,
    skip_when: Option<When>,
    inherit: Option<Inherit>,
    carry_down: Vec<u16>,
    refers: Vec<Refers>,
    drops: Vec<(u16, String)>,
    back: Vec<reverse::BackRule>,
    plan: reverse::Plan,
}

/// One kind of record within an element.
#[derive(Debug)]
struct RecordKind {
    /// Path of the nested elements; none for the element itself.
    each: Option<SourcePath>,
    /// The columns of which it is made in a wide row.
    columns: Option<Columns>,
    /// Its id.
    id: Template,
}

/// Rows that make one record.
#[derive(Debug)]
struct RowsOfOne {
    /// The name of their list.
    name: Box<str>,
    /// The fields that they share.
    by: Vec<u16>,
    /// What the sender's schema asks of each of them.
    judged: Option<Arc<Schema>>,
}

/// Cells taken from an earlier row of the same key.
#[derive(Debug)]
struct Inherit {
    by: u16,
    when: When,
    fields: Vec<u16>,
}

/// A field that holds the id of another record.
#[derive(Debug)]
struct Refers {
    field: u16,
    id: Option<Template>,
    code: IssueCode,
    when: Option<When>,
}

impl Mapping {
    /// Its id, such as `ml-utm`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.spec.id.value
    }

    /// Its version, such as `1.0.0`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.spec.version
    }

    /// BLAKE3 of its text: kept with every record that it made.
    #[must_use]
    pub const fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// The document that it makes.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.spec.target.value
    }

    /// Its title in French and English.
    #[must_use]
    pub const fn title(&self) -> &Title {
        &self.spec.title
    }

    /// The file that it was compiled from.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Id of the sender's schema.
    #[must_use]
    pub fn source_schema(&self) -> &str {
        &self.spec.source.schema.value
    }

    /// Share of refused records, in percent, above which a file waits for a person.
    #[must_use]
    pub const fn hold_above(&self) -> Option<f64> {
        self.spec.hold
    }

    /// Whether records name other records of the file: then only its end tells who is missing.
    #[must_use]
    pub fn has_references(&self) -> bool {
        !self.refers.is_empty()
    }

    /// Whether each record can be understood without the others, so that a file may be cut anywhere
    /// between two records.
    #[must_use]
    pub fn records_stand_alone(&self) -> bool {
        self.refers.is_empty()
            && self.inherit.is_none()
            && self.carry_down.is_empty()
            && self.rows.is_none()
    }

    /// How the sender's files are read.
    #[must_use]
    pub fn read_options(&self) -> ReadOptions {
        let source = &self.spec.source;
        let container = match source.format {
            Format::Json => Container::Json { records_at: source.records_at.clone() },
            Format::Ndjson | Format::Canonical => Container::Ndjson,
            Format::Csv => Container::Csv {
                delimiter: source.delimiter,
                quote: b'"',
                header_row: source.header_row,
                columns: source.columns.clone(),
            },
            Format::Xml => {
                Container::Xml { record: source.record_element.clone().unwrap_or_default() }
            }
            Format::Fhir => {
                let (anchor, attach) = source.resources.clone().unwrap_or_else(fhir_default);
                Container::FhirBundle { anchor, attach }
            }
        };
        let mut options = ReadOptions::new(container);
        options.encoding.clone_from(&source.encoding);
        options
    }

    /// How files are written in the sender's format.
    #[must_use]
    pub fn write_options(&self) -> WriteOptions {
        let source = &self.spec.source;
        let written = match source.format {
            Format::Json => Written::Json { records_at: source.records_at.clone() },
            Format::Ndjson | Format::Canonical => Written::Ndjson,
            Format::Csv => Written::Csv {
                delimiter: source.delimiter,
                quote: b'"',
                // Whoever reads the format looks for the header in its row.
                titles: (1..source.header_row).map(|_| String::new()).collect(),
                columns: self.columns(),
            },
            Format::Xml => Written::Xml {
                root: source.root.clone().unwrap_or_else(|| "records".to_owned()),
                namespace: source.namespace.clone(),
                record: source.record_element.clone().unwrap_or_default(),
            },
            Format::Fhir => Written::FhirBundle,
        };
        let mut options = WriteOptions::new(written);
        options.encoding.clone_from(&source.encoding);
        options
    }

    /// The columns of a flat format: declared, else those of the schema.
    fn columns(&self) -> Vec<String> {
        if let Some(columns) = &self.spec.source.columns {
            return columns.clone();
        }
        let known = self.schema.as_deref().map(Schema::fields).unwrap_or_default();
        known.iter().map(|field| field.path.clone()).collect()
    }

    /// What the sender's schema asks of an element: where rows make one record, of each row.
    fn judged(&self) -> Option<&Schema> {
        match &self.rows {
            Some(rows) => rows.judged.as_deref(),
            None => self.schema.as_deref(),
        }
    }

    /// Steps as the sender knows them: a row that is one of several is a row, and its line tells which.
    fn as_sent<'p>(&self, steps: &'p [path::Step]) -> &'p [path::Step] {
        match (&self.rows, steps) {
            (
                Some(rows),
                [path::Step::Key(name), path::Step::Nth(_) | path::Step::All, rest @ ..],
            ) if **name == *rows.name => rest,
            _ => steps,
        }
    }

    fn rule_file(&self) -> &str {
        &self.file
    }
}

fn fhir_default() -> (String, Vec<(String, String)>) {
    ("Patient".to_owned(), vec![("Coverage".to_owned(), "beneficiary".to_owned())])
}

/// The formats that a mapping can read, by their names in files.
#[must_use]
pub fn formats() -> &'static [&'static str] {
    spec::keys::FORMATS
}
