//! A hub through its database: whoever may open that may do everything, under the name `operator:local`.

use crate::cli::failure::Failure;
use crate::cli::library;
use crate::cli::screen::Screen;
use crate::model::{Caller, Instant, Language};
use crate::operations::Hub;
use crate::operations::library::{DataFile, FileId};
use crate::operations::versions::{
    self, Chosen, Filter, LifeError, Named, Plan, Planned, Seen, State, Version,
};

use super::{Changed, Held, HeldVersion, Told};

/// Versions that are listed at most.
const MOST: u32 = 500;

/// The hub and who asks it.
pub struct Local {
    hub: Hub,
    by: Caller,
    language: Language,
}

impl Local {
    /// An open hub.
    pub fn new(hub: Hub, screen: &Screen) -> Self {
        Self { hub, by: Caller::local_operator(), language: screen.language() }
    }

    pub async fn files(&self) -> Result<Vec<Held>, Failure> {
        let found = versions::list(&self.hub, &self.by, &Filter::default(), None, usize::MAX).await;
        let held = |listed: versions::Listed| Held {
            kind: listed.file.kind.name().to_owned(),
            name: listed.file.name,
            in_force: listed.in_force.map(|(version, _)| HeldVersion { hash: version.hash }),
            draft: listed.draft.map(|draft| HeldVersion { hash: draft.hash }),
        };
        Ok(self.said(found)?.into_iter().map(held).collect())
    }

    pub async fn version(&self, file: &FileId, named: &str) -> Result<Option<Told>, Failure> {
        let found = versions::version(&self.hub, &self.by, file, Named::parse(named)).await;
        let Some(version) = self.said(found)? else { return Ok(None) };
        let shown = self.said(versions::shown(&self.hub, version).await)?;
        Ok(Some(told(shown.version, shown.state, true)))
    }

    pub async fn versions(&self, file: &FileId) -> Result<Vec<Told>, Failure> {
        let found = versions::versions(&self.hub, &self.by, file, None, MOST).await;
        let found = self.said(found)?.into_iter();
        Ok(found.map(|(version, state)| told(version, state, false)).collect())
    }

    pub async fn draft(&self, file: &DataFile, seen: Option<&str>) -> Result<String, Failure> {
        let seen = seen.map_or(Seen::Nothing, Seen::Version);
        let saved = versions::draft(&self.hub, &self.by, file, seen).await;
        Ok(self.said(saved)?.hash)
    }

    pub async fn publish(
        &self,
        chosen: &[(FileId, String)],
        at: Option<Instant>,
    ) -> Result<Vec<Changed>, Failure> {
        let chosen: Vec<Chosen> = chosen
            .iter()
            .map(|(file, hash)| Chosen { file: file.clone(), hash: hash.clone() })
            .collect();
        let plan = versions::publish(&self.hub, &self.by, &chosen, at).await;
        Ok(changed(self.said(plan)?))
    }

    pub async fn approve(&self, file: &FileId, hash: &str) -> Result<(), Failure> {
        self.said(versions::approve(&self.hub, &self.by, file, hash).await).map(drop)
    }

    pub async fn withdraw(&self, file: &FileId, hash: &str) -> Result<(), Failure> {
        self.said(versions::withdraw(&self.hub, &self.by, file, hash).await).map(drop)
    }

    pub async fn rollback(&self, file: &FileId, to: Option<&str>) -> Result<Vec<Changed>, Failure> {
        let plan = versions::rollback(&self.hub, &self.by, file, to).await;
        Ok(changed(self.said(plan)?))
    }

    fn said<T>(&self, result: Result<T, LifeError>) -> Result<T, Failure> {
        result.map_err(|error| refused(error, self.language))
    }
}

fn told(version: Version, state: State, with_text: bool) -> Told {
    Told {
        hash: version.hash,
        version: version.label,
        state: state.name().to_owned(),
        written_by: version.written_by,
        written_at: version.written_at.to_string(),
        text: with_text.then_some(version.text),
    }
}

fn changed(plan: Plan) -> Vec<Changed> {
    let one = |planned: Planned| Changed {
        kind: planned.file.kind.name().to_owned(),
        name: planned.file.name,
        hash: planned.version.hash,
        version: planned.version.label,
        before: planned.before,
    };
    plan.changes.into_iter().map(one).collect()
}

/// What the caller can mend is wrong use; the rest is a failure.
fn refused(error: LifeError, language: Language) -> Failure {
    let say = |key, file: &FileId| Failure::usage(key, &[("file", &file.to_string())]);
    match &error {
        LifeError::Wrong(problems) => library::refuse(problems, language),
        LifeError::SameLabel { file, label } => Failure::usage(
            "problem-version_published.detail",
            &[("file", &file.to_string()), ("version", label)],
        ),
        LifeError::NotApproved { file, hash } => Failure::usage(
            "problem-approval_missing.detail",
            &[("file", &file.to_string()), ("hash", hash)],
        ),
        LifeError::OwnText(file) => say("problem-own_text.detail", file),
        LifeError::Stale { file, .. } => say("life-stale", file),
        LifeError::Unknown(file) => say("life-unknown", file),
        LifeError::Withdrawn(file) => say("life-withdrawn", file),
        LifeError::Counted(file) => say("life-counted", file),
        LifeError::NothingEarlier(file) => say("life-nothing-earlier", file),
        LifeError::Past => Failure::usage("life-past", &[]),
        LifeError::File(_) | LifeError::OtherFile { .. } => {
            Failure::Configuration(error.to_string())
        }
        LifeError::Store(_)
        | LifeError::NotPermitted { .. }
        | LifeError::Busy
        | LifeError::Stopped(_) => Failure::operation(error),
    }
}
