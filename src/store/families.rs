//! People with several records, and who stands with whom in a contract.

use super::seal::{KeyedHash, Keys};
use super::sql::{Param, Query, beyond, params, sql};
use super::{Row, Session, StoreError};
use crate::eligibility::RecordFacts;
use crate::model::{PersonId, RecordId, SchemeId};

/// A record with its contract and its person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seat {
    /// Hash of the contract.
    pub contract: KeyedHash,
    /// The record.
    pub record: RecordId,
    /// Who sent it.
    pub scheme: SchemeId,
    /// Whose it is.
    pub person: Option<PersonId>,
}

sql! {
    SEVERAL: Query = Query::same(
        "select l.person_id, c.record_id, c.known_from, c.known_to, c.sealed
         from person_links l join coverages c on c.record_id = l.record_id and c.known_to is null
         where l.person_id in (select person_id from person_links
            where person_id > $1 group by person_id having count(*) > 1 order by person_id limit $2)
         order by l.person_id, c.record_id",
    );
    SEATS: Query = Query::differing(
        "select contract_key, id, scheme, person_id from records left join person_links on record_id = id
         where id in (select unhex(value) from json_each($1)) and contract_key is not null and state <> 'staged'
         order by id",
        "select contract_key, id, scheme, person_id from records left join person_links on record_id = id
         where id = any($1) and contract_key is not null and state <> 'staged' order by id",
    );
    // So many of each contract, however large it is.
    IN_CONTRACTS: Query = Query::differing(
        "select r.contract_key, r.id, r.scheme, l.person_id
         from json_each($1) asked
         join records r on r.contract_key = unhex(asked.value) and r.id in
           (select id from records where contract_key = unhex(asked.value) and state <> 'staged' order by id limit $2)
         left join person_links l on l.record_id = r.id
         order by r.contract_key, r.id",
        "select r.contract_key, r.id, r.scheme, l.person_id
         from unnest($1::bytea[]) asked (key)
         cross join lateral
           (select contract_key, id, scheme from records
            where contract_key = asked.key and state <> 'staged' order by id limit $2) r
         left join person_links l on l.record_id = r.id
         order by r.contract_key, r.id",
    );
}

fn seat(mut row: Row) -> Result<Seat, StoreError> {
    Ok(Seat {
        contract: row.take()?,
        record: row.take()?,
        scheme: row.take()?,
        person: row.take_optional()?,
    })
}

impl Session {
    /// What is known now of the next people after `after` who have more than one record: at most `people` of them,
    /// each whole.
    ///
    /// # Errors
    /// When the database fails or a value does not open.
    pub async fn people_of_several(
        &mut self,
        keys: &Keys,
        after: Option<PersonId>,
        people: u32,
    ) -> Result<Vec<(PersonId, RecordFacts)>, StoreError> {
        let rows = self.fetch(&SEVERAL, &params![beyond(after.as_ref()), people]).await?;
        let read = |mut row: Row| Ok((row.take()?, super::coverages::read(&mut row, keys)?));
        rows.into_iter().map(read).collect()
    }

    /// The contracts in which records stand; a record without one is left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn seats(&mut self, records: &[RecordId]) -> Result<Vec<Seat>, StoreError> {
        self.fetch(&SEATS, &[Param::keys(records)]).await?.into_iter().map(seat).collect()
    }

    /// Who stands in contracts, at most `limit` records of each.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn seats_of_contracts(
        &mut self,
        contracts: &[KeyedHash],
        limit: u32,
    ) -> Result<Vec<Seat>, StoreError> {
        let keys = Param::keys(contracts.iter().map(KeyedHash::as_bytes));
        let rows = self.fetch(&IN_CONTRACTS, &[keys, Param::from(limit)]).await?;
        rows.into_iter().map(seat).collect()
    }
}
