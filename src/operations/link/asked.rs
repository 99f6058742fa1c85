//! What a steward is asked, and in which order.
//!
//! Of the many pairs between two people one question is enough, and of one person only so many questions wait at a time
//! ([`MOST_OF_ONE`]): a thousand records with one phone must not bury the rest. What is held back is kept and counted,
//! and comes up when those before it are decided. A decision that new evidence speaks against is questioned, never
//! overridden.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::LinkError;
use super::decide::{Decision, ScoredEdge, pattern, waterfall};
use crate::eligibility::facts::Statement;
use crate::eligibility::registry::Registry;
use crate::identity::Index;
use crate::identity::facts::Fact;
use crate::matching::Objection;
use crate::model::{RecordId, ReviewId, SchemeId};
use crate::operations::Hub;
use crate::store::edges::StoredEdge;
use crate::store::facts::{DecisionFact, Source};
use crate::store::reviews::{NewReview, ReviewKind};

/// Questions about one person that wait at a time: enough to see that somebody is a case of their own, few enough that
/// a thousand records of one phone are some thousand questions and not half a million.
const MOST_OF_ONE: usize = 5;
/// A day, in milliseconds: the unit in which risk and value move a question forward.
const DAY: i64 = 86_400_000;
/// Days that a question gains when its answer decides whether somebody is covered.
const STAKE: i64 = 20;
/// When one of the two is covered by a scheme that excludes the other's.
const EXCLUSION: i64 = 30;
/// When nothing speaks for either answer; half as sure is half as much.
const DOUBT: f64 = 10.0;
/// For each record beyond two that the answer moves, up to [`LARGEST`].
const RECORD: i64 = 1;
/// Beyond this size another record makes no question more urgent.
const LARGEST: i64 = 10;
/// When a decision is questioned: something that was settled is not.
const QUESTIONED: i64 = 15;
/// Bits by which the evidence must have turned since a decision before it is questioned: so much that the odds changed
/// eightfold, more than shares that are counted anew ever move.
const TURNED: f64 = 3.0;

/// What to keep of the evidence, and what to ask.
pub(super) struct Asked {
    pub edges: Vec<StoredEdge>,
    pub reviews: Vec<NewReview>,
}

/// A question before it is ranked.
struct Question {
    edge: usize,
    ours: Vec<RecordId>,
    theirs: Vec<RecordId>,
}

/// Chooses the questions.
pub(super) async fn asked(
    hub: &Hub,
    mut edges: Vec<ScoredEdge>,
    touched: &[RecordId],
    aside: &[Fact<Source>],
) -> Result<Asked, LinkError> {
    let mut questions = questions(hub, &edges);
    hold_back(hub, &mut edges, &mut questions, touched).await?;
    let mut doubts = doubts(hub, touched).await?;
    doubts.extend(contradicted(hub, aside));
    let mut concerned: BTreeSet<RecordId> = questions
        .iter()
        .flat_map(|question| question.ours.iter().chain(&question.theirs))
        .copied()
        .collect();
    concerned.extend(doubts.iter().flat_map(|doubt| [doubt.a, doubt.b]));
    let concerned: Vec<RecordId> = concerned.into_iter().collect();
    let said = hub.store().read().await?.statements_of(hub.store().keys(), &concerned).await?;
    let said: BTreeMap<RecordId, Statement> =
        said.into_iter().map(|facts| (facts.record, facts.says)).collect();
    let library = hub.library();
    let model = hub.index().model().version().to_owned();
    let scale = Scale { registry: library.registry(), today: hub.today(), said: &said };
    let now = hub.now();
    let mut reviews: Vec<NewReview> = Vec::with_capacity(questions.len() + doubts.len());
    for question in &questions {
        let edge = &edges[question.edge];
        let size = question.ours.len() + question.theirs.len();
        let gain = scale.stake(&question.ours, &question.theirs)
            + doubt(edge.probability)
            + RECORD * i64::try_from(size).unwrap_or(LARGEST).min(LARGEST).saturating_sub(2);
        reviews.push(NewReview {
            id: ReviewId::new(now, hub.random()),
            a: edge.a,
            b: edge.b,
            kind: ReviewKind::Pair,
            reason: edge.reason,
            probability: edge.probability,
            weight: edge.weight,
            model: model.clone(),
            detail: edge.detail.clone(),
            joined: None,
            alike: scale.alike(edge.reason, edge.a, edge.b, &edge.pattern),
            gain: gain * DAY,
        });
    }
    for edge in &doubts {
        reviews.push(NewReview {
            id: ReviewId::new(now, hub.random()),
            a: edge.a,
            b: edge.b,
            kind: ReviewKind::Questioned,
            reason: edge.reason,
            probability: edge.probability,
            weight: edge.weight,
            model: model.clone(),
            detail: edge.detail.clone(),
            joined: None,
            alike: scale.alike(edge.reason, edge.a, edge.b, &edge.pattern),
            gain: (QUESTIONED + scale.stake(&[edge.a], &[edge.b])) * DAY,
        });
    }
    let keep = |edge: ScoredEdge| StoredEdge {
        a: edge.a,
        b: edge.b,
        weight: edge.weight,
        probability: edge.probability,
        decision: edge.decision.name().to_owned(),
        model: model.clone(),
        detail: edge.detail,
    };
    Ok(Asked { edges: edges.into_iter().map(keep).collect(), reviews })
}

