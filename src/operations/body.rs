//! The bytes of a sending, on their way from a socket or a file to the thread that parses them.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Buf as _, Bytes};
use tokio::sync::mpsc;

/// Pieces in flight between the socket and the parser: enough to keep both busy, little enough to hold a slow hub's
/// memory flat.
const IN_FLIGHT: usize = 16;

/// The bytes of a sending, read synchronously.
pub struct Body(Box<dyn Read + Send>);

impl Body {
    /// From a file, or from memory.
    pub fn from_reader(reader: impl Read + Send + 'static) -> Self {
        Self(Box::new(reader))
    }

    /// From pieces that arrive one by one; the sender says when the body is whole.
    #[must_use]
    pub fn channel() -> (BodySender, Self) {
        let (sender, receiver) = mpsc::channel(IN_FLIGHT);
        let pieces = Pieces { receiver, piece: Bytes::new(), ended: false };
        (BodySender(sender), Self::from_reader(pieces))
    }
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

/// Hands pieces of a body over. Dropped without [`BodySender::finish`] it breaks the body off.
pub struct BodySender(mpsc::Sender<Option<Bytes>>);

impl BodySender {
    /// Hands a piece over, waiting while the parser is busy; false when nobody reads any more.
    pub async fn send(&self, piece: Bytes) -> bool {
        self.0.send(Some(piece)).await.is_ok()
    }

    /// Says that the body is whole.
    pub async fn finish(self) {
        // Nobody reading any more is no loss at the end.
        let _ = self.0.send(None).await;
    }
}

struct Pieces {
    receiver: mpsc::Receiver<Option<Bytes>>,
    piece: Bytes,
    ended: bool,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() && !self.ended {
            match self.receiver.blocking_recv() {
                Some(Some(piece)) => self.piece = piece,
                Some(None) => self.ended = true,
                None => return Err(io::ErrorKind::UnexpectedEof.into()),
            }
        }
        let length = self.piece.len().min(buffer.len());
        let (to, _) = buffer.split_at_mut(length);
        self.piece.copy_to_slice(to);
        Ok(length)
    }
}

/// A body that is hashed while it is read, and that can be read to its end after its parser stopped.
#[derive(Clone)]
pub(super) struct Measured(Arc<Mutex<Measure>>);

struct Measure {
    body: Body,
    hasher: blake3::Hasher,
    broke_off: bool,
}

impl Measured {
    pub(super) fn new(body: Body) -> Self {
        let measure = Measure { body, hasher: blake3::Hasher::new(), broke_off: false };
        Self(Arc::new(Mutex::new(measure)))
    }

    /// Reads what the parser left, at most `limit` bytes, and says how the body ended.
    pub(super) fn finish(mut self, limit: u64) -> End {
        let mut left = limit;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match self.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => match left.checked_sub(read as u64) {
                    Some(rest) => left = rest,
                    None => return End::TooLong,
                },
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return End::BrokeOff,
            }
        }
        let measure = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if measure.broke_off {
            End::BrokeOff
        } else {
            End::Whole(*measure.hasher.finalize().as_bytes())
        }
    }
}

/// How a body ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum End {
    /// With its hash.
    Whole([u8; 32]),
    /// Its sender went away.
    BrokeOff,
    /// It goes on beyond the limit.
    TooLong,
}

impl Read for Measured {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut measure = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match measure.body.read(buffer) {
            Ok(read) => {
                measure.hasher.update(buffer.get(..read).unwrap_or_default());
                Ok(read)
            }
            Err(error) => {
                measure.broke_off |= error.kind() != io::ErrorKind::Interrupted;
                Err(error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_covers_what_the_parser_left() {
        let mut measured = Measured::new(Body::from_reader(&b"one two"[..]));
        let mut first = [0; 3];
        measured.read_exact(&mut first).unwrap();
        assert_eq!(measured.finish(100), End::Whole(*blake3::hash(b"one two").as_bytes()));
    }

    #[tokio::test]
    async fn a_body_whose_sender_goes_away_breaks_off() {
        let (sender, mut body) = Body::channel();
        assert!(sender.send(Bytes::from_static(b"half")).await);
        drop(sender);
        let read = tokio::task::spawn_blocking(move || {
            let mut text = Vec::new();
            (body.read_to_end(&mut text).map_err(|error| error.kind()), text)
        });
        let (end, text) = read.await.unwrap();
        assert_eq!((end, text), (Err(io::ErrorKind::UnexpectedEof), b"half".to_vec()));
    }

    #[tokio::test]
    async fn a_finished_body_ends() {
        let (sender, mut body) = Body::channel();
        sender.send(Bytes::from_static(b"whole")).await;
        sender.finish().await;
        let read = tokio::task::spawn_blocking(move || {
            let mut text = String::new();
            body.read_to_string(&mut text).unwrap();
            text
        });
        assert_eq!(read.await.unwrap(), "whole");
    }
}
