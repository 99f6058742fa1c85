//! Parses a body on a thread of its own, and seals and hashes what it finds there, so that the writer of the store
//! only writes.

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::format::Limits;
use crate::model::{
    CorrectionId, Instant, Issue, Place, QuarantineId, RecordId, RevisionId, SchemeId,
};
use crate::operations::body::{Body, End, Measured};
use crate::operations::hub::Hub;
use crate::operations::kept::{KeptRefusal, KeptRevision};
use crate::store::batches::Batch;
use crate::store::quarantine::quarantine_owner;
use crate::store::records::record_key;
use crate::store::revisions::revision_owner;

use super::IntakeError;
use super::settle::{Dangling, Ending, defects};
use super::stage::{Accepted, Chunk, Refused};

/// One record as its reader understood it.
pub(in crate::operations) enum Found {
    Accepted { kept: KeptRevision },
    Refused { kept: KeptRefusal },
}

/// How a reader ended.
#[derive(Default)]
pub(in crate::operations) struct Ended {
    /// References to ids that the body does not hold: the id of the record that refers, the id that it refers to, and
    /// what to say when that is nowhere.
    pub(in crate::operations) unresolved: Vec<(String, String, Issue)>,
    /// False when the file broke off.
    pub(in crate::operations) complete: bool,
    /// Values dropped on entry, by field.
    pub(in crate::operations) dropped: Vec<(String, u64)>,
    /// The share of refused records above which the file is held, in percent.
    pub(in crate::operations) hold_refused: Option<f64>,
    /// Records that were read with a value put right in the hub.
    pub(in crate::operations) corrected: u64,
    /// Corrections whose value the sender has changed.
    pub(in crate::operations) lapsed: Vec<CorrectionId>,
}

/// Reads a body and hands over what it finds, until that is no longer wanted (false).
pub(in crate::operations) type Drive =
    Box<dyn FnOnce(Measured, &mut dyn FnMut(Found) -> bool) -> Ended + Send>;

/// Outcomes a transaction: where bulk inserts reach their full speed.
const CHUNK: usize = 500;
/// Bytes a transaction: hostile records of the largest size must not gather by the hundred.
const CHUNK_BYTES: usize = 8 << 20;
/// Chunks between the parser and the store: one being written, one waiting.
const CHUNKS_AHEAD: usize = 2;

/// A body that is being read.
pub(in crate::operations) struct Reading {
    chunks: mpsc::Receiver<Chunk>,
    parser: JoinHandle<Result<Ending, IntakeError>>,
}

impl Reading {
    pub(in crate::operations) fn start(hub: &Hub, batch: &Batch, body: Body, drive: Drive) -> Self {
        let (sender, chunks) = mpsc::channel(CHUNKS_AHEAD);
        let mut sealer = Sealer {
            hub: hub.clone(),
            scheme: batch.scheme.clone(),
            received_at: batch.received_at,
            ordinal: 0,
            chunk: Chunk::default(),
            bytes: 0,
            sender,
        };
        let parser = tokio::task::spawn_blocking(move || {
            let measured = Measured::new(body);
            let ended = drive(measured.clone(), &mut |found| sealer.add(found));
            sealer.flush();
            match measured.finish(Limits::FILE) {
                End::BrokeOff => Err(IntakeError::BrokeOff),
                End::Whole(hash) => Ok(sealer.ending(ended, Some(hash))),
                End::TooLong => Ok(sealer.ending(ended, None)),
            }
        });
        Self { chunks, parser }
    }

    /// The next chunk; none at the end.
    pub(in crate::operations) async fn next(&mut self) -> Option<Chunk> {
        self.chunks.recv().await
    }

    /// How the reading ended, after the last chunk.
    pub(in crate::operations) async fn ending(self) -> Result<Ending, IntakeError> {
        self.parser.await.map_err(IntakeError::Stopped)?
    }
}

