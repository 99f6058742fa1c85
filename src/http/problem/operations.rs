//! Which problem each failure of an operation is.

use super::{Code, Problem};
use crate::eligibility::Refusal;
use crate::model::{Issue, Place, Scope};
use crate::operations::StoreError;
use crate::operations::accounts::AccountError;
use crate::operations::ask::AskError;
use crate::operations::deliver::SubscribeError;
use crate::operations::feed::FeedError;
use crate::operations::intake::IntakeError;
use crate::operations::keys::KeyError;
use crate::operations::library::Problem as FileProblem;
use crate::operations::link::LinkError;
use crate::operations::patients::ViewError;
use crate::operations::quarantine::CorrectError;
use crate::operations::replay::ReplayError;
use crate::operations::stewardship::{ChainStep, LONGEST_REASON, MOST_RECORDS, StewardError};
use crate::operations::versions::LifeError;
use crate::operations::what_if::WhatIfError;

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::internal(&error)
    }
}

impl From<KeyError> for Problem {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Unknown => Self::new(Code::Unauthenticated),
            KeyError::Expired(_) => Self::new(Code::KeyExpired),
            KeyError::Store(error) => error.into(),
        }
    }
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Store(error) => error.into(),
            AccountError::NotPermitted => {
                Self::new(Code::NotPermitted).with("scope", Scope::Admin.name())
            }
            AccountError::Unknown | AccountError::LinkOver => Self::new(Code::NotFound),
            AccountError::UnknownScheme => Self::parameter("scheme", "?"),
            AccountError::NameTaken
            | AccountError::NameOfScheme
            | AccountError::LastAdministrator
            | AccountError::TryLater { .. }
            | AccountError::Weak(_) => Self::new(Code::Conflict).with("reason", error),
        }
    }
}

impl From<SubscribeError> for Problem {
    fn from(error: SubscribeError) -> Self {
        match error {
            SubscribeError::Address(error) => {
                Self::new(Code::ForbiddenAddress).with("reason", error)
            }
            SubscribeError::Store(error) => error.into(),
        }
    }
}

impl From<AskError> for Problem {
    fn from(error: AskError) -> Self {
        match error {
            AskError::NotPermitted => {
                Self::new(Code::NotPermitted).with("scope", Scope::EligibilityAsk.name())
            }
            AskError::Store(error) => error.into(),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let issue = Issue::error(refusal.code(), Place::default());
        Self::new(Code::RefusedByAgreement).violations(vec![issue])
    }
}

impl From<ViewError> for Problem {
    fn from(error: ViewError) -> Self {
        match error {
            ViewError::Refused(refusal) => refusal.into(),
            ViewError::Store(error) => error.into(),
        }
    }
}

impl From<CorrectError> for Problem {
    fn from(error: CorrectError) -> Self {
        match error {
            CorrectError::Store(error) => error.into(),
            CorrectError::Unknown(_) => Self::new(Code::NotFound),
            CorrectError::NotOpen(_) | CorrectError::NotCorrectable(_) => {
                Self::new(Code::Conflict).with("reason", error)
            }
            CorrectError::Intake(error) => error.into(),
        }
    }
}

impl From<FeedError> for Problem {
    fn from(error: FeedError) -> Self {
        match error {
            FeedError::Store(error) => error.into(),
            FeedError::Intake(error) => error.into(),
            FeedError::Steward(error) => error.into(),
            FeedError::Unknown => Self::new(Code::NotFound),
            FeedError::NoSurvivor => Self::new(Code::NoSurvivor),
            FeedError::OtherNumber => Self::new(Code::OtherNumber),
            FeedError::LosesCoverage => Self::new(Code::LosesCoverage),
            FeedError::Replaced { by } => Self::new(Code::RecordReplaced).with("by", by),
            FeedError::Stale { current } => {
                Self::new(Code::Stale).with("current", format!("W/\"{current}\""))
            }
            FeedError::Refused(receipt) => {
                Self::new(Code::InvalidRecord).location(format!("/v1/batches/{}", receipt.batch))
            }
        }
    }
}

impl From<LinkError> for Problem {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Store(error) => error.into(),
            LinkError::TakenOver => Self::new(Code::Unavailable),
            LinkError::Index(_) => Self::internal(&error),
        }
    }
}

impl From<WhatIfError> for Problem {
    fn from(error: WhatIfError) -> Self {
        match error {
            WhatIfError::Store(error) => error.into(),
            WhatIfError::Index(error) => error.into(),
            WhatIfError::Wrong(problems) => LifeError::Wrong(problems).into(),
            WhatIfError::Busy(running) => Self::new(Code::Conflict)
                .with("reason", &error)
                .location(format!("/v1/identity/what-if/{running}")),
        }
    }
}

