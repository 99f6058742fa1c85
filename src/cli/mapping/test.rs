//! The examples that stand in mappings.

use std::path::PathBuf;

use serde_json::json;

use super::check;
use crate::cli::arguments::Common;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::screen::Screen;
use crate::mapping::{CaseFailure, Mapping, TestReport};
use crate::operations::library::{Kind, Library};

/// Run the examples that stand in mappings.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Mappings to test [default: all that the hub would use]
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Runs them.
///
/// # Errors
/// When a file cannot be read, or a mapping does not compile.
pub fn run(args: &Args, common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    let (all, asked) = check::gather(&args.files, common)?;
    let mut failed = 0;
    for file in asked.iter().filter(|file| file.kind == Kind::Mapping) {
        let (mapping, problems) = Library::check_mapping(&all, file);
        let mapping = mapping.ok_or_else(|| {
            let said: Vec<_> =
                problems.iter().map(|problem| problem.say(screen.language())).collect();
            Failure::Configuration(said.join("\n\n"))
        })?;
        let report = mapping.run_tests();
        failed += report.failures.len() as u64;
        print(&mapping, &report, screen)?;
    }
    Ok(Outcome::of_refusals(failed))
}

fn print(mapping: &Mapping, report: &TestReport, screen: &Screen) -> Result<(), Failure> {
    let language = screen.language();
    let name = |failure: &CaseFailure| failure.name(language).to_owned();
    let said = |failure: &CaseFailure| -> Vec<String> {
        failure.differences.iter().map(|found| found.say(language)).collect()
    };
    if screen.json() {
        let failures: Vec<_> = report
            .failures
            .iter()
            .map(|failure| json!({ "name": name(failure), "differences": said(failure) }))
            .collect();
        return screen.value(&json!({
            "mapping": mapping.id(),
            "version": mapping.version(),
            "run": report.run,
            "failures": failures,
            "untouched": report.untouched,
        }));
    }
    screen.say(
        "mapping-tests",
        &[
            ("mapping", format!("{}/{}", mapping.id(), mapping.version()).into()),
            ("passed", (report.run - report.failures.len()).into()),
            ("total", report.run.into()),
        ],
    )?;
    for failure in &report.failures {
        let reason = said(failure).join("\n    ");
        let args = [("name", name(failure).into()), ("reason", reason.into())];
        screen.line(&format!("  {}", screen.text("mapping-test-failed", &args)))?;
    }
    Ok(())
}
