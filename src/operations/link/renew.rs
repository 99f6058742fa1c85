//! Everybody decided again when another match model counts.
//!
//! A model is published like any data file and counts in every process within a second. The linker throws its index away,
//! fills it from the store under the new model and writes whatever turns out otherwise: people that part or merge, edges,
//! reviews. The kept edges name the model that decided them, so that a linker which starts, or takes over from one that
//! died on the way, sees that there is something left to do.

use std::collections::BTreeSet;

use tracing::info;

use super::{
    Decided, Facts, LinkError, LinkReport, asked, decide, fill, forget, hold_facts, write,
};
use crate::operations::Hub;
use crate::operations::lease::prolonged;
use crate::store::StoreError;
use crate::store::leases::Lease;

/// Whether the index decides by another model than the one in force.
pub(super) fn is_outdated(hub: &Hub) -> bool {
    let library = hub.library();
    hub.index().model().fingerprint() != library.model().fingerprint()
}

/// Whether what is written down was decided by another model.
pub(super) async fn is_due(hub: &Hub) -> Result<bool, StoreError> {
    if is_outdated(hub) {
        return Ok(true);
    }
    let library = hub.library();
    hub.store().read().await?.knows_other_models(library.model().version()).await
}

/// Decides everybody again.
pub(super) async fn renew(
    hub: &Hub,
    lease: &Lease,
    report: &mut LinkReport,
) -> Result<(), LinkError> {
    forget(hub);
    let mut session = hub.store().read().await?;
    let end = session.log_end().await?;
    let settled = fill(hub, session, end).await?;
    let mut session = hub.store().read().await?;
    let aside = hold_facts(hub, &mut session, Facts::All).await?;
    drop(session);
    let none = BTreeSet::new();
    let decided = decide::decide(hub, &none, &none, &settled).await?;
    let asked = asked::asked(hub, decided.edges, &decided.touched, &aside).await?;
    let decided = Decided { edges: Vec::new(), ..decided };
    let work = write::Work { entries: &[], facts: &[], gone: &none, decided, asked };
    let position = write::write(hub, lease, work, report).await?;
    hub.index_mut().advance(position);
    // Every pair of every linked record was written anew; whatever is left belongs to nobody, and would be asked for
    // again and again.
    let mut tx = hub.store().begin().await?;
    if !tx.keep_lease(lease, prolonged(hub.now())).await? {
        return Err(LinkError::TakenOver);
    }
    tx.forget_other_models(hub.library().model().version()).await?;
    tx.commit().await?;
    info!("decided everybody again by the match model that counts now");
    Ok(())
}
