//! Expands what a sender compressed, told by its first bytes, and says how the bytes ended.

use std::io::{self, Chain, Cursor, Read};

use flate2::read::MultiGzDecoder;

use crate::model::IssueCode;

/// First bytes of a gzip member (RFC 1952, 2.3.1).
const GZIP: &[u8] = &[0x1f, 0x8b];
/// First bytes of a Zstandard frame (RFC 8878, 3.1.1).
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// The largest window a Zstandard frame may ask for, as a power of two: 8 MiB, what RFC 8878 (3.1.1.1.2)
/// recommends that decoders accept; a frame could demand gigabytes of memory otherwise.
const ZSTD_WINDOW: u32 = 23;

type Plain = Chain<Cursor<Vec<u8>>, Box<dyn Read + Send>>;

/// The expanded bytes of one file.
pub(super) struct Source {
    input: Input,
    left: u64,
}

enum Input {
    Unopened(Option<Box<dyn Read + Send>>),
    Plain(Plain),
    Gzip(Box<MultiGzDecoder<Plain>>),
    Zstd(Box<zstd::stream::read::Decoder<'static, io::BufReader<Plain>>>),
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
                Input::Plain(input) => input.take(amount).read_to_end(out),
                Input::Gzip(input) => input.take(amount).read_to_end(out),
                Input::Zstd(input) => input.take(amount).read_to_end(out),
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
            (Err(_), Input::Gzip(_) | Input::Zstd(_)) => {
                Some(End::Broken(IssueCode::BadCompression))
            }
            (Err(_), Input::Plain(_) | Input::Unopened(_)) => {
                Some(End::Broken(IssueCode::TruncatedFile))
            }
        }
    }

    fn open(&mut self) -> io::Result<()> {
        let Input::Unopened(input) = &mut self.input else {
            return Ok(());
        };
        let Some(mut input) = input.take() else {
            return Ok(());
        };
        let mut head = Vec::with_capacity(ZSTD.len());
        let read = input.by_ref().take(ZSTD.len() as u64).read_to_end(&mut head);
        let (gzip, zstd) = (head.starts_with(GZIP), head.starts_with(ZSTD));
        let plain = Cursor::new(head).chain(input);
        self.input = if gzip {
            Input::Gzip(Box::new(MultiGzDecoder::new(plain)))
        } else if zstd {
            let mut decoder = zstd::stream::read::Decoder::new(plain)?;
            decoder.window_log_max(ZSTD_WINDOW)?;
            Input::Zstd(Box::new(decoder))
        } else {
            Input::Plain(plain)
        };
        read.map(drop)
    }
}
