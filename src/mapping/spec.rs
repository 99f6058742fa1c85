//! A mapping as its author wrote it: typed, every part with its place, nothing resolved yet.
//!
//! [`keys`] lists the keys of the language once; the reader, its suggestions and
//! `schemas/mapping.json` follow it.

pub mod editor;
pub mod keys;
mod pieces;
mod read;
mod rule;
mod source;
pub(super) mod synonyms;

use crate::model::{IssueCode, Language, Severity};
use crate::schema::Repeats;

use super::yaml::{Node, Span};

pub(super) use pieces::{Map, title, words};
pub use read::read;
pub use rule::rows as table_rows;
pub use rule::table as read_table;
pub use source::{InheritSpec, RecordsSpec, RefersSpec, RowsSpec, SourceSpec};

/// Something with its place in the file.
#[derive(Clone, Debug)]
pub struct Spanned<T> {
    /// The thing.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// At this place.
    pub const fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// Text with its place.
pub type Word = Spanned<String>;

/// A text in French and English.
#[derive(Clone, Debug, Default)]
pub struct Title {
    /// French.
    pub fr: String,
    /// English.
    pub en: String,
}

/// What a word of the language means, in French and English, for the reference.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Meaning {
    /// French.
    pub fr: &'static str,
    /// English.
    pub en: &'static str,
}

impl Meaning {
    /// In one language.
    #[must_use]
    pub const fn text(self, language: Language) -> &'static str {
        match language {
            Language::French => self.fr,
            Language::English => self.en,
        }
    }
}

/// A whole mapping.
#[derive(Debug)]
pub struct Spec {
    /// Id.
    pub id: Word,
    /// Version.
    pub version: String,
    /// Title.
    pub title: Title,
    /// How the sender's file is read.
    pub source: SourceSpec,
    /// The target document.
    pub target: Word,
    /// What follows from a verb that cannot take a value, where the rule is silent.
    pub on_error: Option<Severity>,
    /// Tables by name.
    pub tables: Vec<(Word, TableSpec)>,
    /// Named values.
    pub values: Vec<(Word, RuleSpec)>,
    /// Target fields.
    pub fields: Vec<(Word, Vec<RuleSpec>)>,
    /// Repeated groups of the target.
    pub groups: Vec<(Word, GroupSpec)>,
    /// Rules across fields.
    pub checks: Vec<CheckSpec>,
    /// The way back, where it is not derived.
    pub back: Vec<(Word, RuleSpec)>,
    /// Share of refused records, in percent, above which a file is held.
    pub hold: Option<f64>,
    /// One whole valid record.
    pub sample: Option<Node>,
    /// Examples.
    pub tests: Vec<TestSpec>,
    /// Whole sample files.
    pub samples: Vec<SampleSpec>,
}

impl Spec {
    /// Where a target field stands, by its whole path: `coverages[].status` is `status` in the group
    /// `coverages[]`.
    #[must_use]
    pub fn field_span(&self, name: &str) -> Option<Span> {
        span_in(name, &self.fields, &self.groups)
    }
}

fn span_in(
    name: &str,
    fields: &[(Word, Vec<RuleSpec>)],
    groups: &[(Word, GroupSpec)],
) -> Option<Span> {
    let field = fields.iter().find(|(field, _)| field.value == name);
    field.map(|(field, _)| field.span.clone()).or_else(|| {
        groups.iter().find_map(|(path, group)| {
            let inner = name.strip_prefix(path.value.as_str())?.strip_prefix('.')?;
            span_in(inner, &group.fields, &group.groups)
        })
    })
}

/// The container of a sender's file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// Delimited text.
    Csv,
    /// One JSON document with an array of records.
    Json,
    /// One JSON document a line.
    Ndjson,
    /// XML.
    Xml,
    /// A FHIR R4 Bundle.
    Fhir,
    /// One `beneficiary/1` document a line.
    Canonical,
}

impl Format {
    /// How lists are written.
    #[must_use]
    pub const fn repeats(self) -> Repeats {
        match self {
            Self::Xml => Repeats::BySchema,
            Self::Csv | Self::Json | Self::Ndjson | Self::Fhir | Self::Canonical => {
                Repeats::AsWritten
            }
        }
    }

    /// Whether every null is a value: a canonical record is passed on as it came, and others would read
    /// one.
    #[must_use]
    pub const fn keeps_nulls(self) -> bool {
        matches!(self, Self::Canonical)
    }
}

