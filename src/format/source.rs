//! Reads a file block by block, expanded, and says how its bytes ended.

use std::io::{self, Read};

use super::expand::Expanded;
use crate::model::IssueCode;

/// The expanded bytes of one file.
pub(super) struct Source {
    input: Input,
    left: u64,
}

enum Input {
    Unopened(Option<Box<dyn Read + Send>>),
    Open(Expanded),
}

/// How the bytes of a file ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum End {
    /// Where the sender ended them.
    Clean,
    /// Somewhere before: the code says why. What stands before that point is sound.
    Broken(IssueCode),
}

impl Source {
    /// Reads at most `limit` expanded bytes of `input`.
    pub(super) fn new(input: Box<dyn Read + Send>, limit: u64) -> Self {
        Self { input: Input::Unopened(Some(input)), left: limit }
    }

    /// Appends `amount` bytes to `out`, fewer only when the file ends, which is then told. Blocks are
    /// always filled, so how the sender's bytes arrive cannot change what is read.
    pub(super) fn read(&mut self, amount: usize, out: &mut Vec<u8>) -> Option<End> {
        let before = out.len();
        let result = self.open().and_then(|()| {
            let amount = amount as u64;
            match &mut self.input {
                Input::Unopened(_) => Ok(0),
                Input::Open(input) => input.take(amount).read_to_end(out),
            }
        });
        let got = out.len() - before;
        if got as u64 > self.left {
            out.truncate(before + usize::try_from(self.left).unwrap_or(got));
            self.left = 0;
            return Some(End::Broken(IssueCode::FileTooLarge));
        }
        self.left -= got as u64;
        match (result, &self.input) {
            (Ok(_), _) if got < amount => Some(End::Clean),
            (Ok(_), _) => None,
            (Err(_), Input::Open(input)) if input.is_packed() => {
                Some(End::Broken(IssueCode::BadCompression))
            }
            (Err(_), _) => Some(End::Broken(IssueCode::TruncatedFile)),
        }
    }

    fn open(&mut self) -> io::Result<()> {
        let Input::Unopened(input) = &mut self.input else {
            return Ok(());
        };
        let Some(input) = input.take() else {
            return Ok(());
        };
        self.input = Input::Open(Expanded::open(input)?);
        Ok(())
    }
}
