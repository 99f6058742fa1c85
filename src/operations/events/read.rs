//! Lines to events, on a thread of its own.

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::eligibility::event::{self, Event};
use crate::format::{Container, Limits, ReadOptions, Reader};
use crate::model::{Issue, Place};
use crate::operations::body::{Body, End, Measured};
use crate::operations::intake::IntakeError;
use crate::operations::intake::settle::Ending;

/// One line, with what it says.
pub(super) struct Line {
    pub(super) place: Place,
    pub(super) raw: Vec<u8>,
    pub(super) parsed: Parsed,
}

pub(super) enum Parsed {
    Event(Box<Event>),
    Refused(Vec<Issue>),
}

/// Events a transaction: each derives the records of a whole contract anew.
const CHUNK: usize = 250;

/// A body of events that is being read.
pub(super) struct Reading {
    chunks: mpsc::Receiver<Vec<Line>>,
    parser: JoinHandle<Result<Ending, IntakeError>>,
}

impl Reading {
    pub(super) fn start(body: Body) -> Self {
        let (sender, chunks) = mpsc::channel(2);
        let parser = tokio::task::spawn_blocking(move || {
            let measured = Measured::new(body);
            read(measured.clone(), &sender);
            match measured.finish(Limits::FILE) {
                End::BrokeOff => Err(IntakeError::BrokeOff),
                End::Whole(hash) => Ok(Ending { body_hash: Some(hash), ..Ending::default() }),
                End::TooLong => Ok(Ending::default()),
            }
        });
        Self { chunks, parser }
    }

    /// The next lines; none at the end.
    pub(super) async fn next(&mut self) -> Option<Vec<Line>> {
        self.chunks.recv().await
    }

    /// How the reading ended.
    pub(super) async fn ending(self) -> Result<Ending, IntakeError> {
        self.parser.await.map_err(IntakeError::Stopped)?
    }
}

fn read(body: Measured, sender: &mpsc::Sender<Vec<Line>>) {
    let mut reader = Reader::new(Box::new(body), &ReadOptions::new(Container::Ndjson));
    let mut lines = Vec::new();
    while let Some(frame) = reader.next() {
        lines.push(match frame {
            Ok(frame) => {
                let (place, raw) = (frame.place(), frame.raw().to_vec());
                let parsed = match event::parse(&raw, &place) {
                    Ok(event) => Parsed::Event(Box::new(event)),
                    Err(issues) => Parsed::Refused(issues),
                };
                Line { place, raw, parsed }
            }
            Err(broken) => Line {
                place: broken.place.clone(),
                raw: broken.raw.clone(),
                parsed: Parsed::Refused(vec![broken.issue.clone()]),
            },
        });
        if lines.len() >= CHUNK && sender.blocking_send(std::mem::take(&mut lines)).is_err() {
            return;
        }
    }
    if !lines.is_empty() {
        // Nobody listening any more: the sending was replaced or the store failed, and says so itself.
        let _ = sender.blocking_send(lines);
    }
}