impl From<StewardError> for Problem {
    fn from(error: StewardError) -> Self {
        match error {
            StewardError::Store(error) => error.into(),
            StewardError::Unknown => Self::new(Code::NotFound),
            StewardError::OthersRecords => Self::new(Code::NotPermitted).with("scope", "operator"),
            StewardError::Claimed { by, until } => {
                Self::new(Code::Claimed).with("by", by).with("until", until)
            }
            StewardError::Stale { current } => Self::new(Code::Stale).with("current", current),
            StewardError::Answered { state, by } => Self::new(Code::AlreadyDecided)
                .with("state", state.name())
                .with("by", by.as_deref().unwrap_or("-")),
            StewardError::Contradiction { chain } => {
                let said: Vec<String> = chain.iter().map(said).collect();
                Self::new(Code::Contradiction)
                    .with("chain", said.join("; "))
                    .diagnostics(chain.iter().map(diagnostic).collect())
            }
            StewardError::KeyReused => Self::new(Code::IdempotencyKeyReused),
            StewardError::NoReason => Self::new(Code::ReasonMissing).with("limit", LONGEST_REASON),
            StewardError::TooMany => Self::new(Code::TooManyRecords).with("limit", MOST_RECORDS),
            StewardError::NotAPart => Self::new(Code::NotAPart),
            StewardError::OnePerson => Self::new(Code::OnePerson),
            StewardError::Undone { by } => Self::new(Code::AlreadyUndone).with("by", by),
        }
    }
}

/// One step of a chain, in no language: `rec_… = rec_… (dec_…, operator:bamako, 2026-01-31T10:00:00Z)`.
fn said(step: &ChainStep) -> String {
    let sign = if step.same { '=' } else { '≠' };
    let pair = format!("{} {sign} {}", step.a, step.b);
    match (&step.decision, &step.by) {
        (Some(decision), Some((by, at))) => format!("{pair} ({decision}, {by}, {at})"),
        _ => pair,
    }
}

fn diagnostic(step: &ChainStep) -> serde_json::Value {
    serde_json::json!({
        "a": step.a,
        "b": step.b,
        "same": step.same,
        "decision": step.decision,
        "by": step.by.as_ref().map(|(by, _)| by),
        "at": step.by.as_ref().map(|(_, at)| at),
    })
}

impl From<ReplayError> for Problem {
    fn from(error: ReplayError) -> Self {
        match error {
            ReplayError::Store(error) => error.into(),
            ReplayError::UnknownMapping { known } => Self::new(Code::NotFound).known(known),
            ReplayError::Unknown(_) => Self::new(Code::NotFound),
            ReplayError::Busy { running } => Self::new(Code::Conflict)
                .with("reason", &error)
                .location(format!("/v1/replays/{running}")),
            ReplayError::OtherMapping { .. } => Self::parameter("text", error),
            ReplayError::TakenOver(_) => Self::new(Code::Conflict).with("reason", error),
            ReplayError::Invalid { problems } => LifeError::Wrong(problems).into(),
            ReplayError::Version(error) => error.into(),
            ReplayError::Stopped(_) => Self::internal(&error),
        }
    }
}

impl From<IntakeError> for Problem {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::Store(error) => error.into(),
            IntakeError::UnknownScheme { scheme, known } => {
                Self::new(Code::UnknownScheme).with("scheme", scheme).known(known)
            }
            IntakeError::UnknownFormat { format } => {
                Self::new(Code::UnsupportedFormat).with("format", format)
            }
            IntakeError::KeyReused { batch } => {
                Self::new(Code::IdempotencyKeyReused).location(format!("/v1/batches/{batch}"))
            }
            IntakeError::Replaced => Self::new(Code::Conflict).with("reason", error),
            IntakeError::NotHeld { .. } => Self::new(Code::Conflict).with("reason", error),
            IntakeError::BrokeOff => Self::new(Code::IncompleteBody),
            IntakeError::Stopped(_) => Self::internal(&error),
        }
    }
}

impl From<LifeError> for Problem {
    fn from(error: LifeError) -> Self {
        match error {
            LifeError::Store(error) => error.into(),
            LifeError::NotPermitted { scope, file } => {
                Self::new(Code::NotPermitted).with("scope", format!("{} ({file})", scope.name()))
            }
            LifeError::File(error) => {
                Self::new(Code::InvalidFiles).with("count", 1).diagnostics(vec![
                    serde_json::json!({ "severity": "error", "message": error.to_string() }),
                ])
            }
            LifeError::Wrong(problems) => Self::new(Code::InvalidFiles)
                .with("count", problems.len())
                .diagnostics(problems.iter().map(FileProblem::to_json).collect()),
            LifeError::Unknown(_) => Self::new(Code::NotFound),
            LifeError::Stale { current, .. } => {
                Self::new(Code::Stale).with("current", current.unwrap_or_else(|| "-".to_owned()))
            }
            LifeError::SameLabel { file, label } => {
                Self::new(Code::VersionPublished).with("file", file).with("version", label)
            }
            LifeError::NotApproved { file, hash } => {
                Self::new(Code::ApprovalMissing).with("file", file).with("hash", hash)
            }
            LifeError::OwnText(file) => Self::new(Code::OwnText).with("file", file),
            LifeError::OtherFile { .. } | LifeError::Past => {
                Self::new(Code::InvalidParameter).with("name", "?").with("reason", error)
            }
            LifeError::Withdrawn(_)
            | LifeError::Counted(_)
            | LifeError::NothingEarlier(_)
            | LifeError::Busy => Self::new(Code::Conflict).with("reason", error),
            LifeError::Stopped(_) => Self::internal(&error),
        }
    }
}
