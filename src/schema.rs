//! Schemas of documents: the senders' own and `beneficiary/1`, as JSON Schema draft 2020-12.
//!
//! A schema describes a document as [`crate::format::events`] shows it: a CSV row is an object of
//! texts by the header's own names, an XML element an object with `@attribute` and `#text`. It says
//! what is there: fields, types, code lists, forms, lengths. What needs meaning (dates that exist,
//! check digits, periods) belongs to the mapping.
//!
//! Beside the standard keywords each field carries `x-title` and `x-description`, `{fr, en}`, and may
//! carry `x-code`: the name of the issue to report instead of `bad_format` when its `pattern` does
//! not hold (a cell that should be a number is `wrong_type`).
//!
//! Start reading at [`Schema::check`].

mod formats;
mod fused;
mod sink;
mod tree;
mod violation;

use std::collections::BTreeMap;
use std::sync::Arc;

use jsonschema::Validator;
use serde_json::Value;

pub use fused::Fused;
pub use fused::judge::{Judge, Known};
pub use sink::{Absent, Repeats, ValueSink};
pub use tree::{FieldInfo, Step, Words};
pub use violation::Violation;

use tree::Tree;

/// Every schema by its id, such as `beneficiary/1`.
#[derive(Debug)]
pub struct Catalog {
    schemas: BTreeMap<String, Arc<Schema>>,
}

/// One compiled schema.
#[derive(Debug)]
pub struct Schema {
    id: String,
    document: Value,
    validator: Validator,
    tree: Tree,
    fused: Option<Fused>,
}

/// Why a file is no schema that we can use.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// Not JSON.
    #[error("schema `{id}` is not JSON")]
    NotJson {
        /// Id of the schema.
        id: String,
        /// What the parser says.
        #[source]
        source: serde_json::Error,
    },
    /// Not a schema, or with a reference that leads nowhere.
    #[error("schema `{id}` cannot be compiled: {message}")]
    NotASchema {
        /// Id of the schema.
        id: String,
        /// What the compiler says.
        message: String,
    },
    /// The same id twice.
    #[error("schema `{id}` stands twice")]
    Twice {
        /// Id of the schema.
        id: String,
    },
}

/// A schema of one row for several rows that are shown together: the fields of the first, and all of
/// them as a list.
#[derive(Debug)]
pub struct Together {
    /// With every field, to look paths up.
    pub shown: Arc<Schema>,
    /// What is asked of each row, and of nothing else, so that nothing is told twice.
    pub judged: Arc<Schema>,
}

impl Catalog {
    /// Compiles the files, each with its id (`ml-utm/1` for `schemas/ml-utm/1.json`).
    ///
    /// # Errors
    /// Every file that cannot be used.
    pub fn parse(
        files: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Vec<SchemaError>> {
        let mut schemas = BTreeMap::new();
        let mut errors = Vec::new();
        for (id, text) in files {
            match Schema::parse(&id, &text) {
                Ok(schema) if !schemas.contains_key(&id) => {
                    schemas.insert(id, Arc::new(schema));
                }
                Ok(_) => errors.push(SchemaError::Twice { id }),
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() { Ok(Self { schemas }) } else { Err(errors) }
    }

    /// The schema of an id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Arc<Schema>> {
        self.schemas.get(id)
    }

    /// The ids, sorted.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.schemas.keys().map(String::as_str)
    }
}

impl Schema {
    /// Compiles one schema.
    ///
    /// # Errors
    /// When the text is not JSON or not a schema.
    pub fn parse(id: &str, text: &str) -> Result<Self, SchemaError> {
        let document: Value = serde_json::from_str(text)
            .map_err(|source| SchemaError::NotJson { id: id.to_owned(), source })?;
        let unusable = |message: String| SchemaError::NotASchema { id: id.to_owned(), message };
        let validator = formats::add(jsonschema::draft202012::options())
            .build(&document)
            .map_err(|error| unusable(error.to_string()))?;
        let tree = Tree::of(&document).map_err(unusable)?;
        let fused = Fused::of(&document);
        Ok(Self { id: id.to_owned(), document, validator, tree, fused })
    }

    /// The schema of several documents of this one that are shown together, as a list of this name
    /// beside the fields of the first; nothing when it cannot be put into another.
    #[must_use]
    pub fn together(&self, name: &str) -> Option<Together> {
        let mut row = self.document.clone();
        let row_object = row.as_object_mut()?;
        for key in ["$schema", "$id"] {
            row_object.remove(key);
        }
        let shared = ["$schema", "$defs", "definitions"].into_iter();
        let mut whole: serde_json::Map<String, Value> = shared
            .filter_map(|key| Some((key.to_owned(), self.document.get(key)?.clone())))
            .collect();
        let list = serde_json::json!({ "type": "array", "items": row });
        let mut parse = |mut properties: serde_json::Map<String, Value>| {
            properties.insert(name.to_owned(), list.clone());
            whole.insert("type".to_owned(), "object".into());
            whole.insert("properties".to_owned(), properties.into());
            let text = Value::Object(whole.clone()).to_string();
            Self::parse(&self.id, &text).ok().map(Arc::new)
        };
        let own = self.document.get("properties").and_then(Value::as_object);
        Some(Together {
            shown: parse(own.cloned().unwrap_or_default())?,
            judged: parse(serde_json::Map::new())?,
        })
    }

    /// The id, such as `ml-utm/1`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Everything that is wrong with a document, in the order of its fields; nothing when it is
    /// valid. Of several problems with one value only the most basic is reported: text where a
    /// number belongs is not also outside its code list.
    #[must_use]
    pub fn check(&self, document: &Value) -> Vec<Violation> {
        if self.validator.is_valid(document) {
            return Vec::new();
        }
        violation::collect(self.validator.iter_errors(document), &self.document)
    }

    /// Whether a document is valid: [`Schema::check`] without the reasons, and much faster.
    #[must_use]
    pub fn accepts(&self, document: &Value) -> bool {
        self.validator.is_valid(document)
    }

    /// The schema compiled for documents that pass by as events, for a [`Judge`]; nothing when it uses
    /// more than the simple keywords.
    #[must_use]
    pub const fn fused(&self) -> Option<&Fused> {
        self.fused.as_ref()
    }

    /// Every field that the schema names, in its order, groups before what they hold.
    #[must_use]
    pub fn fields(&self) -> &[FieldInfo] {
        self.tree.fields()
    }

    /// The field at a path such as `identite.nom` or `name[].given[]`.
    #[must_use]
    pub fn field(&self, path: &str) -> Option<&FieldInfo> {
        self.fields().iter().find(|field| field.path == path)
    }

    /// The title of the document.
    #[must_use]
    pub fn title(&self) -> &Words {
        self.tree.title()
    }

    /// The JSON of the schema.
    #[must_use]
    pub fn document(&self) -> &Value {
        &self.document
    }
}

#[cfg(test)]
mod tests;
