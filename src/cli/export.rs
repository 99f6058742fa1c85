//! `dankun export`: what a hub knows, as a file.

use std::path::PathBuf;

use serde_json::json;

use super::arguments::Common;
use super::connection::Connection;
use super::failure::{Failure, Outcome};
use super::input;
use super::screen::Screen;
use crate::operations::export::{self, Export};

/// Write links, pairs, refusals, people or records of a hub to a file.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to write
    #[arg(value_enum)]
    what: What,
    #[command(flatten)]
    connection: Connection,
    /// File to write; - is standard output
    #[arg(short, long, default_value = "-", value_name = "FILE")]
    out: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
enum What {
    /// Which record belongs to which person (CSV)
    Links,
    /// Which records were compared, and what was decided (CSV)
    Pairs,
    /// Which records wait for a correction, and why (CSV)
    Refusals,
    /// The people behind the records, without names (CSV)
    People,
    /// Every record as beneficiary/1, one a line (NDJSON)
    Records,
}

impl From<What> for Export {
    fn from(what: What) -> Self {
        match what {
            What::Links => Self::Links,
            What::Pairs => Self::Pairs,
            What::Refusals => Self::Refusals,
            What::People => Self::People,
            What::Records => Self::Records,
        }
    }
}

/// Writes the file.
///
/// # Errors
/// When the hub does not open, or the file cannot be written.
pub async fn run(args: &Args, common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    let hub = args.connection.open(common).await?;
    let mut out = input::create(&args.out)?;
    let count =
        export::export(&hub, args.what.into(), &mut *out).await.map_err(Failure::operation)?;
    // Standard output may be the file itself.
    if screen.json() {
        eprintln!("{}", json!({ "lines": count }));
    } else {
        let args = [("file", input::name(&args.out).into()), ("count", count.into())];
        eprintln!("{}", screen.text("export-summary", &args));
    }
    Ok(Outcome::Done)
}
