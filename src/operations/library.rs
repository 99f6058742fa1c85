//! Everything that is data and not code: schemas, code tables, mappings, schemes, agreements and
//! the match model, compiled once and together.
//!
//! The binary carries the shipped files; directories may add to them or override them by kind and
//! name. What is published in a store takes their place there: see [`Library::compile`].

mod file;

use std::path::Path;
use std::sync::Arc;

pub use file::{DataFile, FileError, Kind};

use crate::eligibility::agreement::Agreements;
use crate::eligibility::registry::{self, Registry};
use crate::matching::{Model, ModelError};

/// The compiled library.
pub struct Library {
    files: Vec<DataFile>,
    registry: Registry,
    agreements: Agreements,
    model: Arc<Model>,
}

/// One thing that is wrong with a file of the library.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// A file that cannot be taken at all.
    #[error(transparent)]
    File(#[from] FileError),
    /// A scheme or an agreement.
    #[error(transparent)]
    Document(#[from] registry::Problem),
    /// The match model.
    #[error("{path}: {error}")]
    Model {
        /// Which file.
        path: String,
        /// What is wrong with it.
        #[source]
        error: ModelError,
    },
    /// There is no file of a kind that the hub cannot do without.
    #[error("there is no `{}:` file", .0.name())]
    Missing(Kind),
}

impl Library {
    /// The shipped files with the additions and overrides of two directories.
    ///
    /// # Errors
    /// All the problems of all the files.
    pub fn load(mappings: Option<&Path>, schemas: Option<&Path>) -> Result<Self, Vec<Problem>> {
        let files = file::gather(mappings, schemas)
            .map_err(|errors| errors.into_iter().map(Problem::File).collect::<Vec<_>>())?;
        Self::compile(files)
    }

    /// Compiles files, as they were gathered or as a store has them published.
    ///
    /// # Errors
    /// All the problems of all the files.
    pub fn compile(files: Vec<DataFile>) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let of_kind = |kind: Kind| files.iter().filter(move |file| file.kind == kind);
        let texts = |kind: Kind| of_kind(kind).map(|file| (&*file.path, &*file.text));
        let registry = Registry::parse(texts(Kind::Scheme));
        let agreements = Agreements::parse(texts(Kind::Agreement));
        let model = of_kind(Kind::Identity).next().map(|file| {
            Model::parse(&file.text).map_err(|errors| {
                let wrong = |error| Problem::Model { path: file.path.clone(), error };
                errors.into_iter().map(wrong).collect::<Vec<_>>()
            })
        });
        let model = model.unwrap_or_else(|| Err(vec![Problem::Missing(Kind::Identity)]));
        let documents = |found: Vec<registry::Problem>| found.into_iter().map(Problem::Document);
        let registry = registry.map_err(|found| problems.extend(documents(found)));
        let agreements = agreements.map_err(|found| problems.extend(documents(found)));
        let model = model.map_err(|found| problems.extend(found));
        match (registry, agreements, model) {
            (Ok(registry), Ok(agreements), Ok(model)) if problems.is_empty() => {
                Ok(Self { files, registry, agreements, model: Arc::new(model) })
            }
            _ => Err(problems),
        }
    }

    /// The files it was compiled from, by kind and name.
    #[must_use]
    pub fn files(&self) -> &[DataFile] {
        &self.files
    }

    /// The schemes.
    #[must_use]
    pub const fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The agreements.
    #[must_use]
    pub const fn agreements(&self) -> &Agreements {
        &self.agreements
    }

    /// The match model.
    #[must_use]
    pub const fn model(&self) -> &Arc<Model> {
        &self.model
    }

    /// A short hash of every file: two hubs with the same one decide alike.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for file in &self.files {
            hasher.update(file.kind.name().as_bytes());
            hasher.update(file.name.as_bytes());
            hasher.update(file.hash().as_bytes());
        }
        hasher.finalize().to_hex().chars().take(16).collect()
    }
}
