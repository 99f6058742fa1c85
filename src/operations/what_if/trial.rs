//! Trials that a hub runs beside its work: begun, watched, stopped, begun again when their process dies.

use jiff::civil::Date;
use serde_json::json;
use tracing::info;

use super::{Report, TrialState, WhatIfError, compile, what_if};
use crate::model::{AuditId, Caller, Instant, WhatIfId};
use crate::operations::{Hub, lease};
use crate::store::StoreError;
use crate::store::audit::Entry;
use crate::store::measurements::StoredTrial;

/// Name of the lease.
const LEASE: &str = "what-if";

/// A trial and how far it is.
#[derive(Clone, Debug)]
pub struct Trial {
    /// Its id.
    pub id: WhatIfId,
    /// The hash of the text that is tried, as versions have it.
    pub hash: String,
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
        actor: caller.actor(),
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

/// The last trials, the newest first.
///
/// # Errors
/// When the store fails.
pub async fn trials(hub: &Hub, most: u32) -> Result<Vec<Trial>, StoreError> {
    Ok(hub.store().read().await?.trials(most).await?.into_iter().map(shown).collect())
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
        hash: blake3::hash(stored.text.as_bytes()).to_hex().to_string(),
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
    let Some(lease) = lease::take(hub, LEASE).await? else { return Ok(()) };
    lease::holding(hub, &lease, run(hub, &running)).await?
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
