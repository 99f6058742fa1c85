//! People, the records that are theirs, and the log of who became whom. The linker alone writes here.

use std::collections::BTreeMap;

use super::sql::{Bulk, Kind, Param, Query, params, sql};
use super::{Row, Session, StoreError, Tx};
use crate::model::{BatchId, Instant, PersonId, RecordId, SchemeId};

/// One entry for the log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogLine {
    /// Its position; positions have no gaps that a follower could wait for.
    pub seq: u64,
    /// What happened: `linked`, `moved`, `removed`, `merged`, `split`, `decided`.
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

/// One step of a chain of ids that were given up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hop {
    /// The id that was given up.
    pub from: PersonId,
    /// For whom.
    pub to: PersonId,
    /// When.
    pub at: Instant,
    /// Position in the log at which it became so.
    pub seq: u64,
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
            ("merged_into", Kind::Bytes),
            ("reason", Kind::Text),
            ("at", Kind::Integer),
            ("seq", Kind::Integer),
        ],
        "on conflict (old_id) do update set new_id = excluded.new_id, merged_into = excluded.merged_into,
            reason = excluded.reason, at = excluded.at, seq = excluded.seq",
    );
    // A chain of merges leads on in one step: whoever holds the oldest id finds the person at once.
    LEAD_ON: Query = Query::same("update redirects set new_id = $2 where new_id = $1");
    HOP: Query = Query::same(
        "select coalesce(merged_into, new_id), at, seq from redirects where old_id = $1",
    );
    LED_TO: Query = Query::same("select old_id from redirects where new_id = $1 order by old_id");
    MERGED_INTO: Query = Query::differing(
        "select old_id from redirects where coalesce(merged_into, new_id) in (select unhex(value) from json_each($1))",
        "select old_id from redirects where coalesce(merged_into, new_id) = any($1)",
    );
    FORGET_REDIRECT: Query = Query::same("delete from redirects where old_id = $1");
    LEAD_TO: Query = Query::differing(
        "update redirects set new_id = $2 where old_id in (select unhex(value) from json_each($1))",
        "update redirects set new_id = $2 where old_id = any($1)",
    );
    SCHEMES_OF: Query = Query::differing(
        "select id, scheme from records where id in (select unhex(value) from json_each($1))",
        "select id, scheme from records where id = any($1)",
    );
    PERSON_STATE: Query = Query::same("select state from people where id = $1");
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

    /// To whom an id was given up, then whose id that one was given up for, and so on to the end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn redirect_chain(&mut self, old: PersonId) -> Result<Vec<Hop>, StoreError> {
        let mut chain: Vec<Hop> = Vec::new();
        let mut at = old;
        while let Some(mut row) = self.fetch_optional(&HOP, &params![&at]).await? {
            let hop = Hop { from: at, to: row.take()?, at: row.take()?, seq: row.take()? };
            // Merges only ever lead to who lives on, so there is no circle; a broken store must not hang us.
            if chain.iter().any(|before| before.from == hop.to) {
                break;
            }
            at = hop.to;
            chain.push(hop);
        }
        Ok(chain)
    }

    /// Ids that were given up for a person, directly or by a chain, with the position at which the first step was taken.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn redirected_to(&mut self, person: PersonId) -> Result<Vec<PersonId>, StoreError> {
        let rows = self.fetch(&LED_TO, &params![&person]).await?;
        rows.into_iter().map(|mut row| row.take()).collect()
    }

    /// Who sent some records.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn schemes_of(
        &mut self,
        records: &[RecordId],
    ) -> Result<BTreeMap<RecordId, SchemeId>, StoreError> {
        let rows = self.fetch(&SCHEMES_OF, &[Param::keys(records)]).await?;
        rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
    }

    /// Whether a person lives, was merged or lost all records; `None` when there never was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn person_state(&mut self, person: PersonId) -> Result<Option<String>, StoreError> {
        let row = self.fetch_optional(&PERSON_STATE, &params![&person]).await?;
        row.map(|mut row| row.take()).transpose()
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
        self.insert_many(&REDIRECT, &[params![&old, &new, &new, "merge", now, seq]]).await?;
        let merged = [old];
        self.execute(&STATE, &[Param::from("merged"), Param::keys(&merged)]).await?;
        Ok(())
    }

    /// Lets a person whose id was given up live again: ids that were given up for that one lead to it once more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revive_person(&mut self, person: PersonId) -> Result<(), StoreError> {
        self.execute(&FORGET_REDIRECT, &params![&person]).await?;
        let revived = [person];
        self.execute(&STATE, &[Param::from("active"), Param::keys(&revived)]).await?;
        let mut behind: Vec<PersonId> = Vec::new();
        let mut last = vec![person];
        while !last.is_empty() {
            let rows = self.fetch(&MERGED_INTO, &[Param::keys(&last)]).await?;
            let next = rows.into_iter().map(|mut row| row.take());
            last = next.collect::<Result<Vec<PersonId>, _>>()?;
            last.retain(|old| !behind.contains(old));
            behind.extend(&last);
        }
        self.execute(&LEAD_TO, &[Param::keys(&behind), Param::from(&person)]).await?;
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
        self.change_facts().await?;
        self.execute(&ADD_FACT, &params![&a, &b, kind.name(), origin, now, by]).await?;
        Ok(())
    }
}
