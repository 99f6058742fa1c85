//! Files put in force in a hub.

use std::path::PathBuf;

use serde_json::json;

use super::check;
use crate::cli::arguments::Common;
use crate::cli::connection::Connection;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::library;
use crate::cli::screen::Screen;
use crate::model::Caller;
use crate::operations::versions::{self, Chosen, LifeError, Named, Seen};

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
    let by = Caller::local_operator();
    let mut chosen = Vec::new();
    for file in &files {
        let seen = versions::version(&hub, &by, &file.id(), Named::Draft).await.map_err(refused)?;
        let seen = match seen {
            Some(draft) => Some(draft),
            None => {
                versions::version(&hub, &by, &file.id(), Named::InForce).await.map_err(refused)?
            }
        };
        let hash = file.hash().to_hex().to_string();
        if seen.as_ref().is_none_or(|seen| seen.hash != hash) {
            let seen = seen.as_ref().map_or(Seen::Nothing, |seen| Seen::Version(&seen.hash));
            versions::draft(&hub, &by, file, seen).await.map_err(refused)?;
        }
        chosen.push(Chosen { file: file.id(), hash });
    }
    let plan = versions::publish(&hub, &by, &chosen, None).await;
    let plan = plan.map_err(|error| match error {
        LifeError::Wrong(problems) => library::refuse(&problems, screen.language()),
        other => refused(other),
    })?;
    let count = plan.changes.len();
    if screen.json() {
        screen.value(&json!({ "published": count }))?;
    } else {
        screen.say("mapping-published", &[("count", count.into())])?;
    }
    Ok(Outcome::Done)
}

fn refused(error: LifeError) -> Failure {
    Failure::operation(error)
}