/// The best pair of each two people who are neither joined nor parted, the strongest first.
fn questions(hub: &Hub, edges: &[ScoredEdge]) -> Vec<Question> {
    let index = hub.index();
    let person = |record: RecordId| {
        index.person_of(record).map_or_else(|| vec![record], |cluster| cluster.records)
    };
    let mut best: BTreeMap<(RecordId, RecordId), Question> = BTreeMap::new();
    for (place, edge) in edges.iter().enumerate() {
        if edge.decision != Decision::Review {
            continue;
        }
        let (ours, theirs) = (person(edge.a), person(edge.b));
        let (one, other) = (ours[0].min(theirs[0]), ours[0].max(theirs[0]));
        let leads =
            best.get(&(one, other)).is_none_or(|known| edge.weight > edges[known.edge].weight);
        if leads && !index.are_held_apart(&ours, &theirs) {
            best.insert((one, other), Question { edge: place, ours, theirs });
        }
    }
    let mut questions: Vec<Question> = best.into_values().collect();
    questions.sort_by(|one, other| {
        let (one, other) = (&edges[one.edge], &edges[other.edge]);
        other.weight.total_cmp(&one.weight).then((one.a, one.b).cmp(&(other.a, other.b)))
    });
    questions
}

/// Keeps as many questions of each person as may wait; the rest is noted as held back.
async fn hold_back(
    hub: &Hub,
    edges: &mut [ScoredEdge],
    questions: &mut Vec<Question>,
    touched: &[RecordId],
) -> Result<(), LinkError> {
    let touched: BTreeSet<RecordId> = touched.iter().copied().collect();
    let mut first: BTreeMap<RecordId, RecordId> = BTreeMap::new();
    for group in questions.iter().flat_map(|question| [&question.ours, &question.theirs]) {
        first.extend(group.iter().map(|record| (*record, group[0])));
    }
    let records: Vec<RecordId> = first.keys().copied().collect();
    // What waits already and is not asked again now.
    let mut waiting: BTreeMap<RecordId, usize> = BTreeMap::new();
    for (a, b) in hub.store().read().await?.open_pairs_of(&records).await? {
        if touched.contains(&a) || touched.contains(&b) {
            continue;
        }
        for group in [first.get(&a), first.get(&b)].into_iter().flatten() {
            *waiting.entry(*group).or_default() += 1;
        }
    }
    questions.retain(|question| {
        let groups = [question.ours[0], question.theirs[0]];
        let full = groups.iter().any(|group| waiting.get(group).is_some_and(|n| *n >= MOST_OF_ONE));
        if full {
            edges[question.edge].decision = Decision::HeldBack;
        } else {
            groups.iter().for_each(|group| *waiting.entry(*group).or_default() += 1);
        }
        !full
    });
    Ok(())
}

/// Decisions that the evidence, as it is now, speaks against, and did not when they were taken.
async fn doubts(hub: &Hub, touched: &[RecordId]) -> Result<Vec<ScoredEdge>, LinkError> {
    let facts = hub.store().read().await?.decided_of(touched).await?;
    let mut by_pair: BTreeMap<(RecordId, RecordId), Vec<DecisionFact>> = BTreeMap::new();
    for fact in facts {
        by_pair.entry((fact.a, fact.b)).or_default().push(fact);
    }
    // A pair that was decided again with the present evidence before it is settled.
    let doubted = |facts: &Vec<DecisionFact>, score: &ScoredEdge, objection, thresholds| {
        facts.iter().all(|fact| speaks_against(fact, score.weight, objection, thresholds))
    };
    let index = hub.index();
    let thresholds = index.model().thresholds();
    let thresholds = (f64::from(thresholds.review), f64::from(thresholds.join));
    let mut found = Vec::new();
    for ((a, b), facts) in &by_pair {
        let Some(edge) = score(&index, *a, *b, "evidence_turned") else { continue };
        let (edge, objection) = edge;
        if doubted(facts, &edge, objection, thresholds) {
            found.push(edge);
        }
    }
    Ok(found)
}

/// What events say against decisions.
fn contradicted(hub: &Hub, aside: &[Fact<Source>]) -> Vec<ScoredEdge> {
    let index = hub.index();
    let pairs = aside.iter().map(|fact| (fact.a.min(fact.b), fact.a.max(fact.b)));
    let scored = pairs.filter_map(|(a, b)| score(&index, a, b, "event_contradicts"));
    scored.map(|(edge, _)| edge).collect()
}

