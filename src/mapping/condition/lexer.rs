//! The words of a condition.

use std::ops::Range;

use super::{ConditionError, Problem};

/// One word with its place.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Range<usize>,
}

#[derive(Clone, PartialEq, Debug)]
pub(super) enum Kind {
    /// A plain word; may be a keyword, a function or a name of a path.
    Word(String),
    /// A name in backquotes: never a keyword.
    Quoted(String),
    Text(String),
    Number(String),
    /// An operator or a bracket.
    Sign(&'static str),
    /// `[…]` straight after a name: part of the path, as written.
    Selector(String),
    End,
}

impl Kind {
    /// As shown in an error.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Word(word) | Self::Quoted(word) | Self::Number(word) | Self::Selector(word) => {
                format!("`{word}`")
            }
            Self::Text(text) => format!("the text '{text}'"),
            Self::Sign(sign) => format!("`{sign}`"),
            Self::End => "the end".to_owned(),
        }
    }
}

/// Longest first, so that `<=` is not `<` and `=`.
const SIGNS: &[&str] =
    &["==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "(", ")", "[", "]", ",", "."];

/// Cuts a condition into words; the last one is [`Kind::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, ConditionError> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let start = text.len() - rest.len();
        let Some(first) = rest.chars().next() else {
            tokens.push(Token { kind: Kind::End, span: start..start });
            return Ok(tokens);
        };
        let after_name = tokens.last().is_some_and(|last| {
            last.span.end == start
                && matches!(last.kind, Kind::Word(_) | Kind::Quoted(_) | Kind::Selector(_))
        });
        let (kind, after) = match first {
            '\'' | '"' => quoted(rest, first).map(|(text, after)| (Kind::Text(text), after)),
            '`' => backquoted(rest).map(|(name, after)| (Kind::Quoted(name), after)),
            '[' if after_name => selector(rest).map(|(name, after)| (Kind::Selector(name), after)),
            _ if first.is_ascii_digit() => {
                Ok(taken(rest, |c| c.is_ascii_digit() || c == '.', Kind::Number))
            }
            '-' if rest.chars().nth(1).is_some_and(|c| c.is_ascii_digit()) => {
                Ok(taken(rest, |c| c.is_ascii_digit() || c == '.' || c == '-', Kind::Number))
            }
            _ if is_name(first) => {
                Ok(taken(rest, |c| is_name(c) || c.is_ascii_digit() || c == '-', Kind::Word))
            }
            _ => sign(rest).ok_or(Problem::Character(first)),
        }
        .map_err(|problem| ConditionError { span: start..start + first.len_utf8(), problem })?;
        rest = after;
        tokens.push(Token { kind, span: start..text.len() - rest.len() });
    }
}

/// Letters of any script, `_`, `@` of XML attributes, `#` of `#text`, `°` as in `N°`.
fn is_name(letter: char) -> bool {
    letter.is_alphabetic() || matches!(letter, '_' | '@' | '#' | '°' | '$')
}

fn taken(text: &str, belongs: impl Fn(char) -> bool, kind: fn(String) -> Kind) -> (Kind, &str) {
    let end = text.find(|c: char| !belongs(c)).unwrap_or(text.len());
    let (word, after) = text.split_at_checked(end).unwrap_or((text, ""));
    (kind(word.to_owned()), after)
}

fn sign(text: &str) -> Option<(Kind, &str)> {
    SIGNS.iter().find_map(|sign| text.strip_prefix(sign).map(|after| (Kind::Sign(sign), after)))
}

fn quoted(text: &str, quote: char) -> Result<(String, &str), Problem> {
    let mut value = String::new();
    let mut letters = text.chars();
    letters.next();
    while let Some(letter) = letters.next() {
        match letter {
            _ if letter == quote => return Ok((value, letters.as_str())),
            '\\' => value.push(match letters.next().ok_or(Problem::OpenQuote)? {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                escaped @ ('\\' | '\'' | '"' | '`' | '?') => escaped,
                other => return Err(Problem::Escape(other)),
            }),
            _ => value.push(letter),
        }
    }
    Err(Problem::OpenQuote)
}

fn backquoted(text: &str) -> Result<(String, &str), Problem> {
    let inner = text.strip_prefix('`').unwrap_or(text);
    let (name, after) = inner.split_once('`').ok_or(Problem::OpenQuote)?;
    Ok((name.to_owned(), after))
}

/// `[…]` up to its bracket; a quoted part may hold brackets.
fn selector(text: &str) -> Result<(String, &str), Problem> {
    let mut open: Option<char> = None;
    for (at, letter) in text.char_indices() {
        match (open, letter) {
            (Some(quote), _) if letter == quote => open = None,
            (None, '\'' | '"') => open = Some(letter),
            (None, ']') => {
                let (selector, after) = text.split_at_checked(at + 1).unwrap_or((text, ""));
                return Ok((selector.to_owned(), after));
            }
            _ => {}
        }
    }
    Err(Problem::OpenQuote)
}
