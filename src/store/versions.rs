//! Versions of data files: each text is kept once and for ever; what is done with it is added beside it.

use super::batches::names;
use super::sql::{Query, params, sql};
use super::{Param, Row, Session, StoreError, Tx};
use crate::model::{AuditId, Instant, KeyId, RecordId};

/// How far a version came before any publication.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Stage {
    /// It can be replaced by the next save.
    Draft,
    /// Its checks found no error.
    Checked,
    /// Its examples hold.
    Tested,
    /// Somebody saw what it would change.
    Previewed,
    /// A person with the right to do so agreed to it.
    Approved,
    /// Its author, or somebody who runs the hub, gave it up.
    Withdrawn,
}

names!(Stage {
    Draft = "draft",
    Checked = "checked",
    Tested = "tested",
    Previewed = "previewed",
    Approved = "approved",
    Withdrawn = "withdrawn",
});

/// Which file: its kind and its name among files of that kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FileKey<'f> {
    /// `mapping`, `schema`, `scheme` …
    pub kind: &'f str,
    /// Its name.
    pub name: &'f str,
}

/// One version of one file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Version {
    /// What it describes: `mapping`, `schema`, `scheme` …
    pub kind: String,
    /// Its name among files of its kind.
    pub name: String,
    /// BLAKE3 of its text, in hexadecimal.
    pub hash: String,
    /// The `version:` that stands in it.
    pub label: Option<String>,
    /// Its text.
    pub text: String,
    /// How far it came.
    pub stage: Stage,
    /// Who wrote it, as `operator:name`.
    pub written_by: String,
    /// With which key; none on the hub's own machine.
    pub written_key: Option<KeyId>,
    /// When it was first saved.
    pub written_at: Instant,
}

impl Version {
    /// Which file it is a version of.
    #[must_use]
    pub fn file(&self) -> FileKey<'_> {
        FileKey { kind: &self.kind, name: &self.name }
    }
}

/// Something that was done with a version.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StepRow {
    /// Orders the steps; also the id of the entry in the audit log.
    pub id: AuditId,
    /// Of which version.
    pub hash: String,
    /// What: `drafted`, `checked`, `approved`, `published` …
    pub step: String,
    /// When.
    pub at: Instant,
    /// Who, as `operator:name`.
    pub actor: String,
    /// With which key; none on the hub's own machine.
    pub key: Option<KeyId>,
    /// More of it, as JSON.
    pub detail: String,
}

/// Which mapping made the live revision of a record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MadeBy {
    /// The record.
    pub record: RecordId,
    /// Id and `version:` of the mapping, such as `ml-utm/1.2.0`.
    pub mapping: String,
    /// Hash of the mapping's text, by which [`Session::version`] finds it.
    pub hash: String,
}

macro_rules! columns {
    () => {
        "v.kind, v.name, v.hash, v.label, v.text, v.stage, v.written_by, v.written_key, v.written_at"
    };
}

macro_rules! made_by {
    ($wanted:literal) => {
        concat!(
            "select r.id, coalesce(v.mapping, b.mapping), coalesce(v.mapping_hash, b.mapping_hash) from records as r
             join revisions as v on v.record_id = r.id and v.number = r.revision and v.state = 'live'
             join batches as b on b.id = v.batch_id
             where ",
            $wanted,
            " and b.mapping is not null and b.mapping_hash is not null order by r.id"
        )
    };
}

