//! Accounts of the people who work at the page, the one-time links to them, and failed attempts to sign in.

use super::seal::{KeyedHash, Keys, Owner};
use super::sql::{Query, params, sql};
use super::{Row, Session, StoreError, Tx};
use crate::model::{AccountId, AccountName, Instant, Role, SchemeId};

/// An account as stored.
#[derive(Clone)]
pub struct AccountRow {
    /// Its id.
    pub id: AccountId,
    /// With which its holder signs in.
    pub name: AccountName,
    /// What it is for.
    pub role: Role,
    /// In which scheme; none: in the whole hub.
    pub scheme: Option<SchemeId>,
    /// Argon2id as a PHC string; none until its holder has chosen a password.
    pub password: Option<String>,
    /// The secret of the second factor.
    pub second_factor: Option<Vec<u8>>,
    /// The last step whose code was taken.
    pub last_step: Option<u64>,
    /// When it was made.
    pub created_at: Instant,
    /// By whom.
    pub created_by: String,
    /// Since when it lets nobody in.
    pub disabled_at: Option<Instant>,
}

/// A one-time link that may still be used.
#[derive(Clone, Copy)]
pub struct Link {
    /// For whom; none: for the first administrator.
    pub account: Option<AccountId>,
    /// Until when.
    pub expires_at: Instant,
}

sql! {
    ACCOUNT_INSERT: Query = Query::same(
        "insert into accounts (id, name, role, scheme, password, created_at, created_by)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (name) do nothing",
    );
    ACCOUNT_BY_NAME: Query = Query::same(
        "select id, name, role, scheme, password, second_factor, last_step, created_at, created_by, disabled_at
         from accounts where name = $1",
    );
    ACCOUNT_BY_ID: Query = Query::same(
        "select id, name, role, scheme, password, second_factor, last_step, created_at, created_by, disabled_at
         from accounts where id = $1",
    );
    ACCOUNTS_ALL: Query = Query::same(
        "select id, name, role, scheme, password, second_factor, last_step, created_at, created_by, disabled_at
         from accounts order by name",
    );
    ACCOUNTS_COUNT: Query = Query::same("select count(*) from accounts");
    // Two who sign in first at the same moment must not both become the first.
    ACCOUNTS_TURN: Query = Query::differing(
        "select 1",
        "select pg_advisory_xact_lock(8241520210)",
    );
    // On SQLite whoever writes is alone already.
    FAILURES_TURN: Query = Query::differing(
        "select $1 is null",
        "select pg_advisory_xact_lock(hashtextextended(encode($1, 'hex'), 8241520211))",
    );
    ACCOUNT_ROLE: Query = Query::same("update accounts set role = $2, scheme = $3 where id = $1");
    ACCOUNT_PASSWORD: Query = Query::same("update accounts set password = $2 where id = $1");
    ACCOUNT_FACTOR: Query = Query::same(
        "update accounts set second_factor = $2, last_step = $3 where id = $1",
    );
    // Of two who show the same code at once, one is let in.
    ACCOUNT_STEP: Query = Query::same(
        "update accounts set last_step = $2 where id = $1 and (last_step is null or last_step < $2)",
    );
    ACCOUNT_DISABLED: Query = Query::same("update accounts set disabled_at = $2 where id = $1");
    LINK_INSERT: Query = Query::same(
        "insert into account_links (secret_hash, account_id, created_at, expires_at) values ($1, $2, $3, $4)",
    );
    LINK_OPEN: Query = Query::same(
        "select account_id, expires_at from account_links
         where secret_hash = $1 and used_at is null and expires_at > $2",
    );
    LINK_USED: Query = Query::same(
        "update account_links set used_at = $2 where secret_hash = $1 and used_at is null",
    );
    LINKS_OVER: Query = Query::same(
        "update account_links set used_at = $2 where account_id = $1 and used_at is null",
    );
    FIRST_LINKS_OVER: Query = Query::same(
        "update account_links set used_at = $1 where account_id is null and used_at is null",
    );
    FAILURES_OF: Query = Query::same(
        "select failures, last_at from sign_in_failures where name_hash = $1",
    );
    FAILURE_ADD: Query = Query::same(
        "insert into sign_in_failures (name_hash, failures, last_at) values ($1, 1, $2)
         on conflict (name_hash) do update set failures = sign_in_failures.failures + 1, last_at = $2",
    );
    FAILURES_FORGET: Query = Query::same("delete from sign_in_failures where name_hash = $1");
    FAILURES_EXPIRE: Query = Query::same("delete from sign_in_failures where last_at < $1");
}

fn owner(id: &AccountId) -> Owner<'_> {
    Owner { table: "accounts", row: id.as_bytes() }
}

fn read(mut row: Row, keys: &Keys) -> Result<AccountRow, StoreError> {
    let id: AccountId = row.take()?;
    let (name, role): (String, String) = (row.take()?, row.take()?);
    Ok(AccountRow {
        id,
        name: name.parse().map_err(|_| StoreError::Unexpected { column: 1 })?,
        role: Role::parse(&role).ok_or(StoreError::Unexpected { column: 2 })?,
        scheme: row.take_optional()?,
        password: row.take_optional()?,
        second_factor: row
            .take_optional::<Vec<u8>>()?
            .map(|sealed| keys.open(owner(&id), &sealed))
            .transpose()?,
        last_step: row.take_optional()?,
        created_at: row.take()?,
        created_by: row.take()?,
        disabled_at: row.take_optional()?,
    })
}

