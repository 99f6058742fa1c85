//! Records as somebody looks through them: those that changed last come first. Which they are; what they say stands in
//! [`records`](super::records).

use super::records::RecordState;
use super::sql::{Query, beyond, params, sql};
use super::{Session, StoreError};
use crate::model::{BatchId, Instant, RecordId, RevisionId, SchemeId};

/// When a record last changed, and which one it was: its place in the list.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Changed {
    /// When.
    pub at: Instant,
    /// Which.
    pub record: RecordId,
}

sql! {
    CHANGED: Query = Query::same(
        "select updated_at, id from records
         where scheme = $1 and state = $2 and updated_at >= $3 and (updated_at, id) < ($4, $5)
         order by updated_at desc, id desc limit $6",
    );
    BROUGHT: Query = Query::same(
        "select id, record_id from revisions where batch_id = $1 and state = 'live' and id > $2 order by id limit $3",
    );
}

impl Session {
    /// Records of a scheme in a state that changed since a moment, before a place in the list.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn records_changed(
        &mut self,
        (scheme, state): (&SchemeId, RecordState),
        since: Instant,
        before: Changed,
        limit: u32,
    ) -> Result<Vec<Changed>, StoreError> {
        let params = params![scheme, state, since, before.at, &before.record, limit];
        let rows = self.fetch(&CHANGED, &params).await?;
        rows.into_iter().map(|mut row| Ok(Changed { at: row.take()?, record: row.take()? })).collect()
    }

    /// Records that are as a batch brought them, in the order of its file, each with its revision, after one of those.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn records_brought(
        &mut self,
        batch: BatchId,
        after: Option<RevisionId>,
        limit: u32,
    ) -> Result<Vec<(RevisionId, RecordId)>, StoreError> {
        let rows = self.fetch(&BROUGHT, &params![&batch, beyond(after.as_ref()), limit]).await?;
        rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
    }
}
