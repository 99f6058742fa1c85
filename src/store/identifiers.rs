//! Which records bear which identifier, by keyed hash: SQL never sees a number.

use super::sql::{Bulk, Kind, Param, Query, params, sql};
use super::{KeyedHash, Keys, Session, StoreError, Tx};
use crate::model::RecordId;

/// The hash by which an identifier is found: a national number, or a scheme's own record id with the scheme as system.
#[must_use]
pub fn identifier_key(keys: &Keys, system: &str, value: &str) -> KeyedHash {
    keys.hash("identifier", &[system, value])
}

/// One identifier of one record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredIdentifier {
    /// Hash of system and value.
    pub key: KeyedHash,
    /// Who bears it.
    pub record_id: RecordId,
    /// The system, such as `ml-nina`.
    pub system: String,
}

sql! {
    BEARERS: Query =
        Query::same("select record_id from identifiers where key = $1 order by record_id limit $2");
    ADD: Bulk = Bulk::insert(
        "identifiers",
        &[("key", Kind::Bytes), ("record_id", Kind::Bytes), ("system", Kind::Text)],
        "on conflict (key, record_id) do nothing",
    );
    FORGET: Query = Query::differing(
        "delete from identifiers where record_id in (select unhex(value) from json_each($1))",
        "delete from identifiers where record_id = any($1)",
    );
}

impl Session {
    /// The records that bear an identifier, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn bearers(
        &mut self,
        key: &KeyedHash,
        limit: u32,
    ) -> Result<Vec<RecordId>, StoreError> {
        let rows = self.fetch(&BEARERS, &params![key, limit]).await?;
        rows.into_iter().map(|mut row| row.take()).collect()
    }
}

impl Tx {
    /// Replaces the identifiers of `known` records (new ones have none yet) by these.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_identifiers(
        &mut self,
        known: &[RecordId],
        identifiers: &[StoredIdentifier],
    ) -> Result<(), StoreError> {
        if !known.is_empty() {
            self.execute(&FORGET, &[Param::keys(known)]).await?;
        }
        let rows: Vec<_> = identifiers
            .iter()
            .map(|identifier| params![&identifier.key, &identifier.record_id, &identifier.system])
            .collect();
        self.insert_many(&ADD, &rows).await?;
        Ok(())
    }
}
