//! A held batch waits for a person: released as it is, or discarded.

use crate::model::BatchId;
use crate::operations::hub::Hub;
use crate::store::batches::{Batch, BatchState};

use super::{IntakeError, Receipt, release, settle};

/// Releases a held batch.
///
/// # Errors
/// When it does not wait, or the store fails.
pub async fn release_held(hub: &Hub, id: BatchId, actor: &str) -> Result<Receipt, IntakeError> {
    let batch = leave(hub, id, BatchState::Releasing, "release", actor).await?;
    Ok(Receipt::of(&release::release(hub, batch).await?))
}

/// Discards a held batch: nothing of it ever counts. Its refused records stay, so that its sender can mend them.
///
/// # Errors
/// When it does not wait, or the store fails.
pub async fn discard(hub: &Hub, id: BatchId, actor: &str) -> Result<Receipt, IntakeError> {
    Ok(Receipt::of(&leave(hub, id, BatchState::Discarded, "discard", actor).await?))
}

async fn leave(
    hub: &Hub,
    id: BatchId,
    to: BatchState,
    action: &str,
    actor: &str,
) -> Result<Batch, IntakeError> {
    let mut tx = hub.store().begin().await?;
    if !tx.move_batch(id, BatchState::Held, to, hub.now()).await? {
        return Err(IntakeError::NotHeld { batch: id });
    }
    if to == BatchState::Discarded {
        tx.forget_staged(id).await?;
    }
    let batch = tx.batch(id).await?.ok_or(IntakeError::NotHeld { batch: id })?;
    tx.add_audit(hub.store().keys(), &[settle::entry(hub, &batch, action, actor)]).await?;
    tx.commit().await?;
    Ok(batch)
}
