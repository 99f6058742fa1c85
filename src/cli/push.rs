//! `dankun push`: sends files of a scheme to a hub, and can be run again after any interruption.

mod cut;
mod send;

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::Url;
use serde_json::{Value, json};

use super::arguments::Common;
use super::failure::{Failure, Outcome};
use super::progress::Progress;
use super::screen::Screen;
use super::{data_date, input, library};
use crate::format::Container;
use crate::mapping::Mapping;
use cut::{Lines, PIECE, Pieces};
use send::{Hub, Load};

/// Send files of a scheme to a hub. Run it again after an interruption: nothing is doubled.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Scheme that sends, such as ml-utm
    #[arg(long, value_name = "SCHEME")]
    scheme: String,
    /// Files to send; gzip and zstd are welcome
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Address of the hub, such as https://hub.example.org
    #[arg(long, env = "DANKUN_HUB", value_name = "URL")]
    hub: Url,
    /// The scheme's key
    #[arg(long, env = "DANKUN_KEY", hide_env_values = true, value_name = "KEY")]
    key: String,
    /// delta: records to add or change; snapshot: the whole register, what is absent is closed
    #[arg(long, value_enum, default_value_t = Mode::Delta)]
    mode: Mode,
    /// The day of the data [default: as the file says; without any, the hub counts from its arrival]
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<jiff::civil::Date>,
    /// How long to try again, in seconds, when the hub does not answer
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    patience: u64,
}

/// Whether a file is all there is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
enum Mode {
    Delta,
    Snapshot,
}

/// What became of the records of one file, over all its pieces.
#[derive(Default)]
struct Total {
    received: u64,
    new: u64,
    changed: u64,
    unchanged: u64,
    stale: u64,
    refused: u64,
    held: Vec<String>,
    refusals: Vec<String>,
}

/// Sends every file and says what became of its records.
///
/// # Errors
/// When a file cannot be read, or the hub refuses or does not answer.
pub async fn run(args: &Args, common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    let library = library::load(common)?;
    let mapping = library::mapping(&library, &args.scheme)?;
    let path = format!("v1/schemes/{}/records", mapping.id());
    // `join` forgets the last part of a base that does not end in a slash.
    let base = format!("{}/", args.hub.as_str().trim_end_matches('/'));
    let url = Url::parse(&base).and_then(|base| base.join(&path)).map_err(Failure::operation)?;
    let patience = Duration::from_secs(args.patience);
    let hub = Hub::new(url, args.key.clone(), patience, screen)?;
    let mut refused = 0;
    for file in &args.files {
        let total = send_file(file, args, mapping, &hub, screen).await?;
        refused += total.refused;
        print(file, &total, screen)?;
    }
    Ok(Outcome::of_refusals(refused))
}

async fn send_file(
    file: &Path,
    args: &Args,
    mapping: &Mapping,
    hub: &Hub,
    screen: &Screen,
) -> Result<Total, Failure> {
    let date = match args.date {
        Some(date) => Some(date),
        None => data_date::stated(file).map_err(|error| Failure::file(file, error))?,
    };
    let mut query = vec![
        ("mode", if args.mode == Mode::Snapshot { "snapshot" } else { "delta" }.to_owned()),
        ("file_name", input::name(file)),
    ];
    query.extend(date.map(|date| ("recorded_at", date.to_string())));
    let mut total = Total::default();
    let lines = lines(mapping).filter(|_| args.mode == Mode::Delta);
    let (Some(lines), false) = (lines, is_packed(file)?) else {
        let key = hash_file(file)?;
        let load = Load::File(file.to_owned());
        total.add(&hub.send(&query, &key, &load).await?);
        return Ok(total);
    };
    let (reader, progress) = open(file, screen)?;
    let mut pieces = Pieces::new(BufReader::new(reader), lines, PIECE);
    while let Some(piece) = pieces.next().map_err(|error| Failure::file(file, error))? {
        let key = format!("blake3-{}", blake3::hash(&piece).to_hex());
        let packed = zstd::encode_all(&*piece, 0).map_err(Failure::operation)?;
        total.add(&hub.send(&query, &key, &Load::Piece(packed.into())).await?);
    }
    progress.finish();
    Ok(total)
}

