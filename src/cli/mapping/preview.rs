//! What a mapping would change among the records of a hub, or what another match model would change among its people.

use std::path::PathBuf;

use jiff::civil::Date;

use super::{distant, shown, what_if};
use crate::cli::arguments::Common;
use crate::cli::door::Which;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::library;
use crate::cli::progress::Progress;
use crate::cli::screen::Screen;
use crate::model::SchemeId;
use crate::operations::library::{DataFile, Kind};
use crate::operations::preview::{Candidate, Trial, preview};
use crate::operations::replay::ReplayError;
use crate::operations::versions::LifeError;

/// Show what a mapping would change among the records that a hub received, before it is published.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    which: Which,
    /// Scheme whose records are tried; of a match model all are
    #[arg(long, value_name = "SCHEME")]
    scheme: Option<SchemeId>,
    /// The day on which coverage is looked at, of a match model [default: today]
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// The mapping, and with --database the tables and schemas that it needs; or a match model
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Only so many of the last received records [default: all; with --hub 10000]
    #[arg(long, value_name = "N")]
    last: Option<u64>,
}

/// Tries the mapping.
///
/// # Errors
/// When a file cannot be read or does not compile, or the hub does not open or refuses.
pub async fn run(args: &Args, common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    let files = args.files.iter().map(|path| super::check::read(path));
    let files = files.collect::<Result<Vec<DataFile>, _>>()?;
    if let Some(model) = files.iter().find(|file| file.kind == Kind::Identity) {
        return match args.which.elsewhere(screen)? {
            Some(hub) => distant::what_if(&hub, model, args.as_of, screen).await,
            None => {
                what_if::run(args.which.connection(), (model, args.as_of), common, screen).await
            }
        };
    }
    let scheme = args.scheme.as_ref().ok_or_else(|| Failure::usage("preview-no-scheme", &[]))?;
    let named = files.iter().find(|file| file.kind == Kind::Mapping);
    let named = named.ok_or_else(|| Failure::usage("preview-no-mapping", &[]))?;
    if let Some(hub) = args.which.elsewhere(screen)? {
        return distant::preview(&hub, named, scheme, args.last, screen).await;
    }
    let hub = args.which.connection().open(common).await?;
    let trial = Trial {
        scheme: scheme.clone(),
        mapping: named.name.clone(),
        candidate: Candidate::Files(files.clone()),
        last: args.last,
    };
    let progress = Progress::of_records(scheme.as_str(), screen);
    let tried = preview(&hub, trial, |counts, total| progress.at(counts.examined, total)).await;
    progress.finish();
    let preview = tried.map_err(|error| failure(error, screen))?;
    let took = u64::try_from(preview.took.as_millis()).unwrap_or(u64::MAX);
    if screen.json() {
        screen.value(&shown::json(&preview.report, &preview.candidate, Some(took)))?;
    } else {
        let seconds = format!("{:.1}", preview.took.as_secs_f64());
        let names = [
            ("mapping", preview.candidate.id.as_str().into()),
            ("version", preview.candidate.version.as_str().into()),
            ("seconds", seconds.into()),
        ];
        screen.line(&screen.bold(&screen.text("preview-title", &names)))?;
        shown::print(&preview.report, screen)?;
    }
    Ok(Outcome::of_refusals(preview.report.counts.newly_refused))
}

/// Why nothing was tried, the problems of a candidate in full.
pub(super) fn failure(error: ReplayError, screen: &Screen) -> Failure {
    match error {
        ReplayError::Invalid { problems } | ReplayError::Version(LifeError::Wrong(problems)) => {
            library::refuse(&problems, screen.language())
        }
        other => Failure::operation(other),
    }
}
