//! People, the records that are theirs, and the log of who became whom. The linker alone writes here.

use std::collections::BTreeMap;

use super::sql::{Bulk, Kind, Param, Query, params, sql};
use super::{Row, Session, StoreError, Tx};
use crate::model::{BatchId, Instant, PersonId, RecordId};

/// One entry for the log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogLine {
    /// Its position; positions have no gaps that a follower could wait for.
    pub seq: u64,
    /// What happened: `linked`, `moved`, `removed`, `merged`, `split`.
    pub kind: &'static str,
    /// To which record.
    pub record: Option<RecordId>,
    /// To which person.
    pub person: Option<PersonId>,
    /// The batch that brought the record.
    pub batch: Option<BatchId>,
    /// When.
    pub at: Instant,
}

/// That a record belongs to a person.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Link {
    /// The record.
    pub record: RecordId,
    /// The person.
    pub person: PersonId,
    /// Position in the log at which it became so.
    pub seq: u64,
}

/// What is known about two records whatever their data says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fact {
    /// One record.
    pub a: RecordId,
    /// The other.
    pub b: RecordId,
    /// Whether they are one person.
    pub same: bool,
}

/// Why two records are held to be one person or two.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FactKind {
    /// A steward said that they are one.
    Same,
    /// A steward said that they are two.
    Different,
    /// A scheme named one as the other's predecessor.
    Precedent,
}

impl FactKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Different => "different",
            Self::Precedent => "precedent",
        }
    }
}

sql! {
    LOG: Bulk = Bulk::insert(
        "log",
        &[
            ("seq", Kind::Integer),
            ("kind", Kind::Text),
            ("record_id", Kind::Bytes),
            ("person_id", Kind::Bytes),
            ("batch_id", Kind::Bytes),
            ("at", Kind::Integer),
        ],
        "",
    );
    OF_RECORDS: Query = Query::differing(
        "select record_id, person_id from person_links where record_id in (select unhex(value) from json_each($1))",
        "select record_id, person_id from person_links where record_id = any($1)",
    );
    OF_PEOPLE: Query = Query::differing(
        "select record_id, person_id from person_links where person_id in (select unhex(value) from json_each($1))",
        "select record_id, person_id from person_links where person_id = any($1)",
    );
    LINK: Bulk = Bulk::insert(
        "person_links",
        &[
            ("record_id", Kind::Bytes),
            ("person_id", Kind::Bytes),
            ("seq", Kind::Integer),
            ("linked_at", Kind::Integer),
        ],
        "on conflict (record_id) do update set person_id = excluded.person_id, seq = excluded.seq,
            linked_at = excluded.linked_at",
    );
    UNLINK: Query = Query::differing(
        "delete from person_links where record_id in (select unhex(value) from json_each($1))",
        "delete from person_links where record_id = any($1)",
    );
    NEW_PEOPLE: Bulk = Bulk::insert(
        "people",
        &[
            ("id", Kind::Bytes),
            ("state", Kind::Text),
            ("created_at", Kind::Integer),
            ("created_seq", Kind::Integer),
        ],
        "",
    );
    STATE: Query = Query::differing(
        "update people set state = $1 where id in (select unhex(value) from json_each($2))",
        "update people set state = $1 where id = any($2)",
    );
    REDIRECT: Bulk = Bulk::insert(
        "redirects",
        &[
            ("old_id", Kind::Bytes),
            ("new_id", Kind::Bytes),
            ("reason", Kind::Text),
            ("at", Kind::Integer),
            ("seq", Kind::Integer),
        ],
        "on conflict (old_id) do update set new_id = excluded.new_id, reason = excluded.reason, at = excluded.at,
            seq = excluded.seq",
    );
    // A chain of merges leads on in one step: whoever holds the oldest id finds the person at once.
    LEAD_ON: Query = Query::same("update redirects set new_id = $2 where new_id = $1");
    FACTS: Query = Query::same("select a, b, kind from facts order by a, b, kind");
    ADD_FACT: Query = Query::same(
        "insert into facts (a, b, kind, origin, created_at, created_by) values ($1, $2, $3, $4, $5, $6)
         on conflict (a, b, kind) do nothing",
    );
}

