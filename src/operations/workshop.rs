//! While a file is written: what is wrong with it, what a few records become by it, what could stand at the cursor.
//!
//! Nothing is kept. A file stands among those in force and the open drafts of its scheme, as when a version is checked
//! ([`super::versions`]); the help at the cursor is that of `dankun mapping lsp` ([`crate::mapping::assist`]). Everything is
//! bounded: it is asked after every pause of the writer.

mod begin;
mod blank;
mod received;

use std::io::Cursor;
use std::sync::Arc;

use super::Hub;
use super::library::{DataFile, Problem, Study, Workbench};
use super::quarantine::cells;
use super::versions::{self, LifeError};
use crate::format::Reader;
use crate::mapping::assist::{Assist, Hover, Proposal};
use crate::mapping::{Explanation, FieldClass, Mapping, Outcome, Rehearsed};
use crate::model::{Caller, Language};

pub use begin::{BeginError, Beginning, begin};
pub use blank::{Ground, blank};

/// Records of a sample that are tried: as many as one reads.
pub const RECORDS: usize = 8;
/// Bytes of a sample that somebody gives.
pub const LARGEST_SAMPLE: usize = 64 << 10;

/// On which records a text is tried.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Sample {
    /// On none.
    Nothing,
    /// On the last that were received of its scheme, refused ones among them.
    Received,
    /// On these, in the sender's own format and in UTF-8.
    Text(String),
}

/// What is found in a text.
pub struct Look {
    /// Every problem.
    pub problems: Vec<Problem>,
    /// Examples that ran.
    pub examples: Option<usize>,
    /// What the records of the sample become; empty while the text cannot be used.
    pub tried: Vec<Tried>,
    /// How much of each field the way back restores.
    pub classes: Vec<FieldClass>,
}

impl Look {
    /// Of a text with which nothing can be done.
    #[must_use]
    pub fn wrong(problem: Problem) -> Self {
        Self { problems: vec![problem], examples: None, tried: Vec::new(), classes: Vec::new() }
    }
}

/// One record of a sample. Personal.
pub struct Tried {
    /// Its cells, where it can be taken apart.
    pub cells: Option<Vec<(String, String)>>,
    /// As it was sent.
    pub raw: Vec<u8>,
    /// The ways of its values.
    pub ways: Vec<Explanation>,
    /// What becomes of it.
    pub outcome: Outcome,
}

/// Looks a text through and tries it on a sample.
///
/// # Errors
/// When the store fails. What is wrong with the text or the sample is in the answer.
pub async fn look(
    hub: &Hub,
    by: &Caller,
    file: DataFile,
    sample: Sample,
) -> Result<Look, LifeError> {
    let bench = bench(hub, &file).await?;
    let sample = match sample {
        Sample::Nothing => Source::Nothing,
        Sample::Text(text) => Source::Text(text),
        Sample::Received => Source::Kept(received::last(hub, by, &file).await?),
    };
    let today = hub.today();
    let looked = tokio::task::spawn_blocking(move || {
        let Study { problems, mapping, examples } = bench.study(&file);
        let (tried, classes) = mapping.map_or_else(Default::default, |mapping| {
            (attempt(&mapping, sample, today), mapping.classes())
        });
        Look { problems, examples, tried, classes }
    });
    looked.await.map_err(LifeError::Stopped)
}

/// A sample that is at hand.
enum Source {
    Nothing,
    Text(String),
    Kept(Vec<received::Received>),
}

fn attempt(mapping: &Mapping, sample: Source, today: jiff::civil::Date) -> Vec<Tried> {
    let rehearsed = match sample {
        Source::Nothing => Vec::new(),
        Source::Text(mut text) => {
            text.truncate(text.floor_char_boundary(LARGEST_SAMPLE));
            let mut options = mapping.read_options();
            // What came through a form is UTF-8, whatever the sender's files are.
            options.encoding = Some("utf-8".to_owned());
            let reader = Reader::new(Box::new(Cursor::new(text.into_bytes())), &options);
            mapping.rehearse(reader, today, RECORDS)
        }
        Source::Kept(received) => {
            let again = |one: &received::Received| {
                mapping.rehearse_received(&one.raw, &one.around, today, RECORDS)
            };
            received.iter().flat_map(again).take(RECORDS).collect()
        }
    };
    rehearsed.into_iter().map(|one| tried(mapping, one)).collect()
}

fn tried(mapping: &Mapping, one: Rehearsed) -> Tried {
    let outcome = one.explained.outcome;
    let raw = match &outcome {
        Outcome::Accepted(record) => record.raw.clone(),
        Outcome::Refused(refusal) => refusal.raw.clone(),
    };
    let cells = cells::apart(mapping, &raw, one.columns.as_deref());
    Tried { cells, raw, ways: one.explained.ways, outcome }
}

/// What could be written at a place of a text, the likeliest first. `at` counts bytes.
///
/// # Errors
/// When the store fails.
pub async fn complete(
    hub: &Hub,
    file: DataFile,
    at: usize,
    language: Language,
) -> Result<Vec<Proposal>, LifeError> {
    assisted(hub, file, at, language, |assist| assist.complete()).await
}

/// What stands at a place of a text. `at` counts bytes.
///
/// # Errors
/// When the store fails.
pub async fn hover(
    hub: &Hub,
    file: DataFile,
    at: usize,
    language: Language,
) -> Result<Option<Hover>, LifeError> {
    assisted(hub, file, at, language, |assist| assist.hover()).await
}

async fn assisted<T: Send + 'static>(
    hub: &Hub,
    file: DataFile,
    at: usize,
    language: Language,
    ask: impl FnOnce(&Assist<'_>) -> T + Send + 'static,
) -> Result<T, LifeError> {
    let bench = bench(hub, &file).await?;
    let asked = tokio::task::spawn_blocking(move || {
        ask(&Assist::new(&file.text, at, bench.library(), language))
    });
    asked.await.map_err(LifeError::Stopped)
}

/// What a file stands on: what is in force, and the open drafts of its scheme.
async fn bench(hub: &Hub, file: &DataFile) -> Result<Workbench, LifeError> {
    let files = versions::with_drafts(hub, file.clone()).await?;
    let library: Arc<_> = hub.library();
    let built = tokio::task::spawn_blocking(move || Workbench::on(&library, files));
    built.await.map_err(LifeError::Stopped)
}
