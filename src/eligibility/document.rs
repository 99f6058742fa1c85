//! Reads the YAML files of administrators strictly, and tells everything that is wrong at once.
//!
//! The draft-07 schema that completes and checks a file in the editor is the one that checks it
//! here, so what the editor accepts is what the hub accepts. What a schema cannot say (dates that
//! overlap, a test that fails) is checked afterwards by the kind's own reader.

use std::fmt;

use jsonschema::Validator;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// One thing that is wrong with a file of an administrator.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub struct Problem {
    /// File name as given to the reader.
    pub file: String,
    /// JSON pointer into the document; empty for the document itself.
    pub pointer: String,
    /// What is wrong there.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, pointer, message } = self;
        if pointer.is_empty() {
            write!(out, "{file}: {message}")
        } else {
            write!(out, "{file}: `{pointer}`: {message}")
        }
    }
}

/// A text in both languages of the hub.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// French.
    pub fr: String,
    /// English.
    pub en: String,
}

impl Text {
    /// The text in a language.
    #[must_use]
    pub fn get(&self, language: crate::model::Language) -> &str {
        match language {
            crate::model::Language::French => &self.fr,
            crate::model::Language::English => &self.en,
        }
    }
}

/// Compiles one of the shipped draft-07 schemas.
pub(super) fn schema(text: &str) -> Validator {
    let schema: Value = serde_json::from_str(text).expect("a shipped schema is JSON");
    jsonschema::draft7::options()
        .should_validate_formats(true)
        .build(&schema)
        .expect("a shipped schema is a schema")
}

/// Reads one file against its schema.
pub(super) fn read<T: DeserializeOwned>(
    file: &str,
    yaml: &str,
    schema: &Validator,
) -> Result<T, Vec<Problem>> {
    let problem =
        |pointer: String, message: String| Problem { file: file.into(), pointer, message };
    let document: Value = serde_saphyr::from_str(yaml)
        .map_err(|error| vec![problem(String::new(), error.to_string())])?;
    let problems: Vec<Problem> = schema
        .iter_errors(&document)
        .map(|error| problem(error.instance_path().to_string(), error.to_string()))
        .collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    serde_json::from_value(document)
        .map_err(|error| vec![problem(String::new(), error.to_string())])
}
