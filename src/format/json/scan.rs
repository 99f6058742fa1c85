//! Finds where a JSON value ends, without reading it twice while the window grows.
//!
//! It knows enough grammar to notice a missing bracket, brace, quote or comma early, and no more.

use crate::format::options::Limits;
use crate::format::text::Text;
use crate::model::IssueCode;

/// What a scan of one element found.
pub(super) enum Scanned {
    /// It ends before this offset.
    Whole(usize),
    /// It cannot be one, seen at this offset.
    Fault(IssueCode, usize),
}

/// Where a scan stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    /// Between tokens; `member` when only a key or a closing brace may come.
    Between {
        member: bool,
    },
    String {
        escaped: bool,
    },
    /// In a number or word.
    Word,
}

/// Finds the end of the value at the start of the window, reading more as needed.
pub(super) fn scan(text: &mut Text, limits: &Limits) -> Scanned {
    let mut scan = Scan { at: 0, open: Vec::new(), within: Within::Between { member: false } };
    loop {
        if let Some(scanned) = scan.advance(text.bytes(), limits) {
            return scanned;
        }
        if scan.at > limits.record {
            return Scanned::Fault(IssueCode::RecordTooLong, scan.at);
        }
        if !text.fill() {
            return if scan.within == Within::Word && scan.open.is_empty() {
                Scanned::Whole(scan.at)
            } else {
                Scanned::Fault(IssueCode::TruncatedFile, scan.at)
            };
        }
    }
}

struct Scan {
    at: usize,
    /// Closing brackets that are due.
    open: Vec<u8>,
    within: Within,
}

impl Scan {
    fn advance(&mut self, bytes: &[u8], limits: &Limits) -> Option<Scanned> {
        let end = bytes.len().min(limits.record + 1);
        while self.at < end {
            let byte = *bytes.get(self.at)?;
            match self.within {
                Within::String { escaped: true } => self.within = Within::String { escaped: false },
                Within::String { escaped: false } => match byte {
                    b'\\' => self.within = Within::String { escaped: true },
                    b'"' => {
                        self.within = Within::Between { member: false };
                        if self.open.is_empty() {
                            return Some(Scanned::Whole(self.at + 1));
                        }
                    }
                    0..=0x1f => return Some(Scanned::Fault(IssueCode::BadSyntax, self.at)),
                    _ => {}
                },
                Within::Word => match byte {
                    b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'+' | b'-' | b'.' => {}
                    _ => {
                        if self.open.is_empty() {
                            return Some(Scanned::Whole(self.at));
                        }
                        self.within = Within::Between { member: false };
                        continue;
                    }
                },
                Within::Between { member } => {
                    if let Some(scanned) = self.between(byte, member, limits) {
                        return Some(scanned);
                    }
                }
            }
            self.at += 1;
        }
        None
    }

    fn between(&mut self, byte: u8, member: bool, limits: &Limits) -> Option<Scanned> {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {}
            b'"' => self.within = Within::String { escaped: false },
            b'}' | b']' => {
                if self.open.pop() != Some(byte) {
                    return Some(Scanned::Fault(IssueCode::BadSyntax, self.at));
                }
                self.within = Within::Between { member: false };
                if self.open.is_empty() {
                    return Some(Scanned::Whole(self.at + 1));
                }
            }
            _ if member => return Some(Scanned::Fault(IssueCode::BadSyntax, self.at)),
            b'{' | b'[' => {
                if self.open.len() == limits.depth {
                    return Some(Scanned::Fault(IssueCode::TooDeep, self.at));
                }
                self.open.push(if byte == b'{' { b'}' } else { b']' });
                self.within = Within::Between { member: byte == b'{' };
            }
            b',' | b':' if !self.open.is_empty() => {
                self.within =
                    Within::Between { member: byte == b',' && self.open.last() == Some(&b'}') };
            }
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' => self.within = Within::Word,
            _ => return Some(Scanned::Fault(IssueCode::BadSyntax, self.at)),
        }
        None
    }
}
