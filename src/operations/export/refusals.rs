//! What waits for a correction, and the fields that accepted records lack: the values are personal.

use std::collections::HashMap;
use std::io::Write;

use super::{ExportError, PAGE};
use crate::model::{BatchId, Issue, Place};
use crate::operations::Hub;
use crate::operations::intake::file_name_owner;
use crate::operations::kept::{KeptRefusal, KeptRevision};
use crate::store::batches::BatchKind;
use crate::store::quarantine::{Filter, QuarantineState};
use crate::store::{Session, StoreError};

/// What refused events are called in the column `source`: they are about records of several schemes.
const EVENTS: &str = "events";

struct Table<'o> {
    csv: csv::Writer<&'o mut (dyn Write + Send)>,
    /// Name and kind of the batches met so far.
    files: HashMap<BatchId, (String, BatchKind)>,
    lines: u64,
}

/// Writes one line for each problem; answers how many.
pub(super) async fn write(hub: &Hub, out: &mut (dyn Write + Send)) -> Result<u64, ExportError> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record([
        "source",
        "source_record_id",
        "file",
        "line",
        "severity",
        "code",
        "field",
        "value",
    ])?;
    let mut table = Table { csv, files: HashMap::new(), lines: 0 };
    let mut session = hub.store().read().await?;
    refused(hub, &mut session, &mut table).await?;
    warned(hub, &mut session, &mut table).await?;
    table.csv.flush()?;
    Ok(table.lines)
}

async fn refused(
    hub: &Hub,
    session: &mut Session,
    table: &mut Table<'_>,
) -> Result<(), ExportError> {
    let open = Filter { state: Some(QuarantineState::Open), ..Filter::default() };
    let mut after = None;
    loop {
        let page = session.quarantine_page(&open, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.id);
        for row in &page {
            let kept = KeptRefusal::open(row, hub.store().keys())?;
            table.meet(hub, session, row.batch_id).await?;
            let source = row.scheme.as_str();
            let id = kept.record_id.as_deref();
            table.add(source, row.batch_id, id, &kept.place, &kept.issues)?;
        }
    }
}

async fn warned(
    hub: &Hub,
    session: &mut Session,
    table: &mut Table<'_>,
) -> Result<(), ExportError> {
    let mut after = None;
    loop {
        let page = session.revisions_with_warnings(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.id);
        let ids: Vec<_> = page.iter().map(|revision| revision.record_id).collect();
        let schemes: HashMap<_, _> = session
            .records(&ids)
            .await?
            .into_iter()
            .map(|record| (record.id, record.scheme))
            .collect();
        for revision in &page {
            let Some(scheme) = schemes.get(&revision.record_id) else { continue };
            let kept = KeptRevision::open(revision, hub.store().keys())?;
            table.meet(hub, session, revision.batch_id).await?;
            let id = Some(kept.record_id.as_str());
            table.add(scheme.as_str(), revision.batch_id, id, &kept.place, &kept.warnings)?;
        }
    }
}

impl Table<'_> {
    /// Learns the name and the kind of a batch.
    async fn meet(
        &mut self,
        hub: &Hub,
        session: &mut Session,
        id: BatchId,
    ) -> Result<(), StoreError> {
        if self.files.contains_key(&id) {
            return Ok(());
        }
        let batch = session.batch(id).await?.ok_or(StoreError::Missing { what: "batch" })?;
        let sealed = batch.file_name.as_deref();
        let name = sealed.map(|name| hub.store().keys().open(file_name_owner(&id), name));
        let name = name.transpose()?.unwrap_or_default();
        let name = String::from_utf8_lossy(&name).into_owned();
        self.files.insert(id, (name, batch.kind));
        Ok(())
    }

    fn add(
        &mut self,
        scheme: &str,
        batch: BatchId,
        record_id: Option<&str>,
        place: &Place,
        issues: &[Issue],
    ) -> Result<(), ExportError> {
        let (file, kind) =
            self.files.get(&batch).map_or(("", BatchKind::Records), |(name, kind)| (name, *kind));
        let source = if kind == BatchKind::Events { EVENTS } else { scheme };
        let line = place.line.to_string();
        for issue in issues {
            self.csv.write_record([
                source,
                record_id.or(issue.record_id.as_deref()).unwrap_or_default(),
                file,
                &line,
                issue.severity.name(),
                issue.code.name(),
                issue.field.as_deref().unwrap_or_default(),
                issue.value.as_deref().unwrap_or_default(),
            ])?;
            self.lines += 1;
        }
        Ok(())
    }
}
