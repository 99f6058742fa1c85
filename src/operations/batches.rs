//! What became of a sending: its receipt again, its refused records with their reasons.

use std::collections::HashMap;
use std::time::Duration;

pub use crate::store::batches::Mode;
pub use crate::store::quarantine::{Filter, QuarantineState};

use super::Hub;
use super::intake::Receipt;
use super::kept::{KeptRefusal, shared};
use crate::model::{AuditId, BatchId, Instant, Issue, QuarantineId, SchemeId};
use crate::store::audit::Entry;
use crate::store::quarantine::{Quarantined, SharedDefect};
use crate::store::{Session, StoreError};

/// How many refused records a problem tells: enough to see what is wrong with a whole file.
const FIRST: u32 = 20;
/// How often the inbox is looked into while somebody waits for the linker.
const LOOK: Duration = Duration::from_millis(50);

/// A refused record that waits.
pub struct Waiting {
    /// Its id.
    pub id: QuarantineId,
    /// The batch that brought it.
    pub batch: BatchId,
    /// Who sent it.
    pub scheme: SchemeId,
    /// `open`, `corrected`, `dismissed` or `superseded`.
    pub state: &'static str,
    /// When it arrived.
    pub received_at: Instant,
    /// The record as sent, and everything that is wrong with it. Personal.
    pub kept: KeptRefusal,
}

/// Receipts, the newest first, before a batch.
///
/// # Errors
/// When the store fails.
pub async fn batches(
    hub: &Hub,
    scheme: Option<&SchemeId>,
    before: Option<BatchId>,
    limit: u32,
) -> Result<Vec<Receipt>, StoreError> {
    let batches = hub.store().read().await?.batches(scheme, before, limit).await?;
    Ok(batches.iter().map(Receipt::of).collect())
}

/// Batches that wait for a word, the newest first, at most a hundred.
///
/// # Errors
/// When the store fails.
pub async fn held(hub: &Hub, scheme: Option<&SchemeId>) -> Result<Vec<Receipt>, StoreError> {
    let batches = hub.store().read().await?.held_batches(scheme, 100).await?;
    Ok(batches.iter().map(Receipt::of).collect())
}

/// The receipt of one batch.
///
/// # Errors
/// When the store fails.
pub async fn batch(hub: &Hub, id: BatchId) -> Result<Option<Receipt>, StoreError> {
    Ok(hub.store().read().await?.batch(id).await?.as_ref().map(Receipt::of))
}

/// What is wrong with the first refused records of a batch.
///
/// # Errors
/// When the store fails.
pub async fn first(hub: &Hub, batch: BatchId) -> Result<Vec<Issue>, StoreError> {
    let filter = Filter { batch: Some(batch), ..Filter::default() };
    let waiting = page(hub, &filter, None, FIRST).await?;
    Ok(waiting.into_iter().flat_map(|waiting| waiting.kept.issues).collect())
}

/// A page of refused records in order of arrival, after one.
///
/// # Errors
/// When the store fails or a record does not open.
pub async fn page(
    hub: &Hub,
    filter: &Filter<'_>,
    after: Option<QuarantineId>,
    limit: u32,
) -> Result<Vec<Waiting>, StoreError> {
    let mut session: Session = hub.store().read().await?;
    let found = session.quarantine_page(filter, after, limit).await?;
    found.into_iter().map(|row| open(hub, row)).collect()
}

/// The refused records of a batch that share a defect.
pub struct SharedGroup {
    /// How many records have it.
    pub records: u64,
    /// The issues of the first of them. Personal.
    pub first: Vec<Issue>,
}

/// Groups told of one batch, and counts kept while its refusals are listed: a hostile file could make millions.
const GROUPS: u32 = 200;
const COUNTS: u32 = 10_000;
/// Records shown of each group.
const SHOWN: u32 = 3;

