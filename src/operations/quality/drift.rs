//! What joined pairs say about the model: how often each level of agreement is seen, and whom the index would have
//! missed without a national number.
//!
//! Two records with one national number are one person whatever their names say, so they show how often names, dates and
//! places of one person agree, and for whom the rest of the evidence is not enough.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Drift, Groups, Tally, age_group};
use crate::eligibility::facts::Statement;
use crate::matching::compare::Weight;
use crate::model::RecordId;
use crate::model::record::Sex;
use crate::operations::Hub;
use crate::operations::library::Kind;
use crate::operations::link::LinkError;
use crate::store::edges::StoredEdge;

/// Pairs that are looked at: enough for a share of one in a thousand in a group of one in a hundred.
const MOST_PAIRS: u64 = 200_000;
/// Pairs read at once.
const PAGE: u32 = 1_000;
/// Fewer pairs with a number than this say less than the joined pairs in general.
const ENOUGH: u64 = 200;
/// Below so many pairs a frequency says nothing.
const LEAST: u64 = 30;

/// How often levels were seen, by field.
type Seen = BTreeMap<String, BTreeMap<String, u64>>;

/// Looks through joined pairs; answers how many, and what has moved.
pub(super) async fn run(hub: &Hub, tally: &mut Tally) -> Result<(u64, Vec<Drift>), LinkError> {
    let join = f64::from(hub.index().model().thresholds().join);
    let (mut pairs, mut with_number) = (0, 0);
    let (mut all, mut numbered) = (Seen::new(), Seen::new());
    let mut after = None;
    while pairs < MOST_PAIRS {
        let mut session = hub.store().read().await?;
        let page = session.edge_page("join", after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some((last.a, last.b));
        let records: Vec<RecordId> = page.iter().flat_map(|edge| [edge.a, edge.b]).collect();
        let said = session.statements_of(hub.store().keys(), &records).await?;
        drop(session);
        let said: BTreeMap<RecordId, Statement> =
            said.into_iter().map(|facts| (facts.record, facts.says)).collect();
        for edge in &page {
            pairs += 1;
            let detail: Value = serde_json::from_str(&edge.detail).unwrap_or_default();
            count(&detail, &mut all);
            if !has_number(&detail) {
                continue;
            }
            with_number += 1;
            count(&detail, &mut numbered);
            let found = without_number(&detail) >= join;
            tally.add("found_without_number", &groups(hub, edge, &said), found);
        }
    }
    let seen = if with_number >= ENOUGH { numbered } else { all };
    Ok((pairs, moved(hub, &seen)))
}

fn bars(detail: &Value) -> impl Iterator<Item = &Value> {
    detail["bars"].as_array().into_iter().flatten()
}

fn has_number(detail: &Value) -> bool {
    bars(detail).any(|bar| bar["field"] == "identifier" && bar["level"] == "equal")
}

fn count(detail: &Value, seen: &mut Seen) {
    for bar in bars(detail) {
        if let (Some(field), Some(level)) = (bar["field"].as_str(), bar["level"].as_str()) {
            *seen.entry(field.to_owned()).or_default().entry(level.to_owned()).or_default() += 1;
        }
    }
}

/// The weight of everything but the number.
fn without_number(detail: &Value) -> f64 {
    let others = bars(detail).filter(|bar| bar["field"] != "identifier");
    let weight = others.fold(Weight::default(), |sum, bar| {
        #[allow(clippy::cast_possible_truncation, reason = "bits of two decimals")]
        let bits = |rival: &str| bar["bits"][rival].as_f64().unwrap_or(0.0) as f32;
        let (twin, household, unrelated) = (bits("twin"), bits("household"), bits("unrelated"));
        sum + Weight { twin, household, unrelated }
    });
    f64::from(weight.combined())
}

/// The groups of a pair: a sex that the records do not agree on is none.
pub(super) fn groups(hub: &Hub, edge: &StoredEdge, said: &BTreeMap<RecordId, Statement>) -> Groups {
    let both: Vec<&Statement> =
        [edge.a, edge.b].iter().filter_map(|record| said.get(record)).collect();
    of_statements(hub, &both)
}

/// The groups of records that may be one person's.
pub(super) fn of_statements(hub: &Hub, both: &[&Statement]) -> Groups {
    let library = hub.library();
    let registry = library.registry();
    let mut schemes: Vec<_> = both.iter().map(|says| says.scheme.clone()).collect();
    let countries: Vec<&str> = schemes
        .iter()
        .filter_map(|scheme| registry.scheme(scheme))
        .map(|scheme| scheme.country.as_str())
        .collect();
    let cross_border =
        (countries.len() > 1).then(|| countries.iter().any(|one| *one != countries[0]));
    schemes.sort();
    schemes.dedup();
    let agrees = both.iter().all(|says| says.sex == both[0].sex);
    let born = both.iter().find_map(|says| says.birth_date);
    Groups {
        schemes,
        sex: both.first().filter(|_| agrees).map_or(Sex::Unknown, |says| says.sex),
        age: age_group(born, hub.today()),
        cross_border,
    }
}

/// Levels that are seen more or less often than the model in force says.
fn moved(hub: &Hub, seen: &Seen) -> Vec<Drift> {
    let library = hub.library();
    let text = library.files().iter().find(|file| file.kind == Kind::Identity);
    let model: Value =
        text.and_then(|file| serde_saphyr::from_str(&file.text).ok()).unwrap_or_default();
    let mut drift = Vec::new();
    for (field, levels) in seen {
        let pairs: u64 = levels.values().sum();
        if pairs < LEAST {
            continue;
        }
        for (level, count) in levels {
            let Some(published) = model["fields"][field][level]["same"].as_f64() else { continue };
            #[allow(clippy::cast_precision_loss, reason = "counts of pairs stay far below 2^52")]
            let observed = *count as f64 / pairs as f64;
            let bits = (observed / published).log2();
            let (field, level) = (field.clone(), level.clone());
            drift.push(Drift { field, level, observed, published, bits, pairs });
        }
    }
    drift.sort_by(|one, other| other.bits.abs().total_cmp(&one.bits.abs()));
    drift
}
