//! What is wrong at a place of a file, kept so that it can be said in either language.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

use crate::messages;
use crate::model::Language;

/// A sentence of `src/messages/{fr,en}/documents.ftl` with what it speaks of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    key: &'static str,
    values: Vec<(&'static str, String)>,
}

impl Fault {
    pub(in crate::eligibility) const fn new(key: &'static str) -> Self {
        Self { key, values: Vec::new() }
    }

    pub(in crate::eligibility) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.push((name, value.to_string()));
        self
    }

    /// In words.
    #[must_use]
    pub fn say(&self, language: Language) -> String {
        let values: Vec<_> =
            self.values.iter().map(|(name, value)| (*name, value.as_str().into())).collect();
        messages::text(language, self.key, &values)
    }
}

/// What the schema of a file finds in it. Seldom kinds are told in the validator's own words.
impl From<&ValidationError<'_>> for Fault {
    fn from(error: &ValidationError<'_>) -> Self {
        match error.kind() {
            Kind::Required { property } => {
                Self::new("document-missing").with("field", plain(property))
            }
            Kind::AdditionalProperties { unexpected }
            | Kind::UnevaluatedProperties { unexpected } => {
                Self::new("document-unknown").with("fields", unexpected.join(", "))
            }
            Kind::Type { kind: TypeKind::Single(wanted) } => {
                Self::new("document-type").with("type", wanted)
            }
            Kind::Enum { options } => {
                let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
                let options: Vec<String> = options.iter().map(plain).collect();
                Self::new("document-options")
                    .with("value", plain(error.instance()))
                    .with("options", options.join(", "))
            }
            Kind::Pattern { pattern } => Self::new("document-pattern")
                .with("value", plain(error.instance()))
                .with("pattern", pattern),
            Kind::Format { format } => Self::new("document-format")
                .with("value", plain(error.instance()))
                .with("format", format),
            Kind::Minimum { limit } => Self::new("document-minimum").with("limit", limit),
            Kind::Maximum { limit } => Self::new("document-maximum").with("limit", limit),
            Kind::MinItems { .. } | Kind::MinLength { .. } | Kind::MinProperties { .. } => {
                Self::new("document-empty")
            }
            _ => Self::new("document-other").with("said", error),
        }
    }
}

/// A text as it is, anything else as JSON.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
