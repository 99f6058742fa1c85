//! From when on which version counts. The instants are those of the database's own clock, the only one that all
//! processes share: a version that is published for tomorrow counts everywhere from the same moment.

use super::batches::names;
use super::sql::{Query, params, sql};
use super::versions::{self, FileKey, Version};
use super::{Row, Session, StoreError, Tx};
use crate::model::Instant;

/// How a publication came about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Manner {
    /// The program brought it.
    Shipped,
    /// Somebody published it.
    Published,
    /// Somebody went back to it.
    RolledBack,
}

names!(Manner {
    Shipped = "shipped",
    Published = "published",
    RolledBack = "rolled_back",
});

/// One publication.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Publication {
    /// Counts all publications; the later one wins where two begin at the same instant.
    pub seq: i64,
    /// Kind of the file.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Which version.
    pub hash: String,
    /// From when on it counts.
    pub from: Instant,
    /// How it came about.
    pub manner: Manner,
    /// When somebody said so.
    pub published_at: Instant,
    /// Who, as `operator:name`.
    pub published_by: String,
    /// When it was taken back before its time came.
    pub cancelled_at: Option<Instant>,
}

/// Where the publications stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Head {
    /// Number of the last change.
    pub seq: i64,
    /// The database's own clock.
    pub now: Instant,
    /// When the next publication begins to count.
    pub next: Option<Instant>,
}

/// A version with the publication by which it counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InForce {
    /// The version.
    pub version: Version,
    /// Since when.
    pub since: Instant,
}

macro_rules! lite_now {
    () => {
        "cast(unixepoch('subsec') * 1000 as integer)"
    };
}

macro_rules! postgres_now {
    () => {
        "cast(extract(epoch from clock_timestamp()) * 1000 as bigint)"
    };
}

