//! Refused records that wait: what was sent is sealed, what is wrong can be listed, filtered and counted.

use super::batches::names;
use super::seal::Owner;
use super::sql::{Bulk, Kind, Param, Query, beyond, params, sql};
use super::{KeyedHash, Row, Session, StoreError, Tx};
use crate::model::{BatchId, Instant, IssueCode, QuarantineId, SchemeId, Severity};

/// Where a refused record stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum QuarantineState {
    /// Its file is still arriving.
    Staged,
    /// It waits.
    Open,
    /// A correction, of the record or of its mapping, was accepted.
    Corrected,
    /// A person decided that nothing is to be done.
    Dismissed,
    /// The scheme sent the record again.
    Superseded,
}

names!(QuarantineState {
    Staged = "staged",
    Open = "open",
    Corrected = "corrected",
    Dismissed = "dismissed",
    Superseded = "superseded",
});

/// What is wrong, without the value that was there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Defect {
    /// Which of the catalogue.
    pub code: IssueCode,
    /// Error or warning.
    pub severity: Severity,
    /// The field as the sender wrote it.
    pub field: Option<String>,
    /// Hash of what it shares with the same fault of other records.
    pub shared: SharedDefect,
}

/// Hash of what issues of different records share: code, severity, field, what was expected, the line of the mapping.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SharedDefect(pub [u8; 8]);

impl AsRef<[u8]> for SharedDefect {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl super::Cell for SharedDefect {
    type Raw = Vec<u8>;

    fn from_raw(raw: Vec<u8>) -> Option<Self> {
        raw.try_into().ok().map(Self)
    }
}

/// A refused record.
#[derive(Clone, Debug)]
pub struct Quarantined {
    /// Its id.
    pub id: QuarantineId,
    /// In which batch it came.
    pub batch_id: BatchId,
    /// Who sent it.
    pub scheme: SchemeId,
    /// Hash of the record's id, when that could be read.
    pub record_key: Option<KeyedHash>,
    /// Hash of what was received.
    pub content: Vec<u8>,
    /// Where it stands.
    pub state: QuarantineState,
    /// Line in the sender's file; 0 when there is none.
    pub line: u64,
    /// When it came.
    pub received_at: Instant,
    /// When it was corrected, dismissed or superseded.
    pub closed_at: Option<Instant>,
    /// Sealed: the raw record, its place and its issues.
    pub sealed: Vec<u8>,
}

/// What the sealed part of a refused record belongs to.
#[must_use]
pub fn quarantine_owner(id: &QuarantineId) -> Owner<'_> {
    Owner { table: "quarantine", row: id.as_bytes() }
}

/// Which refused records are wanted; absent parts do not filter.
#[derive(Clone, Copy, Default)]
pub struct Filter<'f> {
    /// Of one scheme.
    pub scheme: Option<&'f SchemeId>,
    /// Of one batch.
    pub batch: Option<BatchId>,
    /// In one state.
    pub state: Option<QuarantineState>,
    /// With this defect.
    pub code: Option<IssueCode>,
    /// With a defect in this field.
    pub field: Option<&'f str>,
}

/// One kind of defect and how often it waits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DefectCount {
    /// The scheme.
    pub scheme: SchemeId,
    /// Which of the catalogue.
    pub code: IssueCode,
    /// The field as the sender wrote it.
    pub field: Option<String>,
    /// Refused records that have it.
    pub records: u64,
}

macro_rules! columns {
    () => {
        "id, batch_id, scheme, record_key, content, state, line, received_at, closed_at, sealed"
    };
}

macro_rules! page {
    ($which:literal) => {
        concat!(
            "select ", columns!(), " from quarantine as q
             where ", $which, " and (state = $3 or $3 is null) and state <> 'staged' and id > $4
                and (($5 = '' and $6 = '') or exists (
                    select 1 from quarantine_issues as i
                    where i.quarantine_id = q.id and (i.code = $5 or $5 = '') and (i.field = $6 or $6 = '')))
             order by id limit $7"
        )
    };
}

