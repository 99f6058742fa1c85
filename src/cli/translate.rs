//! `dankun translate`: a file of one format becomes a file of another, without a hub.
//!
//! Streaming: one thread reads and translates to `beneficiary/1`, the other translates on and
//! writes. What is kept of the whole file are its record ids, to settle references between records.

mod earlier;

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use jiff::civil::Date;
use serde_json::json;
use tempfile::NamedTempFile;

use super::arguments::Common;
use super::failure::{Failure, Outcome};
use super::loss::Losses;
use super::refusals::Refusals;
use super::screen::Screen;
use super::{canonical, input, library};
use crate::format::{Reader, Writer};
use crate::mapping::{Gathering, Mapping, Outcome as Translation, Run, RunContext, Translated};
use crate::model::{Issue, Place, SchemeId};
use crate::operations::library::Library;
use crate::operations::translate::CANONICAL;
use earlier::Earlier;

/// Translate a file from one format to another, without a hub.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Scheme or format of the file: ml-utm, fhir, canonical …
    #[arg(long, value_name = "FORMAT")]
    from: String,
    /// Scheme or format to make
    #[arg(long, value_name = "FORMAT")]
    to: String,
    /// File to read; - is standard input; gzip and zstd are recognised
    #[arg(default_value = "-", value_name = "FILE")]
    file: PathBuf,
    /// File to write; - is standard output
    #[arg(short, long, default_value = "-", value_name = "FILE")]
    output: PathBuf,
    /// Where to report what has no place in the target format (JSON): by the mapping, and measured
    #[arg(long, value_name = "FILE")]
    loss: Option<PathBuf>,
    /// An earlier file in the target format: its records are changed only where they differ (held in
    /// memory)
    #[arg(long, value_name = "FILE")]
    base: Option<PathBuf>,
    /// Where to report refused records (CSV); else the first ones are shown
    #[arg(long, value_name = "FILE")]
    refused: Option<PathBuf>,
    /// The day against which dates are judged to lie in the future [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
}

/// Records on their way from one thread to the other in one go: enough to make the hop cheap.
const BATCH: usize = 256;

/// Batches that may wait for the writer.
const WAITING: usize = 4;

/// How many went which way.
#[derive(Default)]
struct Counts {
    received: u64,
    written: u64,
    refused: u64,
    /// Fields left out of records that were written.
    warnings: u64,
}

/// Translates the file.
///
/// # Errors
/// When a file cannot be read or written, or a format is not known.
pub fn run(args: &Args, common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    let library = library::load(common)?;
    let from = library::format(&library, &args.from)?;
    let to = library::format(&library, &args.to)?;
    let today = args.today.unwrap_or_else(|| jiff::Zoned::now().date());
    let names_others = from.is_some_and(Mapping::has_references);
    let file = Spooled::new(&args.file, names_others)?;
    let unresolved = match from {
        Some(from) if names_others => unresolved(file.path(), from, context(from, today)?, screen)?,
        _ => HashMap::new(),
    };
    let source = from.map_or(CANONICAL, Mapping::id);
    let mut refusals = Refusals::new(args.refused.as_deref(), source, &args.file, screen)?;
    let mut losses = Losses::default();
    let out = input::create(&args.output)?;
    let out = match to {
        None if args.base.is_some() => return Err(Failure::usage("translate-no-base", &[])),
        None => Sink::Canonical(out),
        Some(to) => {
            let writer = Writer::new(out, &to.write_options()).map_err(Failure::operation)?;
            let earlier = match &args.base {
                Some(path) => Earlier::read(path, to, today, screen)?,
                None => Earlier::default(),
            };
            let (gathering, writer) = (Gathering::new(to), Box::new(writer));
            Sink::Format(Box::new(Format { to, gathering, writer, earlier, today }))
        }
    };
    let target =
        Target { out, unresolved: &unresolved, refusals: &mut refusals, losses: &mut losses };
    let (bytes, progress) = input::open(file.path(), screen)?;
    let (sender, receiver) = sync_channel(WAITING);
    let context = from.map(|from| context(from, today)).transpose()?;
    let library = &library;
    let counts = std::thread::scope(|scope| {
        scope.spawn(move || match from.zip(context) {
            Some((from, context)) => read(bytes, from, context, &sender),
            None => read_canonical(bytes, library, &sender),
        });
        target.take_all(&receiver)
    })?;
    progress.finish();
    refusals.finish()?;
    if let Some(path) = &args.loss {
        losses.write(path, to)?;
    }
    summarise(&counts, &losses, screen);
    Ok(Outcome::of_refusals(counts.refused))
}

