//! The word under the cursor within a condition or a template.

use super::super::yaml::Span;

/// What the word is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WordKind {
    /// A path or a name, written plainly.
    Plain,
    /// A path in backquotes.
    Quoted,
    /// A text in single quotes.
    Text,
}

/// A word with its place in the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WordAt {
    /// Where, without quotes; empty where none is written yet.
    pub span: Span,
    /// What it is.
    pub kind: WordKind,
}

/// The word of a condition, which stands at `span`.
pub fn in_condition(text: &str, span: &Span, offset: usize) -> WordAt {
    let mut open: Option<(char, usize)> = None;
    let mut start = span.start;
    let condition = text.get(span.clone()).unwrap_or_default();
    let outer = condition.chars().next().filter(|quote| matches!(quote, '"' | '\''));
    for (at, c) in condition.char_indices() {
        let at = span.start + at;
        if at >= offset {
            break;
        }
        let next = at + c.len_utf8();
        match open {
            Some((quote, _)) if c == quote => {
                open = None;
                start = next;
            }
            Some(_) => {}
            None if c == '`' || (c == '\'' && outer != Some('\'')) => open = Some((c, next)),
            None if is_part(c) => {}
            None => start = next,
        }
    }
    match open {
        None => WordAt { span: start..end_of(text, span, offset, is_part), kind: WordKind::Plain },
        Some((quote, start)) => WordAt {
            span: start..end_of(text, span, offset, |c| c != quote && c != '\n'),
            kind: if quote == '`' { WordKind::Quoted } else { WordKind::Text },
        },
    }
}

/// The path in the braces of a template, when the cursor is in braces.
pub fn in_template(text: &str, span: &Span, offset: usize) -> Option<WordAt> {
    let before = text.get(span.start..offset)?;
    let open = before.rfind('{')?;
    if before.get(open..)?.contains('}') {
        return None;
    }
    let start = span.start + open + 1;
    let end = end_of(text, span, offset, |c| !matches!(c, '{' | '}' | '"' | '\n'));
    Some(WordAt { span: start..end, kind: WordKind::Quoted })
}

fn end_of(text: &str, span: &Span, offset: usize, goes_on: impl Fn(char) -> bool) -> usize {
    let rest = text.get(offset..span.end.max(offset)).unwrap_or_default();
    offset + rest.find(|c| !goes_on(c)).unwrap_or(rest.len())
}

/// Whether a character may stand in a path without backquotes.
pub fn is_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '[' | ']' | '@' | '#' | '°' | '$')
}

/// The path that a text in quotes is compared with: the one before it.
pub fn compared<'t>(text: &'t str, span: &Span, word: &WordAt) -> Option<&'t str> {
    let before = text.get(span.start..word.span.start.checked_sub(1)?)?;
    let operator =
        ["==", "!=", " in "].iter().filter_map(|operator| before.rfind(operator)).max()?;
    let path = before.get(..operator)?.trim_end();
    if let Some(quoted) = path.strip_suffix('`') {
        return quoted.rsplit('`').next();
    }
    path.rsplit(|c| !is_part(c)).next().filter(|path| !path.is_empty())
}
