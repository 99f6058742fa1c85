//! A directory of exports: which file is of which scheme, in which order, of which day.
//!
//! A file is known by its content, not by its name: each scheme's mapping is tried on its first
//! records, and the one that accepts most of them has it. A file that nobody accepts is left alone
//! and named, so that lists beside the exports do no harm.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::library::Library;
use crate::eligibility::event;
use crate::format::Reader;
use crate::mapping::{Mapping, Outcome, Run, RunContext};
use crate::model::{Place, SchemeId};

/// Bytes of a file that are looked at to know it: room for the longest record that is allowed.
const HEAD: u64 = 1024 * 1024;

/// Records that are tried.
const TRIED: usize = 25;

/// An export of a scheme.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Export {
    /// Whose.
    pub scheme: SchemeId,
    /// Where it is.
    pub path: PathBuf,
}

/// What a directory holds.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Survey {
    /// Exports, in the order of payers of their schemes.
    pub exports: Vec<Export>,
    /// Files of events.
    pub events: Vec<PathBuf>,
    /// Files without any content.
    pub empty: Vec<PathBuf>,
    /// Files that are neither exports nor events.
    pub others: Vec<PathBuf>,
    /// Schemes that can send but have no file here.
    pub missing: Vec<SchemeId>,
}

/// Looks through a directory, not through those in it.
///
/// # Errors
/// When the directory or a file cannot be read.
pub fn survey(library: &Library, directory: &Path, today: Date) -> io::Result<Survey> {
    let mut paths = fs::read_dir(directory)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    let mut survey = Survey::default();
    for path in paths.into_iter().filter(|path| path.is_file()) {
        let mut head = Vec::new();
        File::open(&path)?.take(HEAD).read_to_end(&mut head)?;
        if head.is_empty() {
            survey.empty.push(path);
        } else if holds_events(&head) {
            survey.events.push(path);
        } else if let Some(scheme) = recognise(library, &head, today) {
            survey.exports.push(Export { scheme, path });
        } else {
            survey.others.push(path);
        }
    }
    let rank = |scheme: &SchemeId| library.registry().scheme(scheme).map(|known| known.priority);
    survey.exports.sort_by_key(|export| (rank(&export.scheme), export.scheme.clone()));
    survey.missing = senders(library)
        .map(|(scheme, _)| scheme)
        .filter(|scheme| !survey.exports.iter().any(|export| export.scheme == *scheme))
        .collect();
    Ok(survey)
}

/// The schemes of the registry that have a mapping.
fn senders(library: &Library) -> impl Iterator<Item = (SchemeId, &Mapping)> {
    library.registry().schemes().filter_map(|scheme| {
        let mapping = library.mapping(scheme.id.as_str())?;
        Some((scheme.id.clone(), mapping.as_ref()))
    })
}

/// The scheme whose mapping accepts most of the first records.
fn recognise(library: &Library, head: &[u8], today: Date) -> Option<SchemeId> {
    let accepted = senders(library).map(|(scheme, mapping)| {
        let bytes = Box::new(io::Cursor::new(head.to_vec()));
        let reader = Reader::new(bytes, &mapping.read_options());
        let context = RunContext { scheme: scheme.clone(), today };
        let mut run = Run::new(mapping, reader, context);
        let tried = std::iter::from_fn(|| run.next()).take(TRIED);
        (tried.filter(|outcome| matches!(outcome, Outcome::Accepted(_))).count(), scheme)
    });
    accepted
        .max_by_key(|(count, _)| *count)
        .filter(|(count, _)| *count > 0)
        .map(|(_, scheme)| scheme)
}

/// Whether one of the first lines is an event.
fn holds_events(head: &[u8]) -> bool {
    head.split(|byte| *byte == b'\n')
        .take(TRIED)
        .any(|line| event::parse(line, &Place::default()).is_ok())
}