impl Session {
    /// The account of a name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn account_by_name(
        &mut self,
        keys: &Keys,
        name: &AccountName,
    ) -> Result<Option<AccountRow>, StoreError> {
        let row = self.fetch_optional(&ACCOUNT_BY_NAME, &params![name.as_str()]).await?;
        row.map(|row| read(row, keys)).transpose()
    }

    /// The account of an id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn account(
        &mut self,
        keys: &Keys,
        id: AccountId,
    ) -> Result<Option<AccountRow>, StoreError> {
        let row = self.fetch_optional(&ACCOUNT_BY_ID, &params![&id]).await?;
        row.map(|row| read(row, keys)).transpose()
    }

    /// Every account, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accounts(&mut self, keys: &Keys) -> Result<Vec<AccountRow>, StoreError> {
        let rows = self.fetch(&ACCOUNTS_ALL, &[]).await?;
        rows.into_iter().map(|row| read(row, keys)).collect()
    }

    /// How many accounts there are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_accounts(&mut self) -> Result<u64, StoreError> {
        self.fetch_one(&ACCOUNTS_COUNT, &[]).await?.take()
    }

    /// The link of a secret, while it may be used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_link(
        &mut self,
        secret: &KeyedHash,
        now: Instant,
    ) -> Result<Option<Link>, StoreError> {
        let row = self.fetch_optional(&LINK_OPEN, &params![secret, now]).await?;
        row.map(|mut row| {
            Ok(Link { account: row.take_optional()?, expires_at: row.take()? })
        })
        .transpose()
    }

    /// How often somebody failed under a name, and when last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn failures(
        &mut self,
        name: &KeyedHash,
    ) -> Result<Option<(u32, Instant)>, StoreError> {
        let row = self.fetch_optional(&FAILURES_OF, &params![name]).await?;
        row.map(|mut row| Ok((row.take()?, row.take()?))).transpose()
    }
}

impl Tx {
    /// Waits until no other transaction makes accounts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_turn_at_accounts(&mut self) -> Result<(), StoreError> {
        self.fetch(&ACCOUNTS_TURN, &[]).await?;
        Ok(())
    }

    /// Waits until no other transaction counts attempts under the name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_turn_at_failures(&mut self, name: &KeyedHash) -> Result<(), StoreError> {
        self.fetch(&FAILURES_TURN, &params![name]).await?;
        Ok(())
    }

    /// Adds an account; `false` when the name is taken.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_account(&mut self, row: &AccountRow) -> Result<bool, StoreError> {
        let bound = params![
            &row.id,
            row.name.as_str(),
            row.role.name(),
            row.scheme.as_ref(),
            row.password.as_deref(),
            row.created_at,
            &row.created_by,
        ];
        Ok(self.execute(&ACCOUNT_INSERT, &bound).await? == 1)
    }

    /// Gives an account another role.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_role(
        &mut self,
        id: AccountId,
        role: Role,
        scheme: Option<&SchemeId>,
    ) -> Result<(), StoreError> {
        self.execute(&ACCOUNT_ROLE, &params![&id, role.name(), scheme]).await?;
        Ok(())
    }

    /// Gives an account another password, or none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_password(
        &mut self,
        id: AccountId,
        password: Option<&str>,
    ) -> Result<(), StoreError> {
        self.execute(&ACCOUNT_PASSWORD, &params![&id, password]).await?;
        Ok(())
    }

    /// Gives an account a second factor, whose code of `step` was just shown, or none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_second_factor(
        &mut self,
        keys: &Keys,
        id: AccountId,
        factor: Option<(&[u8], u64)>,
    ) -> Result<(), StoreError> {
        let sealed = factor.map(|(secret, _)| keys.seal(owner(&id), secret));
        let step = factor.map(|(_, step)| step);
        self.execute(&ACCOUNT_FACTOR, &params![&id, sealed, step]).await?;
        Ok(())
    }

    /// Notes that the code of a step was shown; `false` when it, or a later one, was shown before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_step(&mut self, id: AccountId, step: u64) -> Result<bool, StoreError> {
        Ok(self.execute(&ACCOUNT_STEP, &params![&id, step]).await? == 1)
    }

    /// Closes an account since a moment, or opens it again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_disabled(
        &mut self,
        id: AccountId,
        since: Option<Instant>,
    ) -> Result<(), StoreError> {
        self.execute(&ACCOUNT_DISABLED, &params![&id, since]).await?;
        Ok(())
    }

    /// Adds a link; earlier ones for the same account, or for the first administrator, are over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replace_link(
        &mut self,
        secret: &KeyedHash,
        link: Link,
        now: Instant,
    ) -> Result<(), StoreError> {
        match link.account {
            Some(id) => self.execute(&LINKS_OVER, &params![&id, now]).await?,
            None => self.execute(&FIRST_LINKS_OVER, &params![now]).await?,
        };
        let bound = params![secret, link.account.as_ref(), now, link.expires_at];
        self.execute(&LINK_INSERT, &bound).await?;
        Ok(())
    }

    /// Uses a link up; `false` when somebody was faster.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_link(&mut self, secret: &KeyedHash, now: Instant) -> Result<bool, StoreError> {
        Ok(self.execute(&LINK_USED, &params![secret, now]).await? == 1)
    }

    /// Counts a failed attempt under a name, and forgets those before `since`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_failure(
        &mut self,
        name: &KeyedHash,
        now: Instant,
        since: Instant,
    ) -> Result<(), StoreError> {
        self.execute(&FAILURES_EXPIRE, &params![since]).await?;
        self.execute(&FAILURE_ADD, &params![name, now]).await?;
        Ok(())
    }

    /// Forgets the failed attempts under a name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_failures(&mut self, name: &KeyedHash) -> Result<(), StoreError> {
        self.execute(&FAILURES_FORGET, &params![name]).await?;
        Ok(())
    }
}
