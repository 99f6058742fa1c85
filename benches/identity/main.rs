//! Who is the same person, at sizes that count: one file of jobs a part of the program.
//!
//! `cargo bench --bench identity`, or with words after `--` only the jobs whose names have one of
//! them; `DANKUN_RECORDS` is the size of the large jobs, 1,000,000 when it is not set: 20,000 shows
//! in seconds that everything runs, 10,000,000 takes a quarter of an hour. Every job runs in a
//! process of its own, so that its peak memory is its own. Figures are of this machine at this
//! moment, beside what the house plan asks for; where something else does the same work, it does so
//! in the same run.

#![allow(clippy::cast_precision_loss, reason = "rates need no more than some digits")]

mod bulk;
mod figures;
mod index;
mod people;
mod scoring;

use std::process::{Command, ExitCode};

/// A job by its name; it is told how many records the large ones have.
type Job = (&'static str, fn(usize));

const JOBS: [Job; 4] = [
    ("scoring", scoring::bulk),
    ("scoring-hub", scoring::hub),
    ("bulk", bulk::run),
    ("index", index::run),
];

/// The job that a process of its own is to do.
const JOB: &str = "DANKUN_BENCH_JOB";

fn main() -> ExitCode {
    let records = std::env::var("DANKUN_RECORDS").ok().and_then(|text| text.parse().ok());
    let records = records.unwrap_or(1_000_000);
    if let Ok(name) = std::env::var(JOB) {
        JOBS.iter().filter(|(job, _)| *job == name).for_each(|(_, job)| job(records));
        return ExitCode::SUCCESS;
    }
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let is_wanted =
        |name: &str| wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str()));
    for (name, _) in JOBS.iter().filter(|(name, _)| is_wanted(name)) {
        let program = std::env::current_exe().expect("this program has a path");
        let done = Command::new(program).env(JOB, name).status().expect("it starts again");
        if !done.success() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
