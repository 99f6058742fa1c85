//! The files of `schemas/` and `mappings/`: where they come from and what kind each is.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use crate::store::versions::FileKey;

static SCHEMAS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/schemas");
static MAPPINGS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/mappings");

/// What a file of the library describes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// A JSON Schema of a record, by `name/version`.
    Schema,
    /// A table of codes that mappings share.
    Codes,
    /// A mapping, both directions.
    Mapping,
    /// A scheme of the registry.
    Scheme,
    /// An agreement: who may ask whom for what.
    Agreement,
    /// The match model.
    Identity,
}

impl Kind {
    /// Every kind, in the order in which they build on each other.
    pub const ALL: [Self; 6] =
        [Self::Schema, Self::Codes, Self::Mapping, Self::Scheme, Self::Agreement, Self::Identity];

    /// Every kind of YAML file.
    const YAML: [Self; 5] =
        [Self::Codes, Self::Mapping, Self::Scheme, Self::Agreement, Self::Identity];

    /// The first key of its files; schemas have none and are told by their directory.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Codes => "codes",
            Self::Mapping => "mapping",
            Self::Scheme => "scheme",
            Self::Agreement => "agreement",
            Self::Identity => "identity",
        }
    }

    /// The kind of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Which file of the library.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FileId {
    /// What it describes.
    pub kind: Kind,
    /// Its name among files of its kind.
    pub name: String,
}

/// Names are part of addresses and of file names.
const LONGEST_NAME: usize = 100;

impl FileId {
    /// A file of a kind, when it can have this name: letters, digits, `-`, `_` and `.`, for a schema with its version
    /// behind a slash.
    #[must_use]
    pub fn new(kind: Kind, name: &str) -> Option<Self> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let (stem, version) = match (kind, name.split_once('/')) {
            (Kind::Schema, Some((stem, version))) => (stem, version),
            (Kind::Schema, None) | (_, Some(_)) => return None,
            (_, None) => (name, "1"),
        };
        let sound = name.len() <= LONGEST_NAME
            && stem.starts_with(|c: char| c.is_ascii_alphanumeric())
            && stem.chars().all(plain)
            && !version.is_empty()
            && version.chars().all(|c| c.is_ascii_digit());
        sound.then(|| Self { kind, name: name.to_owned() })
    }

    /// As the store names it.
    #[must_use]
    pub fn key(&self) -> FileKey<'_> {
        FileKey { kind: self.kind.name(), name: &self.name }
    }
}

impl fmt::Display for FileId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.kind.name(), self.name)
    }
}

/// One file of the library.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DataFile {
    /// What it describes.
    pub kind: Kind,
    /// Its name among files of its kind: the value of its first key, or `ml-utm/1` for a schema.
    pub name: String,
    /// Where it stands, for messages: `mappings/ml-utm.yaml`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Why a file cannot be taken into the library.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The system cannot read it.
    #[error("{path}")]
    Unreadable {
        /// Which file or directory.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Its first key names no kind that we know.
    #[error("{path}: the first key must be one of mapping, codes, scheme, agreement, identity")]
    UnknownKind {
        /// Which file.
        path: String,
    },
}

impl DataFile {
    /// Takes a YAML file by its first key.
    ///
    /// # Errors
    /// When the first key names no kind.
    pub fn yaml(path: &str, text: String) -> Result<Self, FileError> {
        let unknown = || FileError::UnknownKind { path: path.to_owned() };
        let (key, value) = first_key(&text).ok_or_else(unknown)?;
        let kind = Kind::YAML.into_iter().find(|kind| kind.name() == key).ok_or_else(unknown)?;
        // There is one match model, whatever its version.
        let name = if kind == Kind::Identity { "identity" } else { value }.to_owned();
        Ok(Self { kind, name, path: path.to_owned(), text })
    }

