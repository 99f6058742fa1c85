//! What another match model would change among the people of a hub.

use jiff::civil::Date;
use serde_json::Value;

use crate::cli::arguments::Common;
use crate::cli::connection::Connection;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::library;
use crate::cli::progress::Progress;
use crate::cli::screen::Screen;
use crate::operations::library::DataFile;
use crate::operations::what_if::{self, WhatIfError};

/// Tries a match model on the database of this machine.
///
/// # Errors
/// When the text is no sound match model, or the hub does not open.
pub async fn run(
    connection: &Connection,
    (model, as_of): (&DataFile, Option<Date>),
    common: &Common,
    screen: &Screen,
) -> Result<Outcome, Failure> {
    let wrong = |error| match error {
        WhatIfError::Wrong(problems) => library::refuse(&problems, screen.language()),
        other => Failure::operation(other),
    };
    let model = what_if::compile(&model.text).map_err(wrong)?;
    let hub = connection.open(common).await?;
    let as_of = as_of.unwrap_or_else(|| hub.today());
    let progress = Progress::of_records("identity", screen);
    let tried = what_if::what_if(&hub, model, as_of, |done, total| progress.at(done, total)).await;
    progress.finish();
    let report = serde_json::to_value(tried.map_err(wrong)?).map_err(Failure::operation)?;
    show(&report, screen)
}

/// Shows what came of a trial.
///
/// # Errors
/// When standard output cannot be written.
pub fn show(report: &Value, screen: &Screen) -> Result<Outcome, Failure> {
    if screen.json() {
        screen.value(report)?;
        return Ok(Outcome::Done);
    }
    let text = |name: &str| report[name].as_str().unwrap_or_default().to_owned();
    let number = |name: &str| report[name].as_u64().unwrap_or(0);
    let flips = |name: &str| report["flips"][name].as_u64().unwrap_or(0);
    let title = [("model", text("model").into()), ("force", text("in_force").into())];
    screen.line(&screen.bold(&screen.text("what-if-title", &title)))?;
    let people = [
        ("records", number("records").into()),
        ("before", number("people_before").into()),
        ("after", number("people_after").into()),
    ];
    screen.say("what-if-people", &people)?;
    screen.say("what-if-joined", &[("count", number("joined").into())])?;
    examples(&report["joined_examples"], screen)?;
    screen.say("what-if-parted", &[("count", number("parted").into())])?;
    examples(&report["parted_examples"], screen)?;
    let flipped = [
        ("date", text("as_of").into()),
        ("gained", flips("gained").into()),
        ("lost", flips("lost").into()),
        ("other", flips("other_scheme").into()),
    ];
    screen.say("what-if-flips", &flipped)?;
    for flip in report["flip_examples"].as_array().into_iter().flatten() {
        let part = |name: &str| flip[name].as_str().unwrap_or_default();
        screen.line(&format!("  {}: {} -> {}", part("record"), part("before"), part("after")))?;
    }
    Ok(Outcome::Done)
}

fn examples(list: &Value, screen: &Screen) -> Result<(), Failure> {
    let words = |value: &Value| {
        let texts: Vec<&str> =
            value.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        texts.join(" ")
    };
    for example in list.as_array().into_iter().flatten() {
        let groups = example["groups"].as_array().into_iter().flatten();
        let groups: Vec<String> = groups.map(|group| format!("[{}]", words(group))).collect();
        screen.line(&format!("  {} -> {}", words(&example["people"]), groups.join(" ")))?;
    }
    Ok(())
}
