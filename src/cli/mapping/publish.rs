//! Files put in force in a hub.

use std::path::PathBuf;

use serde_json::json;

use super::check;
use crate::cli::arguments::Common;
use crate::cli::connection::Connection;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::library;
use crate::cli::screen::Screen;
use crate::operations::publish::{self, PublishError};

/// Put files in force in a hub, as the next version of each.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    connection: Connection,
    /// Files to publish [default: all that this program and --mappings bring]
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Publishes.
///
/// # Errors
/// When a file cannot be read, or the whole would not compile: then nothing is published.
pub async fn run(args: &Args, common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    let (all, asked) = check::gather(&args.files, common)?;
    let files = if args.files.is_empty() { all } else { asked };
    let hub = args.connection.open(common).await?;
    let published = publish::publish(hub.store(), &files, "operator:local", hub.now()).await;
    let count = published.map_err(|error| match error {
        PublishError::Library(problems) => library::refuse(&problems, screen.language()),
        PublishError::Store(error) => Failure::operation(error),
    })?;
    if screen.json() {
        screen.value(&json!({ "published": count }))?;
    } else {
        screen.say("mapping-published", &[("count", count.into())])?;
    }
    Ok(Outcome::Done)
}
