//! `dankun person`: the past of a person, why the records are held to be theirs, and what a steward does about it.

use serde_json::{Value, json};

use super::arguments::Common;
use super::door::{Ask, Which};
use super::failure::{Failure, Outcome};
use super::review;
use super::screen::Screen;

/// Look at people and put right who is whom: history, evidence, household, merge, split.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    which: Which,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Tell every merge and split, by whom and why
    History {
        /// Id of the person, such as per_…, also one that was given up
        id: String,
    },
    /// Show why the records are held to be one person's
    Evidence {
        /// Id of the person, such as per_…
        id: String,
    },
    /// Tell who lives with a person, as the contracts of all schemes say it
    Household {
        /// Id of the person, such as per_…
        id: String,
    },
    /// Say that two people are one
    Merge {
        /// Id of a person, such as per_…
        id: String,
        /// Id of the other
        with: String,
        /// Why, for those who look at it later
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Say that some records of a person are somebody else's
    Split {
        /// Id of the person, such as per_…
        id: String,
        /// Ids of the records, such as rec_…
        #[arg(required = true, value_name = "RECORD")]
        records: Vec<String>,
        /// Why, for those who look at it later
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

/// Does one of them.
///
/// # Errors
/// When the hub refuses or does not answer.
pub async fn run(args: &Args, common: &Common, screen: &Screen) -> Result<Outcome, Failure> {
    let door = args.which.open(common, screen).await?;
    match &args.verb {
        Verb::History { id } => {
            history(&door.ask(Ask::get(&format!("people/{id}/history"))).await?, screen)?;
        }
        Verb::Evidence { id } => {
            evidence(&door.ask(Ask::get(&format!("people/{id}/evidence"))).await?, screen)?;
        }
        Verb::Household { id } => {
            household(&door.ask(Ask::get(&format!("people/{id}/household"))).await?, screen)?;
        }
        Verb::Merge { id, with, reason } => {
            let path = format!("people/{id}/merge");
            let body = json!({ "with": with, "reason": reason });
            review::decided(&door, Ask::post(&path, body), screen).await?;
        }
        Verb::Split { id, records, reason } => {
            let path = format!("people/{id}/split");
            let body = json!({ "records": records, "reason": reason });
            review::decided(&door, Ask::post(&path, body), screen).await?;
        }
    }
    Ok(Outcome::Done)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("-")
}

fn history(past: &Value, screen: &Screen) -> Result<(), Failure> {
    if screen.json() {
        return screen.value(past);
    }
    for hop in past["chain"].as_array().into_iter().flatten() {
        let args = [
            ("from", text(&hop["from"]).into()),
            ("to", text(&hop["to"]).into()),
            ("at", text(&hop["at"]).into()),
        ];
        screen.say("person-hop", &args)?;
    }
    let records = past["records"].as_array().map_or(0, Vec::len);
    let key = if past["state"] == "lives" { "person-lives" } else { "person-gone" };
    screen.say(key, &[("id", text(&past["person_id"]).into()), ("count", records.into())])?;
    for record in past["records"].as_array().into_iter().flatten() {
        screen.line(&format!("  {} · {}", text(&record["id"]), text(&record["scheme"])))?;
    }
    for event in past["events"].as_array().into_iter().flatten() {
        let kind = screen.text(&format!("person-event-{}", text(&event["kind"])), &[]);
        let cause = match event["by"].as_str() {
            Some(by) => format!("{by}, {}", text(&event["reason"])),
            None => screen.text(&format!("person-cause-{}", text(&event["cause"])), &[]),
        };
        screen.heading(&format!("{} · {kind} · {cause}", text(&event["at"])))?;
        for (name, sign) in [("before", "-"), ("after", "+")] {
            for (person, records) in event[name].as_object().into_iter().flatten() {
                let records: Vec<&str> =
                    records.as_array().into_iter().flatten().map(text).collect();
                screen.line(&format!("  {sign} {person}: {}", records.join(" ")))?;
            }
        }
    }
    Ok(())
}

fn evidence(found: &Value, screen: &Screen) -> Result<(), Failure> {
    if screen.json() {
        return screen.value(found);
    }
    for pair in found["pairs"].as_array().into_iter().flatten() {
        screen.heading(&format!(
            "{} · {} · {:.2} · p {:.3} · {}",
            text(&pair["a"]),
            text(&pair["b"]),
            pair["weight"].as_f64().unwrap_or(0.0),
            pair["probability"].as_f64().unwrap_or(0.0),
            text(&pair["model"])
        ))?;
        review::show::evidence(&pair["evidence"], screen)?;
    }
    Ok(())
}

fn household(found: &Value, screen: &Screen) -> Result<(), Failure> {
    if screen.json() {
        return screen.value(found);
    }
    for contract in found["contracts"].as_array().into_iter().flatten() {
        let args = [
            ("scheme", text(&contract["scheme"]).into()),
            ("record", text(&contract["record_id"]).into()),
            ("count", contract["records"].as_u64().unwrap_or(0).into()),
        ];
        let key = if contract["too_large"] == true { "person-crowd" } else { "person-contract" };
        screen.say(key, &args)?;
    }
    for member in found["members"].as_array().into_iter().flatten() {
        let seats: Vec<String> = member["evidence"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|seat| format!("{} ({})", text(&seat["scheme"]), text(&seat["relationship"])))
            .collect();
        screen.line(&format!("  {} · {}", text(&member["person_id"]), seats.join(", ")))?;
    }
    Ok(())
}
