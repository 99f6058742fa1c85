//! The ground that a mapping stands on, compiled once for whoever checks one file many times while
//! somebody writes it.

use std::path::Path;

use super::file::{self, DataFile, Kind};
use super::{Ground, Library, Problem, diagnosed, ground};
use crate::mapping::{self, Codes};

/// Schemas and shared tables, with the files that they came from.
pub struct Workbench {
    files: Vec<DataFile>,
    ground: Ground,
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
            Some(ground) => Ok(Self { files, ground }),
            None => Err(problems),
        }
    }

    /// What mappings may refer to.
    #[must_use]
    pub const fn library(&self) -> mapping::Library<'_> {
        mapping::Library { schemas: &self.ground.schemas, codes: &self.ground.codes }
    }

    /// The file of a shared table.
    #[must_use]
    pub fn codes(&self, name: &str) -> Option<&DataFile> {
        self.files.iter().find(|file| file.kind == Kind::Codes && file.name == name)
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
