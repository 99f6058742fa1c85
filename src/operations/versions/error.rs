//! Why a step in the life of a version was not taken.

use crate::model::Scope;
use crate::operations::library::{FileError, FileId, Problem};
use crate::operations::publish::PublishError;
use crate::store::StoreError;

/// Why a step was not taken; then nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum LifeError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The caller has no such right, or not on this file.
    #[error("`{}` is needed for {file}", .scope.name())]
    NotPermitted {
        /// The right that is missing.
        scope: Scope,
        /// On which file.
        file: FileId,
    },
    /// The text is no file of the library.
    #[error(transparent)]
    File(#[from] FileError),
    /// The text is another file than the one that it was sent as.
    #[error("the text is {found}, not {expected}")]
    OtherFile {
        /// What was named.
        expected: FileId,
        /// What the text says.
        found: FileId,
    },
    /// Nobody has saved such a version.
    #[error("no such version of {0}")]
    Unknown(FileId),
    /// Somebody else saved or published meanwhile.
    #[error("{file} is no longer as it was seen")]
    Stale {
        /// Which file.
        file: FileId,
        /// The hash of what stands there now; none when nothing does.
        current: Option<String>,
    },
    /// The version was given up, or has been replaced.
    #[error("this version of {0} was given up")]
    Withdrawn(FileId),
    /// What has counted cannot be given up, only followed by another version.
    #[error("this version of {0} has counted")]
    Counted(FileId),
    /// The files would not work.
    #[error("{} problems in the data files, the first: {}", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
    Wrong(Vec<Problem>),
    /// A published version never changes.
    #[error("{file} was published before as version {label} with another text: raise `version:`")]
    SameLabel {
        /// Which file.
        file: FileId,
        /// The `version:` of both texts.
        label: String,
    },
    /// The scheme wants a second person to agree first.
    #[error("{file} must be approved by a second person")]
    NotApproved {
        /// Which file.
        file: FileId,
        /// Which version.
        hash: String,
    },
    /// Nobody approves their own text.
    #[error("{0} must be approved by somebody else than its author")]
    OwnText(FileId),
    /// A publication was asked for a moment that has gone.
    #[error("that moment has gone")]
    Past,
    /// There is no version to go back to.
    #[error("{0} has no earlier version")]
    NothingEarlier(FileId),
    /// Others published again and again while this was being prepared.
    #[error("others are publishing at the same time")]
    Busy,
    /// The compiler gave up in the middle of its work.
    #[error("the data files could not be compiled")]
    Stopped(#[source] tokio::task::JoinError),
}

impl From<PublishError> for LifeError {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::Store(error) => Self::Store(error),
            PublishError::Library(problems) => Self::Wrong(problems),
            PublishError::Stopped(error) => Self::Stopped(error),
        }
    }
}