fn context(from: &Mapping, today: Date) -> Result<RunContext, Failure> {
    let scheme: SchemeId = from.id().parse().map_err(Failure::operation)?;
    Ok(RunContext { scheme, today })
}

/// Reads the file to its end and hands its records over, a batch at a time.
fn read(
    bytes: Box<dyn Read + Send>,
    from: &Mapping,
    context: RunContext,
    sender: &SyncSender<Vec<Translation>>,
) {
    let reader = Reader::new(bytes, &from.read_options());
    let mut run = Run::new(from, reader, context).lean();
    let mut batches = Batches::new(sender);
    while let Some(outcome) = run.next() {
        if !batches.add(outcome) {
            return;
        }
    }
    batches.finish();
}

fn read_canonical(
    bytes: Box<dyn Read + Send>,
    library: &Library,
    sender: &SyncSender<Vec<Translation>>,
) {
    let mut batches = Batches::new(sender);
    canonical::read(bytes, library, |outcome| batches.add(outcome));
    batches.finish();
}

/// Records on their way to the writer, some at a time.
struct Batches<'s> {
    waiting: Vec<Translation>,
    sender: &'s SyncSender<Vec<Translation>>,
}

impl<'s> Batches<'s> {
    fn new(sender: &'s SyncSender<Vec<Translation>>) -> Self {
        Self { waiting: Vec::with_capacity(BATCH), sender }
    }

    /// False when the writer is gone: only when it failed, and then it says why.
    fn add(&mut self, outcome: Translation) -> bool {
        self.waiting.push(outcome);
        self.waiting.len() < BATCH || self.send()
    }

    fn send(&mut self) -> bool {
        let batch = std::mem::replace(&mut self.waiting, Vec::with_capacity(BATCH));
        self.sender.send(batch).is_ok()
    }

    fn finish(mut self) {
        self.send();
    }
}

/// Translates canonical records on and writes them.
struct Target<'t> {
    out: Sink<'t>,
    /// Records that name others which are not in the file, with what is wrong.
    unresolved: &'t HashMap<String, Vec<Issue>>,
    refusals: &'t mut Refusals,
    losses: &'t mut Losses,
}

/// `beneficiary/1` is written as it is; other formats through their writer.
enum Sink<'t> {
    Canonical(Box<dyn Write + Send>),
    Format(Box<Format<'t>>),
}

/// A file in the format of a mapping.
struct Format<'t> {
    to: &'t Mapping,
    gathering: Gathering<'t, Place>,
    writer: Box<Writer>,
    earlier: Earlier,
    today: Date,
}

