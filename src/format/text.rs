//! The one buffer of a reader: a window of UTF-8 text that slides over the file.
//!
//! Offsets are relative to the start of the window and stay valid while it grows. Nothing is copied
//! but the unread tail, once a block.

use std::io::Read;

use memchr::{memchr, memchr_iter, memrchr};

use super::encoding::{self, Decoder};
use super::source::{End, Source};
use crate::model::Place;

/// How much is read at a time: large enough that system calls and the copy of the tail vanish, small
/// enough to stay in the second-level cache. A fuzzer's files are short, and shall cross blocks too.
const BLOCK: usize = if cfg!(fuzzing) { 64 } else { 128 * 1024 };

/// A sliding window over the text of one file.
pub(super) struct Text {
    source: Source,
    declared: Option<String>,
    decoder: Option<Decoder>,
    buffer: Vec<u8>,
    block: Vec<u8>,
    start: usize,
    line: u64,
    column: u64,
    byte: u64,
    end: Option<End>,
}

/// Where a physical line ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum LineEnd {
    /// At a line feed that stands at this offset.
    Feed(usize),
    /// At the end of the file, which is at this offset.
    File(usize),
    /// Not within the limit.
    TooFar,
}

impl Text {
    pub(super) fn new(input: Box<dyn Read + Send>, declared: Option<String>, limit: u64) -> Self {
        Self {
            source: Source::new(input, limit),
            declared,
            decoder: None,
            buffer: Vec::new(),
            block: Vec::new(),
            start: 0,
            line: 1,
            column: 1,
            byte: 0,
            end: None,
        }
    }

    /// What has been read and not consumed.
    pub(super) fn bytes(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    /// Physical line of the start of the window.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Place of the start of the window.
    pub(super) fn place(&self) -> Place {
        Place { line: self.line, column: self.column, byte: self.byte, path: None }
    }

    /// How the file ended, once nothing follows the window.
    pub(super) fn end(&self) -> Option<End> {
        self.end
    }

    /// Reads another block; false at the end of the file.
    pub(super) fn fill(&mut self) -> bool {
        if self.end.is_some() {
            return false;
        }
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        let before = self.buffer.len();
        loop {
            self.read_block();
            if self.buffer.len() > before {
                return true;
            }
            if self.end.is_some() {
                return false;
            }
        }
    }

    fn read_block(&mut self) {
        let first = self.decoder.is_none();
        let direct = matches!(self.decoder, Some(Decoder::Utf8));
        if direct {
            self.end = self.source.read(BLOCK, &mut self.buffer);
            return;
        }
        self.block.clear();
        self.end = self.source.read(BLOCK, &mut self.block);
        let mut mark = 0;
        if first {
            let (decoder, length) = encoding::choose(&self.block, self.declared.as_deref());
            self.decoder = Some(decoder);
            mark = length;
        }
        let decoder = self.decoder.as_mut().expect("the first block has chosen the decoder");
        let block = self.block.get(mark..).unwrap_or_default();
        if decoder.keeps(block) {
            self.buffer.extend_from_slice(block);
        } else {
            decoder.decode(block, self.end.is_some(), &mut self.buffer);
        }
    }

    /// Drops `amount` bytes from the front.
    pub(super) fn consume(&mut self, amount: usize) {
        let amount = amount.min(self.bytes().len());
        let gone = self.buffer.get(self.start..self.start + amount).unwrap_or_default();
        let mut tail = gone;
        if memchr(b'\n', gone).is_some_and(|first| first + 1 == gone.len()) {
            // One line, as most records are.
            self.line += 1;
            self.column = 1;
            tail = &[];
        } else if let Some(last) = memrchr(b'\n', gone) {
            self.line += memchr_iter(b'\n', gone).count() as u64;
            self.column = 1;
            tail = gone.get(last + 1..).unwrap_or_default();
        }
        self.column += characters(tail);
        self.start += amount;
        self.byte += amount as u64;
    }

    /// Drops a line from the front, which has its line feed at its end and nowhere else.
    pub(super) fn consume_line(&mut self, amount: usize) {
        self.line += 1;
        self.column = 1;
        self.start += amount;
        self.byte += amount as u64;
    }

    /// Finds the line feed at or after `from`, reading more as needed, within `limit` bytes of `from`.
    pub(super) fn line_end(&mut self, from: usize, limit: usize) -> LineEnd {
        let mut scanned = from;
        loop {
            let bytes = self.bytes();
            if let Some(at) = memchr(b'\n', bytes.get(scanned..).unwrap_or_default()) {
                return if scanned + at - from > limit {
                    LineEnd::TooFar
                } else {
                    LineEnd::Feed(scanned + at)
                };
            }
            scanned = bytes.len().max(scanned);
            if scanned - from > limit {
                return LineEnd::TooFar;
            }
            if !self.fill() {
                return LineEnd::File(scanned);
            }
        }
    }

    /// Drops everything up to and with the next line feed, in constant memory.
    pub(super) fn skip_line(&mut self) {
        loop {
            if let Some(at) = memchr(b'\n', self.bytes()) {
                self.consume(at + 1);
                return;
            }
            self.consume(self.bytes().len());
            if !self.fill() {
                return;
            }
        }
    }

    /// The byte at an offset, reading more as needed.
    pub(super) fn byte_at(&mut self, at: usize) -> Option<u8> {
        while self.bytes().len() <= at {
            if !self.fill() {
                return None;
            }
        }
        self.bytes().get(at).copied()
    }

    /// Drops spaces, tabs and line ends (the white space of JSON and XML).
    pub(super) fn skip_space(&mut self) {
        loop {
            let bytes = self.bytes();
            let spaces = bytes
                .iter()
                .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
                .count();
            let more = spaces == bytes.len();
            self.consume(spaces);
            if !more || !self.fill() {
                return;
            }
        }
    }
}

/// How many characters UTF-8 text holds: bytes that do not continue one.
pub(super) fn characters(text: &[u8]) -> u64 {
    text.iter().filter(|&&byte| byte & 0xc0 != 0x80).count() as u64
}
