//! What another match model would change: who would be joined, who would come apart, and whose coverage that decides.
//!
//! Everything that is stored goes through a second index with the other model, beside the one in use; decisions of people
//! hold in it too. Nothing is written but how far it is. One trial runs at a time ([`step`]), and one that died is begun
//! again: it has nothing to lose but time.

mod coverage;
mod trial;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Hub;
use super::library::{Library, Problem};
use super::link::LinkError;
use crate::identity::Index;
use crate::identity::facts::consistent;
use crate::matching::Model;
use crate::model::{PersonId, RecordId, WhatIfId};
use crate::store::StoreError;

pub use crate::store::measurements::TrialState;
pub use trial::{Trial, begin, cancel, step, trial, trials};

/// Records read at once.
const READ: u32 = 1_000;
/// Examples of each kind that are kept.
pub const EXAMPLES: usize = 20;
/// People whose coverage is looked at together.
const PEOPLE: usize = 200;

/// What a model would change.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Report {
    /// Version of the model that was tried.
    pub model: String,
    /// Version of the model in force.
    pub in_force: String,
    /// The day on which coverage was looked at.
    pub as_of: String,
    /// Records.
    pub records: u64,
    /// People as they are.
    pub people_before: u64,
    /// People as they would be.
    pub people_after: u64,
    /// People of several who would be one.
    pub joined: u64,
    /// People who would be several.
    pub parted: u64,
    /// Records whose question would be answered otherwise.
    pub flips: Flips,
    /// Some of the people who would be one.
    pub joined_examples: Vec<Example>,
    /// Some of the people who would be several.
    pub parted_examples: Vec<Example>,
    /// Some of the records whose question would be answered otherwise.
    pub flip_examples: Vec<Flip>,
}

/// How coverage would change, counted in records.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Flips {
    /// Not covered now, covered then.
    pub gained: u64,
    /// Covered now, not covered then.
    pub lost: u64,
    /// Covered by another scheme first.
    pub other_scheme: u64,
}

/// People who would be joined or parted.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Example {
    /// The people, as they are.
    pub people: Vec<PersonId>,
    /// The groups of records, as they would be.
    pub groups: Vec<Vec<RecordId>>,
}

/// A record whose question would be answered otherwise.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Flip {
    /// The record by whose number is asked.
    pub record: RecordId,
    /// The answer now.
    pub before: String,
    /// The answer then.
    pub after: String,
}

/// Why nothing was tried.
#[derive(Debug, thiserror::Error)]
pub enum WhatIfError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The index gave up.
    #[error(transparent)]
    Index(#[from] LinkError),
    /// The text is no sound match model.
    #[error("{} problems in the match model", .0.len())]
    Wrong(Vec<Problem>),
    /// Another trial is running.
    #[error("trial {0} is running")]
    Busy(WhatIfId),
}

/// Checks the text of a match model.
///
/// # Errors
/// Everything that is wrong with it.
pub fn compile(text: &str) -> Result<Arc<Model>, WhatIfError> {
    Library::compile_model("mappings/identity.yaml", text).map_err(WhatIfError::Wrong)
}

/// Tries a model on everything that is stored. `progress` hears of records looked at and of all there are.
///
/// # Errors
/// When the store fails.
pub async fn what_if(
    hub: &Hub,
    model: Arc<Model>,
    as_of: Date,
    progress: impl Fn(u64, u64),
) -> Result<Report, WhatIfError> {
    let (index, people) = fill(hub, Arc::clone(&model), &progress).await?;
    let in_force = hub.library().model().version().to_owned();
    let mut report = Report {
        model: model.version().to_owned(),
        in_force,
        as_of: as_of.to_string(),
        records: people.len() as u64,
        people_after: index.people() as u64,
        ..Report::default()
    };
    // Millions of people take seconds, in which others are answered and the lease is prolonged.
    let compared = tokio::task::spawn_blocking(move || {
        let changes = compare(&index, &people, &mut report);
        (changes, people, report)
    });
    let (changes, people, mut report) = compared.await.map_err(LinkError::Index)?;
    for page in changes.chunks(PEOPLE) {
        coverage::flips(hub, page, &people, as_of, &mut report).await?;
    }
    Ok(report)
}

/// An index with the other model, and everybody's person as they are.
async fn fill(
    hub: &Hub,
    model: Arc<Model>,
    progress: &impl Fn(u64, u64),
) -> Result<(Index, BTreeMap<RecordId, PersonId>), WhatIfError> {
    let total = hub.store().read().await?.totals().await?.records;
    let mut index = Index::new(model);
    let mut people = BTreeMap::new();
    let mut after = None;
    loop {
        let page = hub.store().read().await?.linked_records(after, READ).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        for record in &page {
            if let Some(person) = record.person {
                people.insert(record.id, person);
                index.upsert(record.id, &record.open(hub.store().keys())?);
            }
        }
        progress(people.len() as u64, total);
    }
    let mut session = hub.store().read().await?;
    let seq = session.facts_seq().await?;
    let (held, _) = consistent(session.held_facts().await?, |source| source.firm);
    drop(session);
    index.hold_facts(seq, held.iter().map(|fact| (fact.a, fact.b, fact.same)));
    let settled = tokio::task::spawn_blocking(move || {
        index.settle();
        index
    });
    let index = settled.await.map_err(LinkError::Index)?;
    progress(people.len() as u64, people.len() as u64);
    Ok((index, people))
}

/// A group of records with the people whose they are.
struct Changed {
    /// The records, as they would be one person.
    group: Vec<RecordId>,
    /// Whose they are now.
    people: BTreeSet<PersonId>,
}

/// Who would be joined or parted; every group that would be another person than now.
fn compare(
    index: &Index,
    people: &BTreeMap<RecordId, PersonId>,
    report: &mut Report,
) -> Vec<Changed> {
    let mut sizes: BTreeMap<PersonId, usize> = BTreeMap::new();
    people.values().for_each(|person| *sizes.entry(*person).or_default() += 1);
    report.people_before = sizes.len() as u64;
    let mut parts: BTreeMap<PersonId, Vec<Vec<RecordId>>> = BTreeMap::new();
    let mut changed = Vec::new();
    for cluster in index.clusters() {
        let former: BTreeSet<PersonId> =
            cluster.records.iter().filter_map(|record| people.get(record)).copied().collect();
        let whole: usize = former.iter().map(|person| sizes[person]).sum();
        if former.len() == 1 && whole == cluster.records.len() {
            continue;
        }
        if former.len() > 1 {
            report.joined += former.len() as u64;
            if report.joined_examples.len() < EXAMPLES {
                let people = former.iter().copied().collect();
                report
                    .joined_examples
                    .push(Example { people, groups: vec![cluster.records.clone()] });
            }
        }
        for person in &former {
            parts.entry(*person).or_default().push(cluster.records.clone());
        }
        changed.push(Changed { group: cluster.records, people: former });
    }
    for (person, groups) in parts.into_iter().filter(|(_, groups)| groups.len() > 1) {
        report.parted += 1;
        if report.parted_examples.len() < EXAMPLES {
            report.parted_examples.push(Example { people: vec![person], groups });
        }
    }
    changed
}
