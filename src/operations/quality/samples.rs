//! Pairs drawn by chance and judged by stewards who do not see what the index thinks of them.
//!
//! Most are joins; every third is a pair that was not joined, so that a sample tells nothing about its answer.

use std::collections::BTreeMap;

use super::drift::of_statements;
use super::{Tally, below};
use crate::eligibility::facts::Statement;
use crate::model::{RecordId, ReviewId};
use crate::operations::Hub;
use crate::store::StoreError;
use crate::store::edges::StoredEdge;
use crate::store::reviews::{NewReview, Review, ReviewKind, ReviewState};

/// Samples that wait at a time: an hour's work, enough in a month to tell .99 from .97.
pub const OPEN_SAMPLES: u64 = 20;
/// Judged samples read at once.
const PAGE: u32 = 500;
/// Days by which chance moves a sample in the queue, so that samples are no block of their own.
const SPREAD: i64 = 20 * 86_400_000;

/// Draws samples until `wanted` wait; answers how many were drawn.
///
/// # Errors
/// When the store fails.
pub async fn draw(hub: &Hub, wanted: u64) -> Result<u64, StoreError> {
    let mut session = hub.store().read().await?;
    let missing = wanted.saturating_sub(session.open_samples().await?);
    let joins = session.count_edges("join").await?;
    let kinds = ["review", "apart", "held_back"];
    let mut others = Vec::new();
    for kind in kinds {
        others.push((kind, session.count_edges(kind).await?));
    }
    let apart: u64 = others.iter().map(|(_, count)| count).sum();
    let mut drawn: BTreeMap<(RecordId, RecordId), (StoredEdge, bool)> = BTreeMap::new();
    for turn in 0..missing {
        let control = turn % 3 == 2 && apart > 0;
        let (kind, count, place) = if control {
            let mut place = below(hub, apart);
            let mut chosen = others[0];
            for (kind, count) in &others {
                chosen = (kind, *count);
                if place < *count {
                    break;
                }
                place -= count;
            }
            (chosen.0, chosen.1, place)
        } else {
            ("join", joins, below(hub, joins))
        };
        if count == 0 {
            continue;
        }
        if let Some(edge) = session.nth_edge(kind, place).await? {
            drawn.insert((edge.a, edge.b), (edge, !control));
        }
    }
    drop(session);
    let now = hub.now();
    let reviews: Vec<NewReview> = drawn
        .into_values()
        .map(|(edge, joined)| NewReview {
            id: ReviewId::new(now, hub.random()),
            a: edge.a,
            b: edge.b,
            kind: ReviewKind::Sample,
            reason: "sample",
            probability: edge.probability,
            weight: edge.weight,
            model: edge.model,
            detail: edge.detail,
            joined: Some(joined),
            alike: "sample".to_owned(),
            gain: i64::try_from(below(hub, SPREAD.unsigned_abs())).unwrap_or(0),
        })
        .collect();
    let mut tx = hub.store().begin().await?;
    let seq = tx.log_end().await?;
    tx.add_reviews(&reviews, seq, now).await?;
    tx.commit().await?;
    Ok(reviews.len() as u64)
}

/// Counts what stewards said of samples.
pub(super) async fn judged(hub: &Hub, tally: &mut Tally) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let mut session = hub.store().read().await?;
        let page = session.judged_samples(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.id);
        let records: Vec<RecordId> =
            page.iter().flat_map(|review| review.sides.iter().map(|side| side.record)).collect();
        let said = session.statements_of(hub.store().keys(), &records).await?;
        drop(session);
        let said: BTreeMap<RecordId, Statement> =
            said.into_iter().map(|facts| (facts.record, facts.says)).collect();
        for review in &page {
            let both: Vec<&Statement> =
                sides(review).filter_map(|record| said.get(&record)).collect();
            let groups = of_statements(hub, &both);
            let same = review.state == ReviewState::Same;
            match review.joined {
                Some(true) => tally.add("sample_right", &groups, same),
                Some(false) => tally.add("sample_missed", &groups, same),
                None => {}
            }
        }
    }
}

fn sides(review: &Review) -> impl Iterator<Item = RecordId> + '_ {
    review.sides.iter().map(|side| side.record)
}
