//! Nothing is disclosed before its entry in the audit log is durable, and no signed answer before it could be cancelled.
//! Answers that are given at the same moment are written down in one transaction: the disk is waited for once.

use std::sync::Arc;

use crate::operations::Hub;
use crate::store::StoreError;
use crate::store::answers::AnswerRow;
use crate::store::audit::Entry;

/// What is written of one answer or refusal.
pub(in crate::operations) struct Given {
    /// Who learnt what.
    pub entry: Entry,
    /// The signed answer, when it was signed.
    pub signed: Option<AnswerRow>,
}

/// Writes down what is about to be told, together with whatever else is told now.
pub(super) async fn write_down(hub: &Hub, given: Given) -> Result<(), StoreError> {
    hub.gathers().given.join(Arc::new(given), |batch| write(hub, batch)).await
}

async fn write(hub: &Hub, batch: Vec<Arc<Given>>) -> Result<Vec<()>, StoreError> {
    let mut tx = hub.store().begin().await?;
    tx.add_answers(batch.iter().filter_map(|given| given.signed.as_ref())).await?;
    tx.add_audit(hub.store().keys(), batch.iter().map(|given| &given.entry)).await?;
    tx.commit().await?;
    Ok(vec![(); batch.len()])
}
