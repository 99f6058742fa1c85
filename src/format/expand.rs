//! Expands what somebody compressed, told by its first bytes.

use std::io::{self, Chain, Cursor, Read};

use flate2::read::MultiGzDecoder;

/// First bytes of a gzip member (RFC 1952, 2.3.1).
const GZIP: &[u8] = &[0x1f, 0x8b];
/// First bytes of a Zstandard frame (RFC 8878, 3.1.1).
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// The largest window a Zstandard frame may ask for, as a power of two: 8 MiB, what RFC 8878 (3.1.1.1.2)
/// recommends that decoders accept; a frame could demand gigabytes of memory otherwise.
const ZSTD_WINDOW: u32 = 23;

type Plain = Chain<Cursor<Vec<u8>>, Box<dyn Read + Send>>;

/// The bytes of a file as they were before somebody compressed them, if anybody did.
pub struct Expanded(Input);

enum Input {
    Plain(Plain),
    Gzip(Box<MultiGzDecoder<Plain>>),
    Zstd(Box<zstd::stream::read::Decoder<'static, io::BufReader<Plain>>>),
}

impl Expanded {
    /// Looks at the first bytes.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn open(mut input: Box<dyn Read + Send>) -> io::Result<Self> {
        let mut head = Vec::with_capacity(ZSTD.len());
        input.by_ref().take(ZSTD.len() as u64).read_to_end(&mut head)?;
        let (gzip, zstd) = (head.starts_with(GZIP), head.starts_with(ZSTD));
        let plain = Cursor::new(head).chain(input);
        Ok(Self(if gzip {
            Input::Gzip(Box::new(MultiGzDecoder::new(plain)))
        } else if zstd {
            let mut decoder = zstd::stream::read::Decoder::new(plain)?;
            decoder.window_log_max(ZSTD_WINDOW)?;
            Input::Zstd(Box::new(decoder))
        } else {
            Input::Plain(plain)
        }))
    }

    /// Whether somebody compressed them.
    #[must_use]
    pub const fn is_packed(&self) -> bool {
        matches!(self.0, Input::Gzip(_) | Input::Zstd(_))
    }
}

impl Read for Expanded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.0 {
            Input::Plain(input) => input.read(buffer),
            Input::Gzip(input) => input.read(buffer),
            Input::Zstd(input) => input.read(buffer),
        }
    }
}