fn read(mut row: Row) -> Result<Quarantined, StoreError> {
    take(&mut row)
}

/// The refused record whose columns come next.
pub(super) fn take(row: &mut Row) -> Result<Quarantined, StoreError> {
    Ok(Quarantined {
        id: row.take()?,
        batch_id: row.take()?,
        scheme: row.take()?,
        record_key: row.take_optional()?,
        content: row.take()?,
        state: row.take()?,
        line: row.take()?,
        received_at: row.take()?,
        closed_at: row.take_optional()?,
        sealed: row.take()?,
    })
}

impl super::Cell for IssueCode {
    type Raw = String;

    fn from_raw(raw: String) -> Option<Self> {
        Self::find(&raw)
    }
}

sql! {
    ADD: Bulk = Bulk::insert(
        "quarantine",
        &[
            ("id", Kind::Bytes),
            ("batch_id", Kind::Bytes),
            ("scheme", Kind::Text),
            ("record_key", Kind::Bytes),
            ("content", Kind::Bytes),
            ("state", Kind::Text),
            ("line", Kind::Integer),
            ("received_at", Kind::Integer),
            ("sealed", Kind::Bytes),
        ],
        "",
    );
    ADD_DEFECTS: Bulk = Bulk::insert(
        "quarantine_issues",
        &[
            ("quarantine_id", Kind::Bytes),
            ("position", Kind::Integer),
            ("code", Kind::Text),
            ("severity", Kind::Text),
            ("field", Kind::Text),
            ("defect", Kind::Bytes),
        ],
        "",
    );
    ONE: Query = Query::same(concat!("select ", columns!(), " from quarantine where id = $1"));
    ANY: Query = Query::same(page!("(scheme = $1 or $1 is null) and (batch_id = $2 or $2 is null)"));
    OF_BATCH: Query = Query::same(page!("(scheme = $1 or $1 is null) and batch_id = $2"));
    OPEN: Query = Query::same(page!("cast($1 as text) is null and (batch_id = $2 or $2 is null) and state = 'open'"));
    OPEN_OF_SCHEME: Query = Query::same(page!("scheme = $1 and (batch_id = $2 or $2 is null) and state = 'open'"));
    DEFECTS: Query = Query::same(
        "select q.scheme, i.code, i.field, count(distinct q.id)
         from quarantine as q join quarantine_issues as i on i.quarantine_id = q.id
         where q.state = 'open' and i.severity = 'error'
            and (q.scheme = $1 or $1 is null) and (q.batch_id = $2 or $2 is null)
         group by q.scheme, i.code, i.field order by 4 desc, 1, 2, 3",
    );
    SHARED: Query = Query::same(
        "select i.defect, count(distinct q.id)
         from quarantine as q join quarantine_issues as i on i.quarantine_id = q.id
         where q.batch_id = $1 and q.state <> 'staged' and i.defect is not null
         group by i.defect order by 2 desc, 1 limit $2",
    );
    SHARED_BY: Query = Query::differing(
        "select q.batch_id, i.defect, count(distinct q.id)
         from quarantine as q join quarantine_issues as i on i.quarantine_id = q.id
         where q.state <> 'staged' and q.batch_id in (select unhex(value) from json_each($1))
            and i.defect in (select unhex(value) from json_each($2))
         group by q.batch_id, i.defect",
        "select q.batch_id, i.defect, count(distinct q.id)
         from quarantine as q join quarantine_issues as i on i.quarantine_id = q.id
         where q.state <> 'staged' and q.batch_id = any($1) and i.defect = any($2)
         group by q.batch_id, i.defect",
    );
    WITH_DEFECT: Query = Query::same(concat!("select ", columns!(), " from quarantine as q
         where batch_id = $1 and state <> 'staged' and exists (
            select 1 from quarantine_issues as i where i.quarantine_id = q.id and i.defect = $2)
         order by id limit $3"
    ));
    OPEN_STAGED: Query =
        Query::same("update quarantine set state = 'open' where batch_id = $1 and state = 'staged'");
    // A record that cannot be named is known again by its bytes.
    SUPERSEDE_REPEATED: Query = Query::same(
        "update quarantine set state = 'superseded', closed_at = $3
         where scheme = $2 and state = 'open' and batch_id <> $1
            and (record_key in (select n.record_key from quarantine as n where n.batch_id = $1)
                or content in (select n.content from quarantine as n where n.batch_id = $1))",
    );
    SUPERSEDE: Query = Query::differing(
        "update quarantine set state = 'superseded', closed_at = $3
         where record_key in (select unhex(value) from json_each($1)) and state = 'open' and batch_id <> $2",
        "update quarantine set state = 'superseded', closed_at = $3
         where record_key = any($1) and state = 'open' and batch_id <> $2",
    );
    CLOSE: Query = Query::same(
        "update quarantine set state = $2, closed_at = $3 where id = $1 and state = 'open'",
    );
    RETELL: Query = Query::same(
        "update quarantine set record_key = $2, sealed = $3 where id = $1 and state = 'open'",
    );
    FORGET_TOLD: Query = Query::same("delete from quarantine_issues where quarantine_id = $1");
    FORGET_DEFECTS: Query = Query::same(
        "delete from quarantine_issues where quarantine_id in (
            select id from quarantine where batch_id = $1 and state = 'staged')",
    );
    FORGET: Query = Query::same("delete from quarantine where batch_id = $1 and state = 'staged'");
}

