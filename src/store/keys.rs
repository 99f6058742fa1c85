//! Access keys: who may call, found by the keyed hash of what was shown.

use super::sql::{Param, Query, params, sql};
use super::{KeyedHash, Row, Session, StoreError, Tx};
use crate::model::{Holder, Instant, KeyId, Scope};

/// A key, without its secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyRow {
    /// Its id.
    pub id: KeyId,
    /// What it is for, in words.
    pub title: String,
    /// Whose it is.
    pub holder: Holder,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// For which purposes it may ask; empty means those that the agreements allow.
    pub purposes: Vec<String>,
    /// When it was given.
    pub created_at: Instant,
    /// When it ends by itself.
    pub expires_at: Option<Instant>,
    /// When it was withdrawn.
    pub revoked_at: Option<Instant>,
    /// When it was last used, to the minute or so.
    pub last_used_at: Option<Instant>,
}

sql! {
    KEY_INSERT: Query = Query::same(
        "insert into keys (id, title, owner_kind, owner, secret_hash, scopes, purposes, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    );
    KEYS_BY_SECRETS: Query = Query::differing(
        "select secret_hash, id, title, owner_kind, owner, scopes, purposes, created_at, expires_at, revoked_at,
           last_used_at
         from keys where secret_hash in (select unhex(value) from json_each($1))",
        "select secret_hash, id, title, owner_kind, owner, scopes, purposes, created_at, expires_at, revoked_at,
           last_used_at
         from keys where secret_hash = any($1)",
    );
    KEY_BY_ID: Query = Query::same(
        "select id, title, owner_kind, owner, scopes, purposes, created_at, expires_at, revoked_at, last_used_at
         from keys where id = $1",
    );
    KEYS_ALL: Query = Query::same(
        "select id, title, owner_kind, owner, scopes, purposes, created_at, expires_at, revoked_at, last_used_at
         from keys order by id",
    );
    KEY_REVOKE: Query = Query::same(
        "update keys set revoked_at = $2 where id = $1 and revoked_at is null",
    );
    KEY_USED: Query = Query::same("update keys set last_used_at = $2 where id = $1");
}

impl KeyRow {
    fn read(mut row: Row) -> Result<Self, StoreError> {
        let id = row.take()?;
        let title = row.take()?;
        let (kind, owner): (String, String) = (row.take()?, row.take()?);
        let holder = Holder::parse(&kind, &owner).ok_or(StoreError::Unexpected { column: 3 })?;
        let scopes: String = row.take()?;
        let purposes: String = row.take()?;
        Ok(Self {
            id,
            title,
            holder,
            // A right that a newer program granted and this one does not know is no right here.
            scopes: scopes.split(' ').filter_map(Scope::parse).collect(),
            purposes: purposes.split_whitespace().map(ToOwned::to_owned).collect(),
            created_at: row.take()?,
            expires_at: row.take_optional()?,
            revoked_at: row.take_optional()?,
            last_used_at: row.take_optional()?,
        })
    }
}

impl Session {
    /// The keys whose secrets have these hashes, also when they are withdrawn.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keys_by_secrets(
        &mut self,
        hashes: &[KeyedHash],
    ) -> Result<Vec<(KeyedHash, KeyRow)>, StoreError> {
        let rows = self.fetch(&KEYS_BY_SECRETS, &[Param::keys(hashes)]).await?;
        rows.into_iter().map(|mut row| Ok((row.take()?, KeyRow::read(row)?))).collect()
    }

    /// The key of an id, also when it is withdrawn.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn key_by_id(&mut self, id: KeyId) -> Result<Option<KeyRow>, StoreError> {
        let row = self.fetch_optional(&KEY_BY_ID, &params![&id]).await?;
        row.map(KeyRow::read).transpose()
    }

    /// Every key, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keys(&mut self) -> Result<Vec<KeyRow>, StoreError> {
        self.fetch(&KEYS_ALL, &[]).await?.into_iter().map(KeyRow::read).collect()
    }
}

impl Tx {
    /// Keeps a new key under the hash of its secret.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_key(&mut self, key: &KeyRow, hash: &KeyedHash) -> Result<(), StoreError> {
        let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.name()).collect();
        let bound = params![
            &key.id,
            &key.title,
            key.holder.kind(),
            key.holder.id(),
            hash,
            scopes.join(" "),
            key.purposes.join(" "),
            key.created_at,
            key.expires_at,
        ];
        self.execute(&KEY_INSERT, &bound).await?;
        Ok(())
    }

    /// Withdraws a key; `false` when there is none, or it was withdrawn before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_key(&mut self, id: KeyId, at: Instant) -> Result<bool, StoreError> {
        Ok(self.execute(&KEY_REVOKE, &params![&id, at]).await? == 1)
    }

    /// Notes that a key was used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn key_used(&mut self, id: KeyId, at: Instant) -> Result<(), StoreError> {
        self.execute(&KEY_USED, &params![&id, at]).await?;
        Ok(())
    }
}
