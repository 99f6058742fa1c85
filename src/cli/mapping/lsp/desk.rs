//! What lies on the desk: the open documents, and the schemas and tables they are checked against.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tower_lsp_server::ls_types::{TextDocumentContentChangeEvent, Uri};

use crate::cli::arguments::Common;
use crate::cli::failure::Failure;
use crate::cli::library;
use crate::model::Language;
use crate::operations::library::{DataFile, Problem, Workbench};

use super::document::Document;

/// More documents than this are not looked at.
const MOST_DOCUMENTS: usize = 256;

/// The state of the server.
pub struct Desk {
    /// The language asked for on the command line, which the editor does not change.
    asked: Option<Language>,
    /// Directories asked for on the command line.
    mappings: Option<PathBuf>,
    schemas: Option<PathBuf>,
    inside: Mutex<Inside>,
    /// Told whenever a document waits to be checked.
    pub changed: Notify,
}

struct Inside {
    language: Language,
    root: Option<PathBuf>,
    bench: Arc<Workbench>,
    documents: BTreeMap<Uri, Document>,
    waiting: BTreeSet<Uri>,
}

/// A document at one moment, with what is needed to answer about it.
pub struct Sheet {
    /// Its name as diagnostics show it.
    pub path: String,
    /// The editor's number of the text.
    pub version: i32,
    /// The text; none when it is too long.
    pub text: Option<Arc<str>>,
    /// What it is checked against.
    pub bench: Arc<Workbench>,
    /// The language of answers.
    pub language: Language,
}

impl Desk {
    /// An empty desk with the shipped files and those of the directories asked for.
    ///
    /// # Errors
    /// When the directories cannot be used.
    pub fn new(common: &Common, language: Language) -> Result<Self, Failure> {
        let (mappings, schemas) = (common.mappings.clone(), common.schemas.clone());
        let bench = Workbench::open(mappings.as_deref(), schemas.as_deref())
            .map_err(|problems| library::refuse(&problems, language))?;
        let inside = Inside {
            language,
            root: None,
            bench: Arc::new(bench),
            documents: BTreeMap::new(),
            waiting: BTreeSet::new(),
        };
        let inside = Mutex::new(inside);
        Ok(Self { asked: common.lang, mappings, schemas, inside, changed: Notify::new() })
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the editor's language and folder.
    pub fn welcome(&self, locale: Option<&str>, root: Option<PathBuf>) {
        let mut inside = self.inside();
        let locale = locale.and_then(Language::from_tag);
        inside.language = self.asked.or(locale).unwrap_or(inside.language);
        inside.root = root;
        drop(inside);
        self.reload();
    }

    /// Reads schemas and tables again. While they cannot be used the ones before are kept: the check
    /// of the broken file itself says what is wrong with it.
    pub fn reload(&self) {
        let root = self.inside().root.clone();
        let below = |name: &str| root.as_ref().map(|root| root.join(name)).filter(|d| d.is_dir());
        let mappings = self.mappings.clone().or_else(|| below("mappings"));
        let schemas = self.schemas.clone().or_else(|| below("schemas"));
        let Ok(bench) = Workbench::open(mappings.as_deref(), schemas.as_deref()) else { return };
        let mut inside = self.inside();
        inside.bench = Arc::new(bench);
        let all: Vec<Uri> = inside.documents.keys().cloned().collect();
        inside.waiting.extend(all);
        drop(inside);
        self.changed.notify_one();
    }

    /// A document that was opened.
    pub fn open(&self, uri: Uri, version: i32, text: &str) {
        let mut inside = self.inside();
        if inside.documents.len() >= MOST_DOCUMENTS && !inside.documents.contains_key(&uri) {
            return;
        }
        inside.documents.insert(uri.clone(), Document::new(version, text));
        inside.waiting.insert(uri);
        drop(inside);
        self.changed.notify_one();
    }

    /// A document that was changed.
    pub fn change(&self, uri: &Uri, version: i32, changes: &[TextDocumentContentChangeEvent]) {
        let mut inside = self.inside();
        let Some(document) = inside.documents.get_mut(uri) else { return };
        document.change(version, changes);
        inside.waiting.insert(uri.clone());
        drop(inside);
        self.changed.notify_one();
    }

    /// A document that was closed.
    pub fn close(&self, uri: &Uri) {
        let mut inside = self.inside();
        inside.documents.remove(uri);
        inside.waiting.remove(uri);
    }

    /// The documents that wait to be checked, which no longer wait then.
    pub fn waiting(&self) -> BTreeSet<Uri> {
        std::mem::take(&mut self.inside().waiting)
    }

    /// A document as it is now.
    pub fn sheet(&self, uri: &Uri) -> Option<Sheet> {
        let inside = self.inside();
        let document = inside.documents.get(uri)?;
        Some(Sheet {
            path: self.shown(uri, inside.root.as_deref()),
            version: document.version,
            text: document.text.clone(),
            bench: Arc::clone(&inside.bench),
            language: inside.language,
        })
    }

    /// Whether the document still has the text of a sheet.
    pub fn is_current(&self, uri: &Uri, sheet: &Sheet) -> bool {
        let inside = self.inside();
        inside.documents.get(uri).is_some_and(|document| document.version == sheet.version)
            && Arc::ptr_eq(&inside.bench, &sheet.bench)
    }

    /// A file's name below the editor's folder.
    fn shown(&self, uri: &Uri, root: Option<&Path>) -> String {
        let Some(path) = uri.to_file_path() else { return uri.as_str().to_owned() };
        let below = root.and_then(|root| path.strip_prefix(root).ok());
        below.unwrap_or(&path).display().to_string()
    }

    /// The file of the disk behind a name of the library.
    pub fn on_disk(&self, path: &str) -> Option<Uri> {
        let root = self.inside().root.clone();
        let path = root.map_or_else(|| PathBuf::from(path), |root| root.join(path));
        path.is_file().then(|| Uri::from_file_path(path)).flatten()
    }
}

impl Sheet {
    /// The problems of the text; `None` when it is none of our files.
    pub fn problems(&self, text: &str) -> Option<Vec<Problem>> {
        match DataFile::yaml(&self.path, text.to_owned()) {
            Ok(file) => Some(self.bench.check(&file)),
            // Any other YAML of the editor's folder is not ours to judge.
            Err(error) => self.is_ours().then(|| vec![Problem::File(error)]),
        }
    }

    /// Whether the file stands where only our files stand.
    fn is_ours(&self) -> bool {
        Path::new(&self.path).components().any(|part| part.as_os_str() == "mappings")
    }
}
