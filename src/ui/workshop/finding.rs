//! What is wrong with a text, and why a step was not taken, in words.

use crate::http::Problem;
use crate::mapping::{Diagnostic, Weight};
use crate::operations::library::{FileError, Problem as FileProblem};
use crate::operations::versions::LifeError;
use crate::ui::words::Words;

/// One thing that is wrong with a text.
pub struct Finding {
    /// Its number, such as `B201`; empty for what has none.
    pub code: String,
    pub line: u32,
    pub message: String,
    pub help: Option<String>,
    pub error: bool,
    /// Ready corrections: how the form names each, and what it does.
    pub fixes: Vec<(String, String)>,
}

impl Finding {
    /// The problem that stands at `at` among those of its text.
    pub fn of(words: Words, at: usize, problem: &FileProblem) -> Self {
        match problem {
            FileProblem::Mapping { diagnostic, .. } => Self::diagnosed(words, at, diagnostic),
            FileProblem::Document(document) => {
                let place = document.pointer.as_str();
                let place = if place.is_empty() { String::new() } else { format!("{place}: ") };
                let line = u32::try_from(document.line.unwrap_or(0)).unwrap_or(0);
                Self::plain(line, format!("{place}{}", document.fault.say(words.0)))
            }
            FileProblem::File(FileError::UnknownKind { .. }) => {
                Self::plain(1, words.say("lsp-unknown-kind"))
            }
            FileProblem::File(_) | FileProblem::Schema(_) | FileProblem::Missing(_) => {
                Self::plain(0, problem.to_string())
            }
        }
    }

    fn diagnosed(words: Words, at: usize, diagnostic: &Diagnostic) -> Self {
        let corrections = diagnostic.corrections.iter().enumerate();
        Self {
            code: diagnostic.code.number().to_owned(),
            line: diagnostic.line,
            message: diagnostic.message(words.0),
            help: diagnostic.help(words.0),
            error: diagnostic.weight == Weight::Error,
            fixes: corrections
                .map(|(number, one)| (format!("{at}.{number}"), one.title(words.0)))
                .collect(),
        }
    }

    fn plain(line: u32, message: String) -> Self {
        Self { code: String::new(), line, message, help: None, error: true, fixes: Vec::new() }
    }
}

/// All of them, in the order of the file.
pub fn findings(words: Words, problems: &[FileProblem]) -> Vec<Finding> {
    problems.iter().enumerate().map(|(at, problem)| Finding::of(words, at, problem)).collect()
}

/// Why a step was not taken.
pub struct Hindrance {
    pub said: String,
    pub findings: Vec<Finding>,
}

impl Hindrance {
    /// In words; what no person at the page can mend goes on as a problem.
    ///
    /// # Errors
    /// Failures of the store and of the program, and rights that are missing.
    pub fn of(words: Words, error: LifeError) -> Result<Self, Problem> {
        let key = match &error {
            LifeError::Stale { .. } => "stale",
            LifeError::Withdrawn(_) => "withdrawn",
            LifeError::Counted(_) => "counted",
            LifeError::NotApproved { .. } => "not-approved",
            LifeError::OwnText(_) => "own-text",
            LifeError::Past => "past",
            LifeError::NothingEarlier(_) => "nothing-earlier",
            LifeError::Busy => "busy",
            LifeError::File(_) => "no-file",
            LifeError::OtherFile { found, .. } => {
                let said = words.of("page-hindered-other-file", "found", found);
                return Ok(Self { said, findings: Vec::new() });
            }
            LifeError::SameLabel { label, .. } => {
                let said = words.of("page-hindered-same-label", "label", label);
                return Ok(Self { said, findings: Vec::new() });
            }
            LifeError::Wrong(problems) => {
                let said = words.count("page-hindered-wrong", problems.len() as u64);
                return Ok(Self { said, findings: findings(words, problems) });
            }
            LifeError::Store(_)
            | LifeError::Stopped(_)
            | LifeError::Unknown(_)
            | LifeError::NotPermitted { .. } => return Err(error.into()),
        };
        Ok(Self { said: words.named("page-hindered", key), findings: Vec::new() })
    }
}
