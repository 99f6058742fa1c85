//! What the demonstration picks from the data of a hub: examples, found at run time.
//!
//! Everybody is held in memory at once: this is for data of a demonstration, not for a country's.

use std::collections::{BTreeMap, BTreeSet};

use super::Hub;
use super::export::Pages;
use super::kept::KeptRefusal;
use crate::model::{BeneficiaryRecord, Issue, IssueCode, PersonId, SchemeId, Severity};
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

/// The schemes that know a person.
#[must_use]
pub fn schemes(records: &[BeneficiaryRecord]) -> BTreeSet<&SchemeId> {
    records.iter().map(|record| &record.source.scheme).collect()
}
