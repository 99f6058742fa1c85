//! Previews and replays of a hub elsewhere.

use std::time::Duration;

use jiff::civil::Date;
use serde_json::{Value, json};

use super::{shown, what_if};
use crate::cli::door::{Ask, Door, named};
use crate::cli::failure::{Failure, Outcome};
use crate::cli::progress::Progress;
use crate::cli::screen::Screen;
use crate::model::SchemeId;
use crate::operations::library::DataFile;
use crate::operations::replay::report::Report;

/// How often a running replay is asked for.
const LOOK: Duration = Duration::from_millis(500);

/// Which history is to be made again.
pub struct History<'h> {
    /// Id of the mapping.
    pub mapping: &'h str,
    /// Whose records.
    pub scheme: &'h SchemeId,
    /// Hash of a version; none for the one in force.
    pub version: Option<&'h str>,
}

/// Tries a mapping there.
///
/// # Errors
/// When the hub refuses or does not answer.
pub async fn preview(
    hub: &Door,
    file: &DataFile,
    scheme: &SchemeId,
    last: Option<u64>,
    screen: &Screen,
) -> Result<Outcome, Failure> {
    let body = json!({ "scheme": scheme.as_str(), "text": file.text, "last": last });
    let path = named(&["mappings", &file.name, "preview"]);
    conclude(&hub.ask(Ask::post(&path, body)).await?, screen)
}

/// Makes history again there, or says what that would change.
///
/// # Errors
/// When the hub refuses or does not answer.
pub async fn replay(
    hub: &Door,
    history: History<'_>,
    dry_run: bool,
    screen: &Screen,
) -> Result<Outcome, Failure> {
    let History { mapping, scheme, version } = history;
    let body = json!({ "scheme": scheme.as_str(), "version": version, "dry_run": dry_run });
    let path = named(&["mappings", mapping, "replays"]);
    let mut told = hub.ask(Ask::post(&path, body)).await?;
    let progress = Progress::of_records(scheme.as_str(), screen);
    while told["state"] == "running" {
        tokio::time::sleep(LOOK).await;
        let path = named(&["replays", told["id"].as_str().unwrap_or_default()]);
        told = hub.ask(Ask::get(&path)).await?;
        let examined = told["report"]["counts"]["examined"].as_u64().unwrap_or(0);
        progress.at(examined, told["total"].as_u64().unwrap_or(examined));
    }
    progress.finish();
    conclude(&told, screen)
}

/// Tries a match model there.
///
/// # Errors
/// When the hub refuses or does not answer.
pub async fn what_if(
    hub: &Door,
    model: &DataFile,
    as_of: Option<Date>,
    screen: &Screen,
) -> Result<Outcome, Failure> {
    let body = json!({ "text": model.text, "as_of": as_of });
    let mut told = hub.ask(Ask::post("identity/what-if", body)).await?;
    let progress = Progress::of_records("identity", screen);
    while told["state"] == "running" {
        tokio::time::sleep(LOOK).await;
        let path = named(&["identity", "what-if", told["id"].as_str().unwrap_or_default()]);
        told = hub.ask(Ask::get(&path)).await?;
        let number = |name: &str| told[name].as_u64().unwrap_or(0);
        progress.at(number("done"), number("total"));
    }
    progress.finish();
    what_if::show(&told["report"], screen)
}

fn conclude(told: &Value, screen: &Screen) -> Result<Outcome, Failure> {
    let report: Report =
        serde_json::from_value(told["report"].clone()).map_err(Failure::operation)?;
    if screen.json() {
        screen.value(told)?;
    } else {
        shown::print(&report, screen)?;
    }
    Ok(Outcome::of_refusals(report.counts.newly_refused))
}
