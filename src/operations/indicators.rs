//! Counts of people, never of rows: how many each scheme covers, how many women, how many young, how many twice.
//!
//! A person whose records disagree counts once: with the sex that most records say, and the earliest birth date of the
//! most precise ones. Counts below [`SMALL`] are for the hub's own operators: whoever publishes a figure
//! suppresses them, because "one woman in this village" names her.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::eligibility::facts::RecordFacts;
use crate::eligibility::registry::{Kind, Registry};
use crate::model::record::Sex;
use crate::model::{Instant, PartialDate, PersonId, SchemeId};
use crate::store::StoreError;

use super::Hub;

/// Below this count a cell may point at somebody.
pub const SMALL: u64 = 5;
/// Youth: completed years, both included. The programmes that report it do not define it; this is the usual reading.
const YOUTH: std::ops::RangeInclusive<i16> = 15..=35;
/// Records read at once.
const PAGE: u32 = 5_000;

/// Counts of people on a day.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Indicators {
    /// The day on which ages are counted and double coverage is looked at.
    pub on: Option<Date>,
    /// People with at least one record of a scheme that covers.
    pub insured: Count,
    /// People by scheme, membership lists included.
    pub by_scheme: BTreeMap<SchemeId, Count>,
    /// People with insurance and medical assistance in force on the day: RAMED beneficiaries may not draw on AMO.
    pub double_coverage: u64,
    /// Counts below this are to be suppressed by whoever publishes them.
    pub small_below: u64,
}

/// Distinct people.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Count {
    /// All.
    pub people: u64,
    /// Women and girls.
    pub women: u64,
    /// From 15 to 35 completed years.
    pub youth: u64,
}

impl Count {
    fn add(&mut self, woman: bool, young: bool) {
        self.people += 1;
        self.women += u64::from(woman);
        self.youth += u64::from(young);
    }
}

/// Counts everybody on a day.
///
/// # Errors
/// When the store fails.
pub async fn indicators(hub: &Hub, on: Date) -> Result<Indicators, StoreError> {
    let library = hub.library();
    let registry = library.registry();
    let mut indicators = Indicators { on: Some(on), small_below: SMALL, ..Indicators::default() };
    let mut session = hub.store().read().await?;
    let mut after = None;
    loop {
        let page = session.statements_page(hub.store().keys(), after, PAGE).await?;
        let full = u32::try_from(page.len()).is_ok_and(|length| length >= PAGE);
        let last = page.last().map(|(person, _)| *person);
        let mut people: BTreeMap<PersonId, Vec<RecordFacts>> = BTreeMap::new();
        for (person, facts) in page {
            people.entry(person).or_default().push(facts);
        }
        // The last person of a full page may go on: they are counted with the next one. Nobody fills a page alone.
        let unfinished = last.filter(|_| full && people.len() > 1);
        for (person, records) in people {
            if Some(person) != unfinished {
                count(&mut indicators, &records, registry, on);
                after = Some(person);
            }
        }
        if !full {
            return Ok(indicators);
        }
    }
}

/// Counts everybody on a day, and keeps the counts for whoever reads them later.
///
/// # Errors
/// When the store fails.
pub async fn keep(hub: &Hub, on: Date) -> Result<(), StoreError> {
    let now = hub.now();
    let counts = indicators(hub, on).await?;
    let counts = serde_json::to_string(&counts).expect("counts are plain JSON");
    let mut tx = hub.store().begin().await?;
    tx.keep_tally(on, &counts, now).await?;
    tx.commit().await
}

/// The counts of a day as they were last counted, and when that was; none when nobody asked for them yet.
///
/// # Errors
/// When the store fails.
pub async fn kept(hub: &Hub, on: Date) -> Result<Option<(Instant, Indicators)>, StoreError> {
    let Some((at, counts)) = hub.store().read().await?.tally(on).await? else { return Ok(None) };
    let counts = serde_json::from_str(&counts).map_err(|_| StoreError::Sealed)?;
    Ok(Some((at, counts)))
}

fn count(indicators: &mut Indicators, records: &[RecordFacts], registry: &Registry, on: Date) {
    let woman = sex(records) == Sex::Female;
    let young = born(records).is_some_and(|born| YOUTH.contains(&completed_years(born, on)));
    let schemes: BTreeSet<&SchemeId> = records.iter().map(|record| &record.says.scheme).collect();
    let covers = |scheme: &&&SchemeId| registry.scheme(scheme).is_some_and(|s| s.kind.covers());
    if schemes.iter().any(|scheme| covers(&scheme)) {
        indicators.insured.add(woman, young);
    }
    for scheme in schemes {
        indicators.by_scheme.entry(scheme.clone()).or_default().add(woman, young);
    }
    if is_covered(records, registry, Kind::Insurance, on)
        && is_covered(records, registry, Kind::Assistance, on)
    {
        indicators.double_coverage += 1;
    }
}

/// Whether a scheme of a kind covers somebody on a day, as far as its own dates say.
fn is_covered(records: &[RecordFacts], registry: &Registry, kind: Kind, on: Date) -> bool {
    records.iter().flat_map(|record| &record.says.coverages).any(|coverage| {
        registry.scheme(&coverage.scheme).is_some_and(|scheme| scheme.kind == kind)
            && coverage.is_open_on(on)
    })
}

/// The sex that most records state.
fn sex(records: &[RecordFacts]) -> Sex {
    let votes = |sex| records.iter().filter(|record| record.says.sex == sex).count();
    let (women, men) = (votes(Sex::Female), votes(Sex::Male));
    match women.cmp(&men) {
        std::cmp::Ordering::Greater => Sex::Female,
        std::cmp::Ordering::Less => Sex::Male,
        std::cmp::Ordering::Equal => Sex::Unknown,
    }
}

/// The birth date that most records state, full dates before years; the earliest among equals.
fn born(records: &[RecordFacts]) -> Option<Date> {
    let dates: Vec<PartialDate> =
        records.iter().filter_map(|record| record.says.birth_date).collect();
    let votes = |date: &PartialDate| dates.iter().filter(|other| *other == date).count();
    dates
        .iter()
        .max_by_key(|date| {
            let earliest_first = std::cmp::Reverse(date.earliest());
            (date.day().is_some(), votes(date), earliest_first)
        })
        .map(|date| date.earliest())
}

fn completed_years(born: Date, on: Date) -> i16 {
    let before_birthday = (on.month(), on.day()) < (born.month(), born.day());
    on.year() - born.year() - i16::from(before_birthday)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn youth_is_counted_in_completed_years() {
        let day = |text: &str| text.parse().unwrap();
        assert_eq!(completed_years(day("2010-12-31"), day("2025-12-31")), 15);
        assert_eq!(completed_years(day("2011-01-01"), day("2025-12-31")), 14);
        assert_eq!(completed_years(day("2004-02-29"), day("2025-02-28")), 20);
    }
}
