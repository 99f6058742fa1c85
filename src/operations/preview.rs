//! What a mapping would change among the stored records, before anybody publishes it.
//!
//! The last records, in force and refused, go through the candidate as they were received, with the corrections that
//! hold for them, and what comes out is compared with what is stored, field by field. That is what a replay
//! ([`super::replay`]) then writes: the same pages, the same judgement, nothing written here. Nothing gathers but counts,
//! and a few examples of each kind.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::hub::Hub;
use super::library::{DataFile, FileId, Kind, Library};
use super::quarantine::overlays::Overlays;
use super::replay::ReplayError;
use super::replay::examine::{self, Judge};
use super::replay::history::History;
use super::replay::remade::Maker;
use super::replay::report::{Counts, Report, Tally};
use super::versions;
use crate::mapping::Mapping;
use crate::model::SchemeId;

/// What is to be tried, and on what.
pub struct Trial {
    /// Whose records.
    pub scheme: SchemeId,
    /// Id of the mapping.
    pub mapping: String,
    /// What is tried.
    pub candidate: Candidate,
    /// So many of the last received records in force, with what was refused since the oldest of them; all without it.
    pub last: Option<u64>,
}

/// A mapping that is tried.
pub enum Candidate {
    /// The version in force: tells what is left to be done of earlier edits.
    InForce,
    /// A saved version, by the hash of its text, with the drafts that belong to it.
    Version(String),
    /// A text that is not published.
    Text(String),
    /// Files that are not published: a mapping, with the tables or schemas that it needs.
    Files(Vec<DataFile>),
}

/// Which edition of a mapping.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Edition {
    /// Its id.
    pub id: String,
    /// Its version, as its author counts.
    pub version: String,
    /// Hash of its text, in hexadecimal.
    pub hash: String,
}

impl Edition {
    /// The edition of a compiled mapping.
    #[must_use]
    pub fn of(mapping: &Mapping) -> Self {
        Self {
            id: mapping.id().to_owned(),
            version: mapping.version().to_owned(),
            hash: hex::encode(mapping.hash()),
        }
    }
}

/// What a candidate would change.
pub struct Preview {
    /// What was tried.
    pub candidate: Edition,
    /// What is in force.
    pub in_force: Edition,
    /// What differs.
    pub report: Report,
    /// How long it took.
    pub took: Duration,
}

/// Tries a mapping. `progress` is called after each page, with the counts so far and how many records there are at most.
///
/// # Errors
/// When the mapping is unknown, the candidate does not compile (with all its problems), or the store fails.
pub async fn preview(
    hub: &Hub,
    trial: Trial,
    progress: impl Fn(&Counts, u64),
) -> Result<Preview, ReplayError> {
    let began = Instant::now();
    let library = hub.library();
    let in_force = in_force(&library, &trial.mapping)?;
    let mapping = compile(hub, &library, &trial.mapping, trial.candidate).await?;
    let maker = maker(hub, &trial.scheme, mapping, Arc::clone(&in_force)).await?;
    let edition = Edition::of(&in_force);
    let mut history = History::new(trial.scheme, trial.mapping, hub.now(), trial.last);
    let total = hub.store().read().await?.replay_total(&maker.scheme).await?;
    let total = trial.last.map_or(total, |last| last.min(total));
    let (mut tally, mut judge) = (Tally::default(), Judge::new());
    let mut rows = history.next(&mut hub.store().read().await?).await?;
    while let Some(page) = rows {
        // While one page is made, the next one is read.
        let read = async { history.next(&mut hub.store().read().await?).await };
        let (made, next) = tokio::join!(examine::make(hub, &maker, page), read);
        let mut page = made?;
        judge.judge(hub, &maker, &mut page).await?;
        examine::note(&page, &edition.hash, &mut tally);
        progress(&tally.counts, total);
        rows = next?;
    }
    Ok(Preview {
        candidate: Edition::of(&maker.mapping),
        in_force: edition,
        report: tally.report(),
        took: began.elapsed(),
    })
}

/// The mapping of an id that is in force.
pub(super) fn in_force(library: &Library, id: &str) -> Result<Arc<Mapping>, ReplayError> {
    let known = || library.mappings().map(|mapping| mapping.id().to_owned()).collect();
    library.mapping(id).cloned().ok_or_else(|| ReplayError::UnknownMapping { known: known() })
}

/// What makes the records of a scheme again.
pub(super) async fn maker(
    hub: &Hub,
    scheme: &SchemeId,
    mapping: Arc<Mapping>,
    in_force: Arc<Mapping>,
) -> Result<Maker, ReplayError> {
    let overlays = Overlays::load(hub, scheme, hub.now()).await?;
    let (scheme, overlays) = (scheme.clone(), Arc::new(overlays));
    Ok(Maker { mapping, in_force, scheme, today: hub.today(), overlays })
}

/// The candidate, with the other files as they are in force.
pub(super) async fn compile(
    hub: &Hub,
    library: &Library,
    id: &str,
    candidate: Candidate,
) -> Result<Arc<Mapping>, ReplayError> {
    let files = match candidate {
        Candidate::InForce => return in_force(library, id),
        Candidate::Version(hash) => {
            let file = FileId { kind: Kind::Mapping, name: id.to_owned() };
            return in_force(&versions::candidate(hub, &file, &hash).await?, id);
        }
        Candidate::Text(text) => vec![DataFile {
            kind: Kind::Mapping,
            name: id.to_owned(),
            path: format!("mappings/{id}.yaml"),
            text,
        }],
        Candidate::Files(files) => files,
    };
    let mut all = library.files().to_vec();
    for file in &files {
        all.retain(|other| (other.kind, &other.name) != (file.kind, &file.name));
        all.push(file.clone());
    }
    let own = all.iter().find(|file| file.kind == Kind::Mapping && file.name == id);
    let own = own.ok_or(ReplayError::OtherMapping { wanted: id.to_owned() })?;
    let own = own.clone();
    let checked = tokio::task::spawn_blocking(move || Library::check_mapping(&all, &own));
    match checked.await.map_err(ReplayError::Stopped)? {
        (Some(mapping), _) if mapping.id() == id => Ok(Arc::new(mapping)),
        (Some(_), _) => Err(ReplayError::OtherMapping { wanted: id.to_owned() }),
        (None, problems) => Err(ReplayError::Invalid { problems }),
    }
}
