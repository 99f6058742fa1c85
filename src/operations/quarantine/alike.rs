//! Refused records of a batch that share a defect, put right together: one fault of an export refuses thousands of them,
//! and a person writes the right value once for each wrong one.

use std::collections::BTreeMap;

use super::{CorrectError, CorrectOutcome, Correction, correct};
use crate::model::{BatchId, Issue, QuarantineId};
use crate::operations::batches::Waiting;
use crate::operations::kept::{KeptRefusal, shared};
use crate::operations::{Hub, batches};
use crate::store::StoreError;
use crate::store::quarantine::{QuarantineState, SharedDefect};

/// Records looked at, and corrected, in one go: a person waits for it.
pub const MOST: u32 = 200;

/// A defect that records of a batch share.
pub struct Alike {
    /// What is wrong, as the first of them says it. Personal.
    pub issue: Issue,
    /// How many records of the batch have it.
    pub records: u64,
    /// The wrong values, the most frequent first, each with the records that wait: of the first [`MOST`]. Personal.
    pub values: Vec<(String, Vec<QuarantineId>)>,
    /// The first records that wait. Personal.
    pub first: Vec<Waiting>,
}

/// What came of a correction of many.
#[derive(Default)]
pub struct Corrected {
    /// Records that are kept now.
    pub accepted: u64,
    /// Records that wait on, with everything that is wrong with them now. Personal.
    pub still: Vec<(QuarantineId, Vec<Issue>)>,
    /// Records that somebody else put right, or that their scheme sent again.
    pub gone: u64,
}

/// Records shown of a group.
const SHOWN: usize = 10;

/// The text that names a defect of a batch.
#[must_use]
pub fn name(issue: &Issue) -> String {
    hex::encode(shared(issue).0)
}

fn defect(name: &str) -> Option<SharedDefect> {
    hex::decode(name).ok()?.try_into().ok().map(SharedDefect)
}

/// The records of a batch that share a defect; none when none waits.
///
/// # Errors
/// When the store fails or a record does not open.
pub async fn alike(hub: &Hub, batch: BatchId, named: &str) -> Result<Option<Alike>, StoreError> {
    let Some(defect) = defect(named) else { return Ok(None) };
    let waiting = waiting(hub, batch, defect).await?;
    let mut session = hub.store().read().await?;
    let counted = session.defects_shared_by(&[batch], &[defect]).await?;
    drop(session);
    let records = counted.first().map_or(0, |(_, _, count)| *count);
    let mut values: BTreeMap<String, Vec<QuarantineId>> = BTreeMap::new();
    let mut first: Option<Issue> = None;
    for one in &waiting {
        let Some(issue) = with(&one.kept, defect) else { continue };
        values.entry(issue.value.clone().unwrap_or_default()).or_default().push(one.id);
        first.get_or_insert_with(|| issue.clone());
    }
    let Some(issue) = first else { return Ok(None) };
    let mut values: Vec<_> = values.into_iter().collect();
    values.sort_by_key(|(_, records)| std::cmp::Reverse(records.len()));
    let first = waiting.into_iter().take(SHOWN).collect();
    Ok(Some(Alike { issue, records, values, first }))
}

/// Puts right what waits with a defect: each wrong value that `changes` names is read as the right one.
///
/// # Errors
/// When the store fails. What was corrected until then stays corrected.
pub async fn correct_alike(
    hub: &Hub,
    actor: &str,
    (batch, named): (BatchId, &str),
    changes: &BTreeMap<String, String>,
) -> Result<Corrected, CorrectError> {
    let mut done = Corrected::default();
    let Some(defect) = defect(named) else { return Ok(done) };
    for one in waiting(hub, batch, defect).await? {
        let Some(issue) = with(&one.kept, defect) else { continue };
        let Some(field) = &issue.field else { continue };
        let value = issue.value.as_deref().unwrap_or_default();
        let Some(good) = changes.get(value) else { continue };
        let fields = Correction::Fields(vec![(field.clone(), good.clone())]);
        match correct(hub, actor, one.id, fields).await {
            Ok(CorrectOutcome::Accepted { .. }) => done.accepted += 1,
            Ok(CorrectOutcome::StillRefused { issues }) => done.still.push((one.id, issues)),
            Err(CorrectError::Unknown(_) | CorrectError::NotOpen(_)) => done.gone += 1,
            Err(failed) => return Err(failed),
        }
    }
    Ok(done)
}

/// The first records with a defect that still wait.
async fn waiting(
    hub: &Hub,
    batch: BatchId,
    defect: SharedDefect,
) -> Result<Vec<Waiting>, StoreError> {
    let found = hub.store().read().await?.quarantined_with(batch, defect, MOST).await?;
    let open = found.into_iter().filter(|row| row.state == QuarantineState::Open);
    open.map(|row| batches::open(hub, row)).collect()
}

fn with(kept: &KeptRefusal, defect: SharedDefect) -> Option<&Issue> {
    kept.issues.iter().find(|issue| shared(issue) == defect)
}
