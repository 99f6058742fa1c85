//! How a command ends: the exit codes 0, 1, 2 and 3.

use std::io;
use std::path::{Path, PathBuf};

use crate::messages::{Value, text};
use crate::model::Language;

/// A command that did its work.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Done, nothing refused: exit code 0.
    Done,
    /// Done, but some records were refused: exit code 1.
    SomeRefused,
}

impl Outcome {
    /// What follows from a number of refusals.
    #[must_use]
    pub const fn of_refusals(refused: u64) -> Self {
        if refused == 0 { Self::Done } else { Self::SomeRefused }
    }
}

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Wrong use: exit code 2. A key of the messages with its arguments.
    #[error("{key}")]
    Usage {
        /// Key of the message.
        key: &'static str,
        /// Its variables.
        args: Vec<(&'static str, String)>,
    },
    /// Files of the configuration that do not compile, already said in full: exit code 2.
    #[error("{0}")]
    Configuration(String),
    /// A file that could not be read or written: exit code 3 (2 when it does not exist).
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A hub that refused what we asked, or did not answer: exit code 3. A key of the messages with
    /// its arguments.
    #[error("{key}")]
    Hub {
        /// Key of the message.
        key: &'static str,
        /// Its variables.
        args: Vec<(&'static str, String)>,
    },
    /// Anything else that went wrong on the way: exit code 3.
    #[error(transparent)]
    Operation(#[from] Box<dyn std::error::Error + Send + Sync>),
    /// Whoever read our output stopped reading (`dankun … | head`): not a failure.
    #[error("the reader of the output is gone")]
    ReaderGone,
}

impl Failure {
    /// Wrong use, said by a message of the catalogue.
    #[must_use]
    pub fn usage(key: &'static str, args: &[(&'static str, &str)]) -> Self {
        Self::Usage { key, args: owned(args) }
    }

    /// A hub that refused, said by a message of the catalogue.
    #[must_use]
    pub fn hub(key: &'static str, args: &[(&'static str, &str)]) -> Self {
        Self::Hub { key, args: owned(args) }
    }

    /// A file that could not be read or written.
    #[must_use]
    pub fn file(path: &Path, source: io::Error) -> Self {
        Self::File { path: path.to_owned(), source }
    }

    /// An output that takes no more bytes.
    #[must_use]
    pub fn output(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ReaderGone,
            _ => Self::operation(error),
        }
    }

    /// An error of an operation.
    #[must_use]
    pub fn operation(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Operation(Box::new(error))
    }

    /// 2 for what the caller can mend on the command line, 3 for the rest.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage { .. } | Self::Configuration(_) => 2,
            Self::File { source, .. } if source.kind() == io::ErrorKind::NotFound => 2,
            Self::File { .. } | Self::Hub { .. } | Self::Operation(_) => 3,
            Self::ReaderGone => 0,
        }
    }

    /// What went wrong, in the caller's language as far as the system lets us.
    #[must_use]
    pub fn say(&self, language: Language) -> String {
        match self {
            Self::Usage { key, args } | Self::Hub { key, args } => {
                let args: Vec<_> =
                    args.iter().map(|(name, value)| (*name, Value::from(value.as_str()))).collect();
                text(language, key, &args)
            }
            Self::Configuration(said) => said.clone(),
            Self::File { path, source } => {
                let key = match source.kind() {
                    io::ErrorKind::NotFound => "cli-file-not-found",
                    io::ErrorKind::PermissionDenied => "cli-file-forbidden",
                    _ => "cli-file-failed",
                };
                let path = path.display().to_string();
                text(language, key, &[("path", path.into()), ("reason", source.to_string().into())])
            }
            Self::Operation(error) => chain(error.as_ref()),
            Self::ReaderGone => self.to_string(),
        }
    }
}

fn owned(args: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    args.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

/// An error with its causes, outermost first.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !said.ends_with(&next) {
            said.push_str(": ");
            said.push_str(&next);
        }
        cause = error.source();
    }
    said
}
