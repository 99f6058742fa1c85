//! Reads the YAML files of administrators strictly, and tells everything that is wrong at once.
//!
//! The draft-07 schema that completes and checks a file in the editor is the one that checks it
//! here, so what the editor accepts is what the hub accepts. What a schema cannot say (dates that
//! overlap, a test that fails) is checked afterwards by the kind's own reader.

mod fault;
mod lines;

use std::collections::BTreeMap;
use std::fmt;

use jsonschema::Validator;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub use fault::Fault;

use crate::model::Language;

/// One thing that is wrong with a file of an administrator.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub struct Problem {
    /// File name as given to the reader.
    pub file: String,
    /// Line in it, from 1; none when the place cannot be told.
    pub line: Option<usize>,
    /// JSON pointer into the document; empty for the document itself.
    pub pointer: String,
    /// What is wrong there.
    pub fault: Fault,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(out, ":{line}")?;
        }
        if !self.pointer.is_empty() {
            write!(out, ": `{}`", self.pointer)?;
        }
        write!(out, ": {}", self.fault.say(Language::English))
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

/// What is wrong at a pointer.
pub(super) type Found = Vec<(String, Fault)>;

/// Reads one file against its schema, then lets `check` look at what a schema cannot say.
pub(super) fn read<T: DeserializeOwned, R>(
    file: &str,
    yaml: &str,
    schema: &Validator,
    check: impl FnOnce(T) -> Result<R, Found>,
) -> Result<R, Vec<Problem>> {
    let found = match parse(yaml, schema).and_then(check) {
        Ok(value) => return Ok(value),
        Err(found) => found,
    };
    let lines = lines::lines(yaml);
    let located = |(pointer, fault): (String, Fault)| {
        let line = line_of(&lines, &pointer);
        Problem { file: file.to_owned(), line, pointer, fault }
    };
    Err(found.into_iter().map(located).collect())
}

fn parse<T: DeserializeOwned>(yaml: &str, schema: &Validator) -> Result<T, Found> {
    let whole = |fault: Fault| vec![(String::new(), fault)];
    let document: Value = serde_saphyr::from_str(yaml)
        .map_err(|error| whole(Fault::new("document-yaml").with("said", error)))?;
    let found: Found = schema
        .iter_errors(&document)
        .map(|error| (error.instance_path().to_string(), Fault::from(&error)))
        .collect();
    if !found.is_empty() {
        return Err(found);
    }
    serde_json::from_value(document)
        .map_err(|error| whole(Fault::new("document-other").with("said", error)))
}

/// The line of a pointer, or of the nearest node around it that the file has.
fn line_of(lines: &BTreeMap<String, usize>, pointer: &str) -> Option<usize> {
    let mut pointer = pointer;
    while !pointer.is_empty() {
        if let Some(line) = lines.get(pointer) {
            return Some(*line);
        }
        pointer = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
    }
    None
}
