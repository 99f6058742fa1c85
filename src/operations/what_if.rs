//! What another match model would change: who would be joined, who would come apart, and whose coverage that decides.
//!
//! Everything that is stored goes through a second index with the other model, beside the one in use; decisions of people
//! hold in it too. Nothing is written but how far it is. One trial runs at a time ([`step`]), and one that died is begun
//! again: it has nothing to lose but time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tracing::info;

use super::Hub;
use super::library::Problem;
use super::link::LinkError;
use crate::eligibility::rules::{self, Found};
use crate::eligibility::{Question, RecordFacts, Subject, Verdict};
use crate::identity::Index;
use crate::identity::facts::consistent;
use crate::matching::Model;
use crate::model::{AuditId, Caller, Instant, PersonId, RecordId, SchemeId, WhatIfId};
use crate::store::StoreError;
use crate::store::audit::Entry;
use crate::store::measurements::StoredTrial;

pub use crate::store::measurements::TrialState;

/// Records read at once.
const READ: u32 = 1_000;
/// Examples of each kind that are kept.
const EXAMPLES: usize = 20;
/// People whose coverage is looked at together.
const PEOPLE: usize = 200;
/// Name of the lease.
const LEASE: &str = "what-if";
/// How long a trial may be silent before another process begins it again, in milliseconds: grouping millions of records
/// takes minutes.
const LEASE_MILLIS: i64 = 900_000;

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

