//! Places of the protocol: lines and UTF-16 units from 0, against offsets in bytes.

use std::ops::Range as Span;

use tower_lsp_server::ls_types::{Position, Range};

/// The lines of a text.
#[derive(Debug)]
pub struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    /// Of a text; lines end with a line feed, with or without a carriage return before it.
    pub fn of(text: &str) -> Self {
        let feeds = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
        Self { starts: std::iter::once(0).chain(feeds).collect() }
    }

    /// The offset of a position; one beyond its line is the end of the line, one beyond the text its
    /// end, one within a character the character's start.
    pub fn offset(&self, text: &str, position: Position) -> usize {
        let line = position.line as usize;
        let Some(start) = self.starts.get(line).copied() else { return text.len() };
        let end = self.starts.get(line + 1).copied().unwrap_or(text.len());
        let content = text.get(start..end).unwrap_or_default().trim_end_matches(['\r', '\n']);
        let mut left = position.character as usize;
        for (at, c) in content.char_indices() {
            if left < c.len_utf16() {
                return start + at;
            }
            left -= c.len_utf16();
        }
        start + content.len()
    }

    /// The position of an offset.
    pub fn position(&self, text: &str, offset: usize) -> Position {
        let offset = text.floor_char_boundary(offset.min(text.len()));
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let before = text.get(start..offset).unwrap_or_default();
        let units = before.chars().map(char::len_utf16).sum::<usize>();
        Position::new(number(line), number(units))
    }

    /// The range of a span.
    pub fn range(&self, text: &str, span: &Span<usize>) -> Range {
        let end = span.end.max(span.start);
        Range::new(self.position(text, span.start), self.position(text, end))
    }

    /// The span of a range, also of one that is upside down.
    pub fn span(&self, text: &str, range: Range) -> Span<usize> {
        let (a, b) = (self.offset(text, range.start), self.offset(text, range.end));
        a.min(b)..a.max(b)
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn characters_count_as_utf_16_units() {
        let text = "é𝔸b\r\nx";
        let lines = Lines::of(text);
        for (line, character, offset) in [
            (0, 0, 0),
            (0, 1, 2),
            (0, 2, 2),
            (0, 3, 6),
            (0, 4, 7),
            (0, 99, 7),
            (1, 0, 9),
            (7, 0, 10),
        ] {
            assert_eq!(
                lines.offset(text, Position::new(line, character)),
                offset,
                "{line}:{character}"
            );
        }
        assert_eq!(lines.position(text, 6), Position::new(0, 3));
        assert_eq!(lines.position(text, 3), Position::new(0, 1));
    }

    proptest! {
        #[test]
        fn there_and_back_is_the_same_offset(text in "[aé𝔸\n]{0,40}", at in any::<prop::sample::Index>()) {
            let lines = Lines::of(&text);
            let offset = text.floor_char_boundary(at.index(text.len() + 1));
            prop_assert_eq!(lines.offset(&text, lines.position(&text, offset)), offset);
        }
    }
}
