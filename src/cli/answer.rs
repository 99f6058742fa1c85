//! `dankun answer`: signed answers. Checking one needs no hub and no network.

mod verify;

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde_json::json;

use super::arguments::Common;
use super::connection::Connection;
use super::failure::{Failure, Outcome};
use super::input;
use super::screen::Screen;
use crate::model::{AnswerId, Caller, Instant};
use crate::operations::answers::{self, signer};
use crate::proof::qr;

/// Check signed answers without a network; look after the keys that sign them.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    connection: Connection,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Say whether a signed answer may be relied on, without a hub
    Verify(verify::Args),
    /// Draw the QR code of a card, without a hub
    Card {
        /// File with the card, or - for standard input
        #[arg(default_value = "-", value_name = "FILE")]
        card: PathBuf,
        /// Where the drawing goes (SVG)
        #[arg(long, default_value = "-", value_name = "FILE")]
        out: PathBuf,
    },
    /// Write the keys that answers are checked with, and the list of cancelled ones
    Keys {
        /// Where the keys go (JWK set)
        #[arg(long, default_value = "-", value_name = "FILE")]
        out: PathBuf,
        /// Where the list of cancelled answers goes
        #[arg(long, value_name = "FILE")]
        cancelled: Option<PathBuf>,
    },
    /// Let a new key sign from now on; what older ones signed stays proved
    Rotate,
    /// Take a key out of the published ones: nothing that it signed is believed any more
    Revoke {
        /// Its name in the JWK set (`kid`)
        key: String,
    },
    /// Cancel an answer
    Cancel {
        /// Id of the answer, such as ans_…
        id: AnswerId,
    },
}

/// Does one of them.
///
/// # Errors
/// When a file cannot be read or written, or the hub does not open.
pub async fn run(args: Args, common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    let by = Caller::local_operator();
    let hub = match args.verb {
        Verb::Verify(verify) => return verify::run(&verify, common, screen),
        Verb::Card { card, out } => return draw(&card, &out, screen),
        Verb::Keys { .. } | Verb::Rotate | Verb::Revoke { .. } | Verb::Cancel { .. } => {
            args.connection.open(common).await?
        }
    };
    match args.verb {
        Verb::Keys { out, cancelled } => {
            let keys = signer::published(&hub).await.map_err(Failure::operation)?;
            write(&out, &format!("{:#}\n", keys.document()))?;
            if let Some(path) = cancelled {
                let list = answers::cancelled(&hub).await.map_err(Failure::operation)?;
                write(&path, &format!("{list}\n"))?;
            }
        }
        Verb::Rotate => {
            let row = signer::rotate(&hub, &by).await.map_err(Failure::operation)?;
            done("answer-rotated", &row.public.id, screen)?;
        }
        Verb::Revoke { key } => {
            if !signer::revoke(&hub, &by, &key).await.map_err(Failure::operation)? {
                return Err(Failure::usage("answer-no-key", &[("id", &key)]));
            }
            done("answer-revoked", &key, screen)?;
        }
        Verb::Cancel { id } => {
            let name = id.to_string();
            if !answers::cancel(&hub, &by, id).await.map_err(Failure::operation)? {
                return Err(Failure::usage("answer-no-answer", &[("id", &name)]));
            }
            done("answer-now-cancelled", &name, screen)?;
        }
        // Done above, without a hub.
        Verb::Verify(_) | Verb::Card { .. } => {}
    }
    Ok(Outcome::Done)
}

fn done(key: &str, id: &str, screen: &Screen) -> Result<(), Failure> {
    if screen.json() {
        return screen.value(&json!({ "id": id, "done": true }));
    }
    screen.say(key, &[("id", id.into())])
}

fn draw(card: &Path, out: &Path, screen: &Screen) -> Result<Outcome, Failure> {
    let text = read(card, screen)?;
    let drawing = qr::svg(text.trim()).map_err(|_| Failure::usage("answer-card-too-long", &[]))?;
    write(out, &drawing)?;
    Ok(Outcome::Done)
}

/// The whole of a small text.
fn read(path: &Path, screen: &Screen) -> Result<String, Failure> {
    /// More than any signed answer, list or key set has.
    const LARGEST: u64 = 4 << 20;
    let (bytes, progress) = input::open(path, screen)?;
    let mut text = String::new();
    let read = bytes.take(LARGEST).read_to_string(&mut text);
    progress.finish();
    read.map_err(|error| Failure::file(path, error))?;
    Ok(text)
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let mut out = input::create(path)?;
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Failure::output)
}

/// This moment: a command that checks an answer has no hub to ask for it.
fn now() -> Instant {
    Instant::from_millis(jiff::Timestamp::now().as_millisecond())
}
