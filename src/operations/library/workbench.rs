//! The ground that a mapping stands on, compiled once for whoever checks one file many times while
//! somebody writes it.

use std::path::Path;
use std::sync::Arc;

use super::file::{self, DataFile, Kind};
use super::{Ground, Library, Problem, diagnosed, ground};
use crate::mapping::{self, Codes, Mapping};

/// Schemas and shared tables, with the files that they came from.
pub struct Workbench {
    files: Vec<DataFile>,
    ground: Arc<Ground>,
}

/// What is found in a file that somebody writes.
pub struct Study {
    /// Every problem, examples that fail among them.
    pub problems: Vec<Problem>,
    /// The mapping, when it is one that can be used.
    pub mapping: Option<Mapping>,
    /// Examples that ran; none for a file whose examples are part of its check, or that cannot be used.
    pub examples: Option<usize>,
}

impl Workbench {
    /// The shipped files with the additions and overrides of two directories.
    ///
    /// # Errors
    /// All the problems of the files that mappings stand on; those of mappings are left to
    /// [`check`](Self::check).
    pub fn open(mappings: Option<&Path>, schemas: Option<&Path>) -> Result<Self, Vec<Problem>> {
        let files = file::gather(mappings, schemas)
            .map_err(|errors| errors.into_iter().map(Problem::File).collect::<Vec<_>>())?;
        let mut problems = Vec::new();
        match ground(&files, &mut problems) {
            Some(ground) => Ok(Self { files, ground: Arc::new(ground) }),
            None => Err(problems),
        }
    }

    /// The files of a library with others in their places. What is compiled already is compiled anew only when a schema
    /// or a shared table is another one; while those that take their places cannot be used, those of the library stay.
    #[must_use]
    pub fn on(library: &Library, files: Vec<DataFile>) -> Self {
        let kept = |file: &DataFile| library.files.contains(file);
        let stands_on = |file: &DataFile| matches!(file.kind, Kind::Schema | Kind::Codes);
        let same = files.iter().filter(|file| stands_on(file)).all(kept);
        let fresh = if same { None } else { ground(&files, &mut Vec::new()) };
        let ground = fresh.map_or_else(|| Arc::clone(&library.ground), Arc::new);
        Self { files, ground }
    }

    /// What mappings may refer to.
    #[must_use]
    pub fn library(&self) -> mapping::Library<'_> {
        mapping::Library { schemas: &self.ground.schemas, codes: &self.ground.codes }
    }

    /// The file of a shared table.
    #[must_use]
    pub fn codes(&self, name: &str) -> Option<&DataFile> {
        self.files.iter().find(|file| file.kind == Kind::Codes && file.name == name)
    }

    /// As [`check`](Self::check), with the examples that stand in the file.
    #[must_use]
    pub fn study(&self, file: &DataFile) -> Study {
        match file.kind {
            Kind::Mapping => {
                let (mapping, found) = mapping::compile(&file.text, &file.path, &self.library());
                let mut problems: Vec<Problem> = diagnosed(found, &file.text).collect();
                let report = mapping.as_ref().map(Mapping::run_tests);
                if let (Some(mapping), Some(report)) = (&mapping, &report) {
                    let failing = report.diagnostics(mapping, &file.text);
                    problems.extend(diagnosed(failing, &file.text));
                }
                Study { problems, mapping, examples: report.map(|report| report.run) }
            }
            Kind::Identity => {
                let (model, problems) = Library::check_model(file);
                let examples = model.map(|model| model.examples().len());
                Study { problems, mapping: None, examples }
            }
            Kind::Codes | Kind::Scheme | Kind::Agreement | Kind::Schema => {
                Study { problems: self.check(file), mapping: None, examples: None }
            }
        }
    }

    /// Every problem of a file in the place of the one of its kind and name.
    #[must_use]
    pub fn check(&self, file: &DataFile) -> Vec<Problem> {
        match file.kind {
            Kind::Mapping => {
                let (_, found) = mapping::compile(&file.text, &file.path, &self.library());
                diagnosed(found, &file.text).collect()
            }
            Kind::Codes => {
                let beside = self.files.iter().filter(|other| other.kind == Kind::Codes);
                let beside = beside.filter(|other| other.name != file.name).chain([file]);
                let texts = beside.map(|file| (&*file.path, &*file.text));
                let mut found = Codes::parse(texts).err().unwrap_or_default();
                found.retain(|found| found.file == file.path);
                diagnosed(found, &file.text).collect()
            }
            Kind::Scheme | Kind::Agreement | Kind::Identity | Kind::Schema => {
                let others = self.files.iter();
                let others = others.filter(|o| (o.kind, &o.name) != (file.kind, &file.name));
                let all: Vec<DataFile> = others.chain([file]).cloned().collect();
                let found = Library::compile(all).err().unwrap_or_default();
                found.into_iter().filter(|problem| problem.path() == Some(&file.path)).collect()
            }
        }
    }
}
