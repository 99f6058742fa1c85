//! Everything of a directory into a hub: exports, then events, then links.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant as Stopwatch};

use jiff::civil::Date;

use crate::cli::failure::Failure;
use crate::cli::progress::Progress;
use crate::cli::screen::Screen;
use crate::cli::{data_date, input};
use crate::model::{BatchId, Caller, SchemeId};
use crate::operations::body::Body;
use crate::operations::directory::{self, Survey};
use crate::operations::events::{ALL_SCHEMES, submit_events};
use crate::operations::intake::{self, Receipt, Submission};
use crate::operations::{Hub, link};
use crate::store::batches::Counts;
use crate::store::exports::Totals;

/// What came in from one file.
pub struct Source {
    /// Scheme id, or `events`.
    pub name: String,
    /// Name of the file.
    pub file: String,
    /// Where it stands.
    pub path: PathBuf,
    /// The batch that it became.
    pub batch: BatchId,
    /// `released` or `held`.
    pub state: &'static str,
    /// What became of its records.
    pub counts: Counts,
}

/// What came in from the directory, and what is known now.
pub struct Loaded {
    /// One for each file.
    pub sources: Vec<Source>,
    /// Files without content.
    pub empty: Vec<String>,
    /// Schemes without a file.
    pub missing: Vec<SchemeId>,
    /// The day of the data.
    pub day: Date,
    /// How much the hub holds now.
    pub totals: Totals,
    /// How long it took.
    pub took: Duration,
}

/// Loads a directory.
///
/// # Errors
/// When a file cannot be read or the store fails. Empty and missing files are told, not failed on.
pub async fn load(hub: &Hub, data: &Path, screen: &Screen) -> Result<Loaded, Failure> {
    let began = Stopwatch::now();
    let found = directory::survey(&hub.library(), data, hub.today())
        .map_err(|error| Failure::file(data, error))?;
    let day = newest_stated(&found)?;
    let mut sources = Vec::new();
    for export in &found.exports {
        let name = export.scheme.as_str();
        let submission = submission(&export.scheme, &export.path, day, screen)?;
        let receipt = intake::submit(hub, submission).await.map_err(Failure::operation)?;
        sources.push(source(name, &export.path, &receipt));
    }
    for path in &found.events {
        let scheme: SchemeId = ALL_SCHEMES.parse().map_err(Failure::operation)?;
        // Events carry days of their own; the file as a whole is as old as its writing.
        let submission = submission(&scheme, path, None, screen)?;
        let receipt = submit_events(hub, submission).await.map_err(Failure::operation)?;
        sources.push(source(ALL_SCHEMES, path, &receipt));
    }
    link::link_pending(hub).await.map_err(Failure::operation)?;
    let mut session = hub.store().read().await.map_err(Failure::operation)?;
    let totals = session.totals().await.map_err(Failure::operation)?;
    Ok(Loaded {
        sources,
        empty: found.empty.iter().map(|path| input::name(path)).collect(),
        missing: found.missing,
        day: day.unwrap_or_else(|| hub.today()),
        totals,
        took: began.elapsed(),
    })
}

/// Sends a file once more, unchanged, as its scheme would on another day.
///
/// # Errors
/// When the file cannot be read or the store fails.
pub async fn again(
    hub: &Hub,
    source: &Source,
    day: Date,
    screen: &Screen,
) -> Result<Receipt, Failure> {
    let scheme: SchemeId = source.name.parse().map_err(Failure::operation)?;
    let submission = submission(&scheme, &source.path, Some(day), screen)?;
    intake::submit(hub, submission).await.map_err(Failure::operation)
}

/// The newest day that one of the exports states: exports of one directory were made together, and
/// most formats have no place for a date of their own.
fn newest_stated(found: &Survey) -> Result<Option<Date>, Failure> {
    let mut newest = None;
    for export in &found.exports {
        let stated = data_date::stated(&export.path);
        newest = newest.max(stated.map_err(|error| Failure::file(&export.path, error))?);
    }
    Ok(newest)
}

fn submission(
    scheme: &SchemeId,
    path: &Path,
    day: Option<Date>,
    screen: &Screen,
) -> Result<Submission, Failure> {
    let dated = day.map_or_else(String::new, |day| format!("-{day}"));
    Ok(Submission {
        idempotency_key: Some(format!("{}{dated}", content_key(path)?)),
        file_name: Some(input::name(path)),
        data_as_of: day,
        actor: Caller::local_operator().actor(),
        ..Submission::new(scheme.clone(), body(path, screen)?)
    })
}

fn body(path: &Path, screen: &Screen) -> Result<Body, Failure> {
    let file = File::open(path).map_err(|error| Failure::file(path, error))?;
    let size = file.metadata().ok().map(|about| about.len());
    let progress = Progress::of_bytes(&input::name(path), size, screen);
    Ok(Body::from_reader(progress.reading(file)))
}

/// The same bytes are the same sending: told twice, the story counts once.
fn content_key(path: &Path) -> Result<String, Failure> {
    let mut hasher = blake3::Hasher::new();
    File::open(path)
        .and_then(|file| hasher.update_reader(file).map(drop))
        .map_err(|error| Failure::file(path, error))?;
    Ok(hasher.finalize().to_hex().chars().take(32).collect())
}

fn source(name: &str, path: &Path, receipt: &Receipt) -> Source {
    Source {
        name: name.to_owned(),
        file: input::name(path),
        path: path.to_owned(),
        batch: receipt.batch,
        state: receipt.state,
        counts: receipt.counts,
    }
}
