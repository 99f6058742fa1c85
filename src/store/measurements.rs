//! How right the index is, measured again and again; and the pairs and trials that it takes.

use super::batches::names;
use super::edges::{self, StoredEdge};
use super::sql::{Query, params, sql};
use super::{Row, Session, StoreError, Tx};
use crate::model::{Instant, RecordId, WhatIfId};

/// Where a trial of a match model stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TrialState {
    /// It works, or waits for a process that begins it again.
    Running,
    /// It came to its end.
    Done,
    /// Somebody stopped it.
    Cancelled,
}

names!(TrialState { Running = "running", Done = "done", Cancelled = "cancelled" });

/// A trial of a match model.
#[derive(Clone, Debug)]
pub struct StoredTrial {
    /// Its id.
    pub id: WhatIfId,
    /// The text of the model.
    pub text: String,
    /// The day on which eligibility is looked at, as ISO text.
    pub as_of: String,
    /// Where it stands.
    pub state: TrialState,
    /// Records to look at.
    pub total: u64,
    /// Records looked at.
    pub done: u64,
    /// What it came to, as JSON.
    pub report: Option<String>,
    /// When it began.
    pub started_at: Instant,
    /// Who is answerable.
    pub started_by: String,
    /// When it ended.
    pub finished_at: Option<Instant>,
}

macro_rules! trial {
    () => {
        "select id, text, as_of, state, total, done, report, started_at, started_by, finished_at from what_ifs "
    };
}

sql! {
    ADD: Query = Query::same(
        "insert into measurements (at, model, report) values ($1, $2, $3) on conflict (at) do update set report = excluded.report",
    );
    LAST: Query = Query::same("select at, report from measurements order by at desc limit 1");
    HOW_MANY: Query = Query::same("select count(*) from edges where decision = $1");
    NTH: Query = Query::same(
        "select a, b, weight, probability, decision, model, detail from edges where decision = $1
         order by a, b limit 1 offset $2",
    );
    PAGE: Query = Query::same(
        "select a, b, weight, probability, decision, model, detail from edges
         where decision = $1 and (a > $2 or (a = $2 and b > $3) or $2 is null) order by a, b limit $4",
    );
    OPEN_SAMPLES: Query = Query::same(
        "select count(*) from reviews where kind = 'sample' and state in ('open', 'unsure')",
    );
    BEGIN: Query = Query::same(
        "insert into what_ifs (id, text, as_of, state, total, done, started_at, started_by)
         values ($1, $2, $3, 'running', $4, 0, $5, $6)",
    );
    TRIAL: Query = Query::same(concat!(trial!(), "where id = $1"));
    RUNNING: Query = Query::same(concat!(trial!(), "where state = 'running' order by id limit 1"));
    TRIALS: Query = Query::same(concat!(trial!(), "order by id desc limit $1"));
    PROGRESS: Query = Query::same(
        "update what_ifs set done = $2, total = $3 where id = $1 and state = 'running'",
    );
    FINISH: Query = Query::same(
        "update what_ifs set state = $2, report = $3, finished_at = $4 where id = $1 and state = 'running'",
    );
}

fn trial(mut row: Row) -> Result<StoredTrial, StoreError> {
    Ok(StoredTrial {
        id: row.take()?,
        text: row.take()?,
        as_of: row.take()?,
        state: row.take()?,
        total: row.take()?,
        done: row.take()?,
        report: row.take_optional()?,
        started_at: row.take()?,
        started_by: row.take()?,
        finished_at: row.take_optional()?,
    })
}

impl Session {
    /// The last measurement, as JSON, and when it was made.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_measurement(&mut self) -> Result<Option<(Instant, String)>, StoreError> {
        let row = self.fetch_optional(&LAST, &[]).await?;
        row.map(|mut row| Ok((row.take()?, row.take()?))).transpose()
    }

    /// How many kept pairs were decided so.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_edges(&mut self, decision: &str) -> Result<u64, StoreError> {
        self.fetch_one(&HOW_MANY, &params![decision]).await?.take()
    }

    /// The nth kept pair that was decided so, from 0.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn nth_edge(
        &mut self,
        decision: &str,
        place: u64,
    ) -> Result<Option<StoredEdge>, StoreError> {
        self.fetch_optional(&NTH, &params![decision, place]).await?.map(edges::read).transpose()
    }

    /// Kept pairs that were decided so, after one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn edge_page(
        &mut self,
        decision: &str,
        after: Option<(RecordId, RecordId)>,
        limit: u32,
    ) -> Result<Vec<StoredEdge>, StoreError> {
        let (a, b) = after.unzip();
        let rows = self.fetch(&PAGE, &params![decision, a.as_ref(), b.as_ref(), limit]).await?;
        rows.into_iter().map(edges::read).collect()
    }

    /// Samples that wait for a steward.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_samples(&mut self) -> Result<u64, StoreError> {
        self.fetch_one(&OPEN_SAMPLES, &[]).await?.take()
    }

    /// One trial.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn trial(&mut self, id: WhatIfId) -> Result<Option<StoredTrial>, StoreError> {
        self.fetch_optional(&TRIAL, &params![&id]).await?.map(trial).transpose()
    }

    /// Trials, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn trials(&mut self, most: u32) -> Result<Vec<StoredTrial>, StoreError> {
        let rows = self.fetch(&TRIALS, &params![most]).await?;
        rows.into_iter().map(trial).collect()
    }

    /// The oldest trial that is not at its end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn running_trial(&mut self) -> Result<Option<StoredTrial>, StoreError> {
        self.fetch_optional(&RUNNING, &[]).await?.map(trial).transpose()
    }
}

impl Tx {
    /// Keeps a measurement.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_measurement(
        &mut self,
        at: Instant,
        model: &str,
        report: &str,
    ) -> Result<(), StoreError> {
        self.execute(&ADD, &params![at, model, report]).await?;
        Ok(())
    }

    /// Begins a trial.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_trial(&mut self, trial: &StoredTrial) -> Result<(), StoreError> {
        let params = params![
            &trial.id,
            &trial.text,
            &trial.as_of,
            trial.total,
            trial.started_at,
            &trial.started_by
        ];
        self.execute(&BEGIN, &params).await?;
        Ok(())
    }

    /// Notes how far a trial is; `false` when it was stopped meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn trial_progress(
        &mut self,
        id: WhatIfId,
        done: u64,
        total: u64,
    ) -> Result<bool, StoreError> {
        Ok(self.execute(&PROGRESS, &params![&id, done, total]).await? == 1)
    }

    /// Ends a trial; `false` when it had ended before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish_trial(
        &mut self,
        id: WhatIfId,
        state: TrialState,
        report: Option<&str>,
        now: Instant,
    ) -> Result<bool, StoreError> {
        Ok(self.execute(&FINISH, &params![&id, state.name(), report, now]).await? == 1)
    }
}
