//! A file of one format becomes a file of another, and nothing of it is kept.
//!
//! Streaming and blocking: the caller runs it on a thread of its own, between a reader and a
//! writer. A reference to a record outside the file is not looked up: nothing is at stake in a
//! translation, and a single dependant can be translated too.

pub mod glance;

use std::collections::BTreeMap;
use std::io::{self, Read, Write};

use jiff::civil::Date;

use crate::format::{Reader, WriteError, Writer};
use crate::mapping::{Gathering, Loss, Mapping, Outcome, Run, RunContext};
use crate::model::{Issue, SchemeId};

/// The id under which `beneficiary/1` itself is a format.
pub const CANONICAL: &str = "canonical";

/// How many issues are told one by one; the counts go on. Enough to mend an export's habits.
const TOLD: usize = 1_000;

/// A canonical field that is not written at all.
const LOST: &str = "lost";

/// What became of a file.
#[derive(Debug, Default)]
pub struct Summary {
    /// Records that were read.
    pub received: u64,
    /// Records that were written, or would be.
    pub accepted: u64,
    /// Records that were refused.
    pub refused: u64,
    /// False when the file broke off.
    pub complete: bool,
    /// What is wrong, in the order of the file: at most a thousand.
    pub issues: Vec<Issue>,
    /// How many more issues there were.
    pub untold: u64,
    /// What the target format could not take, by how: how often a field was `lost`, how often one that
    /// the target asks for was `missing`, how often one was written with less than it says (by its
    /// class), and how many `characters` stand there as `?`.
    pub losses: BTreeMap<&'static str, u64>,
    /// Fields of the sender that may not be kept, with how often they were there.
    pub dropped: Vec<(String, u64)>,
}

/// Why a translation ended before its file did.
#[derive(Debug, thiserror::Error)]
pub enum TranslateError {
    /// The id of a mapping is no scheme id, so its records cannot name their scheme.
    #[error("`{0}` is no scheme id")]
    Scheme(String),
    /// The output refused bytes.
    #[error(transparent)]
    Output(#[from] WriteError),
}

impl From<io::Error> for TranslateError {
    fn from(error: io::Error) -> Self {
        Self::Output(error.into())
    }
}

impl Summary {
    fn tell(&mut self, issues: Vec<Issue>) {
        for issue in issues {
            if self.issues.len() < TOLD {
                self.issues.push(issue);
            } else {
                self.untold += 1;
            }
        }
    }

    fn lose(&mut self, loss: &Loss) {
        self.lack(LOST, loss.lost.len());
        self.lack("missing", loss.missing.len());
        for (_, class) in &loss.reduced {
            self.lack(class.name(), 1);
        }
    }

    fn lack(&mut self, how: &'static str, times: usize) {
        if times > 0 {
            *self.losses.entry(how).or_default() += times as u64;
        }
    }

    /// How often a field of a record had no place in the target format.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.losses.get(LOST).copied().unwrap_or_default()
    }
}

/// Where canonical records go.
enum Sink<'m, W: Write + Send + 'static> {
    /// Nowhere: only whether they are right is of interest.
    Nowhere,
    /// As they are, one a line.
    Lines(W),
    /// Through the way back of a mapping.
    Format(Box<Format<'m>>),
}

/// A file in the format of a mapping.
struct Format<'m> {
    to: &'m Mapping,
    gathering: Gathering<'m, ()>,
    writer: Writer,
}

/// Reads a file of one format and writes the records in another; no target is `beneficiary/1`
/// itself, one document a line.
///
/// # Errors
/// When the output refuses bytes. What is wrong with records is in the summary.
pub fn translate(
    from: &Mapping,
    to: Option<&Mapping>,
    input: Box<dyn Read + Send>,
    output: impl Write + Send + 'static,
    today: Date,
) -> Result<Summary, TranslateError> {
    let sink = match to {
        None => Sink::Lines(io::BufWriter::new(output)),
        Some(to) => Sink::Format(Box::new(Format::new(to, Box::new(output))?)),
    };
    run(from, input, sink, today)
}

/// Reads a file only to say what is wrong with it.
///
/// # Errors
/// When the mapping's id is no scheme id.
pub fn validate(
    from: &Mapping,
    input: Box<dyn Read + Send>,
    today: Date,
) -> Result<Summary, TranslateError> {
    run(from, input, Sink::<io::Sink>::Nowhere, today)
}

