//! The linker: from records that changed to people who are known.
//!
//! One at a time, by a lease whose epoch every write checks. What the inbox holds goes through the identity index, and
//! links, edges, reviews, redirects, log and audit are written in one transaction; then the entries leave the inbox. The
//! index is a cache: when a write fails it is thrown away and filled again from the store, which [`follow`] also does
//! for processes that only ask.

mod asked;
mod decide;
mod history;
mod renew;
mod write;

use std::collections::BTreeSet;

use tracing::info;

use super::{Hub, lease};
use crate::identity::facts::{Fact, consistent};
use crate::identity::{Index, Settled};
use crate::model::{BeneficiaryRecord, PersonId, RecordId};
use crate::store::facts::{PendingFact, Source};
use crate::store::inbox::{InboxChange, InboxEntry};
use crate::store::leases::Lease;
use crate::store::{Session, StoreError};

/// Name of the lease.
const LEASE: &str = "linker";
/// Changes that are linked together. A large page scores a new population once instead of many times.
const PAGE: u32 = 50_000;
/// Records that are read and opened in one go.
const READ: usize = 1_000;

/// What linking changed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LinkReport {
    /// Changes that were taken from the inbox.
    pub records: u64,
    /// People who were not known before.
    pub people_new: u64,
    /// People who gained records.
    pub joined: u64,
    /// Merges: people who turned out to be one.
    pub merged: u64,
    /// Splits: people who turned out to be several.
    pub split: u64,
    /// Pairs that were put before a steward.
    pub reviews: u64,
    /// Everybody whose records changed, in order of id.
    pub touched: Vec<PersonId>,
    /// Whether another linker is at work: then nothing was done here.
    pub busy: bool,
}

/// Why linking stopped.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another linker took the lease in the middle of the work; what was not committed is theirs.
    #[error("another linker took over")]
    TakenOver,
    /// The index gave up in the middle of its work.
    #[error("the identity index stopped working")]
    Index(#[source] tokio::task::JoinError),
}

/// Links everything that waits.
///
/// # Errors
/// When the store fails or another linker takes over; what was committed stands, the rest waits in the inbox.
pub async fn link_pending(hub: &Hub) -> Result<LinkReport, LinkError> {
    let mut report = LinkReport::default();
    let mut session = hub.store().read().await?;
    let idle = session.inbox(1).await?.is_empty() && session.pending_facts(1).await?.is_empty();
    drop(session);
    if idle && !renew::is_due(hub).await? {
        return Ok(report);
    }
    let Some(lease) = lease::take(hub, LEASE).await? else {
        return Ok(LinkReport { busy: true, ..report });
    };
    lease::holding(hub, &lease, link_all(hub, &lease, &mut report)).await??;
    report.touched.sort_unstable();
    report.touched.dedup();
    Ok(report)
}

async fn link_all(hub: &Hub, lease: &Lease, report: &mut LinkReport) -> Result<(), LinkError> {
    if renew::is_due(hub).await? {
        let renewed = renew::renew(hub, lease, report).await;
        if renewed.is_err() {
            // What is written was decided by the former model: an index at the beginning asks again.
            forget(hub);
        }
        renewed?;
    }
    loop {
        follow(hub).await?;
        let mut session = hub.store().read().await?;
        let entries = session.inbox(PAGE).await?;
        let facts = session.pending_facts(PAGE).await?;
        drop(session);
        if entries.is_empty() && facts.is_empty() {
            return Ok(());
        }
        let linked = link_page(hub, lease, (&entries, &facts), report).await;
        if linked.is_err() {
            // The index is ahead of what was written: the next look at it begins from the store.
            forget(hub);
        }
        linked?;
    }
}

async fn link_page(
    hub: &Hub,
    lease: &Lease,
    (entries, facts): (&[InboxEntry], &[PendingFact]),
    report: &mut LinkReport,
) -> Result<(), LinkError> {
    // The last change of a record counts: the effective record is what it is now.
    let gone: BTreeSet<RecordId> = entries
        .iter()
        .filter(|entry| entry.change == InboxChange::Remove)
        .map(|entry| entry.record_id)
        .collect();
    let changed: BTreeSet<RecordId> =
        entries.iter().map(|entry| entry.record_id).filter(|id| !gone.contains(id)).collect();
    let changed: Vec<RecordId> = changed.into_iter().collect();
    let mut session = hub.store().read().await?;
    let records = read_records(hub, &mut session, &changed).await?;
    let aside = hold_facts(hub, &mut session, Facts::All).await?;
    drop(session);
    let removed = gone.clone();
    let settled = on_index(hub, move |index| {
        records.iter().for_each(|(id, record)| index.upsert(*id, record));
        removed.iter().for_each(|id| index.remove(*id));
        index.settle()
    })
    .await?;
    let concerned = facts.iter().flat_map(|fact| [fact.a, fact.b]);
    let changed: BTreeSet<RecordId> = changed.into_iter().chain(concerned).collect();
    let decided = decide::decide(hub, &changed, &gone, &settled).await?;
    let asked = asked::asked(hub, decided.edges, &decided.touched, &aside).await?;
    let decided = Decided { edges: Vec::new(), ..decided };
    let work = write::Work { entries, facts, gone: &gone, decided, asked };
    let position = write::write(hub, lease, work, report).await?;
    hub.index_mut().advance(position);
    report.records += entries.len() as u64;
    Ok(())
}

