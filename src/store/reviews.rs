//! What waits for a steward or was decided by one: the queue, read. How it changes stands in [`super::queue`].
//!
//! The queue is ordered by `rank`, a moment: when the question was first asked, less what its risk and value gain it. So
//! nothing waits for ever, and the order does not change while somebody turns its pages.

use super::batches::names;
use super::sql::{Param, Query, beyond, params, sql};
use super::{Row, Session, StoreError};
use crate::model::{DecisionId, Instant, PersonId, RecordId, ReviewId, SchemeId};

/// Where a review stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReviewState {
    /// It waits.
    Open,
    /// A steward said that the two are one person.
    Same,
    /// A steward said that they are two.
    Different,
    /// A steward could not tell; it comes back when the evidence changes.
    Unsure,
    /// The records changed and the question no longer stands.
    Obsolete,
}

names!(ReviewState {
    Open = "open",
    Same = "same",
    Different = "different",
    Unsure = "unsure",
    Obsolete = "obsolete",
});

/// What a steward is asked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ReviewKind {
    /// Whether two records are one person.
    Pair,
    /// Whether an earlier decision was right, now that the evidence speaks against it.
    Questioned,
    /// The same as `Pair`, of a pair drawn by chance, to measure how right the index is.
    Sample,
}

names!(ReviewKind { Pair = "pair", Questioned = "questioned", Sample = "sample" });

/// One of the two records of a review.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Side {
    /// The record.
    pub record: RecordId,
    /// Who sent it.
    pub scheme: SchemeId,
    /// Whose it is now.
    pub person: Option<PersonId>,
}

/// A pair put before a steward.
#[derive(Clone, PartialEq, Debug)]
pub struct Review {
    /// Its id.
    pub id: ReviewId,
    /// What is asked.
    pub kind: ReviewKind,
    /// Where it stands.
    pub state: ReviewState,
    /// Why a person is asked, such as `between_thresholds`.
    pub reason: String,
    /// How likely the two are one person.
    pub probability: f64,
    /// Bits of evidence; none of a review of an older program.
    pub weight: Option<f64>,
    /// The match model that said so.
    pub model: Option<String>,
    /// Levels and weights by field, as JSON without values.
    pub detail: String,
    /// Of a sample: whether the two were one person when it was drawn.
    pub joined: Option<bool>,
    /// Its group of like reviews.
    pub alike: String,
    /// Its place in the queue.
    pub rank: i64,
    /// When the pair was first put before somebody.
    pub created_at: Instant,
    /// Position in the log of the evidence that it shows.
    pub seq: u64,
    /// Who looks at it, and until when nobody else should.
    pub claim: Option<(String, Instant)>,
    /// When somebody decided.
    pub decided_at: Option<Instant>,
    /// Who.
    pub decided_by: Option<String>,
    /// What they decided.
    pub decision: Option<DecisionId>,
    /// The two records.
    pub sides: [Side; 2],
}

/// A review that is to be put into the queue, unless the pair stands there already.
#[derive(Clone, PartialEq, Debug)]
pub struct NewReview {
    /// Its id, when the pair was never asked about.
    pub id: ReviewId,
    /// The smaller id.
    pub a: RecordId,
    /// The larger id.
    pub b: RecordId,
    /// What is asked.
    pub kind: ReviewKind,
    /// Why a person is asked.
    pub reason: &'static str,
    /// How likely the two are one person.
    pub probability: f64,
    /// Bits of evidence.
    pub weight: f64,
    /// The match model that said so.
    pub model: String,
    /// Levels and weights by field, as JSON without values.
    pub detail: String,
    /// Of a sample: whether the two are one person now.
    pub joined: Option<bool>,
    /// Its group of like reviews.
    pub alike: String,
    /// What its risk and value gain it in the queue, in milliseconds.
    pub gain: i64,
}

/// Whose claims.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Claimed<'c> {
    /// Claimed by this holder.
    By(&'c str),
    /// By nobody.
    Nobody,
}

