//! The examples that stand in mappings and in the match model.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::check;
use crate::cli::arguments::Common;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::input;
use crate::cli::screen::Screen;
use crate::format::Reader;
use crate::mapping::spec::SampleSpec;
use crate::mapping::{CaseFailure, Mapping, SampleReport, TestReport};
use crate::operations::library::{DataFile, Kind, Library, Problem};

/// Run the examples that stand in mappings and in the match model.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files to test [default: all that the hub would use]
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
        let folder = Path::new(&file.path).parent().unwrap_or(Path::new("."));
        let samples = samples(&mapping, folder, screen)?;
        failed += report.failures.len() as u64;
        failed += samples.iter().filter(|sample| !sample.passes()).count() as u64;
        print(&mapping, &report, &samples, screen)?;
    }
    for file in asked.iter().filter(|file| file.kind == Kind::Identity) {
        failed += run_model(file, screen)?;
    }
    Ok(Outcome::of_refusals(failed))
}

/// Runs the examples of a match model; answers how many fail.
fn run_model(file: &DataFile, screen: &Screen) -> Result<u64, Failure> {
    let language = screen.language();
    let (model, problems) = Library::check_model(file);
    let said: Vec<String> = problems.iter().map(|problem| problem.say(language)).collect();
    let Some(model) = model else { return Err(Failure::Configuration(said.join("\n\n"))) };
    let run = model.examples().len();
    if screen.json() {
        let failures: Vec<Value> = problems.iter().map(Problem::to_json).collect();
        let version = model.version();
        screen.value(&json!({ "identity": version, "run": run, "failures": failures }))?;
    } else {
        let name = format!("{}/{}", Kind::Identity.name(), model.version());
        let passed = run - problems.len();
        let args = [("mapping", name.into()), ("passed", passed.into()), ("total", run.into())];
        screen.say("mapping-tests", &args)?;
        said.iter().try_for_each(|problem| screen.line(problem))?;
    }
    Ok(problems.len() as u64)
}

/// A sample file and what it shows.
struct Sample<'m> {
    wanted: &'m SampleSpec,
    shown: SampleReport,
}

impl Sample<'_> {
    fn passes(&self) -> bool {
        self.shown.passes(self.wanted)
    }

    fn json(&self) -> Value {
        let groups = self.shown.defects.groups();
        let groups = groups.into_iter().map(|(defect, group)| {
            json!({
                "code": defect.code.name(),
                "severity": defect.severity.name(),
                "field": defect.field,
                "records": group.records,
            })
        });
        json!({
            "file": self.wanted.file.value,
            "records": self.shown.records,
            "accepted": self.shown.accepted,
            "wanted": self.wanted.accepted,
            "passed": self.passes(),
            "defects": groups.collect::<Vec<_>>(),
        })
    }

    fn print(&self, screen: &Screen) -> Result<(), Failure> {
        let key = if self.passes() { "mapping-sample" } else { "mapping-sample-failed" };
        let said = screen.text(
            key,
            &[
                ("file", self.wanted.file.value.as_str().into()),
                ("records", self.shown.records.into()),
                ("share", format!("{:.1}", self.shown.share()).into()),
                ("wanted", self.wanted.accepted.to_string().into()),
            ],
        );
        screen.line(&format!("  {said}"))?;
        for (defect, group) in self.shown.defects.groups().into_iter().take(DEFECTS_SHOWN) {
            let field = defect.field.as_deref().unwrap_or_default();
            let code = format!("{} {}", defect.code.number(), defect.code.name());
            let times = screen.text("report-times", &[("count", group.records.into())]);
            screen.line(&format!("      {code} {field} · {times}"))?;
        }
        Ok(())
    }
}

/// The most frequent defects of a sample file are shown.
const DEFECTS_SHOWN: usize = 5;

fn samples<'m>(
    mapping: &'m Mapping,
    folder: &Path,
    screen: &Screen,
) -> Result<Vec<Sample<'m>>, Failure> {
    let sample = |wanted: &'m SampleSpec| {
        let (bytes, progress) = input::open(&folder.join(&wanted.file.value), screen)?;
        let shown = mapping.run_sample(Reader::new(bytes, &mapping.read_options()));
        progress.finish();
        Ok(Sample { wanted, shown })
    };
    mapping.samples().iter().map(sample).collect()
}

fn print(
    mapping: &Mapping,
    report: &TestReport,
    samples: &[Sample<'_>],
    screen: &Screen,
) -> Result<(), Failure> {
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
        let rows: Vec<_> = report
            .untouched_rows
            .iter()
            .flatten()
            .map(|row| json!({ "row": row.from, "line": row.line }))
            .collect();
        return screen.value(&json!({
            "mapping": mapping.id(),
            "version": mapping.version(),
            "run": report.run,
            "failures": failures,
            "untouched": report.untouched,
            "untouched_rows": rows,
            "samples": samples.iter().map(Sample::json).collect::<Vec<_>>(),
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
        screen.line(&format!("  ✗ {}", screen.bold(&name(failure))))?;
        for found in said(failure) {
            screen.line(&format!("      {found}"))?;
        }
    }
    for field in &report.untouched {
        let said = screen.text("mapping-test-untouched", &[("field", field.as_str().into())]);
        screen.line(&format!("  {said}"))?;
    }
    for rows in &report.untouched_rows {
        let place = rows.first().map(|row| format!("{}:{}", mapping.file(), row.line));
        let rows: Vec<&str> = rows.iter().map(|row| &*row.from).collect();
        let rows = ("rows", rows.join(", ").into());
        let said =
            screen.text("mapping-test-rows", &[rows, ("place", place.unwrap_or_default().into())]);
        screen.line(&format!("  {said}"))?;
    }
    samples.iter().try_for_each(|sample| sample.print(screen))
}