/// How the file may be cut: only when each of its records can be understood without the others.
/// A file whose dependants name their principal travels whole, so that the hub can settle who is
/// missing; an interrupted sending of it is completed by the next one all the same.
fn lines(mapping: &Mapping) -> Option<Lines> {
    if !mapping.records_stand_alone() {
        return None;
    }
    match mapping.read_options().container {
        Container::Ndjson => Some(Lines { head: 0, quote: None }),
        Container::Csv { header_row, quote, .. } => {
            Some(Lines { head: header_row, quote: Some(quote) })
        }
        Container::Json { .. } | Container::Xml { .. } | Container::FhirBundle { .. } => None,
    }
}

/// Whether lines cannot be told from its bytes: compressed, or UTF-16.
fn is_packed(file: &Path) -> Result<bool, Failure> {
    const MARKS: [&[u8]; 4] =
        [&[0x1f, 0x8b], &[0x28, 0xb5, 0x2f, 0xfd], &[0xff, 0xfe], &[0xfe, 0xff]];
    let mut head = Vec::new();
    File::open(file)
        .and_then(|opened| opened.take(4).read_to_end(&mut head))
        .map_err(|error| Failure::file(file, error))?;
    Ok(MARKS.iter().any(|mark| head.starts_with(mark)))
}

fn hash_file(file: &Path) -> Result<String, Failure> {
    let mut hasher = blake3::Hasher::new();
    File::open(file)
        .and_then(|opened| hasher.update_reader(opened).map(drop))
        .map_err(|error| Failure::file(file, error))?;
    Ok(format!("blake3-{}", hasher.finalize().to_hex()))
}

fn open(file: &Path, screen: &Screen) -> Result<(impl Read + use<>, Progress), Failure> {
    let opened = File::open(file).map_err(|error| Failure::file(file, error))?;
    let size = opened.metadata().ok().map(|about| about.len());
    let progress = Progress::of_bytes(&input::name(file), size, screen);
    Ok((progress.reading(opened), progress))
}

impl Total {
    fn add(&mut self, receipt: &Value) {
        let count = |name: &str| receipt.get(name).and_then(Value::as_u64).unwrap_or(0);
        self.received += count("received");
        self.new += count("new");
        self.changed += count("changed");
        self.unchanged += count("unchanged");
        self.stale += count("stale");
        self.refused += count("refused");
        let batch = receipt.get("batch").and_then(Value::as_str).unwrap_or_default();
        if receipt.get("state").and_then(Value::as_str) == Some("held") {
            self.held.push(batch.to_owned());
        }
        if count("refused") > 0 {
            self.refusals.push(format!("/v1/batches/{batch}/refusals"));
        }
    }
}

fn print(file: &Path, total: &Total, screen: &Screen) -> Result<(), Failure> {
    let file = input::name(file);
    if screen.json() {
        return screen.value(&json!({
            "file": file,
            "received": total.received,
            "new": total.new,
            "changed": total.changed,
            "unchanged": total.unchanged,
            "stale": total.stale,
            "refused": total.refused,
            "held": total.held,
            "refusals": total.refusals,
        }));
    }
    screen.say(
        "push-summary",
        &[
            ("file", file.into()),
            ("received", total.received.into()),
            ("new", total.new.into()),
            ("changed", total.changed.into()),
            ("unchanged", total.unchanged.into()),
            ("stale", total.stale.into()),
            ("refused", total.refused.into()),
        ],
    )?;
    for batch in &total.held {
        screen.say("push-held", &[("batch", batch.as_str().into())])?;
    }
    for url in &total.refusals {
        screen.say("push-report", &[("url", url.as_str().into())])?;
    }
    Ok(())
}
