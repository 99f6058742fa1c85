//! What records came to say since the log last spoke of them: for everybody who follows it.
//!
//! A record may say several things between two looks at the log, each over the one before; who only compared the last two
//! would miss a death that was followed by a move. Whether somebody was told before is for the follower to know: what is
//! doubtful comes again.

use std::collections::BTreeMap;

use super::Hub;
use crate::eligibility::RecordFacts;
use crate::model::{Instant, PersonId, RecordId};
use crate::store::feed::LogEntry;
use crate::store::{Session, StoreError};

/// How much later than its moment a statement may become visible, in milliseconds: a page of a release is written within
/// seconds.
const IN_WRITING: i64 = 60_000;

/// A record of which the log spoke.
pub(super) struct Changed {
    /// Its person now.
    pub person: PersonId,
    /// The last entry of the page that speaks of it.
    pub seq: u64,
    /// What it came to say, one after the other. Never empty.
    pub steps: Vec<Step>,
}

/// One statement and the one that it took the place of.
pub(super) struct Step {
    pub before: Option<RecordFacts>,
    pub after: RecordFacts,
}

/// What changed in the records of a page of the log that begins after `from`, in the order of their ids.
///
/// # Errors
/// When the store fails or a statement does not open.
pub(super) async fn of_page(
    hub: &Hub,
    session: &mut Session,
    entries: &[LogEntry],
    from: u64,
) -> Result<Vec<Changed>, StoreError> {
    let touched: BTreeMap<RecordId, u64> =
        entries.iter().filter_map(|entry| Some((entry.record?, entry.seq))).collect();
    let mut changed = Vec::with_capacity(touched.len());
    for (record, seq) in touched {
        let Some(person) = session.subject(record).await?.and_then(|subject| subject.person) else {
            continue;
        };
        let steps = steps(hub, session, record, from).await?;
        if !steps.is_empty() {
            changed.push(Changed { person, seq, steps });
        }
    }
    Ok(changed)
}

/// What a record came to say since the entry before `from` that spoke of it; at least what it says now.
async fn steps(
    hub: &Hub,
    session: &mut Session,
    record: RecordId,
    from: u64,
) -> Result<Vec<Step>, StoreError> {
    let told = session.last_logged(record, from).await?;
    let told = told.map_or(Instant::from_millis(0), |at| at.plus_millis(-IN_WRITING));
    let statements = session.statements_since(hub.store().keys(), record, told).await?;
    let mut steps = Vec::with_capacity(statements.len());
    let mut before: Option<RecordFacts> = None;
    for after in statements {
        if after.recorded_at > told {
            steps.push(Step { before, after: after.clone() });
        }
        before = Some(after);
    }
    Ok(steps)
}
