//! Who learnt or changed what, why and under which agreement: rows are added, never changed.

use crate::model::{AuditId, Instant, SchemeId};

use super::seal::{Keys, Owner};
use super::sql::{Bulk, Kind, Query, below, params, sql};
use super::{Row, Session, StoreError, Tx};

/// One entry.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: AuditId,
    /// When.
    pub at: Instant,
    /// What was done, such as `ask`.
    pub action: String,
    /// Who did it: a key, a partner, an operator.
    pub actor: String,
    /// Whose insured, when one scheme was named.
    pub scheme: Option<SchemeId>,
    /// About whom: the id of a person or record, never a name.
    pub subject: Option<String>,
    /// Why.
    pub purpose: Option<String>,
    /// Under which agreements, as `id/version`.
    pub agreement: Option<String>,
    /// What came of it, such as `eligible` or `refused`.
    pub outcome: String,
    /// More of it, as JSON without personal values.
    pub detail: String,
    /// What was asked in the asker's words, when it must be kept: personal, sealed in the store.
    pub personal: Option<String>,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Entry({} {} by {}: {})", self.id, self.action, self.actor, self.outcome)
    }
}

sql! {
    ADD: Bulk = Bulk::insert(
        "audit",
        &[
            ("id", Kind::Bytes),
            ("at", Kind::Integer),
            ("action", Kind::Text),
            ("actor", Kind::Text),
            ("scheme", Kind::Text),
            ("subject", Kind::Text),
            ("purpose", Kind::Text),
            ("agreement", Kind::Text),
            ("outcome", Kind::Text),
            ("detail", Kind::Text),
            ("sealed", Kind::Bytes),
        ],
        "",
    );
    ABOUT: Query = Query::same(
        "select id, at, action, actor, scheme, subject, purpose, agreement, outcome, detail, sealed
         from audit where subject = $1 order by at desc, id desc limit $2",
    );
    NEWEST: Query = Query::same(
        "select id, at, action, actor, scheme, subject, purpose, agreement, outcome, detail, sealed
         from audit where cast($1 as text) is null and id < $2 order by id desc limit $3",
    );
    NEWEST_BY: Query = Query::same(
        "select id, at, action, actor, scheme, subject, purpose, agreement, outcome, detail, sealed
         from audit where actor = $1 and id < $2 order by id desc limit $3",
    );
}

fn owner(id: &AuditId) -> Owner<'_> {
    Owner { table: "audit", row: id.as_bytes() }
}

fn read(mut row: Row, keys: &Keys) -> Result<Entry, StoreError> {
    let id: AuditId = row.take()?;
    Ok(Entry {
        id,
        at: row.take()?,
        action: row.take()?,
        actor: row.take()?,
        scheme: row.take_optional()?,
        subject: row.take_optional()?,
        purpose: row.take_optional()?,
        agreement: row.take_optional()?,
        outcome: row.take()?,
        detail: row.take()?,
        personal: match row.take_optional::<Vec<u8>>()? {
            None => None,
            Some(sealed) => {
                let plain = keys.open(owner(&id), &sealed)?;
                Some(String::from_utf8(plain).map_err(|_| StoreError::Sealed)?)
            }
        },
    })
}

impl Session {
    /// What was done about a subject, newest first.
    ///
    /// # Errors
    /// When the database fails or a value does not open.
    pub async fn audit_about(
        &mut self,
        keys: &Keys,
        subject: &str,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError> {
        let rows = self.fetch(&ABOUT, &params![subject, limit]).await?;
        rows.into_iter().map(|row| read(row, keys)).collect()
    }

    /// What was done, newest first, by one actor when given, before `before` when given.
    ///
    /// # Errors
    /// When the database fails or a value does not open.
    pub async fn audit(
        &mut self,
        keys: &Keys,
        actor: Option<&str>,
        before: Option<AuditId>,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError> {
        let query = if actor.is_some() { &NEWEST_BY } else { &NEWEST };
        let rows = self.fetch(query, &params![actor, below(before.as_ref()), limit]).await?;
        rows.into_iter().map(|row| read(row, keys)).collect()
    }
}

impl Tx {
    /// Adds entries, in the transaction of what they tell of.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_audit<'e>(
        &mut self,
        keys: &Keys,
        entries: impl IntoIterator<Item = &'e Entry>,
    ) -> Result<(), StoreError> {
        let rows: Vec<_> = entries
            .into_iter()
            .map(|entry| {
                let personal = entry.personal.as_ref();
                params![
                    &entry.id,
                    entry.at,
                    &entry.action,
                    &entry.actor,
                    entry.scheme.as_ref(),
                    entry.subject.as_deref(),
                    entry.purpose.as_deref(),
                    entry.agreement.as_deref(),
                    &entry.outcome,
                    &entry.detail,
                    personal.map(|text| keys.seal(owner(&entry.id), text.as_bytes())),
                ]
            })
            .collect();
        self.insert_many(&ADD, &rows).await?;
        Ok(())
    }
}
