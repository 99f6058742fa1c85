//! Signed answers that were given: what it takes to see whether they would be given again.

use jiff::civil::Date;

use super::sql::{Bulk, Kind, Param, Query, params, sql};
use super::{Row, Session, StoreError, Tx};
use crate::model::{AnswerId, Instant, PersonId, SchemeId};

/// A signed answer, without the words of its question.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AnswerRow {
    /// Its id.
    pub id: AnswerId,
    /// To whom it was given.
    pub asker: String,
    /// For which purpose.
    pub purpose: String,
    /// About whom, when it can change at all.
    pub person: Option<PersonId>,
    /// Only this scheme was asked about.
    pub scheme: Option<SchemeId>,
    /// Country of the place of care.
    pub country: Option<String>,
    /// The day asked about.
    pub as_of: Date,
    /// A digest of what was told.
    pub told: String,
    /// When it was given.
    pub given_at: Instant,
    /// From when on it is no longer to be relied on.
    pub expires_at: Instant,
    /// Where the log ended when it was given, or when it was last looked at again.
    pub log_seq: u64,
}

sql! {
    ADD: Bulk = Bulk::insert(
        "answers",
        &[
            ("id", Kind::Bytes),
            ("asker", Kind::Text),
            ("purpose", Kind::Text),
            ("person_id", Kind::Bytes),
            ("scheme", Kind::Text),
            ("country", Kind::Text),
            ("as_of", Kind::Text),
            ("told", Kind::Text),
            ("given_at", Kind::Integer),
            ("expires_at", Kind::Integer),
            ("log_seq", Kind::Integer),
        ],
        "",
    );
    OF_PEOPLE: Query = Query::differing(
        "select id, asker, purpose, person_id, scheme, country, as_of, told, given_at, expires_at, log_seq
         from answers where person_id in (select unhex(value) from json_each($1))
           and cancelled_at is null and expires_at > $2 order by id",
        "select id, asker, purpose, person_id, scheme, country, as_of, told, given_at, expires_at, log_seq
         from answers where person_id = any($1) and cancelled_at is null and expires_at > $2 order by id",
    );
    OVERTAKEN: Query = Query::same(
        "select id, asker, purpose, person_id, scheme, country, as_of, told, given_at, expires_at, log_seq
         from answers where given_at >= $1 and log_seq < $2
           and cancelled_at is null and person_id is not null order by id limit $3",
    );
    LOOKED_AT: Query = Query::same("update answers set log_seq = $2 where id = $1");
    CANCEL: Query = Query::same(
        "update answers set cancelled_at = $2, cancelled_for = $3 where id = $1 and cancelled_at is null",
    );
    CANCELLED: Query = Query::same(
        "select id from answers where cancelled_at is not null and expires_at > $1 order by id",
    );
    STANDING: Query = Query::same(
        "select count(*) from (select 1 from answers
           where cancelled_at is null and person_id is not null and expires_at > $1 limit 1) standing",
    );
    WATCHED: Query = Query::same("select log_seq from answer_watch where id = 1");
    WATCH: Query = Query::same("update answer_watch set log_seq = $1 where id = 1 and log_seq < $1");
}

fn read(mut row: Row) -> Result<AnswerRow, StoreError> {
    Ok(AnswerRow {
        id: row.take()?,
        asker: row.take()?,
        purpose: row.take()?,
        person: row.take_optional()?,
        scheme: row.take_optional()?,
        country: row.take_optional()?,
        as_of: row.take()?,
        told: row.take()?,
        given_at: row.take()?,
        expires_at: row.take()?,
        log_seq: row.take()?,
    })
}

impl Session {
    /// The answers about these people that still hold.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn answers_about(
        &mut self,
        people: &[PersonId],
        now: Instant,
    ) -> Result<Vec<AnswerRow>, StoreError> {
        let bound = [Param::keys(people.iter().map(PersonId::as_bytes)), Param::from(now)];
        self.fetch(&OF_PEOPLE, &bound).await?.into_iter().map(read).collect()
    }

    /// Answers given since a moment that were derived before the log reached a position, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn answers_overtaken(
        &mut self,
        since: Instant,
        log_seq: u64,
        limit: u32,
    ) -> Result<Vec<AnswerRow>, StoreError> {
        let rows = self.fetch(&OVERTAKEN, &params![since, log_seq, limit]).await?;
        rows.into_iter().map(read).collect()
    }

    /// Ids of the answers that were cancelled and would still hold.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cancelled_answers(&mut self, now: Instant) -> Result<Vec<AnswerId>, StoreError> {
        let rows = self.fetch(&CANCELLED, &params![now]).await?;
        rows.into_iter().map(|mut row| row.take()).collect()
    }

    /// Whether any answer holds that could change.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn answers_stand(&mut self, now: Instant) -> Result<bool, StoreError> {
        let count: u64 = self.fetch_one(&STANDING, &params![now]).await?.take()?;
        Ok(count > 0)
    }

    /// Up to which position of the log answers have been looked at again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn answers_watched(&mut self) -> Result<u64, StoreError> {
        self.fetch_one(&WATCHED, &[]).await?.take()
    }
}

impl Tx {
    /// Keeps answers that are about to be given.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_answers<'r>(
        &mut self,
        rows: impl IntoIterator<Item = &'r AnswerRow>,
    ) -> Result<(), StoreError> {
        let bound: Vec<_> = rows
            .into_iter()
            .map(|row| {
                params![
                    &row.id,
                    &row.asker,
                    &row.purpose,
                    row.person.as_ref(),
                    row.scheme.as_ref(),
                    row.country.as_deref(),
                    row.as_of,
                    &row.told,
                    row.given_at,
                    row.expires_at,
                    row.log_seq,
                ]
            })
            .collect();
        self.insert_many(&ADD, &bound).await?;
        Ok(())
    }

    /// Notes that an answer was looked at again and stands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn answer_looked_at(&mut self, id: AnswerId, seq: u64) -> Result<(), StoreError> {
        self.execute(&LOOKED_AT, &params![&id, seq]).await?;
        Ok(())
    }

    /// Cancels an answer; `false` when there is none, or it was cancelled before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cancel_answer(
        &mut self,
        id: AnswerId,
        at: Instant,
        because: &str,
    ) -> Result<bool, StoreError> {
        Ok(self.execute(&CANCEL, &params![&id, at, because]).await? == 1)
    }

    /// Notes up to which position of the log answers have been looked at again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn answers_watched_to(&mut self, seq: u64) -> Result<(), StoreError> {
        self.execute(&WATCH, &params![seq]).await?;
        Ok(())
    }
}
