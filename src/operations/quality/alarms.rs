//! Alarms of the index, with the schemes that they are about.

use std::collections::{BTreeMap, BTreeSet};

use super::Alarm;
use crate::model::{RecordId, SchemeId};
use crate::operations::Hub;
use crate::operations::link::LinkError;

/// Everything that a person should look at.
pub(super) async fn raised(hub: &Hub) -> Result<Vec<Alarm>, LinkError> {
    let looking = hub.clone();
    let found = tokio::task::spawn_blocking(move || looking.index().alarms());
    let found = found.await.map_err(LinkError::Index)?;
    let of_schemes = found.iter().filter(|alarm| alarm.kind.is_of_a_scheme());
    let examples: BTreeSet<RecordId> =
        of_schemes.filter_map(|alarm| alarm.examples.first().copied()).collect();
    let examples: Vec<RecordId> = examples.into_iter().collect();
    let records = hub.store().read().await?.records(&examples).await?;
    let schemes: BTreeMap<RecordId, SchemeId> =
        records.into_iter().map(|record| (record.id, record.scheme)).collect();
    let raised = found.into_iter().map(|alarm| Alarm {
        kind: alarm.kind.name().to_owned(),
        scheme: alarm
            .examples
            .first()
            .filter(|_| alarm.kind.is_of_a_scheme())
            .and_then(|example| schemes.get(example).cloned()),
        cases: alarm.cases,
        of: alarm.of,
        examples: alarm.examples,
    });
    Ok(raised.collect())
}
