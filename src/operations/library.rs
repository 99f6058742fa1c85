//! Everything that is data and not code: schemas, code tables, mappings, schemes, agreements and
//! the match model, compiled once and together.
//!
//! The binary carries the shipped files; directories may add to them or override them by kind and
//! name. What is published in a store takes their place there: see [`Library::compile`].

mod file;
mod match_model;
mod workbench;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

pub use file::{DataFile, FileError, FileId, Kind};
pub use workbench::{Study, Workbench};

use crate::eligibility::agreement::Agreements;
use crate::eligibility::registry::{self, Registry};
use crate::mapping::{self, Codes, Diagnostic, Mapping, Weight};
use crate::matching::Model;
use crate::model::Language;
use crate::schema::{Catalog, SchemaError};

/// The compiled library.
pub struct Library {
    files: Vec<DataFile>,
    ground: Arc<Ground>,
    mappings: BTreeMap<String, Arc<Mapping>>,
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
    /// A schema.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// A mapping, a code table or the match model.
    #[error("{}", said(.diagnostic))]
    Mapping {
        /// What is wrong with it.
        diagnostic: Box<Diagnostic>,
        /// Its text, to show the place.
        text: String,
    },
    /// A scheme or an agreement.
    #[error(transparent)]
    Document(#[from] registry::Problem),
    /// There is no file of a kind that the hub cannot do without.
    #[error("there is no `{}:` file", .0.name())]
    Missing(Kind),
}

fn said(diagnostic: &Diagnostic) -> String {
    let Diagnostic { code, file, line, column, .. } = diagnostic;
    format!("{file}:{line}:{column}: {} {}", code.number(), diagnostic.message(Language::English))
}

impl Problem {
    /// The file that it is about, when it is about one.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Mapping { diagnostic, .. } => Some(&diagnostic.file),
            Self::Document(problem) => Some(&problem.file),
            Self::File(FileError::UnknownKind { path }) => Some(path),
            Self::File(FileError::Unreadable { path, .. }) => path.to_str(),
            Self::Schema(_) | Self::Missing(_) => None,
        }
    }

    /// Whether the library cannot be used because of it.
    #[must_use]
    pub fn is_error(&self) -> bool {
        match self {
            Self::Mapping { diagnostic, .. } => diagnostic.weight == Weight::Error,
            Self::File(_) | Self::Schema(_) | Self::Document(_) | Self::Missing(_) => true,
        }
    }

    /// The problem for machines: of a mapping with its place, the nearest name and the correction.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Mapping { diagnostic, .. } => diagnostic.to_json(),
            Self::File(_) | Self::Schema(_) | Self::Document(_) | Self::Missing(_) => {
                serde_json::json!({
                    "severity": "error", "file": self.path(), "message": self.to_string()
                })
            }
        }
    }

    /// The problem for a person; of a mapping with the lines that it is about.
    #[must_use]
    pub fn say(&self, language: Language) -> String {
        match self {
            Self::Mapping { diagnostic, text } => diagnostic.render(text, language),
            Self::File(_) | Self::Schema(_) | Self::Document(_) | Self::Missing(_) => {
                self.to_string()
            }
        }
    }
}

