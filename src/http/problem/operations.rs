//! Which problem each failure of an operation is.

use super::{Code, Problem};
use crate::model::Scope;
use crate::operations::StoreError;
use crate::operations::ask::AskError;
use crate::operations::deliver::SubscribeError;
use crate::operations::keys::KeyError;

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
