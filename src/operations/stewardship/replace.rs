//! A scheme says of one of its records that another one takes its place: a duplicate that it resolved.

use super::{Decision, DecisionKind, Draft, Steward, StewardError, write};
use crate::model::RecordId;
use crate::operations::Hub;

/// Binds two records of the caller's scheme, and lets the first one's number answer no more. Nothing that is known of it
/// is lost: its coverages go on counting for the person until the scheme ends them.
///
/// # Errors
/// When it contradicts what people decided before.
pub(in crate::operations) async fn replace(
    hub: &Hub,
    steward: Steward<'_>,
    record: RecordId,
    survivor: RecordId,
) -> Result<Decision, StewardError> {
    let mut tx = hub.store().begin().await?;
    tx.change_facts().await?;
    let subject = tx.subject(survivor).await?.and_then(|subject| subject.person);
    let pairs = vec![(record, survivor, true)];
    let kind = DecisionKind::Merge;
    let draft = Draft { kind, review: None, undoes: None, pairs, subject, steward };
    let decision = write(hub, &mut tx, draft).await?;
    tx.replace_record(decision.id, record, survivor).await?;
    tx.commit().await?;
    Ok(decision)
}
