//! A request body as the blocking reader that parsers want, without holding it in memory.
//!
//! The body is pumped into a short channel while the other end is parsed on a blocking thread; a
//! slow parser slows the sender down, a sender that falls silent is given up.

use std::io::{self, Read};
use std::time::Duration;

use axum::body::Body;
use bytes::{Buf, Bytes};
use futures_util::StreamExt;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::problem::{Code, Problem};

/// How many pieces wait between the network and the parser; a piece is what one read of the socket
/// gave, some tens of kilobytes.
const WAITING: usize = 16;

/// How much may be sent, and how long a sender may be silent.
#[derive(Clone, Copy, Debug)]
pub struct UploadLimits {
    /// Bytes as sent, before they are expanded.
    pub bytes: u64,
    /// Longest silence.
    pub silence: Duration,
}

/// Why an upload ended before its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Broken {
    /// More bytes than allowed.
    TooLarge { limit: u64 },
    /// Nothing arrived for this many seconds.
    Silent { seconds: u64 },
    /// The connection or its framing broke.
    Cut,
}

impl From<Broken> for Problem {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::TooLarge { limit } => Self::new(Code::BodyTooLarge).with("limit", limit),
            Broken::Silent { seconds } => Self::new(Code::TimedOut).with("seconds", seconds),
            Broken::Cut => Self::new(Code::IncompleteBody),
        }
    }
}

/// The reading end, for a blocking thread.
pub struct BodyReader {
    pieces: mpsc::Receiver<io::Result<Bytes>>,
    current: Bytes,
}

/// Splits a body into the future that pumps it and the reader that gets it. Both must be driven at
/// the same time; the pump ends when the body does, or when the reader is dropped.
pub fn split(
    body: Body,
    limits: UploadLimits,
) -> (impl Future<Output = Result<(), Broken>>, BodyReader) {
    let (sender, pieces) = mpsc::channel(WAITING);
    (pump(body, limits, sender), BodyReader { pieces, current: Bytes::new() })
}

async fn pump(
    body: Body,
    limits: UploadLimits,
    sender: mpsc::Sender<io::Result<Bytes>>,
) -> Result<(), Broken> {
    let mut stream = body.into_data_stream();
    let mut received = 0_u64;
    loop {
        let broken = match timeout(limits.silence, stream.next()).await {
            Ok(None) => return Ok(()),
            Ok(Some(Ok(piece))) => {
                received = received.saturating_add(piece.len() as u64);
                if received <= limits.bytes {
                    if sender.send(Ok(piece)).await.is_err() {
                        // The parser has seen enough; the rest of the body is of no interest.
                        return Ok(());
                    }
                    continue;
                }
                Broken::TooLarge { limit: limits.bytes }
            }
            Ok(Some(Err(_))) => Broken::Cut,
            Err(_) => Broken::Silent { seconds: limits.silence.as_secs() },
        };
        // The parser must not take the break for the end of the file.
        let _ = sender.send(Err(io::Error::from(io::ErrorKind::ConnectionAborted))).await;
        return Err(broken);
    }
}

impl Read for BodyReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() {
            match self.pieces.blocking_recv() {
                Some(piece) => self.current = piece?,
                None => return Ok(0),
            }
        }
        let taken = self.current.len().min(into.len());
        self.current.copy_to_slice(&mut into[..taken]);
        Ok(taken)
    }
}

/// Reads a small body whole.
///
/// # Errors
/// When it is larger than the limit, or breaks off.
pub async fn whole(body: Body, limits: UploadLimits) -> Result<Vec<u8>, Broken> {
    let (pump, mut reader) = split(body, limits);
    let read = tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map(|_| bytes)
    });
    let (pumped, read) = tokio::join!(pump, read);
    pumped?;
    read.ok().and_then(Result::ok).ok_or(Broken::Cut)
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    const LIMITS: UploadLimits = UploadLimits { bytes: 10, silence: Duration::from_secs(60) };

    #[tokio::test]
    async fn a_body_arrives_whole() {
        let read = whole(Body::from("0123456789"), LIMITS).await;
        assert_eq!(read.as_deref(), Ok(b"0123456789".as_slice()));
    }

    #[tokio::test]
    async fn a_body_over_the_limit_is_refused() {
        let read = whole(Body::from("0123456789+"), LIMITS).await;
        assert_eq!(read, Err(Broken::TooLarge { limit: 10 }));
    }

    #[tokio::test]
    async fn a_silent_sender_is_given_up() {
        let silent = stream::pending::<Result<Bytes, io::Error>>();
        let impatient = UploadLimits { silence: Duration::ZERO, ..LIMITS };
        let (pump, _reader) = split(Body::from_stream(silent), impatient);
        assert_eq!(pump.await, Err(Broken::Silent { seconds: 0 }));
    }

    #[tokio::test]
    async fn a_cut_connection_is_no_end_of_file() {
        let pieces = [Ok(Bytes::from("01")), Err(io::Error::from(io::ErrorKind::ConnectionReset))];
        let (pump, mut reader) = split(Body::from_stream(stream::iter(pieces)), LIMITS);
        let read = tokio::task::spawn_blocking(move || reader.read_to_end(&mut Vec::new()));
        let (pumped, read) = tokio::join!(pump, read);
        assert_eq!(pumped, Err(Broken::Cut));
        assert!(read.expect("the reader ends").is_err());
    }
}