/// What is wrong in a batch, by defect, the most frequent first, each with its first records.
///
/// # Errors
/// When the store fails or a record does not open.
pub async fn shared_groups(hub: &Hub, batch: BatchId) -> Result<Vec<SharedGroup>, StoreError> {
    let mut session = hub.store().read().await?;
    let mut groups = Vec::new();
    for (defect, records) in session.shared_defects(batch, GROUPS).await? {
        let mut first = Vec::new();
        for row in session.quarantined_with(batch, defect, SHOWN).await? {
            let kept = KeptRefusal::open(&row, hub.store().keys())?;
            first.extend(kept.issues.into_iter().find(|issue| shared(issue) == defect));
        }
        groups.push(SharedGroup { records, first });
    }
    Ok(groups)
}

/// How many records of each file share a defect.
#[derive(Default)]
pub struct Sharing(HashMap<(BatchId, SharedDefect), u64>);

impl Sharing {
    /// Of everything that is wrong in one batch.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn of_batch(hub: &Hub, batch: BatchId) -> Result<Self, StoreError> {
        let counts = hub.store().read().await?.shared_defects(batch, COUNTS).await?;
        Ok(Self(counts.into_iter().map(|(defect, count)| ((batch, defect), count)).collect()))
    }

    /// Of what is wrong with these records.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn of_page(hub: &Hub, page: &[Waiting]) -> Result<Self, StoreError> {
        let mut batches: Vec<BatchId> = page.iter().map(|waiting| waiting.batch).collect();
        let issues = page.iter().flat_map(|waiting| &waiting.kept.issues);
        let mut defects: Vec<SharedDefect> = issues.map(shared).collect();
        batches.sort_unstable();
        batches.dedup();
        defects.sort_unstable();
        defects.dedup();
        let counts = hub.store().read().await?.defects_shared_by(&batches, &defects).await?;
        let counts = counts.into_iter().map(|(batch, defect, count)| ((batch, defect), count));
        Ok(Self(counts.collect()))
    }

    /// How many other records of the file share a defect; none for records that an older program refused.
    #[must_use]
    pub fn others(&self, batch: BatchId, issue: &Issue) -> Option<u64> {
        let count = self.0.get(&(batch, shared(issue)))?;
        Some(count.saturating_sub(1))
    }
}

/// One refused record.
///
/// # Errors
/// When the store fails or the record does not open.
pub async fn one(hub: &Hub, id: QuarantineId) -> Result<Option<Waiting>, StoreError> {
    let found = hub.store().read().await?.quarantined(id).await?;
    found.map(|row| open(hub, row)).transpose()
}

pub(super) fn open(hub: &Hub, row: Quarantined) -> Result<Waiting, StoreError> {
    let kept = KeptRefusal::open(&row, hub.store().keys())?;
    Ok(Waiting {
        id: row.id,
        batch: row.batch_id,
        scheme: row.scheme,
        state: row.state.name(),
        received_at: row.received_at,
        kept,
    })
}

/// Waits until the linker has seen every record of a batch; `false` when it has not by then.
///
/// # Errors
/// When the store fails.
pub async fn until_linked(
    hub: &Hub,
    batch: BatchId,
    longest: Duration,
) -> Result<bool, StoreError> {
    let wait = async {
        while hub.store().read().await?.inbox_of_batch(batch).await? > 0 {
            tokio::time::sleep(LOOK).await;
        }
        Ok(true)
    };
    tokio::time::timeout(longest, wait).await.unwrap_or(Ok(false))
}

/// Takes a refused record from the list of those that wait, without correcting it; `false` when it
/// does not wait. `actor` is answerable for it.
///
/// # Errors
/// When the store fails.
pub async fn dismiss(hub: &Hub, waiting: &Waiting, actor: &str) -> Result<bool, StoreError> {
    let now = hub.now();
    let mut tx = hub.store().begin().await?;
    if !tx.close_quarantined(waiting.id, QuarantineState::Dismissed, now).await? {
        return Ok(false);
    }
    let entry = Entry {
        id: AuditId::new(now, hub.random()),
        at: now,
        action: "dismiss".to_owned(),
        actor: actor.to_owned(),
        scheme: Some(waiting.scheme.clone()),
        subject: Some(waiting.id.to_string()),
        purpose: None,
        agreement: None,
        outcome: QuarantineState::Dismissed.name().to_owned(),
        detail: "{}".to_owned(),
        personal: None,
    };
    tx.add_audit(hub.store().keys(), &[entry]).await?;
    tx.commit().await?;
    Ok(true)
}