macro_rules! head {
    ($now:expr) => {
        concat!(
            "select h.seq, n.now,
                 (select min(p.from_at) from publications as p where p.cancelled_at is null and p.from_at > n.now)
             from library_head as h cross join (select ",
            $now,
            " as now) as n"
        )
    };
}

macro_rules! columns {
    () => {
        "seq, kind, name, hash, from_at, manner, published_at, published_by, cancelled_at"
    };
}

sql! {
    // The two databases write their clock in different ways.
    HEAD: Query = Query::differing(head!(lite_now!()), head!(postgres_now!()));
    // Whoever changes the head first goes first; the others wait for the end of its transaction.
    ADVANCE: Query = Query::same("update library_head set seq = seq + $1");
    IN_FORCE: Query = Query::same(
        "select v.kind, v.name, v.hash, v.label, v.text, v.stage, v.written_by, v.written_key, v.written_at, p.from_at
         from publications as p join versions as v on v.kind = p.kind and v.name = p.name and v.hash = p.hash
         where p.cancelled_at is null and p.from_at <= $1 and not exists (
             select 1 from publications as q
             where q.kind = p.kind and q.name = p.name and q.cancelled_at is null and q.from_at <= $1
                 and (q.from_at > p.from_at or (q.from_at = p.from_at and q.seq > p.seq)))
         order by v.kind, v.name",
    );
    IN_FORCE_HASH: Query = Query::same(
        "select hash from publications
         where kind = $1 and name = $2 and cancelled_at is null and from_at <= $3
         order by from_at desc, seq desc limit 1",
    );
    OF_FILE: Query = Query::same(concat!(
        "select ", columns!(), " from publications
         where kind = $1 and name = $2 and (seq < $3 or $3 is null) order by seq desc limit $4"
    ));
    OF_VERSION: Query = Query::same(concat!(
        "select ", columns!(), " from publications where kind = $1 and name = $2 and hash = $3 order by seq desc"
    ));
    TO_COME: Query = Query::same(concat!(
        "select ", columns!(), " from publications
         where cancelled_at is null and from_at > $1 order by from_at, seq"
    ));
    // Another text under the same `version:` that was published: a published version never changes.
    SAME_LABEL: Query = Query::same(
        "select v.hash from versions as v
         where v.kind = $1 and v.name = $2 and v.label = $3 and v.hash <> $4 and exists (
             select 1 from publications as p
             where p.kind = v.kind and p.name = v.name and p.hash = v.hash and p.cancelled_at is null)
         limit 1",
    );
    ADD: Query = Query::same(
        "insert into publications (seq, kind, name, hash, from_at, manner, published_at, published_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    );
    CANCEL: Query = Query::same(
        "update publications set cancelled_at = $5
         where kind = $1 and name = $2 and hash = $3 and from_at > $4 and cancelled_at is null",
    );
}

fn read(mut row: Row) -> Result<Publication, StoreError> {
    Ok(Publication {
        seq: row.take()?,
        kind: row.take()?,
        name: row.take()?,
        hash: row.take()?,
        from: row.take()?,
        manner: row.take()?,
        published_at: row.take()?,
        published_by: row.take()?,
        cancelled_at: row.take_optional()?,
    })
}

impl Session {
    /// Where the publications stand; cheap enough to be asked a few times a second.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn library_head(&mut self) -> Result<Head, StoreError> {
        let mut row = self.fetch_one(&HEAD, &params![]).await?;
        Ok(Head { seq: row.take()?, now: row.take()?, next: row.take_optional()? })
    }

    /// What counts at an instant of the database's clock, by kind and name; empty when nothing was ever published.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn in_force_at(&mut self, at: Instant) -> Result<Vec<InForce>, StoreError> {
        let rows = self.fetch(&IN_FORCE, &params![at]).await?;
        rows.into_iter()
            .map(|mut row| {
                let version = versions::read(&mut row)?;
                Ok(InForce { version, since: row.take()? })
            })
            .collect()
    }

    /// The hash of the version of a file that counts at an instant of the database's clock.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn in_force_hash(
        &mut self,
        file: FileKey<'_>,
        at: Instant,
    ) -> Result<Option<String>, StoreError> {
        let row = self.fetch_optional(&IN_FORCE_HASH, &params![file.kind, file.name, at]).await?;
        row.map(|mut row| row.take()).transpose()
    }

    /// The publications of a file, the newest first, before a number when one is given.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn publications(
        &mut self,
        file: FileKey<'_>,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Publication>, StoreError> {
        let rows = self.fetch(&OF_FILE, &params![file.kind, file.name, before, limit]).await?;
        rows.into_iter().map(read).collect()
    }

    /// The publications of one version, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn publications_of(
        &mut self,
        file: FileKey<'_>,
        hash: &str,
    ) -> Result<Vec<Publication>, StoreError> {
        let rows = self.fetch(&OF_VERSION, &params![file.kind, file.name, hash]).await?;
        rows.into_iter().map(read).collect()
    }

    /// The publications that wait for their time, in its order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn publications_to_come(
        &mut self,
        now: Instant,
    ) -> Result<Vec<Publication>, StoreError> {
        let rows = self.fetch(&TO_COME, &params![now]).await?;
        rows.into_iter().map(read).collect()
    }

    /// The hash of another text that was published under the same `version:`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn published_under(
        &mut self,
        file: FileKey<'_>,
        label: &str,
        hash: &str,
    ) -> Result<Option<String>, StoreError> {
        let params = params![file.kind, file.name, label, hash];
        let row = self.fetch_optional(&SAME_LABEL, &params).await?;
        row.map(|mut row| row.take()).transpose()
    }
}

impl Tx {
    /// Takes the next `count` numbers, and with them the turn to publish until the end of the transaction; answers
    /// where the publications stood before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn advance_library(&mut self, count: u32) -> Result<Head, StoreError> {
        self.execute(&ADVANCE, &params![count]).await?;
        let head = self.library_head().await?;
        Ok(Head { seq: head.seq - i64::from(count), ..head })
    }

    /// Adds a publication.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_publication(&mut self, new: &Publication) -> Result<(), StoreError> {
        let row = params![
            new.seq,
            &new.kind,
            &new.name,
            &new.hash,
            new.from,
            new.manner,
            new.published_at,
            &new.published_by,
        ];
        self.execute(&ADD, &row).await?;
        Ok(())
    }

    /// Takes back what of a version has not begun to count by `clock`, the database's; answers how many publications.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cancel_publications(
        &mut self,
        file: FileKey<'_>,
        hash: &str,
        clock: Instant,
        now: Instant,
    ) -> Result<u64, StoreError> {
        self.execute(&CANCEL, &params![file.kind, file.name, hash, clock, now]).await
    }
}
