//! Corrections: values that a person put right in the hub, bound to the bad value of the source.

use super::batches::names;
use super::seal::Owner;
use super::sql::{Query, beyond, params, sql};
use super::{KeyedHash, Row, Session, StoreError, Tx};
use crate::model::{CorrectionId, Instant, SchemeId};

/// Whether a correction still holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CorrectionState {
    /// It is applied whenever the source sends the bad value.
    Active,
    /// The source changed the value, or a newer correction took its place.
    Lapsed,
}

names!(CorrectionState { Active = "active", Lapsed = "lapsed" });

/// A correction.
#[derive(Clone, Debug)]
pub struct Correction {
    /// Its id.
    pub id: CorrectionId,
    /// Whose record.
    pub scheme: SchemeId,
    /// Which record.
    pub record_key: KeyedHash,
    /// The field as the sender wrote it.
    pub field: String,
    /// Hash of the value that it replaces.
    pub bad_key: KeyedHash,
    /// Sealed: the bad and the good value.
    pub sealed: Vec<u8>,
    /// Whether it holds.
    pub state: CorrectionState,
    /// Since when.
    pub created_at: Instant,
    /// Who made it.
    pub created_by: String,
}

/// What the sealed part of a correction belongs to.
#[must_use]
pub fn correction_owner(id: &CorrectionId) -> Owner<'_> {
    Owner { table: "corrections", row: id.as_bytes() }
}

fn read(mut row: Row) -> Result<Correction, StoreError> {
    Ok(Correction {
        id: row.take()?,
        scheme: row.take()?,
        record_key: row.take()?,
        field: row.take()?,
        bad_key: row.take()?,
        sealed: row.take()?,
        state: row.take()?,
        created_at: row.take()?,
        created_by: row.take()?,
    })
}

macro_rules! page {
    ($which:literal) => {
        concat!(
            "select id, scheme, record_key, field, bad_key, sealed, state, created_at, created_by from corrections
             where ", $which, " and id > $3 order by id limit $4"
        )
    };
}

sql! {
    ACTIVE: Query = Query::same(
        "select id, scheme, record_key, field, bad_key, sealed, state, created_at, created_by from corrections
         where scheme = $1 and state = 'active' order by id",
    );
    PAGE: Query = Query::same(page!("cast($1 as text) is null and cast($2 as text) is null"));
    OF_SCHEME: Query = Query::same(page!("scheme = $1 and (state = $2 or $2 is null)"));
    IN_STATE: Query = Query::same(page!("cast($1 as text) is null and state = $2"));
    ADD: Query = Query::same(
        "insert into corrections (id, scheme, record_key, field, bad_key, sealed, state, created_at, created_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    );
    REPLACE: Query = Query::same(
        "update corrections set state = 'lapsed', lapsed_at = $4
         where scheme = $1 and record_key = $2 and field = $3 and state = 'active'",
    );
    LAPSE: Query = Query::same(
        "update corrections set state = 'lapsed', lapsed_at = $2 where id = $1 and state = 'active'",
    );
}

impl Session {
    /// The corrections that hold for a scheme's records.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn active_corrections(
        &mut self,
        scheme: &SchemeId,
    ) -> Result<Vec<Correction>, StoreError> {
        self.fetch(&ACTIVE, &params![scheme]).await?.into_iter().map(read).collect()
    }

    /// A page of corrections, the oldest first, after `after`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn correction_page(
        &mut self,
        scheme: Option<&SchemeId>,
        state: Option<CorrectionState>,
        after: Option<CorrectionId>,
        limit: u32,
    ) -> Result<Vec<Correction>, StoreError> {
        let state = state.map(CorrectionState::name);
        let query = match (scheme, state) {
            (Some(_), _) => &OF_SCHEME,
            (None, Some(_)) => &IN_STATE,
            (None, None) => &PAGE,
        };
        let params = params![scheme, state, beyond(after.as_ref()), limit];
        self.fetch(query, &params).await?.into_iter().map(read).collect()
    }
}

impl Tx {
    /// Adds a correction in place of an older one of the same field.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_correction(&mut self, correction: &Correction) -> Result<(), StoreError> {
        let Correction { id, scheme, record_key, field, bad_key, sealed, .. } = correction;
        let now = correction.created_at;
        self.execute(&REPLACE, &params![scheme, record_key, field, now]).await?;
        let by = &correction.created_by;
        let params =
            params![id, scheme, record_key, field, bad_key, sealed, correction.state, now, by];
        self.execute(&ADD, &params).await?;
        Ok(())
    }

    /// Ends a correction, because the source changed the value.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lapse_correction(
        &mut self,
        id: CorrectionId,
        now: Instant,
    ) -> Result<bool, StoreError> {
        Ok(self.execute(&LAPSE, &params![&id, now]).await? == 1)
    }
}
