//! Why a text is no YAML, in the words of someone who has never heard of YAML, and what would mend it.
//!
//! A parser says where it stumbled, which is often a line after the mistake. So the usual mistakes
//! (a tab, a forgotten quote or bracket, a colon within a text) are mended one after the other, and
//! the mending after which the file reads on names the mistake.

use granit_parser::Parser;

use super::Span;
use crate::mapping::diagnostic::{Code, Diagnostics, Mending};

/// A mending that is tried.
struct Attempt {
    /// Words of the mistake, in `messages/*.ftl`.
    reason: &'static str,
    /// What to mark.
    span: Span,
    mending: Mending,
    subject: String,
    edits: Vec<(Span, String)>,
}

/// Reports that the text cannot be read from `at` on; `info` is what the parser says.
pub(super) fn report(text: &str, at: usize, info: &str, problems: &mut Diagnostics) {
    let line = line(text, at);
    let mut attempts = attempts(text, at);
    // Another mistake further down is another message; but what mends the whole file is the likelier.
    let after: Vec<Option<usize>> = attempts
        .iter()
        .map(|attempt| {
            let mended = edited(text, &attempt.edits);
            let next = broken_at(&mended)?;
            Some((next + text.len()).saturating_sub(line.end + mended.len()))
        })
        .collect();
    let whole = after.iter().position(Option::is_none);
    let attempt = whole
        .or_else(|| after.iter().position(|next| next.is_some_and(|further| further > 0)))
        .map(|index| attempts.swap_remove(index));
    let Some(attempt) = attempt else {
        let reason = if info.contains("quote") { "yaml-quote" } else { "yaml-other" };
        let problem = problems.error(Code::NotYaml, at..at);
        problem.arg("detail", info).arg("reason-id", reason);
        return;
    };
    let problem = problems.error(Code::NotYaml, attempt.span);
    problem.arg("detail", &attempt.subject).arg("reason-id", attempt.reason);
    problem.mend(attempt.mending, attempt.subject, attempt.edits);
}

/// Where the text cannot be read.
fn broken_at(text: &str) -> Option<usize> {
    let error = Parser::new_from_str(text).find_map(Result::err)?;
    Some(error.marker().byte_offset().unwrap_or(0).min(text.len()))
}

fn edited(text: &str, edits: &[(Span, String)]) -> String {
    let mut mended = text.to_owned();
    for (span, new) in edits.iter().rev() {
        mended.replace_range(span.clone(), new);
    }
    mended
}

/// The line around a place, without its end.
fn line(text: &str, at: usize) -> Span {
    let at = at.min(text.len());
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |found| found + 1);
    let end = text.get(at..).and_then(|after| after.find('\n')).map_or(text.len(), |end| at + end);
    start..end
}

/// The line before, when there is one that says something.
fn line_before(text: &str, this: &Span) -> Option<Span> {
    let mut start = this.start;
    while start > 0 {
        let before = line(text, start - 1);
        start = before.start;
        let said = text.get(before.clone())?.trim();
        if !said.is_empty() && !said.starts_with('#') {
            return Some(before);
        }
    }
    None
}

fn attempts(text: &str, at: usize) -> Vec<Attempt> {
    let this = line(text, at);
    let before = line_before(text, &this);
    let mut attempts = Vec::new();
    attempts.extend(tabs(text, &this));
    attempts.extend(inner_quotes(text, &this));
    for line in std::iter::once(&this).chain(&before) {
        attempts.extend(closing_quote(text, line));
    }
    attempts.extend(reserved(text, at, &this));
    attempts.extend(blank_after_colon(text, &this));
    attempts.extend(before.as_ref().and_then(|before| blank_after_colon(text, before)));
    attempts.extend(colon_in_text(text, &this));
    if let Some(before) = &before {
        attempts.extend(indentation(text, &this, before));
        attempts.extend(indentation(text, before, &this));
    }
    for line in before.iter().chain([&this]) {
        attempts.extend(closing_bracket(text, line));
    }
    attempts
}

/// Tabs at the beginning of lines.
fn tabs(text: &str, this: &Span) -> Option<Attempt> {
    let written = text.get(this.clone())?;
    let blanks = written.len() - written.trim_start().len();
    let tabs: Vec<usize> =
        written.get(..blanks)?.match_indices('\t').map(|(i, _)| this.start + i).collect();
    let first = *tabs.first()?;
    Some(Attempt {
        reason: "yaml-tab",
        span: first..first + 1,
        mending: Mending::Replace,
        subject: "␣␣".to_owned(),
        edits: tabs.into_iter().map(|at| (at..at + 1, "  ".to_owned())).collect(),
    })
}

