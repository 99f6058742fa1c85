//! What the sealed part of revisions and refused records holds: the sender's bytes, what became of them, and why.
//!
//! The model carries no wire traits for issues, so their stored form stands here.

use serde::{Deserialize, Serialize};

use crate::mapping::{Around, Carried};
use crate::model::{Defect, Expected, Issue, IssueCode, Place, RulePlace, Severity};
use crate::store::quarantine::{Quarantined, SharedDefect, quarantine_owner};
use crate::store::revisions::{Revision, revision_owner};
use crate::store::{Keys, StoreError};

/// What a revision keeps.
#[derive(Clone)]
pub struct KeptRevision {
    /// The scheme's own id of the record.
    pub record_id: String,
    /// Where it stood in the sender's file.
    pub place: Place,
    /// The record as sent.
    pub raw: Vec<u8>,
    /// The canonical record as translated, before corrections and events of the hub.
    pub canonical: Vec<u8>,
    /// What was unusable in it.
    pub warnings: Vec<Issue>,
    /// What it takes to read it again on its own.
    pub around: Around,
}

/// What a refused record keeps.
#[derive(Clone)]
pub struct KeptRefusal {
    /// The scheme's own id of the record, when it could be read.
    pub record_id: Option<String>,
    /// Where it stood in the sender's file.
    pub place: Place,
    /// The record as sent.
    pub raw: Vec<u8>,
    /// Everything that is wrong with it.
    pub issues: Vec<Issue>,
    /// What it takes to read it again on its own.
    pub around: Around,
}

impl KeptRevision {
    /// As it is sealed.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut notes = Notes::new(Some(&self.record_id), &self.place, &self.warnings);
        notes.around = StoredAround::of(&self.around);
        sections(&[&notes.to_bytes(), &self.raw, &self.canonical])
    }

    /// Opens the sealed part of a revision.
    ///
    /// # Errors
    /// When it does not open.
    pub fn open(revision: &Revision, keys: &Keys) -> Result<Self, StoreError> {
        let plain = keys.open(revision_owner(&revision.id), &revision.sealed)?;
        let [notes, raw, canonical] = split(&plain).ok_or(StoreError::Sealed)?;
        let notes = Notes::from_bytes(notes)?;
        Ok(Self {
            place: notes.place(),
            warnings: notes.issues()?,
            record_id: notes.record_id.ok_or(StoreError::Sealed)?,
            raw: raw.to_vec(),
            canonical: canonical.to_vec(),
            around: notes.around.map(StoredAround::around).unwrap_or_default(),
        })
    }
}

impl KeptRefusal {
    /// As it is sealed.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut notes = Notes::new(self.record_id.as_deref(), &self.place, &self.issues);
        notes.around = StoredAround::of(&self.around);
        sections(&[&notes.to_bytes(), &self.raw])
    }

    /// Opens the sealed part of a refused record.
    ///
    /// # Errors
    /// When it does not open.
    pub fn open(refused: &Quarantined, keys: &Keys) -> Result<Self, StoreError> {
        let plain = keys.open(quarantine_owner(&refused.id), &refused.sealed)?;
        let [notes, raw] = split(&plain).ok_or(StoreError::Sealed)?;
        let notes = Notes::from_bytes(notes)?;
        Ok(Self {
            place: notes.place(),
            issues: notes.issues()?,
            record_id: notes.record_id,
            raw: raw.to_vec(),
            around: notes.around.map(StoredAround::around).unwrap_or_default(),
        })
    }
}

/// What an issue shares with the same fault of other records, as a hash that can be counted by.
#[must_use]
pub fn shared(issue: &Issue) -> SharedDefect {
    let Defect { code, severity, field, expected, rule } = Defect::of(issue);
    let expected = expected.map(StoredExpected::from);
    let rule = rule.map(|RulePlace { file, line, target }| StoredRule { file, line, target });
    let parts = (code.number(), severity.name(), field, expected, rule);
    let text = serde_json::to_vec(&parts).expect("notes are plain JSON");
    let hash = blake3::hash(&text);
    let (first, _) = hash.as_bytes().split_first_chunk::<8>().expect("a hash has 32 bytes");
    SharedDefect(*first)
}

