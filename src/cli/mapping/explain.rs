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
use crate::mapping::{Explained, Explanation, Mapping, Outcome as Translation, Taken, nearest};
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
    /// Only this field of the canonical record, such as person.birth_date, or group of fields, such as
    /// coverages, and the values on which it rests
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
    if let Some(field) = args.field.as_ref().filter(|field| !mapping.fills(field)) {
        let nearest = nearest(field, mapping.filled()).unwrap_or_else(|| "none".to_owned());
        let names = [("field", field.as_str()), ("nearest", nearest.as_str())];
        return Err(Failure::usage("explain-no-field", &names));
    }
    let today = args.today.unwrap_or_else(|| jiff::Zoned::now().date());
    let (bytes, progress) = input::open(file, screen)?;
    let mut file = mapping.elements(Reader::new(bytes, &mapping.read_options()));
    while let Some(element) = file.next() {
        let Ok(element) = element else { continue };
        if args.line.is_some_and(|line| element.begins().line != line) {
            continue;
        }
        let mut explained = mapping.explain(&element, args.field.as_deref(), today);
        explained.retain(|record| args.means(&record.outcome));
        if args.line.is_none() {
            explained.truncate(1);
        }
        if !explained.is_empty() {
            progress.finish();
            return print(args, mapping, &explained, screen);
        }
    }
    let wanted = args.record.clone().or_else(|| args.line.map(|line| line.to_string()));
    let wanted = wanted.unwrap_or_default();
    Err(Failure::usage("mapping-no-record", &[("record", &wanted)]))
}

impl Args {
    fn means(&self, outcome: &Translation) -> bool {
        self.record.is_none() || id(outcome) == self.record.as_ref()
    }
}

/// Prints the records that are meant: several where one element holds them.
fn print(
    args: &Args,
    mapping: &Mapping,
    explained: &[Explained],
    screen: &Screen,
) -> Result<Outcome, Failure> {
    let mut refused = 0;
    for record in explained {
        if let (Some(id), true) = (id(&record.outcome), explained.len() > 1 && !screen.json()) {
            screen.heading(id)?;
        }
        for way in &record.ways {
            print_way(mapping, way, screen)?;
        }
        refused += u64::from(matches!(record.outcome, Translation::Refused(_)));
        conclude(args, &record.outcome, screen)?;
    }
    Ok(Outcome::of_refusals(refused))
}

fn print_way(mapping: &Mapping, way: &Explanation, screen: &Screen) -> Result<(), Failure> {
    let place = way.source.as_ref().and_then(|source| source.place.as_ref());
    if screen.json() {
        let steps: Vec<_> = way
            .steps
            .iter()
            .map(|step| match &step.taken {
                None => json!([step.verb, step.value]),
                Some(taken) => json!([step.verb, step.value, taken_json(taken)]),
            })
            .collect();
        let mut said = json!({ "field": way.field, "line": way.line, "steps": steps });
        if let (Some(source), Some(said)) = (&way.source, said.as_object_mut()) {
            let place = place.map(|place| json!({ "line": place.line, "column": place.column }));
            said.insert("source".into(), json!({ "path": source.path, "place": place }));
        }
        return screen.value(&said);
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
    let source = way.source.as_ref().map(|source| match place {
        Some(place) if place.line > 0 => {
            let line = screen.text("place-line", &[("line", place.line.to_string().into())]);
            format!("{} ({line})\n    ", source.path)
        }
        Some(_) | None => format!("{}\n    ", source.path),
    });
    let (source, rule) = (source.unwrap_or_default(), format!("{}:{}", mapping.file(), way.line));
    let (field, steps) = (screen.bold(&way.field), steps.join(" → "));
    screen.line(&format!("{field}\n    {source}{steps}\n    {rule}"))
}

fn id(outcome: &Translation) -> Option<&String> {
    match outcome {
        Translation::Accepted(record) => Some(&record.record_id),
        Translation::Refused(refusal) => refusal.record_id.as_ref(),
    }
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

/// What becomes of the record: what is wrong with it, and the whole of it when all fields were asked.
fn conclude(args: &Args, outcome: &Translation, screen: &Screen) -> Result<(), Failure> {
    let issues = match outcome {
        Translation::Accepted(record) => &record.warnings,
        Translation::Refused(refusal) => &refusal.issues,
    };
    for issue in issues {
        if screen.json() {
            screen.value(&report::json(issue, screen))?;
        } else {
            let said = messages::issue(issue, screen.language());
            screen.line(&format!("{} · {}", issue.code.number(), said.line))?;
        }
    }
    match outcome {
        Translation::Accepted(record) if args.field.is_none() && !screen.json() => {
            screen.line(&String::from_utf8_lossy(&record.canonical))
        }
        Translation::Accepted(_) | Translation::Refused(_) => Ok(()),
    }
}
