//! The log as its followers read it: by position, never by id or time, because commit order is
//! neither.

use super::sql::{Query, params, sql};
use super::{Row, Session, StoreError};
use crate::model::{Instant, PersonId, RecordId, SchemeId};

/// One entry of the log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogEntry {
    /// Its position.
    pub seq: u64,
    /// What happened: see [`LogLine`](super::people::LogLine).
    pub kind: String,
    /// The record that it is about.
    pub record: Option<RecordId>,
    /// The person that it is about.
    pub person: Option<PersonId>,
    /// When it was written.
    pub at: Instant,
}

/// That one person's id leads on to another's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Redirect {
    /// The id that was.
    pub old: PersonId,
    /// The id that is.
    pub new: PersonId,
    /// Position in the log at which it became so.
    pub seq: u64,
}

/// A record behind a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    /// The record.
    pub record: RecordId,
    /// Who sent it.
    pub scheme: SchemeId,
}

sql! {
    AFTER: Query = Query::same(
        "select seq, kind, record_id, person_id, at from log where seq > $1 order by seq limit $2",
    );
    LAST_LOGGED: Query = Query::same("select max(at) from log where record_id = $1 and seq <= $2");
    REDIRECTED: Query = Query::same(
        "select old_id, new_id, seq from redirects where seq > $1 and seq <= $2 order by seq",
    );
    REDIRECT: Query = Query::same("select new_id from redirects where old_id = $1");
    MEMBERS: Query = Query::same(
        "select r.id, r.scheme from person_links l join records r on r.id = l.record_id
         where l.person_id = $1 and r.state <> 'staged' order by r.id",
    );
    CORRECTED: Query = Query::same(
        "select count(*) from corrections c
         join records r on r.scheme = c.scheme and r.record_key = c.record_key
         where r.id = $1 and c.state = 'active' and c.created_at >= $2",
    );
    CHANGED: Query = Query::same(
        "select max(l.seq), l.record_id from log l join records r on r.id = l.record_id
         where (r.scheme = $1 or $1 is null) and l.seq > $2 group by l.record_id order by 1 limit $3",
    );
}

fn read(mut row: Row) -> Result<LogEntry, StoreError> {
    Ok(LogEntry {
        seq: row.take()?,
        kind: row.take()?,
        record: row.take_optional()?,
        person: row.take_optional()?,
        at: row.take()?,
    })
}

impl Session {
    /// The entries after a position, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_after(&mut self, seq: u64, limit: u32) -> Result<Vec<LogEntry>, StoreError> {
        self.fetch(&AFTER, &params![seq, limit]).await?.into_iter().map(read).collect()
    }

    /// When the log last spoke of a record, up to and with a position.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_logged(
        &mut self,
        record: RecordId,
        upto: u64,
    ) -> Result<Option<Instant>, StoreError> {
        self.fetch_one(&LAST_LOGGED, &params![&record, upto]).await?.take_optional()
    }

    /// The redirections made after one position, up to and with another.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn redirected(&mut self, after: u64, upto: u64) -> Result<Vec<Redirect>, StoreError> {
        let rows = self.fetch(&REDIRECTED, &params![after, upto]).await?;
        let read =
            |mut row: Row| Ok(Redirect { old: row.take()?, new: row.take()?, seq: row.take()? });
        rows.into_iter().map(read).collect()
    }

    /// The id to which a person's id leads on, when it does.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn redirect(&mut self, old: PersonId) -> Result<Option<PersonId>, StoreError> {
        let row = self.fetch_optional(&REDIRECT, &params![&old]).await?;
        row.map(|mut row| row.take()).transpose()
    }

    /// The records behind a person, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn members(&mut self, person: PersonId) -> Result<Vec<Member>, StoreError> {
        let rows = self.fetch(&MEMBERS, &params![&person]).await?;
        let read = |mut row: Row| Ok(Member { record: row.take()?, scheme: row.take()? });
        rows.into_iter().map(read).collect()
    }

    /// Whether a correction that was made in the hub since a moment holds for a record.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn was_corrected(
        &mut self,
        record: RecordId,
        since: Instant,
    ) -> Result<bool, StoreError> {
        let count: u64 = self.fetch_one(&CORRECTED, &params![&record, since]).await?.take()?;
        Ok(count > 0)
    }

    /// Records of a scheme, or of all, of which the log speaks after a position: each once, with
    /// the last position that speaks of it, in that order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn changed_records(
        &mut self,
        scheme: Option<&SchemeId>,
        after: u64,
        limit: u32,
    ) -> Result<Vec<(u64, RecordId)>, StoreError> {
        let rows = self.fetch(&CHANGED, &params![scheme, after, limit]).await?;
        rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
    }
}