    /// Takes a file by its path and text: a schema by its directory, anything else by its first key.
    ///
    /// # Errors
    /// When it is neither.
    pub fn at(path: &str, text: String) -> Result<Self, FileError> {
        if path.ends_with(".json") {
            let unknown = FileError::UnknownKind { path: path.to_owned() };
            return schema((path.to_owned(), text)).ok_or(unknown);
        }
        Self::yaml(path, text)
    }

    /// The hash that tells two versions of its text apart.
    #[must_use]
    pub fn hash(&self) -> blake3::Hash {
        blake3::hash(self.text.as_bytes())
    }

    /// Which file it is.
    #[must_use]
    pub fn id(&self) -> FileId {
        FileId { kind: self.kind, name: self.name.clone() }
    }

    /// The version that its text states: `version:` at the beginning of a line, for the match model its first key.
    /// Schemas carry theirs in the name.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        match self.kind {
            Kind::Schema => None,
            Kind::Identity => first_key(&self.text).map(|(_, value)| value),
            Kind::Codes | Kind::Mapping | Kind::Scheme | Kind::Agreement => {
                let line = self.text.lines().find_map(|line| line.strip_prefix("version:"))?;
                Some(value_of(line)).filter(|value| !value.is_empty())
            }
        }
    }
}

/// The first `key: value` of a YAML text.
fn first_key(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let line = text
        .lines()
        .map(|line| line.split(" #").next().unwrap_or_default().trim_end())
        .find(|line| !line.is_empty() && !line.starts_with('#') && *line != "---")?;
    let (key, value) = line.split_once(':')?;
    Some((key, value_of(value)))
}

/// A plain or quoted value, without the comment behind it.
fn value_of(written: &str) -> &str {
    written.split(" #").next().unwrap_or_default().trim().trim_matches(['"', '\''])
}

