//! Which scheme wants to hear of which changes, and where.

use super::seal::Owner;
use super::sql::{Query, params, sql};
use super::{Keys, Row, Session, StoreError, Tx};
use crate::delivery::plan::{Kind, Wish};
use crate::delivery::signature::Secret;
use crate::model::{Instant, SchemeId, SubscriptionId};

/// A subscription.
#[derive(Clone, Debug)]
pub struct SubscriptionRow {
    /// Its id.
    pub id: SubscriptionId,
    /// Whose it is.
    pub scheme: SchemeId,
    /// Where messages go.
    pub url: String,
    /// Which kinds; empty means all.
    pub kinds: Vec<Kind>,
    /// The key that messages are signed with.
    pub secret: Secret,
    /// The last log position that was planned for it.
    pub log_seq: u64,
    /// When it was made.
    pub created_at: Instant,
    /// Whether it still wants messages; one that ended stays for its deliveries.
    pub active: bool,
}

sql! {
    SUBSCRIPTION_INSERT: Query = Query::same(
        "insert into subscriptions (id, scheme, url, kinds, secret, state, log_seq, created_at)
         values ($1, $2, $3, $4, $5, 'active', $6, $7)",
    );
    SUBSCRIPTIONS: Query = Query::same(
        "select id, scheme, url, kinds, secret, state, log_seq, created_at
         from subscriptions where (scheme = $1 or $1 is null) and state <> 'ended' order by id",
    );
    SUBSCRIPTION: Query = Query::same(
        "select id, scheme, url, kinds, secret, state, log_seq, created_at
         from subscriptions where id = $1",
    );
    SUBSCRIPTION_END: Query = Query::same(
        "update subscriptions set state = 'ended' where id = $1 and state <> 'ended'",
    );
    SUBSCRIPTION_PLANNED: Query = Query::same(
        "update subscriptions set log_seq = $2 where id = $1 and log_seq < $2",
    );
    LOG_END: Query = Query::same("select coalesce(max(seq), 0) from log");
}

const fn owner(id: &SubscriptionId) -> Owner<'_> {
    Owner { table: "subscriptions", row: id.as_bytes() }
}

impl SubscriptionRow {
    fn read(mut row: Row, keys: &Keys) -> Result<Self, StoreError> {
        let id: SubscriptionId = row.take()?;
        let (scheme, url) = (row.take()?, row.take()?);
        let kinds: String = row.take()?;
        let sealed: Vec<u8> = row.take()?;
        let state: String = row.take()?;
        let opened = keys.open(owner(&id), &sealed)?;
        let secret = std::str::from_utf8(&opened)
            .ok()
            .and_then(|text| Secret::parse(text).ok())
            .ok_or(StoreError::Sealed)?;
        Ok(Self {
            id,
            scheme,
            url,
            kinds: kinds.split(' ').filter_map(Kind::parse).collect(),
            secret,
            log_seq: row.take()?,
            created_at: row.take()?,
            active: state == "active",
        })
    }

    /// What the plan needs of it.
    #[must_use]
    pub fn wish(&self) -> Wish {
        Wish { subscription: self.id, scheme: self.scheme.clone(), kinds: self.kinds.clone() }
    }
}

impl Session {
    /// The subscriptions of a scheme, or of all, that have not ended.
    ///
    /// # Errors
    /// When the database fails or a secret does not open.
    pub async fn subscriptions(
        &mut self,
        keys: &Keys,
        scheme: Option<&SchemeId>,
    ) -> Result<Vec<SubscriptionRow>, StoreError> {
        let rows = self.fetch(&SUBSCRIPTIONS, &params![scheme]).await?;
        rows.into_iter().map(|row| SubscriptionRow::read(row, keys)).collect()
    }

    /// One subscription, also one that ended.
    ///
    /// # Errors
    /// When the database fails or its secret does not open.
    pub async fn subscription(
        &mut self,
        keys: &Keys,
        id: SubscriptionId,
    ) -> Result<Option<SubscriptionRow>, StoreError> {
        let row = self.fetch_optional(&SUBSCRIPTION, &params![&id]).await?;
        row.map(|row| SubscriptionRow::read(row, keys)).transpose()
    }

    /// The last position of the log; 0 while it is empty.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_end(&mut self) -> Result<u64, StoreError> {
        self.fetch_one(&LOG_END, &[]).await?.take()
    }
}

impl Tx {
    /// Keeps a new subscription.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_subscription(
        &mut self,
        keys: &Keys,
        row: &SubscriptionRow,
    ) -> Result<(), StoreError> {
        let kinds: Vec<&str> = row.kinds.iter().map(|kind| kind.name()).collect();
        let secret = keys.seal(owner(&row.id), row.secret.reveal().as_bytes());
        let bound = params![
            &row.id,
            &row.scheme,
            &row.url,
            kinds.join(" "),
            secret,
            row.log_seq,
            row.created_at,
        ];
        self.execute(&SUBSCRIPTION_INSERT, &bound).await?;
        Ok(())
    }

    /// Ends a subscription; `false` when there is none, or it ended before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_subscription(&mut self, id: SubscriptionId) -> Result<bool, StoreError> {
        Ok(self.execute(&SUBSCRIPTION_END, &params![&id]).await? == 1)
    }

    /// Notes up to which log position a subscription has been planned.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subscription_planned(
        &mut self,
        id: SubscriptionId,
        log_seq: u64,
    ) -> Result<(), StoreError> {
        self.execute(&SUBSCRIPTION_PLANNED, &params![&id, log_seq]).await?;
        Ok(())
    }
}
