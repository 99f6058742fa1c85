//! Keys that sign answers: the secret half sealed, the public half as it is published.

use zeroize::Zeroizing;

use super::seal::Owner;
use super::sql::{Query, params, sql};
use super::{Keys, Row, Session, StoreError, Tx};
use crate::model::Instant;
use crate::proof::key::PublicKey;

/// A key, without its secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SigningKeyRow {
    /// Which of the hub's keys it is, counted from 1; the last one that is not revoked signs.
    pub generation: u32,
    /// What its signatures are checked with.
    pub public: PublicKey,
    /// When it was made.
    pub created_at: Instant,
    /// When everything it signed lost its worth.
    pub revoked_at: Option<Instant>,
}

sql! {
    ADD: Query = Query::same(
        "insert into signing_keys (generation, id, public, created_at, sealed) values ($1, $2, $3, $4, $5)
         on conflict (generation) do nothing",
    );
    ALL: Query = Query::same(
        "select generation, public, created_at, revoked_at from signing_keys order by generation",
    );
    SEALED: Query = Query::same("select sealed from signing_keys where generation = $1");
    REVOKE: Query = Query::same(
        "update signing_keys set revoked_at = $2 where id = $1 and revoked_at is null",
    );
}

fn read(mut row: Row) -> Result<SigningKeyRow, StoreError> {
    let generation = row.take()?;
    let public: Vec<u8> = row.take()?;
    let public = public.try_into().map_err(|_| StoreError::Unexpected { column: 1 })?;
    Ok(SigningKeyRow {
        generation,
        public: PublicKey::new(public),
        created_at: row.take()?,
        revoked_at: row.take_optional()?,
    })
}

impl Session {
    /// Every key, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn signing_keys(&mut self) -> Result<Vec<SigningKeyRow>, StoreError> {
        self.fetch(&ALL, &[]).await?.into_iter().map(read).collect()
    }

    /// The seed of a key.
    ///
    /// # Errors
    /// When the database fails or the seed does not open.
    pub async fn signing_seed(
        &mut self,
        keys: &Keys,
        key: &SigningKeyRow,
    ) -> Result<Zeroizing<[u8; 32]>, StoreError> {
        let sealed: Vec<u8> =
            self.fetch_one(&SEALED, &params![key.generation]).await?.take()?;
        let plain = Zeroizing::new(keys.open(owner(&key.public), &sealed)?);
        let seed: [u8; 32] = plain.as_slice().try_into().map_err(|_| StoreError::Sealed)?;
        Ok(Zeroizing::new(seed))
    }
}

impl Tx {
    /// Keeps a new key; `false` when another process has made the same generation first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_signing_key(
        &mut self,
        keys: &Keys,
        key: &SigningKeyRow,
        seed: &[u8; 32],
    ) -> Result<bool, StoreError> {
        let sealed = keys.seal(owner(&key.public), seed);
        let public = key.public.as_bytes();
        let bound = params![key.generation, &key.public.id, public, key.created_at, sealed];
        Ok(self.execute(&ADD, &bound).await? == 1)
    }

    /// Takes a key's worth away; `false` when there is no such key, or it was revoked before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_signing_key(&mut self, id: &str, at: Instant) -> Result<bool, StoreError> {
        Ok(self.execute(&REVOKE, &params![id, at]).await? == 1)
    }
}

const fn owner(public: &PublicKey) -> Owner<'_> {
    Owner { table: "signing_keys", row: public.as_bytes() }
}