impl Session {
    /// One refused record.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn quarantined(
        &mut self,
        id: QuarantineId,
    ) -> Result<Option<Quarantined>, StoreError> {
        let row = self.fetch_optional(&ONE, &params![&id]).await?;
        row.map(read).transpose()
    }

    /// A page of refused records in order of arrival, after `after`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn quarantine_page(
        &mut self,
        filter: &Filter<'_>,
        after: Option<QuarantineId>,
        limit: u32,
    ) -> Result<Vec<Quarantined>, StoreError> {
        let params = params![
            filter.scheme,
            filter.batch.as_ref(),
            filter.state.map(QuarantineState::name),
            beyond(after.as_ref()),
            filter.code.map_or("", IssueCode::number),
            filter.field.unwrap_or_default(),
            limit,
        ];
        let query = match (filter.batch, filter.state, filter.scheme) {
            (Some(_), ..) => &OF_BATCH,
            (None, Some(QuarantineState::Open), Some(_)) => &OPEN_OF_SCHEME,
            (None, Some(QuarantineState::Open), None) => &OPEN,
            (None, ..) => &ANY,
        };
        self.fetch(query, &params).await?.into_iter().map(read).collect()
    }

    /// How many refused records of a batch share each defect, the most frequent first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn shared_defects(
        &mut self,
        batch: BatchId,
        limit: u32,
    ) -> Result<Vec<(SharedDefect, u64)>, StoreError> {
        let rows = self.fetch(&SHARED, &params![&batch, limit]).await?;
        rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
    }

    /// How many refused records share these defects, in each of these batches.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn defects_shared_by(
        &mut self,
        batches: &[BatchId],
        defects: &[SharedDefect],
    ) -> Result<Vec<(BatchId, SharedDefect, u64)>, StoreError> {
        let rows =
            self.fetch(&SHARED_BY, &[Param::keys(batches), Param::keys(defects)]).await?;
        let read = |mut row: Row| Ok((row.take()?, row.take()?, row.take()?));
        rows.into_iter().map(read).collect()
    }

    /// The first refused records of a batch that have a defect.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn quarantined_with(
        &mut self,
        batch: BatchId,
        defect: SharedDefect,
        limit: u32,
    ) -> Result<Vec<Quarantined>, StoreError> {
        let params = params![&batch, &defect.0[..], limit];
        self.fetch(&WITH_DEFECT, &params).await?.into_iter().map(read).collect()
    }

    /// What waits, by kind of defect, the most frequent first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn defects(
        &mut self,
        scheme: Option<&SchemeId>,
        batch: Option<BatchId>,
    ) -> Result<Vec<DefectCount>, StoreError> {
        let rows = self.fetch(&DEFECTS, &params![scheme, batch.as_ref()]).await?;
        let read = |mut row: Row| {
            Ok(DefectCount {
                scheme: row.take()?,
                code: row.take()?,
                field: row.take_optional()?,
                records: row.take()?,
            })
        };
        rows.into_iter().map(read).collect()
    }
}

