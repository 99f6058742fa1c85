//! Sittings of people who signed in at the page, known by the keyed hash of what their browser shows.

use super::seal::KeyedHash;
use super::sql::{Query, params, sql};
use super::{Row, Session, StoreError, Tx};
use crate::model::{AccountId, Instant, SessionId};

/// A sitting as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SessionRow {
    /// Its id.
    pub id: SessionId,
    /// Whose.
    pub account: AccountId,
    /// Since when.
    pub created_at: Instant,
    /// When the last factor was shown; none while it is still asked for.
    pub verified_at: Option<Instant>,
    /// When it was last used, to the minute or so.
    pub seen_at: Instant,
    /// The browser, as it names itself.
    pub agent: String,
    /// When it was ended.
    pub ended_at: Option<Instant>,
}

sql! {
    SESSION_INSERT: Query = Query::same(
        "insert into sessions (id, secret_hash, account_id, created_at, verified_at, seen_at, agent)
         values ($1, $2, $3, $4, $5, $6, $7)",
    );
    SESSION_BY_SECRET: Query = Query::same(
        "select id, account_id, created_at, verified_at, seen_at, agent, ended_at
         from sessions where secret_hash = $1",
    );
    SESSIONS_OF: Query = Query::same(
        "select id, account_id, created_at, verified_at, seen_at, agent, ended_at
         from sessions where account_id = $1 and ended_at is null and created_at > $2 and seen_at > $3
         order by seen_at desc, id",
    );
    SESSION_SEEN: Query = Query::same("update sessions set seen_at = $2 where id = $1");
    SESSION_END: Query = Query::same(
        "update sessions set ended_at = $3 where id = $1 and account_id = $2 and ended_at is null",
    );
    SESSIONS_END: Query = Query::same(
        "update sessions set ended_at = $2 where account_id = $1 and ended_at is null",
    );
    SESSIONS_END_OTHERS: Query = Query::same(
        "update sessions set ended_at = $3 where account_id = $1 and id <> $2 and ended_at is null",
    );
    SESSIONS_FORGET: Query = Query::same("delete from sessions where created_at < $1");
}

impl SessionRow {
    fn read(mut row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            account: row.take()?,
            created_at: row.take()?,
            verified_at: row.take_optional()?,
            seen_at: row.take()?,
            agent: row.take()?,
            ended_at: row.take_optional()?,
        })
    }
}

impl Session {
    /// The sitting of a secret, also when it has ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_by_secret(
        &mut self,
        secret: &KeyedHash,
    ) -> Result<Option<SessionRow>, StoreError> {
        let row = self.fetch_optional(&SESSION_BY_SECRET, &params![secret]).await?;
        row.map(SessionRow::read).transpose()
    }

    /// An account's sittings that were begun and used after these moments, the last used first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions_of(
        &mut self,
        account: AccountId,
        (begun, used): (Instant, Instant),
    ) -> Result<Vec<SessionRow>, StoreError> {
        let rows = self.fetch(&SESSIONS_OF, &params![&account, begun, used]).await?;
        rows.into_iter().map(SessionRow::read).collect()
    }
}

impl Tx {
    /// Begins a sitting, and forgets those begun before `since`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_session(
        &mut self,
        row: &SessionRow,
        secret: &KeyedHash,
        since: Instant,
    ) -> Result<(), StoreError> {
        self.execute(&SESSIONS_FORGET, &params![since]).await?;
        let bound = params![
            &row.id,
            secret,
            &row.account,
            row.created_at,
            row.verified_at,
            row.seen_at,
            &row.agent,
        ];
        self.execute(&SESSION_INSERT, &bound).await?;
        Ok(())
    }

    /// Notes that a sitting is used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_seen(&mut self, id: SessionId, now: Instant) -> Result<(), StoreError> {
        self.execute(&SESSION_SEEN, &params![&id, now]).await?;
        Ok(())
    }

    /// Ends a sitting of an account; `false` when there is none that goes on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_session(
        &mut self,
        id: SessionId,
        account: AccountId,
        now: Instant,
    ) -> Result<bool, StoreError> {
        Ok(self.execute(&SESSION_END, &params![&id, &account, now]).await? == 1)
    }

    /// Ends every sitting of an account, but one when it is named.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_sessions(
        &mut self,
        account: AccountId,
        but: Option<SessionId>,
        now: Instant,
    ) -> Result<(), StoreError> {
        match but {
            Some(but) => self.execute(&SESSIONS_END_OTHERS, &params![&account, &but, now]).await?,
            None => self.execute(&SESSIONS_END, &params![&account, now]).await?,
        };
        Ok(())
    }
}
