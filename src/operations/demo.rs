//! What the demonstration picks from the data of a hub: examples, found at run time.
//!
//! Everybody is held in memory at once: this is for data of a demonstration, not for a country's.

use std::collections::{BTreeMap, BTreeSet};

use super::Hub;
use super::export::Pages;
use super::kept::KeptRefusal;
use crate::model::{
    BatchId, BeneficiaryRecord, Issue, IssueCode, PersonId, QuarantineId, RecordId, SchemeId,
    Severity,
};
use crate::store::StoreError;
use crate::store::quarantine::{Filter, QuarantineState};

/// Everybody, each with the records that are theirs.
pub type Everybody = BTreeMap<PersonId, Vec<BeneficiaryRecord>>;

/// Refused records that are looked at for examples.
const LOOKED_AT: u32 = 500;

/// Everybody whom the hub knows.
///
/// # Errors
/// When the store fails.
pub async fn everybody(hub: &Hub) -> Result<Everybody, StoreError> {
    let mut pages = Pages::new(hub).await?;
    let mut everybody = Everybody::new();
    while let Some(page) = pages.next().await? {
        for record in page {
            if let Some(person) = record.person {
                let opened = record.open(hub.store().keys())?;
                everybody.entry(person).or_default().push(opened);
            }
        }
    }
    Ok(everybody)
}

/// Refusals of different kinds and, as far as there are any, of different schemes; those that show a
/// value first.
///
/// # Errors
/// When the store fails.
pub async fn refusals(hub: &Hub, wanted: usize) -> Result<Vec<(SchemeId, Issue)>, StoreError> {
    let open = Filter { state: Some(QuarantineState::Open), ..Filter::default() };
    let page = hub.store().read().await?.quarantine_page(&open, None, LOOKED_AT).await?;
    let mut found = Vec::new();
    for row in &page {
        let kept = KeptRefusal::open(row, hub.store().keys())?;
        let errors = kept.issues.into_iter().filter(|issue| issue.severity == Severity::Error);
        found.extend(errors.take(1).map(|issue| (row.scheme.clone(), issue)));
    }
    found.sort_by_key(|(_, issue)| issue.value.as_ref().is_none_or(String::is_empty));
    let (mut codes, mut schemes) = (BTreeSet::<IssueCode>::new(), BTreeSet::<SchemeId>::new());
    let mut picked = Vec::new();
    for (scheme, issue) in found {
        if picked.len() < wanted && !codes.contains(&issue.code) && !schemes.contains(&scheme) {
            codes.insert(issue.code);
            schemes.insert(scheme.clone());
            picked.push((scheme, issue));
        }
    }
    Ok(picked)
}

/// A refused record with one error, in a field that is known.
pub struct OneFault {
    /// Under which id it waits.
    pub id: QuarantineId,
    /// In which batch it came.
    pub batch: BatchId,
    /// Whose.
    pub scheme: SchemeId,
    /// The scheme's own id of the record. Personal.
    pub record_id: String,
    /// The field as the scheme writes it.
    pub field: String,
    /// What is wrong, with the value. Personal.
    pub issue: Issue,
}

/// Waiting records that one value would put right; those with a bad date first.
///
/// # Errors
/// When the store fails.
pub async fn one_fault(hub: &Hub) -> Result<Vec<OneFault>, StoreError> {
    let open = Filter { state: Some(QuarantineState::Open), ..Filter::default() };
    let page = hub.store().read().await?.quarantine_page(&open, None, LOOKED_AT).await?;
    let mut found = Vec::new();
    for row in page {
        let kept = KeptRefusal::open(&row, hub.store().keys())?;
        let mut errors = kept.issues.into_iter().filter(|issue| issue.severity == Severity::Error);
        let (Some(issue), None, Some(record_id)) = (errors.next(), errors.next(), kept.record_id)
        else {
            continue;
        };
        if let Some(field) = issue.field.clone() {
            let (id, batch, scheme) = (row.id, row.batch_id, row.scheme);
            found.push(OneFault { id, batch, scheme, record_id, field, issue });
        }
    }
    found.sort_by_key(|fault| fault.issue.code != IssueCode::BadDate);
    Ok(found)
}

/// The person whom a record is linked to, and how many records that person has.
///
/// # Errors
/// When the store fails.
pub async fn person_of(
    hub: &Hub,
    record: RecordId,
) -> Result<Option<(PersonId, usize)>, StoreError> {
    let mut session = hub.store().read().await?;
    let Some(person) = session.people_of_records(&[record]).await?.remove(&record) else {
        return Ok(None);
    };
    let records = session.records_of_people(&[person]).await?;
    Ok(Some((person, records.len())))
}

/// The schemes that know a person.
#[must_use]
pub fn schemes(records: &[BeneficiaryRecord]) -> BTreeSet<&SchemeId> {
    records.iter().map(|record| &record.source.scheme).collect()
}
