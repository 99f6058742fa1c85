//! What was done with a version is written down twice, under one id: in its history and in the audit log.

use serde_json::json;

use crate::model::{AuditId, Caller};
use crate::operations::Hub;
use crate::operations::library::FileId;
use crate::store::audit::Entry;
use crate::store::versions::{Stage, StepRow, Version};
use crate::store::{StoreError, Tx};

/// Writes a step down, in the transaction of what it tells of. `detail` holds no personal value.
pub(super) async fn note(
    hub: &Hub,
    tx: &mut Tx,
    by: &Caller,
    (file, hash): (&FileId, &str),
    step: &str,
    detail: serde_json::Value,
) -> Result<(), StoreError> {
    let now = hub.now();
    let mut random: [u8; 10] = hub.random();
    random[0] = rank(step);
    let row = StepRow {
        id: AuditId::new(now, random),
        hash: hash.to_owned(),
        step: step.to_owned(),
        at: now,
        actor: by.holder.to_string(),
        key: by.key,
        detail: detail.to_string(),
    };
    tx.add_step(file.key(), &row).await?;
    let entry = Entry {
        id: row.id,
        at: now,
        action: format!("version.{step}"),
        actor: by.actor(),
        scheme: file.name.split('/').next().and_then(|name| name.parse().ok()),
        subject: Some(format!("{}/{}", file.kind.name(), file.name)),
        purpose: None,
        agreement: None,
        outcome: step.to_owned(),
        detail: json!({ "hash": hash, "key": row.key, "more": detail }).to_string(),
        personal: None,
    };
    tx.add_audit(hub.store().keys(), &[entry]).await
}

/// The place of a step among those of one millisecond: a publication checks and tests on its way. The lower four bits of
/// the first random byte are the highest bits of an id below its time.
fn rank(step: &str) -> u8 {
    const ORDER: [&str; 8] = [
        "drafted",
        "checked",
        "tested",
        "previewed",
        "approved",
        "published",
        "rolled_back",
        "withdrawn",
    ];
    let at = ORDER.iter().position(|known| *known == step).unwrap_or(ORDER.len());
    u8::try_from(at).unwrap_or(u8::MAX)
}

/// Brings a version to a stage, when it is not further already, and writes that down.
pub(super) async fn reach(
    hub: &Hub,
    tx: &mut Tx,
    by: &Caller,
    file: &FileId,
    version: &mut Version,
    stage: Stage,
) -> Result<(), StoreError> {
    if version.stage >= stage {
        return Ok(());
    }
    tx.set_stage(file.key(), &version.hash, stage).await?;
    version.stage = stage;
    note(hub, tx, by, (file, &version.hash), stage.name(), json!({})).await
}