/// The files that the binary carries, and those of directories that add to them or override them.
///
/// # Errors
/// Every file that cannot be taken.
pub fn gather(
    mappings: Option<&Path>,
    schemas: Option<&Path>,
) -> Result<Vec<DataFile>, Vec<FileError>> {
    let mut taken = BTreeMap::new();
    let mut errors = Vec::new();
    let shipped = embedded(&SCHEMAS, "schemas").into_iter().filter_map(schema).map(Ok);
    let yaml = embedded(&MAPPINGS, "mappings").into_iter().filter(|(path, _)| is_yaml(path));
    let shipped = shipped.chain(yaml.map(|(path, text)| DataFile::yaml(&path, text)));
    for file in shipped.chain(folder(mappings, schemas)) {
        match file {
            Ok(file) => drop(taken.insert((file.kind, file.name.clone()), file)),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(taken.into_values().collect()) } else { Err(errors) }
}

/// The files of two directories alone, without those that the binary carries.
///
/// # Errors
/// Every file that cannot be taken.
pub fn gather_folder(
    mappings: Option<&Path>,
    schemas: Option<&Path>,
) -> Result<Vec<DataFile>, Vec<FileError>> {
    let (mut files, mut errors) = (Vec::new(), Vec::new());
    for file in folder(mappings, schemas) {
        match file {
            Ok(file) => files.push(file),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(files) } else { Err(errors) }
}

fn folder(mappings: Option<&Path>, schemas: Option<&Path>) -> Vec<Result<DataFile, FileError>> {
    let read = |directory: Option<&Path>| directory.map_or_else(|| Ok(Vec::new()), walk);
    let mut found: Vec<Result<DataFile, FileError>> = match read(schemas) {
        Ok(files) => files.into_iter().filter_map(schema).map(Ok).collect(),
        Err(error) => vec![Err(error)],
    };
    match read(mappings) {
        Ok(files) => found.extend(
            files
                .into_iter()
                .filter(|(path, _)| is_yaml(path))
                .map(|(path, text)| DataFile::yaml(&path, text)),
        ),
        Err(error) => found.push(Err(error)),
    }
    found
}

fn is_yaml(path: &str) -> bool {
    [".yaml", ".yml"].iter().any(|end| path.ends_with(end))
}

/// A schema of a record, `…/ml-utm/1.json`; the schemas of our own YAML kinds, which stand beside
/// the directories, are not among them.
fn schema((path, text): (String, String)) -> Option<DataFile> {
    let mut parts = path.strip_suffix(".json")?.rsplit('/');
    let (version, directory) = (parts.next()?, parts.next()?);
    if version.is_empty() || !version.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let name = format!("{directory}/{version}");
    Some(DataFile { kind: Kind::Schema, name, path, text })
}

fn embedded(directory: &Dir<'_>, root: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for entry in directory.entries() {
        match entry {
            include_dir::DirEntry::Dir(inner) => files.extend(embedded(inner, root)),
            include_dir::DirEntry::File(file) => {
                let text = file.contents_utf8().expect("the shipped files are UTF-8");
                files.push((format!("{root}/{}", file.path().display()), text.to_owned()));
            }
        }
    }
    files
}

/// Every file below a directory, in the order of their names.
fn walk(directory: &Path) -> Result<Vec<(String, String)>, FileError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |source| FileError::Unreadable { path, source }
    };
    let mut entries = fs::read_dir(directory)
        .and_then(Iterator::collect::<io::Result<Vec<_>>>)
        .map_err(unreadable(directory))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    let mut files = Vec::new();
    for path in entries.into_iter().map(|entry| entry.path()) {
        if path.is_dir() {
            files.extend(walk(&path)?);
        } else if path.extension().is_some_and(|end| end == "yaml" || end == "yml" || end == "json")
        {
            let text = fs::read_to_string(&path).map_err(unreadable(&path))?;
            files.push((path.display().to_string(), text));
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_told_by_its_first_key() {
        let text = "# a comment\n---\nmapping: ml-utm   # id\nversion: 1.0.0\n";
        let file = DataFile::yaml("x.yaml", text.into()).expect("a mapping");
        assert_eq!((file.kind, &*file.name), (Kind::Mapping, "ml-utm"));
        assert!(DataFile::yaml("x.yaml", "maping: ml-utm\n".into()).is_err());
        assert!(DataFile::yaml("x.yaml", String::new()).is_err());
    }

    #[test]
    fn a_name_that_could_leave_its_directory_is_none() {
        assert!(FileId::new(Kind::Mapping, "ml-utm").is_some());
        assert!(FileId::new(Kind::Schema, "ml-utm/1").is_some());
        for name in ["", "../x", "a/b", "/etc", "a b", ".hidden", "ml-utm/../1"] {
            assert!(FileId::new(Kind::Mapping, name).is_none(), "{name}");
            assert!(FileId::new(Kind::Schema, name).is_none(), "{name}");
        }
    }

    #[test]
    fn a_version_is_the_one_that_the_text_states() {
        let label = |text: &str| {
            DataFile::yaml("x.yaml", text.to_owned()).expect("a file").label().map(str::to_owned)
        };
        assert_eq!(label("mapping: a\nversion: 1.2.0  # of May\n").as_deref(), Some("1.2.0"));
        assert_eq!(label("mapping: a\nsource: { version: 3 }\n"), None);
        assert_eq!(label("identity: \"2026.1\"\n").as_deref(), Some("2026.1"));
    }

    #[test]
    fn a_directory_overrides_what_has_the_same_kind_and_name() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("other.yaml");
        fs::write(&path, "mapping: ml-utm\nversion: 9.9.9\n").expect("written");
        let files = gather(Some(directory.path()), None).expect("readable");
        let found: Vec<_> = files
            .iter()
            .filter(|file| file.kind == Kind::Mapping && file.name == "ml-utm")
            .collect();
        assert_eq!(found.len(), 1);
        assert!(found.iter().all(|file| file.text.contains("9.9.9")));
    }

    #[test]
    fn a_missing_directory_is_an_error_and_not_an_empty_library() {
        assert!(gather(Some(Path::new("/nowhere/at/all")), None).is_err());
    }
}