/// Which reviews are listed.
#[derive(Clone, Copy, Default, Debug)]
pub struct Filter<'f> {
    /// In which this scheme has a record.
    pub scheme: Option<&'f SchemeId>,
    /// In this state.
    pub state: Option<ReviewState>,
    /// Of this kind.
    pub kind: Option<ReviewKind>,
    /// For this reason.
    pub reason: Option<&'f str>,
    /// At least so likely. A band of likelihood leaves samples out, which are judged blind.
    pub least: Option<f64>,
    /// At most so likely.
    pub most: Option<f64>,
    /// Claimed by whom.
    pub claimed: Option<Claimed<'f>>,
    /// Like this one.
    pub alike: Option<&'f str>,
}

/// A place in the queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// Rank of the last review seen.
    pub rank: i64,
    /// Its id.
    pub id: ReviewId,
}

macro_rules! columns {
    () => {
        "select v.id, v.kind, v.state, v.reason, v.probability, v.weight, v.model, v.detail, v.joined, v.alike, v.rank,
            v.created_at, v.seq, v.claimed_by, v.claimed_until, v.decided_at, v.decided_by, v.decision_id,
            v.a, ra.scheme, la.person_id, v.b, rb.scheme, lb.person_id
         from reviews v join records ra on ra.id = v.a join records rb on rb.id = v.b
         left join person_links la on la.record_id = v.a left join person_links lb on lb.record_id = v.b "
    };
}

macro_rules! page {
    ($state:literal) => {
        concat!(
            columns!(),
            "where ", $state, " and (ra.scheme = $2 or rb.scheme = $2 or $2 is null)
                and (v.scheme_a = $2 or v.scheme_b = $2 or v.scheme_a is null or $2 is null)
                and (v.kind = $3 or $3 is null) and (v.reason = $4 or $4 is null)
                and ((v.probability >= $5 and v.kind <> 'sample') or $5 is null)
                and ((v.probability <= $6 and v.kind <> 'sample') or $6 is null)
                and ((v.claimed_by = $7 and v.claimed_until > $9) or $7 is null)
                and (not $8 or v.claimed_by is null or v.claimed_until <= $9)
                and (v.alike = $10 or $10 is null)
                and (v.rank, v.id) > ($11, $12)
             order by v.rank, v.id limit $13"
        )
    };
}

sql! {
    ONE: Query = Query::same(concat!(columns!(), "where v.id = $1"));
    OPEN_PAGE: Query = Query::same(page!("v.state = $1 and v.state = 'open'"));
    PAGE: Query = Query::same(page!("(v.state = $1 or $1 is null)"));
    OF_PERSON: Query = Query::same(concat!(
        columns!(),
        "where v.id in (
            select o.id from person_links l join reviews o on o.a = l.record_id where l.person_id = $1
            union select o.id from person_links l join reviews o on o.b = l.record_id where l.person_id = $1)
            and (v.state = $2 or $2 is null) order by v.rank, v.id limit $3"
    ));
    ALIKE: Query = Query::same(
        "select alike, count(*) from reviews where state = 'open' group by alike order by 2 desc, 1 limit $1",
    );
    ALIKE_OF_SCHEME: Query = Query::same(
        "select v.alike, count(*) from reviews v
         join records ra on ra.id = v.a join records rb on rb.id = v.b
         where v.state = 'open' and (v.scheme_a = $1 or v.scheme_b = $1 or v.scheme_a is null)
            and (ra.scheme = $1 or rb.scheme = $1)
         group by v.alike order by 2 desc, 1 limit $2",
    );
    OPEN_OF: Query = Query::differing(
        "select a, b from reviews where state = 'open' and kind = 'pair'
            and (a in (select unhex(value) from json_each($1)) or b in (select unhex(value) from json_each($1)))",
        "select a, b from reviews where state = 'open' and kind = 'pair' and (a = any($1) or b = any($1))",
    );
    OPEN: Query = Query::same("select count(*) from reviews where state = 'open'");
    HELD_BACK: Query = Query::same("select count(*) from edges where decision = 'held_back'");
    SAMPLES: Query = Query::same(concat!(
        columns!(),
        "where v.kind = 'sample' and v.state in ('same', 'different') and (v.id > $1 or $1 is null) order by v.id limit $2"
    ));
}

