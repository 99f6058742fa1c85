//! Cuts a file of lines into pieces that are files of the same format.
//!
//! A refusal must name the line of the sender's own file, whatever piece the record travelled in: a
//! piece therefore begins with the header of the file and as many empty lines as the file has
//! before its first record. Readers pass over empty lines, and compressed they weigh nothing.

use std::io::{self, BufRead};

/// Bytes of records in a piece: some tens of thousands of records, a minute over a bad link.
pub const PIECE: usize = 8 * 1024 * 1024;

/// How much longer than [`PIECE`] a piece may become while a quoted cell seems to be open. A quote
/// that nobody closed would otherwise swallow the rest of the file.
const OVERRUN: usize = 4;

/// What the lines of a file mean.
#[derive(Clone, Copy, Debug)]
pub struct Lines {
    /// Lines that belong to every piece: those up to the header.
    pub head: u64,
    /// The byte that quotes a cell with line breaks in it, when there is one.
    pub quote: Option<u8>,
}

/// The pieces of a file.
#[derive(Debug)]
pub struct Pieces<R> {
    reader: R,
    lines: Lines,
    size: usize,
    head: Vec<u8>,
    /// Lines read after the head.
    passed: u64,
    begun: bool,
}

impl<R: BufRead> Pieces<R> {
    /// Cuts what `reader` gives into pieces of about `size` bytes.
    pub const fn new(reader: R, lines: Lines, size: usize) -> Self {
        Self { reader, lines, size, head: Vec::new(), passed: 0, begun: false }
    }

    /// The next piece; `None` at the end of the file. A file with nothing but its head is one piece,
    /// so that the hub can say what is wrong with it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let first = !self.begun;
        if first {
            self.begun = true;
            for _ in 0..self.lines.head {
                self.reader.read_until(b'\n', &mut self.head)?;
            }
        }
        let mut piece = self.head.clone();
        if !piece.is_empty() && !piece.ends_with(b"\n") {
            return Ok(first.then_some(piece));
        }
        piece.extend(std::iter::repeat_n(b'\n', usize::try_from(self.passed).unwrap_or(0)));
        let start = piece.len();
        let mut quoted = false;
        loop {
            let before = piece.len();
            if self.reader.read_until(b'\n', &mut piece)? == 0 {
                break;
            }
            self.passed += 1;
            let line = piece.get(before..).unwrap_or_default();
            if let Some(quote) = self.lines.quote {
                quoted ^= line.iter().filter(|byte| **byte == quote).count() % 2 == 1;
            }
            let length = piece.len() - start;
            if length >= self.size && (!quoted || length >= OVERRUN * self.size) {
                break;
            }
        }
        Ok((first || piece.len() > start).then_some(piece))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, head: u64, quote: Option<u8>, size: usize) -> Vec<String> {
        let mut pieces = Pieces::new(text.as_bytes(), Lines { head, quote }, size);
        let mut found = Vec::new();
        while let Some(piece) = pieces.next().expect("bytes in memory") {
            found.push(String::from_utf8(piece).expect("text"));
        }
        found
    }

    #[test]
    fn every_piece_has_the_header_and_keeps_the_line_numbers() {
        let pieces = cut("t\nhead\na\nb\nc\n", 2, Some(b'"'), 3);
        assert_eq!(pieces, ["t\nhead\na\nb\n", "t\nhead\n\n\nc\n"]);
    }

    #[test]
    fn a_line_break_inside_quotes_is_no_boundary() {
        let pieces = cut("h\n\"a\nb\";1\nc;2\n", 1, Some(b'"'), 2);
        assert_eq!(pieces, ["h\n\"a\nb\";1\n", "h\n\n\nc;2\n"]);
    }

    #[test]
    fn a_quote_that_nobody_closed_does_not_swallow_the_file() {
        let text = format!("h\n\"a;1\n{}", "b;2\n".repeat(20));
        assert!(cut(&text, 1, Some(b'"'), 4).len() > 3);
    }

    #[test]
    fn an_empty_file_is_one_piece() {
        assert_eq!(cut("", 0, None, 10), [""]);
        assert_eq!(cut("head", 1, None, 10), ["head"]);
    }

    #[test]
    fn nothing_is_lost_at_the_end_without_a_line_break() {
        assert_eq!(cut("{1}\n{2}", 0, None, 4), ["{1}\n", "\n{2}"]);
    }
}