/// Brings the index up to the end of the log: from the whole store when it is empty, else from what the log says.
///
/// # Errors
/// When the store fails or a record does not open.
pub async fn follow(hub: &Hub) -> Result<(), LinkError> {
    if renew::is_outdated(hub) {
        forget(hub);
    }
    let mut session = hub.store().read().await?;
    let end = session.log_end().await?;
    let position = hub.index().position();
    if position == end {
        return Ok(());
    }
    let changed = if position == 0 {
        fill(hub, session, end).await?;
        return Ok(());
    } else {
        changed_since(&mut session, position, end).await?
    };
    let records = read_records(hub, &mut session, &changed).await?;
    let known: BTreeSet<RecordId> =
        session.people_of_records(&changed).await?.into_keys().collect();
    hold_facts(hub, &mut session, Facts::Settled).await?;
    on_index(hub, move |index| {
        records.iter().for_each(|(id, record)| index.upsert(*id, record));
        changed.iter().filter(|id| !known.contains(id)).for_each(|id| index.remove(*id));
        index.settle();
        index.advance(end);
    })
    .await
}

/// Fills an empty index with every record that is linked.
async fn fill(hub: &Hub, mut session: Session, end: u64) -> Result<Settled, LinkError> {
    let mut after = None;
    loop {
        let page = session.linked_records(after, u32::try_from(READ).unwrap_or(u32::MAX)).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        let hub = hub.clone();
        let work = move || -> Result<(), StoreError> {
            for record in page.iter().filter(|record| record.person.is_some()) {
                let opened = record.open(hub.store().keys())?;
                hub.index_mut().upsert(record.id, &opened);
            }
            Ok(())
        };
        tokio::task::spawn_blocking(work).await.map_err(LinkError::Index)??;
    }
    hold_facts(hub, &mut session, Facts::Settled).await?;
    drop(session);
    let (settled, records) = on_index(hub, move |index| {
        let settled = index.settle();
        index.advance(end);
        (settled, index.len())
    })
    .await?;
    info!(records, "filled the identity index with {records} records");
    Ok(settled)
}

async fn changed_since(
    session: &mut Session,
    mut position: u64,
    end: u64,
) -> Result<Vec<RecordId>, StoreError> {
    let mut changed = BTreeSet::new();
    while position < end {
        let page = session.log_after(position, PAGE).await?;
        let Some(last) = page.last() else { break };
        position = last.seq;
        changed.extend(page.iter().filter_map(|entry| entry.record));
    }
    Ok(changed.into_iter().collect())
}

async fn read_records(
    hub: &Hub,
    session: &mut Session,
    ids: &[RecordId],
) -> Result<Vec<(RecordId, BeneficiaryRecord)>, StoreError> {
    let mut records = Vec::with_capacity(ids.len());
    for page in ids.chunks(READ) {
        for stored in session.records(page).await? {
            records.push((stored.id, stored.open(hub.store().keys())?));
        }
    }
    Ok(records)
}

/// Which facts an index is to hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Facts {
    /// All that hold: the linker acts on them.
    All,
    /// Those on which the linker has acted: a follower is where the log is.
    Settled,
}

/// Lets the index hold what people and events said of records; answers what was set aside because a person's decision
/// stands against it.
async fn hold_facts(
    hub: &Hub,
    session: &mut Session,
    which: Facts,
) -> Result<Vec<Fact<Source>>, StoreError> {
    let seq = session.facts_seq().await?;
    let pending = which == Facts::All && !session.pending_facts(1).await?.is_empty();
    if seq == hub.index().facts_seq() && !pending {
        return Ok(Vec::new());
    }
    let facts = match which {
        Facts::All => session.held_facts().await?,
        Facts::Settled => session.settled_facts().await?,
    };
    let (held, aside) = consistent(facts, |source| source.firm);
    hub.index_mut().hold_facts(seq, held.iter().map(|fact| (fact.a, fact.b, fact.same)));
    Ok(aside)
}

/// Runs something long on the index, away from the threads that answer.
async fn on_index<T: Send + 'static>(
    hub: &Hub,
    work: impl FnOnce(&mut Index) -> T + Send + 'static,
) -> Result<T, LinkError> {
    let hub = hub.clone();
    let done = tokio::task::spawn_blocking(move || work(&mut hub.index_mut())).await;
    done.map_err(LinkError::Index)
}

fn forget(hub: &Hub) {
    let model = std::sync::Arc::clone(hub.library().model());
    *hub.index_mut() = Index::new(model);
}

/// How many changed records no linker has taken up yet.
///
/// # Errors
/// When the store fails.
pub async fn waiting(hub: &Hub) -> Result<u64, StoreError> {
    hub.store().read().await?.inbox_length().await
}

/// What [`decide`] and [`write`](mod@write) share.
struct Decided {
    assignments: Vec<crate::identity::Assignment>,
    previous: std::collections::BTreeMap<RecordId, PersonId>,
    edges: Vec<decide::ScoredEdge>,
    touched: Vec<RecordId>,
    model: String,
}
