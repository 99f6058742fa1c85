//! How right the index is, measured without anybody telling the truth, and with what stewards say of pairs drawn by chance.
//!
//! Linkage fails more for some people than for others, and a single figure hides it: every rate is told by scheme, sex
//! and age group too. [`measure`] makes a report, [`step`] does so once a day and draws samples; both write only counts.

mod alarms;
mod decoys;
mod drift;
mod samples;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tracing::{info, warn};

pub use crate::identity::AlarmKind;
pub use samples::{OPEN_SAMPLES, draw};

use super::indicators::SMALL;
use super::link::{self, LinkError};
use super::{Hub, lease};
use crate::model::record::Sex;
use crate::model::{Instant, PartialDate, RecordId, SchemeId};
use crate::store::StoreError;

/// How often the hub measures by itself, in milliseconds: a day.
const EVERY: i64 = 86_400_000;
/// Name of the lease.
const LEASE: &str = "quality";

/// How right the index is.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Report {
    /// When it was measured, RFC 3339.
    pub measured_at: String,
    /// Version of the match model in force.
    pub model: String,
    /// Records in the index.
    pub records: u64,
    /// People in the index.
    pub people: u64,
    /// Joined pairs that were looked at; at most 200,000.
    pub pairs: u64,
    /// Records that would be joined to a stranger by chance, as the decoys say: all records times the rate of strangers.
    pub false_joins_expected: f64,
    /// Every rate, in all and by group.
    pub rates: Vec<Rate>,
    /// Levels of agreement that are more or less frequent than the published model says.
    pub drift: Vec<Drift>,
    /// What a person should look at; reports of before there were alarms have none.
    #[serde(default)]
    pub alarms: Vec<Alarm>,
}

/// A share of cases, with what chance leaves open.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Rate {
    /// What is measured: `decoy_stranger`, `decoy_relative`, `decoy_twin` (records of nobody that would be joined: false
    /// joins), `found_without_number` (people known to be one by a national number whom the rest alone would have
    /// joined), `sample_right` (joins that stewards confirmed), `sample_missed` (pairs not joined that are one person).
    pub measure: String,
    /// `all`, `scheme`, `sex`, `age` or `border`.
    pub by: String,
    /// The group, such as `female` or `60+`; empty for all.
    pub group: String,
    /// Cases.
    pub cases: u64,
    /// Of these.
    pub hits: u64,
    /// Hits of cases.
    pub share: f64,
    /// The true share lies between this and `high`, 95 times in 100 (Wilson's interval).
    pub low: f64,
    /// See `low`.
    pub high: f64,
}

/// A level of agreement whose frequency has moved.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Drift {
    /// The field.
    pub field: String,
    /// The level.
    pub level: String,
    /// How often it is seen between records that a national number shows to be one person's (or, where there are few of
    /// these, between joined ones).
    pub observed: f64,
    /// How often the model in force expects it.
    pub published: f64,
    /// By how many bits its weight would move.
    pub bits: f64,
    /// Pairs with the field.
    pub pairs: u64,
}

/// Something in all the records together that cannot be right.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Alarm {
    /// `large_person`, `two_sexes`, `held_by_one` (people); `shared_phone`; `number_of_several`; `reused_numbers`,
    /// `default_dates`, `sent_twice` (of one scheme); `truncated` (records).
    pub kind: String,
    /// The scheme that it is about, when it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<SchemeId>,
    /// How many people, phones, numbers or records.
    pub cases: u64,
    /// Records of the largest case; for a scheme, how many cases there could be.
    pub of: u64,
    /// A record of each of the largest, at most five.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<RecordId>,
}

/// To which groups a case belongs.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Groups {
    schemes: Vec<SchemeId>,
    sex: Sex,
    age: Option<&'static str>,
    cross_border: Option<bool>,
}

/// Cases and hits by measure and group.
#[derive(Default)]
struct Tally(BTreeMap<(&'static str, &'static str, String), (u64, u64)>);

impl Tally {
    fn add(&mut self, measure: &'static str, groups: &Groups, hit: bool) {
        let mut keys = vec![("all", String::new())];
        keys.extend(groups.schemes.iter().map(|scheme| ("scheme", scheme.to_string())));
        let sex = match groups.sex {
            Sex::Female => "female",
            Sex::Male => "male",
            Sex::Unknown => "unknown",
        };
        keys.push(("sex", sex.to_owned()));
        keys.push(("age", groups.age.unwrap_or("unknown").to_owned()));
        if let Some(cross) = groups.cross_border {
            keys.push(("border", if cross { "across" } else { "within" }.to_owned()));
        }
        for (by, group) in keys {
            let cell = self.0.entry((measure, by, group)).or_default();
            cell.0 += 1;
            cell.1 += u64::from(hit);
        }
    }

    fn rates(self) -> Vec<Rate> {
        let rate = |((measure, by, group), (cases, hits)): ((&str, &str, String), (u64, u64))| {
            let (share, low, high) = wilson(hits, cases);
            let (measure, by) = (measure.to_owned(), by.to_owned());
            Rate { measure, by, group, cases, hits, share, low, high }
        };
        self.0.into_iter().map(rate).collect()
    }
}

