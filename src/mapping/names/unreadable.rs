//! Conditions that cannot be read: why, and what was probably meant.

use super::super::condition::{self, ConditionError, Problem};
use super::super::diagnostic::{Code, Diagnostics, Mending, nearest};
use super::super::spec::Word;
use super::super::yaml::Span;

/// Reports a condition that cannot be read, with what was probably meant.
pub fn bad_condition(problems: &mut Diagnostics, text: &Word, error: &ConditionError) {
    let span = problems.part(&text.span, &text.value, error.span.clone());
    let written = text.value.get(error.span.start..).unwrap_or_default();
    let diagnostic = problems.error(Code::BadCondition, span.clone());
    diagnostic.arg("condition", &text.value);
    let (reason, detail) = match &error.problem {
        Problem::Character(found) => ("condition-character", found.to_string()),
        Problem::OpenQuote => ("condition-open-quote", String::new()),
        Problem::Escape(found) => ("condition-escape", found.to_string()),
        Problem::Unexpected { found, .. } => {
            ("condition-unexpected", found.trim_matches('`').to_owned())
        }
        Problem::Function(name) => ("condition-function", name.clone()),
        Problem::Types(a, b) => ("condition-types", format!("{a}, {b}")),
        Problem::NoOrder(kind) => ("condition-no-order", (*kind).to_owned()),
        Problem::NotATest(kind) => ("condition-not-a-test", (*kind).to_owned()),
        Problem::Pattern(reason) => {
            let last = reason.lines().rev().find(|line| !line.trim().is_empty());
            let last = last.unwrap_or_default().trim_start_matches("error: ");
            (pattern_reason(last), last.to_owned())
        }
        Problem::TooDeep(levels) => ("condition-too-deep", levels.to_string()),
    };
    let known = condition::FUNCTIONS.join(", ");
    diagnostic.arg("detail", &detail).arg("known", known).arg("reason-id", reason);
    if span == text.span {
        return;
    }
    let name: String = written.chars().take_while(|c| c.is_alphanumeric()).collect();
    if matches!(error.problem, Problem::Function(_)) {
        let functions = condition::FUNCTIONS.iter().copied();
        diagnostic.nearest = nearest(&name, functions);
        return;
    }
    let edits = meant(&text.value, error.span.start, &name);
    let start = span.start - error.span.start.min(span.start);
    if let Some((_, sign)) = edits.first() {
        diagnostic.nearest = Some((*sign).to_owned());
        let edits =
            edits.iter().map(|(at, sign)| (start + at.start..start + at.end, (*sign).to_owned()));
        diagnostic.mend(
            Mending::Replace,
            edits.clone().next().map_or_else(String::new, |e| e.1),
            edits.collect(),
        );
    }
}

/// The words for what the regex crate says in English only.
fn pattern_reason(said: &str) -> &'static str {
    let known = [
        ("unclosed character class", "condition-pattern-bracket"),
        ("unclosed group", "condition-pattern-parenthesis"),
        ("unopened group", "condition-pattern-closing"),
        ("repetition operator missing expression", "condition-pattern-repetition"),
        ("unrecognized escape sequence", "condition-pattern-escape"),
        ("invalid character class range", "condition-pattern-range"),
        ("compiled regex exceeds size limit", "condition-pattern-large"),
    ];
    let found = known.iter().find(|(english, _)| said.to_lowercase().contains(english));
    found.map_or("condition-pattern", |(_, reason)| reason)
}

/// Signs of other languages and of word processors, with ours in their place.
fn meant(condition: &str, at: usize, name: &str) -> Vec<(Span, &'static str)> {
    let written = condition.get(at..).unwrap_or_default();
    if written.starts_with(condition::OTHER_QUOTES) {
        let quotes = condition.match_indices(condition::OTHER_QUOTES);
        return quotes.map(|(i, quote)| (i..i + quote.len(), "'")).collect();
    }
    if written.starts_with('>') && condition.get(..at).is_some_and(|before| before.ends_with('<')) {
        return vec![(at - 1..at + 1, "!=")];
    }
    let known = condition::OTHER_SIGNS.iter().find(|(other, _)| {
        let word = other.chars().all(char::is_alphabetic);
        if word { *other == name } else { written.starts_with(other) }
    });
    known.map(|(other, ours)| (at..at + other.len(), *ours)).into_iter().collect()
}