fn read(mut row: Row) -> Result<Review, StoreError> {
    Ok(Review {
        id: row.take()?,
        kind: row.take()?,
        state: row.take()?,
        reason: row.take()?,
        probability: row.take()?,
        weight: row.take_optional()?,
        model: row.take_optional()?,
        detail: row.take()?,
        joined: row.take_optional()?,
        alike: row.take()?,
        rank: row.take()?,
        created_at: row.take()?,
        seq: row.take()?,
        claim: {
            let (by, until) = (row.take_optional()?, row.take_optional()?);
            by.zip(until)
        },
        decided_at: row.take_optional()?,
        decided_by: row.take_optional()?,
        decision: row.take_optional()?,
        sides: [side(&mut row)?, side(&mut row)?],
    })
}

fn side(row: &mut Row) -> Result<Side, StoreError> {
    Ok(Side { record: row.take()?, scheme: row.take()?, person: row.take_optional()? })
}

impl Session {
    /// One review.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn review(&mut self, id: ReviewId) -> Result<Option<Review>, StoreError> {
        self.fetch_optional(&ONE, &params![&id]).await?.map(read).transpose()
    }

    /// A page of the queue, after a place in it. `now` says which claims still count.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn review_page(
        &mut self,
        filter: Filter<'_>,
        after: Option<Place>,
        limit: u32,
        now: Instant,
    ) -> Result<Vec<Review>, StoreError> {
        let state = filter.state.map(ReviewState::name);
        let kind = filter.kind.map(ReviewKind::name);
        let by = match filter.claimed {
            Some(Claimed::By(by)) => Some(by),
            Some(Claimed::Nobody) | None => None,
        };
        let unclaimed = filter.claimed == Some(Claimed::Nobody);
        // No rank is so small: ranks are moments.
        let rank = after.map_or(i64::MIN, |place| place.rank);
        let id = after.map(|place| place.id);
        let params = params![
            state,
            filter.scheme,
            kind,
            filter.reason,
            filter.least,
            filter.most,
            by,
            unclaimed,
            now,
            filter.alike,
            rank,
            beyond(id.as_ref()),
            limit
        ];
        let query = if filter.state == Some(ReviewState::Open) { &OPEN_PAGE } else { &PAGE };
        self.fetch(query, &params).await?.into_iter().map(read).collect()
    }

    /// The reviews of a person, of all states or of one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reviews_of_person(
        &mut self,
        person: PersonId,
        state: Option<ReviewState>,
        limit: u32,
    ) -> Result<Vec<Review>, StoreError> {
        let state = state.map(ReviewState::name);
        let rows = self.fetch(&OF_PERSON, &params![&person, state, limit]).await?;
        rows.into_iter().map(read).collect()
    }

    /// Groups of like reviews that wait, the largest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn alike_reviews(
        &mut self,
        scheme: Option<&SchemeId>,
        limit: u32,
    ) -> Result<Vec<(String, u64)>, StoreError> {
        let rows = match scheme {
            None => self.fetch(&ALIKE, &params![limit]).await?,
            Some(scheme) => self.fetch(&ALIKE_OF_SCHEME, &params![scheme, limit]).await?,
        };
        rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
    }

    /// How many reviews wait of each of these records.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_pairs_of(
        &mut self,
        records: &[RecordId],
    ) -> Result<Vec<(RecordId, RecordId)>, StoreError> {
        let rows = self.fetch(&OPEN_OF, &[Param::keys(records)]).await?;
        rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
    }

    /// How many pairs wait for a steward.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_reviews(&mut self) -> Result<u64, StoreError> {
        self.fetch_one(&OPEN, &[]).await?.take()
    }

    /// How many pairs are not asked about because those concerned have enough questions waiting.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn held_back(&mut self) -> Result<u64, StoreError> {
        self.fetch_one(&HELD_BACK, &[]).await?.take()
    }

    /// Samples that were judged, in order of their ids, after one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn judged_samples(
        &mut self,
        after: Option<ReviewId>,
        limit: u32,
    ) -> Result<Vec<Review>, StoreError> {
        let rows = self.fetch(&SAMPLES, &params![after.as_ref(), limit]).await?;
        rows.into_iter().map(read).collect()
    }
}
