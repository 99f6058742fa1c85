//! Pages over everything that is known, for files that leave the hub.

use super::records::current_owner;
use super::sql::{Query, params, sql};
use super::{Keys, Row, Session, StoreError};
use crate::model::{BeneficiaryRecord, Instant, PersonId, RecordId, SchemeId};

/// A record with the person it belongs to.
#[derive(Clone, Debug)]
pub struct LinkedRecord {
    /// Its id.
    pub id: RecordId,
    /// Who sent it.
    pub scheme: SchemeId,
    /// The person; none while the record waits for the linker.
    pub person: Option<PersonId>,
    current: Vec<u8>,
}

impl LinkedRecord {
    /// The effective record.
    ///
    /// # Errors
    /// When the sealed document does not open.
    pub fn open(&self, keys: &Keys) -> Result<BeneficiaryRecord, StoreError> {
        let plain = self.plain(keys)?;
        BeneficiaryRecord::from_json(&plain).map_err(|_| StoreError::Sealed)
    }

    /// The effective record as JSON.
    ///
    /// # Errors
    /// When the sealed document does not open.
    pub fn plain(&self, keys: &Keys) -> Result<Vec<u8>, StoreError> {
        keys.open(current_owner(&self.id), &self.current)
    }
}

/// Two records that were compared.
#[derive(Clone, PartialEq, Debug)]
pub struct ComparedPair {
    /// One.
    pub a: RecordId,
    /// The other.
    pub b: RecordId,
    /// How likely they are the same person.
    pub probability: f64,
    /// What was decided.
    pub decision: String,
}

/// One person and the records that are theirs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PersonRecord {
    /// The person.
    pub person: PersonId,
    /// When the hub first met them.
    pub since: Instant,
    /// The scheme of one of their records.
    pub scheme: SchemeId,
}

/// Numbers of what a hub holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Totals {
    /// Records that count.
    pub records: u64,
    /// People who have at least one.
    pub people: u64,
    /// Records that belong to somebody.
    pub links: u64,
    /// Possible duplicates that wait for a steward.
    pub reviews: u64,
    /// Records that wait for the linker.
    pub waiting: u64,
    /// Refused records that wait.
    pub quarantine: u64,
    /// When the last batch was touched.
    pub last_write: Option<Instant>,
}

sql! {
    LINKED: Query = Query::same(
        "select r.id, r.scheme, l.person_id, r.current
         from records as r left join person_links as l on l.record_id = r.id
         where (r.id > $1 or $1 is null) and r.current is not null and r.state <> 'staged'
         order by r.id limit $2",
    );
    PAIRS: Query = Query::same(
        "select a, b, probability, decision from edges where a > $1 or (a = $1 and b > $2) order by a, b limit $3",
    );
    PEOPLE: Query = Query::same(
        "select p.id, p.created_at, r.scheme
         from people as p
         join person_links as l on l.person_id = p.id
         join records as r on r.id = l.record_id
         where p.id in (select id from people where id > $1 or $1 is null order by id limit $2)
         order by p.id, r.id",
    );
    // PostgreSQL before 18 has no `max(bytea)`.
    PEOPLE_END: Query = Query::same(
        "select id from (select id from people where id > $1 or $1 is null order by id limit $2) as page
         order by id desc limit 1",
    );
    TOTALS: Query = Query::same(
        "select
            (select count(*) from records where state = 'live'),
            (select count(distinct person_id) from person_links),
            (select count(*) from person_links),
            (select count(*) from reviews where state = 'open'),
            (select count(*) from inbox),
            (select count(*) from quarantine where state = 'open'),
            (select max(touched_at) from batches)",
    );
}

impl Session {
    /// A page of records with their persons, in order of id, after `after`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn linked_records(
        &mut self,
        after: Option<RecordId>,
        limit: u32,
    ) -> Result<Vec<LinkedRecord>, StoreError> {
        let rows = self.fetch(&LINKED, &params![after.as_ref(), limit]).await?;
        let read = |mut row: Row| {
            Ok(LinkedRecord {
                id: row.take()?,
                scheme: row.take()?,
                person: row.take_optional()?,
                current: row.take()?,
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// A page of compared pairs, after the pair `after`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn compared_pairs(
        &mut self,
        after: Option<(RecordId, RecordId)>,
        limit: u32,
    ) -> Result<Vec<ComparedPair>, StoreError> {
        // No id is as low as this one: ids begin with their time.
        let lowest = RecordId::from_bytes([0; 16]);
        let (a, b) = after.unwrap_or((lowest, lowest));
        let rows = self.fetch(&PAIRS, &params![&a, &b, limit]).await?;
        let read = |mut row: Row| {
            Ok(ComparedPair {
                a: row.take()?,
                b: row.take()?,
                probability: row.take()?,
                decision: row.take()?,
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// A page of people, one row for each of their records; `None` when there are no more. The id
    /// is where the next page goes on: a page may have no rows, when its people were merged away.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn people_page(
        &mut self,
        after: Option<PersonId>,
        limit: u32,
    ) -> Result<Option<(PersonId, Vec<PersonRecord>)>, StoreError> {
        let page = params![after.as_ref(), limit];
        let Some(mut last) = self.fetch_optional(&PEOPLE_END, &page).await? else {
            return Ok(None);
        };
        let end = last.take()?;
        let read = |mut row: Row| {
            Ok(PersonRecord { person: row.take()?, since: row.take()?, scheme: row.take()? })
        };
        let rows = self.fetch(&PEOPLE, &page).await?;
        let rows = rows.into_iter().map(read).collect::<Result<_, StoreError>>()?;
        Ok(Some((end, rows)))
    }

    /// How much the hub holds.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn totals(&mut self) -> Result<Totals, StoreError> {
        let mut row = self.fetch_one(&TOTALS, &[]).await?;
        Ok(Totals {
            records: row.take()?,
            people: row.take()?,
            links: row.take()?,
            reviews: row.take()?,
            waiting: row.take()?,
            quarantine: row.take()?,
            last_write: row.take_optional()?,
        })
    }
}
