//! A mapping as far as it can be read while somebody writes it.
//!
//! A key without its colon, a quote or bracket that is still open, a line at the wrong depth: the
//! YAML parser stops there, this reader goes on, by the indentation of the lines. It gives the same
//! tree as [`yaml`](super::super::yaml) for a file that is whole (a test holds it to that) and tells
//! on the way where the cursor stands. It judges nothing.

mod flow;
mod scalar;

use super::super::yaml::{Entry, Kind, Node, Span};
use super::cursor::{self, Cursor, Spot, Step};

/// Groups in groups deeper than this are read as text.
const DEEPEST: usize = 48;

/// The tree of a text and the place of the cursor in it.
pub struct Outline {
    /// The file.
    pub root: Node,
    /// The cursor.
    pub cursor: Cursor,
}

impl Outline {
    /// Reads any text with the cursor at any offset.
    #[must_use]
    pub fn read(text: &str, offset: usize) -> Self {
        let offset = text.floor_char_boundary(offset.min(text.len()));
        let mut reader = Reader {
            text,
            bytes: text.as_bytes(),
            at: if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 },
            line: 0,
            content: usize::MAX,
            offset,
            path: Vec::new(),
            found: None,
        };
        reader.seek_content();
        let root = reader.map(0);
        let found = reader.found.take();
        let cursor = found.unwrap_or_else(|| cursor::on_blank(text, &root, offset));
        Self { root, cursor }
    }
}

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    /// Start of the current line.
    line: usize,
    /// First character of the current line that is no blank, once it has been sought.
    content: usize,
    offset: usize,
    path: Vec<Step>,
    found: Option<Cursor>,
}

impl Reader<'_> {
    fn byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn column(&self) -> usize {
        self.at.saturating_sub(self.line)
    }

    /// Notes that the cursor is in this token, when it is and no token before had it.
    fn note(&mut self, spot: Spot, span: Span, in_flow: bool) {
        if self.found.is_none() && span.start <= self.offset && self.offset <= span.end {
            let path = self.path.clone();
            self.found = Some(Cursor { path, spot, span, in_flow });
        }
    }

    /// Notes that the cursor is among blanks before `self.at`, unless a token begins right there.
    fn note_blank(&mut self, spot: Spot, from: usize, token_follows: bool, in_flow: bool) {
        let end = if token_follows { self.at } else { self.at + 1 };
        if from <= self.offset && self.offset < end {
            self.note(spot, self.offset..self.offset, in_flow);
        }
    }

    fn spaces(&mut self) {
        while matches!(self.byte(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
    }

    fn line_end(&self) -> usize {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        memchr::memchr(b'\n', rest).map_or(self.bytes.len(), |found| self.at + found)
    }

    fn skip_line(&mut self) {
        self.at = self.line_end();
    }

    fn at_line_end(&self) -> bool {
        matches!(self.byte(), None | Some(b'\n' | b'\r'))
    }

    /// Whether nothing but a comment follows on the line.
    fn at_end_of_content(&self) -> bool {
        self.at_line_end() || self.byte() == Some(b'#')
    }

    /// Whether a `-` stands here that begins an item.
    fn at_dash(&self) -> bool {
        self.byte() == Some(b'-')
            && matches!(self.bytes.get(self.at + 1), None | Some(b' ' | b'\n' | b'\r'))
    }

    /// Goes to the next character that is no blank, comment or document mark; stays when already
    /// at the first of a line.
    fn seek_content(&mut self) {
        if self.at == self.content {
            return;
        }
        if self.at > self.line {
            self.skip_line();
        }
        while self.at < self.bytes.len() {
            if self.byte() == Some(b'\n') {
                self.at += 1;
                self.line = self.at;
            }
            self.spaces();
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let mark = self.column() == 0 && (rest.starts_with(b"---") || rest.starts_with(b"%"));
            if !self.at_end_of_content() && !mark {
                break;
            }
            self.skip_line();
        }
        self.content = self.at;
    }

    /// Reads whatever stands here, at the first character of a line or behind a dash.
    fn node(&mut self) -> Node {
        if self.path.len() > DEEPEST {
            return self.scalar();
        }
        let column = self.column();
        if self.at_dash() {
            self.list(column)
        } else if !matches!(self.byte(), Some(b'{' | b'[')) && self.begins_map() {
            self.map(column)
        } else {
            self.inline(column)
        }
    }

    /// Whether a key stands here, or a word under which keys follow at the same depth.
    fn begins_map(&self) -> bool {
        if self.key_end(self.at).1 {
            return true;
        }
        let mut next = Reader { path: Vec::new(), found: None, ..*self };
        next.content = usize::MAX;
        next.skip_line();
        next.seek_content();
        let there = next.at < next.bytes.len() && next.column() == self.column();
        there && !next.at_dash() && next.key_end(next.at).1
    }

    fn map(&mut self, column: usize) -> Node {
        let start = self.at;
        let mut end = start;
        let mut entries = Vec::new();
        while self.at < self.bytes.len() && self.column() >= column {
            if self.at_dash() {
                self.skip_line();
                self.seek_content();
                continue;
            }
            let here = self.column();
            let (key, key_span, colon) = self.key();
            self.note(Spot::Key, key_span.clone(), false);
            let value = if colon {
                self.path.push(Step::Key(key.clone()));
                let value = self.value(here);
                self.path.pop();
                value
            } else {
                self.skip_line();
                nothing(key_span.end)
            };
            end = key_span.end.max(value.span.end);
            entries.push(Entry { key, key_span, value });
            self.seek_content();
        }
        Node { span: start..end, kind: Kind::Map(entries) }
    }

    /// The value of a key that stands at a column; the colon has been read.
    fn value(&mut self, column: usize) -> Node {
        let colon = self.at;
        self.spaces();
        let below = self.at_end_of_content();
        self.note_blank(Spot::Value, colon, !below, false);
        if !below {
            return self.inline(column);
        }
        let none = nothing(colon);
        self.seek_content();
        let here = self.column();
        let deeper = here > column || (here == column && self.at_dash());
        if self.at < self.bytes.len() && deeper { self.node() } else { none }
    }

    fn list(&mut self, column: usize) -> Node {
        let start = self.at;
        let mut end = start;
        let mut items = Vec::new();
        while self.at < self.bytes.len() && self.column() == column && self.at_dash() {
            self.at += 1;
            self.path.push(Step::Item(items.len()));
            let dash = self.at;
            self.spaces();
            let below = self.at_end_of_content();
            self.note_blank(Spot::Value, dash, !below, false);
            if below {
                self.seek_content();
            }
            let none = below && (self.at >= self.bytes.len() || self.column() <= column);
            let item = if none { nothing(dash) } else { self.node() };
            self.path.pop();
            end = item.span.end;
            items.push(item);
            self.seek_content();
        }
        Node { span: start..end, kind: Kind::List(items) }
    }

    /// A value on the line of its key, which stands at a column.
    fn inline(&mut self, column: usize) -> Node {
        match self.byte() {
            Some(b'{' | b'[') if self.path.len() <= DEEPEST => self.flow(),
            Some(b'|' | b'>') => self.folded(column),
            _ => self.scalar(),
        }
    }
}

/// Nothing, at an offset.
const fn nothing(at: usize) -> Node {
    Node { span: at..at, kind: Kind::Null }
}
