//! How one record of a file is translated, rule by rule.

mod whole;

use std::path::PathBuf;

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::cli::arguments::Common;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::screen::Screen;
use crate::cli::{input, library, report};
use crate::format::Reader;
use crate::mapping::{Explanation, Mapping, Outcome as Translation, Taken};
use crate::messages;

/// Show step by step how one record is translated; without a file, what a mapping reads, writes, can
/// refuse and can lose.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Scheme that writes files in this format
    #[arg(long, value_name = "SCHEME")]
    scheme: String,
    /// File with the record; - is standard input [default: the mapping as a whole]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// The sender's id of the record [default: the first one]
    #[arg(long, value_name = "ID", requires = "file")]
    record: Option<String>,
    /// The line on which the record begins
    #[arg(long, value_name = "N", conflicts_with = "record", requires = "file")]
    line: Option<u64>,
    /// Only this field of the canonical record, such as person.birth_date
    #[arg(long, value_name = "FIELD")]
    field: Option<String>,
    /// The day against which dates are judged to lie in the future [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
}

/// Explains.
///
/// # Errors
/// When the file cannot be read or holds no such record.
pub fn run(args: &Args, common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    let library = library::load(common)?;
    let mapping = library::mapping(&library, &args.scheme)?;
    let Some(file) = &args.file else { return whole::print(mapping, screen) };
    let today = args.today.unwrap_or_else(|| jiff::Zoned::now().date());
    let (bytes, progress) = input::open(file, screen)?;
    let mut file = mapping.elements(Reader::new(bytes, &mapping.read_options()));
    while let Some(element) = file.next() {
        let Ok(element) = element else { continue };
        if args.line.is_some_and(|line| element.begins().line != line) {
            continue;
        }
        let (ways, outcomes) = mapping.explain(&element, args.field.as_deref(), today);
        if outcomes.iter().any(|outcome| args.means(outcome)) {
            progress.finish();
            print(mapping, &ways, screen)?;
            return conclude(args, &outcomes, screen);
        }
    }
    let wanted = args.record.clone().or_else(|| args.line.map(|line| line.to_string()));
    let wanted = wanted.unwrap_or_default();
    Err(Failure::usage("mapping-no-record", &[("record", &wanted)]))
}

impl Args {
    fn means(&self, outcome: &Translation) -> bool {
        let id = match outcome {
            Translation::Accepted(record) => Some(&record.record_id),
            Translation::Refused(refusal) => refusal.record_id.as_ref(),
        };
        self.record.is_none() || id == self.record.as_ref()
    }
}

fn print(mapping: &Mapping, ways: &[Explanation], screen: &Screen) -> Result<(), Failure> {
    for way in ways {
        if screen.json() {
            let steps: Vec<_> = way
                .steps
                .iter()
                .map(|step| match &step.taken {
                    None => json!([step.verb, step.value]),
                    Some(taken) => json!([step.verb, step.value, taken_json(taken)]),
                })
                .collect();
            screen.value(&json!({ "field": way.field, "line": way.line, "steps": steps }))?;
            continue;
        }
        let steps: Vec<_> = way
            .steps
            .iter()
            .map(|step| {
                let value = step.value.as_deref().unwrap_or("∅");
                let taken = step.taken.as_ref().map(|taken| say(taken, mapping, screen));
                let taken = taken.map(|taken| format!(" [{taken}]")).unwrap_or_default();
                format!("{}{taken} {value}", step.verb)
            })
            .collect();
        let place = format!("{}:{}", mapping.file(), way.line);
        screen.line(&format!(
            "{}\n    {}\n    {place}",
            screen.bold(&way.field),
            steps.join(" → ")
        ))?;
    }
    Ok(())
}

fn taken_json(taken: &Taken) -> Value {
    match taken {
        Taken::Branch(branch) => json!({ "branch": branch }),
        Taken::Row(row, line) => json!({ "row": row, "line": line }),
    }
}

/// The branch or row that was taken, with its line in the mapping.
fn say(taken: &Taken, mapping: &Mapping, screen: &Screen) -> String {
    match taken {
        Taken::Branch(branch) => screen.text("explain-branch", &[("branch", (*branch).into())]),
        Taken::Row(row, line) => {
            let said = screen.text("explain-row", &[("row", row.as_str().into())]);
            match line {
                Some(line) => format!("{said} {}:{line}", mapping.file()),
                None => said,
            }
        }
    }
}

/// What becomes of the record.
fn conclude(args: &Args, outcomes: &[Translation], screen: &Screen) -> Result<Outcome, Failure> {
    let mut refused = 0;
    for outcome in outcomes.iter().filter(|outcome| args.means(outcome)) {
        let issues = match outcome {
            Translation::Accepted(record) => &record.warnings,
            Translation::Refused(refusal) => {
                refused += 1;
                &refusal.issues
            }
        };
        for issue in issues {
            if screen.json() {
                screen.value(&report::json(issue, screen))?;
            } else {
                let said = messages::issue(issue, screen.language());
                screen.line(&format!("{} · {}", issue.code.number(), said.line))?;
            }
        }
        if let (Translation::Accepted(record), false) = (outcome, screen.json()) {
            screen.line(&String::from_utf8_lossy(&record.canonical))?;
        }
    }
    Ok(Outcome::of_refusals(refused))
}