/// The schemas and the shared code tables, which come before the mappings.
struct Ground {
    schemas: Catalog,
    codes: Codes,
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
    /// All the problems of all the files; warnings about mappings are left to
    /// [`check_mapping`](Self::check_mapping).
    pub fn compile(files: Vec<DataFile>) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mappings = ground(&files, &mut problems).map(|ground| {
            let mappings = compile_mappings(&files, &ground, &mut problems);
            (ground, mappings)
        });
        let registry = Registry::parse(texts(&files, Kind::Scheme));
        let registry = keep(registry, Problem::Document, &mut problems);
        let agreements = Agreements::parse(texts(&files, Kind::Agreement));
        let agreements = keep(agreements, Problem::Document, &mut problems);
        let model = compile_model(&files, &mut problems);
        match (mappings, registry, agreements, model) {
            (Some((ground, mappings)), Some(registry), Some(agreements), Some(model))
                if problems.is_empty() =>
            {
                let (ground, model) = (Arc::new(ground), Arc::new(model));
                Ok(Self { files, ground, mappings, registry, agreements, model })
            }
            _ => Err(problems),
        }
    }

    /// Checks one mapping or code table against the schemas and code tables of files: every problem,
    /// warnings too, and the mapping when it can be used.
    #[must_use]
    pub fn check_mapping(files: &[DataFile], file: &DataFile) -> (Option<Mapping>, Vec<Problem>) {
        let mut problems = Vec::new();
        let Some(Ground { schemas, codes }) = ground(files, &mut problems) else {
            return (None, problems);
        };
        let library = mapping::Library { schemas: &schemas, codes: &codes };
        let (mapping, found) = mapping::compile(&file.text, &file.path, &library);
        problems.extend(diagnosed(found, &file.text));
        if let Some(mapping) = &mapping {
            let tested = mapping.run_tests().diagnostics(mapping, &file.text);
            problems.extend(diagnosed(tested, &file.text));
        }
        (mapping, problems)
    }

    /// Reads a match model by itself.
    ///
    /// # Errors
    /// Everything that is wrong with it; its examples are left to [`check_model`](Self::check_model).
    pub fn compile_model(path: &str, text: &str) -> Result<Arc<Model>, Vec<Problem>> {
        let model = match_model::compile(path, text);
        model.map(Arc::new).map_err(|found| diagnosed(found, text).collect())
    }

    /// Checks a match model and runs its examples: everything that is wrong, and the model when it can be used.
    #[must_use]
    pub fn check_model(file: &DataFile) -> (Option<Arc<Model>>, Vec<Problem>) {
        match Self::compile_model(&file.path, &file.text) {
            Err(problems) => (None, problems),
            Ok(model) => {
                let failing = match_model::failing_examples(&model, &file.path, &file.text);
                (Some(model), diagnosed(failing, &file.text).collect())
            }
        }
    }

    /// What speaks against a match model that says of itself that it makes more false joins than another.
    #[must_use]
    pub fn bolder_model(file: &DataFile, than: &Model) -> Vec<Problem> {
        let Ok(model) = match_model::compile(&file.path, &file.text) else { return Vec::new() };
        let found = match_model::bolder(&model, than, &file.path, &file.text);
        diagnosed(found, &file.text).collect()
    }

    /// Checks one file of any kind among all files, in which it stands: its own problems, examples that fail among them,
    /// and those that it causes in others; of a mapping warnings too.
    #[must_use]
    pub fn check(files: &[DataFile], file: &DataFile) -> Vec<Problem> {
        let path = Some(file.path.as_str());
        let own = match file.kind {
            Kind::Mapping => Some(Self::check_mapping(files, file).1),
            Kind::Identity => Some(Self::check_model(file).1),
            Kind::Schema | Kind::Codes | Kind::Scheme | Kind::Agreement => None,
        };
        let told = own.is_some();
        let mut problems = own.unwrap_or_default();
        let others = Self::compile(files.to_vec()).err().unwrap_or_default();
        problems.extend(others.into_iter().filter(|other| !(told && other.path() == path)));
        problems
    }

    /// The files it was compiled from, by kind and name.
    #[must_use]
    pub fn files(&self) -> &[DataFile] {
        &self.files
    }

    /// The schemas of records, by `name/version`.
    #[must_use]
    pub fn schemas(&self) -> &Catalog {
        &self.ground.schemas
    }

    /// The mapping of a scheme or format.
    #[must_use]
    pub fn mapping(&self, id: &str) -> Option<&Arc<Mapping>> {
        self.mappings.get(id)
    }

    /// Every mapping, by id.
    pub fn mappings(&self) -> impl Iterator<Item = &Arc<Mapping>> {
        self.mappings.values()
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

/// The files that a directory of mappings adds to the shipped ones, or that the shipped ones are.
///
/// # Errors
/// Every file that cannot be taken.
pub fn gather(
    mappings: Option<&Path>,
    schemas: Option<&Path>,
) -> Result<Vec<DataFile>, Vec<FileError>> {
    file::gather(mappings, schemas)
}

/// The files of directories alone, without those that the program brings.
///
/// # Errors
/// Every file that cannot be taken.
pub fn gather_folder(
    mappings: Option<&Path>,
    schemas: Option<&Path>,
) -> Result<Vec<DataFile>, Vec<FileError>> {
    file::gather_folder(mappings, schemas)
}

fn of_kind(files: &[DataFile], kind: Kind) -> impl Iterator<Item = &DataFile> {
    files.iter().filter(move |file| file.kind == kind)
}

fn texts(files: &[DataFile], kind: Kind) -> impl Iterator<Item = (&str, &str)> {
    of_kind(files, kind).map(|file| (&*file.path, &*file.text))
}

/// The result, or `None` with its problems set down.
fn keep<T, E>(
    result: Result<T, Vec<E>>,
    problem: impl Fn(E) -> Problem,
    problems: &mut Vec<Problem>,
) -> Option<T> {
    result.map_err(|found| problems.extend(found.into_iter().map(problem))).ok()
}

fn ground(files: &[DataFile], problems: &mut Vec<Problem>) -> Option<Ground> {
    let named = of_kind(files, Kind::Schema).map(|file| (file.name.clone(), file.text.clone()));
    let schemas = keep(Catalog::parse(named), Problem::Schema, problems);
    let codes = Codes::parse(texts(files, Kind::Codes));
    let codes = codes.map_err(|found| {
        for diagnostic in found {
            let text = text_of(files, &diagnostic.file);
            problems.push(Problem::Mapping { diagnostic: Box::new(diagnostic), text });
        }
    });
    Some(Ground { schemas: schemas?, codes: codes.ok()? })
}

fn text_of(files: &[DataFile], path: &str) -> String {
    files.iter().find(|file| file.path == path).map(|file| file.text.clone()).unwrap_or_default()
}

fn diagnosed(found: Vec<Diagnostic>, text: &str) -> impl Iterator<Item = Problem> {
    let text = text.to_owned();
    found.into_iter().map(move |diagnostic| Problem::Mapping {
        diagnostic: Box::new(diagnostic),
        text: text.clone(),
    })
}

fn compile_mappings(
    files: &[DataFile],
    ground: &Ground,
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, Arc<Mapping>> {
    let library = mapping::Library { schemas: &ground.schemas, codes: &ground.codes };
    let mut mappings = BTreeMap::new();
    for file in of_kind(files, Kind::Mapping) {
        let (mapping, mut found) = mapping::compile(&file.text, &file.path, &library);
        found.retain(|problem| problem.weight == Weight::Error);
        problems.extend(diagnosed(found, &file.text));
        if let Some(mapping) = mapping {
            mappings.insert(file.name.clone(), Arc::new(mapping));
        }
    }
    mappings
}

fn compile_model(files: &[DataFile], problems: &mut Vec<Problem>) -> Option<Model> {
    let Some(file) = of_kind(files, Kind::Identity).next() else {
        problems.push(Problem::Missing(Kind::Identity));
        return None;
    };
    let model = match_model::compile(&file.path, &file.text);
    model.map_err(|found| problems.extend(diagnosed(found, &file.text))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_files_compile() {
        let library = Library::load(None, None).unwrap_or_else(|problems| {
            let said: Vec<_> =
                problems.iter().map(|problem| problem.say(Language::English)).collect();
            panic!("{}", said.join("\n"));
        });
        assert!(library.mappings().count() >= 8);
    }

    #[test]
    fn problems_of_all_files_are_told_together() {
        let file = |kind, name: &str, text: &str| DataFile {
            kind,
            name: name.to_owned(),
            path: format!("{name}.yaml"),
            text: text.to_owned(),
        };
        let files = vec![
            file(Kind::Mapping, "a", "mapping: a\nversion: 1.0.0\n"),
            file(Kind::Mapping, "b", "mapping: b\nfieldz: {}\n"),
            file(Kind::Scheme, "c", "scheme: c\n"),
        ];
        let problems = Library::compile(files).err().expect("nothing of this is complete");
        let said: Vec<_> = problems.iter().map(ToString::to_string).collect();
        for name in ["a.yaml", "b.yaml", "c.yaml", "identity"] {
            assert!(said.iter().any(|line| line.contains(name)), "{name}: {said:?}");
        }
    }
}
