//! An open document, kept in step with the editor.

use std::sync::Arc;

use tower_lsp_server::ls_types::TextDocumentContentChangeEvent;

use super::position::Lines;

/// A longer document is not kept, only said to be too long: four times the largest mapping that is
/// read at all, so that a paste too many can be taken back in the editor.
const LONGEST: usize = 4 << 20;

/// A document as the editor shows it.
#[derive(Debug)]
pub struct Document {
    /// The editor's number of this text.
    pub version: i32,
    /// The text; none when it is too long.
    pub text: Option<Arc<str>>,
}

impl Document {
    /// As it was opened.
    pub fn new(version: i32, text: &str) -> Self {
        Self { version, text: kept(text) }
    }

    /// Makes the editor's changes, in their order. A document that was too long comes back with the
    /// next whole text.
    pub fn change(&mut self, version: i32, changes: &[TextDocumentContentChangeEvent]) {
        self.version = version;
        for change in changes {
            match (change.range, &self.text) {
                (None, _) => self.text = kept(&change.text),
                (Some(_), None) => {}
                (Some(range), Some(text)) => {
                    let span = Lines::of(text).span(text, range);
                    let mut changed = String::from(&**text);
                    changed.replace_range(span, &change.text);
                    self.text = kept(&changed);
                }
            }
        }
    }
}

fn kept(text: &str) -> Option<Arc<str>> {
    (text.len() <= LONGEST).then(|| Arc::from(text))
}

#[cfg(test)]
mod tests {
    use tower_lsp_server::ls_types::{Position, Range};

    use super::*;

    fn change(
        range: Option<((u32, u32), (u32, u32))>,
        text: &str,
    ) -> TextDocumentContentChangeEvent {
        let at = |(line, character)| Position::new(line, character);
        TextDocumentContentChangeEvent {
            range: range.map(|(start, end)| Range::new(at(start), at(end))),
            range_length: None,
            text: text.to_owned(),
        }
    }

    #[test]
    fn changes_are_made_in_their_order() {
        let mut document = Document::new(1, "a: é\nb: 2\n");
        let first = change(Some(((0, 3), (0, 4))), "1\nc: 3");
        let second = change(Some(((1, 0), (2, 0))), "");
        document.change(2, &[first, second]);
        assert_eq!(document.text.as_deref(), Some("a: 1\nb: 2\n"));
        assert_eq!(document.version, 2);
    }

    #[test]
    fn a_document_too_long_is_dropped_until_its_whole_text_comes_again() {
        let mut document = Document::new(1, &"x".repeat(LONGEST));
        document.change(2, &[change(Some(((0, 0), (0, 0))), "x")]);
        assert_eq!(document.text, None);
        document.change(3, &[change(Some(((0, 0), (0, 9))), "a: b")]);
        assert_eq!(document.text, None);
        document.change(4, &[change(None, "a: b")]);
        assert_eq!(document.text.as_deref(), Some("a: b"));
    }
}