fn score(
    index: &Index,
    a: RecordId,
    b: RecordId,
    reason: &'static str,
) -> Option<(ScoredEdge, Option<Objection>)> {
    let score = index.explain(a, b)?;
    let edge = ScoredEdge {
        a,
        b,
        weight: f64::from(score.weight),
        probability: f64::from(index.model().probability(score.weight, score.objection)),
        decision: Decision::Review,
        reason,
        pattern: pattern(&score),
        detail: waterfall(&score),
    };
    Some((edge, score.objection))
}

/// Whether the evidence speaks against a fact now, and did less so when it was decided. `thresholds`: review, join.
fn speaks_against(
    fact: &DecisionFact,
    weight: f64,
    objection: Option<Objection>,
    (review, join): (f64, f64),
) -> bool {
    let objection = objection.map(Objection::name);
    let turned = |toward: f64| fact.weight.is_none_or(|then| (weight - then) * toward >= TURNED);
    if fact.same {
        let numbers = objection == Some(Objection::DifferentNumbers.name())
            && fact.objection.as_deref() != objection;
        numbers || (weight < review && fact.weight.is_some() && turned(-1.0))
    } else {
        objection.is_none() && weight >= join && turned(1.0)
    }
}

/// What makes one question more urgent than another.
struct Scale<'s> {
    registry: &'s Registry,
    today: Date,
    said: &'s BTreeMap<RecordId, Statement>,
}

impl Scale<'_> {
    /// Days gained by what the answer decides: whether a person who is not covered would be by the other's records, or
    /// whether somebody draws on two schemes that exclude each other.
    fn stake(&self, ours: &[RecordId], theirs: &[RecordId]) -> i64 {
        let (one, other) = (self.covering(ours), self.covering(theirs));
        let excluded = one.iter().any(|ours| {
            other.iter().any(|theirs| self.registry.exclude_each_other(ours, theirs, self.today))
        });
        if excluded {
            EXCLUSION
        } else if one.is_empty() != other.is_empty() {
            STAKE
        } else {
            0
        }
    }

    /// The schemes that cover somebody today by their own dates.
    fn covering(&self, records: &[RecordId]) -> BTreeSet<&SchemeId> {
        let said = records.iter().filter_map(|record| self.said.get(record));
        let coverages = said.flat_map(|statement| &statement.coverages);
        let open = coverages.filter(|coverage| {
            let covers =
                self.registry.scheme(&coverage.scheme).is_some_and(|scheme| scheme.kind.covers());
            covers && coverage.is_open_on(self.today)
        });
        open.map(|coverage| &coverage.scheme).collect()
    }

    /// What like reviews share: the reason, the two schemes, and how the records agree.
    fn alike(&self, reason: &str, a: RecordId, b: RecordId, pattern: &str) -> String {
        let scheme = |record| {
            let said = self.said.get(&record);
            said.map_or_else(|| "?".to_owned(), |statement| statement.scheme.to_string())
        };
        let mut schemes = [scheme(a), scheme(b)];
        schemes.sort();
        format!("{reason} {} {pattern}", schemes.join("+"))
    }
}

/// Days gained by not knowing.
fn doubt(probability: f64) -> i64 {
    let unsure = 1.0 - (2.0 * probability - 1.0).abs();
    #[allow(clippy::cast_possible_truncation, reason = "between 0 and 10")]
    let days = (DOUBT * unsure).round() as i64;
    days
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::DecisionId;

    fn fact(same: bool, weight: Option<f64>, objection: Option<&str>) -> DecisionFact {
        DecisionFact {
            decision: DecisionId::from_bytes([0; 16]),
            a: RecordId::from_bytes([1; 16]),
            b: RecordId::from_bytes([2; 16]),
            same,
            weight,
            objection: objection.map(str::to_owned),
        }
    }

    #[track_caller]
    fn check(fact: &DecisionFact, weight: f64, objection: Option<Objection>, questioned: bool) {
        assert_eq!(speaks_against(fact, weight, objection, (-1.0, 5.0)), questioned);
    }

    #[test]
    fn a_bond_is_questioned_by_numbers_that_came_later() {
        let numbers = Some(Objection::DifferentNumbers);
        check(&fact(true, Some(4.0), None), -20.0, numbers, true);
        check(&fact(true, Some(-20.0), Some("different_numbers")), -20.0, numbers, false);
    }

    #[test]
    fn a_bond_is_questioned_when_the_evidence_turns_and_not_when_it_was_weak_from_the_start() {
        check(&fact(true, Some(4.0), None), -5.0, None, true);
        check(&fact(true, Some(-5.0), None), -6.0, None, false);
        check(&fact(true, None, None), -30.0, None, false);
    }

    #[test]
    fn a_parting_is_questioned_by_evidence_that_would_join() {
        check(&fact(false, Some(4.0), None), 12.0, None, true);
        check(&fact(false, None, None), 12.0, None, true);
        check(&fact(false, Some(11.0), None), 12.0, None, false);
        check(&fact(false, Some(2.0), None), 12.0, Some(Objection::PerhapsTwins), false);
    }

    #[test]
    fn what_could_be_either_is_most_urgent() {
        assert_eq!((doubt(0.5), doubt(0.0), doubt(1.0), doubt(0.75)), (10, 0, 0, 5));
    }
}
