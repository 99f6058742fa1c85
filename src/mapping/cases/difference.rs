//! What an example expects and the mapping does not give, in words.

use fluent_bundle::FluentArgs;

use crate::messages;
use crate::model::{Issue, IssueCode, Language};

use super::super::diagnostic::words;

/// One difference between an example and what the mapping makes of it. Examples hold invented people,
/// so their values may be shown.
#[derive(Clone, PartialEq, Debug)]
pub enum Difference {
    /// The element gives no record, or not the one that `record` names.
    NoRecord,
    /// The record is refused, and the example does not say so.
    Refused(Issue),
    /// A problem is expected and not told.
    NotTold {
        /// Which.
        code: IssueCode,
        /// At which field; anywhere without it.
        at: Option<String>,
        /// What is told.
        told: Vec<Issue>,
    },
    /// A field is expected to be something else than it is, or not to be there.
    Value {
        /// Path of the field.
        path: String,
        /// What is expected.
        expected: Option<String>,
        /// What is there.
        found: Option<String>,
    },
    /// A list has another length.
    Length {
        /// Path of the list.
        path: String,
        /// How many items are expected.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A field of the sender does not come back as it was given.
    NotBack {
        /// The field, as the sender names it.
        field: String,
        /// What was given.
        given: String,
        /// What came back.
        back: Option<String>,
    },
}

impl Difference {
    /// In one line.
    #[must_use]
    pub fn say(&self, language: Language) -> String {
        let mut args = FluentArgs::new();
        let id = match self {
            Self::NoRecord => "difference-no-record",
            Self::Refused(issue) => {
                args.set("issue", told(issue, language));
                "difference-refused"
            }
            Self::NotTold { code, at, told: found } => {
                args.set("code", code.name());
                args.set("at", at.clone().unwrap_or_default());
                let found: Vec<String> = found.iter().map(|issue| told(issue, language)).collect();
                args.set("told", found.join(" · "));
                match (at, found.is_empty()) {
                    (Some(_), true) => "difference-not-told-at",
                    (None, true) => "difference-not-told",
                    (Some(_), false) => "difference-other-told-at",
                    (None, false) => "difference-other-told",
                }
            }
            Self::Value { path, expected, found } => {
                args.set("path", path.as_str());
                args.set("expected", expected.clone().unwrap_or_default());
                args.set("found", found.clone().unwrap_or_default());
                match (expected, found) {
                    (_, None) => "difference-absent",
                    (None, Some(_)) => "difference-unwanted",
                    (Some(_), Some(_)) => "difference-value",
                }
            }
            Self::Length { path, expected, found } => {
                args.set("path", path.as_str());
                args.set("expected", expected.to_string());
                args.set("found", found.to_string());
                "difference-length"
            }
            Self::NotBack { field, given, back } => {
                args.set("field", field.as_str());
                args.set("given", given.as_str());
                args.set("back", back.clone().unwrap_or_default());
                if back.is_some() { "difference-not-back" } else { "difference-back-empty" }
            }
        };
        words(language, id, &args)
    }
}

/// An issue without its line: an example has none.
fn told(issue: &Issue, language: Language) -> String {
    let mut args = FluentArgs::new();
    args.set("code", issue.code.name());
    args.set("detail", messages::issue(issue, language).detail);
    match issue.field.as_deref().filter(|field| !field.is_empty()) {
        Some(field) => {
            args.set("field", field);
            words(language, "difference-issue-at", &args)
        }
        None => words(language, "difference-issue", &args),
    }
}