sql! {
    VERSION: Query = Query::same(concat!(
        "select ", columns!(), " from versions as v where v.kind = $1 and v.name = $2 and v.hash = $3"
    ));
    VERSIONS: Query = Query::same(concat!(
        "select ", columns!(), " from versions as v
         where v.kind = $1 and v.name = $2 and (v.written_at < $3 or (v.written_at = $3 and v.hash < $4))
         order by v.written_at desc, v.hash desc limit $5"
    ));
    DRAFT: Query = Query::same(concat!(
        "select ", columns!(), " from drafts as d
         join versions as v on v.kind = d.kind and v.name = d.name and v.hash = d.hash
         where d.kind = $1 and d.name = $2"
    ));
    DRAFTS: Query = Query::same(concat!(
        "select ", columns!(), " from drafts as d
         join versions as v on v.kind = d.kind and v.name = d.name and v.hash = d.hash
         order by v.kind, v.name"
    ));
    // A text that was given up may be taken up again, by somebody else too.
    SAVE: Query = Query::same(
        "insert into versions (kind, name, hash, label, text, stage, written_by, written_key, written_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (kind, name, hash) do update set stage = excluded.stage, written_by = excluded.written_by,
             written_key = excluded.written_key, written_at = excluded.written_at
         where versions.stage = 'withdrawn'",
    );
    OPEN_DRAFT: Query = Query::same(
        "insert into drafts (kind, name, hash) values ($1, $2, $3) on conflict (kind, name) do nothing",
    );
    REPLACE_DRAFT: Query = Query::same(
        "update drafts set hash = $4 where kind = $1 and name = $2 and hash = $3",
    );
    CLOSE_DRAFT: Query = Query::same("delete from drafts where kind = $1 and name = $2 and hash = $3");
    STAGE: Query = Query::same(
        "update versions set stage = $4 where kind = $1 and name = $2 and hash = $3",
    );
    // SQLite takes a list as JSON, PostgreSQL as an array.
    MADE_BY: Query = Query::differing(
        made_by!("r.id in (select unhex(value) from json_each($1))"),
        made_by!("r.id = any($1)"),
    );
    ADD_STEP: Query = Query::same(
        "insert into version_steps (id, kind, name, hash, step, at, actor, key_id, detail)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    );
    STEPS: Query = Query::same(
        "select id, hash, step, at, actor, key_id, detail from version_steps
         where kind = $1 and name = $2 and (hash = $3 or $3 is null) and (id < $4 or $4 is null)
         order by id desc limit $5",
    );
}

pub(super) fn read(row: &mut Row) -> Result<Version, StoreError> {
    Ok(Version {
        kind: row.take()?,
        name: row.take()?,
        hash: row.take()?,
        label: row.take_optional()?,
        text: row.take()?,
        stage: row.take()?,
        written_by: row.take()?,
        written_key: row.take_optional()?,
        written_at: row.take()?,
    })
}

fn step(mut row: Row) -> Result<StepRow, StoreError> {
    Ok(StepRow {
        id: row.take()?,
        hash: row.take()?,
        step: row.take()?,
        at: row.take()?,
        actor: row.take()?,
        key: row.take_optional()?,
        detail: row.take()?,
    })
}

impl Session {
    /// A version by its hash.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn version(
        &mut self,
        file: FileKey<'_>,
        hash: &str,
    ) -> Result<Option<Version>, StoreError> {
        let row = self.fetch_optional(&VERSION, &params![file.kind, file.name, hash]).await?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// Versions of a file, the newest first, after the one that was written at that instant with that hash.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn versions(
        &mut self,
        file: FileKey<'_>,
        after: Option<(Instant, &str)>,
        limit: u32,
    ) -> Result<Vec<Version>, StoreError> {
        let (at, hash) = after.unwrap_or((Instant::from_millis(i64::MAX), ""));
        let rows =
            self.fetch(&VERSIONS, &params![file.kind, file.name, at, hash, limit]).await?;
        rows.into_iter().map(|mut row| read(&mut row)).collect()
    }

    /// The open draft of a file.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn draft(&mut self, file: FileKey<'_>) -> Result<Option<Version>, StoreError> {
        let row = self.fetch_optional(&DRAFT, &params![file.kind, file.name]).await?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// Every open draft, by kind and name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn drafts(&mut self) -> Result<Vec<Version>, StoreError> {
        let rows = self.fetch(&DRAFTS, &params![]).await?;
        rows.into_iter().map(|mut row| read(&mut row)).collect()
    }

    /// Which mapping made each of these records. It stands with the batch that brought the live revision: a batch is
    /// read by one mapping from its beginning to its end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn made_by(&mut self, records: &[RecordId]) -> Result<Vec<MadeBy>, StoreError> {
        let rows = self.fetch(&MADE_BY, &[Param::keys(records)]).await?;
        rows.into_iter()
            .map(|mut row| {
                Ok(MadeBy { record: row.take()?, mapping: row.take()?, hash: row.take()? })
            })
            .collect()
    }

    /// What was done with a file, or with one version of it, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn version_steps(
        &mut self,
        file: FileKey<'_>,
        hash: Option<&str>,
        before: Option<AuditId>,
        limit: u32,
    ) -> Result<Vec<StepRow>, StoreError> {
        let params = params![file.kind, file.name, hash, before.as_ref(), limit];
        let rows = self.fetch(&STEPS, &params).await?;
        rows.into_iter().map(step).collect()
    }
}

impl Tx {
    /// Keeps a text; one that is already kept stays as it is, and one that was given up is taken up again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_version(&mut self, version: &Version) -> Result<(), StoreError> {
        let row = params![
            &version.kind,
            &version.name,
            &version.hash,
            version.label.as_deref(),
            &version.text,
            version.stage,
            &version.written_by,
            version.written_key.as_ref(),
            version.written_at,
        ];
        self.execute(&SAVE, &row).await?;
        Ok(())
    }

    /// Makes a version the open draft in place of the one that the author saw; false when another one is open.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_draft(
        &mut self,
        file: FileKey<'_>,
        seen: Option<&str>,
        hash: &str,
    ) -> Result<bool, StoreError> {
        let done = match seen {
            None => self.execute(&OPEN_DRAFT, &params![file.kind, file.name, hash]).await?,
            Some(seen) => {
                self.execute(&REPLACE_DRAFT, &params![file.kind, file.name, seen, hash]).await?
            }
        };
        Ok(done == 1)
    }

    /// Ends a draft, when this version is the one that is open.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn close_draft(&mut self, file: FileKey<'_>, hash: &str) -> Result<bool, StoreError> {
        Ok(self.execute(&CLOSE_DRAFT, &params![file.kind, file.name, hash]).await? == 1)
    }

    /// Says how far a version came.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_stage(
        &mut self,
        file: FileKey<'_>,
        hash: &str,
        stage: Stage,
    ) -> Result<(), StoreError> {
        self.execute(&STAGE, &params![file.kind, file.name, hash, stage]).await?;
        Ok(())
    }

    /// Adds what was done.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_step(&mut self, file: FileKey<'_>, step: &StepRow) -> Result<(), StoreError> {
        let row = params![
            &step.id,
            file.kind,
            file.name,
            &step.hash,
            &step.step,
            step.at,
            &step.actor,
            step.key.as_ref(),
            &step.detail,
        ];
        self.execute(&ADD_STEP, &row).await?;
        Ok(())
    }
}