fn pairs(rows: Vec<Row>) -> Result<BTreeMap<RecordId, PersonId>, StoreError> {
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}

impl Session {
    /// The people of records; a record that nobody linked yet has none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn people_of_records(
        &mut self,
        records: &[RecordId],
    ) -> Result<BTreeMap<RecordId, PersonId>, StoreError> {
        pairs(self.fetch(&OF_RECORDS, &[Param::keys(records)]).await?)
    }

    /// All records of people, each with its person.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn records_of_people(
        &mut self,
        people: &[PersonId],
    ) -> Result<BTreeMap<RecordId, PersonId>, StoreError> {
        pairs(self.fetch(&OF_PEOPLE, &[Param::keys(people)]).await?)
    }

    /// What is held of pairs of records whatever their data says.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn facts(&mut self) -> Result<Vec<Fact>, StoreError> {
        let read = |mut row: Row| {
            let (a, b) = (row.take()?, row.take()?);
            let kind: String = row.take()?;
            Ok(Fact { a, b, same: kind != FactKind::Different.name() })
        };
        self.fetch(&FACTS, &[]).await?.into_iter().map(read).collect()
    }
}

impl Tx {
    /// Adds to the log.
    ///
    /// # Errors
    /// When the database fails, or a position is taken: then another linker wrote meanwhile.
    pub async fn add_log(&mut self, lines: &[LogLine]) -> Result<(), StoreError> {
        let rows: Vec<_> = lines
            .iter()
            .map(|line| {
                let (record, person) = (line.record.as_ref(), line.person.as_ref());
                params![line.seq, line.kind, record, person, line.batch.as_ref(), line.at]
            })
            .collect();
        self.insert_many(&LOG, &rows).await?;
        Ok(())
    }

    /// Gives records their people.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_links(&mut self, links: &[Link], now: Instant) -> Result<(), StoreError> {
        let rows: Vec<_> =
            links.iter().map(|link| params![&link.record, &link.person, link.seq, now]).collect();
        self.insert_many(&LINK, &rows).await?;
        Ok(())
    }

    /// Takes records that are gone from their people.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unlink(&mut self, records: &[RecordId]) -> Result<(), StoreError> {
        self.execute(&UNLINK, &[Param::keys(records)]).await?;
        Ok(())
    }

    /// Makes people, each with the position of the log at which they came to be.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_people(
        &mut self,
        people: &[(PersonId, u64)],
        now: Instant,
    ) -> Result<(), StoreError> {
        let rows: Vec<_> =
            people.iter().map(|(person, seq)| params![person, "active", now, *seq]).collect();
        self.insert_many(&NEW_PEOPLE, &rows).await?;
        Ok(())
    }

    /// Notes that people have no records any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn empty_people(&mut self, people: &[PersonId]) -> Result<(), StoreError> {
        self.execute(&STATE, &[Param::from("empty"), Param::keys(people)]).await?;
        Ok(())
    }

    /// Lets one person's id lead on to another's for ever.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn redirect_person(
        &mut self,
        old: PersonId,
        new: PersonId,
        seq: u64,
        now: Instant,
    ) -> Result<(), StoreError> {
        self.execute(&LEAD_ON, &params![&old, &new]).await?;
        self.insert_many(&REDIRECT, &[params![&old, &new, "merge", now, seq]]).await?;
        let merged = [old];
        self.execute(&STATE, &[Param::from("merged"), Param::keys(&merged)]).await?;
        Ok(())
    }

    /// Holds something of two records whatever their data says, until it is taken back.
    ///
    /// `origin` says where it comes from (an event's id, a review's), `by` who said so.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_fact(
        &mut self,
        pair: (RecordId, RecordId),
        kind: FactKind,
        origin: &str,
        by: &str,
        now: Instant,
    ) -> Result<(), StoreError> {
        let (a, b) = (pair.0.min(pair.1), pair.0.max(pair.1));
        self.execute(&ADD_FACT, &params![&a, &b, kind.name(), origin, now, by]).await?;
        Ok(())
    }
}
