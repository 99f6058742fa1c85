//! Which problem each failure of an operation is.

use super::{Code, Problem};
use crate::model::Scope;
use crate::operations::StoreError;
use crate::operations::ask::AskError;
use crate::operations::deliver::SubscribeError;
use crate::operations::intake::IntakeError;
use crate::operations::keys::KeyError;
use crate::operations::quarantine::CorrectError;

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