impl Tx {
    /// Puts refused records into quarantine, each with its defects.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn quarantine(
        &mut self,
        refused: &[(Quarantined, Vec<Defect>)],
    ) -> Result<(), StoreError> {
        let rows: Vec<_> = refused
            .iter()
            .map(|(record, _)| {
                params![
                    &record.id,
                    &record.batch_id,
                    &record.scheme,
                    record.record_key.as_ref(),
                    &record.content,
                    record.state,
                    record.line,
                    record.received_at,
                    &record.sealed,
                ]
            })
            .collect();
        self.insert_many(&ADD, &rows).await?;
        self.add_defects(refused.iter().map(|(record, defects)| (&record.id, &**defects))).await
    }

    async fn add_defects(
        &mut self,
        refused: impl Iterator<Item = (&QuarantineId, &[Defect])>,
    ) -> Result<(), StoreError> {
        let mut rows = Vec::new();
        for (id, defects) in refused {
            for (position, defect) in (0_i64..).zip(defects) {
                let field = defect.field.as_deref();
                let (code, severity) = (defect.code.number(), defect.severity.name());
                let shared = &defect.shared.0[..];
                rows.push(params![id, position, code, severity, field, shared]);
            }
        }
        self.insert_many(&ADD_DEFECTS, &rows).await?;
        Ok(())
    }

    /// Tells other reasons for which a record waits; false when it does not wait.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retell_quarantined(
        &mut self,
        id: QuarantineId,
        record_key: Option<&KeyedHash>,
        sealed: &[u8],
        defects: &[Defect],
    ) -> Result<bool, StoreError> {
        if self.execute(&RETELL, &params![&id, record_key, sealed]).await? == 0 {
            return Ok(false);
        }
        self.execute(&FORGET_TOLD, &params![&id]).await?;
        self.add_defects(std::iter::once((&id, defects))).await?;
        Ok(true)
    }

    /// Shows the refused records of a batch, and closes older ones that this batch refused again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_quarantine(
        &mut self,
        batch: BatchId,
        scheme: &SchemeId,
        now: Instant,
    ) -> Result<(), StoreError> {
        self.execute(&OPEN_STAGED, &params![&batch]).await?;
        self.execute(&SUPERSEDE_REPEATED, &params![&batch, scheme, now]).await?;
        Ok(())
    }

    /// Closes what waits about records that were accepted since, but for what `batch` itself refused.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn supersede_quarantine(
        &mut self,
        records: &[KeyedHash],
        batch: BatchId,
        now: Instant,
    ) -> Result<u64, StoreError> {
        let params = [Param::keys(records), Param::from(&batch), Param::from(now)];
        self.execute(&SUPERSEDE, &params).await
    }

    /// Closes one refused record; false when it did not wait.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn close_quarantined(
        &mut self,
        id: QuarantineId,
        state: QuarantineState,
        now: Instant,
    ) -> Result<bool, StoreError> {
        Ok(self.execute(&CLOSE, &params![&id, state, now]).await? == 1)
    }

    /// Forgets what an unfinished sending of a batch refused.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_quarantine(&mut self, batch: BatchId) -> Result<(), StoreError> {
        self.execute(&FORGET_DEFECTS, &params![&batch]).await?;
        self.execute(&FORGET, &params![&batch]).await?;
        Ok(())
    }
}
