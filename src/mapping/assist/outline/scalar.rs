//! Keys and texts on a line: plain, quoted, or a block of lines.

use super::super::super::yaml::{Kind, Node, Span};
use super::super::cursor::Spot;
use super::Reader;

impl Reader<'_> {
    /// End of the key that would stand at `from`, and whether its colon follows.
    pub(super) fn key_end(&self, from: usize) -> (usize, bool) {
        if let Some(quote @ (b'"' | b'\'')) = self.bytes.get(from).copied() {
            let end = self.quote_end(from, quote);
            let mut at = end;
            while self.bytes.get(at) == Some(&b' ') {
                at += 1;
            }
            return (end, self.colon_at(at));
        }
        let mut at = from;
        loop {
            match self.bytes.get(at) {
                None | Some(b'\n' | b'\r') => return (at, false),
                Some(b':') if self.colon_at(at) => return (at, true),
                Some(b'#') if at > from && self.bytes.get(at - 1) == Some(&b' ') => {
                    return (at, false);
                }
                Some(_) => at += 1,
            }
        }
    }

    fn colon_at(&self, at: usize) -> bool {
        self.bytes.get(at) == Some(&b':')
            && matches!(self.bytes.get(at + 1), None | Some(b' ' | b'\t' | b'\n' | b'\r'))
    }

    /// Behind the closing quote, or the end of the line when it is still open.
    pub(super) fn quote_end(&self, from: usize, quote: u8) -> usize {
        let mut at = from + 1;
        loop {
            match self.bytes.get(at).copied() {
                None => return self.bytes.len(),
                Some(b'\n' | b'\r') => return at,
                Some(b'\\') if quote == b'"' => {
                    at += 1;
                    if !matches!(self.bytes.get(at), None | Some(b'\n' | b'\r')) {
                        at += 1;
                    }
                }
                Some(byte) if byte == quote && quote == b'\'' => match self.bytes.get(at + 1) {
                    Some(b'\'') => at += 2,
                    _ => return at + 1,
                },
                Some(byte) if byte == quote => return at + 1,
                Some(_) => at += 1,
            }
        }
    }

    /// Reads a key and its colon, when there is one.
    pub(super) fn key(&mut self) -> (String, Span, bool) {
        let start = self.at;
        let (end, colon) = self.key_end(start);
        let span = start..self.trimmed(start, end);
        self.at = end;
        self.spaces();
        if colon {
            self.at += 1;
        }
        (self.unquoted(&span), span, colon)
    }

    /// The end without the blanks before it, unless the cursor stands behind them.
    fn trimmed(&self, start: usize, end: usize) -> usize {
        let text = self.text.get(start..end).unwrap_or_default();
        let trimmed = start + text.trim_end().len();
        if trimmed < self.offset && self.offset <= end { self.offset } else { trimmed }
    }

    /// Whether a plain text that began at `start` ends before `at`: with its line, or at a comment.
    fn plain_ends(&self, start: usize, at: usize) -> bool {
        match self.bytes.get(at) {
            None | Some(b'\n' | b'\r') => true,
            Some(b'#') => at > start && self.bytes.get(at - 1) == Some(&b' '),
            Some(_) => false,
        }
    }

    /// Reads a text to the end of its line.
    pub(super) fn scalar(&mut self) -> Node {
        let start = self.at;
        let end = match self.byte() {
            Some(quote @ (b'"' | b'\'')) => self.quote_end(start, quote),
            _ => {
                let mut end = start;
                while !self.plain_ends(start, end) {
                    end += 1;
                }
                self.trimmed(start, end)
            }
        };
        self.note(Spot::Value, start..end, false);
        self.at = end;
        self.skip_line();
        self.text_node(start..end)
    }

    /// A block of lines (`|`, `>`) that stand deeper than their key.
    pub(super) fn folded(&mut self, column: usize) -> Node {
        let start = self.at;
        self.skip_line();
        let mut end = self.at;
        while self.at < self.bytes.len() {
            let line = self.at + 1;
            self.at = line;
            self.spaces();
            if !self.at_line_end() && self.at - line <= column {
                self.at = end;
                break;
            }
            self.line = line;
            self.skip_line();
            end = self.at;
        }
        self.note(Spot::Nowhere, start..end, false);
        let text = self.text.get(start..end).unwrap_or_default();
        let body = text.split_once('\n').map_or("", |(_, body)| body);
        Node { span: start..end, kind: Kind::Text(body.to_owned()) }
    }

    /// A text, or nothing for `~`, `null` and no text at all.
    pub(super) fn text_node(&self, span: Span) -> Node {
        let written = self.text.get(span.clone()).unwrap_or_default();
        let kind = match written.trim_end() {
            "" | "~" | "null" => Kind::Null,
            _ => Kind::Text(self.unquoted(&span)),
        };
        Node { span, kind }
    }

    /// The text without its quotes.
    pub(super) fn unquoted(&self, span: &Span) -> String {
        let written = self.text.get(span.clone()).unwrap_or_default();
        if let Some(inner) = written.strip_prefix('\'') {
            return inner.strip_suffix('\'').unwrap_or(inner).replace("''", "'");
        }
        let Some(inner) = written.strip_prefix('"') else { return written.trim_end().to_owned() };
        let inner = inner.strip_suffix('"').unwrap_or(inner);
        inner.replace("\\\"", "\"").replace("\\\\", "\\")
    }
}