/// A share with its 95 % interval (Wilson, 1927): honest also for few cases and for none.
fn wilson(hits: u64, cases: u64) -> (f64, f64, f64) {
    if cases == 0 {
        return (0.0, 0.0, 1.0);
    }
    const Z: f64 = 1.959_963_985;
    #[allow(clippy::cast_precision_loss, reason = "counts of pairs stay far below 2^52")]
    let (n, p) = (cases as f64, hits as f64 / cases as f64);
    let z2 = Z * Z / n;
    let middle = (p + z2 / 2.0) / (1.0 + z2);
    let half = Z / (1.0 + z2) * (p * (1.0 - p) / n + z2 / (4.0 * n)).sqrt();
    // Rounding must not push a bound past the share itself.
    (p, (middle - half).clamp(0.0, p), (middle + half).clamp(p, 1.0))
}

/// A number below `end` by chance; 0 when there is none.
fn below(hub: &Hub, end: u64) -> u64 {
    // The bias of a remainder of 64 bits is far below what a sample could show.
    u64::from_le_bytes(hub.random()).checked_rem(end).unwrap_or(0)
}

/// The age group of somebody on a day, by the year of birth alone: half of the old know no more.
fn age_group(born: Option<PartialDate>, on: Date) -> Option<&'static str> {
    let age = on.year() - born?.year();
    Some(match age {
        ..15 => "0-14",
        15..35 => "15-34",
        35..60 => "35-59",
        _ => "60+",
    })
}

/// Measures, and keeps the report. The samples in it are those that were judged until now.
///
/// # Errors
/// When the store fails or the index cannot be filled.
pub async fn measure(hub: &Hub) -> Result<Report, LinkError> {
    link::follow(hub).await?;
    let now = hub.now();
    let mut tally = Tally::default();
    decoys::run(hub, &mut tally).await?;
    let (pairs, drift) = drift::run(hub, &mut tally).await?;
    samples::judged(hub, &mut tally).await?;
    let alarms = alarms::raised(hub).await?;
    let (model, records, people) = {
        let index = hub.index();
        (index.model().version().to_owned(), index.len() as u64, index.people() as u64)
    };
    let rates = tally.rates();
    let strangers = rates.iter().find(|rate| rate.measure == "decoy_stranger" && rate.by == "all");
    #[allow(clippy::cast_precision_loss, reason = "records stay far below 2^52")]
    let false_joins_expected = strangers.map_or(0.0, |rate| rate.share * records as f64);
    let measured_at = now.to_string();
    let report = Report {
        measured_at,
        model,
        records,
        people,
        pairs,
        false_joins_expected,
        rates,
        drift,
        alarms,
    };
    let text = serde_json::to_string(&report).expect("counts are plain JSON");
    let mut tx = hub.store().begin().await?;
    tx.add_measurement(now, &report.model, &text).await?;
    tx.commit().await?;
    Ok(report)
}

/// The last report; none before the first measurement.
///
/// # Errors
/// When the store fails.
pub async fn last(hub: &Hub) -> Result<Option<Report>, StoreError> {
    let last = hub.store().read().await?.last_measurement().await?;
    Ok(last.and_then(|(_, report)| serde_json::from_str(&report).ok()))
}

/// The last report without cells so small that they could point at somebody: for those who do not run the hub.
///
/// # Errors
/// When the store fails.
pub async fn last_in_public(hub: &Hub) -> Result<Option<Report>, StoreError> {
    let report = last(hub).await?;
    Ok(report.map(|mut report| {
        report.rates.retain(|rate| rate.cases >= SMALL);
        report.alarms.retain(|alarm| alarm.cases >= SMALL);
        report.alarms.iter_mut().for_each(|alarm| alarm.examples.clear());
        report
    }))
}

/// Measures once a day, by one process at a time, and sees to it that samples wait.
///
/// # Errors
/// When the store fails or the index cannot be filled.
pub async fn step(hub: &Hub) -> Result<Option<Report>, LinkError> {
    let now = hub.now();
    let last = hub.store().read().await?.last_measurement().await?;
    let due = last.is_none_or(|(at, _): (Instant, _)| at.plus_millis(EVERY) <= now);
    if !due {
        return Ok(None);
    }
    let Some(lease) = lease::take(hub, LEASE).await? else { return Ok(None) };
    let measured = lease::holding(hub, &lease, async {
        let report = measure(hub).await?;
        draw(hub, OPEN_SAMPLES).await?;
        Ok::<_, LinkError>(report)
    });
    let report = measured.await??;
    info!(records = report.records, pairs = report.pairs, "measured the quality of the links");
    let alarms = report.alarms.len();
    if alarms > 0 {
        warn!(alarms, "{alarms} alarms about the links: see /v1/identity/quality");
    }
    Ok(Some(report))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_honest_for_few_cases() {
        let (share, low, high) = wilson(10, 10);
        assert!((share - 1.0).abs() < 1e-9 && high <= 1.0);
        // Wilson's lower bound for 10 of 10: 0.722.
        assert!((low - 0.722).abs() < 0.001, "{low}");
        assert_eq!(wilson(0, 0), (0.0, 0.0, 1.0));
        let (_, low, high) = wilson(950, 1_000);
        assert!(low > 0.93 && high < 0.97);
    }

    #[test]
    fn age_groups_follow_the_year_of_birth() {
        let on: Date = "2026-06-30".parse().expect("a day");
        let group = |text: &str| age_group(text.parse().ok(), on);
        assert_eq!(group("2020"), Some("0-14"));
        assert_eq!(group("1991-01-01"), Some("35-59"));
        assert_eq!(group("1950~"), Some("60+"));
        assert_eq!(age_group(None, on), None);
    }
}
