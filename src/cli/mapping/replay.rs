//! History of a hub made again with a version of its mapping.

use super::{distant, preview, shown};
use crate::cli::arguments::Common;
use crate::cli::door::Which;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::progress::Progress;
use crate::cli::screen::Screen;
use crate::model::{Caller, ReplayId, SchemeId};
use crate::operations::Hub;
use crate::operations::preview::{Candidate, Trial};
use crate::operations::replay::{self, Replay};

/// Make everything that a hub received again with the version of its mapping that is in force.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    which: Which,
    /// Scheme whose records are made again
    #[arg(long, value_name = "SCHEME")]
    scheme: SchemeId,
    /// Mapping, when it is not the one that has the scheme's name
    #[arg(long, value_name = "MAPPING")]
    mapping: Option<String>,
    /// Hash of another published version than the one in force
    #[arg(long = "to", value_name = "HASH")]
    to: Option<String>,
    /// Only say what would change
    #[arg(long)]
    dry_run: bool,
    /// Go on with a replay that was interrupted
    #[arg(long, value_name = "REPLAY", conflicts_with_all = ["dry_run", "to"])]
    resume: Option<ReplayId>,
}

/// Makes history again.
///
/// # Errors
/// When the hub does not open or refuses, or another replay runs.
pub async fn run(args: &Args, common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    let mapping = args.mapping.clone().unwrap_or_else(|| args.scheme.to_string());
    if let Some(hub) = args.which.elsewhere(screen)? {
        let version = args.to.as_deref();
        let asked = distant::History { mapping: &mapping, scheme: &args.scheme, version };
        return distant::replay(&hub, asked, args.dry_run, screen).await;
    }
    let hub = args.which.connection().open(common).await?;
    if args.dry_run {
        return dry(&hub, args, mapping, screen).await;
    }
    let failed = |error| preview::failure(error, screen);
    let id = match args.resume {
        Some(id) => id,
        None => {
            let version = args.to.as_deref();
            let by = Caller::local_operator().actor();
            let begun = replay::begin(&hub, &args.scheme, &mapping, version, &by);
            begun.await.map_err(failed)?.id
        }
    };
    let progress = Progress::of_records(args.scheme.as_str(), screen);
    let driven = replay::drive(&hub, id, |replay| {
        progress.at(replay.report.counts.examined, replay.total);
    });
    let driven = driven.await;
    progress.finish();
    conclude(&driven.map_err(failed)?, screen)
}

async fn dry(hub: &Hub, args: &Args, mapping: String, screen: &Screen) -> Result<Outcome, Failure> {
    let candidate = args.to.clone().map_or(Candidate::InForce, Candidate::Version);
    let trial = Trial { scheme: args.scheme.clone(), mapping, candidate, last: None };
    let progress = Progress::of_records(args.scheme.as_str(), screen);
    let tried = crate::operations::preview::preview(hub, trial, |counts, total| {
        progress.at(counts.examined, total);
    });
    let tried = tried.await;
    progress.finish();
    let tried = tried.map_err(|error| preview::failure(error, screen))?;
    if screen.json() {
        let took = u64::try_from(tried.took.as_millis()).unwrap_or(u64::MAX);
        screen.value(&shown::json(&tried.report, &tried.candidate, Some(took)))?;
    } else {
        screen.line(&screen.bold(&screen.text("replay-dry-run", &[])))?;
        shown::print(&tried.report, screen)?;
    }
    Ok(Outcome::of_refusals(tried.report.counts.newly_refused))
}

fn conclude(replay: &Replay, screen: &Screen) -> Result<Outcome, Failure> {
    if screen.json() {
        let mut shown = shown::json(&replay.report, &replay.edition, None);
        shown["id"] = replay.id.to_string().into();
        shown["state"] = replay.state.name().into();
        screen.value(&shown)?;
    } else {
        let key = format!("replay-{}", replay.state.name());
        let id = replay.id.to_string();
        screen.line(&screen.bold(&screen.text(&key, &[("id", id.into())])))?;
        shown::print(&replay.report, screen)?;
    }
    Ok(Outcome::of_refusals(replay.report.counts.newly_refused))
}