/// `"SEXE == "F""`: quotes of the same kind within quotes.
fn inner_quotes(text: &str, this: &Span) -> Option<Attempt> {
    let written = text.get(this.clone())?;
    let (first, last) = (written.find('"')?, written.rfind('"')?);
    let inner: Vec<usize> = written
        .match_indices('"')
        .map(|(i, _)| i)
        .filter(|i| *i != first && *i != last)
        .map(|i| this.start + i)
        .collect();
    let edits: Vec<(Span, String)> =
        inner.iter().map(|at| (*at..*at + 1, "'".to_owned())).collect();
    let span = this.start + first..this.start + last + 1;
    (!edits.is_empty()).then(|| Attempt {
        reason: "yaml-inner-quotes",
        subject: format!(
            "\"{}\"",
            written.get(first + 1..last).unwrap_or_default().replace('"', "'")
        ),
        span,
        mending: Mending::Replace,
        edits,
    })
}

/// A quote that does not end on its line.
fn closing_quote(text: &str, this: &Span) -> Option<Attempt> {
    let written = text.get(this.clone())?;
    let quote = ['"', '\''].into_iter().find(|quote| written.matches(*quote).count() % 2 == 1)?;
    let opened = this.start + written.rfind(quote)?;
    let rest = text.get(opened + 1..this.end)?;
    // Brackets and commas at the end of the line close what stands around the text.
    let value = rest.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '}' | ']' | ','));
    let braces = value.matches('{').count().saturating_sub(value.matches('}').count());
    let length = (value.len() + braces).min(rest.trim_end().len());
    let end = opened + 1 + length;
    Some(Attempt {
        reason: "yaml-quote",
        span: opened..end,
        mending: Mending::Add,
        subject: quote.to_string(),
        edits: vec![(end..end, quote.to_string())],
    })
}

/// A text that begins with a sign that YAML keeps for itself.
fn reserved(text: &str, at: usize, this: &Span) -> Option<Attempt> {
    let first = text.get(at..this.end)?.chars().next()?;
    if !matches!(first, '@' | '`' | '%' | '&' | '*' | '!' | '|' | '>') {
        return None;
    }
    let rest = text.get(at..this.end)?;
    let in_group = text.get(this.start..at)?.contains(['{', '[']);
    let end = if in_group { rest.rfind([',', '}', ']']).unwrap_or(rest.len()) } else { rest.len() };
    let value = rest.get(..end)?.trim_end();
    let cut = value.find(", ").filter(|_| in_group).unwrap_or(value.len());
    let value = value.get(..cut)?;
    Some(quoted("yaml-sign", at..at + value.len(), value))
}

fn quoted(reason: &'static str, span: Span, value: &str) -> Attempt {
    let text = super::quoted(value);
    Attempt {
        reason,
        span: span.clone(),
        mending: Mending::Replace,
        subject: text.clone(),
        edits: vec![(span, text)],
    }
}

/// `version:1.0.0`.
fn blank_after_colon(text: &str, this: &Span) -> Option<Attempt> {
    let written = text.get(this.clone())?;
    let colon = written.find(':')?;
    let after = written.get(colon + 1..)?.chars().next()?;
    let at = this.start + colon + 1;
    (!after.is_whitespace()).then(|| Attempt {
        reason: "yaml-blank",
        span: this.start + written.len() - written.trim_start().len()..this.end,
        mending: Mending::Add,
        subject: "␣".to_owned(),
        edits: vec![(at..at, " ".to_owned())],
    })
}

/// `title: Mutuelle: essai`.
fn colon_in_text(text: &str, this: &Span) -> Option<Attempt> {
    let written = text.get(this.clone())?;
    let (key, value) = written.split_once(": ")?;
    let start = this.start + key.len() + 2;
    let trimmed = value.trim();
    let start = start + (value.len() - value.trim_start().len());
    (trimmed.contains(':') && !trimmed.starts_with(['{', '[', '"', '\'']))
        .then(|| quoted("yaml-colon", start..start + trimmed.len(), trimmed))
}

/// A line that stands further in or out than its neighbour.
fn indentation(text: &str, this: &Span, neighbour: &Span) -> Option<Attempt> {
    let blanks = |span: &Span| {
        let written = text.get(span.clone()).unwrap_or_default();
        written.len() - written.trim_start().len()
    };
    let (found, wanted) = (blanks(this), blanks(neighbour));
    (found != wanted).then(|| Attempt {
        reason: "yaml-indentation",
        span: this.start..this.end,
        mending: Mending::Replace,
        subject: wanted.to_string(),
        edits: vec![(this.start..this.start + found, " ".repeat(wanted))],
    })
}

/// A bracket that is not closed on its line.
fn closing_bracket(text: &str, this: &Span) -> Option<Attempt> {
    let written = text.get(this.clone())?;
    let (open, close) = [('{', '}'), ('[', ']')]
        .into_iter()
        .find(|(open, close)| written.matches(*open).count() > written.matches(*close).count())?;
    let opened = this.start + written.find(open)?;
    let end = this.start + written.trim_end().len();
    let text = if close == '}' { " }" } else { "]" };
    Some(Attempt {
        reason: "yaml-bracket",
        span: opened..end,
        mending: Mending::Add,
        subject: close.to_string(),
        edits: vec![(end..end, text.to_owned())],
    })
}
