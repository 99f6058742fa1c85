//! What records say about coverage, by valid and recorded time, and the people they belong to.
//!
//! A [`Statement`] is sealed for its record. A new one ends the span of the old one, so the store answers what it
//! knew at any moment.

use crate::eligibility::RecordFacts;
use crate::eligibility::facts::Statement;
use crate::model::{Instant, PersonId, RecordId, SchemeId};

use super::seal::{KeyedHash, Keys, Owner};
use super::sql::{Bulk, Kind, Param, Query, params, sql};
use super::{Row, Session, StoreError, Tx};

/// A record that a number leads to, with its person once the linker has seen it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Subject {
    /// The person; none while the record waits for the linker.
    pub person: Option<PersonId>,
    /// The record.
    pub record: RecordId,
}

/// Records behind one number that are looked at: more is no identification.
const SUBJECTS: u32 = 64;

sql! {
    END: Query = Query::differing(
        "update coverages set known_to = $2
         where known_to is null and record_id in (select unhex(value) from json_each($1))",
        // A list is an array on PostgreSQL.
        "update coverages set known_to = $2 where known_to is null and record_id = any($1)",
    );
    BEGIN: Bulk = Bulk::insert(
        "coverages",
        &[
            ("record_id", Kind::Bytes),
            ("known_from", Kind::Integer),
            ("scheme", Kind::Text),
            ("sealed", Kind::Bytes),
        ],
        // Twice within one millisecond: the later word counts.
        "on conflict (record_id, known_from) do update set known_to = null, sealed = excluded.sealed",
    );
    OF_PEOPLE: Query = Query::differing(
        "select l.person_id, c.record_id, c.known_from, c.known_to, c.sealed
         from person_links l join coverages c on c.record_id = l.record_id
         where l.person_id in (select unhex(value) from json_each($1))
           and c.known_from <= $2 and (c.known_to is null or c.known_to > $2)
         order by c.record_id",
        // Each key by itself, `offset 0` so that it stays so: of an array of keys PostgreSQL supposes that it may fit a
        // twentieth of the table, and before a table's first `analyze` it reads the whole of it instead of the index. Of a
        // record one statement is known at a moment.
        "select l.person_id, c.record_id, c.known_from, c.known_to, c.sealed
         from unnest($1::bytea[]) asked (person_id)
         cross join lateral
           (select person_id, record_id from person_links where person_id = asked.person_id offset 0) l
         cross join lateral
           (select record_id, known_from, known_to, sealed from coverages
            where record_id = l.record_id and known_from <= $2 and (known_to is null or known_to > $2)
            order by known_from desc limit 1) c
         order by c.record_id",
    );
    OF_RECORD: Query = Query::same(
        "select record_id, known_from, known_to, sealed from coverages
         where record_id = $1 and known_from <= $2 and (known_to is null or known_to > $2)",
    );
    SINCE: Query = Query::same(
        "select record_id, known_from, known_to, sealed from coverages
         where record_id = $1 and (known_to is null or known_to > $2) order by known_from",
    );
    OF_RECORDS: Query = Query::differing(
        "select record_id, known_from, known_to, sealed from coverages
         where known_to is null and record_id in (select unhex(value) from json_each($1))",
        "select record_id, known_from, known_to, sealed from coverages where known_to is null and record_id = any($1)",
    );
    BY_RECORD: Query = Query::same(
        "select l.person_id, r.id from records r left join person_links l on l.record_id = r.id where r.id = $1",
    );
    BY_RECORDS: Query = Query::differing(
        "select r.id, l.person_id from records r left join person_links l on l.record_id = r.id
         where r.id in (select unhex(value) from json_each($1)) and r.state <> 'staged'",
        "select r.id, l.person_id from records r left join person_links l on l.record_id = r.id
         where r.id = any($1) and r.state <> 'staged'",
    );
    BY_RECORD_KEYS: Query = Query::differing(
        "select r.record_key, l.person_id, r.id from records r left join person_links l on l.record_id = r.id
         where r.scheme = $1 and r.record_key in (select unhex(value) from json_each($2)) and r.state <> 'staged'",
        "select r.record_key, l.person_id, r.id from records r left join person_links l on l.record_id = r.id
         where r.scheme = $1 and r.record_key = any($2) and r.state <> 'staged'",
    );
    // So many for each number, however many there are of one that stands for nobody in particular.
    BY_IDENTIFIERS: Query = Query::differing(
        "select i.key, l.person_id, i.record_id
         from json_each($1) asked
         join identifiers i on i.key = unhex(asked.value) and i.record_id in
           (select record_id from identifiers where key = unhex(asked.value) order by record_id limit $2)
         join records r on r.id = i.record_id and r.state <> 'staged'
         left join person_links l on l.record_id = i.record_id
         order by i.record_id",
        "select i.key, l.person_id, i.record_id
         from unnest($1::bytea[]) asked (key)
         cross join lateral
           (select key, record_id from identifiers where key = asked.key order by record_id limit $2) i
         cross join lateral (select 1 from records where id = i.record_id and state <> 'staged' offset 0) r
         left join lateral (select person_id from person_links where record_id = i.record_id offset 0) l on true
         order by i.record_id",
    );
    PAGE: Query = Query::same(
        "select l.person_id, c.record_id, c.known_from, c.known_to, c.sealed
         from person_links l join coverages c on c.record_id = l.record_id and c.known_to is null
         where l.person_id > $1 or $1 is null
         order by l.person_id, c.record_id limit $2",
    );
}