/// Each part with its length before it, but for the last one.
fn sections(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(parts.iter().map(|part| part.len() + 4).sum());
    for (at, part) in parts.iter().enumerate() {
        if at + 1 < parts.len() {
            let length = u32::try_from(part.len()).expect("a record is far below 4 GB");
            bytes.extend_from_slice(&length.to_le_bytes());
        }
        bytes.extend_from_slice(part);
    }
    bytes
}

fn split<const N: usize>(mut bytes: &[u8]) -> Option<[&[u8]; N]> {
    let mut parts: [&[u8]; N] = [&[]; N];
    let (last, firsts) = parts.split_last_mut()?;
    for part in firsts {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        (*part, bytes) = rest.split_at_checked(length)?;
    }
    *last = bytes;
    Some(parts)
}

/// Everything but the bytes themselves, as JSON with short keys: there is one for each revision.
#[derive(Serialize, Deserialize)]
struct Notes {
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    record_id: Option<String>,
    #[serde(rename = "p")]
    place: StoredPlace,
    #[serde(rename = "i", default, skip_serializing_if = "Vec::is_empty")]
    issues: Vec<StoredIssue>,
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    around: Option<StoredAround>,
}

#[derive(Serialize, Deserialize)]
struct StoredAround {
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    columns: Option<Vec<String>>,
    #[serde(rename = "d", default, skip_serializing_if = "Vec::is_empty")]
    down: Vec<Option<String>>,
    #[serde(rename = "k", default, skip_serializing_if = "String::is_empty")]
    key: String,
    #[serde(rename = "i", default, skip_serializing_if = "Vec::is_empty")]
    inherited: Vec<Option<String>>,
}

impl StoredAround {
    fn of(around: &Around) -> Option<Self> {
        let Carried { down, key, inherited } = around.carried.clone();
        let columns = around.columns.as_ref().map(|columns| columns.to_vec());
        (*around != Around::default()).then_some(Self { columns, down, key, inherited })
    }

    fn around(self) -> Around {
        let Self { columns, down, key, inherited } = self;
        Around { columns: columns.map(Into::into), carried: Carried { down, key, inherited } }
    }
}

impl Notes {
    fn new(record_id: Option<&str>, place: &Place, issues: &[Issue]) -> Self {
        Self {
            record_id: record_id.map(str::to_owned),
            place: place.into(),
            issues: issues.iter().map(StoredIssue::from).collect(),
            around: None,
        }
    }

    fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("notes are plain JSON")
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, StoreError> {
        serde_json::from_slice(bytes).map_err(|_| StoreError::Sealed)
    }

    fn place(&self) -> Place {
        self.place.clone().into()
    }

    fn issues(&self) -> Result<Vec<Issue>, StoreError> {
        self.issues.iter().map(|issue| issue.issue().ok_or(StoreError::Sealed)).collect()
    }
}

