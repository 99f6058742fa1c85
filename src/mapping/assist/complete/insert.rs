//! Proposals as YAML: quotes where the text needs them, colons and blanks where they are missing.

use super::super::Here;
use super::super::cursor::Spot;

/// A text as one scalar, quoted where YAML would read something else.
#[must_use]
pub fn scalar(text: &str, in_flow: bool) -> String {
    let first = text.chars().next();
    let special = first.is_none_or(|c| "-?:,[]{}#&*!|>'\"%@`~ ".contains(c));
    let broken = text.contains(": ")
        || text.contains(" #")
        || text.ends_with([':', ' '])
        || text.contains(['\n', '\t'])
        || (in_flow && text.contains([',', '[', ']', '{', '}']));
    if !special && !broken {
        return text.to_owned();
    }
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A value, with the blank behind the colon or dash before it.
#[must_use]
pub fn value(here: &Here<'_>, text: &str) -> String {
    let before = here.text.get(..here.cursor.span.start).unwrap_or_default();
    let blank = if before.ends_with([':', '-', ',']) { " " } else { "" };
    format!("{blank}{text}")
}

/// A key with its colon; in braces where a group begins on the line of its own key.
#[must_use]
pub fn key(here: &Here<'_>, name: &str) -> String {
    let span = &here.cursor.span;
    let after = here.text.get(span.end..).unwrap_or_default();
    let name = scalar(name, here.cursor.in_flow);
    if after.trim_start_matches(' ').starts_with(':') {
        return name;
    }
    let before = here.text.get(..span.start).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    let begins_line = line.chars().all(|c| matches!(c, ' ' | '-'));
    if here.cursor.spot == Spot::Value && !begins_line {
        return value(here, &format!("{{ {name}:  }}"));
    }
    format!("{name}: ")
}