impl Target<'_> {
    fn take_all(mut self, receiver: &Receiver<Vec<Translation>>) -> Result<Counts, Failure> {
        let mut counts = Counts::default();
        for record in receiver.iter().flatten() {
            counts.received += 1;
            let (issues, warnings) = match record {
                Translation::Accepted(record) => (self.take(&record)?, record.warnings),
                Translation::Refused(refusal) => (refusal.issues, Vec::new()),
            };
            if issues.is_empty() {
                counts.written += 1;
                counts.warnings += warnings.len() as u64;
                self.refusals.warn(&warnings);
            } else {
                counts.refused += 1;
                self.refusals.add(&issues)?;
            }
        }
        if let Sink::Format(format) = &mut self.out {
            format.gathering.end();
        }
        self.write()?;
        match self.out {
            Sink::Canonical(mut out) => out.flush().map_err(Failure::output)?,
            Sink::Format(format) => format.writer.finish().map_err(Failure::operation)?,
        }
        Ok(counts)
    }

    /// Writes a record; answers what is wrong when it cannot be written.
    fn take(&mut self, record: &Translated) -> Result<Vec<Issue>, Failure> {
        if let Some(issues) = self.unresolved.get(&record.record_id) {
            return Ok(issues.clone());
        }
        match &mut self.out {
            Sink::Canonical(out) => {
                out.write_all(&record.canonical)
                    .and_then(|()| out.write_all(b"\n"))
                    .map_err(Failure::output)?;
            }
            Sink::Format(format) => {
                if let Err(issues) = format.gathering.add(&record.canonical, record.place.clone()) {
                    return Ok(issues);
                }
                self.write()?;
            }
        }
        Ok(Vec::new())
    }

    /// Writes the elements that wait for no record any more.
    fn write(&mut self) -> Result<(), Failure> {
        let Sink::Format(format) = &mut self.out else { return Ok(()) };
        let Format { to, gathering, writer, earlier, today } = &mut **format;
        while let Some(gathered) = gathering.next() {
            let built = match earlier.element_of(&gathered, to, *today) {
                Some(base) => to.build_onto(&gathered, &base),
                None => to.build(&gathered),
            };
            for (loss, place) in built.losses.iter().zip(gathered.carried()) {
                self.losses.add(loss, place);
            }
            for part in built.parts() {
                let mut written = writer.record();
                part.write(&mut written);
                let characters = written.end().map_err(Failure::operation)?;
                self.losses.add_characters(&characters);
            }
        }
        Ok(())
    }
}

/// What is wrong with records that name a record which is not in the file, by record id: a first
/// pass over the file, for only its end tells.
fn unresolved(
    path: &Path,
    from: &Mapping,
    context: RunContext,
    screen: &Screen,
) -> Result<HashMap<String, Vec<Issue>>, Failure> {
    let (bytes, progress) = input::open(path, screen)?;
    let mut run = Run::new(from, Reader::new(bytes, &from.read_options()), context);
    while run.next().is_some() {}
    progress.finish();
    let mut found = HashMap::<_, Vec<_>>::new();
    for loose in run.finish().unresolved {
        found.entry(loose.record_id.clone()).or_default().push(loose.issue());
    }
    Ok(found)
}

/// A file that can be read twice: itself, or a copy of standard input.
enum Spooled<'f> {
    File(&'f Path),
    Copy(NamedTempFile),
}

impl<'f> Spooled<'f> {
    fn new(path: &'f Path, twice: bool) -> Result<Self, Failure> {
        if path != Path::new("-") || !twice {
            return Ok(Self::File(path));
        }
        let mut copy = NamedTempFile::new().map_err(Failure::operation)?;
        io::copy(&mut io::stdin().lock(), &mut copy).map_err(Failure::operation)?;
        Ok(Self::Copy(copy))
    }

    fn path(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Copy(copy) => copy.path(),
        }
    }
}

/// Says what came of it on standard error: standard output may be the translated file.
fn summarise(counts: &Counts, losses: &Losses, screen: &Screen) {
    if screen.json() {
        let summary = json!({
            "received": counts.received,
            "written": counts.written,
            "refused": counts.refused,
            "warnings": counts.warnings,
            "lost": losses.json(),
        });
        eprintln!("{summary}");
        return;
    }
    let said = screen.text(
        "translate-summary",
        &[
            ("received", counts.received.into()),
            ("written", counts.written.into()),
            ("refused", counts.refused.into()),
            ("warnings", counts.warnings.into()),
        ],
    );
    eprintln!("{said}");
    for line in losses.say(screen) {
        eprintln!("{line}");
    }
}
