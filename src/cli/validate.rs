//! `dankun validate`: every problem of a file, without a hub.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::arguments::Common;
use super::failure::{Failure, Outcome};
use super::report::{self, Tally};
use super::screen::Screen;
use super::{input, library};
use crate::format::Reader;
use crate::mapping::{Ending, Mapping, Outcome as Translation, Run, RunContext};
use crate::model::{Issue, SchemeId};

/// Report every problem of a file, without a hub.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Scheme that writes files in this format, such as ml-utm
    #[arg(long, value_name = "SCHEME")]
    scheme: String,
    /// Files to read; - is standard input; gzip and zstd are recognised
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The day against which dates are judged to lie in the future [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<jiff::civil::Date>,
}

/// Reads every file to its end and says what is wrong.
///
/// # Errors
/// When a file cannot be read or the scheme is not known.
pub fn run(args: &Args, common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    let library = library::load(common)?;
    let mapping = library::mapping(&library, &args.scheme)?;
    let today = args.today.unwrap_or_else(|| jiff::Zoned::now().date());
    let mut refused = 0;
    for path in &args.files {
        let tally = read(path, mapping, today, screen)?;
        refused += tally.refused;
        summarise(path, &tally, screen)?;
    }
    Ok(Outcome::of_refusals(refused))
}

fn read(
    path: &Path,
    mapping: &Mapping,
    today: jiff::civil::Date,
    screen: &Screen,
) -> Result<Tally, Failure> {
    let (bytes, progress) = input::open(path, screen)?;
    let scheme: SchemeId = mapping.id().parse().map_err(Failure::operation)?;
    let reader = Reader::new(bytes, &mapping.read_options());
    let mut run = Run::new(mapping, reader, RunContext { scheme, today }).lean();
    let mut tally = Tally::default();
    let note = |tally: &mut Tally, issues: &[Issue]| {
        tally.add(issues);
        for issue in issues.iter().filter(|_| screen.json()) {
            screen.value(&report::json(issue, screen))?;
        }
        Ok::<_, Failure>(())
    };
    while let Some(outcome) = run.next() {
        match outcome {
            Translation::Accepted(record) => {
                tally.accepted += 1;
                note(&mut tally, &record.warnings)?;
                run.reuse(record);
            }
            Translation::Refused(refusal) => {
                tally.refused += 1;
                note(&mut tally, &refusal.issues)?;
            }
        }
    }
    let Ending { unresolved, .. } = run.finish();
    for loose in &unresolved {
        tally.accepted = tally.accepted.saturating_sub(1);
        tally.refused += 1;
        note(&mut tally, &[loose.issue()])?;
    }
    progress.finish();
    Ok(tally)
}

fn summarise(path: &Path, tally: &Tally, screen: &Screen) -> Result<(), Failure> {
    let file = input::name(path);
    if screen.json() {
        return screen.value(&json!({
            "file": file,
            "received": tally.accepted + tally.refused,
            "accepted": tally.accepted,
            "refused": tally.refused,
            "warnings": tally.warnings,
            "groups": tally.json(),
        }));
    }
    let counts = [
        ("file", file.into()),
        ("received", (tally.accepted + tally.refused).into()),
        ("accepted", tally.accepted.into()),
        ("refused", tally.refused.into()),
        ("warnings", tally.warnings.into()),
    ];
    screen.line(&screen.bold(&screen.text("report-summary", &counts)))?;
    if tally.is_empty() {
        return screen.say("report-clean", &[]);
    }
    tally.print(screen)
}
