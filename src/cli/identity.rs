//! `dankun identity`: what cannot be right about people, and how right the index is.

use std::path::PathBuf;

use serde_json::Value;

use super::arguments::Common;
use super::door::{Ask, Which};
use super::failure::{Failure, Outcome};
use super::screen::Screen;

/// Look at everybody together: conflicts between schemes, quality of the links.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    which: Which,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List what cannot be right: covered twice, a child in two families, twice in a scheme, two sexes
    Conflicts(Conflicts),
}

#[derive(Debug, clap::Args)]
struct Conflicts {
    /// double_coverage, child_in_two_families, twice_in_scheme or two_sexes
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Only those in which this scheme has a record
    #[arg(long, value_name = "SCHEME")]
    scheme: Option<String>,
    /// The day on which coverage is looked at [default: today]
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
    /// Write a table to a file, one line a record
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
}

/// Does one of them.
///
/// # Errors
/// When the hub refuses or does not answer.
pub async fn run(args: &Args, common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    let door = args.which.open(common, screen).await?;
    match &args.verb {
        Verb::Conflicts(wanted) => conflicts(&door, wanted, screen).await?,
    }
    Ok(Outcome::Done)
}

async fn conflicts(
    door: &super::door::Door,
    wanted: &Conflicts,
    screen: &Screen,
) -> Result<(), Failure> {
    let mut after: Option<String> = None;
    let mut count = 0_u64;
    let mut table = match &wanted.csv {
        None => None,
        Some(path) => Some(csv::Writer::from_path(path).map_err(Failure::operation)?),
    };
    if let Some(table) = &mut table {
        let head = [
            "person_id",
            "kind",
            "scheme",
            "record_id",
            "relationship",
            "heads",
            "package",
            "from",
            "to",
        ];
        table.write_record(head).map_err(Failure::operation)?;
    }
    loop {
        let query = vec![
            ("kind", wanted.kind.clone()),
            ("scheme", wanted.scheme.clone()),
            ("on", wanted.on.clone()),
            ("limit", Some("500".to_owned())),
            ("after", after.take()),
        ];
        let page = door.ask(Ask::get("identity/conflicts").query(query)).await?;
        for conflict in page["items"].as_array().into_iter().flatten() {
            count += 1;
            match &mut table {
                Some(table) => lines(conflict, |cells| table.write_record(cells))
                    .map_err(Failure::operation)?,
                None if screen.json() => screen.value(conflict)?,
                None => print(conflict, screen)?,
            }
        }
        match page["next"].as_str() {
            Some(next) => after = Some(next.to_owned()),
            None => break,
        }
    }
    if let Some(mut table) = table {
        table.flush().map_err(Failure::output)?;
    }
    if screen.json() {
        Ok(())
    } else {
        screen.say("identity-conflicts", &[("count", count.into())])
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn lines(
    conflict: &Value,
    mut write: impl FnMut([&str; 9]) -> Result<(), csv::Error>,
) -> Result<(), csv::Error> {
    for one in conflict["evidence"].as_array().into_iter().flatten() {
        let heads: Vec<&str> = one["heads"].as_array().into_iter().flatten().map(text).collect();
        write([
            text(&conflict["person_id"]),
            text(&conflict["kind"]),
            text(&one["scheme"]),
            text(&one["record_id"]),
            text(&one["relationship"]),
            &heads.join(" "),
            text(&one["package"]),
            text(&one["from"]),
            text(&one["to"]),
        ])?;
    }
    Ok(())
}

fn print(conflict: &Value, screen: &Screen) -> Result<(), Failure> {
    let kind = screen.text(&format!("identity-{}", text(&conflict["kind"])), &[]);
    screen.line(&format!("{} · {kind}", text(&conflict["person_id"])))?;
    for one in conflict["evidence"].as_array().into_iter().flatten() {
        let parts = ["scheme", "record_id", "relationship", "package", "from", "to"];
        let parts: Vec<&str> =
            parts.iter().map(|name| text(&one[*name])).filter(|part| !part.is_empty()).collect();
        screen.line(&format!("    {}", parts.join(" · ")))?;
    }
    Ok(())
}