fn run<W: Write + Send + 'static>(
    from: &Mapping,
    input: Box<dyn Read + Send>,
    mut sink: Sink<'_, W>,
    today: Date,
) -> Result<Summary, TranslateError> {
    let scheme: SchemeId =
        from.id().parse().map_err(|_| TranslateError::Scheme(from.id().to_owned()))?;
    let reader = Reader::new(input, &from.read_options());
    let mut run = Run::new(from, reader, RunContext { scheme, today }).lean();
    let mut summary = Summary::default();
    while let Some(outcome) = run.next() {
        match outcome {
            Outcome::Refused(refusal) => summary.tell(refusal.issues),
            Outcome::Accepted(mut record) => {
                summary.tell(std::mem::take(&mut record.warnings));
                if sink.take(&record.canonical, &mut summary)? {
                    summary.accepted += 1;
                }
                run.reuse(record);
            }
        }
    }
    let ending = run.finish();
    summary.received = ending.records;
    summary.refused = ending.records - summary.accepted;
    summary.complete = ending.complete;
    summary.dropped = ending.dropped;
    sink.finish(&mut summary)?;
    Ok(summary)
}

impl<W: Write + Send + 'static> Sink<'_, W> {
    /// Writes a record; `false` when the target format cannot say it, which the summary then tells.
    fn take(&mut self, canonical: &[u8], summary: &mut Summary) -> Result<bool, TranslateError> {
        match self {
            Self::Nowhere => {}
            Self::Lines(output) => {
                output.write_all(canonical)?;
                output.write_all(b"\n")?;
            }
            Self::Format(format) => {
                if let Err(issues) = format.gathering.add(canonical, ()) {
                    summary.tell(issues);
                    return Ok(false);
                }
                format.write(summary)?;
            }
        }
        Ok(true)
    }

    fn finish(self, summary: &mut Summary) -> Result<(), TranslateError> {
        match self {
            Self::Nowhere => Ok(()),
            Self::Lines(mut output) => Ok(output.flush()?),
            Self::Format(mut format) => {
                format.gathering.end();
                format.write(summary)?;
                Ok(format.writer.finish()?)
            }
        }
    }
}

impl<'m> Format<'m> {
    fn new(to: &'m Mapping, output: Box<dyn Write + Send>) -> Result<Self, TranslateError> {
        let writer = Writer::new(output, &to.write_options())?;
        Ok(Self { to, gathering: Gathering::new(to), writer })
    }

    /// Writes the elements that wait for no record any more.
    fn write(&mut self, summary: &mut Summary) -> Result<(), TranslateError> {
        while let Some(gathered) = self.gathering.next() {
            let built = self.to.build(&gathered);
            built.losses.iter().for_each(|loss| summary.lose(loss));
            for part in built.parts() {
                let mut record = self.writer.record();
                part.write(&mut record);
                summary.lack("characters", record.end()?.len());
            }
        }
        Ok(())
    }
}

/// Writes canonical records in a format; answers the bytes. For a handful of records.
///
/// # Errors
/// When the target format cannot say one of them, with the reasons.
pub fn render(to: Option<&Mapping>, records: &[Vec<u8>]) -> Result<Vec<u8>, Vec<Issue>> {
    let output = Shared::default();
    let mut summary = Summary::default();
    let written = (|| {
        let mut sink = match to {
            None => Sink::Lines(output.clone()),
            Some(to) => Sink::Format(Box::new(Format::new(to, Box::new(output.clone()))?)),
        };
        let mut all = true;
        for canonical in records {
            all &= sink.take(canonical, &mut summary)?;
        }
        sink.finish(&mut summary)?;
        Ok::<bool, TranslateError>(all)
    })();
    match written {
        Ok(true) => Ok(output.into_bytes()),
        Ok(false) | Err(_) => Err(summary.issues),
    }
}

/// Bytes in memory that a writer owns and that are read when it is done.
#[derive(Clone, Default)]
struct Shared(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl Shared {
    fn into_bytes(self) -> Vec<u8> {
        let mut bytes = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        std::mem::take(&mut *bytes)
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut held = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        held.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
