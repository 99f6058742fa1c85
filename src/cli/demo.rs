//! `dankun demo`: the whole story on invented data, from eight exports to an answer.

mod load;
mod story;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};
use serde_json::json;
use tempfile::TempDir;

use super::arguments::Common;
use super::connection::{self, Connection};
use super::failure::{Failure, Outcome};
use super::screen::Screen;
use super::serve;
use crate::delivery::address::Reach;
use crate::operations::{Hub, HubConfig};
use load::Loaded;
use story::Stay;

static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/demo");

/// Tell the whole story on invented data: from eight exports to an answer.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Directory of exports and events [default: the ones that this program carries]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(flatten)]
    connection: Connection,
    /// End when the story is told, instead of going on as a hub
    #[arg(long)]
    once: bool,
    /// Address on which the hub goes on
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
}

/// Tells the story, or with `--json` only its numbers.
///
/// # Errors
/// When a file cannot be read, the hub does not open, or the address cannot be used.
pub async fn run(args: &Args, common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    // Kept to the end: what is in it goes when the story is over.
    let place = TempDir::new().map_err(Failure::operation)?;
    let data = match &args.data {
        Some(directory) => directory.clone(),
        None => unpack(place.path())?,
    };
    let hub = open(args, common, place.path()).await?;
    let loaded = load::load(&hub, &data, screen).await?;
    if screen.json() {
        screen.value(&summary(&loaded))?;
    } else {
        let hub_is = match args.connection.database {
            None => Stay::Passing,
            Some(_) => Stay::Lasting,
        };
        story::tell(&hub, &loaded, hub_is, screen).await?;
    }
    if !args.once {
        screen.line("")?;
        serve::serve(hub, args.listen, (Reach::Anywhere, None), screen).await?;
    }
    Ok(Outcome::Done)
}

fn unpack(place: &Path) -> Result<PathBuf, Failure> {
    let directory = place.join("demo");
    std::fs::create_dir(&directory)
        .and_then(|()| SHIPPED.extract(&directory))
        .map_err(|error| Failure::file(&directory, error))?;
    Ok(directory)
}

async fn open(args: &Args, common: &Common, place: &Path) -> Result<Hub, Failure> {
    if args.connection.database.is_some() {
        return args.connection.open(common).await;
    }
    let mut config = HubConfig::new(format!("sqlite:{}", place.join("hub.db").display()));
    config.mappings.clone_from(&common.mappings);
    config.schemas.clone_from(&common.schemas);
    connection::open(config, common).await
}

/// What was read and what is known now, for machines.
fn summary(loaded: &Loaded) -> serde_json::Value {
    let sources: serde_json::Map<_, _> = loaded
        .sources
        .iter()
        .map(|source| {
            let counts = source.counts;
            let about = json!({
                "file": source.file,
                "state": source.state,
                "received": counts.received,
                "accepted": counts.accepted,
                "refused": counts.refused,
                "warnings": counts.warnings,
            });
            (source.name.clone(), about)
        })
        .collect();
    json!({
        "schemes": sources,
        "people": loaded.totals.people,
        "records": loaded.totals.records,
        "links": loaded.totals.links,
        "reviews": loaded.totals.reviews,
        "empty": loaded.empty,
        "missing": loaded.missing,
        "took_ms": u64::try_from(loaded.took.as_millis()).unwrap_or(u64::MAX),
    })
}
