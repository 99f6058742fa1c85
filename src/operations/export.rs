//! What a hub knows, as files: links, compared pairs, refusals, people, records.
//!
//! Everything is read page by page, so that memory stays flat. The files are for the operator of the
//! hub: they hold the schemes' own record ids, and [`Export::Refusals`] and [`Export::Records`] hold
//! personal data.

mod refusals;

use std::collections::{BTreeSet, HashMap};
use std::io::{self, Write};

use super::Hub;
use crate::model::{RecordId, SchemeId};
use crate::store::exports::LinkedRecord;
use crate::store::{Session, StoreError};

/// What can be exported.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Export {
    /// `source,source_record_id,person_id`.
    Links,
    /// `source_a,id_a,source_b,id_b,probability,decision`.
    Pairs,
    /// `source,source_record_id,file,line,severity,code,field,value`.
    Refusals,
    /// `person_id,records,schemes,since`.
    People,
    /// One `beneficiary/1` document a line.
    Records,
}

/// Why an export did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The output takes no more bytes.
    #[error("the output cannot be written")]
    Output(#[from] io::Error),
}

impl From<csv::Error> for ExportError {
    fn from(error: csv::Error) -> Self {
        Self::Output(error.into())
    }
}

/// Rows read in one go.
const PAGE: u32 = 2_000;

/// Writes an export; answers how many lines it has, not counting the header.
///
/// # Errors
/// When the store fails or the output takes no more bytes.
pub async fn export(
    hub: &Hub,
    what: Export,
    out: &mut (dyn Write + Send),
) -> Result<u64, ExportError> {
    match what {
        Export::Links => links(hub, out).await,
        Export::Pairs => pairs(hub, out).await,
        Export::Refusals => refusals::write(hub, out).await,
        Export::People => people(hub, out).await,
        Export::Records => records(hub, out).await,
    }
}

async fn links(hub: &Hub, out: &mut (dyn Write + Send)) -> Result<u64, ExportError> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(["source", "source_record_id", "person_id"])?;
    let mut pages = Pages::new(hub).await?;
    let mut lines = 0;
    while let Some(page) = pages.next().await? {
        for record in page {
            let Some(person) = record.person else { continue };
            let source = record.open(hub.store().keys())?.source;
            table.write_record([record.scheme.as_str(), &source.record_id, &person.to_string()])?;
            lines += 1;
        }
    }
    table.flush()?;
    Ok(lines)
}

async fn records(hub: &Hub, out: &mut (dyn Write + Send)) -> Result<u64, ExportError> {
    let mut pages = Pages::new(hub).await?;
    let mut lines = 0;
    while let Some(page) = pages.next().await? {
        for record in page {
            out.write_all(&record.plain(hub.store().keys())?)?;
            out.write_all(b"\n")?;
            lines += 1;
        }
    }
    out.flush()?;
    Ok(lines)
}

async fn pairs(hub: &Hub, out: &mut (dyn Write + Send)) -> Result<u64, ExportError> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(["source_a", "id_a", "source_b", "id_b", "probability", "decision"])?;
    let mut session = hub.store().read().await?;
    let (mut after, mut lines) = (None, 0);
    loop {
        let page = session.compared_pairs(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some((last.a, last.b));
        let ids: BTreeSet<_> = page.iter().flat_map(|pair| [pair.a, pair.b]).collect();
        let names = names(hub, &mut session, &ids).await?;
        for pair in &page {
            // A pair outlives its records only until the linker forgets it.
            let (Some(a), Some(b)) = (names.get(&pair.a), names.get(&pair.b)) else { continue };
            let probability = format!("{:.6}", pair.probability);
            table.write_record([
                a.0.as_str(),
                &a.1,
                b.0.as_str(),
                &b.1,
                &probability,
                &pair.decision,
            ])?;
            lines += 1;
        }
    }
    table.flush()?;
    Ok(lines)
}

/// The schemes' own names of records.
async fn names(
    hub: &Hub,
    session: &mut Session,
    ids: &BTreeSet<RecordId>,
) -> Result<HashMap<RecordId, (SchemeId, String)>, ExportError> {
    let ids: Vec<_> = ids.iter().copied().collect();
    let mut names = HashMap::with_capacity(ids.len());
    for record in session.records(&ids).await? {
        let source = record.open(hub.store().keys())?.source;
        names.insert(record.id, (record.scheme, source.record_id));
    }
    Ok(names)
}

async fn people(hub: &Hub, out: &mut (dyn Write + Send)) -> Result<u64, ExportError> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(["person_id", "records", "schemes", "since"])?;
    let mut session = hub.store().read().await?;
    let (mut after, mut lines) = (None, 0);
    while let Some((end, page)) = session.people_page(after, PAGE).await? {
        after = Some(end);
        for records in page.chunk_by(|a, b| a.person == b.person) {
            let Some(first) = records.first() else { continue };
            let schemes: BTreeSet<_> =
                records.iter().map(|record| record.scheme.as_str()).collect();
            let schemes: Vec<_> = schemes.into_iter().collect();
            table.write_record([
                first.person.to_string(),
                records.len().to_string(),
                schemes.join(" "),
                first.since.to_string(),
            ])?;
            lines += 1;
        }
    }
    table.flush()?;
    Ok(lines)
}

/// All records that count, page by page.
pub(super) struct Pages {
    session: Session,
    after: Option<RecordId>,
}

impl Pages {
    pub(super) async fn new(hub: &Hub) -> Result<Self, StoreError> {
        Ok(Self { session: hub.store().read().await?, after: None })
    }

    pub(super) async fn next(&mut self) -> Result<Option<Vec<LinkedRecord>>, StoreError> {
        let page = self.session.linked_records(self.after, PAGE).await?;
        self.after = page.last().map(|record| record.id);
        Ok(self.after.is_some().then_some(page))
    }
}
