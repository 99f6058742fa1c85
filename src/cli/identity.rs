//! `dankun identity`: what cannot be right about people, and how right the index is.

use std::path::PathBuf;

use reqwest::Method;
use serde_json::{Value, json};

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
    /// Show how right the links are, as last measured
    Quality {
        /// Measure now
        #[arg(long)]
        now: bool,
    },
    /// Draw pairs by chance, to be judged blind
    Sample {
        /// Until so many wait, 1 to 500
        #[arg(long, default_value_t = 20, value_name = "N")]
        waiting: u64,
    },
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
        Verb::Quality { now } => {
            let method = if *now { Method::POST } else { Method::GET };
            let ask = Ask { method, ..Ask::get("identity/quality") };
            quality(&door.ask(ask).await?, screen)?;
        }
        Verb::Sample { waiting } => {
            let ask = Ask::post("identity/samples", json!({ "waiting": waiting }));
            let drawn = door.ask(ask).await?;
            if screen.json() {
                screen.value(&drawn)?;
            } else {
                let count = drawn["drawn"].as_u64().unwrap_or(0);
                screen.say("identity-drawn", &[("count", count.into())])?;
            }
        }
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

fn quality(report: &Value, screen: &Screen) -> Result<(), Failure> {
    if screen.json() {
        return screen.value(report);
    }
    let number = |name: &str| report[name].as_u64().unwrap_or(0);
    let args = [
        ("at", text(&report["measured_at"]).into()),
        ("records", number("records").into()),
        ("people", number("people").into()),
        ("model", text(&report["model"]).into()),
    ];
    screen.say("identity-measured", &args)?;
    let expected = format!("{:.1}", report["false_joins_expected"].as_f64().unwrap_or(0.0));
    screen.say("identity-false-joins", &[("count", expected.into())])?;
    let mut measure = "";
    for rate in report["rates"].as_array().into_iter().flatten() {
        if text(&rate["measure"]) != measure {
            measure = text(&rate["measure"]);
            screen.heading(&screen.text(&format!("identity-measure-{measure}"), &[]))?;
        }
        let share = |name: &str| rate[name].as_f64().unwrap_or(0.0) * 100.0;
        screen.line(&format!(
            "  {:<8} {:<10} {:>8} {:>8}  {:>7.2} %  [{:.2} – {:.2}]",
            text(&rate["by"]),
            text(&rate["group"]),
            rate["hits"].as_u64().unwrap_or(0),
            rate["cases"].as_u64().unwrap_or(0),
            share("share"),
            share("low"),
            share("high")
        ))?;
    }
    let drift = report["drift"].as_array();
    let moved: Vec<&Value> = drift
        .into_iter()
        .flatten()
        .filter(|one| one["bits"].as_f64().is_some_and(|bits| bits.abs() >= 1.0))
        .collect();
    screen.heading(&screen.text("identity-drift", &[("count", moved.len().into())]))?;
    for one in moved {
        screen.line(&format!(
            "  {:<12} {:<18} {:>7.3} {:>7.3} {:>+6.2}",
            text(&one["field"]),
            text(&one["level"]),
            one["published"].as_f64().unwrap_or(0.0),
            one["observed"].as_f64().unwrap_or(0.0),
            one["bits"].as_f64().unwrap_or(0.0)
        ))?;
    }
    alarms(report, screen)
}

fn alarms(report: &Value, screen: &Screen) -> Result<(), Failure> {
    let alarms: Vec<&Value> = report["alarms"].as_array().into_iter().flatten().collect();
    screen.heading(&screen.text("identity-alarms", &[("count", alarms.len().into())]))?;
    for alarm in alarms {
        let number = |name: &str| alarm[name].as_u64().unwrap_or(0);
        let args = [
            ("cases", number("cases").into()),
            ("of", number("of").into()),
            ("scheme", text(&alarm["scheme"]).into()),
        ];
        let kind = text(&alarm["kind"]);
        screen.line(&format!("  {}", screen.text(&format!("identity-alarm-{kind}"), &args)))?;
        let examples: Vec<&str> =
            alarm["examples"].as_array().into_iter().flatten().map(text).collect();
        if !examples.is_empty() {
            screen.line(&format!("    {}", examples.join(" · ")))?;
        }
    }
    Ok(())
}
