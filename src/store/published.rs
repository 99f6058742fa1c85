//! Data files as published: every version is kept, the highest one counts.

use super::sql::{Bulk, Kind, Query, params, sql};
use super::{Session, StoreError, Tx};
use crate::model::Instant;

/// One published version of one data file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Published {
    /// What it describes: `mapping`, `schema`, `scheme` …
    pub kind: String,
    /// Its name among files of its kind.
    pub name: String,
    /// From 1.
    pub version: i64,
    /// Its text.
    pub text: String,
    /// Hash of its text, in hexadecimal.
    pub hash: String,
}

sql! {
    IN_FORCE: Query = Query::same(
        "select kind, name, version, text, hash from published as p
         where version = (select max(q.version) from published as q where q.kind = p.kind and q.name = p.name)
         order by kind, name",
    );
    INSERT: Bulk = Bulk::insert(
        "published",
        &[
            ("kind", Kind::Text),
            ("name", Kind::Text),
            ("version", Kind::Integer),
            ("text", Kind::Text),
            ("hash", Kind::Text),
            ("published_at", Kind::Integer),
            ("published_by", Kind::Text),
        ],
        "",
    );
}

impl Session {
    /// The version in force of every file, by kind and name; empty when nothing was ever published.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn published(&mut self) -> Result<Vec<Published>, StoreError> {
        let rows = self.fetch(&IN_FORCE, &params![]).await?;
        rows.into_iter()
            .map(|mut row| {
                Ok(Published {
                    kind: row.take()?,
                    name: row.take()?,
                    version: row.take()?,
                    text: row.take()?,
                    hash: row.take()?,
                })
            })
            .collect()
    }
}

impl Tx {
    /// Publishes versions. Two publishers of the same version cannot both succeed.
    ///
    /// # Errors
    /// When the database fails, or somebody published the same version first.
    pub async fn publish(
        &mut self,
        files: &[Published],
        by: &str,
        now: Instant,
    ) -> Result<(), StoreError> {
        let rows: Vec<_> = files
            .iter()
            .map(|file| {
                params![&file.kind, &file.name, file.version, &file.text, &file.hash, now, by]
            })
            .collect();
        self.insert_many(&INSERT, &rows).await?;
        Ok(())
    }
}
