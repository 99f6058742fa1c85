//! Request bodies, within limits.
//!
//! A file is pumped into a short channel while the other end is parsed on a thread of its own: a
//! slow parser slows the sender down, and a sender that falls silent is given up.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use tokio::time::timeout;

use super::problem::{Code, Problem};
use crate::operations::body::BodySender;

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
    TooLarge {
        /// In bytes.
        limit: u64,
    },
    /// Nothing arrived for this many seconds.
    Silent {
        /// How long.
        seconds: u64,
    },
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

/// Hands a stream over, such as a file within a form, as [`pump`] does a body.
///
/// # Errors
/// When the stream breaks off; the reader is told so too.
pub async fn pump_stream<S, E>(
    stream: S,
    limits: UploadLimits,
    sender: BodySender,
) -> Result<(), Broken>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    let mut pieces = Pieces { stream, limits, received: 0 };
    while let Some(piece) = pieces.next().await? {
        if !sender.send(piece).await {
            // The parser has seen enough; the rest is of no interest.
            return Ok(());
        }
    }
    sender.finish().await;
    Ok(())
}

/// Hands a body over to whoever reads the other end, which must be read at the same time. Ends when
/// the body does, or when nobody reads any more.
///
/// # Errors
/// When the body breaks off; the reader is told so too, and does not take it for the end.
pub async fn pump(body: Body, limits: UploadLimits, sender: BodySender) -> Result<(), Broken> {
    pump_stream(body.into_data_stream(), limits, sender).await
}

/// Reads a small body whole.
///
/// # Errors
/// When it is larger than the limit, or breaks off.
pub async fn whole(body: Body, limits: UploadLimits) -> Result<Vec<u8>, Broken> {
    let mut pieces = Pieces { stream: body.into_data_stream(), limits, received: 0 };
    let mut whole = Vec::new();
    while let Some(piece) = pieces.next().await? {
        whole.extend_from_slice(&piece);
    }
    Ok(whole)
}

/// The pieces of a body, within limits.
struct Pieces<S> {
    stream: S,
    limits: UploadLimits,
    received: u64,
}

impl<S, E> Pieces<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    async fn next(&mut self) -> Result<Option<Bytes>, Broken> {
        let UploadLimits { bytes: limit, silence } = self.limits;
        match timeout(silence, self.stream.next()).await {
            Err(_) => Err(Broken::Silent { seconds: silence.as_secs() }),
            Ok(None) => Ok(None),
            Ok(Some(Err(_))) => Err(Broken::Cut),
            Ok(Some(Ok(piece))) => {
                self.received = self.received.saturating_add(piece.len() as u64);
                if self.received > limit {
                    return Err(Broken::TooLarge { limit });
                }
                Ok(Some(piece))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read};

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
        let read = whole(Body::from_stream(silent), impatient).await;
        assert_eq!(read, Err(Broken::Silent { seconds: 0 }));
    }

    #[tokio::test]
    async fn a_cut_connection_is_no_end_of_file() {
        let pieces = [Ok(Bytes::from("01")), Err(io::Error::from(io::ErrorKind::ConnectionReset))];
        let (sender, mut reader) = crate::operations::body::Body::channel();
        let pump = pump(Body::from_stream(stream::iter(pieces)), LIMITS, sender);
        let read = tokio::task::spawn_blocking(move || reader.read_to_end(&mut Vec::new()));
        let (pumped, read) = tokio::join!(pump, read);
        assert_eq!(pumped, Err(Broken::Cut));
        assert!(read.expect("the reader ends").is_err());
    }
}
