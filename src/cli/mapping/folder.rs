//! A directory of data files on this machine, and where in it a file of the hub belongs.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::arguments::Common;
use crate::cli::failure::Failure;
use crate::operations::library::{self, DataFile, FileId, Kind};

/// Where notes about what was pulled and published stand, beside the mappings.
const NOTES: &str = ".dankun-versions.json";

/// The directories, the files in them, and what is known of where those come from.
pub struct Folder {
    mappings: PathBuf,
    schemas: PathBuf,
    files: BTreeMap<FileId, DataFile>,
    /// The hash of the hub's version from which each file here was made, by `kind/name`.
    bases: BTreeMap<String, String>,
}

impl Folder {
    /// The directory of `--mappings`, else `mappings`; schemas stand in that of `--schemas`, else beside it.
    ///
    /// # Errors
    /// When something in it cannot be read.
    pub fn open(common: &Common) -> Result<Self, Failure> {
        let mappings = common.mappings.clone().unwrap_or_else(|| PathBuf::from("mappings"));
        let beside = || mappings.parent().unwrap_or_else(|| Path::new("")).join("schemas");
        let schemas = common.schemas.clone().unwrap_or_else(beside);
        let there = |path: &PathBuf| path.is_dir().then_some(path.clone());
        let (in_mappings, in_schemas) = (there(&mappings), there(&schemas));
        let files = library::gather_folder(in_mappings.as_deref(), in_schemas.as_deref());
        let files = files.map_err(|errors| {
            let said: Vec<_> = errors.iter().map(ToString::to_string).collect();
            Failure::Configuration(said.join("\n"))
        })?;
        let files = files.into_iter().map(|file| (file.id(), file)).collect();
        let notes = mappings.join(NOTES);
        let bases = match fs::read(&notes) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|error| Failure::Configuration(format!("{}: {error}", notes.display())))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(Failure::file(&notes, error)),
        };
        Ok(Self { mappings, schemas, files, bases })
    }

    /// Every file in it.
    pub fn files(&self) -> impl Iterator<Item = &DataFile> {
        self.files.values()
    }

    /// A file.
    pub fn file(&self, id: &FileId) -> Option<&DataFile> {
        self.files.get(id)
    }

    /// The hash of the hub's version from which a file here was made, as far as that is known.
    pub fn base(&self, id: &FileId) -> Option<&str> {
        self.bases.get(&key(id)).map(String::as_str)
    }

    /// Where a file of the hub is written: over the one that is here, else where such files belong.
    pub fn place(&self, id: &FileId) -> PathBuf {
        if let Some(file) = self.files.get(id) {
            return PathBuf::from(&file.path);
        }
        let yaml = format!("{}.yaml", id.name);
        match id.kind {
            Kind::Schema => self.schemas.join(format!("{}.json", id.name)),
            Kind::Codes => self.mappings.join("codes").join(yaml),
            Kind::Mapping | Kind::Identity => self.mappings.join(yaml),
            Kind::Scheme => self.mappings.join("schemes").join(yaml),
            Kind::Agreement => self.mappings.join("agreements").join(yaml),
        }
    }

    /// Writes a file of the hub.
    ///
    /// # Errors
    /// When the system does not let us.
    pub fn write(&self, id: &FileId, text: &str) -> Result<PathBuf, Failure> {
        let place = self.place(id);
        let parent = place.parent().unwrap_or_else(|| Path::new(""));
        fs::create_dir_all(parent).map_err(|error| Failure::file(parent, error))?;
        fs::write(&place, text).map_err(|error| Failure::file(&place, error))?;
        Ok(place)
    }

    /// Notes from which version of the hub a file here is made.
    pub fn note(&mut self, id: &FileId, hash: &str) {
        self.bases.insert(key(id), hash.to_owned());
    }

    /// Keeps the notes for the next command; without the directory there is nothing to note.
    ///
    /// # Errors
    /// When the system does not let us.
    pub fn keep_notes(&self) -> Result<(), Failure> {
        if !self.mappings.is_dir() || self.bases.is_empty() {
            return Ok(());
        }
        let place = self.mappings.join(NOTES);
        let mut text = serde_json::to_vec_pretty(&self.bases).map_err(Failure::operation)?;
        text.push(b'\n');
        fs::write(&place, text).map_err(|error| Failure::file(&place, error))
    }
}

fn key(id: &FileId) -> String {
    format!("{}/{}", id.kind.name(), id.name)
}
