//! Quick fixes: the ready corrections of the problems at a place.

use crate::model::Language;

use super::super::diagnostic::Diagnostic;
use super::super::yaml::Span;

/// A text for another at a place of the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// What is replaced, in bytes.
    pub span: Span,
    /// By what.
    pub text: String,
}

/// A correction that an editor offers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// Which of the problems it mends.
    pub problem: usize,
    /// What it does, in words.
    pub title: String,
    /// The edits, which belong together.
    pub edits: Vec<Edit>,
}

/// The corrections of all the problems that touch a place.
#[must_use]
pub fn corrections(problems: &[Diagnostic], place: &Span, language: Language) -> Vec<Fix> {
    let here = |problem: &Diagnostic| {
        problem.span.start <= place.end && place.start <= problem.span.end.max(problem.span.start)
    };
    let mut fixes = Vec::new();
    for (at, problem) in problems.iter().enumerate().filter(|(_, problem)| here(problem)) {
        for correction in &problem.corrections {
            let edits = correction.edits.iter().cloned();
            fixes.push(Fix {
                problem: at,
                title: correction.title(language),
                edits: edits.map(|(span, text)| Edit { span, text }).collect(),
            });
        }
    }
    fixes
}