#[derive(Clone, Serialize, Deserialize)]
struct StoredPlace {
    #[serde(rename = "l", default, skip_serializing_if = "is_zero")]
    line: u64,
    #[serde(rename = "c", default, skip_serializing_if = "is_zero")]
    column: u64,
    #[serde(rename = "b", default, skip_serializing_if = "is_zero")]
    byte: u64,
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks with a reference
fn is_zero(value: &u64) -> bool {
    *value == 0
}

impl From<&Place> for StoredPlace {
    fn from(place: &Place) -> Self {
        let Place { line, column, byte, path } = place.clone();
        Self { line, column, byte, path }
    }
}

impl From<StoredPlace> for Place {
    fn from(place: StoredPlace) -> Self {
        let StoredPlace { line, column, byte, path } = place;
        Self { line, column, byte, path }
    }
}

#[derive(Serialize, Deserialize)]
struct StoredIssue {
    code: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    warning: bool,
    place: StoredPlace,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    record_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expected: Option<StoredExpected>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rule: Option<StoredRule>,
}

#[derive(Serialize, Deserialize)]
struct StoredRule {
    file: String,
    line: u32,
    target: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredExpected {
    Form(String),
    OneOf(Vec<String>),
    Type(String),
    Columns(usize),
    Range(Option<String>, Option<String>),
    AtMost(u64),
    Check(String),
    Condition(String),
    Stated(String, String),
}

impl From<&Issue> for StoredIssue {
    fn from(issue: &Issue) -> Self {
        Self {
            code: issue.code.number().to_owned(),
            warning: issue.severity == Severity::Warning,
            place: (&issue.place).into(),
            record_id: issue.record_id.clone(),
            field: issue.field.clone(),
            value: issue.value.clone(),
            expected: issue.expected.clone().map(StoredExpected::from),
            rule: issue.rule.clone().map(|RulePlace { file, line, target }| StoredRule {
                file,
                line,
                target,
            }),
        }
    }
}

impl StoredIssue {
    fn issue(&self) -> Option<Issue> {
        Some(Issue {
            code: IssueCode::find(&self.code)?,
            severity: if self.warning { Severity::Warning } else { Severity::Error },
            place: self.place.clone().into(),
            record_id: self.record_id.clone(),
            field: self.field.clone(),
            value: self.value.clone(),
            expected: self.expected.as_ref().map(StoredExpected::expected),
            rule: self.rule.as_ref().map(|rule| RulePlace {
                file: rule.file.clone(),
                line: rule.line,
                target: rule.target.clone(),
            }),
        })
    }
}

impl From<Expected> for StoredExpected {
    fn from(expected: Expected) -> Self {
        match expected {
            Expected::Form(form) => Self::Form(form),
            Expected::OneOf(codes) => Self::OneOf(codes),
            Expected::Type(name) => Self::Type(name),
            Expected::Columns(number) => Self::Columns(number),
            Expected::Range { min, max } => Self::Range(min, max),
            Expected::AtMost(limit) => Self::AtMost(limit),
            Expected::Check(name) => Self::Check(name),
            Expected::Condition(text) => Self::Condition(text),
            Expected::Stated { fr, en } => Self::Stated(fr, en),
        }
    }
}

impl StoredExpected {
    fn expected(&self) -> Expected {
        match self {
            Self::Form(form) => Expected::Form(form.clone()),
            Self::OneOf(codes) => Expected::OneOf(codes.clone()),
            Self::Type(name) => Expected::Type(name.clone()),
            Self::Columns(number) => Expected::Columns(*number),
            Self::Range(min, max) => Expected::Range { min: min.clone(), max: max.clone() },
            Self::AtMost(limit) => Expected::AtMost(*limit),
            Self::Check(name) => Expected::Check(name.clone()),
            Self::Condition(text) => Expected::Condition(text.clone()),
            Self::Stated(fr, en) => Expected::Stated { fr: fr.clone(), en: en.clone() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_come_back_as_they_were() {
        let expected = [
            Expected::Form("jj/MM/aaaa".into()),
            Expected::OneOf(vec!["M".into(), "F".into()]),
            Expected::Type("string".into()),
            Expected::Columns(21),
            Expected::Range { min: Some("1".into()), max: None },
            Expected::AtMost(64),
            Expected::Check("nina".into()),
            Expected::Condition("today".into()),
            Expected::Stated { fr: "la fin suit".into(), en: "the end follows".into() },
        ];
        let place = Place { line: 7, column: 3, byte: 99, path: Some("/a[1]".into()) };
        let issues: Vec<Issue> = expected
            .into_iter()
            .map(|expected| {
                let rule = RulePlace { file: "m.yaml".into(), line: 4, target: "person".into() };
                Issue::warning(IssueCode::BadDate, place.clone())
                    .field("Né le")
                    .value("31/02")
                    .record_id("A/1")
                    .expected(expected)
                    .rule(rule)
            })
            .collect();
        let notes = Notes::new(Some("A/1"), &place, &issues);
        let again = Notes::from_bytes(&notes.to_bytes()).unwrap();
        assert_eq!(again.record_id.as_deref(), Some("A/1"));
        assert_eq!(again.place(), place);
        assert!(again.issues().unwrap() == issues);
    }

    #[test]
    fn sections_are_split_as_they_were_joined() {
        let bytes = sections(&[b"notes", b"", b"canonical"]);
        assert_eq!(split::<3>(&bytes), Some([&b"notes"[..], b"", b"canonical"]));
        assert_eq!(split::<3>(b"\xff\xff\xff\xff"), None);
    }
}