/// Where the sealed statement of a record belongs.
fn owner(record: &RecordId) -> Owner<'_> {
    Owner { table: "coverages", row: record.as_bytes() }
}

pub(super) fn read(row: &mut Row, keys: &Keys) -> Result<RecordFacts, StoreError> {
    let record: RecordId = row.take()?;
    let recorded_at = row.take()?;
    let replaced_at = row.take_optional()?;
    let sealed: Vec<u8> = row.take()?;
    let plain = keys.open(owner(&record), &sealed)?;
    let says: Statement = serde_json::from_slice(&plain).map_err(|_| StoreError::Sealed)?;
    Ok(RecordFacts { record, recorded_at, replaced_at, says })
}

fn subject(mut row: Row) -> Result<Subject, StoreError> {
    Ok(Subject { person: row.take_optional()?, record: row.take()? })
}

impl Session {
    /// What the store knew at a moment about all records of people, in the order of the records.
    ///
    /// # Errors
    /// When the database fails or a value does not open.
    pub async fn statements_of_people(
        &mut self,
        keys: &Keys,
        people: &[PersonId],
        at: Instant,
    ) -> Result<Vec<(PersonId, RecordFacts)>, StoreError> {
        let bound = [Param::keys(people.iter().map(PersonId::as_bytes)), Param::from(at)];
        let rows = self.fetch(&OF_PEOPLE, &bound).await?;
        rows.into_iter().map(|mut row| Ok((row.take()?, read(&mut row, keys)?))).collect()
    }

    /// What the store knew at a moment about one record.
    ///
    /// # Errors
    /// When the database fails or a value does not open.
    pub async fn statement_of_record(
        &mut self,
        keys: &Keys,
        record: RecordId,
        at: Instant,
    ) -> Result<Option<RecordFacts>, StoreError> {
        let row = self.fetch_optional(&OF_RECORD, &params![&record, at]).await?;
        row.map(|mut row| read(&mut row, keys)).transpose()
    }

    /// What the store knew about one record at a moment, and everything that it came to know since, in this order.
    ///
    /// # Errors
    /// When the database fails or a value does not open.
    pub async fn statements_since(
        &mut self,
        keys: &Keys,
        record: RecordId,
        moment: Instant,
    ) -> Result<Vec<RecordFacts>, StoreError> {
        let rows = self.fetch(&SINCE, &params![&record, moment]).await?;
        rows.into_iter().map(|mut row| read(&mut row, keys)).collect()
    }

