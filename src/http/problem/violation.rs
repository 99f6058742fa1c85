//! One thing that is wrong with what was sent, as every answer shows it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::messages;
use crate::model::{Issue, Language, RulePlace};

/// One thing that is wrong, with its place in the sender's own file and how to mend it.
#[derive(Serialize, ToSchema)]
pub struct Violation {
    /// The stable name of the catalogue, such as `bad_date`.
    pub code: &'static str,
    /// Its number in the catalogue, such as `D203`.
    pub number: &'static str,
    /// `error` (the record is refused) or `warning` (the field is unusable, the record stands).
    pub severity: &'static str,
    /// The sender's id of the record, when it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record_id: Option<String>,
    /// Physical line in the sender's file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Column in characters, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
    /// Path in the sender's document, such as `entry[3].resource`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// The field as the sender wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What was there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What was expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// The line of the mapping that found it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
    /// How many other records of the same file share this defect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub others: Option<u64>,
    /// What is wrong, in words.
    pub message: String,
    /// Where, in words: line, record and column as the sender knows them.
    pub place: String,
    /// What to do about it, in words.
    pub mend: String,
}

impl Violation {
    /// The issue in words of `language`.
    #[must_use]
    pub fn of(issue: &Issue, language: Language) -> Self {
        let words = messages::issue(issue, language);
        let known = |number: u64| (number > 0).then_some(number);
        Self {
            code: issue.code.name(),
            number: issue.code.number(),
            severity: issue.severity.name(),
            record_id: issue.record_id.clone(),
            line: known(issue.place.line),
            column: known(issue.place.column),
            pointer: issue.place.path.clone(),
            field: issue.field.clone(),
            value: issue.value.clone(),
            expected: words.expected,
            rule: issue.rule.as_ref().map(Rule::of),
            others: None,
            message: words.detail,
            place: words.place,
            mend: words.mend,
        }
    }
}

/// A line of a mapping.
#[derive(Serialize, ToSchema)]
pub struct Rule {
    /// The mapping, such as `mappings/ml-utm.yaml`.
    pub file: String,
    /// Line in it, from 1.
    pub line: u32,
    /// The field that the line fills.
    pub target: String,
}

impl Rule {
    fn of(place: &RulePlace) -> Self {
        let RulePlace { file, line, target } = place.clone();
        Self { file, line, target }
    }
}