/// Turns what a reader finds into rows.
struct Sealer {
    hub: Hub,
    scheme: SchemeId,
    received_at: Instant,
    /// Counts the records of the body.
    ordinal: u32,
    chunk: Chunk,
    bytes: usize,
    sender: mpsc::Sender<Chunk>,
}

impl Sealer {
    /// Takes one record; false when nobody wants more.
    fn add(&mut self, found: Found) -> bool {
        match found {
            Found::Accepted { kept } => {
                let accepted = self.accepted(&kept);
                self.bytes += accepted.sealed.len();
                self.chunk.accepted.push(accepted);
            }
            Found::Refused { kept } => {
                let refused = self.refused(&kept);
                self.bytes += refused.sealed.len();
                self.chunk.refused.push(refused);
            }
        }
        let full = self.chunk.accepted.len() + self.chunk.refused.len() >= CHUNK
            || self.bytes >= CHUNK_BYTES;
        !full || self.flush()
    }

    fn flush(&mut self) -> bool {
        let chunk = std::mem::take(&mut self.chunk);
        self.bytes = 0;
        if chunk.accepted.is_empty() && chunk.refused.is_empty() {
            return true;
        }
        self.sender.blocking_send(chunk).is_ok()
    }

    fn accepted(&mut self, kept: &KeptRevision) -> Accepted {
        let bits = self.next_bits();
        let keys = self.hub.store().keys();
        let revision = RevisionId::new(self.received_at, bits);
        Accepted {
            key: record_key(keys, &self.scheme, &kept.record_id),
            record: RecordId::new(self.received_at, bits),
            revision,
            content: keys.hash_bytes("content", [&kept.raw[..], &kept.canonical]),
            line: kept.place.line,
            warnings: kept.warnings.len() as u64,
            sealed: keys.seal(revision_owner(&revision), &kept.to_bytes()),
        }
    }

    fn refused(&mut self, kept: &KeptRefusal) -> Refused {
        let id = QuarantineId::new(self.received_at, self.next_bits());
        let keys = self.hub.store().keys();
        Refused {
            id,
            key: kept.record_id.as_deref().map(|id| record_key(keys, &self.scheme, id)),
            content: keys.hash_bytes("raw", [&kept.raw[..]]),
            line: kept.place.line,
            defects: defects(&kept.issues),
            sealed: keys.seal(quarantine_owner(&id), &kept.to_bytes()),
        }
    }

    /// Bits for ids that sort in the order of the body, which keeps indexes dense and lists in the sender's order: a
    /// counter of 26 bits around the bits that RFC 9562 fixes, then 48 random ones.
    fn next_bits(&mut self) -> [u8; 10] {
        let mut bits: [u8; 10] = self.hub.random();
        let [a, b, c, d] = self.ordinal.to_be_bytes();
        bits[0] = (a << 2 | b >> 6) & 0x0f;
        bits[1] = b << 2 | c >> 6;
        bits[2] = c & 0x3f;
        bits[3] = d;
        self.ordinal = self.ordinal.wrapping_add(1);
        bits
    }

    fn ending(&self, ended: Ended, body_hash: Option<[u8; 32]>) -> Ending {
        let keys = self.hub.store().keys();
        let dangling = ended
            .unresolved
            .into_iter()
            .map(|(from, to, issue)| Dangling {
                from: record_key(keys, &self.scheme, &from),
                to: record_key(keys, &self.scheme, &to),
                issue,
            })
            .collect();
        Ending {
            dangling,
            complete: ended.complete,
            dropped: ended.dropped.into_iter().collect(),
            body_hash,
            hold_refused: ended.hold_refused,
            corrected: ended.corrected,
            lapsed: ended.lapsed,
        }
    }
}

/// An issue of a reference that points nowhere.
pub(in crate::operations) fn dangling_issue(
    code: crate::model::IssueCode,
    place: &Place,
    record_id: &str,
    field: &str,
    referred: &str,
) -> Issue {
    Issue::error(code, place.clone()).record_id(record_id).field(field).value(referred)
}