    /// What is known now about some records.
    ///
    /// # Errors
    /// When the database fails or a value does not open.
    pub async fn statements_of(
        &mut self,
        keys: &Keys,
        records: &[RecordId],
    ) -> Result<Vec<RecordFacts>, StoreError> {
        let rows = self.fetch(&OF_RECORDS, &[Param::keys(records)]).await?;
        rows.into_iter().map(|mut row| read(&mut row, keys)).collect()
    }

    /// A record with its person.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subject(&mut self, record: RecordId) -> Result<Option<Subject>, StoreError> {
        let row = self.fetch_optional(&BY_RECORD, &params![&record]).await?;
        row.map(subject).transpose()
    }

    /// Records with their people, each by its id; those that are staged only are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subjects(&mut self, records: &[RecordId]) -> Result<Vec<Subject>, StoreError> {
        let bound = [Param::keys(records.iter().map(RecordId::as_bytes))];
        let rows = self.fetch(&BY_RECORDS, &bound).await?;
        let read = |mut row: Row| Ok(Subject { record: row.take()?, person: row.take_optional()? });
        rows.into_iter().map(read).collect()
    }

    /// The records that a scheme names so, each with the hash of its name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subjects_of_records(
        &mut self,
        scheme: &SchemeId,
        keys: &[KeyedHash],
    ) -> Result<Vec<(KeyedHash, Subject)>, StoreError> {
        let rows = self.fetch(&BY_RECORD_KEYS, &[Param::from(scheme), Param::keys(keys)]).await?;
        rows.into_iter().map(|mut row| Ok((row.take()?, subject(row)?))).collect()
    }

    /// The record that a scheme names so.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subject_of_record(
        &mut self,
        scheme: &SchemeId,
        key: &KeyedHash,
    ) -> Result<Option<Subject>, StoreError> {
        let found = self.subjects_of_records(scheme, &[*key]).await?;
        Ok(found.into_iter().next().map(|(_, subject)| subject))
    }

    /// The records that bear identifiers, the oldest first, each with the hash of the identifier.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subjects_of_identifiers(
        &mut self,
        keys: &[KeyedHash],
    ) -> Result<Vec<(KeyedHash, Subject)>, StoreError> {
        let rows = self.fetch(&BY_IDENTIFIERS, &[Param::keys(keys), Param::from(SUBJECTS)]).await?;
        rows.into_iter().map(|mut row| Ok((row.take()?, subject(row)?))).collect()
    }

    /// What is known now about people after `after`, in the order of their ids: at most `limit` records, so the last
    /// person of a full page may continue on the next one; ask again after the last but one.
    ///
    /// # Errors
    /// When the database fails or a value does not open.
    pub async fn statements_page(
        &mut self,
        keys: &Keys,
        after: Option<PersonId>,
        limit: u32,
    ) -> Result<Vec<(PersonId, RecordFacts)>, StoreError> {
        let rows = self.fetch(&PAGE, &params![after.as_ref(), limit]).await?;
        rows.into_iter().map(|mut row| Ok((row.take()?, read(&mut row, keys)?))).collect()
    }
}

impl Tx {
    /// Records what records say from `now` on; what they said until then keeps its span.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_statements(
        &mut self,
        keys: &Keys,
        statements: &[(RecordId, Statement)],
        now: Instant,
    ) -> Result<(), StoreError> {
        let records: Vec<RecordId> = statements.iter().map(|(record, _)| *record).collect();
        self.end_statements(&records, now).await?;
        let rows: Vec<_> = statements
            .iter()
            .map(|(record, statement)| {
                let plain = serde_json::to_vec(statement).expect("a statement is plain JSON");
                let sealed = keys.seal(owner(record), &plain);
                params![record, now, &statement.scheme, sealed]
            })
            .collect();
        self.insert_many(&BEGIN, &rows).await?;
        Ok(())
    }

    /// Says that records say nothing any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_statements(
        &mut self,
        records: &[RecordId],
        now: Instant,
    ) -> Result<(), StoreError> {
        if !records.is_empty() {
            let list = Param::keys(records.iter().map(RecordId::as_bytes));
            self.execute(&END, &[list, Param::from(now)]).await?;
        }
        Ok(())
    }
}