/// A code table.
#[derive(Debug)]
pub struct TableSpec {
    /// Where it stands.
    pub span: Span,
    /// Rows: the sender's text, the target's, whether the match is only broad.
    pub rows: Vec<RowSpec>,
    /// Shared table.
    pub codes: Option<Word>,
    /// Compare without case and accents.
    pub fold: bool,
    /// What a text without row gives.
    pub unmapped: Unmapped,
}

/// A row of a table.
#[derive(Clone, Debug)]
pub struct RowSpec {
    /// The sender's text.
    pub from: Word,
    /// The target's.
    pub to: Word,
    /// Whether the target means more than the sender's code.
    pub broad: bool,
}

/// What a text without row gives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unmapped {
    /// The record is refused, or the field is left out.
    Fail(Severity),
    /// The text itself.
    Keep,
    /// This code, with or without a warning.
    Use(String, Option<Severity>),
}

/// The rules for each item of a repeated group.
#[derive(Debug)]
pub struct GroupSpec {
    /// Where it stands.
    pub span: Span,
    /// The repeated group of the source, or the columns of a wide row.
    pub each: Word,
    /// The numbers of the columns, such as `1..12`.
    pub numbers: Option<Word>,
    /// What tells its items apart.
    pub key: Option<Word>,
    /// Which items count.
    pub when: Option<Word>,
    /// Fields of an item.
    pub fields: Vec<(Word, Vec<RuleSpec>)>,
    /// Repeated groups within an item.
    pub groups: Vec<(Word, GroupSpec)>,
}

/// What one field or value is made of.
#[derive(Debug)]
pub struct RuleSpec {
    /// Where it stands.
    pub span: Span,
    /// Where the value comes from.
    pub origin: OriginSpec,
    /// When.
    pub when: Option<Word>,
    /// Steps.
    pub steps: Vec<StepSpec>,
    /// Checks of the result.
    pub checks: Vec<Word>,
    /// What follows from a failure.
    pub on_error: Option<Severity>,
    /// The code to report instead of the verb's.
    pub code: Option<IssueCode>,
    /// Whether the value means something to this scheme alone: its numbers and codes.
    pub own: bool,
    /// Whether its author knows that the way back does not restore it.
    pub one_way: bool,
}

/// Where a value comes from.
#[derive(Debug)]
pub enum OriginSpec {
    /// The first path that is present.
    From(Vec<Word>),
    /// A constant.
    Value(Word),
    /// Text with paths in braces.
    Template(Word),
    /// The first branch whose condition holds.
    Choose(Vec<BranchSpec>),
}

/// A branch of `choose`.
#[derive(Debug)]
pub struct BranchSpec {
    /// Its condition; none for `else`.
    pub when: Option<Word>,
    /// Whether `then` is a path, else a constant.
    pub is_path: bool,
    /// The path or constant.
    pub then: Word,
}

/// A step of `do`.
#[derive(Debug)]
pub struct StepSpec {
    /// The verb.
    pub verb: Word,
    /// Its argument.
    pub argument: Option<Node>,
    /// Its options.
    pub options: Vec<(Word, Node)>,
}

/// A rule across fields.
#[derive(Debug)]
pub struct CheckSpec {
    /// Where it stands.
    pub span: Span,
    /// When the record has the problem.
    pub when: Word,
    /// The problem.
    pub code: IssueCode,
    /// The field it is reported at.
    pub at: Word,
    /// Its severity.
    pub severity: Severity,
    /// What should have been, in words.
    pub title: Option<Title>,
}

/// An example with what is expected.
#[derive(Debug)]
pub struct TestSpec {
    /// Where it stands.
    pub span: Span,
    /// Name.
    pub name: Title,
    /// Laid over the sample.
    pub given: Option<Node>,
    /// The record it speaks about.
    pub record: Option<String>,
    /// Expected part of the canonical record.
    pub expect: Option<Node>,
    /// Expected issues.
    pub issues: Vec<ExpectedIssue>,
    /// Whether the record comes back, and the fields that need not.
    pub round_trip: Option<Vec<String>>,
}

/// A whole file that the mapping must take.
#[derive(Debug)]
pub struct SampleSpec {
    /// Path from the mapping's own file.
    pub file: Word,
    /// The share of its records that must be accepted, in percent.
    pub accepted: f64,
    /// How many records it must have at least.
    pub records: Option<u64>,
}

/// An issue that a test expects.
#[derive(Debug)]
pub struct ExpectedIssue {
    /// Code.
    pub code: IssueCode,
    /// Field, when it matters.
    pub at: Option<String>,
    /// Severity, when it matters.
    pub severity: Option<Severity>,
}
