//! Groups in braces and lists in brackets, open or closed.

use super::super::super::yaml::{Entry, Kind, Node, Span};
use super::super::cursor::{Spot, Step};
use super::{DEEPEST, Reader, nothing};

impl Reader<'_> {
    /// Reads a `{…}` or `[…]`; what is not closed ends where a line stands no deeper than the one on
    /// which it began.
    pub(super) fn flow(&mut self) -> Node {
        let first = self.bytes.get(self.line..self.at).unwrap_or_default();
        let floor = first.iter().take_while(|byte| **byte == b' ').count();
        self.flow_group(floor)
    }

    fn flow_group(&mut self, floor: usize) -> Node {
        if self.byte() == Some(b'{') { self.flow_map(floor) } else { self.flow_list(floor) }
    }

    fn flow_map(&mut self, floor: usize) -> Node {
        let (start, mut end) = (self.at, self.at + 1);
        let mut entries: Vec<Entry> = Vec::new();
        let mut expected = Spot::Key;
        self.at += 1;
        while self.gap(expected, floor) {
            match self.byte() {
                Some(b',') => {
                    self.at += 1;
                    expected = Spot::Key;
                }
                Some(b'}' | b']') => {
                    self.at += 1;
                    end = self.at;
                    break;
                }
                _ => {
                    let entry = self.flow_entry(floor);
                    end = entry.key_span.end.max(entry.value.span.end);
                    entries.push(entry);
                    expected = Spot::Nowhere;
                }
            }
        }
        Node { span: start..end, kind: Kind::Map(entries) }
    }

    fn flow_list(&mut self, floor: usize) -> Node {
        let (start, mut end) = (self.at, self.at + 1);
        let mut items: Vec<Node> = Vec::new();
        let mut expected = Spot::Value;
        self.at += 1;
        loop {
            self.path.push(Step::Item(items.len()));
            let goes_on = self.gap(expected, floor);
            let closes = matches!(self.byte(), Some(b',' | b'}' | b']'));
            if goes_on && !closes {
                let item = self.flow_value(floor);
                end = item.span.end;
                items.push(item);
                expected = Spot::Nowhere;
            }
            self.path.pop();
            if goes_on && self.byte() == Some(b',') && closes {
                self.at += 1;
                expected = Spot::Value;
            } else if closes || !goes_on {
                if goes_on {
                    self.at += 1;
                    end = self.at;
                }
                return Node { span: start..end, kind: Kind::List(items) };
            }
        }
    }

    fn flow_entry(&mut self, floor: usize) -> Entry {
        let key_span = self.flow_token(true);
        self.note(Spot::Key, key_span.clone(), true);
        let key = self.unquoted(&key_span);
        self.spaces();
        let mut value = nothing(key_span.end);
        if self.byte() == Some(b':') {
            self.at += 1;
            self.path.push(Step::Key(key.clone()));
            let colon = self.at;
            let goes_on = self.gap(Spot::Value, floor);
            let none = !goes_on || matches!(self.byte(), Some(b',' | b'}' | b']'));
            value = if none { nothing(colon) } else { self.flow_value(floor) };
            self.path.pop();
        }
        Entry { key, key_span, value }
    }

    fn flow_value(&mut self, floor: usize) -> Node {
        if matches!(self.byte(), Some(b'{' | b'[')) && self.path.len() <= DEEPEST {
            return self.flow_group(floor);
        }
        let span = self.flow_token(false);
        self.note(Spot::Value, span.clone(), true);
        self.text_node(span)
    }

    /// A text up to what ends it inside of braces; at least one character.
    fn flow_token(&mut self, is_key: bool) -> Span {
        let start = self.at;
        if let Some(quote @ (b'"' | b'\'')) = self.byte() {
            self.at = self.quote_end(start, quote);
            return start..self.at;
        }
        let mut depth = 0_usize;
        while let Some(byte) = self.byte() {
            match byte {
                b'\n' | b'\r' | b'}' => break,
                b',' | b']' if depth == 0 => break,
                b':' if is_key && self.ends_flow_key() => break,
                b'#' if self.at > start && self.bytes.get(self.at - 1) == Some(&b' ') => break,
                b'[' | b'{' => depth += 1,
                b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
        }
        while self.at == start || !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        let end = start + text.trim_end().len();
        let being_written = self.at_line_end() && end < self.offset && self.offset <= self.at;
        start..if being_written { self.offset } else { end }
    }

    fn ends_flow_key(&self) -> bool {
        let next = self.bytes.get(self.at + 1);
        matches!(next, None | Some(b' ' | b'\t' | b'\n' | b'\r' | b',' | b'}' | b']' | b'{' | b'['))
    }

    /// Passes blanks, comments and ends of lines, where `spot` is expected; `false` at the end of a
    /// group that nobody closed.
    fn gap(&mut self, spot: Spot, floor: usize) -> bool {
        let from = self.at;
        let mut comment = false;
        loop {
            self.spaces();
            match self.byte() {
                Some(b'\r') => self.at += 1,
                Some(b'\n') => {
                    self.at += 1;
                    self.line = self.at;
                }
                Some(b'#') => {
                    let start = self.at;
                    self.skip_line();
                    comment |= start < self.offset && self.offset <= self.at;
                }
                None | Some(_) => break,
            }
        }
        let crossed = self.line > from;
        if crossed {
            self.content = self.at;
        }
        let closes = matches!(self.byte(), None | Some(b',' | b'}' | b']'));
        // Asked twice on the same line, the answer is the same.
        let ended = self.at == self.content && self.column() <= floor && !closes;
        let spot = if comment { Spot::Nowhere } else { spot };
        if !ended || self.offset < self.line {
            self.note_blank(spot, from, !closes, true);
        }
        self.at < self.bytes.len() && !ended
    }
}
