//! What follows from the index: who is whom, which pairs are worth keeping, which a person must see.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::{Decided, LinkError};
use crate::identity::{Cluster, Settled, assign};
use crate::matching::compare::Field;
use crate::matching::{Objection, Score};
use crate::model::RecordId;
use crate::operations::Hub;

/// A pair with what was decided about it.
pub(super) struct ScoredEdge {
    pub a: RecordId,
    pub b: RecordId,
    pub weight: f64,
    pub probability: f64,
    pub decision: Decision,
    /// Why it is before a person.
    pub reason: &'static str,
    /// The levels of agreement, such as `given=equal birth=day`.
    pub pattern: String,
    pub detail: String,
}

/// What was decided about a pair.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    Join,
    Review,
    /// A review, once those concerned have fewer that wait.
    HeldBack,
    Apart,
}

impl Decision {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Join => "join",
            Self::Review => "review",
            Self::HeldBack => "held_back",
            Self::Apart => "apart",
        }
    }
}

/// Gives the touched neighbourhoods their people.
pub(super) async fn decide(
    hub: &Hub,
    changed: &BTreeSet<RecordId>,
    gone: &BTreeSet<RecordId>,
    settled: &Settled,
) -> Result<Decided, LinkError> {
    let mut clusters: BTreeSet<Cluster> = settled.clusters.iter().cloned().collect();
    let mut wanted: BTreeSet<RecordId> = changed.iter().chain(gone).copied().collect();
    let mut previous = BTreeMap::new();
    let mut session = hub.store().read().await?;
    // A person is decided as a whole: with a record come the person's other records, and with these their groups.
    loop {
        {
            let index = hub.index();
            let homes = wanted.iter().filter_map(|record| index.person_of(*record));
            clusters.extend(homes);
        }
        let mut records: BTreeSet<RecordId> =
            clusters.iter().flat_map(|cluster| cluster.records.iter().copied()).collect();
        records.extend(&wanted);
        let records: Vec<RecordId> =
            records.into_iter().filter(|record| !previous.contains_key(record)).collect();
        let people: BTreeSet<_> =
            session.people_of_records(&records).await?.into_values().collect();
        let people: Vec<_> = people.into_iter().collect();
        let theirs = session.records_of_people(&people).await?;
        wanted = theirs.keys().filter(|record| !previous.contains_key(*record)).copied().collect();
        if wanted.is_empty() {
            break;
        }
        previous.extend(theirs);
    }
    drop(session);
    let clusters: Vec<Cluster> = clusters.into_iter().collect();
    let assignments = assign(&previous, &clusters);
    let mut touched: BTreeSet<RecordId> = settled.touched.iter().copied().collect();
    touched.extend(gone);
    touched.extend(changed);
    let model = hub.index().model().version().to_owned();
    let (hub, truncated) = (hub.clone(), settled.truncated.iter().copied().collect());
    let work = move || (edges(&hub, &touched, &truncated), touched);
    let (edges, touched) = tokio::task::spawn_blocking(work).await.map_err(LinkError::Index)?;
    Ok(Decided { assignments, previous, edges, touched: touched.into_iter().collect(), model })
}

fn edges(
    hub: &Hub,
    touched: &BTreeSet<RecordId>,
    truncated: &BTreeSet<RecordId>,
) -> Vec<ScoredEdge> {
    let index = hub.index();
    let model = index.model();
    let mut found = Vec::new();
    for record in touched {
        let own = index.person_of(*record);
        for (other, edge) in index.edges(*record) {
            // Each pair once: from the smaller id, unless only the larger one was touched.
            if other < *record && touched.contains(&other) {
                continue;
            }
            let (a, b) = (other.min(*record), other.max(*record));
            let Some(score) = index.explain(a, b) else { continue };
            let one = own.as_ref().is_some_and(|own| own.records.binary_search(&other).is_ok());
            let (decision, reason) = match edge.objection {
                _ if one => (Decision::Join, "join"),
                _ if index.held_apart(a, b) => (Decision::Apart, "decided"),
                Some(Objection::DifferentNumbers) => (Decision::Apart, "different_numbers"),
                Some(objection) => (Decision::Review, objection.name()),
                None if index.is_contested(a, b) => (Decision::Review, "rival"),
                None if truncated.contains(&a) || truncated.contains(&b) => {
                    (Decision::Review, "truncated")
                }
                None => (Decision::Review, "between_thresholds"),
            };
            found.push(ScoredEdge {
                a,
                b,
                weight: f64::from(edge.weight),
                probability: f64::from(model.probability(edge.weight, edge.objection)),
                decision,
                reason,
                pattern: pattern(&score),
                detail: waterfall(&score),
            });
        }
    }
    found
}

/// The levels alone, without those that say nothing of the two records.
pub(super) fn pattern(score: &Score) -> String {
    let of_the_pair = score.bars.iter().filter(|bar| bar.field != Field::Prior);
    let levels: Vec<String> =
        of_the_pair.map(|bar| format!("{}={}", bar.field.name(), bar.level)).collect();
    levels.join(" ")
}

/// The explanation as JSON: levels, weights and shares, no value of anybody.
pub(super) fn waterfall(score: &Score) -> String {
    let round = |bits: f32| (f64::from(bits) * 100.0).round() / 100.0;
    let bars: Vec<_> = score
        .bars
        .iter()
        .map(|bar| {
            json!({
                "field": bar.field.name(),
                "level": bar.level,
                "share": bar.share,
                "bits": {
                    "twin": round(bar.weight.twin),
                    "household": round(bar.weight.household),
                    "unrelated": round(bar.weight.unrelated),
                },
            })
        })
        .collect();
    let learnt: Vec<_> = score
        .learnt
        .iter()
        .map(|bar| json!({ "of": bar.of, "levels": bar.levels, "bits": round(bar.bits) }))
        .collect();
    json!({
        "objection": score.objection.map(Objection::name),
        "weight": round(score.weight),
        "bars": bars,
        "learnt": learnt,
        "withheld": round(score.withheld),
    })
    .to_string()
}