/// A trial and how far it is.
#[derive(Clone, Debug)]
pub struct Trial {
    /// Its id.
    pub id: WhatIfId,
    /// Where it stands.
    pub state: TrialState,
    /// Records to look at.
    pub total: u64,
    /// Records looked at.
    pub done: u64,
    /// What it came to, once it is done.
    pub report: Option<Report>,
    /// When it began.
    pub started_at: Instant,
    /// Who is answerable.
    pub started_by: String,
    /// When it ended.
    pub finished_at: Option<Instant>,
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
    let path = "mappings/identity.yaml".to_owned();
    let wrong = |error| Problem::Model { path: path.clone(), error };
    let model = Model::parse(text)
        .map_err(|errors| WhatIfError::Wrong(errors.into_iter().map(wrong).collect()))?;
    Ok(Arc::new(model))
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
    let changes = compare(&index, &people, &mut report);
    drop(index);
    for page in changes.chunks(PEOPLE) {
        flips(hub, page, &people, as_of, &mut report).await?;
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

/// Counts the records of some groups whose question would be answered otherwise.
async fn flips(
    hub: &Hub,
    page: &[Changed],
    people: &BTreeMap<RecordId, PersonId>,
    as_of: Date,
    report: &mut Report,
) -> Result<(), WhatIfError> {
    let former: BTreeSet<PersonId> = page.iter().flat_map(|one| &one.people).copied().collect();
    let former: Vec<PersonId> = former.into_iter().collect();
    let mut session = hub.store().read().await?;
    let theirs = session.records_of_people(&former).await?;
    let records: Vec<RecordId> = theirs.keys().copied().collect();
    let said = session.statements_of(hub.store().keys(), &records).await?;
    drop(session);
    let said: BTreeMap<RecordId, RecordFacts> =
        said.into_iter().map(|facts| (facts.record, facts)).collect();
    let library = hub.library();
    let now = hub.now();
    let question = Question {
        asked_by: String::new(),
        purpose: String::new(),
        as_of,
        known_at: None,
        country_of_care: None,
        scheme: None,
        subject: Subject::Identifiers(Vec::new()),
    };
    let answer = |records: &mut dyn Iterator<Item = RecordId>| -> (Verdict, Option<SchemeId>) {
        let facts: Vec<RecordFacts> =
            records.filter_map(|record| said.get(&record).cloned()).collect();
        let found = Found::Person(None, facts);
        let answer = rules::decide(&question, &found, library.registry(), now);
        (answer.verdict, answer.scheme)
    };
    for changed in page {
        let after = answer(&mut changed.group.iter().copied());
        let mut before: BTreeMap<PersonId, (Verdict, Option<SchemeId>)> = BTreeMap::new();
        for record in &changed.group {
            let Some(person) = people.get(record) else { continue };
            let was = before.entry(*person).or_insert_with(|| {
                let own = theirs.iter().filter(|(_, who)| *who == person);
                answer(&mut own.map(|(record, _)| *record))
            });
            let (covered, covers) = (was.0 == Verdict::Eligible, after.0 == Verdict::Eligible);
            let count = match (covered, covers) {
                (false, true) => &mut report.flips.gained,
                (true, false) => &mut report.flips.lost,
                (true, true) if was.1 != after.1 => &mut report.flips.other_scheme,
                _ => continue,
            };
            *count += 1;
            if report.flip_examples.len() < EXAMPLES {
                let (before, after) = (said_as(was), said_as(&after));
                report.flip_examples.push(Flip { record: *record, before, after });
            }
        }
    }
    Ok(())
}

/// `eligible ml-canam`, `not_eligible`.
fn said_as((verdict, scheme): &(Verdict, Option<SchemeId>)) -> String {
    match scheme.as_ref().filter(|_| *verdict == Verdict::Eligible) {
        Some(scheme) => format!("{} {scheme}", verdict.name()),
        None => verdict.name().to_owned(),
    }
}

/// Begins a trial; a hub that serves runs it.
///
/// # Errors
/// When the text is no sound match model, or another trial is running.
pub async fn begin(
    hub: &Hub,
    caller: &Caller,
    text: String,
    as_of: Date,
) -> Result<Trial, WhatIfError> {
    let model = compile(&text)?;
    let now = hub.now();
    let mut tx = hub.store().begin().await?;
    if let Some(running) = tx.running_trial().await? {
        return Err(WhatIfError::Busy(running.id));
    }
    let total = tx.totals().await?.records;
    let stored = StoredTrial {
        id: WhatIfId::new(now, hub.random()),
        text,
        as_of: as_of.to_string(),
        state: TrialState::Running,
        total,
        done: 0,
        report: None,
        started_at: now,
        started_by: caller.holder.to_string(),
        finished_at: None,
    };
    tx.begin_trial(&stored).await?;
    let entry = Entry {
        id: AuditId::new(now, hub.random()),
        at: now,
        action: "what_if".to_owned(),
        actor: caller.holder.id().to_owned(),
        scheme: None,
        subject: Some(stored.id.to_string()),
        purpose: None,
        agreement: None,
        outcome: "begun".to_owned(),
        detail: json!({ "model": model.version(), "as_of": as_of }).to_string(),
        personal: None,
    };
    tx.add_audit(hub.store().keys(), &[entry]).await?;
    tx.commit().await?;
    Ok(shown(stored))
}

/// One trial.
///
/// # Errors
/// When the store fails.
pub async fn trial(hub: &Hub, id: WhatIfId) -> Result<Option<Trial>, StoreError> {
    Ok(hub.store().read().await?.trial(id).await?.map(shown))
}

/// Stops a trial; `false` when it had ended.
///
/// # Errors
/// When the store fails.
pub async fn cancel(hub: &Hub, id: WhatIfId) -> Result<bool, StoreError> {
    let mut tx = hub.store().begin().await?;
    let stopped = tx.finish_trial(id, TrialState::Cancelled, None, hub.now()).await?;
    tx.commit().await?;
    Ok(stopped)
}

fn shown(stored: StoredTrial) -> Trial {
    Trial {
        id: stored.id,
        state: stored.state,
        total: stored.total,
        done: stored.done,
        report: stored.report.and_then(|text| serde_json::from_str(&text).ok()),
        started_at: stored.started_at,
        started_by: stored.started_by,
        finished_at: stored.finished_at,
    }
}

/// Runs a trial that was begun here or elsewhere, from its beginning.
///
/// # Errors
/// When the store fails; then it is begun again.
pub async fn step(hub: &Hub) -> Result<(), WhatIfError> {
    let Some(running) = hub.store().read().await?.running_trial().await? else { return Ok(()) };
    let holder = hex::encode(hub.random::<8>());
    let now = hub.now();
    let mut tx = hub.store().begin().await?;
    let lease = tx.take_lease(LEASE, &holder, now, now.plus_millis(LEASE_MILLIS)).await?;
    tx.commit().await?;
    let Some(lease) = lease else { return Ok(()) };
    let ran = run(hub, &running).await;
    let mut tx = hub.store().begin().await?;
    tx.keep_lease(&lease, hub.now()).await?;
    tx.commit().await?;
    ran
}

async fn run(hub: &Hub, running: &StoredTrial) -> Result<(), WhatIfError> {
    // It compiled when it was begun; what a newer program no longer reads comes to nothing.
    let (Ok(model), Ok(as_of)) = (compile(&running.text), running.as_of.parse()) else {
        cancel(hub, running.id).await?;
        return Ok(());
    };
    let (told, mut heard) = tokio::sync::watch::channel((0, running.total));
    let tried = what_if(hub, model, as_of, move |done, total| {
        told.send_replace((done, total));
    });
    tokio::pin!(tried);
    let report = loop {
        tokio::select! {
            report = &mut tried => break report?,
            Ok(()) = heard.changed() => {
                let (done, total) = *heard.borrow_and_update();
                let mut tx = hub.store().begin().await?;
                let goes_on = tx.trial_progress(running.id, done, total).await?;
                tx.commit().await?;
                if !goes_on {
                    return Ok(());
                }
            }
        }
    };
    let text = serde_json::to_string(&report).expect("counts and ids are plain JSON");
    let mut tx = hub.store().begin().await?;
    tx.trial_progress(running.id, report.records, report.records).await?;
    tx.finish_trial(running.id, TrialState::Done, Some(&text), hub.now()).await?;
    tx.commit().await?;
    info!(what_if.id = %running.id, records = report.records, "tried a match model");
    Ok(())
}
