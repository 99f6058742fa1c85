//! Which problem each failure of an operation is.

use super::{Code, Problem};
use crate::operations::StoreError;
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
